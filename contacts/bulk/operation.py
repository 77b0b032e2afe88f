"""Bulk actions: preview a selection, freeze it when the action is confirmed, and do it batch by batch.

Contacts that were deleted or no longer match the selection's filters are skipped and counted.
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
from contacts.search.audited_filter import audited_selection
from contacts.search.selection import ContactSelection
from contacts.search.text_search import IdIsIn
from optout.models import StandingState, Suppression

REQUIRED_RIGHTS = {
    BulkAction.ADD_TO_LIST: Right.EDIT_CONTACTS,
    BulkAction.REMOVE_FROM_LIST: Right.EDIT_CONTACTS,
    BulkAction.TAG: Right.EDIT_CONTACTS,
    BulkAction.UNTAG: Right.EDIT_CONTACTS,
    BulkAction.ASSIGN: Right.EDIT_CONTACTS,
    BulkAction.OPT_OUT: Right.OPT_OUT,
    BulkAction.BLOCK: Right.BLOCK,
    BulkAction.DELETE: Right.DELETE_CONTACTS,
}
IMMEDIATE_LIMIT = 50  # contacts up to which the action is done before the page is answered
BATCH_SIZE = 500  # contacts of one transaction
LOCKING_BATCH_SIZE = 100  # the same where it locks numbers, for which a STOP from them waits


def offered_actions(member: Member) -> set[str]:
    """The actions that this member may do: values of BulkAction, and "export"."""
    actions = {action.value for action in BulkAction if is_allowed(member, action)}
    return actions | ({"export"} if may(member, Right.EXPORT) else set())


def is_allowed(member: Member, action: BulkAction) -> bool:
    return may(member, REQUIRED_RIGHTS[action])


# -- preview and start -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BulkActionPreview:
    """Counts of a selection before it is confirmed."""

    contacts: int
    opted_out: int
    blocked: int
    suppressed: int  # whose numbers stay on the do-not-text list if the contacts are deleted


def preview_action(member: Member, selection: ContactSelection) -> BulkActionPreview:
    suppressions = Suppression.objects.filter(team_id=member.team_id, number=OuterRef("number"))
    contacts: Any = selection.contacts(member).order_by()
    contacts = contacts.with_standing(member.team).annotate(has_suppression=Exists(suppressions))
    return BulkActionPreview(
        **contacts.aggregate(
            contacts=Count("id"),
            opted_out=Count("id", filter=Q(standing=StandingState.OPTED_OUT)),
            blocked=Count("id", filter=Q(standing=StandingState.BLOCKED)),
            suppressed=Count("id", filter=Q(has_suppression=True)),
        )
    )


# With %s, since a statement that the ORM compiled stands inside.
FREEZE = """
    INSERT INTO contacts_bulkactionbatch (team_id, run_id, position, contact_ids)
    SELECT %s, %s, part + 1, array_agg(id ORDER BY id)
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS part FROM ({selected}) AS selected) AS numbered
    GROUP BY part RETURNING cardinality(contact_ids)
"""


def start_run(
    member: Member, action: BulkAction, selection: ContactSelection, details: dict[str, Any]
) -> BulkActionRun:
    """Freeze the selection and start. Up to IMMEDIATE_LIMIT contacts are done at once, more by a worker."""
    run = BulkActionRun(team=member.team, action=action, details=details, query=selection.query)
    run.set_author(member)
    run.save()
    run.total = _freeze(run, selection.contacts(member))
    if run.audited():
        erase = bool(details.get("erase"))
        run.record_start(filter=audited_selection(member, selection), contacts=run.total, texts_erased=erase)
    if run.total <= IMMEDIATE_LIMIT:
        run_batch(run)
    else:
        wake(run)
    run.save()
    return run


def _freeze(run: BulkActionRun, contacts: QuerySet[Contact]) -> int:
    """Store the IDs of the contacts in batches; the number of contacts."""
    locks = run.action in (BulkAction.OPT_OUT, BulkAction.BLOCK) or run.details.get("erase")
    size = min(BATCH_SIZE, LOCKING_BATCH_SIZE) if locks else BATCH_SIZE
    try:
        selected, values = contacts.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.format(selected=selected), [run.team_id, run.id, size, *values])
        return sum(count for (count,) in cursor.fetchall())


# -- batches -----------------------------------------------------------------------------------------------------


def run_batch(run: BulkActionRun) -> None:
    """Do the next batch in one transaction with the row of the run, and end the run after the last batch."""
    members = Member.objects.select_related("team").filter(team_id=run.team_id, id=run.by_id or 0)
    member = members.first()
    if member is None or not is_allowed(member, BulkAction(run.action)):
        return run.end(RunState.FAILED, f"{run.by_name} no longer has the right to do this.")
    if failure := missing_target(run):
        return run.end(RunState.FAILED, failure)
    run.start()
    batch = run.batches.filter(team_id=run.team_id).order_by("position").first()
    if batch:
        _apply_to_batch(run, batch, member)
        run.position += len(batch.contact_ids)
        batch.delete()
    if batch is None or run.position >= run.total:
        run.end(RunState.DONE)
    return None


def _apply_to_batch(run: BulkActionRun, batch: BulkActionBatch, member: Member) -> None:
    contacts = ContactSelection(tuple(batch.contact_ids), run.query).contacts(member).order_by("id")
    if run.query is not None:
        contacts = contacts.filter(IdIsIn(batch.contact_ids))
    numbers = dict(contacts.values_list("id", "number"))
    if skipped := len(batch.contact_ids) - len(numbers):
        run.count(skipped=skipped)
    if numbers:
        apply_action(run, member, list(numbers), list(numbers.values()))
