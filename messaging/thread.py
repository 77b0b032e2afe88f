"""FIXME module docstring."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from messaging.inbox import MAX_REFETCH, PAGE_SIZE, Key, _before, _from
from messaging.message_status import MessageStatusView, describe_status
from messaging.models import Conversation, Message, MessagePurpose, MessageStatus
from optout import wording
from optout.models import ConsentEvent

# Texts of one sender that follow each other within this time share one line of name and time.
RUN_GAP = timedelta(minutes=5)


@dataclass
class ThreadText:
    """A text in a thread."""

    message: Message
    starts: bool = True  # the first of its sender's run
    kind = "text"

    @property
    def at(self) -> datetime:
        return self.message.at

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.message.at, 0, self.message.id

    @property
    def status_view(self) -> "MessageStatusView | None":
        return describe_status(self.message) if self.message.outbound else None

    @property
    def sender(self) -> str:
        """Whose text of ours it is; the contact's own name stands on the page already."""
        if self.message.purpose != MessagePurpose.TEXT:
            return "Automatic answer"
        return self.message.author_name or "Your team"

    @property
    def can_resend(self) -> bool:
        again = (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.UNKNOWN)
        return self.message.status in again and self.message.purpose == MessagePurpose.TEXT

    def follows(self, other: Any) -> bool:
        return (
            isinstance(other, ThreadText)
            and (other.message.outbound, other.sender) == (self.message.outbound, self.sender)
            and self.at - other.at < RUN_GAP
        )


@dataclass
class ThreadChange:
    """A change of standing in a thread."""

    event: ConsentEvent
    kind = "change"

    @property
    def at(self) -> datetime:
        return self.event.happened_at

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.event.happened_at, 1, self.event.position

    @property
    def sentence(self) -> str:
        return wording.describe_entry(self.event)


@dataclass
class ThreadDay:
    """Where a new day begins."""

    date: date
    kind = "day"


@dataclass(frozen=True)
class Thread:
    entries: list[ThreadText | ThreadChange | ThreadDay]
    since: Key | None  # the oldest text shown
    earlier: bool  # whether there are older ones


def load_thread(
    conversation: Conversation, zone: ZoneInfo, *, since: Key | None = None, earlier: Key | None = None
) -> Thread:
    """The last texts, or all `since` a place, or those and a page more `earlier`, with the changes between them."""
    texts = Message.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    if earlier:
        older = list(_before(texts, "at", earlier).order_by("-at", "-id").values_list("at", "id")[:PAGE_SIZE])
        since = Key(*older[-1]) if older else earlier
    if since:
        texts = _from(texts, "at", since)
    most = MAX_REFETCH if since else PAGE_SIZE
    shown = list(texts.order_by("-at", "-id")[:most])
    last = Key(shown[-1].at, shown[-1].id) if shown else None
    everything = Message.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    more = last is not None and _before(everything, "at", last).exists()
    changes = _changes(conversation, last.at if last and more else None)
    return Thread(_with_days(_in_order(shown, changes), zone), last, more)


def _changes(conversation: Conversation, since: datetime | None) -> list[ConsentEvent]:
    events = ConsentEvent.objects.filter(team_id=conversation.team_id, number=conversation.number)
    if since:
        events = events.filter(happened_at__gte=since)
    return list(events.order_by("-position")[:MAX_REFETCH])


def _in_order(texts: Iterable[Message], changes: Iterable[ConsentEvent]) -> list[ThreadText | ThreadChange]:
    entries: list[ThreadText | ThreadChange] = sorted(
        [*map(ThreadText, texts), *map(ThreadChange, changes)], key=lambda entry: entry.order
    )
    for one, next in itertools.pairwise(entries):
        if isinstance(next, ThreadText):
            next.starts = not next.follows(one)
    return entries


def _with_days(
    entries: Iterable[ThreadText | ThreadChange], zone: ZoneInfo
) -> list[ThreadText | ThreadChange | ThreadDay]:
    days = itertools.groupby(entries, key=lambda entry: timezone.localtime(entry.at, zone).date())
    return [entry for date, of_day in days for entry in (ThreadDay(date), *of_day)]
