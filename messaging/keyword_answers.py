"""Answers to START and HELP: within five minutes or never, and to HELP once an hour in each conversation."""

from datetime import datetime, timedelta

from messaging.models import Message, MessagePurpose
from optout.consent_types import CONFIRM_WITHIN

HELP_ANSWER_INTERVAL = timedelta(hours=1)


def answered_help_lately(team_id: int, conversation_id: int, now: datetime) -> bool:
    """Whether a HELP of this inbox and number was answered within the last hour. Needs the number's lock."""
    answers = Message.objects.filter(
        team_id=team_id,
        conversation_id=conversation_id,
        purpose=MessagePurpose.ANSWER,
        event_id=None,  # an answer to START belongs to a ledger entry
        at__gt=now - HELP_ANSWER_INTERVAL,
    )
    return answers.exists()


def is_late_answer(message: Message, now: datetime) -> bool:
    """Whether the request that this text answers is older than five minutes by the carrier's time."""
    if message.purpose != MessagePurpose.ANSWER:
        return False
    asked = Message.objects.filter(
        team_id=message.team_id, conversation_id=message.conversation_id, outbound=False, id__lt=message.id
    )
    asked_at = asked.order_by("-id").values_list("at", flat=True).first() or message.at
    return now > asked_at + CONFIRM_WITHIN
