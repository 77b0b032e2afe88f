"""Status that an API call requests for a number, carried out by the rules of consent."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import TextChoices

from accounts.models import Inbox
from optout import consent
from optout.bulk_consent import numbers_opted_in_since
from optout.consent_types import Actor, StatedOptOut
from optout.lifting_rules import FreshConsent
from optout.number_locks import lock_number


class RequestedStatus(TextChoices):
    """The values of `status` in /v1/contact/set_status."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    ACTIVE = "active"  # unblocked and subscribed, or neither
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


class RecordedWord(NamedTuple):
    """What the person said elsewhere, and where. Without a time it counts as said now."""

    source: str
    words: str = ""
    said_at: datetime | None = None


class OptedInSince(Exception):
    """The person opted in here after the time at which they are said to have opted out."""


class LacksScope(Exception):
    """The API key may not record fresh consent, which would count as an opt-in."""


def set_status(
    team_id: int,
    number: str,
    status: RequestedStatus,
    by: Actor,
    *,
    record: FreshConsent | None = None,
    word: RecordedWord | None = None,
    may_lift_persons: bool = False,
    inbox: Inbox | None = None,
) -> None:
    """Give a number this status, in the scope of the team.

    A repeated opt-out or block is a ledger entry, as the newest statement. With `word` the opt-out is the person's own.
    With `inbox` it is from that inbox alone, and an opt-in lifts what is in force there.
    Raises CannotLift if the person's own opt-out is in force and there is no fresh consent; LacksScope if there is
    fresh consent and the key may not record it; OptedInSince. The caller must then roll the transaction back: `active`
    may have unblocked the number already.
    """
    if record and not may_lift_persons:
        raise LacksScope
    match status:
        case RequestedStatus.UNSUBSCRIBED if word:
            _record_word(team_id, number, word, by, inbox)
        case RequestedStatus.UNSUBSCRIBED:
            consent.opt_out(team_id, number, by, reason="", only_in=inbox)
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
                inbox=inbox,
            )


def _record_word(team_id: int, number: str, word: RecordedWord, by: Actor, only_in: Inbox | None) -> None:
    lock_number(team_id, number)  # an opt-in that is being written is then the newer statement
    if numbers_opted_in_since(team_id, [StatedOptOut(number, word.said_at)], only_in):
        raise OptedInSince
    consent.opt_out(
        team_id, number, by.recording_the_persons_word(),
        reason="", happened_at=word.said_at, source=word.source, words=word.words,
        only_in=only_in,
    )  # fmt: skip
