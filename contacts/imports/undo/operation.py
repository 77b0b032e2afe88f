"""An import is taken back, as far as nobody has changed since what it did; contacts first, then its opt-outs.

Each batch is one transaction that also takes what it dealt with off the record: whatever breaks off, is cancelled or is
begun twice, nothing is taken back twice.
"""

from collections import Counter
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.access import Right, may
from accounts.models import Member
from contacts.contact import deletion
from contacts.custom_fields.models import CustomField
from contacts.imports import change_log
from contacts.imports.models import Import
from contacts.imports.undo import plan
from contacts.imports.undo.models import (
    UNDO_PERIOD,
    ImportChange,
    ImportMade,
    ImportUndo,
    MadeKind,
    undo_deadline,
)
from contacts.imports.undo.plan import ContactOutcome
from contacts.runs.models import AT_WORK, RunState
from contacts.runs.queue import wake
from kernel.sql import fetch
from optout.bulk_consent import revert_many
from optout.consent_types import Actor
from optout.models import Action, ConsentEvent, Origin
from optout.number_locks import lock_numbers

CONTACTS_PER_BATCH = 500  # in one transaction
LEDGER_ENTRIES_PER_BATCH = (
    100  # whose numbers' locks one transaction takes: a STOP of one of them waits so long
)
REQUIRED_RIGHTS = (Right.IMPORT_CONTACTS, Right.DELETE_CONTACTS)


# -- whether, and beginning --------------------------------------------------------------------------------------


def can_undo(run: Import) -> bool:
    """Whether there is something to undo, and time for it."""
    until = undo_deadline(run)
    return until is not None and timezone.now() < until and _is_something(run)


def _is_something(run: Import) -> bool:
    return _changes(run).exists() or _made(run).exclude(kind=MadeKind.REPEATED).exists()


def latest_undo(run: Import) -> ImportUndo | None:
    return ImportUndo.objects.filter(team_id=run.team_id, run_id=run.id).order_by("-id").first()


def total_counts(run: Import) -> dict[str, int]:
    """What came of it: the counts of all undos of an import, of which all but the last one were stopped."""
    undos = ImportUndo.objects.filter(team_id=run.team_id, run_id=run.id)
    together = sum((Counter(undo.counts) for undo in undos), Counter())
    return plan.sort_counts(together)


def start_undo(run: Import, *, lift: bool, by: Member | None = None, by_name: str = "") -> ImportUndo | None:
    """The undo of an import whose row is locked; the one at work, if there is one. None where it is not possible."""
    at_work = ImportUndo.objects.filter(team_id=run.team_id, run_id=run.id, state__in=AT_WORK).first()
    if at_work or not can_undo(run):
        return at_work
    undo = ImportUndo(team_id=run.team_id, run=run, lift=lift, by_name=by_name)
    if by:
        undo.set_author(by)
    undo.total = _changes(run).count() + _made(run, MadeKind.EVENT).count()
    undo.save()
    wake(undo)
    return undo


def _changes(run: Import) -> Any:
    return ImportChange.objects.filter(team_id=run.team_id, run_id=run.id)


def _made(run: Import, *kinds: MadeKind) -> Any:
    return ImportMade.objects.filter(team_id=run.team_id, run_id=run.id, kind__in=kinds or MadeKind)


# -- some at a time ----------------------------------------------------------------------------------------------


def run_batch(undo: ImportUndo) -> None:
    """Deal with the next contacts; behind the last ones with the next lines of the ledger; then end."""
    by = _member(undo)
    if undo.by_id is not None and not (by and all(may(by, right) for right in REQUIRED_RIGHTS)):
        undo.end(
            RunState.FAILED, f"{undo.by_name} may no longer undo imports. What was done so far stays done."
        )
        return
    undo.start()
    run = undo.run
    if contact_id := _next(_changes(run), "contact_id", undo.reached, CONTACTS_PER_BATCH):
        _contacts(undo, run, contact_id)
    elif lines := _next(_made(run, MadeKind.EVENT), "what", undo.reached_event, LEDGER_ENTRIES_PER_BATCH):
        _lines(undo, run, lines)
    else:
        undo.count(**_labels(run))
        undo.end(RunState.DONE)
    undo.counts = plan.sort_counts(undo.counts)


def _next(rows: Any, id: str, behind: int, most: int) -> list[int]:
    return list(rows.filter(**{f"{id}__gt": behind}).order_by(id).values_list(id, flat=True)[:most])


def _member(undo: ImportUndo) -> Member | None:
    """Who confirmed it, while that member is there; nobody where it was begun from the shell."""
    return Member.objects.filter(team_id=undo.team_id, id=undo.by_id or 0).first()


# -- contacts ----------------------------------------------------------------------------------------------------

# In the order of their ids, as everybody who locks several contacts does.
_LOCK = "SELECT id FROM contacts_contact WHERE team_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE"


def _contacts(undo: ImportUndo, run: Import, contact_id: list[int]) -> None:
    fields = CustomField.objects
    fields.held(undo.team_id, fields.of(undo.team_id).values_list("key", flat=True))
    fetch(_LOCK, undo.team_id, contact_id)
    fates = plan.contact_outcomes(run, contact_id)
    made = [fate.contact_id for fate in fates if fate.fate == "deleted"]
    staying = [fate for fate in fates if fate.fate != "deleted"]
    for fate in staying:
        if fate.fate != "known":
            undo.count(**{fate.fate: 1})
    undo.count(
        deleted=deletion.delete_contacts(undo.team_id, made, erase=False, by=_actor(undo)).contacts
        if made
        else 0,
        given_back=_give_back(undo, [fate for fate in staying if fate.back]),
        newer_values_kept=sum(fate.kept_newer for fate in staying),
        taken_off_lists=_take_off("listentry", undo, [id for fate in staying for id in fate.entries]),
        untagged=_take_off("tagging", undo, [id for fate in staying for id in fate.taggings]),
        put_back_on_lists=_put_back_on_lists(undo, staying),
    )
    _changes(run).filter(contact_id__in=contact_id).delete()
    undo.reached = contact_id[-1]
    undo.position += len(contact_id)


_GIVE_BACK = f"""
    UPDATE contacts_contact c SET updated_at = %(now)s, {change_log.restore_values("b.back", "c")}
    FROM unnest(%(contact_id)s::bigint[], %(backs)s::jsonb[]) AS b (contact_id, back)
    WHERE c.team_id = %(team)s AND c.id = b.contact_id
"""
# A contact that another import made, and nobody but this one has changed since, stands again as that one left it.
_UNTOUCHED_AGAIN = """
    UPDATE contacts_importchange m SET at = %(now)s
    FROM unnest(%(contact_id)s::bigint[], %(was_at)s::timestamptz[]) AS b (contact_id, was_at)
    WHERE m.team_id = %(team)s AND m.run_id = ANY(%(others)s) AND m.contact_id = b.contact_id AND m.at = b.was_at
"""


def _give_back(undo: ImportUndo, fates: list[ContactOutcome]) -> int:
    if not fates:
        return 0
    now = timezone.now()
    whole = [fate for fate in fates if fate.at and not fate.kept_newer]
    others = Import.objects.filter(team_id=undo.team_id, ended_at__gt=now - UNDO_PERIOD).exclude(
        id=undo.run_id
    )
    values: dict[str, Any] = {
        "team": undo.team_id, "now": now, "others": list(others.values_list("id", flat=True)),
        "was_at": [fate.was_at for fate in whole],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_UNTOUCHED_AGAIN, values | {"contact_id": [fate.contact_id for fate in whole]})
        backs = [fate.back for fate in fates]
        cursor.execute(
            _GIVE_BACK, values | {"contact_id": [fate.contact_id for fate in fates], "backs": backs}
        )
        return cursor.rowcount


def _take_off(row: str, undo: ImportUndo, ids: list[int]) -> int:
    statement = f"DELETE FROM contacts_{row} WHERE team_id = $1 AND id = ANY($2) RETURNING 1"
    return len(fetch(statement, undo.team_id, ids)) if ids else 0


_PUT_BACK_ON_LISTS = """
    INSERT INTO contacts_listentry (team_id, list_id, contact_id)
    SELECT $1, l.id, b.contact_id FROM unnest($2::bigint[], $3::bigint[]) AS b (contact_id, list)
    JOIN contacts_contactlist l ON l.team_id = $1 AND l.id = b.list ORDER BY b.contact_id
    ON CONFLICT (team_id, list_id, contact_id) DO NOTHING RETURNING 1
"""


def _put_back_on_lists(undo: ImportUndo, fates: list[ContactOutcome]) -> int:
    pairs = [(fate.contact_id, list_id) for fate in fates for list_id in fate.comes_back_to]
    if not pairs:
        return 0
    return len(
        fetch(_PUT_BACK_ON_LISTS, undo.team_id, *(list(column) for column in zip(*pairs, strict=True)))
    )


# -- consent -----------------------------------------------------------------------------------------------------


def _lines(undo: ImportUndo, run: Import, ids: list[int]) -> None:
    events = list(ConsentEvent.objects.filter(team_id=undo.team_id, id__in=ids))
    lock_numbers(undo.team_id, {event.number for event in events})
    undo.count(**plan.count_ledger_outcomes(run, ids, lift=undo.lift))
    again = plan.repeated_by_others(run, ids)
    events = [event for event in events if event.action == Action.OPTED_IN or event.id not in again]
    revert_many(undo.team_id, events, _actor(undo), reason=_reason(run), lift=undo.lift)
    _made(run, MadeKind.EVENT).filter(what__in=ids).delete()
    undo.reached_event = ids[-1]
    undo.position += len(ids)


def _actor(undo: ImportUndo) -> Actor:
    return Actor(Origin.MEMBER if undo.by_id else Origin.IMPORT, undo.by_name, undo.by_id)


def _reason(run: Import) -> str:
    longest: Any = ConsentEvent._meta.get_field("reason").max_length
    return f"Undo of the import of {run.file_name}"[:longest]


# -- lists and tags ----------------------------------------------------------------------------------------------

# Locked before it is looked whether anybody is on them: whoever is just being put on one waits, or is seen.
_LOCK_LABELS = """
    SELECT id FROM contacts_{label} WHERE team_id = $1 AND id IN (
        SELECT what FROM contacts_importmade WHERE team_id = $1 AND run_id = $2 AND kind = '{kind}')
    ORDER BY id FOR UPDATE
"""
_DELETE_EMPTY = """
    DELETE FROM contacts_{label} l WHERE l.team_id = $1 AND l.id = ANY($2)
    AND NOT EXISTS (SELECT FROM contacts_{row} e WHERE e.team_id = $1 AND e.{key} = l.id) RETURNING 1
"""


def _labels(run: Import) -> dict[str, int]:
    """Lists and tags that the import made go where nobody is on them any more."""
    counts = {}
    for kind, names in plan.LABEL_TABLES.items():
        ids = [id for (id,) in fetch(_LOCK_LABELS.format(**names), run.team_id, run.id)]
        counts[f"{kind}s_deleted"] = len(fetch(_DELETE_EMPTY.format(**names), run.team_id, ids))
    _made(run).delete()
    return counts


# -- forgetting --------------------------------------------------------------------------------------------------


# What a file repeated counts as long as the import that said it first can be undone.
_FORGET_REPEATED = """
    DELETE FROM contacts_importmade r WHERE r.team_id = $1 AND r.kind = 'repeated'
    AND NOT EXISTS (SELECT FROM contacts_importmade o
        WHERE o.team_id = $1 AND o.kind = 'event' AND o.what = r.what) RETURNING 1
"""


def purge_expired(team_id: int) -> None:
    """Drop the records of imports that can no longer be undone; in the scope of the team."""
    late = Import.objects.filter(team_id=team_id, ended_at__lt=timezone.now() - UNDO_PERIOD)
    at_work = ImportUndo.objects.filter(team_id=team_id, state__in=AT_WORK).values("run_id")
    for run in late.exclude(id__in=at_work):
        _changes(run).delete()
        _made(run).exclude(kind=MadeKind.REPEATED).delete()
    fetch(_FORGET_REPEATED, team_id)
