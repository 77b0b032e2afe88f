"""Actions on many contacts: which ones is frozen when somebody confirms, and then they are done some at a time.

A contact that is no longer there, or no longer matches the filters it was chosen by, is left alone and counted.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.access import Right, may
from accounts.models import Member
from contacts.bulk.actions import apply_action, missing_target
from contacts.bulk.models import BulkAction, BulkActionBatch, BulkActionRun
from contacts.contact.models import Contact
from contacts.runs.models import RunState
from contacts.runs.queue import wake
from contacts.search.selection import ContactSelection
from contacts.search.text_search import IdIsIn
from optout.models import StandingState, Suppression

REQUIRED_RIGHTS = {
    BulkAction.OPT_OUT: Right.OPT_OUT,
    BulkAction.BLOCK: Right.BLOCK,
    BulkAction.DELETE: Right.DELETE_CONTACTS,
}
IMMEDIATE_LIMIT = 50  # so many are done at once, before the page is answered
BATCH_SIZE = 500  # so many are one batch and one transaction
LOCKING_BATCH_SIZE = 100  # where it takes the numbers' locks, for which a STOP of one of them waits


def offered_actions(member: Member) -> set[str]:
    """What this member may do with a selection: values of Doing, and "export"."""
    actions = {action.value for action in BulkAction if is_allowed(member, action)}
    return actions | ({"export"} if may(member, Right.EXPORT) else set())


def is_allowed(member: Member, action: BulkAction) -> bool:
    return action not in REQUIRED_RIGHTS or may(member, REQUIRED_RIGHTS[action])


# -- which ones --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BulkActionPreview:
    """What is asked about before it is done: how many they are, and how they stand."""

    contacts: int
    opted_out: int
    blocked: int
    suppressed: int  # their numbers stay on the do-not-text list, whatever becomes of the contact


def preview_action(member: Member, chosen: ContactSelection) -> BulkActionPreview:
    rows = Suppression.objects.filter(team_id=member.team_id, number=OuterRef("number"))
    found: Any = chosen.contacts(member).order_by()
    found = found.with_standing(member.team).annotate(kept=Exists(rows))
    return BulkActionPreview(
        **found.aggregate(
            contacts=Count("id"),
            opted_out=Count("id", filter=Q(standing=StandingState.OPTED_OUT)),
            blocked=Count("id", filter=Q(standing=StandingState.BLOCKED)),
            suppressed=Count("id", filter=Q(kept=True)),
        )
    )


FREEZE = """
    INSERT INTO contacts_bulkactionbatch (team_id, run_id, position, contact_ids)
    SELECT %s, %s, part + 1, array_agg(id ORDER BY id)
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS part FROM ({chosen}) AS chosen) AS numbered
    GROUP BY part RETURNING cardinality(contact_ids)
"""


def start_run(
    member: Member, action: BulkAction, chosen: ContactSelection, details: dict[str, Any]
) -> BulkActionRun:
    """Freeze who is chosen and begin. A screenful is done when this returns, more waits for a worker."""
    selection = BulkActionRun(team=member.team, action=action, details=details, query=chosen.query)
    selection.set_author(member)
    selection.save()
    selection.total = _freeze(selection, chosen.contacts(member))
    if selection.total <= IMMEDIATE_LIMIT:
        run_batch(selection)
    else:
        wake(selection)
    selection.save()
    return selection


def _freeze(selection: BulkActionRun, contacts: QuerySet[Contact]) -> int:
    locks = selection.action in (BulkAction.OPT_OUT, BulkAction.BLOCK) or selection.details.get("erase")
    together = min(BATCH_SIZE, LOCKING_BATCH_SIZE) if locks else BATCH_SIZE
    try:
        chosen, values = contacts.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.format(chosen=chosen), [selection.team_id, selection.id, together, *values])
        return sum(size for (size,) in cursor.fetchall())


# -- some at a time ----------------------------------------------------------------------------------------------


def run_batch(selection: BulkActionRun) -> None:
    """Do the next of them, in one transaction with the selection's own row; end it after the last ones."""
    member = (
        Member.objects.select_related("team")
        .filter(team_id=selection.team_id, id=selection.by_id or 0)
        .first()
    )
    if member is None or not is_allowed(member, BulkAction(selection.action)):
        return selection.end(RunState.FAILED, f"{selection.by_name} may no longer do this.")
    if why := missing_target(selection):
        return selection.end(RunState.FAILED, why)
    selection.start()
    entry = selection.batches.filter(team_id=selection.team_id).order_by("position").first()
    if entry:
        _do_entry(selection, entry, member)
        selection.position += len(entry.contact_ids)
        entry.delete()
    if entry is None or selection.position >= selection.total:
        selection.end(RunState.DONE)
    return None


def _do_entry(selection: BulkActionRun, entry: BulkActionBatch, member: Member) -> None:
    rows = ContactSelection(tuple(entry.contact_ids), selection.query).contacts(member).order_by("id")
    if selection.query is not None:
        rows = rows.filter(IdIsIn(entry.contact_ids))
    still = dict(rows.values_list("id", "number"))
    if left_alone := len(entry.contact_ids) - len(still):
        selection.count(left_alone=left_alone)
    if still:
        apply_action(selection, member, list(still), list(still.values()))
