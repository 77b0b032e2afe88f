"""Pace of long work: it rests in proportion to its work, longer while texts arrive, and never for long."""

from collections.abc import Iterator
from typing import Any

import pytest

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
