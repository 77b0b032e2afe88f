"""Deletion of contacts. Suppressions and the ledger belong to numbers, so a deletion does not touch them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from contacts.contact import events
from contacts.contact.erasure import ErasedPerson, erase_persons
from contacts.contact.models import Contact
from contacts.imports.models import Import
from contacts.imports.undo.models import UNDO_PERIOD
from kernel.sql import fetch
from optout.consent_types import Actor
from optout.models import Suppression
from webhooks import erasure

log = logging.getLogger(__name__)

# Functions (team_id, numbers) that erase the content of all texts with these numbers and return how many texts they
# erased. Higher packages register theirs here.
TEXT_ERASERS: list[Callable[[int, list[str]], int]] = []

# Locked in the order of their IDs, as everywhere that several contacts are locked.
DELETE = f"""
    DELETE FROM contacts_contact WHERE team_id = $1 AND id IN (
      SELECT id FROM contacts_contact WHERE team_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE)
    RETURNING {", ".join(events.EVENT_COLUMNS)}
"""
# The former values that imports keep in order to restore them.
ERASE_FORMER_VALUES = """
    UPDATE contacts_importchange SET before = NULL, after = NULL
    WHERE team_id = $1 AND run_id = ANY($2) AND contact_id = ANY($3) AND before IS NOT NULL
"""


@dataclass(frozen=True)
class DeletionResult:
    """Counts of a deletion."""

    contacts: int
    suppressed: int  # deleted contacts' numbers that stay on the do-not-text list
    texts: int  # erased


def delete_contacts(
    team_id: int, contact_ids: Sequence[int], *, erase: bool, by: Actor, of_run: bool = False
) -> DeletionResult:
    """Delete contacts in the team's scope, a few hundred at most; with `erase`, also the content of their texts.

    A new contact with a suppressed number is opted out from the start. Conversations are kept, without a name. Erasing
    takes the numbers' locks, so it comes before any lock on a contact. A run (`of_run`) has entries
    of its own in the audit log.
    """
    ids = list(contact_ids)
    texts = _erase_texts(team_id, ids) if erase else 0
    deleted = fetch(DELETE, team_id, ids)
    events.record_deleted(team_id, deleted, by, erased=erase)
    erase_former_values(team_id, ids)
    numbers = [number for _, number, *_ in deleted]
    suppressed = Suppression.objects.filter(team_id=team_id, number__in=numbers)
    for id, *_ in deleted if not of_run else ():
        target = Target(TargetType.CONTACT, "", id)
        record_action(team_id, by.audit_actor, AuditAction.CONTACT_DELETED, target, texts_erased=texts)
    actor = f"{by.name} ({by.origin} {by.id})"
    entry = ("%s deleted %s contacts of team %s, erase=%s", actor, len(deleted), team_id, erase)
    transaction.on_commit(lambda: log.info(*entry))
    return DeletionResult(len(deleted), suppressed.values("number").distinct().count(), texts)


def erase_person(team_id: int, number: str, *, by: Actor) -> DeletionResult:
    """Erase a person by number, with or without a contact, in the team's scope. The audit log has no number."""
    contact_ids = list(Contact.objects.filter(team_id=team_id, number=number).values_list("id", flat=True))
    if contact_ids:
        result = delete_contacts(team_id, contact_ids, erase=True, by=by)
    else:
        is_suppressed = Suppression.objects.filter(team_id=team_id, number=number).exists()
        result = DeletionResult(0, int(is_suppressed), _erase(team_id, [ErasedPerson(0, number)], []))
    action = AuditAction.PERSON_ERASED
    record_action(team_id, by.audit_actor, action, contacts=result.contacts, texts=result.texts)
    return result


def _erase_texts(team_id: int, contact_ids: list[int]) -> int:
    rows = Contact.objects.filter(team_id=team_id, id__in=contact_ids)
    return _erase(team_id, [ErasedPerson.of(row) for row in rows], contact_ids)


def _erase(team_id: int, persons: list[ErasedPerson], contact_ids: list[int]) -> int:
    erase_persons(team_id, persons)
    numbers = [person.number for person in persons]
    texts = sum(eraser(team_id, numbers) for eraser in TEXT_ERASERS)
    erasure.erase_events(team_id, numbers, contact_ids)
    return texts


def erase_former_values(team_id: int, contact_ids: Sequence[int]) -> None:
    """Remove the former values of deleted contacts from the records of imports."""
    recent = Import.objects.filter(team_id=team_id).exclude(ended_at__lt=timezone.now() - UNDO_PERIOD)
    fetch(ERASE_FORMER_VALUES, team_id, list(recent.values_list("id", flat=True)), list(contact_ids))
