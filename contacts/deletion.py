"""Contacts are deleted; whether their numbers may be texted is kept apart from them, and so stays as it is."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.hooks import erasing
from accounts.statements import ask
from contacts import hooks
from contacts.models import Import
from contacts.models.undo import KEPT
from optout.consent import Actor

log = logging.getLogger(__name__)

# Take the words out of everything that was written with these numbers (team, numbers); give how many texts that were.
# What lies above contacts adds its own.
ERASERS: list[Callable[[int, list[str]], int]] = []

# In the order of their ids, as everybody who locks several contacts does.
DELETE = f"""
    DELETE FROM contacts_contact WHERE team_id = $1 AND id IN (
      SELECT id FROM contacts_contact WHERE team_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE)
    RETURNING {", ".join(hooks.TOLD)}
"""
NUMBERS = "SELECT number FROM contacts_contact WHERE team_id = $1 AND id = ANY($2)"
# What imports noted of their former values, to be able to give them back.
FORGET = """
    UPDATE contacts_importchange SET before = NULL, after = NULL
    WHERE team_id = $1 AND of_id = ANY($2) AND whom = ANY($3) AND before IS NOT NULL
"""
SUPPRESSED = "SELECT count(DISTINCT number) FROM optout_suppression WHERE team_id = $1 AND number = ANY($2)"


@dataclass(frozen=True)
class Deleted:
    """What a deletion did."""

    contacts: int
    suppressed: int  # of their numbers, those that stay on the do-not-text list
    texts: int  # erased


def delete(team_id: int, contact_ids: Sequence[int], *, erase: bool, by: Actor) -> Deleted:
    """Delete contacts in the scope of the team, at most some hundred at once; with `erase` what was written, too.

    Suppressions and the ledger are never touched: a contact that is made again is opted out at once. Conversations
    stay, without a name. Erasing takes the numbers' locks, and so comes before any lock on a contact.
    """
    ids = list(contact_ids)
    texts = 0
    if erase:
        numbers = [number for (number,) in ask(NUMBERS, team_id, ids)]
        texts = sum(eraser(team_id, numbers) for eraser in ERASERS)
        erasing.erase(team_id, numbers, ids)
    gone = ask(DELETE, team_id, ids)
    hooks.deleted(team_id, gone, by, erased=erase)
    forget_former(team_id, ids)
    ((suppressed,),) = ask(SUPPRESSED, team_id, [number for _, number, *_ in gone])
    # No row remembers a deletion; the log says who did it.
    who = f"{by.name} ({by.origin} {by.id})"
    told = ("%s deleted %s contacts of team %s, erase=%s", who, len(gone), team_id, erase)
    transaction.on_commit(lambda: log.info(*told))
    return Deleted(len(gone), suppressed, texts)


def forget_former(team_id: int, contact_ids: Sequence[int]) -> None:
    """Leave no former values of contacts that are no more in the records of imports."""
    recent = Import.objects.filter(team_id=team_id).exclude(ended_at__lt=timezone.now() - KEPT)
    ask(FORGET, team_id, list(recent.values_list("id", flat=True)), list(contact_ids))
