"""Scope lookups of consent: holds that are past their due day, or due soon, and teams without a root of today."""

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
