"""Vonage's webhooks: published signatures, stale timestamps, replays; and long texts that arrive in parts."""

import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.tenancy import scope
from messaging.carriers.base import OutboundText, OutcomeUnknown, Rejected, SendError, TryLater
from messaging.carriers.registry import adapter_for
from messaging.carriers.vonage.webhooks import is_signed
from messaging.erasure import erase_messages
from messaging.inbound_parts import assembly
from messaging.inbound_parts.models import InboundPart
from messaging.missed_texts import fetch_missed
from messaging.models import Message
from optout.models import StandingState
from optout.number_state import standing
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_carrier import serving_api
from tests.messaging.fake_vonage import FakeVonage, signed

Texts = Callable[..., list[Message]]
# github.com/Vonage/vonage-python-sdk, http_client/tests/test_auth.py: test_sign_params
PUBLISHED = {
    "param1": "value1",
    "param2": "value2",
    "timestamp": 1234567890,
    "sig": "280c4320703dbc98bfa22db676655ed2acfbfe8792b062ff7622e67f1183c287",
}
# The same module's vector for & and =, which is published with MD5: the signed string is what matters.
SPECIAL = {"param1": "value&1", "param2": "value=2", "timestamp": 1234567890}
SPECIAL_STRING = b"&param1=value_1&param2=value_2&timestamp=1234567890"


def test_published_signatures_pass_and_a_changed_byte_fails() -> None:
    secret = "signature_secret"
    assert is_signed(secret, PUBLISHED)
    assert is_signed(secret, {**PUBLISHED, "sig": str(PUBLISHED["sig"]).upper()})
    assert not is_signed(secret, {**PUBLISHED, "param2": "value3"})
    assert not is_signed(secret, {**PUBLISHED, "timestamp": 1234567891})
    assert not is_signed(secret, {**PUBLISHED, "param3": ""})
    assert not is_signed("signature_secreT", PUBLISHED)
    assert hmac.new(secret.encode(), SPECIAL_STRING, "md5").hexdigest() == "2bbf0abafb2c55e5af6231513896a2ac"
    for algorithm in (hashlib.sha256, hashlib.sha512):
        sig = hmac.new(secret.encode(), SPECIAL_STRING, algorithm).hexdigest()
        assert is_signed(secret, {**SPECIAL, "sig": sig})
    for weak in ("md5", "sha1"):
        assert not is_signed(
            secret, {**SPECIAL, "sig": hmac.new(secret.encode(), SPECIAL_STRING, weak).hexdigest()}
        )
    for broken in ("", "é" * 64, "0" * 64):
        assert not is_signed(secret, {**PUBLISHED, "sig": broken})


@pytest.fixture
def vonage(cast: Cast) -> FakeVonage:
    with scope(cast.northside.id):
        FakeVonage.move_in(cast.front_desk)
    return FakeVonage()


HOUR = 3600
AGES = (
    (0, 200),
    (23 * HOUR, 200),
    (25 * HOUR, 403),
    (-200, 200),
    (-400, 403),
    (10**9, 403),
)  # seconds, status


def test_stale_timestamps_and_replays_are_refused(cast: Cast, vonage: FakeVonage, texts: Texts) -> None:
    fields = vonage.received(cast.front_desk, MARIA, "a & b = c")
    for age, status in AGES:
        posting = signed(fields, vonage.address, timestamp=max(0, time.time() - age))
        assert posting.post().status_code == status, age
        assert posting.post().status_code == (409 if status == 200 else status)
    assert signed(fields, vonage.address, algorithm="sha512", form=True).post().status_code == 200
    assert signed(fields, vonage.address, algorithm="md5").post().status_code == 403
    unsigned = {**fields, "timestamp": ""}
    assert signed(unsigned, vonage.address, timestamp=0).post().status_code == 403
    assert [text.body for text in texts()] == ["a & b = c"]


STATUSES: tuple[tuple[str, type[SendError], str], ...] = (
    ("1", TryLater, "VN-S1"), ("4", Rejected, "VN-S4"), ("5", OutcomeUnknown, "VN-S5"), ("9", Rejected, "VN-S9"),
    ("29", Rejected, "VN-S29"), ("", OutcomeUnknown, ""),
)  # fmt: skip


def test_meaning_of_a_status(cast: Cast, vonage: FakeVonage, settings: Any) -> None:
    """Refusals come with HTTP's 200."""
    with serving_api(lambda: vonage) as url:
        settings.CARRIER_API_URL = url
        for status, kind, code in STATUSES:
            vonage.answers.append((200, {"messages": [{"status": status, "error-text": "refused"}]}))
            with pytest.raises(kind) as found:
                adapter_for(cast.front_desk).send(
                    cast.front_desk, OutboundText(MARIA, "Hi", "https://x.example/")
                )
            assert found.value.code == code, status


# -- long texts --------------------------------------------------------------------------------------------------

LONG = ("Hello, I wanted to ask about the ", "appointment on Friday, could we ", "move it to Monday?")


def state(cast: Cast, number: str) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, number, cast.front_desk.id).state


def post_parts(vonage: FakeVonage, cast: Cast, number: str, bodies: dict[str, str], **more: str) -> None:
    for place, body in bodies.items():
        assert (
            vonage.part(cast.front_desk, number, body, place, id=f"{number}-{place}", **more)
            .post()
            .status_code
            == 200
        )


def test_parts_become_one_text_in_any_order(cast: Cast, vonage: FakeVonage, texts: Texts) -> None:
    at = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
    places = {"3/3": LONG[2], "1/3": LONG[0], "2/3": LONG[1]}
    for number in (MARIA, TOM):  # two phones may have the same reference
        post_parts(
            vonage, cast, number, {"3/3": places["3/3"]}, **{"message-timestamp": "2026-03-01 12:30:05"}
        )
    assert not texts()
    post_parts(vonage, cast, MARIA, places)
    (text,) = texts(outbound=False)
    assert (text.body, text.number, text.segments, text.at) == ("".join(LONG), MARIA, 3, at)
    assert text.carrier_id == f"{MARIA}-1/3"
    post_parts(vonage, cast, MARIA, places)  # delivered again
    assert len(texts(outbound=False)) == 1


def test_numbers_of_parts_that_make_no_sense_delay_nothing(
    cast: Cast, vonage: FakeVonage, texts: Texts
) -> None:
    for place in ("0/2", "3/2", "1/1", "x/2", "1/9999", "/", "1/300"):
        assert vonage.part(cast.front_desk, MARIA, f"STOP {place}", place).post().status_code == 200
    assert len(texts(outbound=False)) == 7


def fetch_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    """Fetch missed texts when the parts have had their time to come."""
    monkeypatch.setattr(assembly, "COMPLETE_WITHIN", timedelta())
    with scope(cast.northside.id):
        cast.front_desk.fetched_until = timezone.now()
        cast.front_desk.save(update_fields=["fetched_until"])
    return fetch_missed(cast.northside.id, cast.front_desk.id)


def test_a_stop_counts_although_a_part_never_comes(
    cast: Cast, vonage: FakeVonage, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_parts(vonage, cast, MARIA, {"1/3": "Please stop texting me. ", "3/3": "Thank you."})
    with scope(cast.northside.id):
        cast.front_desk.fetched_until = timezone.now()
        cast.front_desk.save(update_fields=["fetched_until"])
    assert fetch_missed(cast.northside.id, cast.front_desk.id) == 0  # it may still come
    assert not texts()
    assert fetch_later(cast, monkeypatch) == 1
    (text,) = texts(outbound=False)
    assert text.body == "Please stop texting me.  … Thank you."
    assert state(cast, MARIA) == StandingState.OPTED_OUT
    assert fetch_later(cast, monkeypatch) == 0
    with scope(cast.northside.id):
        cast.front_desk.refresh_from_db()
    assert cast.front_desk.left_out[0]["sentence"] == "A part of it did not arrive."
    post_parts(vonage, cast, MARIA, {"2/3": "It is too much. "})  # late: its words are kept
    late = texts(outbound=False)[-1]
    assert (late.body, len(texts(outbound=False))) == ("It is too much. ", 2)
    assert fetch_later(cast, monkeypatch) == 0


def test_a_reference_that_a_phone_uses_again_loses_no_text(
    cast: Cast, vonage: FakeVonage, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth, words in enumerate([("Hi, ",), ("I can come ", "at five."), ("Please stop ", "texting me.")]):
        for place, body in zip(("1/2", "2/2"), words, strict=False):
            vonage.part(cast.front_desk, MARIA, body, place, id=f"{nth}-{place}").post()
    assert [text.body for text in texts(outbound=False)] == ["I can come at five.", "Please stop texting me."]
    assert state(cast, MARIA) == StandingState.OPTED_OUT
    assert fetch_later(cast, monkeypatch) == 1
    assert [text.body for text in texts(outbound=False)][2:] == ["Hi,  …"]
    assert fetch_later(cast, monkeypatch) == 0


def test_parts_are_erased_and_deleted(
    cast: Cast, vonage: FakeVonage, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_parts(vonage, cast, MARIA, {"1/2": "My secret is "})
    post_parts(vonage, cast, TOM, {"1/2": "Hello "})
    with scope(cast.northside.id):
        erase_messages(cast.northside.id, [MARIA])
        assert [part.number for part in InboundPart.objects.all()] == [TOM]
    monkeypatch.setattr(assembly, "KEPT", timedelta())
    fetch_later(cast, monkeypatch)
    with scope(cast.northside.id):
        assert not InboundPart.objects.exists()
