"""How long a STOP took to stand: from its webhook's arrival here until its transaction had committed.

Written a moment later, by a background thread, so that no webhook waits for it. What a process had not written when it
died stays unmeasured, and reports say so. A text that was fetched late has no webhook, and is not measured.
"""

import time
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from accounts.soon import Soon
from accounts.tenancy import scope
from messaging.models import HeardStop
from optout.models import Action, ConsentEvent

LONGEST = 2_000_000_000  # microseconds, what the column holds


class Measured(NamedTuple):
    team_id: int
    event: ConsentEvent
    microseconds: int


def committed(line: ConsentEvent | None, entered: float) -> None:
    """Measure a text's line of the ledger if it is an opt-out; `entered` is when its webhook came, by perf_counter."""
    if line is not None and line.action == Action.OPTED_OUT:
        took = min(int((time.perf_counter() - entered) * 1_000_000), LONGEST)
        measured.put(Measured(line.team_id, line, took))


def _write(stops: list[Measured]) -> None:
    team = attrgetter("team_id")
    for team_id, of_team in groupby(sorted(stops, key=team), key=team):
        rows = [
            HeardStop(team_id=team_id, event_id=event.id, at=event.happened_at, microseconds=microseconds)
            for _, event, microseconds in of_team
        ]
        with scope(team_id):
            HeardStop.objects.bulk_create(rows, ignore_conflicts=True)


measured: Soon[Measured] = Soon(_write)
