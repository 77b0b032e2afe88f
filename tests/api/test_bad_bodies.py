"""Bodies that are no JSON, or too much of it, and lengths that are wrong: the documented code, and nothing written."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

from tests.api.calls import BAD_DATA, OPERATIONS, VALID_CALLS, WITH_BODY, ApiCall, TeamIds, codes_of
from tests.api.conftest import ApiClient

BODIES: dict[str, bytes] = {
    "empty": b"", "blank": b" \n", "null": b"null", "a text": b'"phone"', "a number": b"1", "true": b"true",
    "no JSON": b"phone=14155550101", "cut short": b'{"phone": "1415', "something behind it": b"{} {}",
    "a comma too many": b'{"id": 1,}', "single quotes": b"{'id': 1}", "a byte order mark": b"\xef\xbb\xbf{}",
    "no UTF-8": b'{"phone": "\xff\xfe"}', "UTF-16": '{"id": 1}'.encode("utf-16"), "a key twice": b'{"id": 1, "id": 2}',
    "a key twice further in": b'{"consent": {"text": "a", "text": "b"}}',
    "a key twice, escaped": b'{"id": 1, "\\u0069d": 2}',
    "NUL": b'{"phone": "1\\u0000"}', "NUL as a key": b'{"\\u0000": 1}', "bare NUL": b'{"phone": "1\x00"}',
    "a lone surrogate": b'{"phone": "\\ud800"}', "a lone surrogate as a key": b'{"\\udfff": 1}',
    "a lone surrogate as a key, twice": b'{"\\ud800": 1, "\\ud800": 2}',
    "NaN": b'{"id": NaN}', "Infinity": b'{"id": -Infinity}', "too large a number": b'{"id": 1e999}',
    "5,000 digits": b'{"id": ' + b"9" * 5000 + b"}", "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"id":' * 50_000 + b"1" + b"}" * 50_000, "deep and open": b"[" * 1_000_000,
}  # fmt: skip


def test_a_body_of_another_form(crm: ApiClient, world: TeamIds, unchanged: None) -> None:
    for operation in WITH_BODY:
        good = VALID_CALLS[operation](world)
        other = b"{}" if isinstance(good.body, list) else b"[]"
        for name, body in [
            *BODIES.items(),
            ("the other kind", other),
            ("a list in a list", b"[[]]"),
            ("a list of nothing", b"[null]"),
        ]:
            answer = raw(crm, good, body)
            assert (answer.status_code, answer.json()["error_code"]) == BAD_DATA, (name, answer.json())


def test_a_body_that_is_too_large(crm: ApiClient, world: TeamIds, unchanged: None) -> None:
    for operation in VALID_CALLS:
        answer = raw(crm, VALID_CALLS[operation](world), b'{"phone": "' + b"1" * 10_000_000 + b'"}')
        assert (answer.status_code, answer.json()["error_code"]) == (413, "payload_too_large")
        assert "payload_too_large" in codes_of(OPERATIONS[operation])


def test_a_body_of_another_type(crm: ApiClient, world: TeamIds, unchanged: None) -> None:
    for operation in WITH_BODY:
        good = VALID_CALLS[operation](world)
        for kind in (
            "application/x-www-form-urlencoded",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/xml",
        ):
            answer = raw(crm, good, json.dumps(good.body).encode(), kind)
            assert (answer.status_code, answer.json()["error_code"]) == BAD_DATA
            assert answer.json()["field"] == "Content-Type"


def test_letters_that_only_look_like_nul_and_whole_numbers_with_a_point(
    crm: ApiClient, world: TeamIds
) -> None:
    told = crm.post("contact", {"phone": "14155550177", "first": "\\u0000"})
    assert crm.get(f"contact/{told['id']}")["first"] == "\\u0000"
    answer = raw(crm, ApiCall("POST", "contact/get"), f'{{"id": {told["id"]}.0}}'.encode())
    assert answer.status_code == 200 and answer.json()["id"] == told["id"]


def raw(crm: ApiClient, asked: ApiCall, body: bytes, kind: str = "application/json") -> Any:
    sent = {"authorization": f"Bearer {crm.secret}"}
    return crm.client.generic(asked.method, f"/v1/{asked.path}", body, kind, headers=sent)


# -- on the wire -----------------------------------------------------------------------------------------------------

WIRE = {
    "longer than it is": (b"Content-Length: 100", b'{"phone": "14155550177"}', b"bad_data"),
    "shorter than it is": (b"Content-Length: 10", b'{"phone": "14155550177"}', b"bad_data"),
    "no number": (b"Content-Length: ten", b'{"phone": "14155550177"}', b"bad_data"),
    "negative": (b"Content-Length: -1", b'{"phone": "14155550177"}', b"bad_data"),
    "of thousands of digits": (b"Content-Length: " + b"9" * 5000, b"{}", b"payload_too_large"),
    "none": (b"X: y", b"", b"bad_data"),
    "in chunks": (b"Transfer-Encoding: chunked", b'18\r\n{"phone": "14155550177"}\r\n0\r\n\r\n', b"bad_data"),
}  # fmt: skip


def test_a_length_that_is_not_the_bodys(
    crm: ApiClient, world: TeamIds, unchanged: None, live_server: Any
) -> None:
    for length in WIRE:
        header, body, code = WIRE[length]
        with socket.create_connection(
            (urlsplit(live_server.url).hostname, urlsplit(live_server.url).port), 5
        ) as wire:
            wire.sendall(
                b"POST /v1/contact HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                b"Content-Type: application/json\r\n"
                b"Authorization: Bearer " + crm.secret.encode() + b"\r\n" + header + b"\r\n\r\n" + body
            )
            wire.shutdown(socket.SHUT_WR)
            answered = b"".join(iter(lambda: wire.recv(65536), b""))
        assert b'"error_code": "' + code + b'"' in answered, answered
