"""What the inbox shows: folders, the list page by page, and a thread of texts and changes of standing."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, TextChoices
from django.utils import timezone

from accounts.access import Right, inboxes_of, may
from accounts.models import Inbox, Member
from messaging.models import WAITING, Conversation, Message, Purpose, Reading, Status
from optout import wording
from optout.models import ConsentEvent

PAGE = 40  # conversations, and texts of a thread
MOST = 500  # the deepest that a page which refetches itself goes
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Folder(TextChoices):
    """Where a conversation is kept; a new text opens it again."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"

    @classmethod
    def named(cls, name: str) -> Self:
        return cls(name) if name in cls.values else cls("open")

    def of(self, conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
        return conversations.filter(closed=self == Folder.CLOSED).exclude(number="")


@dataclass(frozen=True)
class Key:
    """A place in an order by (time, id); as text microseconds and id, for addresses."""

    at: datetime
    id: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for anything that is no key."""
        at, _, id = text.partition("-")
        if not (at.isdecimal() and id.isdecimal() and len(text) < 40):
            return None
        try:
            return cls(EPOCH + timedelta(microseconds=int(at)), int(id))
        except OverflowError:
            return None

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.id}"


def _before(rows: QuerySet[Any], field: str, key: Key) -> QuerySet[Any]:
    # The first condition alone is what the index can use; the second leaves out the equals.
    return rows.filter(**{f"{field}__lte": key.at}).exclude(**{field: key.at, "id__gte": key.id})


def _from(rows: QuerySet[Any], field: str, key: Key) -> QuerySet[Any]:
    return rows.filter(**{f"{field}__gte": key.at}).exclude(**{field: key.at, "id__lt": key.id})


# -- the list ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing:
    """A page of conversations, newest first."""

    conversations: list[Conversation]
    last: Key | None  # the place of the last one
    more: bool


def listing(
    member: Member,
    folder: Folder,
    inbox: Inbox | None,
    *,
    before: Key | None = None,
    until: Key | None = None,
) -> Listing:
    """The page after `before`, or everything down to `until`; the newest page without either.

    The page is cut out of an index first, and only then joined with names, standing and what is unread: it costs the
    same however many conversations there are.
    """
    boxes = _boxes(member, inbox)
    kept = found = folder.of(Conversation.objects.filter(team_id=member.team_id))
    if before:
        found = _before(found, "last_message_at", before)
    if until:
        found = _from(found, "last_message_at", until)
    most = MOST if until else PAGE
    newest = list(_newest(found, boxes, most + 1))
    page = newest[:most]
    last = Key(page[-1][1], page[-1][0]) if page else None
    more = len(newest) > most
    if until and last and not more:
        below = _before(kept, "last_message_at", last)
        more = bool(list(_newest(below, boxes, 1)))
    return Listing(_dressed(member, [id for id, _ in page]), last, more)


def _boxes(member: Member, inbox: Inbox | None) -> list[int] | None:
    """The inboxes to look into; None for all of the team's."""
    if inbox:
        return [inbox.id]
    if may(member, Right.SEE_ALL_INBOXES):
        return None
    return list(inboxes_of(member).values_list("id", flat=True))


def _newest(
    conversations: QuerySet[Conversation], boxes: Sequence[int] | None, most: int
) -> Iterable[tuple[int, datetime]]:
    """Ids and times. Of several inboxes each is read by its own index, so that a quiet one costs no long scan."""
    order = ("-last_message_at", "-id")
    rows = conversations.values_list("id", "last_message_at").order_by(*order)
    if boxes is None:
        return rows[:most]
    parts = [rows.filter(inbox_id=id)[:most] for id in boxes]
    match parts:
        case []:
            return []
        case [only]:
            return only
    return parts[0].union(*parts[1:], all=True).order_by(*order)[:most]


def _dressed(member: Member, ids: list[int]) -> list[Conversation]:
    rows = Conversation.objects.filter(team_id=member.team_id, id__in=ids)
    rows = (
        rows.with_unread(member)
        .with_standing(member.team, inbox="inbox_id")
        .select_related("contact", "inbox")
    )
    by_id = {row.id: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]


def conversations_of(member: Member) -> QuerySet[Conversation]:
    """The conversations that this member may open."""
    found = Conversation.objects.filter(team_id=member.team_id).exclude(number="")
    boxes = _boxes(member, None)
    return found if boxes is None else found.filter(inbox_id__in=boxes)


def mark_read(conversation: Conversation, member: Member) -> None:
    """This member has seen every text that came in so far."""
    _mark(conversation, member, conversation.inbound_count)


def mark_unread(conversation: Conversation, member: Member) -> None:
    """The newest text that came in is one that this member has not seen."""
    _mark(conversation, member, max(conversation.inbound_count - 1, 0))


def _mark(conversation: Conversation, member: Member, seen: int) -> None:
    Reading.objects.bulk_create(
        [Reading(team_id=member.team_id, conversation=conversation, member=member, seen=seen)],
        update_conflicts=True,
        unique_fields=["team", "conversation", "member"],
        update_fields=["seen"],
    )


# -- the thread --------------------------------------------------------------------------------------------------

# Texts of one sender that follow each other within this time share one line of name and time.
TOGETHER = timedelta(minutes=5)


@dataclass
class Text:
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
    def fate(self) -> "Fate | None":
        return fate(self.message) if self.message.outbound else None

    @property
    def sender(self) -> str:
        """Whose text of ours it is; the contact's own name stands on the page already."""
        if self.message.purpose != Purpose.TEXT:
            return "Automatic answer"
        return self.message.author_name or "Your team"

    @property
    def can_go_again(self) -> bool:
        again = (Status.FAILED, Status.UNDELIVERED, Status.UNKNOWN)
        return self.message.status in again and self.message.purpose == Purpose.TEXT

    def follows(self, other: Any) -> bool:
        return (
            isinstance(other, Text)
            and (other.message.outbound, other.sender) == (self.message.outbound, self.sender)
            and self.at - other.at < TOGETHER
        )


@dataclass
class Change:
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
        return wording.sentence(self.event)


@dataclass
class Day:
    """Where a new day begins."""

    date: date
    kind = "day"


@dataclass(frozen=True)
class Thread:
    entries: list[Text | Change | Day]
    since: Key | None  # the oldest text shown
    earlier: bool  # whether there are older ones


def thread(
    conversation: Conversation, zone: ZoneInfo, *, since: Key | None = None, earlier: Key | None = None
) -> Thread:
    """The last texts, or all `since` a place, or those and a page more `earlier`, with the changes between them."""
    texts = Message.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    if earlier:
        older = list(_before(texts, "at", earlier).order_by("-at", "-id").values_list("at", "id")[:PAGE])
        since = Key(*older[-1]) if older else earlier
    if since:
        texts = _from(texts, "at", since)
    most = MOST if since else PAGE
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
    return list(events.order_by("-position")[:MOST])


def _in_order(texts: Iterable[Message], changes: Iterable[ConsentEvent]) -> list[Text | Change]:
    entries: list[Text | Change] = sorted(
        [*map(Text, texts), *map(Change, changes)], key=lambda entry: entry.order
    )
    for one, next in itertools.pairwise(entries):
        if isinstance(next, Text):
            next.starts = not next.follows(one)
    return entries


def _with_days(entries: Iterable[Text | Change], zone: ZoneInfo) -> list[Text | Change | Day]:
    days = itertools.groupby(entries, key=lambda entry: timezone.localtime(entry.at, zone).date())
    return [entry for date, of_day in days for entry in (Day(date), *of_day)]


# -- what became of a text ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fate:
    """Where a text of ours is, in words and with an icon."""

    icon: str
    words: str
    bad: bool = False


def fate(message: Message) -> Fate:
    why = message.trouble.rstrip(".")
    match message.status:
        case Status.QUEUED if why:
            return Fate("clock", f"Waiting to try again: {why}")
        case status if status in WAITING:
            return Fate("clock", "Sending")
        case Status.SENT:
            return Fate("check", "Sent")
        case Status.DELIVERED:
            return Fate("checks", "Delivered")
        case Status.UNKNOWN:
            return Fate("question", "Unknown: the carrier did not answer; it may have arrived", bad=True)
        case Status.UNDELIVERED:
            return Fate("alert", f"Not delivered: {why or 'the carrier gave no reason'}", bad=True)
    return Fate("alert", f"Not sent: {why or 'the carrier gave no reason'}", bad=True)
