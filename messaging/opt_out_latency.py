"""Opt-out latency: the time from the arrival of a STOP's webhook to the commit of the opt-out, measured and stored.

A background thread stores the measurements, so that no webhook waits. If a process dies, its unwritten measurements are
lost, and reports say so. A text that was fetched from the carrier's list has no webhook and is not measured.
"""

import time
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from kernel.background import BatchQueue
from kernel.sql import commit_without_waiting
from kernel.tenancy import scope
from messaging.metrics import opt_outs
from messaging.models import OptOutLatency
from optout.models import Action, ConsentEvent

MAX_MICROSECONDS = 2_000_000_000  # limit of the column


class LatencyMeasurement(NamedTuple):
    team_id: int
    event: ConsentEvent
    microseconds: int


def measure(event: ConsentEvent | None, arrived_at: float) -> None:
    """Measure the latency of a ledger entry if it is an opt-out. `arrived_at` is its webhook's, by perf_counter."""
    if event is not None and event.action == Action.OPTED_OUT:
        microseconds = min(int((time.perf_counter() - arrived_at) * 1_000_000), MAX_MICROSECONDS)
        opt_outs.labels(event.origin).observe(microseconds / 1_000_000)
        latency_queue.put(LatencyMeasurement(event.team_id, event, microseconds))


def _write(measurements: list[LatencyMeasurement]) -> None:
    team = attrgetter("team_id")
    for team_id, of_team in groupby(sorted(measurements, key=team), key=team):
        rows = [
            OptOutLatency(team_id=team_id, event_id=event.id, at=event.happened_at, microseconds=microseconds)
            for _, event, microseconds in of_team
        ]
        with scope(team_id):
            commit_without_waiting()
            OptOutLatency.objects.bulk_create(rows, ignore_conflicts=True)


# Each batch opens a connection of its own, so there are few.
latency_queue: BatchQueue[LatencyMeasurement] = BatchQueue(_write, window=1.0)
