"""Missed texts: fetched from the carrier's list after an outage, once and in order."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging import missed_texts, tasks
from messaging.carriers.base import InboundText, TryLater
from messaging.carriers.registry import adapter_for
from messaging.models import MessageStatus
from optout import consent
from optout.consent_types import Actor
from optout.ledger import history
from optout.models import Origin, StandingState
from optout.number_state import standing
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid

MINUTE = timedelta(minutes=1)


def ago(minutes: float) -> datetime:
    """The carrier's times have whole seconds."""
    return (timezone.now() - minutes * MINUTE).replace(microsecond=0)


def fetch(cast: Cast) -> int:
    return missed_texts.fetch_missed(cast.northside.id, cast.front_desk.id)


def state(cast: Cast, number: str = MARIA) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, number).state


def test_a_missed_stop_is_received_and_confirmed_within_five_minutes(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    at = ago(2)
    sid = carrier.add_received(MARIA, cast.front_desk, "STOP", at)
    assert fetch(cast) == 1
    assert state(cast) == StandingState.OPTED_OUT
    received = texts(outbound=False)
    assert [(text.carrier_id, text.at, text.body) for text in received] == [(sid, at, "STOP")]
    with scope(cast.northside.id):
        (event,) = history(cast.northside.id, MARIA)
    assert (event.happened_at, event.inbox_id) == (at, cast.front_desk.id)
    work()
    assert len(carrier.sent) == 1


def test_a_stop_fetched_after_five_minutes_counts_and_is_not_confirmed(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(5.1))
    assert fetch(cast) == 1
    work()
    assert (state(cast), texts(outbound=True), carrier.sent) == (StandingState.OPTED_OUT, [], [])


@pytest.mark.parametrize(
    ("newest", "found", "after"),
    [
        (["STOP", "START"], "STOP", StandingState.OPTED_OUT),  # older than the START, and still counts
        (["STOP"], "START", StandingState.OPTED_OUT),  # older than the STOP, and does not count
        (["STOP"], "YES", StandingState.OPTED_OUT),
        (["STOP"], "UNSTOP", StandingState.OPTED_OUT),
    ],
)
def test_a_stop_older_than_the_newest_entry_counts_and_a_start_does_not(
    cast: Cast,
    carrier: FakeTwilio,
    texts: Any,
    work: Callable[[], None],
    newest: list[str],
    found: str,
    after: StandingState,
) -> None:
    for word in newest:
        carrier.text(cast.front_desk, MARIA, word)
    work()
    sent = len(carrier.sent)
    carrier.add_received(MARIA, cast.front_desk, found, ago(3))
    assert fetch(cast) == 1
    work()
    assert state(cast) == after
    assert len(texts(outbound=False)) == len(newest) + 1
    assert len(carrier.sent) == sent + (found == "STOP")


def test_a_missed_start_that_is_newer_than_a_missed_stop_counts(cast: Cast, carrier: FakeTwilio) -> None:
    """One fetch finds both, the newest first, and receives them in the order they were sent."""
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(4))
    carrier.add_received(MARIA, cast.front_desk, "START", ago(3))
    assert fetch(cast) == 2
    assert state(cast) == StandingState.ACTIVE
    with scope(cast.northside.id):
        assert [event.words for event in history(cast.northside.id, MARIA)] == ["START", "STOP"]


def test_a_late_start_is_compared_with_the_carriers_time_of_a_late_stop(
    cast: Cast, carrier: FakeTwilio
) -> None:
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(8))
    fetch(cast)
    carrier.add_received(MARIA, cast.front_desk, "START", ago(7))  # listed only now
    assert fetch(cast) == 1
    assert state(cast) == StandingState.ACTIVE


def test_texts_are_received_in_the_order_they_were_sent(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    carrier.add_received(TOM, cast.front_desk, "second", ago(2))
    carrier.add_received(MARIA, cast.front_desk, "first", ago(3))
    carrier.add_received(STRANGER, cast.front_desk, "third", ago(1))
    assert fetch(cast) == 3
    assert [text.body for text in texts()] == ["first", "second", "third"]


def test_a_text_that_its_webhook_brought_is_not_received_again(
    cast: Cast, carrier: FakeTwilio, rows: Any, texts: Any
) -> None:
    sid = new_sid()
    carrier.text(cast.front_desk, MARIA, "STOP", sid=sid)
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(0), sid=sid)
    before = rows()
    assert fetch(cast) == 0
    after = rows()
    for table in ("messaging_message", "messaging_conversation", "optout_consentevent", "contacts_contact"):
        assert after[table] == before[table]


def test_a_text_whose_webhook_comes_during_the_fetch_counts_once(
    cast: Cast, carrier: FakeTwilio, texts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other texts of the list are received too."""
    sid = carrier.add_received(MARIA, cast.front_desk, "STOP", ago(0))
    carrier.add_received(TOM, cast.front_desk, "Hello", ago(0))
    receive = missed_texts._receive_late

    def overtaken(inbox: Inbox, text: Any) -> bool:
        if text.carrier_id == sid:
            assert carrier.text(cast.front_desk, MARIA, "STOP", sid=sid).status_code == 200
        return receive(inbox, text)

    monkeypatch.setattr(missed_texts, "_receive_late", overtaken)
    assert fetch(cast) == 1
    assert sorted(text.body for text in texts(outbound=False)) == ["Hello", "STOP"]
    assert len(texts(outbound=True)) == 1
    with scope(cast.northside.id):
        assert len(history(cast.northside.id, MARIA)) == 1


def test_a_webhook_that_comes_after_the_fetch_changes_nothing(
    cast: Cast, carrier: FakeTwilio, rows: Any
) -> None:
    sid = carrier.add_received(MARIA, cast.front_desk, "STOP", ago(1))
    fetch(cast)
    before = rows()
    assert carrier.text(cast.front_desk, MARIA, "STOP", sid=sid).status_code == 200
    assert rows() == before


def test_each_fetch_overlaps_the_previous_fetch(cast: Cast, carrier: FakeTwilio) -> None:
    def fetched_until() -> datetime | None:
        with scope(cast.northside.id):
            return Inbox.objects.get(id=cast.front_desk.id).fetched_until

    begun = timezone.now()
    fetch(cast)
    first = fetched_until()
    assert first and begun <= first <= timezone.now()
    fetch(cast)
    since = f"{first - missed_texts.OVERLAP:%Y-%m-%dT%H:%M:%SZ}"
    assert carrier.queries[1]["DateSent>"] == since


def test_a_failed_fetch_is_repeated(cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(1))
    adapter = adapter_for(cast.front_desk)

    def breaks(inbox: Inbox, since: datetime) -> Any:
        raise ConnectionError("the carrier is away")

    with monkeypatch.context() as outage:
        outage.setattr(adapter, "recent", breaks, raising=False)
        with pytest.raises(ConnectionError):
            fetch(cast)
    with scope(cast.northside.id):
        assert Inbox.objects.get(id=cast.front_desk.id).fetched_until is None
    assert fetch(cast) == 1


def test_a_time_in_the_future_becomes_the_present(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(-60))
    fetch(cast)
    assert texts(outbound=False)[0].at <= timezone.now()
    carrier.text(cast.front_desk, MARIA, "START")
    assert state(cast) == StandingState.ACTIVE


def test_the_periodic_task_visits_every_inbox_of_every_team(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    visited: list[tuple[int, int]] = []
    monkeypatch.setattr(tasks.fetch_missed, "delay", lambda *where: visited.append(where))
    tasks.fetch_missed_texts()
    assert visited == [
        (cast.northside.id, cast.front_desk.id),
        (cast.northside.id, cast.billing.id),
        (cast.harbor.id, cast.shop.id),
    ]
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(1))
    for where in visited:
        tasks.fetch_missed(*where)
    assert state(cast) == StandingState.OPTED_OUT


def test_a_missed_text_of_a_blocked_number_is_stored_without_content(
    cast: Cast, carrier: FakeTwilio, texts: Any
) -> None:
    with scope(cast.northside.id):
        consent.block(cast.northside.id, MARIA, Actor(Origin.MEMBER, "Maya Chen"))
    carrier.add_received(MARIA, cast.front_desk, "you again", ago(1))
    assert fetch(cast) == 1
    (receipt,) = texts()
    assert (receipt.status, receipt.body) == (MessageStatus.RECEIVED, "")


# -- texts that cannot be stored whole ---------------------------------------------------------------------------------


def listed(cast: Cast) -> list[dict[str, str]]:
    """What the inbox's page lists as incomplete."""
    with scope(cast.northside.id):
        return list(Inbox.objects.get(id=cast.front_desk.id).left_out)


def fetched_until(cast: Cast) -> datetime | None:
    with scope(cast.northside.id):
        return Inbox.objects.get(id=cast.front_desk.id).fetched_until


def test_attachments_that_are_gone_stop_no_other_text(
    cast: Cast, carrier: FakeTwilio, texts: Any, as_client: Any
) -> None:
    sid = carrier.add_received(TOM, cast.front_desk, "Here is the photo", ago(2), num_media="1")
    carrier.without_media.add(sid)
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(1))
    assert fetch(cast) == 2
    assert state(cast) == StandingState.OPTED_OUT
    photo = texts(carrier_id=sid)[0]
    assert (photo.body, photo.media) == ("Here is the photo", [{"url": "", "type": ""}])
    assert fetched_until(cast)
    assert [entry["id"] for entry in listed(cast)] == [sid]
    page = as_client(cast.owner).get(
        reverse("inbox_connection", args=[cast.northside.slug, cast.front_desk.id])
    )
    assert sid in page.content.decode()
    assert fetch(cast) == 0


@pytest.mark.parametrize("body", ["half an emoji \ud83d", "\udc00", "NUL \x00 inside"])
def test_words_that_cannot_be_stored_are_replaced(
    cast: Cast, carrier: FakeTwilio, texts: Any, body: str
) -> None:
    carrier.add_received(TOM, cast.front_desk, body, ago(2))
    carrier.add_received(MARIA, cast.front_desk, "STOP \ud83d", ago(1))
    assert fetch(cast) == 2
    assert state(cast) == StandingState.OPTED_OUT
    assert texts(number=TOM)[0].body == re.sub("[\ud800-\udfff]", "\ufffd", body).replace("\x00", "")


def test_a_text_that_cannot_be_stored_stops_no_other_text(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    sid = carrier.add_received(TOM, cast.front_desk, "odd", ago(2))
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(1))
    receive = missed_texts.receive

    def fails_for_one(inbox: Inbox, text: Any) -> Any:
        if text.carrier_id == sid:
            raise ValueError("not storable")
        return receive(inbox, text)

    monkeypatch.setattr(missed_texts, "receive", fails_for_one)
    fetch(cast)
    assert state(cast) == StandingState.OPTED_OUT
    assert [entry["id"] for entry in listed(cast)] == [sid]
    assert fetched_until(cast)


def test_a_list_that_ends_early_is_received_as_far_as_it_was_read_and_fetched_again(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = adapter_for(cast.front_desk)

    def breaks(inbox: Inbox, since: datetime) -> Any:
        yield InboundText(new_sid(), MARIA, "STOP", ago(1))
        raise TryLater("The carrier could not be reached.")

    monkeypatch.setattr(adapter, "recent", breaks, raising=False)
    with pytest.raises(TryLater):
        fetch(cast)
    assert state(cast) == StandingState.OPTED_OUT
    assert fetched_until(cast) is None


def test_more_texts_than_a_statement_has_values_are_looked_up(cast: Cast) -> None:
    texts = [InboundText(f"SM{n:032x}", MARIA, "hello") for n in range(66_000)]
    assert len(missed_texts._unknown(cast.front_desk, texts)) == len(texts)


@pytest.mark.parametrize("words", [["STOP", "START"], ["START", "STOP"], ["UNSTOP", "STOP", "YES"]])
def test_of_two_texts_of_one_second_the_stop_counts(
    cast: Cast, carrier: FakeTwilio, words: list[str]
) -> None:
    at = ago(1)
    for word in words:
        carrier.add_received(MARIA, cast.front_desk, word, at)
    assert fetch(cast) == len(words)
    assert state(cast) == StandingState.OPTED_OUT


def test_a_start_of_the_second_of_a_stop_that_was_fetched_before_does_not_count(
    cast: Cast, carrier: FakeTwilio
) -> None:
    at = ago(1)
    carrier.add_received(MARIA, cast.front_desk, "STOP", at)
    fetch(cast)
    carrier.add_received(MARIA, cast.front_desk, "START", at)
    assert fetch(cast) == 1
    assert state(cast) == StandingState.OPTED_OUT
