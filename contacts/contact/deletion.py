"""Contacts are deleted; whether their numbers may be texted is kept apart from them, and so stays as it is."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from contacts.contact import events
from contacts.imports.models import Import
from contacts.imports.undo.models import UNDO_PERIOD
from kernel.sql import fetch
from optout.consent_types import Actor
from webhooks import erasure

log = logging.getLogger(__name__)

# Take the words out of everything that was written with these numbers (team, numbers); give how many texts that were.
# What lies above contacts adds its own.
TEXT_ERASERS: list[Callable[[int, list[str]], int]] = []

# In the order of their ids, as everybody who locks several contacts does.
DELETE = f"""
    DELETE FROM contacts_contact WHERE team_id = $1 AND id IN (
      SELECT id FROM contacts_contact WHERE team_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE)
    RETURNING {", ".join(events.EVENT_COLUMNS)}
"""
NUMBERS = "SELECT number FROM contacts_contact WHERE team_id = $1 AND id = ANY($2)"
# What imports noted of their former values, to be able to give them back.
ERASE_FORMER_VALUES = """
    UPDATE contacts_importchange SET before = NULL, after = NULL
    WHERE team_id = $1 AND run_id = ANY($2) AND contact_id = ANY($3) AND before IS NOT NULL
"""
SUPPRESSED = "SELECT count(DISTINCT number) FROM optout_suppression WHERE team_id = $1 AND number = ANY($2)"


@dataclass(frozen=True)
class DeletionResult:
    """What a deletion did."""

    contacts: int
    suppressed: int  # of their numbers, those that stay on the do-not-text list
    texts: int  # erased


def delete_contacts(team_id: int, contact_ids: Sequence[int], *, erase: bool, by: Actor) -> DeletionResult:
    """Delete contacts in the scope of the team, at most some hundred at once; with `erase` what was written, too.

    Suppressions and the ledger are never touched: a contact that is made again is opted out at once. Conversations
    stay, without a name. Erasing takes the numbers' locks, and so comes before any lock on a contact.
    """
    ids = list(contact_ids)
    texts = 0
    if erase:
        numbers = [number for (number,) in fetch(NUMBERS, team_id, ids)]
        texts = sum(eraser(team_id, numbers) for eraser in TEXT_ERASERS)
        erasure.erase_events(team_id, numbers, ids)
    gone = fetch(DELETE, team_id, ids)
    events.record_deleted(team_id, gone, by, erased=erase)
    erase_former_values(team_id, ids)
    ((suppressed,),) = fetch(SUPPRESSED, team_id, [number for _, number, *_ in gone])
    # No row remembers a deletion; the log says who did it.
    who = f"{by.name} ({by.origin} {by.id})"
    told = ("%s deleted %s contacts of team %s, erase=%s", who, len(gone), team_id, erase)
    transaction.on_commit(lambda: log.info(*told))
    return DeletionResult(len(gone), suppressed, texts)


def erase_former_values(team_id: int, contact_ids: Sequence[int]) -> None:
    """Leave no former values of contacts that are no more in the records of imports."""
    recent = Import.objects.filter(team_id=team_id).exclude(ended_at__lt=timezone.now() - UNDO_PERIOD)
    fetch(ERASE_FORMER_VALUES, team_id, list(recent.values_list("id", flat=True)), list(contact_ids))
