"""Decisions of members about texts to review."""

from django.utils import timezone

from accounts.models import Member
from messaging.models import Conversation, Message
from optout import consent
from optout.bulk_consent import numbers_opted_in_since
from optout.consent_types import Actor, StatedOptOut
from optout.number_locks import lock_number
from optout.reviews import Review, ReviewOutcome

REASON = "A team member judged that this text asks to stop"


class CannotDecide(Exception):
    """The text does not wait for this decision. The message is a sentence to show."""


def decide(conversation: Conversation, message_id: int, outcome: ReviewOutcome, member: Member) -> Review:
    lock_number(conversation.team_id, conversation.number)
    review = _find(conversation, message_id)
    if review.outcome == outcome and review.decided_by_id == member.id:
        return review
    if review.outcome != ReviewOutcome.OPEN:
        raise CannotDecide(f"{review.decided_by_name or 'Somebody'} has decided about this text already.")
    if numbers_opted_in_since(conversation.team_id, [StatedOptOut(conversation.number, review.at)]):
        raise CannotDecide("This person opted in after this text.")
    if outcome == ReviewOutcome.OPTED_OUT:
        text = Message.objects.get(team_id=conversation.team_id, id=message_id)
        consent.opt_out(
            conversation.team_id, conversation.number, Actor.of(member).recording_the_persons_word(),
            reason=REASON, happened_at=text.at, source=f"Text to {conversation.inbox.name}", words=text.body,
            inbox=conversation.inbox, message_id=text.id,
        )  # fmt: skip
    review.outcome, review.decided_at = outcome, timezone.now()
    review.decided_by_id, review.decided_by_name = member.id, str(member)
    review.save()
    return review


def undo(conversation: Conversation, message_id: int, member: Member) -> Review:
    lock_number(conversation.team_id, conversation.number)
    review = _find(conversation, message_id)
    if review.decided_by_id != member.id:
        raise CannotDecide("Only the member who decided can undo it.")
    if review.outcome == ReviewOutcome.OPTED_OUT:
        consent.retract(conversation.team_id, conversation.number, Actor.of(member))
    review.outcome, review.decided_at, review.decided_by_id, review.decided_by_name = (
        ReviewOutcome.OPEN,
        None,
        None,
        "",
    )
    review.save()
    return review


def _find(conversation: Conversation, message_id: int) -> Review:
    review = Review.objects.filter(team_id=conversation.team_id, message_id=message_id).first()
    if review is None or (review.inbox_id, review.number) != (conversation.inbox_id, conversation.number):
        raise CannotDecide("This text does not wait for a decision.")
    return review
