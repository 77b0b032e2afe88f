"""Actions of a bulk action: each is applied to the contacts of one batch."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Member
from contacts.bulk.models import BulkAction, BulkActionRun
from contacts.bulk.wording import COUNT_NAMES
from contacts.contact.deletion import delete_contacts
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, Tag
from kernel.sql import fetch
from optout.bulk_consent import block_many, opt_out_many
from optout.consent_types import Actor, StatedOptOut
from optout.models import ConsentEvent

# Locked in the order of their IDs, so that no contact is deleted before its row is written.
_BATCH_ROWS = """
    WITH batch AS MATERIALIZED (
        SELECT id FROM contacts_contact WHERE team_id = $1 AND id = ANY($3) ORDER BY id FOR KEY SHARE)
"""
ADD_TO_LIST = f"""
    INSERT INTO contacts_listentry (team_id, list_id, contact_id, source, by_name, added_at)
    {_BATCH_ROWS} SELECT $1, $2, id, 'member', $4, now() FROM batch
    ON CONFLICT DO NOTHING RETURNING 1
"""
TAG = f"""
    INSERT INTO contacts_tagging (team_id, tag_id, contact_id) {_BATCH_ROWS} SELECT $1, $2, id FROM batch
    ON CONFLICT DO NOTHING RETURNING 1
"""
REMOVE_FROM_LIST = (
    "DELETE FROM contacts_listentry WHERE team_id = $1 AND list_id = $2 AND contact_id = ANY($3) RETURNING 1"
)
UNTAG = "DELETE FROM contacts_tagging WHERE team_id = $1 AND tag_id = $2 AND contact_id = ANY($3) RETURNING 1"


def apply_action(run: BulkActionRun, member: Member, ids: Sequence[int], numbers: Sequence[str]) -> None:
    """Apply the action in the scope of the team, under the lock of the run's row, and count the results."""
    action, details = BulkAction(run.action), run.details
    done = 0
    match action:
        case BulkAction.ADD_TO_LIST:
            done = len(fetch(ADD_TO_LIST, run.team_id, details["list"], list(ids), str(member)[:120]))
        case BulkAction.REMOVE_FROM_LIST:
            done = _change_labels(REMOVE_FROM_LIST, run, details["list"], ids)
        case BulkAction.TAG:
            done = _change_labels(TAG, run, details["tag"], ids)
        case BulkAction.UNTAG:
            done = _change_labels(UNTAG, run, details["tag"], ids)
        case BulkAction.ASSIGN:
            done = _assign(run, details["assignee"], ids)
        case BulkAction.OPT_OUT:
            done = _opt_out(run, member, numbers)
        case BulkAction.BLOCK:
            reason = details.get("reason", "")  # runs of earlier versions have none
            done = _changed(block_many(run.team_id, numbers, Actor.of(member), reason=reason))
        case BulkAction.DELETE:
            return _delete(run, member, ids)
    done_name, unchanged_name = COUNT_NAMES[action]
    run.count(**{done_name: done})
    if unchanged := len(ids) - done:
        run.count(**{unchanged_name or "skipped": unchanged})
    return None


def _opt_out(run: BulkActionRun, member: Member, numbers: Sequence[str]) -> int:
    """With a source the opt-outs are the persons' own word, which the member records."""
    actor, source = Actor.of(member), run.details.get("source", "")
    stated = [StatedOptOut(number, source=source) for number in numbers]
    by = actor.recording_the_persons_word() if source else actor
    return _changed(opt_out_many(run.team_id, stated, by, reason=run.details["reason"]))


def _changed(entries: Sequence[ConsentEvent]) -> int:
    return sum(entry.changed for entry in entries)


def missing_target(run: BulkActionRun) -> str:
    """A sentence if the list, tag or assignee was deleted; else empty."""
    details: dict[str, Any] = run.details
    models: dict[str, Any] = {"list": ContactList, "tag": Tag, "assignee": Member}
    for key, model in models.items():
        rows = model.objects.filter(team_id=run.team_id, id=details.get(key))
        if details.get(key) is not None and not rows.exists():
            return f"“{details['name']}” was deleted in the meantime."
    return ""


def _change_labels(statement: str, run: BulkActionRun, label_id: int, ids: Sequence[int]) -> int:
    return len(fetch(statement, run.team_id, label_id, list(ids)))


def _assign(run: BulkActionRun, assignee_id: int | None, ids: Sequence[int]) -> int:
    rows: Any = Contact.objects.filter(team_id=run.team_id, id__in=ids)
    locked = [row.id for row in rows.select_for_update(no_key=True).only("id").order_by("id")]
    assigned: int = rows.filter(id__in=locked).update(assignee_id=assignee_id, updated_at=timezone.now())
    return assigned


def _delete(run: BulkActionRun, member: Member, ids: Sequence[int]) -> None:
    erase = bool(run.details.get("erase"))
    result = delete_contacts(run.team_id, ids, erase=erase, by=Actor.of(member), of_run=True)
    run.count(deleted=result.contacts, stay_opted_out_or_blocked=result.suppressed)
    if skipped := len(ids) - result.contacts:
        run.count(skipped=skipped)
    if erase:
        run.count(texts_erased=result.texts)
