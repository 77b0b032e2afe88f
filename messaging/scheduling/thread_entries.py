"""Entries of a thread about scheduled texts: those that wait, at their time, and those that were not sent."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kernel.loading import Loader
from messaging.models import Conversation
from messaging.scheduling.models import ScheduledText, ScheduleOutcome
from messaging.sending_hours.recipient_clock import RecipientClock, clock_at

MAX_ENTRIES = 200


@dataclass
class ThreadScheduledText:
    """A scheduled text in a thread."""

    text: ScheduledText
    clock: RecipientClock | None = None  # at the time at which it is to be sent; of one that waits
    kind = "scheduled"

    @property
    def at(self) -> datetime:
        return self.text.ended_at or self.text.send_at

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.at, 4, self.text.id


def scheduled_loader(conversation: Conversation, since: datetime | None) -> Loader[list[ThreadScheduledText]]:
    """Those that wait, and those that ended without being sent, not before `since`."""
    rows = ScheduledText.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    shown = rows.exclude(outcome=ScheduleOutcome.SENT)
    if since:
        shown = shown.filter(Q(ended_at=None) | Q(ended_at__gte=since))
    (found,) = yield [shown.order_by("-send_at", "-id")[:MAX_ENTRIES]]
    return [
        ThreadScheduledText(text, clock_at(conversation, text.send_at) if text.is_waiting else None)
        for text in found
    ]
