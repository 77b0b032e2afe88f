"""Scope lookup of webhooks: the endpoints of all teams that have something due."""

from datetime import datetime

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def endpoints_due(now: datetime, limit: int) -> list[ScopedId]:
    """At most `limit` endpoints with a due delivery or a due email."""
    rows = fetch("SELECT * FROM lookup_endpoints_due($1::timestamptz, $2::integer)", now, limit)
    return [ScopedId(*row) for row in rows]
