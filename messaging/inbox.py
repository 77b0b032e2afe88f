"""The list of conversations: its pages, the conversations that a member may open, and read markers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.access import visible_inbox_ids
from accounts.models import Inbox, Member
from kernel.keyset import Cursor
from kernel.loading import Loader, load
from messaging.conversation_queries import ConversationQuerySet
from messaging.folder_rows import FolderRows
from messaging.folders import Folder
from messaging.models import Conversation, ReadMarker
from messaging.row_details import details_loader

PAGE_SIZE = 40  # conversations, and texts of a thread
MAX_REFETCH = 500  # rows that an open page refetches at most


@dataclass(frozen=True)
class ConversationPage:
    """A page of conversations in the order of their folder."""

    conversations: list[Conversation]
    last: Cursor | None
    more: bool
    walked: bool = False  # whether the next page looks further back


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
    rows = FolderRows(member, folder, inbox_ids_of(member, inbox))
    return load(listing_loader(rows, before=before, down_to=down_to))


def listing_loader(
    rows: FolderRows, *, before: Cursor | None, down_to: Cursor | None
) -> Loader[ConversationPage]:
    """The same for rows that may be narrowed."""
    page = yield from rows.down_to(down_to, MAX_REFETCH) if down_to else rows.page(before, PAGE_SIZE)
    shown = yield from details_loader(rows.member, page.ids)
    return ConversationPage(shown, page.last, page.more, rows.is_walked)


COUNTED = (
    Folder.MINE,
    Folder.WAITING,
    Folder.UNREAD,
    Folder.UNASSIGNED,
    Folder.MENTIONS,
    Folder.SCHEDULED,
    Folder.SNOOZED,
    Folder.OPTED_OUT,
)


def counted_folders(member: Member, inbox_ids: Sequence[int] | None) -> dict[str, FolderRows]:
    """The folders whose conversations are counted, by their names; of mentions those that are not seen."""
    return {folder.value: FolderRows(member, folder, inbox_ids) for folder in COUNTED}


def inbox_ids_of(member: Member, inbox: Inbox | None) -> list[int] | None:
    """The inboxes to search. None for all inboxes of the team."""
    return [inbox.id] if inbox else visible_inbox_ids(member)


def visible_conversations(member: Member) -> ConversationQuerySet:
    """The conversations that this member may open."""
    return conversations_in(member.team_id, visible_inbox_ids(member))


def conversations_in(team_id: int, inbox_ids: Sequence[int] | None) -> ConversationQuerySet:
    """The conversations in these inboxes; None stands for all inboxes. Erased ones have no number."""
    conversations: ConversationQuerySet = Conversation.objects.filter(team_id=team_id).exclude(number="")
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
