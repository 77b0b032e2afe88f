"""Scope lookup of webhooks: the endpoints of all teams that have something due."""

from datetime import datetime

from kernel.backlog import Backlog, fetch_backlog
from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def endpoints_due(now: datetime, limit: int) -> list[ScopedId]:
    """At most `limit` endpoints with a due delivery or a due email."""
    rows = fetch("SELECT * FROM lookup_endpoints_due($1::timestamptz, $2::integer)", now, limit)
    return [ScopedId(*row) for row in rows]


def backlog() -> list[Backlog]:
    """How many events of all teams are due, and since when."""
    return fetch_backlog("lookup_backlog_of_webhooks")
