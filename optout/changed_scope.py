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
    inbox_ids = {inbox_id for inbox_id in inboxes if inbox_id}
    if entry.only_in_inbox and entry.inbox_id:
        inbox_ids.add(entry.inbox_id)
    return ChangedScope(in_all, sorted(inbox_ids))
