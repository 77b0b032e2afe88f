"""What the inbox shows: folders, the list page by page, and a thread of texts and changes of standing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db.models import QuerySet, TextChoices

from accounts.access import Right, may, visible_inboxes
from accounts.models import Inbox, Member
from messaging.models import Conversation, ReadMarker

PAGE_SIZE = 40  # conversations, and texts of a thread
MAX_REFETCH = 500  # the deepest that a page which refetches itself goes
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
class ConversationPage:
    """A page of conversations, newest first."""

    conversations: list[Conversation]
    last: Key | None  # the place of the last one
    more: bool


def load_conversations(
    member: Member,
    folder: Folder,
    inbox: Inbox | None,
    *,
    before: Key | None = None,
    until: Key | None = None,
) -> ConversationPage:
    """The page after `before`, or everything down to `until`; the newest page without either.

    The page is cut out of an index first, and only then joined with names, standing and what is unread: it costs the
    same however many conversations there are.
    """
    boxes = _visible_inbox_ids(member, inbox)
    kept = found = folder.of(Conversation.objects.filter(team_id=member.team_id))
    if before:
        found = _before(found, "last_message_at", before)
    if until:
        found = _from(found, "last_message_at", until)
    most = MAX_REFETCH if until else PAGE_SIZE
    newest = list(_newest(found, boxes, most + 1))
    page = newest[:most]
    last = Key(page[-1][1], page[-1][0]) if page else None
    more = len(newest) > most
    if until and last and not more:
        below = _before(kept, "last_message_at", last)
        more = bool(list(_newest(below, boxes, 1)))
    return ConversationPage(_with_details(member, [id for id, _ in page]), last, more)


def _visible_inbox_ids(member: Member, inbox: Inbox | None) -> list[int] | None:
    """The inboxes to look into; None for all of the team's."""
    if inbox:
        return [inbox.id]
    if may(member, Right.SEE_ALL_INBOXES):
        return None
    return list(visible_inboxes(member).values_list("id", flat=True))


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


def _with_details(member: Member, ids: list[int]) -> list[Conversation]:
    rows = Conversation.objects.filter(team_id=member.team_id, id__in=ids)
    rows = (
        rows.with_unread(member)
        .with_standing(member.team, inbox="inbox_id")
        .select_related("contact", "inbox")
    )
    by_id = {row.id: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]


def visible_conversations(member: Member) -> QuerySet[Conversation]:
    """The conversations that this member may open."""
    found = Conversation.objects.filter(team_id=member.team_id).exclude(number="")
    boxes = _visible_inbox_ids(member, None)
    return found if boxes is None else found.filter(inbox_id__in=boxes)


def mark_read(conversation: Conversation, member: Member) -> None:
    """This member has seen every text that came in so far."""
    _mark(conversation, member, conversation.inbound_count)


def mark_unread(conversation: Conversation, member: Member) -> None:
    """The newest text that came in is one that this member has not seen."""
    _mark(conversation, member, max(conversation.inbound_count - 1, 0))


def _mark(conversation: Conversation, member: Member, seen: int) -> None:
    ReadMarker.objects.bulk_create(
        [ReadMarker(team_id=member.team_id, conversation=conversation, member=member, seen=seen)],
        update_conflicts=True,
        unique_fields=["team", "conversation", "member"],
        update_fields=["seen"],
    )


# -- the thread --------------------------------------------------------------------------------------------------


# -- what became of a text ---------------------------------------------------------------------------------------
