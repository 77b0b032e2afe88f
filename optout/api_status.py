"""A status that a program asks for, in the words that integrations know; consent decides what comes of it."""

from django.db.models import TextChoices

from optout import consent
from optout.consent_types import Actor
from optout.lifting_rules import FreshConsent


class RequestedStatus(TextChoices):
    """What /v1/contact/set_status takes."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    ACTIVE = "active"  # unblocked and subscribed, or neither
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


class LacksScope(Exception):
    """A record of fresh consent came along with a key that may not write one: it would count as an opt-in."""


def set_status(
    team_id: int,
    number: str,
    status: RequestedStatus,
    by: Actor,
    *,
    record: FreshConsent | None = None,
    may_lift_persons: bool = False,
) -> None:
    """Bring a number to this status, in the scope of the team; what is so already adds nothing.

    Raises CannotLift where the person's own opt-out stands and no record of fresh consent came along, LacksScope where
    one did and the key may not use it. Whoever catches either gives up the transaction: nothing is done by halves.
    """
    if record and not may_lift_persons:
        raise LacksScope
    match status:
        case RequestedStatus.UNSUBSCRIBED:
            consent.opt_out(team_id, number, by, reason="")
        case RequestedStatus.BLOCKED:
            consent.block(team_id, number, by)
        case RequestedStatus.UNBLOCKED:
            consent.unblock(team_id, number, by)
        case RequestedStatus.SUBSCRIBED | RequestedStatus.ACTIVE:
            if status == RequestedStatus.ACTIVE:
                consent.unblock(team_id, number, by)
            consent.lift(
                team_id,
                number,
                by,
                reason="asked for by a program",
                consent=record,
                persons_own=may_lift_persons,
            )
