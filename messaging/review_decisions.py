"""Decisions of members about held and marked texts: an opt-out, none, or done; and taking a decision back.

Each decides the review of one text, under its number's lock. A text that was marked before reviews existed has none and
gets one when it is released.
"""

from django.utils import timezone

from accounts.models import Member
from messaging.models import Conversation, Message
from messaging.opt_out_effects import apply_effects
from optout import consent, holds
from optout.bulk_consent import numbers_opted_in_since
from optout.consent_types import RETRACT_WITHIN, Actor, StatedOptOut
from optout.models import Action, ConsentEvent
from optout.number_locks import lock_number
from optout.number_state import standing
from optout.opt_out_scope import only_inbox
from optout.review_endings import OPEN_AGAIN
from optout.reviews import Review, ReviewKind, ReviewOutcome

REASON = "A team member judged that this text asks to stop"
UNDONE = "the decision was taken back"
_ABOUT_OPT_OUTS = (ReviewKind.HOLD, ReviewKind.MARK)


class CannotDecide(Exception):
    """The decision does not apply any more. The message is a sentence to show."""


def opt_out_by_text(conversation: Conversation, message_id: int, member: Member) -> ConsentEvent | None:
    """Record that this text asks to stop: the person's own opt-out, which a member judged. None if it is recorded.

    Raises CannotDecide if somebody decided otherwise, or if the person opted in after the text.
    """
    text, review = _lock(conversation, message_id, ReviewOutcome.OPTED_OUT, member)
    inbox = conversation.inbox
    event = consent.opt_out(
        text.team_id, text.number, Actor.of(member).recording_the_persons_word(),
        reason=REASON, happened_at=text.at, source=f"Text to {inbox.name}", words=text.body,
        inbox=inbox, message_id=text.id, only_in=only_inbox(inbox, text.body),
    )  # fmt: skip
    if review and event:
        _settle(review, ReviewOutcome.OPTED_OUT, member, event)
    if event:
        apply_effects(member.team, event)
    return event


def release_text(conversation: Conversation, message_id: int, member: Member) -> ConsentEvent | None:
    """Record that this text is no opt-out; None if that is recorded. Raises CannotDecide like `opt_out_by_text`."""
    text, review = _lock(conversation, message_id, ReviewOutcome.DISMISSED, member)
    if review and review.outcome == ReviewOutcome.DISMISSED:
        return None
    review = review or _review_of_marked(conversation, text)
    event = holds.record_decision(review, Action.RELEASED, Actor.of(member), text.body)
    _settle(review, ReviewOutcome.DISMISSED, member, event)
    return event


def take_back(conversation: Conversation, message_id: int, member: Member) -> None:
    """Take this member's decision of the last ten minutes back: the text waits again.

    Raises CannotDecide if the member did not decide it, or if something settled it since.
    """
    lock_number(conversation.team_id, conversation.number)
    review = _find(conversation, message_id)
    if review is None or review.outcome != ReviewOutcome.DISMISSED:
        if not consent.retract(conversation.team_id, conversation.number, Actor.of(member)):
            raise CannotDecide("Only the member who decided can take it back, within ten minutes.")
        return
    decided_at = review.decided_at
    if (
        review.decided_by_id != member.id
        or decided_at is None
        or timezone.now() - decided_at > RETRACT_WITHIN
    ):
        raise CannotDecide("Only the member who decided can take it back, within ten minutes.")
    if not standing(review.team_id, review.number, review.inbox_id).may_text:
        raise CannotDecide("This number was opted out or blocked since.")
    if review.kind == ReviewKind.HOLD:
        words = Message.objects.get(team_id=review.team_id, id=message_id).body
        holds.record_decision(review, Action.HELD, Actor.of(member), words, UNDONE)
    Review.objects.filter(team_id=review.team_id, id=review.id).update(**OPEN_AGAIN)


def mark_done(conversation: Conversation, message_id: int, member: Member) -> None:
    """Settle a review that is not about an opt-out: the person was called, or the wish was dealt with."""
    lock_number(conversation.team_id, conversation.number)
    review = _find(conversation, message_id)
    if review is None or review.kind in _ABOUT_OPT_OUTS:
        raise CannotDecide("This text waits for no call.")
    if review.outcome == ReviewOutcome.OPEN:
        _settle(review, ReviewOutcome.DONE, member)


def _lock(
    conversation: Conversation, message_id: int, wanted: ReviewOutcome, member: Member
) -> tuple[Message, Review | None]:
    """The text and its review, if they may be decided so. An opt-in that is being written comes before."""
    team_id = conversation.team_id
    lock_number(team_id, conversation.number)
    texts = Message.objects.filter(team_id=team_id, conversation_id=conversation.id, outbound=False)
    text = texts.filter(id=message_id).first()
    review = _find(conversation, message_id)
    if text is None or (review is None and not text.possible_opt_out):
        raise CannotDecide("This text does not wait for a decision.")
    if review and review.kind not in _ABOUT_OPT_OUTS:
        raise CannotDecide("This text does not wait for a decision about an opt-out.")
    only_in = only_inbox(conversation.inbox, text.body)
    if numbers_opted_in_since(team_id, [StatedOptOut(conversation.number, text.at)], only_in):
        raise CannotDecide("This person opted in after this text.")
    repeated = review and (review.outcome, review.decided_by_id) == (wanted, member.id)
    if review and review.outcome != ReviewOutcome.OPEN and not repeated:
        by = f" by {review.decided_by_name}" if review.decided_by_name else ""
        raise CannotDecide(f"This text was decided already{by}: {review.get_outcome_display()}.")
    return text, review


def _find(conversation: Conversation, message_id: int) -> Review | None:
    rows = Review.objects.select_related("inbox").filter(
        team_id=conversation.team_id, number=conversation.number, message_id=message_id
    )
    found: Review | None = rows.first()
    return found


def _review_of_marked(conversation: Conversation, text: Message) -> Review:
    review = Review(
        team_id=text.team_id, inbox=conversation.inbox, number=text.number, message_id=text.id,
        kind=ReviewKind.MARK, at=text.at, created_at=timezone.now(),
    )  # fmt: skip
    review.insert()
    return review


def _settle(
    review: Review, outcome: ReviewOutcome, member: Member, event: ConsentEvent | None = None
) -> None:
    Review.objects.filter(team_id=review.team_id, id=review.id).update(
        outcome=outcome,
        decided_at=event.recorded_at if event else timezone.now(),
        decided_by_id=member.id,
        decided_by_name=str(member),
        decision_event_id=event.id if event else None,
    )
