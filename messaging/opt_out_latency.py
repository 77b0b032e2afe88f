"""How long a STOP took to stand: from its webhook's arrival here until its transaction had committed.

Written a moment later, by a background thread, so that no webhook waits for it. What a process had not written when it
died stays unmeasured, and reports say so. A text that was fetched late has no webhook, and is not measured.
"""

import time
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from kernel.background import BatchQueue
from kernel.tenancy import scope
from messaging.models import OptOutLatency
from optout.models import Action, ConsentEvent

MAX_MICROSECONDS = 2_000_000_000  # microseconds, what the column holds


class LatencyMeasurement(NamedTuple):
    team_id: int
    event: ConsentEvent
    microseconds: int


def measure(line: ConsentEvent | None, entered: float) -> None:
    """Measure a text's line of the ledger if it is an opt-out; `entered` is when its webhook came, by perf_counter."""
    if line is not None and line.action == Action.OPTED_OUT:
        took = min(int((time.perf_counter() - entered) * 1_000_000), MAX_MICROSECONDS)
        latency_queue.put(LatencyMeasurement(line.team_id, line, took))


def _write(stops: list[LatencyMeasurement]) -> None:
    team = attrgetter("team_id")
    for team_id, of_team in groupby(sorted(stops, key=team), key=team):
        rows = [
            OptOutLatency(team_id=team_id, event_id=event.id, at=event.happened_at, microseconds=microseconds)
            for _, event, microseconds in of_team
        ]
        with scope(team_id):
            OptOutLatency.objects.bulk_create(rows, ignore_conflicts=True)


latency_queue: BatchQueue[LatencyMeasurement] = BatchQueue(_write)
