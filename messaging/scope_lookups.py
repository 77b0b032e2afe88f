"""Scope lookups of messaging: the conversations in which a text is due, and the pending opt-ins, of all teams."""

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def conversations_due(limit: int) -> list[ScopedId]:
    """Conversations with a text that is due to be sent, or whose claim or call is overdue. Longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_conversations_due($1::integer)", limit)]


def opt_ins_due(limit: int) -> list[ScopedId]:
    """Pending opt-ins that are due to be checked, longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_opt_ins_due($1::integer)", limit)]


def scheduled_texts_due(limit: int) -> list[ScopedId]:
    """Scheduled texts whose time has come, longest due first."""
    rows = fetch("SELECT * FROM lookup_scheduled_texts_due($1::integer)", limit)
    return [ScopedId(*row) for row in rows]
