"""Scope lookups of messaging: the conversations of all teams in which a text is due."""

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def conversations_due(limit: int) -> list[ScopedId]:
    """Conversations with a text that is due to be sent, or whose claim or call is overdue. Longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_conversations_due($1::integer)", limit)]
