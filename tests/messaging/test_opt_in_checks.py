"""Checks of opt-ins: a START right after a STOP counts only if the carrier says that it was sent later."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Carrier, Inbox
from contacts.contact import deletion
from kernel.tenancy import scope
from messaging import missed_texts, opt_in_checks, tasks
from messaging.opt_in_checks import GIVE_UP_AFTER
from messaging.scope_lookups import opt_ins_due
from optout import consent
from optout.consent_types import Actor
from optout.ledger import history
from optout.models import Action, ConsentEvent, Origin, StandingState
from optout.number_state import standing
from optout.pending_opt_ins import OptInOutcome, PendingOptIn
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, TOM, Cast
from tests.clocks import earlier
from tests.messaging.fake_twilio import FakeTwilio, new_sid

SECOND = timedelta(seconds=1)
AN_HOUR_AGO = timezone.now().replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture(autouse=True)
def _checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the shortcut of the other tests. Wake-ups are lost: each test runs the check when it wants."""
    monkeypatch.setattr(opt_in_checks, "CHECK_WITHIN", timedelta(minutes=10))
    monkeypatch.setattr("messaging.worker_wakeups.current_app.send_task", lambda *args, **options: None)


def arrives(
    carrier: FakeTwilio, inbox: Inbox, body: str, sent_at: datetime | None = None, **fields: str
) -> str:
    """A webhook brings a text that the carrier got at `sent_at`. Returns its ID."""
    sid = new_sid()
    if sent_at:
        carrier.sent_times[sid] = sent_at
    assert carrier.text(inbox, MARIA, body, sid=sid, **fields).status_code == 200
    return sid


def check(cast: Cast) -> None:
    for pending in pending_rows(cast):
        if pending.outcome == OptInOutcome.PENDING:
            tasks.check_opt_in(pending.team_id, pending.id)


def pending_rows(cast: Cast) -> list[PendingOptIn]:
    with scope(cast.northside.id):
        return list(PendingOptIn.objects.order_by("id"))


def outcomes(cast: Cast) -> list[str]:
    return [row.outcome for row in pending_rows(cast)]


def state(cast: Cast) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, MARIA).state


def entries(cast: Cast) -> list[ConsentEvent]:
    with scope(cast.northside.id):
        return history(cast.northside.id, MARIA)


def write_row(owner: Any, **columns: str) -> None:
    assignments = ", ".join(f"{name} = {value}" for name, value in columns.items())
    owner.execute(f"UPDATE optout_pendingoptin SET {assignments}")


# -- the order of sending ----------------------------------------------------------------------------------------

# When the opt-in was sent, in seconds after the STOP, and whether it counts.
ORDER = [(-60, False), (-1, False), (0, False), (1, True), (60, True)]


@pytest.mark.parametrize(("after", "counts"), ORDER)
@pytest.mark.parametrize("word", ["START", "YES", "unstop"])
def test_an_opt_in_counts_only_if_it_was_sent_later(
    cast: Cast, carrier: FakeTwilio, word: str, after: int, counts: bool
) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, word, AN_HOUR_AGO + after * SECOND)
    assert state(cast) == StandingState.OPTED_OUT and outcomes(cast) == ["pending"]
    check(cast)
    assert state(cast) == (StandingState.ACTIVE if counts else StandingState.OPTED_OUT)
    assert outcomes(cast) == ["applied" if counts else "older"]
    assert [entry.action for entry in entries(cast)] == [Action.OPTED_IN] * counts + [Action.OPTED_OUT]


def test_an_applied_opt_in_is_the_ledgers_newest_and_is_answered(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    work()
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + 5 * SECOND)
    check(cast)
    newest, stop = entries(cast)
    assert (newest.origin, newest.words, newest.inbox_name) == (Origin.CONTACT, "START", "Front Desk")
    assert newest.is_opt_in and newest.happened_at > stop.happened_at
    work()
    assert len(carrier.bodies(MARIA)) == 2, "the confirmation and the answer to START"


def test_a_late_check_is_not_answered(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owner: Any
) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + 5 * SECOND)
    write_row(owner, created_at=earlier("created_at", "6 minutes"))
    check(cast)
    assert state(cast) == StandingState.ACTIVE
    work()
    assert carrier.bodies(MARIA) == []


def test_every_recent_stop_must_be_older(cast: Cast, carrier: FakeTwilio) -> None:
    """Also one that arrives while the opt-in is pending, and one to another inbox."""
    arrives(carrier, cast.billing, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + 5 * SECOND)
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO + 9 * SECOND)
    check(cast)
    assert (state(cast), outcomes(cast)) == (StandingState.OPTED_OUT, ["older"])


def test_a_stop_that_was_sent_before_and_arrives_meanwhile_changes_nothing(
    cast: Cast, carrier: FakeTwilio
) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + 5 * SECOND)
    arrives(carrier, cast.billing, "STOP", AN_HOUR_AGO + 2 * SECOND)
    check(cast)
    assert (state(cast), outcomes(cast)) == (StandingState.ACTIVE, ["applied"])


def test_an_opt_out_by_the_team_after_the_opt_in_stays(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + 5 * SECOND)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.member), reason="Our decision")
    check(cast)
    assert (state(cast), outcomes(cast)) == (StandingState.OPTED_OUT, ["older"])


def test_a_fetched_opt_in_waits_for_the_stops_time_only(cast: Cast, carrier: FakeTwilio) -> None:
    """The STOP's webhook came late: by arrival it would be the newer text."""
    carrier.add_received(MARIA, cast.front_desk, "START", AN_HOUR_AGO + 5 * SECOND)
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    assert missed_texts.fetch_missed(cast.northside.id, cast.front_desk.id) == 1
    assert outcomes(cast) == ["pending"]
    carrier.received.clear()  # the fetched text brought its time
    check(cast)
    assert (state(cast), outcomes(cast)) == (StandingState.ACTIVE, ["applied"])


def test_two_fetched_texts_need_no_check(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.add_received(MARIA, cast.front_desk, "STOP", AN_HOUR_AGO)
    carrier.add_received(MARIA, cast.front_desk, "START", AN_HOUR_AGO + SECOND)
    assert missed_texts.fetch_missed(cast.northside.id, cast.front_desk.id) == 2
    assert (state(cast), outcomes(cast)) == (StandingState.ACTIVE, [])


# -- at once -----------------------------------------------------------------------------------------------------


def test_a_start_long_after_the_stop_counts_at_once(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrives(carrier, cast.front_desk, "STOP")
    monkeypatch.setattr(opt_in_checks, "CHECK_WITHIN", timezone.now() - entries(cast)[0].recorded_at)
    arrives(carrier, cast.front_desk, "START")
    assert (state(cast), outcomes(cast)) == (StandingState.ACTIVE, [])


def test_a_carrier_that_cannot_tell_the_times_is_taken_at_its_order(cast: Cast, carrier: FakeTwilio) -> None:
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.front_desk.id).update(carrier=Carrier.SIMULATOR)
    arrives(carrier, cast.front_desk, "STOP")
    arrives(carrier, cast.front_desk, "START")
    assert (state(cast), outcomes(cast)) == (StandingState.ACTIVE, [])


def test_a_start_after_our_own_decision_counts_at_once(cast: Cast, carrier: FakeTwilio) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.member), reason="Our decision")
    arrives(carrier, cast.front_desk, "START")
    assert (state(cast), outcomes(cast)) == (StandingState.ACTIVE, [])


# -- the carrier is not available --------------------------------------------------------------------------------


def test_an_unavailable_carrier_is_asked_again_after_growing_waits(
    cast: Cast, carrier: FakeTwilio, owner: Any
) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + SECOND)
    carrier.available = False
    waits = []
    for _ in range(12):
        started = timezone.now()
        check(cast)
        (pending,) = pending_rows(cast)
        waits.append(pending.next_try_at - started)
    assert outcomes(cast) == ["pending"] and state(cast) == StandingState.OPTED_OUT
    rounded = [round(wait.total_seconds()) for wait in waits]
    assert rounded == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert opt_ins_due(10) == []
    carrier.available = True
    write_row(owner, next_try_at="now()")
    ((team_id, id),) = opt_ins_due(10)
    tasks.check_opt_in(team_id, id)
    assert (state(cast), outcomes(cast)) == (StandingState.ACTIVE, ["applied"])


@pytest.mark.parametrize("cause", ["unavailable", "unknown text"])
def test_after_a_day_the_opt_out_stays(cast: Cast, carrier: FakeTwilio, owner: Any, cause: str) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + SECOND if cause == "unavailable" else None)
    carrier.available = cause != "unavailable"
    check(cast)
    assert outcomes(cast) == ["pending"]
    write_row(owner, created_at=f"now() - interval '{int(GIVE_UP_AFTER.total_seconds())} seconds'")
    check(cast)
    assert (state(cast), outcomes(cast)) == (StandingState.OPTED_OUT, ["unknown"])
    carrier.available = True
    check(cast)
    assert state(cast) == StandingState.OPTED_OUT


def test_what_is_known_decides_when_the_rest_is_not(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(carrier, cast.billing, "STOP", None)  # the carrier does not know this text
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO - SECOND)
    check(cast)
    assert (state(cast), outcomes(cast)) == (StandingState.OPTED_OUT, ["older"])


# -- what everybody sees -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "note"), [(None, "A START is being checked"), (0, "A START was not applied"), (1, "")]
)
def test_why_and_the_thread_say_what_became_of_it(
    cast: Cast, carrier: FakeTwilio, as_client: Any, after: int | None, note: str
) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + (after or 0) * SECOND)
    if after is not None:
        check(cast)
    crm: ApiClient = create_client(cast.owner)
    why = crm.get(f"contact/{MARIA.removeprefix('+')}/why")
    assert why["pending_opt_in"].startswith(note) and bool(why["pending_opt_in"]) == bool(note)
    assert why["pending_opt_in"] in why["sentence"] and why["may_text"] == (after == 1)
    browser: Client = as_client(cast.member)
    with scope(cast.northside.id):
        (conversation,) = cast.front_desk.conversations.filter(number=MARIA)
    page = browser.get(reverse("conversation", args=[cast.northside.slug, conversation.id])).content.decode()
    assert page.count("A START ") == (3 if note else 0), "at the text, above the composer and in the status"


def test_a_repeated_webhook_is_pending_once(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    sid = arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + SECOND)
    assert carrier.text(cast.front_desk, MARIA, "START", sid=sid).status_code == 200
    assert len(pending_rows(cast)) == 1


def test_a_second_check_applies_nothing_again(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + SECOND)
    (pending,) = pending_rows(cast)
    for _ in range(2):
        tasks.check_opt_in(pending.team_id, pending.id)
    assert len(entries(cast)) == 2


def test_a_block_stays(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    with scope(cast.northside.id):
        consent.block(cast.northside.id, MARIA, Actor.of(cast.member))
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + SECOND)
    check(cast)
    assert state(cast) == StandingState.BLOCKED


def test_erasure_removes_pending_opt_ins(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(carrier, cast.front_desk, "STOP", AN_HOUR_AGO)
    arrives(carrier, cast.front_desk, "START", AN_HOUR_AGO + SECOND)
    with scope(cast.northside.id):
        for erase in deletion.TEXT_ERASERS:
            erase(cast.northside.id, [MARIA, TOM])
    assert pending_rows(cast) == []
