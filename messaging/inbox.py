"""The list of conversations: its folders and pages, the conversations that a member may open, and read markers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import QuerySet, TextChoices

from accounts.access import Right, may, visible_inboxes
from accounts.models import Inbox, Member
from kernel.keyset import Cursor, after, until
from messaging.models import Conversation, ReadMarker

PAGE_SIZE = 40  # conversations, and texts of a thread
MAX_REFETCH = 500  # rows that an open page refetches at most


class Folder(TextChoices):
    """The folders of conversations. A new text moves its conversation to the open folder.

    To review lists texts instead of conversations (messaging.to_review).
    """

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    REVIEW = "review", "To review"

    @classmethod
    def named(cls, name: str) -> Self:
        return cls(name) if name in cls.values else cls("open")

    def of(self, conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
        return conversations.filter(closed=self == Folder.CLOSED).exclude(number="")


@dataclass(frozen=True)
class ConversationPage:
    """A page of conversations, newest first."""

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
    in_folder = rows = folder.of(Conversation.objects.filter(team_id=member.team_id))
    if before:
        rows = after(rows, "last_message_at", before)
    if down_to:
        rows = until(rows, "last_message_at", down_to)
    size = MAX_REFETCH if down_to else PAGE_SIZE
    newest = list(_newest(rows, inbox_ids, size + 1))
    page = newest[:size]
    last = Cursor(*page[-1]) if page else None
    more = len(newest) > size
    if down_to and last and not more:
        below = after(in_folder, "last_message_at", last)
        more = bool(list(_newest(below, inbox_ids, 1)))
    return ConversationPage(_with_details(member, [id for id, _ in page]), last, more)


def visible_inbox_ids(member: Member, inbox: Inbox | None) -> list[int] | None:
    """The inboxes to search. None for all inboxes of the team."""
    if inbox:
        return [inbox.id]
    if may(member, Right.SEE_ALL_INBOXES):
        return None
    return list(visible_inboxes(member).values_list("id", flat=True))


def _newest(
    conversations: QuerySet[Conversation], inbox_ids: Sequence[int] | None, limit: int
) -> Iterable[tuple[int, datetime]]:
    """IDs and times. Each of several inboxes is read from its own index, so that a quiet inbox costs no long scan."""
    order = ("-last_message_at", "-id")
    rows = conversations.values_list("id", "last_message_at").order_by(*order)
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
    )
    by_id = {row.id: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]


def visible_conversations(member: Member) -> QuerySet[Conversation]:
    """The conversations that this member may open."""
    conversations = Conversation.objects.filter(team_id=member.team_id).exclude(number="")
    inbox_ids = visible_inbox_ids(member, None)
    return conversations if inbox_ids is None else conversations.filter(inbox_id__in=inbox_ids)


def mark_read(conversation: Conversation, member: Member) -> None:
    """Record that this member has seen all inbound texts."""
    _set_seen(conversation, member, conversation.inbound_count)


def mark_unread(conversation: Conversation, member: Member) -> None:
    """Record that this member has not seen the newest inbound text."""
    _set_seen(conversation, member, max(conversation.inbound_count - 1, 0))


def _set_seen(conversation: Conversation, member: Member, seen: int) -> None:
    ReadMarker.objects.bulk_create(
        [ReadMarker(team_id=member.team_id, conversation=conversation, member=member, seen=seen)],
        update_conflicts=True,
        unique_fields=["team", "conversation", "member"],
        update_fields=["seen"],
    )
