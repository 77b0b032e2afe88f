"""Judgement of a member that a text asks to stop: the person's own opt-out, and the ledger says who judged it."""

from accounts.models import Member
from messaging.models import Conversation, Message
from optout import consent
from optout.bulk_consent import numbers_opted_in_since
from optout.consent_types import Actor, StatedOptOut
from optout.models import ConsentEvent
from optout.number_locks import lock_number

REASON = "A team member judged that this text asks to stop"


class CannotJudge(Exception):
    """The text no longer says what the person wants. The message is a sentence to show."""


def opt_out_by_text(conversation: Conversation, message_id: int, member: Member) -> ConsentEvent | None:
    """Record that the conversation's newest inbound text asks to stop; None if that is recorded already.

    Raises CannotJudge if a newer text arrived, or if the person opted in after the text.
    """
    team_id, number, inbox = conversation.team_id, conversation.number, conversation.inbox
    lock_number(team_id, number)  # an opt-in that is being written is then the newer statement
    text = newest_inbound(conversation)
    if text is None or text.id != message_id:
        raise CannotJudge("A newer text has arrived. Read it first.")
    if numbers_opted_in_since(team_id, [StatedOptOut(number, text.at)]):
        raise CannotJudge("This person opted in after this text.")
    return consent.opt_out(
        team_id, number, Actor.of(member).recording_the_persons_word(),
        reason=REASON, happened_at=text.at, source=f"Text to {inbox.name}", words=text.body,
        inbox=inbox, message_id=text.id,
    )  # fmt: skip


def newest_inbound(conversation: Conversation) -> Message | None:
    texts = Message.objects.filter(
        team_id=conversation.team_id, conversation_id=conversation.id, outbound=False
    )
    return texts.order_by("-at", "-id").first()
