"""Bodies that are not JSON or too large, and wrong lengths: the documented error, and nothing is written."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.calls import (
    BAD_DATA,
    OPERATIONS,
    VALID_CALLS,
    WITH_BODY,
    ApiCall,
    TeamIds,
    codes_of,
    whole_path,
)
from tests.api.conftest import ApiClient

BODIES: dict[str, bytes] = {
    "empty": b"", "blank": b" \n", "null": b"null", "a text": b'"phone"', "a number": b"1", "true": b"true",
    "not JSON": b"phone=14155550101", "cut short": b'{"phone": "1415', "data after it": b"{} {}",
    "a trailing comma": b'{"id": 1,}', "single quotes": b"{'id': 1}", "a byte order mark": b"\xef\xbb\xbf{}",
    "not UTF-8": b'{"phone": "\xff\xfe"}', "UTF-16": '{"id": 1}'.encode("utf-16"), "a key twice": b'{"id": 1, "id": 2}',
    "a nested key twice": b'{"consent": {"text": "a", "text": "b"}}',
    "a key twice, escaped": b'{"id": 1, "\\u0069d": 2}',
    "NUL": b'{"phone": "1\\u0000"}', "NUL as a key": b'{"\\u0000": 1}', "bare NUL": b'{"phone": "1\x00"}',
    "a lone surrogate": b'{"phone": "\\ud800"}', "a lone surrogate as a key": b'{"\\udfff": 1}',
    "a lone surrogate as a key, twice": b'{"\\ud800": 1, "\\ud800": 2}',
    "NaN": b'{"id": NaN}', "Infinity": b'{"id": -Infinity}', "too large a number": b'{"id": 1e999}',
    "5,000 digits": b'{"id": ' + b"9" * 5000 + b"}", "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"id":' * 50_000 + b"1" + b"}" * 50_000, "deep and open": b"[" * 1_000_000,
}  # fmt: skip


@pytest.mark.usefixtures("_unlimited")
def test_a_body_that_is_not_json_of_the_right_type_is_refused(
    crm: ApiClient, team_ids: TeamIds, unchanged: None
) -> None:
    for operation in WITH_BODY:
        valid = VALID_CALLS[operation](team_ids)
        other = b"{}" if isinstance(valid.body, list) else b"[]"
        for name, body in [
            *BODIES.items(),
            ("the other JSON type", other),
            ("a list in a list", b"[[]]"),
            ("a list of null", b"[null]"),
        ]:
            answer = raw(crm, valid, body)
            assert (answer.status_code, answer.json()["error_code"]) == BAD_DATA, (name, answer.json())


def test_a_byte_order_mark_is_named(crm: ApiClient) -> None:
    answer = raw(crm, ApiCall("POST", "contact/get"), BODIES["a byte order mark"])
    assert answer.json()["message"] == "The body begins with a byte order mark. Send it without."


def test_a_body_that_is_too_large_is_refused(crm: ApiClient, team_ids: TeamIds, unchanged: None) -> None:
    for operation in VALID_CALLS:
        answer = raw(crm, VALID_CALLS[operation](team_ids), b'{"phone": "' + b"1" * 10_000_000 + b'"}')
        assert (answer.status_code, answer.json()["error_code"]) == (413, "payload_too_large")
        assert "payload_too_large" in codes_of(OPERATIONS[operation])


def test_a_body_of_another_content_type_is_refused(
    crm: ApiClient, team_ids: TeamIds, unchanged: None
) -> None:
    for operation in WITH_BODY:
        valid = VALID_CALLS[operation](team_ids)
        for kind in (
            "application/x-www-form-urlencoded",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/xml",
        ):
            answer = raw(crm, valid, json.dumps(valid.body).encode(), kind)
            assert (answer.status_code, answer.json()["error_code"]) == BAD_DATA
            assert answer.json()["field"] == "Content-Type"


def test_escaped_backslashes_and_integers_with_a_decimal_point_are_accepted(
    crm: ApiClient, team_ids: TeamIds
) -> None:
    created = crm.post("contact", {"phone": "14155550177", "first": "\\u0000"})
    assert crm.get(f"contact/{created['id']}")["first"] == "\\u0000"
    answer = raw(crm, ApiCall("POST", "contact/get"), f'{{"id": {created["id"]}.0}}'.encode())
    assert answer.status_code == 200 and answer.json()["id"] == created["id"]


def raw(crm: ApiClient, call: ApiCall, body: bytes, kind: str = "application/json") -> Any:
    sent = {"authorization": f"Bearer {crm.secret}"}
    return crm.client.generic(call.method, whole_path(call.path), body, kind, headers=sent)


# -- over a socket -----------------------------------------------------------------------------------------------

WIRE = {
    "longer than it is": (b"Content-Length: 100", b'{"phone": "14155550177"}', b"bad_data"),
    "shorter than it is": (b"Content-Length: 10", b'{"phone": "14155550177"}', b"bad_data"),
    "not a number": (b"Content-Length: ten", b'{"phone": "14155550177"}', b"bad_data"),
    "negative": (b"Content-Length: -1", b'{"phone": "14155550177"}', b"bad_data"),
    "of thousands of digits": (b"Content-Length: " + b"9" * 5000, b"{}", b"payload_too_large"),
    "missing": (b"X: y", b"", b"bad_data"),
    "in chunks": (b"Transfer-Encoding: chunked", b'18\r\n{"phone": "14155550177"}\r\n0\r\n\r\n', b"bad_data"),
}  # fmt: skip


def test_a_wrong_content_length_is_refused(
    crm: ApiClient, team_ids: TeamIds, unchanged: None, live_server: Any
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
