"""Tallies that grew text by text are those that are counted from the beginning, whatever came in which order."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Inbox, Team
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging import erasure
from messaging.carriers.base import StatusReport
from messaging.compose import compose_text
from messaging.models import Message, MessageStatus
from messaging.status_reports import apply_status_report
from optout import consent
from optout.consent_types import Actor
from optout.lifting_rules import CannotLift
from optout.models import Origin
from reports import rollup
from reports.figures import MeasureCounts
from reports.models import DirtyMark, RollupState
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, SendAnswer, new_sid

ADMIN = Actor(Origin.MEMBER, "Amir Adams", 3)

boxes, people = st.sampled_from(["front_desk", "billing"]), st.sampled_from([MARIA, TOM, STRANGER])
ages = st.integers(0, 400 * 24 * 60)  # minutes: more than a year, across clock changes
STEPS = st.one_of(
    st.tuples(st.just("text"), boxes, people, st.sampled_from(["Hello", "STOP", "START", "HELP"])),
    st.tuples(st.just("again"), st.integers(0, 5)),
    st.tuples(st.just("late"), boxes, people, ages, st.sampled_from(["Found late", "STOP"])),
    st.tuples(st.just("cross"), boxes, people),
    st.tuples(st.just("compose"), boxes, people),
    st.tuples(st.just("report"), st.integers(0, 9), st.sampled_from(["delivered", "undelivered", "failed"])),
    st.tuples(st.just("staff"), people, st.sampled_from(["opt_out", "lift", "block", "unblock"])),
    st.tuples(st.just("erase"), people),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("count")),
)


class RandomHistory:
    """What happens to a team, text by text."""

    def __init__(self, cast: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> None:
        self.cast, self.carrier, self.work = cast, carrier, work
        self.team = cast.northside
        self.heard: list[tuple[Inbox, str, str, str]] = []

    def tell(self, name: str, *how: Any) -> None:
        if name in ("text", "again", "late", "cross", "deliver"):  # these open scopes of their own
            getattr(self, name)(*how)
            return
        with scope(self.team.id):
            getattr(self, name)(*how)

    def text(self, box: str, number: str, body: str) -> None:
        self.heard.append((getattr(self.cast, box), number, body, new_sid()))
        self.again(-1)

    def again(self, which: int) -> None:
        if -1 <= which < len(self.heard):
            inbox, number, body, sid = self.heard[which]
            assert self.carrier.text(inbox, number, body, sid=sid).status_code == 200

    def late(self, box: str, number: str, minutes: int, body: str) -> None:
        from messaging import inbound
        from messaging.carriers.base import InboundText

        at = timezone.now() - timedelta(minutes=minutes)
        text = InboundText(carrier_id=new_sid(), sender=number, body=body, sent_at=at, segments=1)
        inbound.receive(getattr(self.cast, box), text)

    def cross(self, box: str, number: str) -> None:
        """STOP comes while something is in the carrier's hands."""
        with scope(self.team.id):
            self.compose(box, number)
        inbox = getattr(self.cast, box)
        self.carrier.answers = [SendAnswer(before=lambda: self.carrier.text(inbox, number, "STOP"))]
        self.work()

    def compose(self, box: str, number: str) -> None:
        compose_text(getattr(self.cast, box), number, "Hello", author=self.cast.member)

    def report(self, which: int, status: str) -> None:
        ours = Message.objects.filter(team_id=self.team.id, outbound=True).select_related("inbox__team")
        for message in ours.order_by("id")[which : which + 1]:
            code = "" if status == "delivered" else "30003"
            told = StatusReport(
                message.carrier_id or new_sid(), message.number, MessageStatus(status), error_code=code
            )
            apply_status_report(message.inbox, message.id, told)

    def staff(self, number: str, doing: str) -> None:
        with suppress(CannotLift):
            match doing:
                case "lift":
                    consent.lift(self.team.id, number, ADMIN, reason="A mistake")
                case "opt_out":
                    consent.opt_out(self.team.id, number, ADMIN, reason="They asked us")
                case _:
                    getattr(consent, doing)(self.team.id, number, ADMIN)

    def erase(self, number: str) -> None:
        erasure.erase_messages(self.team.id, [number])

    def deliver(self) -> None:
        self.work()

    def count(self) -> None:
        assert rollup.catch_up(self.team)


@settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, min_size=3, max_size=18))
def test_grown_is_rebuilt(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], tallies: Any, steps: list[tuple[Any, ...]]
) -> None:
    story, team = RandomHistory(cast, carrier, work), cast.northside
    tallies(team)  # from here on, what comes is marked
    for step in steps:
        story.tell(*step)
    grown = tallies(team)
    with scope(team.id):
        assert not DirtyMark.objects.filter(team_id=team.id).exists()
        rollup.rebuild(team)
    assert grown == tallies(team)
    _agrees_with_the_rows(team, grown)


def _agrees_with_the_rows(team: Team, grown: Counter[tuple[str, ...]]) -> None:
    """Every text is counted once in every grain, and so is every change."""
    with scope(team.id):
        ((texts, segments),) = fetch(
            "SELECT count(*), coalesce(sum(segments) FILTER (WHERE NOT outbound), 0) FROM messaging_message"
            " WHERE team_id = $1", team.id
        )  # fmt: skip
        ((crossed, confirmations),) = fetch(
            "SELECT count(*) FILTER (WHERE crossed), count(*) FILTER (WHERE purpose = 'confirmation')"
            " FROM messaging_message WHERE team_id = $1", team.id
        )  # fmt: skip
        ((measured,),) = fetch("SELECT count(*) FROM messaging_optoutlatency WHERE team_id = $1", team.id)
        ((changes,),) = fetch(
            "SELECT count(*) FROM optout_consentevent WHERE team_id = $1 AND action IN ('opted_out', 'opted_in')",
            team.id,
        )
    for grain in ("hour", "day", "month", "hour_of_day"):
        seen = MeasureCounts()
        for of, sender, *_, measure, count in grown.elements():
            if (of, sender) == (grain, "*"):
                seen[measure] += int(count)
        assert seen.received + seen.outbound == texts, grain
        assert seen["segments in"] == segments, grain
        assert seen.total_of("opted_out") + seen.total_of("opted_in") == changes, grain
        assert (seen["crossed"], seen.total_of("confirmation")) == (crossed, confirmations), grain
        assert grain == "hour_of_day" or seen.total_of("heard") == measured, (
            grain
        )  # there, nothing is_histogram is kept


def test_the_worker_counts_everything_once(cast: Cast, elsewhere: Callable[..., Any]) -> None:
    """While one counts a team from the beginning, another neither waits for it nor begins again."""
    begun, go_on = threading.Event(), threading.Event()
    team = cast.northside

    def count(holding: bool) -> bool:
        with scope(team.id):
            rollup.recount_or_rebuild(team)
            if holding:
                begun.set()
                assert go_on.wait(10)
            return RollupState.objects.filter(team_id=team.id).exists()

    first = elsewhere(count, True)
    assert begun.wait(10)
    assert elsewhere(count, False).result(5) is False
    go_on.set()
    assert first.result(10) is True
    assert elsewhere(count, False).result(5) is True


def test_figures_of_a_moment_ago_are_not_counted_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many who look at once pay for one count."""
    monkeypatch.setattr(rollup, "FRESH_FOR", timedelta(seconds=1))
    team = cast.northside
    with time_machine.travel(timezone.now(), tick=False) as clock, scope(team.id):
        first = rollup.catch_up(team)
        DirtyMark.objects.create(team=team, at=timezone.now())
        assert first and rollup.catch_up(team) == first and DirtyMark.objects.filter(team_id=team.id).exists()
        clock.shift(timedelta(seconds=5))
        assert rollup.catch_up(team) and not DirtyMark.objects.filter(team_id=team.id).exists()


def test_who_comes_just_after_a_count_does_not_begin_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another counted while this one looked, and has gone by the time this one may count."""
    with scope(cast.northside.id):
        rollup.rebuild(cast.northside)
        monkeypatch.setattr(rollup, "recount_marked_hours", lambda team: False)
        monkeypatch.setattr(rollup, "rebuild", lambda team: pytest.fail("counted everything again"))
        rollup.recount_or_rebuild(cast.northside)
