"""Answers to START and HELP: within five minutes or never, as automatic texts; to HELP at most three times a day."""

from datetime import datetime, timedelta

from messaging.models import AUTOMATIC, Conversation, Message, MessagePurpose
from optout.consent_types import CONFIRM_WITHIN
from optout.keyword_decision import may_answer_help
from optout.number_state import standing_across_inboxes

# How many HELPs of a number are answered within a time, in all inboxes together.
HELP_LIMITS = ((1, timedelta(hours=1)), (3, timedelta(days=1)))


def answered_help_enough(team_id: int, number: str, now: datetime) -> bool:
    """Whether this number got as many answers to HELP lately as it may get. Needs the number's lock."""
    conversations = Conversation.objects.filter(team_id=team_id, number=number).values("id")
    answers = Message.objects.filter(
        team_id=team_id,
        conversation_id__in=conversations,
        purpose=MessagePurpose.ANSWER,
        event_id=None,  # an answer to START belongs to a ledger entry
        at__gt=now - HELP_LIMITS[-1][1],
    )
    times = list(answers.values_list("at", flat=True))
    return any(sum(at > now - within for at in times) >= count for count, within in HELP_LIMITS)


def is_due_help_answer(message: Message) -> bool:
    """Whether this text answers a HELP that is answered although the person opted out. Needs the number's lock."""
    if message.purpose != MessagePurpose.ANSWER or message.event_id:
        return False
    return may_answer_help(message.inbox, standing_across_inboxes(message.team_id, message.number))


def is_late_answer(message: Message, now: datetime) -> bool:
    """Whether the text that this one answers is older than five minutes by the carrier's time."""
    if message.purpose in AUTOMATIC:
        return now > message.at + CONFIRM_WITHIN
    if message.purpose != MessagePurpose.ANSWER:
        return False
    asked = Message.objects.filter(
        team_id=message.team_id, conversation_id=message.conversation_id, outbound=False, id__lt=message.id
    )
    asked_at = asked.order_by("-id").values_list("at", flat=True).first() or message.at
    return now > asked_at + CONFIRM_WITHIN
