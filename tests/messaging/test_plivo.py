"""Plivo's webhooks: published signatures, nonces, and the time of a text."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from kernel.cache import cache
from kernel.tenancy import scope
from messaging.carriers.base import MediaSource
from messaging.carriers.plivo.webhooks import is_signed, signed_bytes
from messaging.carriers.registry import adapter_for
from messaging.models import Message
from tests.cast import MARIA, Cast
from tests.messaging.fake_carrier import serving_api
from tests.messaging.fake_plivo import FakePlivo

Texts = Callable[..., list[Message]]
# github.com/plivo/plivo-go, utils_test.go: TestValidateSignatureV3Pass1 and 3
TOKEN, NONCE = "Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4", "31627761595286130198"
ADDRESS = "https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml"
CALL = "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36"
FIELDS = {
    "Direction": "outbound", "From": "19792014278", "ALegUUID": CALL, "CallStatus": "in-progress", "BillRate": "0.002",
    "ParentAuthID": "MANWVLYTK4ZWU1YTY4QA",
    "To": "sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com",
    "ALegRequestUUID": CALL, "CallUUID": CALL, "RequestUUID": CALL,
    "SIP-H-To": "<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1",
    "SessionStart": "2020-04-08 11:34:33.238707", "Event": "StartApp",
}  # fmt: skip
PUBLISHED = (
    (f"{ADDRESS}/?a=b&c=d", "k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c="),
    (f"{ADDRESS}/?c=d&a=b", "k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c="),
    (ADDRESS, "iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0="),
)


def test_published_signatures_pass_and_a_changed_byte_fails() -> None:
    pairs = [(name.encode(), value.encode()) for name, value in FIELDS.items()]
    for url, signature in PUBLISHED:
        signed = signed_bytes(url, pairs, NONCE)
        assert is_signed(TOKEN, signed, [signature]), url
        assert is_signed(TOKEN, signed, ["", "another", signature])
        assert not is_signed(TOKEN, signed, [signature.swapcase(), "", "é"])
        assert not is_signed(TOKEN[:-1], signed, [signature])
        assert not is_signed(TOKEN, signed_bytes(url, pairs, NONCE[:-1]), [signature])
        assert not is_signed(
            TOKEN, signed_bytes(url, [*pairs[:-1], (b"Event", b"StopApp")], NONCE), [signature]
        )


@pytest.fixture
def plivo(cast: Cast) -> FakePlivo:
    with scope(cast.northside.id):
        FakePlivo.move_in(cast.front_desk)
    return FakePlivo()


def test_replay_is_refused(cast: Cast, plivo: FakePlivo, texts: Texts) -> None:
    posting = plivo.text(cast.front_desk, MARIA, "Hello")
    assert posting.post().status_code == 200
    assert posting.post().status_code == 409
    forged = replace(posting, headers={**posting.headers, "X-Plivo-Signature-V3-Nonce": "another"})
    assert forged.post().status_code == 403
    cache.clear()  # without it the text counts once all the same
    assert posting.post().status_code == 200
    assert len(texts()) == 1


def test_signature_of_the_main_account_counts(cast: Cast, plivo: FakePlivo, texts: Texts) -> None:
    posting = plivo.text(cast.front_desk, MARIA, "Hello")
    headers = {
        "X-Plivo-Signature-Ma-V3": f"x,{posting.headers['X-Plivo-Signature-V3']}",
        "X-Plivo-Signature-V3": b64encode(b"of a subaccount").decode(),
        "X-Plivo-Signature-V3-Nonce": posting.headers["X-Plivo-Signature-V3-Nonce"],
    }
    assert replace(posting, headers=headers).post().status_code == 200
    assert len(texts()) == 1


def test_pictures_and_odd_numbers(cast: Cast, plivo: FakePlivo, texts: Texts) -> None:
    desk = cast.front_desk
    own = f"https://media.plivo.com/Account/{plivo.account_id}/Message/1/Media/2"
    plivo.text(desk, "447700900123", "Hi", Media0=own, Media1="http://plain.example/").post()
    plivo.text(desk, "72345", "Your code").post()
    assert plivo.text(desk, MARIA, "Hello", id="not-an-id").post().status_code == 400
    british, short = texts()
    assert (british.number, short.number) == ("+447700900123", "US:72345")
    assert [item["url"] for item in british.media] == [own, ""]
    source = adapter_for(desk).media_source(desk, own)
    assert source == MediaSource(own, (plivo.account_id, plivo.token))


def test_time_of_a_text_is_asked(cast: Cast, plivo: FakePlivo, settings: Any) -> None:
    with serving_api(lambda: plivo) as url:
        settings.CARRIER_API_URL = url
        at = adapter_for(cast.front_desk).sent_time(cast.front_desk, "1")
    assert at == datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
