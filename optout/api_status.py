"""Status that an API call requests for a number, carried out by the rules of consent."""

from django.db.models import TextChoices

from optout import consent
from optout.consent_types import Actor
from optout.lifting_rules import FreshConsent


class RequestedStatus(TextChoices):
    """The values of `status` in /v1/contact/set_status."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    ACTIVE = "active"  # unblocked and subscribed, or neither
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


class LacksScope(Exception):
    """The API key may not record fresh consent, which would count as an opt-in."""


def set_status(
    team_id: int,
    number: str,
    status: RequestedStatus,
    by: Actor,
    *,
    record: FreshConsent | None = None,
    may_lift_persons: bool = False,
) -> None:
    """Give a number this status, in the scope of the team. A status that it has already adds no ledger entry.

    Raises CannotLift if the person's own opt-out is in force and there is no fresh consent; LacksScope if there is
    fresh consent and the key may not record it. The caller must then roll the transaction back: `active` may have
    unblocked the number already.
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
                reason="requested through the API",
                consent=record,
                may_lift_persons=may_lift_persons,
            )
