"""Pace of long work: it rests in proportion to its work, longer while texts arrive, and never for long."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel import pacing
from kernel.cache import cache
from kernel.sql import commit_without_waiting, fetch
from kernel.tenancy import scope
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio


class PassedTime:
    """The time of a test, in seconds; it passes as the test says."""

    def __init__(self) -> None:
        self.now = 100.0
        self.rests: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> PassedTime:
    clock = PassedTime()
    monkeypatch.setattr("kernel.pacing.time", clock)
    monkeypatch.setattr(pacing, "_told", pacing._Told())
    monkeypatch.setattr(pacing, "_heavy_pages", pacing._HeavyPages())
    cache.delete(pacing._KEY)
    return clock


def test_work_rests_longer_while_texts_arrive(cast: Cast, carrier: FakeTwilio, clock: PassedTime) -> None:
    pacing.rest(0.1)
    pacing.rest(0.1, 0.5)
    carrier.text(cast.front_desk, MARIA, "Are you open?")
    pacing.rest(0.1)
    pacing.rest(0.1, 3.0)
    pacing.rest(60.0)
    assert clock.rests == pytest.approx([0, 0.05, 0.2, 0.3, pacing.LONGEST_REST])


def test_an_export_rests_after_each_piece(clock: PassedTime) -> None:
    def pieces() -> Iterator[str]:
        for piece in "ab":
            clock.now += 0.1
            yield piece

    cache.set(pacing._KEY, 1, 5)
    for _ in pacing.paced(pieces()):
        clock.now += 7  # in which the reader has the piece
    assert clock.rests == pytest.approx([0.2, 0.2])


def test_heavy_pages_rest_only_one_after_another_while_texts_arrive(clock: PassedTime) -> None:
    @pacing.give_way
    def page(seconds: float) -> str:
        clock.now += seconds
        return "report"

    def rests(*seconds: float) -> list[float]:
        clock.rests.clear()
        assert [page(each) for each in seconds] == ["report"] * len(seconds)
        return clock.rests

    assert rests(0.5, 0.5, 0.5) == []  # no text arrives
    cache.set(pacing._KEY, 1, 60)
    clock.now += 60
    assert rests(0.5, 0.4) == []
    assert rests(0.3, 0.3) == pytest.approx([0.1, 0.9])
    assert rests(9.0) == [pacing.LONGEST_REST]
    clock.now += 60
    assert rests(0.9) == []


def test_reports_give_way_outside_their_scope(
    cast: Cast,
    clock: PassedTime,
    as_client: Callable[[Member], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rest holds no transaction, so no lock and no old snapshot."""
    cache.set(pacing._KEY, 1, 60)
    monkeypatch.setattr(pacing, "UNHURRIED", -1.0)
    monkeypatch.setattr(clock, "sleep", lambda _: clock.rests.append(float(connection.in_atomic_block)))
    reports = ["volume", "opt_out_report", "consent_report", "broadcast_report", "team_report"]
    for name in reports:
        assert as_client(cast.owner).get(reverse(name, args=[cast.northside.slug])).status_code == 200
    assert clock.rests == [0.0] * len(reports)


def test_a_scope_uses_one_process_and_may_commit_without_waiting(cast: Cast) -> None:
    def settings() -> list[Any]:
        return [
            fetch(f"SHOW {name}")[0][0] for name in ("max_parallel_workers_per_gather", "synchronous_commit")
        ]

    before = settings()
    with scope(cast.northside.id):
        assert settings() == ["0", before[1]]
        commit_without_waiting()
        assert settings() == ["0", "off"]
    assert settings() == before
