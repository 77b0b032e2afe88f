"""Scope of a ledger entry: in which inboxes it changed the standing of its number. Pure functions."""

from typing import NamedTuple

from optout.models import Action, ConsentEvent, Suppression


class ChangedScope(NamedTuple):
    """All inboxes, single inboxes, or both: a START may lift an opt-out of each kind."""

    all_inboxes: bool
    inbox_ids: list[int]


def changed_scope(entry: ConsentEvent) -> ChangedScope:
    """Where an entry changed the standing. A hold concerns all inboxes."""
    inboxes = [Suppression.inbox_id_in(name) for name in [*entry.added, *entry.lifted]]
    in_all = None in inboxes or Action(entry.action).is_note
    return ChangedScope(in_all, sorted({inbox_id for inbox_id in inboxes if inbox_id}))
