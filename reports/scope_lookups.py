"""Scope lookups of the reports: teams and schedules that have work, found before a scope exists."""

from datetime import datetime

from kernel.backlog import Backlog, fetch_backlog
from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def teams_with_stale_rollups() -> list[int]:
    """Teams with dirty marks, without rollups, or with rollups of another time zone than theirs."""
    return [team_id for (team_id,) in fetch("SELECT lookup_teams_with_stale_rollups()")]


def teams_without_snapshot() -> list[int]:
    """Teams without a snapshot of today in their time zone."""
    return [team_id for (team_id,) in fetch("SELECT lookup_teams_without_snapshot()")]


def due_schedules(now: datetime, most: int) -> list[ScopedId]:
    """Up to `most` report schedules that are due at `now`, the longest due first."""
    return [
        ScopedId(*row)
        for row in fetch("SELECT * FROM lookup_schedules_due($1::timestamptz, $2::integer)", now, most)
    ]


def backlog() -> list[Backlog]:
    """How many changes that are not counted of all teams are due, and since when."""
    return fetch_backlog("lookup_backlog_of_reports")
