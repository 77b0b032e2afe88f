"""Holds and marks: reviews that inbound texts open, and the ledger entries of holds and releases.

Each function needs the number's lock. optout.review_endings ends reviews when the standing changes.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import Inbox
from optout.business_days import due_day
from optout.consent_types import Actor
from optout.ledger_entry import LedgerEntryDraft
from optout.ledger_writer import write
from optout.models import Action, ConsentEvent, Origin
from optout.number_state import NumberState, fetch_number_state
from optout.opt_out_scope import only_inbox
from optout.reader.outcome import Outcome, TextReading
from optout.reading_wording import describe_reading
from optout.reviews import Review, ReviewKind
from optout.webhook_events import record_held_for_review
from webhooks.models import EventType


def review_kind(
    inbox: Inbox, words: str, found: TextReading, outcome: Outcome, before: NumberState
) -> ReviewKind | None:
    """Why a text must be reviewed, if it must. No text of a number that may not be texted is held or marked.

    That is: not in the inboxes that an opt-out by this text would apply to.
    """
    only_in = only_inbox(inbox, words)
    standing = before.standing.in_inbox(only_in.id if only_in else None)
    if standing.may_text and outcome is Outcome.HOLD:
        return ReviewKind.HOLD
    if standing.may_text and outcome is Outcome.CONVERSATION and found.may_be_opt_out:
        return ReviewKind.MARK
    if found.wants_texts and standing.opt_outs and not standing.blocked:
        return ReviewKind.WANTS_TEXTS
    return None


def open_review(
    inbox: Inbox,
    number: str,
    kind: ReviewKind,
    found: TextReading,
    *,
    before: NumberState,
    at: datetime,
    words: str,
    message_id: int,
) -> ConsentEvent | None:
    """Open the review of a text that was sent `at`. A hold is a ledger entry too, which is returned."""
    event = None
    if kind == ReviewKind.HOLD:
        draft = LedgerEntryDraft(inbox.team_id, number, Origin.CONTACT, before, at, inbox, words, message_id)
        draft.reason = describe_reading(found)
        event = write(draft.note(Action.HELD))
    review = Review(
        team_id=inbox.team_id,
        inbox_id=inbox.id,
        number=number,
        message_id=message_id,
        kind=kind,
        rule=found.rule[:120],
        found=found.found[:200],
        language=found.language,
        score=found.score,
        version=found.version,
        at=at,
        due_on=due_day(at, ZoneInfo(inbox.team.time_zone)) if event else None,
        held_event_id=event.id if event else None,
        created_at=before.now,
    )
    review.insert()
    if event and EventType.HELD_FOR_REVIEW in before.wanted_event_types:
        record_held_for_review(review, event)
    return event


def record_decision(
    review: Review, action: Action, actor: Actor, words: str, reason: str = ""
) -> ConsentEvent:
    """Write that a member released a text (RELEASED), or took the release back (HELD)."""
    before = fetch_number_state(review.team_id, review.number)
    draft = LedgerEntryDraft.by_actor(review.team_id, review.number, actor, reason, before)
    draft.inbox, draft.words, draft.message_id = review.inbox, words, review.message_id
    return write(draft.note(action))
