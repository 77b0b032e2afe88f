"""Scope lookups of messaging: conversations with a due text, pending opt-ins, and due attachments, of all teams."""

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def conversations_due(limit: int) -> list[ScopedId]:
    """Conversations with a text that is due to be sent, or whose claim or call is overdue. Longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_conversations_due($1::integer)", limit)]


def opt_ins_due(limit: int) -> list[ScopedId]:
    """Pending opt-ins that are due to be checked, longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_opt_ins_due($1::integer)", limit)]


def attachments_due(limit: int) -> list[ScopedId]:
    """Attachments that are due to be fetched or deleted, longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_attachments_due($1::integer)", limit)]
