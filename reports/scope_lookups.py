"""FIXME module docstring."""

from datetime import datetime

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def teams_with_stale_rollups() -> list[int]:
    """Teams whose figures are not counted up to now, or by another clock than theirs."""
    return [team_id for (team_id,) in fetch("SELECT lookup_teams_with_stale_rollups()")]


def teams_without_snapshot() -> list[int]:
    """Teams of whose day, by their clock, there is no snapshot yet."""
    return [team_id for (team_id,) in fetch("SELECT lookup_teams_without_snapshot()")]


def due_schedules(now: datetime, most: int) -> list[ScopedId]:
    """Scheduled reports that are to be sent; at most so many."""
    return [
        ScopedId(*row)
        for row in fetch("SELECT * FROM lookup_schedules_due($1::timestamptz, $2::integer)", now, most)
    ]
