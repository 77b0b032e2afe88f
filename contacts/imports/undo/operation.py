"""Undo of an import: its changes are reverted unless somebody has changed them since; contacts first, then opt-outs.

Each batch is one transaction that also deletes the change records it handled. So nothing is undone twice, even if the
undo is interrupted, cancelled or started twice.
"""

from collections import Counter
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.access import Right, may
from accounts.models import Member
from contacts.imports.models import Import
from contacts.imports.undo.models import (
    UNDO_PERIOD,
    ImportUndo,
    MadeKind,
    changes_of,
    created_rows_of,
    undo_deadline,
)  # fmt: skip
from contacts.imports.undo.plan import LABEL_TABLES, count_ledger_outcomes, repeated_by_others, sort_counts
from contacts.imports.undo.revert_contacts import revert_contacts
from contacts.runs.models import AT_WORK, RunState
from contacts.runs.queue import wake
from kernel.sql import fetch
from optout.bulk_consent import revert_many
from optout.consent_records.recording import take_back_import
from optout.consent_types import Actor
from optout.models import Action, ConsentEvent, Origin
from optout.number_locks import lock_numbers

CONTACTS_PER_BATCH = 500
LEDGER_ENTRIES_PER_BATCH = 100  # few, since a STOP waits for the lock of its number until the batch commits
REQUIRED_RIGHTS = (Right.IMPORT_CONTACTS, Right.DELETE_CONTACTS)


# -- start -------------------------------------------------------------------------------------------------------


def can_undo(run: Import) -> bool:
    """Whether the import changed something and its undo period has not ended."""
    deadline = undo_deadline(run)
    return deadline is not None and timezone.now() < deadline and _has_changes(run)


def _has_changes(run: Import) -> bool:
    return changes_of(run).exists() or created_rows_of(run).exclude(kind=MadeKind.REPEATED).exists()


def latest_undo(run: Import) -> ImportUndo | None:
    return ImportUndo.objects.filter(team_id=run.team_id, run_id=run.id).order_by("-id").first()


def imports_with_undone(team_id: int) -> QuerySet[Import]:
    """The team's imports with `undone`: whether an undo of the import came to its end."""
    undos = ImportUndo.objects.filter(team_id=team_id, run_id=OuterRef("id"), state=RunState.DONE)
    return Import.objects.filter(team_id=team_id).annotate(undone=Exists(undos))


def total_counts(run: Import) -> dict[str, int]:
    """The sum of the counts of all undos of an import. All but the last were cancelled or failed."""
    undos = ImportUndo.objects.filter(team_id=run.team_id, run_id=run.id)
    return sort_counts(sum((Counter(undo.counts) for undo in undos), Counter()))


def start_undo(run: Import, *, lift: bool, by: Member | None = None, by_name: str = "") -> ImportUndo | None:
    """Start the undo of an import whose row is locked, or return its active undo. None if nothing can be undone."""
    active = ImportUndo.objects.filter(team_id=run.team_id, run_id=run.id, state__in=AT_WORK).first()
    if active or not can_undo(run):
        return active
    undo = ImportUndo(team_id=run.team_id, run=run, lift=lift, by_name=by_name)
    if by:
        undo.set_author(by)
    undo.total = changes_of(run).count() + created_rows_of(run, MadeKind.EVENT).count()
    undo.save()
    undo.record_start(lift_opt_outs=lift)
    wake(undo)
    return undo


# -- batches -----------------------------------------------------------------------------------------------------


def run_batch(undo: ImportUndo) -> None:
    """Handle the next contacts; after the last, the next ledger entries; then lists and tags, and end."""
    if not _is_allowed(undo):
        sentence = f"{undo.by_name} no longer has the right to undo imports. Completed work is kept."
        undo.end(RunState.FAILED, sentence)
        return
    undo.start()
    changes, entries = changes_of(undo.run), created_rows_of(undo.run, MadeKind.EVENT)
    if contact_ids := _next(changes, "contact_id", undo.reached, CONTACTS_PER_BATCH):
        _undo_contacts(undo, contact_ids)
    elif entry_ids := _next(entries, "what", undo.reached_event, LEDGER_ENTRIES_PER_BATCH):
        _undo_ledger_entries(undo, entry_ids)
    else:
        undo.count(**_delete_unused_labels(undo.run))
        take_back_import(undo.team_id, undo.run_id, _actor(undo), _reason(undo.run))
        undo.end(RunState.DONE)
    undo.counts = sort_counts(undo.counts)


def _is_allowed(undo: ImportUndo) -> bool:
    """Whether the member who started the undo still has the rights. An undo from the command line has no member."""
    if undo.by_id is None:
        return True
    member = Member.objects.filter(team_id=undo.team_id, id=undo.by_id).first()
    return member is not None and all(may(member, right) for right in REQUIRED_RIGHTS)


def _next(rows: Any, id: str, after: int, limit: int) -> list[int]:
    return list(rows.filter(**{f"{id}__gt": after}).order_by(id).values_list(id, flat=True)[:limit])


def _actor(undo: ImportUndo) -> Actor:
    return Actor(Origin.MEMBER if undo.by_id else Origin.IMPORT, undo.by_name, undo.by_id)


def _undo_contacts(undo: ImportUndo, contact_ids: list[int]) -> None:
    revert_contacts(undo, contact_ids, _actor(undo))
    changes_of(undo.run).filter(contact_id__in=contact_ids).delete()
    undo.reached = contact_ids[-1]
    undo.position += len(contact_ids)


def _undo_ledger_entries(undo: ImportUndo, entry_ids: list[int]) -> None:
    entries = list(ConsentEvent.objects.filter(team_id=undo.team_id, id__in=entry_ids))
    lock_numbers(undo.team_id, {entry.number for entry in entries})
    undo.count(**count_ledger_outcomes(undo.run, entry_ids, lift=undo.lift))
    repeated = repeated_by_others(undo.run, entry_ids)
    entries = [entry for entry in entries if entry.action == Action.OPTED_IN or entry.id not in repeated]
    revert_many(undo.team_id, entries, _actor(undo), reason=_reason(undo.run), lift=undo.lift)
    created_rows_of(undo.run, MadeKind.EVENT).filter(what__in=entry_ids).delete()
    undo.reached_event = entry_ids[-1]
    undo.position += len(entry_ids)


def _reason(run: Import) -> str:
    reason: Any = ConsentEvent._meta.get_field("reason")
    return f"Undo of the import of {run.file_name}"[: reason.max_length]


# Locked before the check whether they are used: a transaction that adds a contact is either awaited or seen.
_LOCK_LABELS = """
    SELECT id FROM contacts_{label} WHERE team_id = $1 AND id IN (
        SELECT what FROM contacts_importmade WHERE team_id = $1 AND run_id = $2 AND kind = '{kind}')
    ORDER BY id FOR UPDATE
"""
_DELETE_UNUSED = """
    DELETE FROM contacts_{label} l WHERE l.team_id = $1 AND l.id = ANY($2)
    AND NOT EXISTS (SELECT FROM contacts_{row} e WHERE e.team_id = $1 AND e.{key} = l.id) RETURNING 1
"""


def _delete_unused_labels(run: Import) -> dict[str, int]:
    """Delete lists and tags that the import created and that no contact has any more."""
    counts = {}
    for kind, names in LABEL_TABLES.items():
        ids = [id for (id,) in fetch(_LOCK_LABELS.format(**names), run.team_id, run.id)]
        counts[f"{kind}s_deleted"] = len(fetch(_DELETE_UNUSED.format(**names), run.team_id, ids))
    created_rows_of(run).delete()
    return counts


# -- purge -------------------------------------------------------------------------------------------------------

# The record of a repeated opt-out is needed as long as the import that recorded the opt-out can be undone.
_DELETE_REPEATED = """
    DELETE FROM contacts_importmade r WHERE r.team_id = $1 AND r.kind = 'repeated'
    AND NOT EXISTS (SELECT FROM contacts_importmade o
        WHERE o.team_id = $1 AND o.kind = 'event' AND o.what = r.what) RETURNING 1
"""


def purge_expired(team_id: int) -> None:
    """Delete the change records of imports that can no longer be undone, in the scope of the team."""
    expired = Import.objects.filter(team_id=team_id, ended_at__lt=timezone.now() - UNDO_PERIOD)
    active = ImportUndo.objects.filter(team_id=team_id, state__in=AT_WORK).values("run_id")
    for run in expired.exclude(id__in=active):
        changes_of(run).delete()
        created_rows_of(run).exclude(kind=MadeKind.REPEATED).delete()
    fetch(_DELETE_REPEATED, team_id)
