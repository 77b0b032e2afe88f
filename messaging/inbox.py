"""The list of conversations: its folders and pages, the conversations that a member may open, and read markers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextChoices

from accounts.access import Right, may, visible_inboxes
from accounts.models import Inbox, Member
from kernel.keyset import Cursor, after, until
from messaging.models import Conversation, ReadMarker
from messaging.scheduling.models import ScheduledText, ScheduleOutcome
from messaging.teamwork.models import Assignment, Mention

PAGE_SIZE = 40  # conversations, and texts of a thread
MAX_REFETCH = 500  # rows that an open page refetches at most


class Folder(TextChoices):
    """The folders of conversations. A new text moves its conversation to the open folders.

    To review lists texts instead of conversations (messaging.to_review).
    """

    OPEN = "open", "Open"
    MINE = "mine", "Mine"
    WAITING = "waiting", "Waiting"  # for an answer, longest first
    REVIEW = "review", "To review"
    UNASSIGNED = "unassigned", "Unassigned"
    MENTIONS = "mentions", "Mentions"
    SCHEDULED = "scheduled", "Scheduled"
    CLOSED = "closed", "Closed"

    @classmethod
    def named(cls, name: str) -> Self:
        return cls(name) if name in cls.values else cls("open")

    @property
    def emptiness(self) -> str:
        """The heading of the folder without conversations."""
        return _WHEN_EMPTY[self][0]

    @property
    def purpose(self) -> str:
        """What appears in the folder, in a sentence."""
        return _WHEN_EMPTY[self][1]

    @property
    def order(self) -> str:
        """The field that orders the folder: oldest first for `awaiting_since`, newest first for the other."""
        return "awaiting_since" if self == Folder.WAITING else "last_message_at"

    def of(self, member: Member) -> QuerySet[Conversation]:
        """The conversations of the member's team in this folder, in all inboxes."""
        conversations = Conversation.objects.filter(team_id=member.team_id).exclude(number="")
        match self:
            case Folder.CLOSED:
                return conversations.filter(closed=True)
            case Folder.MENTIONS:
                return conversations.filter(_related(Mention, member, member_id=member.id))
            case Folder.SCHEDULED:
                waiting = _related(ScheduledText, member, outcome=ScheduleOutcome.SCHEDULED)
                return conversations.filter(waiting)
            case Folder.WAITING:
                return conversations.filter(closed=False, awaiting_since__isnull=False)
            case Folder.MINE:
                return conversations.filter(_related(Assignment, member, member_id=member.id), closed=False)
            case Folder.UNASSIGNED:
                return conversations.filter(~_related(Assignment, member), closed=False)
        return conversations.filter(closed=False)


_WHEN_EMPTY = {
    Folder.OPEN: ("No open conversations", "Texts to your inboxes appear here as they arrive."),
    Folder.MINE: (
        "Nothing is assigned to you",
        "Conversations that you take, or that others give you, appear here.",
    ),
    Folder.WAITING: (
        "Nobody is waiting",
        "People who wrote and got no answer appear here, the longest waiting first.",
    ),
    Folder.REVIEW: ("Nothing to review", "Texts that wait for a decision appear here."),
    Folder.UNASSIGNED: (
        "Everything is assigned",
        "Open conversations that nobody takes care of appear here.",
    ),
    Folder.MENTIONS: ("Nobody has mentioned you", "Conversations with a note that names you appear here."),
    Folder.SCHEDULED: ("Nothing is scheduled", "Conversations with a text to be sent later appear here."),
    Folder.CLOSED: ("No closed conversations", "Closed conversations appear here. A new text reopens them."),
}


def _related(model: Any, member: Member, **conditions: Any) -> Exists:
    """Whether the conversation has such a row."""
    return Exists(model.objects.filter(team_id=member.team_id, conversation_id=OuterRef("id"), **conditions))


@dataclass(frozen=True)
class ConversationPage:
    """A page of conversations in the order of their folder."""

    conversations: list[Conversation]
    last: Cursor | None
    more: bool


def read_cursor(text: str | None) -> Cursor | None:
    """The cursor of a list by time, from an address. None for anything else."""
    cursor = Cursor.read(text or "")
    return cursor if cursor and cursor.value is not None else None


def load_conversations(
    member: Member,
    folder: Folder,
    inbox: Inbox | None,
    *,
    before: Cursor | None = None,
    down_to: Cursor | None = None,
) -> ConversationPage:
    """The page behind `before`, or everything down to `down_to`, or the first page.

    The page is read from an index first, and only then joined with names, standing and unread counts: its cost does not
    depend on the number of conversations.
    """
    inbox_ids = visible_inbox_ids(member, inbox)
    field, descending = folder.order, folder != Folder.WAITING
    in_folder = rows = folder.of(member)
    if before:
        rows = after(rows, field, before, descending=descending)
    if down_to:
        rows = until(rows, field, down_to, descending=descending)
    size = MAX_REFETCH if down_to else PAGE_SIZE
    first = list(_first(rows, folder, inbox_ids, size + 1))
    page = first[:size]
    last = Cursor(*page[-1]) if page else None
    more = len(first) > size
    if down_to and last and not more:
        below = after(in_folder, field, last, descending=descending)
        more = bool(list(_first(below, folder, inbox_ids, 1)))
    return ConversationPage(_with_details(member, [id for id, _ in page]), last, more)


COUNTED = (Folder.MINE, Folder.WAITING, Folder.UNASSIGNED, Folder.MENTIONS)
MAX_COUNT = 100  # a folder shows "99+"


def count_folders(member: Member, inbox: Inbox | None) -> dict[str, int]:
    """The conversations in the counted folders, each at most MAX_COUNT; of mentions those that are not seen."""
    inbox_ids = visible_inbox_ids(member, inbox)
    return {folder.value: _count(folder, member, inbox_ids) for folder in COUNTED}


def _count(folder: Folder, member: Member, inbox_ids: list[int] | None) -> int:
    rows = folder.of(member)
    if folder == Folder.MENTIONS:
        rows = rows.filter(_related(Mention, member, member_id=member.id, seen=False))
    if inbox_ids is not None:
        rows = rows.filter(inbox_id__in=inbox_ids)
    return rows.values("id")[:MAX_COUNT].count()


def visible_inbox_ids(member: Member, inbox: Inbox | None) -> list[int] | None:
    """The inboxes to search. None for all inboxes of the team."""
    if inbox:
        return [inbox.id]
    if may(member, Right.SEE_ALL_INBOXES):
        return None
    return list(visible_inboxes(member).values_list("id", flat=True))


def _first(
    conversations: QuerySet[Conversation], folder: Folder, inbox_ids: Sequence[int] | None, limit: int
) -> Iterable[tuple[int, datetime]]:
    """IDs and times. Each of several inboxes is read from its own index, so that a quiet inbox costs no long scan."""
    order = (folder.order, "id") if folder == Folder.WAITING else (f"-{folder.order}", "-id")
    rows = conversations.values_list("id", folder.order).order_by(*order)
    if inbox_ids is None:
        return rows[:limit]
    parts = [rows.filter(inbox_id=id)[:limit] for id in inbox_ids]
    match parts:
        case []:
            return []
        case [only]:
            return only
    return parts[0].union(*parts[1:], all=True).order_by(*order)[:limit]


def _with_details(member: Member, ids: list[int]) -> list[Conversation]:
    rows = Conversation.objects.filter(team_id=member.team_id, id__in=ids)
    rows = (
        rows.with_unread(member)
        .with_standing(member.team, inbox="inbox_id")
        .with_held(member.team)
        .select_related("contact", "inbox")
        .annotate(assignee=_assignee_name(member))
    )
    by_id = {row.id: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]


def _assignee_name(member: Member) -> Subquery:
    assigned = Assignment.objects.filter(team_id=member.team_id, conversation_id=OuterRef("id"))
    return Subquery(assigned.values("member__user__name")[:1])


def visible_conversations(member: Member) -> QuerySet[Conversation]:
    """The conversations that this member may open."""
    conversations = Conversation.objects.filter(team_id=member.team_id).exclude(number="")
    inbox_ids = visible_inbox_ids(member, None)
    return conversations if inbox_ids is None else conversations.filter(inbox_id__in=inbox_ids)


def mark_read(conversation: Conversation, member: Member) -> None:
    """Record that this member has seen all inbound texts."""
    set_seen([conversation], member, to_read=0)


def mark_unread(conversation: Conversation, member: Member) -> None:
    """Record that this member has not seen the newest inbound text."""
    set_seen([conversation], member, to_read=1)


def set_seen(conversations: Iterable[Conversation], member: Member, *, to_read: int) -> None:
    """Record that this member has seen all inbound texts of each conversation but the newest `to_read`."""
    ReadMarker.objects.bulk_create(
        [
            ReadMarker(
                team_id=member.team_id,
                conversation=conversation,
                member=member,
                seen=max(conversation.inbound_count - to_read, 0),
            )
            for conversation in conversations
        ],
        update_conflicts=True,
        unique_fields=["team", "conversation", "member"],
        update_fields=["seen"],
    )
