"""Scope lookups of consent: the holds of all teams that are past their due day."""

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def holds_due(limit: int) -> list[ScopedId]:
    """Undecided holds whose due day has passed, the longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_holds_due($1::integer)", limit)]
