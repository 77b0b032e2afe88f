"""FIXME module docstring."""

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def conversations_due(most: int) -> list[ScopedId]:
    """Conversations with a text that is due to be sent, or that was claimed and left; at most so many."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_conversations_due($1::integer)", most)]
