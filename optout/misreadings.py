"""Misreadings: an opt-out that was understood from a person's own words and that an owner or admin lifts as misread."""

from datetime import timedelta

from optout.consent_records.recording import renew_after_mistake
from optout.consent_types import MISREAD, Actor
from optout.ledger import history
from optout.ledger_entry import LedgerEntryDraft
from optout.ledger_writer import write
from optout.lifting_rules import CannotLift
from optout.models import Action, ConsentEvent, Origin
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state
from optout.reading_wording import KEYWORD_REASONS, UNDERSTOOD

MISREAD_WITHIN = timedelta(days=1)


def can_be_misread(event: ConsentEvent) -> bool:
    """Whether the entry is an opt-out that was understood from the person's own words, and not a keyword's."""
    is_automatic = event.action == Action.OPTED_OUT and event.origin == Origin.CONTACT
    return is_automatic and event.reason.startswith(UNDERSTOOD) and not event.reason.endswith(KEYWORD_REASONS)


def lift_misread(team_id: int, number: str, message_id: int, actor: Actor, reason: str) -> ConsentEvent:
    """Lift the opt-out that this text caused, and no other. Both entries stay. The caller checks the right.

    Raises CannotLift without a reason, after a day, and if the person stated an opt-out again since.
    """
    if not reason.strip():
        raise CannotLift("Enter why this text is no opt-out.")
    lock_number(team_id, number)
    before = fetch_number_state(team_id, number)
    entries = [entry for entry in history(team_id, number) if entry.origin == Origin.CONTACT]
    misread = next(
        (entry for entry in entries if entry.message_id == message_id and can_be_misread(entry)), None
    )
    if misread is None or before.now - misread.recorded_at > MISREAD_WITHIN:
        raise CannotLift("Only an opt-out in a person's own words can be marked as misread, within a day.")
    only_in = misread.inbox_id if misread.only_in_inbox else None
    later = (entry for entry in entries if entry.position > misread.position and entry.concerns(only_in))
    if any(entry.action == Action.OPTED_OUT for entry in later):
        raise CannotLift("This person opted out again after this text.")
    rows = [row for row in before.standing.opt_outs if row.event_id == misread.id]
    if not rows:
        raise CannotLift("This text's opt-out is not in force.")
    draft = LedgerEntryDraft.by_actor(team_id, number, actor, f"{MISREAD}{reason.strip()}"[:200], before)
    draft.words, draft.message_id = misread.words, message_id
    event = write(draft.lift(rows, Action.OPTED_IN))
    renew_after_mistake(event)
    return event
