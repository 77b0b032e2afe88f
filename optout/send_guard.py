"""Send guard: why a text to a number may not be claimed."""

from datetime import datetime

from optout.consent_types import CONFIRM_WITHIN, Refusal
from optout.ledger import newest_change
from optout.number_state import standing


def find_refusal(
    team_id: int, inbox_id: int, number: str, now: datetime, confirms: int | None = None
) -> Refusal | None:
    """Why a text to a number may not be claimed at `now`, under the number's lock; None if it may.

    `confirms` is the ID of the opt-out's ledger entry that this text confirms. A confirmation is the only exception
    from the standing. It may be claimed if no later entry has changed a suppression (a repeated STOP does not), and if
    the opt-out is at most five minutes old.
    """
    in_inbox = standing(team_id, number, inbox_id)
    if in_inbox.blocked:
        return Refusal.BLOCKED
    if confirms is not None:
        newest = newest_change(team_id, number)
        if newest is None or newest.id != confirms:
            return Refusal.OVERTAKEN
        return Refusal.TOO_LATE if now > newest.happened_at + CONFIRM_WITHIN else None
    return None if in_inbox.may_text else Refusal.OPTED_OUT
