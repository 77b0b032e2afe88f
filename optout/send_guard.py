"""Send guard: why a text to a number may not be claimed."""

from datetime import datetime

from kernel.phone_numbers import is_number
from kernel.recipient_numbers import is_never_texted
from optout.consent_types import CONFIRM_WITHIN, Refusal
from optout.ledger import newest_change
from optout.number_state import standing
from optout.reviews import Review


def find_refusal(
    team_id: int,
    inbox_id: int,
    number: str,
    now: datetime,
    confirms: int | None = None,
    *,
    by_hand: bool = False,
) -> Refusal | None:
    """Why a text to a number may not be claimed at `now`, under the number's lock; None if it may.

    `confirms` is the ID of the opt-out's ledger entry that this text confirms. A confirmation is the only exception
    from the standing. It may be claimed if no later entry has changed a suppression in this inbox (a repeated STOP does
    not), and if the opt-out is at most five minutes old. A number that is held gets only texts that members write
    `by_hand`.
    """
    if not is_number(number):  # its opt-outs may be those of a number
        return Refusal.NO_NUMBER
    if is_never_texted(number):
        return Refusal.NEVER_TEXTED
    in_inbox = standing(team_id, number, inbox_id)
    if in_inbox.blocked:
        return Refusal.BLOCKED
    if confirms is not None:
        newest = newest_change(team_id, number, inbox_id)
        if newest is None or newest.id != confirms:
            return Refusal.OVERTAKEN
        return Refusal.TOO_LATE if now > newest.happened_at + CONFIRM_WITHIN else None
    if not in_inbox.may_text:
        return Refusal.OPTED_OUT
    return Refusal.HELD if not by_hand and is_held(team_id, number) else None


def is_held(team_id: int, number: str) -> bool:
    """Whether a text of this number waits for the decision whether it is an opt-out."""
    holds: bool = Review.objects.open().holds().filter(team_id=team_id, number=number).exists()
    return holds
