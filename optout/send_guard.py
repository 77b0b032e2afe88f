"""FIXME module docstring."""

from datetime import datetime

from optout.consent_types import CONFIRM_WITHIN, Refusal
from optout.ledger import newest_entry
from optout.number_state import standing


def find_refusal(
    team_id: int, inbox_id: int, number: str, now: datetime, confirms: int | None = None
) -> Refusal | None:
    """Why a text to a number may not be claimed at `now`, under the number's lock; None when it may.

    `confirms` names the opt-out event that this text confirms, the one exception from the standing: nothing may have
    changed since (a second STOP changes nothing), and it must be younger than five minutes.
    """
    here = standing(team_id, number, inbox_id)
    if here.blocked:
        return Refusal.BLOCKED
    if confirms is not None:
        newest = newest_entry(team_id, number, "(added <> '[]' OR lifted <> '[]')")
        if newest is None or newest.id != confirms:
            return Refusal.OVERTAKEN
        return Refusal.TOO_LATE if now > newest.happened_at + CONFIRM_WITHIN else None
    return None if here.may_text else Refusal.OPTED_OUT
