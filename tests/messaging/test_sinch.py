"""Sinch's callbacks: the published signature, nonces and timestamps; pictures; and texts fetched from its list."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.tenancy import scope
from messaging.carriers.base import OutboundText
from messaging.carriers.registry import adapter_for
from messaging.carriers.sinch.webhooks import is_signed
from messaging.compose import compose_text
from messaging.missed_texts import fetch_missed
from messaging.models import Message
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.ledger import history
from optout.number_state import standing
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_carrier import serving_api
from tests.messaging.fake_sinch import FakeSinch, signed_headers

Texts = Callable[..., list[Message]]
# github.com/sinch/sinch-sdk-python, tests/unit/domains/conversation/v1/sinch_events/test_conversation_sinch_event.py:
# the events of its SMS API are checked by the same function.
BODY = (
    b'{"app_id":"01EB37HMH1M6SV18BSNS3G135H","accepted_time":"2020-11-17T15:09:11.659Z",'
    b'"project_id":"c36f3d3d-1513-2edd-ae42-11995557ff61",'
    b'"message_delivery_report":{"message_id":"01EQBC1A3BEK731GY4YXEN0C2R",'
    b'"conversation_id":"01EPYATA64TMNZ1FV02JKF12JF","status":"QUEUED_ON_CHANNEL",'
    b'"contact_id":"01EXA07N79THJ20WSN6AS30TMW"}}'
)
SIGNED = BODY + b".01FJA8B4A7BM43YGWSG9GBV067.1634579353"
SIGNATURE = "Yc+3R1pIS78xLASybulhs8BsSo9BPB3Pr92QCUoczfk="


def test_the_published_signature_passes_and_a_changed_byte_fails() -> None:
    assert is_signed("foo_secret1234", SIGNED, SIGNATURE)
    assert not is_signed("foo_secret1234", SIGNED.replace(b"QUEUED", b"queued"), SIGNATURE)
    assert not is_signed("foo_secret1234", SIGNED[:-1] + b"4", SIGNATURE)
    assert not is_signed("foo_secret1235", SIGNED, SIGNATURE)
    for broken in ("", "é", SIGNATURE[1:], SIGNATURE.lower()):
        assert not is_signed("foo_secret1234", SIGNED, broken)


@pytest.fixture
def sinch(cast: Cast) -> FakeSinch:
    with scope(cast.northside.id):
        FakeSinch.move_in(cast.front_desk)
    return FakeSinch()


HOUR = 3600
AGES = (
    (0, 200),
    (23 * HOUR, 200),
    (25 * HOUR, 403),
    (-200, 200),
    (-400, 403),
    (10**9, 403),
)  # seconds, status


def test_stale_timestamps_and_replays_are_refused(cast: Cast, sinch: FakeSinch, texts: Texts) -> None:
    posting = sinch.text(cast.front_desk, MARIA, "Hello")
    for age, status in AGES:
        aged = replace(posting, headers=signed_headers(posting.body, max(0, time.time() - age)))
        assert aged.post().status_code == status, age
        assert aged.post().status_code == (409 if status == 200 else status)
    other = {**posting.headers, "X-Sinch-Webhook-Signature-Algorithm": "HmacSHA1"}
    assert replace(posting, headers=other).post().status_code == 403
    assert len(texts()) == 1


def test_a_refusal_that_nobody_knows_is_shown_and_is_no_opt_out(
    cast: Cast, sinch: FakeSinch, texts: Texts, work: Callable[[], None], settings: Any
) -> None:
    """Sinch documents no code for people who opted out; whatever it reports, the standing stays."""
    reports = (("Rejected", 499), ("Failed", 408), ("Failed", 0), ("Rejected", "opted out"))
    sinch.answers = [(403, {"code": "recipient_opted_out", "text": "The recipient opted out"})]
    with serving_api(lambda: sinch) as url:
        settings.CARRIER_API_URL = url
        for body in ("Refused at once", "a", "b", "c", "d"):
            with scope(cast.northside.id):
                compose_text(cast.front_desk, MARIA, body, author=cast.member)
            work()
    for (status, code), sent in zip(reports, sinch.sent, strict=True):
        content = {
            "type": "recipient_delivery_report_sms", "batch_id": sent.id, "recipient": sent.number, "code": code,
            "status": status, "client_reference": sent.reference,
        }  # fmt: skip
        assert sinch.event(content, sent.callback.removeprefix(settings.PUBLIC_URL)).post().status_code == 200
    assert [(text.body, text.trouble) for text in texts()] == [
        ("Refused at once", "The Sinch account may not send this."),
        ("a", "Sinch reports Rejected, code 499."),
        ("b", "The network rejected the text."),
        ("c", "Sinch reports Failed, code 0."),
        ("d", "Sinch reports Rejected, code opted out."),
    ]
    with scope(cast.northside.id):
        assert standing(cast.northside.id, MARIA, cast.front_desk.id).may_text
        assert not CarrierOptOut.objects.exists() and history(cast.northside.id, MARIA) == []


def test_pictures_binary_texts_and_short_codes(cast: Cast, sinch: FakeSinch, texts: Texts) -> None:
    desk, at = cast.front_desk, datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
    picture = {
        "url": "https://mms.sinch.example/1",
        "content_type": "image/jpeg",
        "status": "Uploaded",
        "code": 0,
    }
    content = {
        "message": "stop",
        "subject": "Fwd",
        "media": [picture, {"content_type": "image/png", "status": "Failed"}],
    }
    assert sinch.event(sinch.received(desk, MARIA, content, at=at, type="mo_media")).post().status_code == 200
    assert (
        sinch.event(sinch.received(desk, "72345", "AAEC", type="mo_binary", udh="00")).post().status_code
        == 200
    )
    assert sinch.event({"type": "delivery_report_sms", "batch_id": "1"}).post().status_code == 200
    picture_text, binary = texts(outbound=False)
    assert (picture_text.body, picture_text.at, picture_text.number) == ("stop", at, MARIA)
    assert [item["url"] for item in picture_text.media] == ["https://mms.sinch.example/1", ""]
    assert (binary.body, binary.number) == ("", "US:72345")


def test_missed_texts_are_fetched(cast: Cast, sinch: FakeSinch, texts: Texts, settings: Any) -> None:
    """A STOP whose callback was lost counts; the list has several pages, and rows that cannot be read."""
    desk, at = cast.front_desk, timezone.now() - timedelta(minutes=5)
    with scope(cast.northside.id):
        desk.fetched_until = at
        desk.save()
    sinch.inbounds = [sinch.received(desk, MARIA, f"text {n}", at=at) for n in range(100)]
    sinch.inbounds += [sinch.received(desk, TOM, "STOP", at=at), {"to": desk.number.lstrip("+")}]
    with serving_api(lambda: sinch) as url:
        settings.CARRIER_API_URL = url
        assert fetch_missed(cast.northside.id, desk.id) == 101
        assert fetch_missed(cast.northside.id, desk.id) == 0
    assert len(texts(outbound=False)) == 101
    assert sinch.calls[0].query["to"] == desk.number.lstrip("+")


def test_a_picture_is_sent_by_its_address_and_sent_texts_are_listed(
    cast: Cast, sinch: FakeSinch, settings: Any
) -> None:
    picture = "https://texts.example/media/1"
    text = OutboundText(MARIA, "Look", "https://x.example/", media=(picture,), reference="7")
    with serving_api(lambda: sinch) as url:
        settings.CARRIER_API_URL = url
        adapter_for(cast.front_desk).send(cast.front_desk, text)
        (listed,) = adapter_for(cast.front_desk).sent(cast.front_desk, MARIA, timezone.now())
        assert not list(adapter_for(cast.front_desk).sent(cast.front_desk, TOM, timezone.now()))
    (sent,) = sinch.sent
    assert (sent.body, sent.media, sent.reference) == ("Look", (picture,), "7")
    assert (listed.carrier_id, listed.body) == (sent.id, "Look")
