"""FIXME module docstring."""

from datetime import datetime

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def endpoints_due(now: datetime, most: int) -> list[ScopedId]:
    """Endpoints with a delivery that is due, or with a letter about them that is; at most so many."""
    return [
        ScopedId(*row)
        for row in fetch("SELECT * FROM lookup_endpoints_due($1::timestamptz, $2::integer)", now, most)
    ]
