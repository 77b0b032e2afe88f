"""Scope lookups of consent: due holds, teams without a root of today, and suppressed numbers by last digits."""

from datetime import date

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def holds_due(limit: int) -> list[ScopedId]:
    """Undecided holds whose due day has passed, the longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_holds_due($1::integer)", limit)]


def teams_to_remind(due_by: date) -> list[int]:
    """The teams with undecided holds that are due by this day, of which nobody was reminded."""
    return [team_id for (team_id,) in fetch("SELECT * FROM lookup_teams_to_remind($1::date)", due_by)]


def teams_without_root() -> list[int]:
    """Teams that have no root of today yet, or have not been sent it."""
    return [team_id for (team_id,) in fetch("SELECT lookup_teams_without_root()")]


def suppressed_ending(digits: str, max_rows: int) -> list[str]:
    """The suppressed numbers that end in these digits, in no order; none for fewer than four digits."""
    if len(digits) < 4:
        return []
    statement = "SELECT number FROM lookup_suppressed_ending($1::text, $2::integer)"
    return [number for (number,) in fetch(statement, digits, max_rows)]
