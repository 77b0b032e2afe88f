"""The thread of a conversation: its texts and the changes of its number's standing, in one order and day by day."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from kernel.keyset import Cursor, after, until
from kernel.phone_numbers import CHANNELS
from kernel.visible_text import has_visible_characters
from messaging.inbox import MAX_REFETCH, PAGE_SIZE
from messaging.media.models import Attachment
from messaging.message_content import EMPTY, describe_attachment, media_pairs
from messaging.message_status import MessageStatusView, describe_status
from messaging.models import Conversation, Message, MessagePurpose, MessageStatus
from optout import wording
from optout.models import ConsentEvent
from optout.pending_opt_ins import notes_of_texts

# Texts of one sender that follow each other within this time share one line with name and time.
GROUP_GAP = timedelta(minutes=5)


@dataclass
class ThreadText:
    """A text in a thread."""

    message: Message
    starts: bool = True  # whether it is the first text of a group
    sent_again: bool = False  # whether the same words were sent later
    opt_in_note: str = ""  # of an opt-in that is being checked, or was not applied
    attachments: list[Attachment] = field(default_factory=list)
    kind = "text"

    @property
    def at(self) -> datetime:
        return self.message.at

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.message.at, 0, self.message.id

    @property
    def status_view(self) -> MessageStatusView | None:
        return describe_status(self.message) if self.message.outbound else None

    @property
    def sender(self) -> str:
        """The sender of an outbound text. The page shows the contact's name elsewhere."""
        if self.message.purpose != MessagePurpose.TEXT:
            return "Automatic reply"
        return self.message.author_name or "Your team"

    @property
    def has_words(self) -> bool:
        return has_visible_characters(self.message.body)

    @property
    def absence(self) -> str:
        """Why there is nothing to show, in a sentence; empty if there are words or attachments."""
        if self.has_words or self.message.media:
            return ""
        if self.message.outbound:
            return "This text was erased."
        if not self.message.number or self.message.reason:
            return "The content of this text was not kept."
        return f"{EMPTY}."

    @property
    def content_key(self) -> tuple[str, ...]:
        """Equal for a text and for the same text that is sent again."""
        files = (file.get("copied_from") or file.get("file", "") for file in self.message.media)
        return (self.message.body, *files)

    @property
    def unfetched(self) -> list[str]:
        """What came with a text before attachments were stored: what each is."""
        media = [] if self.attachments else media_pairs(self.message.media)
        return [describe_attachment(url, kind) for url, kind in media]

    @property
    def channel(self) -> str:
        return CHANNELS.get(self.message.channel, "")

    @property
    def can_resend(self) -> bool:
        resendable = (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.UNKNOWN)
        is_text = self.message.purpose == MessagePurpose.TEXT
        return self.message.status in resendable and is_text and not self.sent_again

    def continues_group_of(self, other: Any) -> bool:
        return (
            isinstance(other, ThreadText)
            and (other.message.outbound, other.sender) == (self.message.outbound, self.sender)
            and self.at - other.at < GROUP_GAP
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
    """The heading of a day in a thread."""

    date: date
    kind = "day"


@dataclass(frozen=True)
class Thread:
    """A part of a conversation, oldest first."""

    entries: list[ThreadText | ThreadChange | ThreadDay]
    oldest: Cursor | None  # the first text shown
    has_earlier: bool
    newest_id: int | None = None  # of the conversation's newest text
    newest_inbound_id: int | None = None


def load_thread(
    conversation: Conversation,
    zone: ZoneInfo,
    *,
    since: Cursor | None = None,
    earlier: Cursor | None = None,
) -> Thread:
    """The newest texts, or all `since` a text, or one page more than `earlier`, with the changes between them."""
    all_texts = texts = Message.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    if earlier:
        older = list(after(texts, "at", earlier).order_by("-at", "-id").values_list("id", "at")[:PAGE_SIZE])
        since = Cursor(*older[-1]) if older else earlier
    if since:
        texts = until(texts, "at", since)
    shown = list(texts.order_by("-at", "-id")[: MAX_REFETCH if since else PAGE_SIZE])
    oldest = Cursor(shown[-1].id, shown[-1].at) if shown else None
    has_earlier = oldest is not None and after(all_texts, "at", oldest).exists()
    changes = _changes(conversation, shown[-1].at if has_earlier else None)
    entries = _with_days(_in_order(shown, changes), zone)
    newest_inbound = next((text.id for text in shown if not text.outbound), None)
    return Thread(entries, oldest, has_earlier, shown[0].id if shown else None, newest_inbound)


def _changes(conversation: Conversation, since: datetime | None) -> list[ConsentEvent]:
    events = ConsentEvent.objects.filter(team_id=conversation.team_id, number=conversation.number)
    if since:
        events = events.filter(happened_at__gte=since)
    return list(events.order_by("-position")[:MAX_REFETCH])


def _in_order(texts: Iterable[Message], changes: Iterable[ConsentEvent]) -> list[ThreadText | ThreadChange]:
    texts = list(texts)
    notes = notes_of_texts(texts[0].team_id, [text.id for text in texts]) if texts else {}
    with_media = [text.id for text in texts if text.media]
    attachments = Attachment.objects.of_texts(texts[0].team_id, with_media) if with_media else {}
    shown = [
        ThreadText(text, opt_in_note=notes.get(text.id, ""), attachments=attachments.get(text.id, []))
        for text in texts
    ]
    entries: list[ThreadText | ThreadChange] = sorted(
        [*shown, *map(ThreadChange, changes)], key=lambda entry: entry.order
    )
    for previous, entry in itertools.pairwise(entries):
        if isinstance(entry, ThreadText):
            entry.starts = not entry.continues_group_of(previous)
    _mark_sent_again(entries)
    return entries


def _mark_sent_again(entries: Iterable[ThreadText | ThreadChange]) -> None:
    """A text that failed is offered to be sent again once."""
    later: set[Any] = set()
    for entry in reversed(list(entries)):
        if isinstance(entry, ThreadText) and entry.message.outbound:
            entry.sent_again = entry.content_key in later
            later.add(entry.content_key)


def _with_days(
    entries: Iterable[ThreadText | ThreadChange], zone: ZoneInfo
) -> list[ThreadText | ThreadChange | ThreadDay]:
    days = itertools.groupby(entries, key=lambda entry: timezone.localtime(entry.at, zone).date())
    return [entry for date, of_day in days for entry in (ThreadDay(date), *of_day)]
