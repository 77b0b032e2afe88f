"""Missed texts: fetched from the carrier's list after an outage, once and in order."""

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox
from devserver.supervision import app_programs
from kernel.tenancy import scope
from messaging import inbound, missed_texts, tasks
from messaging.carriers.base import CUT_MARK, LONGEST_BODY, InboundText, TryLater
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


def test_a_text_is_not_received_again_by_the_inbox_that_got_its_address(
    cast: Cast, carrier: FakeTwilio, texts: Any
) -> None:
    agent, sid = "rcs:northside_agent", new_sid()
    carrier.text(cast.front_desk, MARIA, "STOP", sid=sid, To=agent)
    carrier.text(cast.front_desk, MARIA, "START", To=agent)
    with scope(cast.northside.id):
        cast.billing.further_addresses = [agent]
        cast.billing.save(update_fields=["further_addresses"])
    carrier.add_received(MARIA, cast.billing, "STOP", ago(0), sid=sid, to=agent)
    before = texts()
    assert missed_texts.fetch_missed(cast.northside.id, cast.billing.id) == 0
    assert texts() == before


def test_a_text_whose_webhook_comes_during_the_fetch_counts_once(
    cast: Cast, carrier: FakeTwilio, texts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other texts of the list are received too."""
    sid = carrier.add_received(MARIA, cast.front_desk, "STOP", ago(0))
    carrier.add_received(TOM, cast.front_desk, "Hello", ago(0))
    receive = missed_texts._receive_late

    def overtaken(inbox: Inbox, text: Any, *, replies: bool) -> Any:
        if text.carrier_id == sid:
            assert carrier.text(cast.front_desk, MARIA, "STOP", sid=sid).status_code == 200
        return receive(inbox, text, replies=replies)

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
    assert carrier.queries[-1]["DateSent>"] == since


def test_a_failed_fetch_is_repeated(cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(1))
    adapter = adapter_for(cast.front_desk)

    def breaks(inbox: Inbox, since: datetime, until: datetime | None) -> Any:
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
    receive = inbound.receive

    def fails_for_one(inbox: Inbox, text: Any, *, replies: bool) -> Any:
        if text.carrier_id == sid:
            raise ValueError("not storable")
        return receive(inbox, text, replies=replies)

    monkeypatch.setattr(missed_texts, "receive", fails_for_one)
    fetch(cast)
    assert state(cast) == StandingState.OPTED_OUT
    assert [entry["id"] for entry in listed(cast)] == [sid]
    assert fetched_until(cast)
    fetch(cast)
    assert [entry["id"] for entry in listed(cast)] == [sid], "listed once, though it is found again"


def test_a_list_that_ends_early_is_received_as_far_as_it_was_read_and_fetched_again(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = adapter_for(cast.front_desk)

    def breaks(inbox: Inbox, since: datetime, until: datetime | None) -> Any:
        yield InboundText(new_sid(), MARIA, "STOP", ago(1))
        raise TryLater("The carrier could not be reached.")

    monkeypatch.setattr(adapter, "recent", breaks, raising=False)
    with pytest.raises(TryLater):
        fetch(cast)
    assert state(cast) == StandingState.OPTED_OUT
    assert fetched_until(cast) is None


HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outage", "count"), [(timedelta(minutes=1), 1), (49 * MINUTE, 1), (50 * MINUTE, 1), (51 * MINUTE, 2),
    (10 * HOUR, 12), (365 * 24 * HOUR, missed_texts.MAX_WINDOWS)],
)  # fmt: skip
def test_the_windows_of_an_outage_overlap_and_cover_it(outage: timedelta, count: int) -> None:
    windows = list(missed_texts.fetch_windows(NOON - outage, NOON))
    assert len(windows) == count
    assert windows[0][0] == NOON - outage - missed_texts.OVERLAP
    for (_, end), (since, _) in itertools.pairwise(windows):
        assert end and since == end - missed_texts.OVERLAP
    assert (windows[-1][1] is None) == (outage < 100 * HOUR)


def test_progress_stays_after_each_window(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = timezone.now() - 3 * HOUR
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.front_desk.id).update(fetched_until=begun)
    windows: list[datetime | None] = []

    def breaks_in_the_second(inbox: Inbox, since: datetime, until: datetime | None) -> Any:
        windows.append(until)
        yield InboundText(new_sid(), MARIA if len(windows) == 1 else TOM, "STOP", since)
        if len(windows) == 2:
            raise TryLater("The carrier could not be reached.")

    monkeypatch.setattr(adapter_for(cast.front_desk), "recent", breaks_in_the_second, raising=False)
    with pytest.raises(TryLater):
        fetch(cast)
    assert state(cast, MARIA) == state(cast, TOM) == StandingState.OPTED_OUT
    assert fetched_until(cast) == windows[0] == begun + missed_texts.WINDOW - missed_texts.OVERLAP


def test_a_late_list_is_shown_on_the_page(cast: Cast, as_client: Any) -> None:
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.front_desk.id).update(fetched_until=ago(45), carrier="twilio")
    assert "was last read to its end" in connection_page(cast, as_client)
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.front_desk.id).update(fetched_until=ago(5))
    assert "was last read to its end" not in connection_page(cast, as_client)


def connection_page(cast: Cast, as_client: Any) -> str:
    address = reverse("inbox_connection", args=[cast.northside.slug, cast.front_desk.id])
    return str(as_client(cast.owner).get(address).content.decode())


def entry(id: str) -> dict[str, Any]:
    return {"id": id, "at": NOON.isoformat(), "sentence": "It was stored without its attachments."}


def test_the_list_of_incomplete_texts_is_bounded_and_counts_the_rest() -> None:
    listed: list[dict[str, Any]] = []
    for number in range(25):
        listed = missed_texts.merge_left_out([entry(f"SM{number}")], listed)
    assert [row.get("id") for row in listed] == [f"SM{number}" for number in range(24, 4, -1)] + [None]
    assert listed[-1] == {"more": 5}
    assert missed_texts.merge_left_out([entry("SM24")], listed) == listed


def test_incomplete_texts_are_acknowledged_up_to_the_newest_shown(cast: Cast, as_client: Any) -> None:
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.front_desk.id).update(
            left_out=[entry("SM3"), entry("SM2"), entry("SM1"), {"more": 7}]
        )
    page = connection_page(cast, as_client)
    assert "SM1" in page and "7 older texts were not complete either." in page
    assert 'name="newest" value="SM3"' in page
    address = reverse("incomplete_texts_removal", args=[cast.northside.slug, cast.front_desk.id])
    assert as_client(cast.owner).post(address, {"newest": "SM2"}).status_code == 302
    assert [row["id"] for row in listed(cast)] == ["SM3"]
    assert as_client(cast.owner).post(address, {"newest": "SM3"}).status_code == 302
    assert listed(cast) == []
    assert "were not complete" not in connection_page(cast, as_client)
    assert as_client(cast.member).post(address, {"newest": "SM3"}).status_code == 403


def test_of_two_claims_of_a_number_one_confirms_a_missed_stop(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    carrier.text(cast.front_desk, STRANGER, "proves the first claim")
    with scope(cast.harbor.id):
        second = Inbox.objects.create(
            team=cast.harbor, name="Claimed", number=cast.front_desk.number,
            account_id=cast.front_desk.account_id, auth_tokens=cast.front_desk.auth_tokens,
        )  # fmt: skip
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(1))
    assert missed_texts.fetch_missed(cast.harbor.id, second.id) == 1
    assert fetch(cast) == 1
    work()
    assert [text.number for text in carrier.sent] == [MARIA]
    for team in (cast.northside, cast.harbor):
        with scope(team.id):
            assert standing(team.id, MARIA).state == StandingState.OPTED_OUT


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


def test_fetching_has_a_queue_that_no_other_worker_reads() -> None:
    """A carrier whose list is slow delays no text to send."""
    routed = {task: options["queue"] for task, options in settings.CELERY_TASK_ROUTES.items()}
    assert routed == {
        tasks.fetch_missed_texts.name: "missed", tasks.fetch_missed.name: "missed",
        tasks.look_up_line_types.name: "missed", tasks.push_opt_outs.name: "missed",
        tasks.work_on_attachment.name: "media", tasks.sweep_attachments.name: "media",
        tasks.tell_member.name: "webhooks", tasks.retain.name: "bulk",
        tasks.work_on_broadcast.name: "broadcasts", tasks.work_on_lane.name: "broadcasts",
        tasks.sweep_broadcasts.name: "broadcasts", tasks.reconcile_broadcast.name: "missed",
    }  # fmt: skip
    programs = app_programs(Path("/tmp/app"), "127.0.0.1", 8000)
    for queue in ("missed", "media", "broadcasts"):
        readers = [program.name for program in programs if f"--queues {queue}" in " ".join(program.command)]
        assert readers == [queue]
        compose = Path("docker-compose.yml").read_text().splitlines()
        assert len([part for part in compose if f"--queues, {queue}" in part]) == 1


def test_a_text_of_any_length_is_received_up_to_the_longest(
    cast: Cast, carrier: FakeTwilio, texts: Any
) -> None:
    carrier.add_received(TOM, cast.front_desk, "é" * 2_000_000, ago(2))
    carrier.add_received(MARIA, cast.front_desk, "STOP", ago(1))
    assert fetch(cast) == 2
    (long,) = texts(number=TOM)
    assert long.body == "é" * (LONGEST_BODY - len(CUT_MARK)) + CUT_MARK
    assert state(cast) == StandingState.OPTED_OUT
    body = "é" * 10_000  # a webhook's form has at most 64 kB
    assert carrier.text(cast.front_desk, STRANGER, body).status_code == 200
    assert texts(number=STRANGER)[0].body == body
