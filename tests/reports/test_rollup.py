"""Rollups updated step by step equal rebuilt rollups, in whatever order texts and changes arrive."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Team
from kernel.sql import fetch
from kernel.tenancy import scope
from optout.consent_types import Actor
from optout.models import Origin
from reports import rollup
from reports.figures import MeasureCounts
from reports.models import DirtyMark, RollupState
from tests.cast import Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.reports.histories import STEPS, RandomHistory

ADMIN = Actor(Origin.MEMBER, "Amir Adams", 3)


@settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, min_size=3, max_size=18))
def test_updated_rollups_equal_rebuilt_ones(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], rollups: Any, steps: list[tuple[Any, ...]]
) -> None:
    history, team = RandomHistory(cast, carrier, work), cast.northside
    rollups(team)  # from now on, changes leave dirty marks
    for step in steps:
        history.do(*step)
    updated = rollups(team)
    with scope(team.id):
        assert not DirtyMark.objects.filter(team_id=team.id).exists()
        rollup.rebuild(team)
    assert updated == rollups(team)
    _agree_with_the_rows(team, updated)


def _agree_with_the_rows(team: Team, rollups: Counter[tuple[str, ...]]) -> None:
    """Every text and every change is counted once in every grain."""
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
        counts = MeasureCounts()
        for row_grain, sender, *_, measure, count in rollups.elements():
            if (row_grain, sender) == (grain, "*"):
                counts[measure] += int(count)
        assert counts.received + counts.outbound == texts, grain
        assert counts["segments in"] == segments, grain
        assert counts.total_of("opted_out") + counts.total_of("opted_in") == changes, grain
        assert (counts["crossed"], counts.total_of("confirmation")) == (crossed, confirmations), grain
        # Hours of the day have no histograms.
        assert grain == "hour_of_day" or counts.total_of("opt_out_latency") == measured, grain


def test_two_workers_rebuild_once(cast: Cast, elsewhere: Callable[..., Any]) -> None:
    """While one worker rebuilds a team's rollups, another neither waits nor starts over."""
    rebuilt, finish = threading.Event(), threading.Event()
    team = cast.northside

    def count(holding: bool) -> bool:
        with scope(team.id):
            rollup.recount_or_rebuild(team)
            if holding:
                rebuilt.set()
                assert finish.wait(10)
            return RollupState.objects.filter(team_id=team.id).exists()

    first = elsewhere(count, True)
    assert rebuilt.wait(10)
    assert elsewhere(count, False).result(5) is False
    finish.set()
    assert first.result(10) is True
    assert elsewhere(count, False).result(5) is True


def test_fresh_figures_are_not_counted_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many simultaneous page views cause one count."""
    monkeypatch.setattr(rollup, "FRESH_FOR", timedelta(seconds=1))
    team = cast.northside
    with time_machine.travel(timezone.now(), tick=False) as clock, scope(team.id):
        first = rollup.catch_up(team)
        DirtyMark.objects.create(team=team, at=timezone.now())
        assert first and rollup.catch_up(team) == first and DirtyMark.objects.filter(team_id=team.id).exists()
        clock.shift(timedelta(seconds=5))
        assert rollup.catch_up(team) and not DirtyMark.objects.filter(team_id=team.id).exists()


def test_a_worker_that_just_missed_a_rebuild_does_not_start_another(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker finished between the first check and the lock."""
    with scope(cast.northside.id):
        rollup.rebuild(cast.northside)
        monkeypatch.setattr(rollup, "recount_marked_hours", lambda team: False)
        monkeypatch.setattr(rollup, "rebuild", lambda team: pytest.fail("counted everything again"))
        rollup.recount_or_rebuild(cast.northside)
