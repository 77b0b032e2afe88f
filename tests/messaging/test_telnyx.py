"""Telnyx's webhooks: signatures, stale timestamps, and what a text brings besides its words."""

import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.carriers.telnyx.webhooks import is_signed
from messaging.groups.models import GroupRecipient
from messaging.models import Message
from optout.number_state import standing_across_inboxes
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_telnyx import FakeTelnyx, signed_headers

Texts = Callable[..., list[Message]]
# RFC 8032, 7.1: secret and public keys, message and signature of TEST 2 and TEST 3
RFC_8032 = (
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)


def base64(digits: str) -> str:
    return b64encode(bytes.fromhex(digits)).decode()


def test_published_signatures_pass_and_a_changed_byte_fails() -> None:
    for key, message, signature in RFC_8032:
        signed = bytes.fromhex(message)
        assert is_signed(base64(key), signed, base64(signature))
        assert not is_signed(base64(key), signed + b"\x00", base64(signature))
        assert not is_signed(base64(key), signed, base64("00" + signature[2:]))
    for broken in ("", "é", "AAAA", "not base64!", base64("00" * 64)):
        assert not is_signed(base64(RFC_8032[0][0]), b"r", broken)
        assert not is_signed(broken, b"r", base64(RFC_8032[0][2]))


@pytest.fixture
def telnyx(cast: Cast) -> FakeTelnyx:
    with scope(cast.northside.id):
        FakeTelnyx.move_in(cast.front_desk)
    return FakeTelnyx()


AGES = ((0, 200), (299, 200), (301, 403), (-299, 200), (-301, 403), (10**9, 403))  # seconds, status


def test_stale_timestamps_are_refused(cast: Cast, telnyx: FakeTelnyx, texts: Texts) -> None:
    posting = telnyx.text(cast.front_desk, MARIA, "STOP")
    for age, status in AGES:
        headers = signed_headers(posting.body, max(0, time.time() - age))
        assert replace(posting, headers=headers).post().status_code == status, age
    for timestamp in ("", "yesterday", "-5", "٣"):
        headers = {**posting.headers, "Telnyx-Timestamp": timestamp}
        assert replace(posting, headers=headers).post().status_code == 403
    assert len(texts(outbound=False)) == 1


def test_a_text_brings_its_time_pictures_and_group(cast: Cast, telnyx: FakeTelnyx, texts: Texts) -> None:
    desk, at = cast.front_desk, datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
    picture = {"url": "https://media.telnyx.com/1", "content_type": "image/jpeg", "size": 5}
    to = [
        {"phone_number": TOM, "status": "delivered"},
        {"phone_number": desk.number, "status": "webhook_delivered"},
    ]
    media = [picture, {"url": "http://plain.example/2", "content_type": "image/png"}]
    cc = [{"phone_number": STRANGER}, {"phone_number": desk.number}]
    posting = telnyx.text(desk, MARIA, "Dinner?", at=at, media=media, to=to, cc=cc, parts=2, text=None)
    assert posting.post().status_code == 200
    (text,) = texts()
    assert (text.at, text.segments, text.body, text.inbox_id) == (at, 2, "", desk.id)
    assert [item["url"] for item in text.media] == ["https://media.telnyx.com/1", ""]
    with scope(cast.northside.id):
        members = GroupRecipient.objects.filter(message_id=text.id).values_list("number", flat=True)
        assert set(members) == {TOM, STRANGER}


def test_telnyx_own_reading_counts(cast: Cast, telnyx: FakeTelnyx) -> None:
    """A custom keyword of the messaging profile is an opt-out, although we do not know it."""
    telnyx.text(cast.front_desk, TOM, "Adios", autoresponse_type="STOP").post()
    telnyx.text(cast.front_desk, MARIA, "Adios", autoresponse_type="OPT_IN").post()
    with scope(cast.northside.id):
        assert not standing_across_inboxes(cast.northside.id, TOM).may_text
        assert standing_across_inboxes(cast.northside.id, MARIA).may_text


def test_other_events_are_answered_and_change_nothing(cast: Cast, telnyx: FakeTelnyx, texts: Texts) -> None:
    for kind in ("message.link_clicked", "call.initiated", ""):
        assert telnyx.event(kind, {"id": "1"}).post().status_code == 200
    foreign = {"id": "unknown", "from": {"phone_number": cast.front_desk.number}, "to": []}
    assert telnyx.event("message.finalized", foreign).post().status_code == 200
    missing: dict[str, object] = {"id": "1", "to": []}
    assert telnyx.event("message.received", missing).post().status_code == 400
    assert not texts()


def test_an_older_public_key_counts_until_it_is_removed(cast: Cast, telnyx: FakeTelnyx) -> None:
    posting = telnyx.text(cast.front_desk, MARIA, "Hello")
    with scope(cast.northside.id):
        inbox = Inbox.objects.get(id=cast.front_desk.id)
        inbox.add_credentials({"public_key": base64(RFC_8032[0][0])})
        inbox.save()
    assert posting.post().status_code == 200
    with scope(cast.northside.id):
        inbox.drop_old_tokens()
        inbox.save()
    assert posting.post().status_code == 403
