"""Merge of two contacts into one, at the number of the kept contact."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from contacts.contact import events
from contacts.contact.deletion import erase_former_values
from contacts.contact.models import Contact
from contacts.contact.number_changes import ContactGone
from contacts.lists.models import EntrySource, ListEntry, Tagging
from kernel import change_tokens
from kernel.phone_numbers import display
from optout.bulk_consent import copy_suppressions
from optout.consent_types import Actor
from optout.number_locks import lock_numbers

# Taken from the other contact where the kept contact has no value.
FILLED_COLUMNS = ("first_name", "last_name", "email", "assignee_id")


def merge_columns(kept: Contact, other: Contact) -> dict[str, Any]:
    """The columns of the kept contact after a merge. Pure."""
    values = {name: getattr(kept, name) or getattr(other, name) for name in FILLED_COLUMNS}
    # A display name hides first and last name, so it is taken only where the kept contact has no name at all.
    values["display_name"] = kept.display_name if kept.name else other.display_name
    notes = dict.fromkeys(note for note in (kept.note.strip(), other.note.strip()) if note)
    values["note"] = "\n\n".join(notes)
    values["custom"] = {**other.custom, **kept.custom}
    values["created_at"] = min(kept.created_at, other.created_at)
    last = max(
        (kept, other), key=lambda contact: (contact.last_message_at is not None, contact.last_message_at)
    )
    return {**values, "last_message_at": last.last_message_at, "last_inbox_id": last.last_inbox_id}


def merge_contacts(kept: Contact, other: Contact, *, by: Actor) -> Contact:
    """Merge the other contact into the kept contact and return it.

    The suppressions of the other number are copied to the kept number. The other contact is deleted; its conversations
    stay with its number. Raises ContactGone if a contact was deleted or got another number.
    """
    team_id = kept.team_id
    with transaction.atomic():
        lock_numbers(team_id, [kept.number, other.number])  # before any row
        rows = Contact.objects.select_for_update().filter(team_id=team_id, id__in=[kept.id, other.id])
        locked = {row.id: row for row in rows.order_by("id")}
        if {id: row.number for id, row in locked.items()} != {kept.id: kept.number, other.id: other.number}:
            raise ContactGone
        kept, other = locked[kept.id], locked[other.id]
        values = merge_columns(kept, other)
        for name, value in values.items():
            setattr(kept, name, value)
        kept.save(update_fields=[*values, "updated_at"])
        _copy_labels(kept, other)
        Contact.objects.filter(team_id=team_id, id=other.id).delete()
        erase_former_values(team_id, [other.id])
        events.record_deleted(team_id, [events.event_row(other)], by, merged_into=kept)
        target = Target(TargetType.CONTACT, "", kept.id)
        record_action(team_id, by.audit_actor, AuditAction.CONTACTS_MERGED, target, deleted_contact=other.id)
        # Without a name: the ledger keeps it after an erasure.
        reason = f"Merged with the contact at {display(other.number)}"
        copy_suppressions(team_id, other.number, kept.number, by, reason=reason)
    change_tokens.renew_on_commit(team_id)
    return kept


def _copy_labels(kept: Contact, other: Contact) -> None:
    labels: list[tuple[Any, str]] = [(ListEntry, "list_id"), (Tagging, "tag_id")]
    for model, column in labels:
        rows = model.objects.filter(team_id=other.team_id, contact_id=other.id)
        ids = rows.order_by(column).values_list(column, flat=True)
        why = {"source": EntrySource.MERGE, "added_at": timezone.now()} if model is ListEntry else {}
        copies = [model(team_id=kept.team_id, contact_id=kept.id, **{column: id}, **why) for id in ids]
        model.objects.bulk_create(copies, ignore_conflicts=True)
