"""What is done with some contacts of a selection, each as one statement or story for all of them."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Member
from contacts.bulk.models import BulkAction, BulkActionRun
from contacts.bulk.wording import COUNT_NAMES
from contacts.contact import deletion
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, Tag
from kernel.sql import fetch
from optout.bulk_consent import block_many, opt_out_many
from optout.consent_types import Actor

# Locked as they are read, so that none is deleted before its row is written; in the order of their ids.
_THESE = "FROM contacts_contact WHERE team_id = $1 AND id = ANY($3) ORDER BY id FOR KEY SHARE"
ADD_TO_LIST = f"""
    INSERT INTO contacts_listentry (team_id, list_id, contact_id) SELECT team_id, $2, id {_THESE}
    ON CONFLICT DO NOTHING RETURNING 1
"""
TAG = f"""
    INSERT INTO contacts_tagging (team_id, tag_id, contact_id) SELECT team_id, $2, id {_THESE}
    ON CONFLICT DO NOTHING RETURNING 1
"""
REMOVE_FROM_LIST = (
    "DELETE FROM contacts_listentry WHERE team_id = $1 AND list_id = $2 AND contact_id = ANY($3) RETURNING 1"
)
UNTAG = "DELETE FROM contacts_tagging WHERE team_id = $1 AND tag_id = $2 AND contact_id = ANY($3) RETURNING 1"


def apply_action(
    selection: BulkActionRun, member: Member, ids: Sequence[int], numbers: Sequence[str]
) -> None:
    """Do it, in the scope of the team and under the selection's row, and count what came of it."""
    action, details = BulkAction(selection.action), selection.details
    done = 0
    match action:
        case BulkAction.ADD_TO_LIST:
            done = _changed(ADD_TO_LIST, selection, details["list"], ids)
        case BulkAction.REMOVE_FROM_LIST:
            done = _changed(REMOVE_FROM_LIST, selection, details["list"], ids)
        case BulkAction.TAG:
            done = _changed(TAG, selection, details["tag"], ids)
        case BulkAction.UNTAG:
            done = _changed(UNTAG, selection, details["tag"], ids)
        case BulkAction.ASSIGN:
            done = _assign(selection, details["assignee"], ids)
        case BulkAction.OPT_OUT:
            events = opt_out_many(selection.team_id, numbers, Actor.of(member), reason=details["reason"])
            done = len(events)
        case BulkAction.BLOCK:
            done = len(block_many(selection.team_id, numbers, Actor.of(member)))
        case BulkAction.DELETE:
            return _delete(selection, member, ids)
    word, needless_word = COUNT_NAMES[action]
    selection.count(**{word: done})
    if needless := len(ids) - done:
        selection.count(**{needless_word or "left_alone": needless})
    return None


def missing_target(selection: BulkActionRun) -> str:
    """Why it cannot go on, in a sentence: the list or tag was deleted meanwhile, or the assignee has left."""
    details: dict[str, Any] = selection.details
    found: dict[str, Any] = {"list": ContactList, "tag": Tag, "assignee": Member}
    for key, model in found.items():
        rows = model.objects.filter(team_id=selection.team_id, id=details.get(key))
        if details.get(key) is not None and not rows.exists():
            return f"“{details['name']}” is gone meanwhile."
    return ""


def _changed(statement: str, selection: BulkActionRun, label_id: int, ids: Sequence[int]) -> int:
    return len(fetch(statement, selection.team_id, label_id, list(ids)))


def _assign(selection: BulkActionRun, assignee_id: int | None, ids: Sequence[int]) -> int:
    rows: Any = Contact.objects.filter(team_id=selection.team_id, id__in=ids)
    locked = [row.id for row in rows.select_for_update(no_key=True).only("id").order_by("id")]
    done: int = rows.filter(id__in=locked).update(assignee_id=assignee_id, updated_at=timezone.now())
    return done


def _delete(selection: BulkActionRun, member: Member, ids: Sequence[int]) -> None:
    erase = bool(selection.details.get("erase"))
    deleted = deletion.delete_contacts(selection.team_id, ids, erase=erase, by=Actor.of(member))
    selection.count(deleted=deleted.contacts, stay_opted_out_or_blocked=deleted.suppressed)
    if gone := len(ids) - deleted.contacts:
        selection.count(left_alone=gone)
    if erase:
        selection.count(texts_erased=deleted.texts)
