"""The calls about conversations: page by page, read and unread, open and closed."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from accounts import live
from accounts.api.calls import Call
from accounts.api.errors import Code, Fault
from accounts.api.paging import Cursor, Told, page
from accounts.api.shapes import Asked, Flag, Id, Phone, When, either
from accounts.numbers import digits
from messaging.api import calls
from messaging.api.finding import find_conversation, find_inbox, find_member
from messaging.inbox import conversations_of, mark_read, mark_unread
from messaging.models import Conversation
from optout.models import State


class Filters(Asked):
    inboxes: Annotated[list[Id] | None, Field(max_length=100, description="Only these inboxes.")] = None
    closed: Annotated[Flag | None, Field(description="Only closed ones, or only open ones.")] = None
    unread: Annotated[
        Flag | None, Field(description="True: with texts that the member `id` has not seen.")
    ] = None


class ConversationListing(Asked):
    id: Annotated[
        Id | None, Field(description="A member: only what that member sees, and what is unread for them.")
    ] = None
    filters: Filters | None = None
    date: Cursor | None = None


class ConversationTold(BaseModel):
    id: int = Field(description="The chat_id of other calls.")
    inbox: int
    target: str = Field(description="The number that it is with.")
    name: str = Field(description="The contact's name, or the number as people read it.")
    status: str = Field(description="open or closed.")
    unread: int | None = Field(description="Texts that the member `id` has not seen.")
    contact_status: str = Field(description="active, unsubscribed or blocked, in this inbox.")
    preview: str
    updated: Annotated[
        Told, Field(description="When the newest text came or went; as it is, the next page's date.")
    ]
    created: When


EXAMPLE = {
    "id": 9920, "inbox": 42, "target": "15105553344", "name": "Jordan Rivera", "status": "open", "unread": 1,
    "contact_status": "active", "preview": "Thanks!", "updated": "2026-11-25T10:42:00.123456Z",
    "created": "2026-11-02T09:00:00Z",
}  # fmt: skip


@calls.reads(
    "POST", "/conversations", answer=list[ConversationTold], example=[EXAMPLE],
    body={"id": 7, "filters": {"inboxes": [42], "closed": False}}, faults=[Code.MEMBER_NOT_FOUND],
    summary="Conversations, page by page",
)  # fmt: skip
def list_conversations(request: Call, asked: ConversationListing) -> list[ConversationTold]:
    """Thirty conversations, the newest text first; send `updated` of the last one as `date` to get the next.

    An inbox that the team has not, or the member does not see, has none.
    """
    member = find_member(request, asked.id, field="id") if asked.id else None
    wanted = asked.filters or Filters()
    rows: Any = Conversation.objects.filter(team_id=request.team.id).exclude(number="")
    if member:
        rows = conversations_of(member).with_unread(member)  # type: ignore[attr-defined]
    if wanted.inboxes is not None:
        rows = rows.filter(inbox_id__in=wanted.inboxes)
    if wanted.closed is not None:
        rows = rows.filter(closed=wanted.closed)
    if wanted.unread is not None:
        if member is None:
            raise Fault(Code.BAD_DATA, "Say for whom: send a member as id.", field="id")
        rows = rows.filter(unread__gt=0) if wanted.unread else rows.filter(unread=0)
    rows = rows.with_standing(request.team, inbox="inbox_id").select_related("contact")
    return [_told(talk, updated) for talk, updated in page(rows, "last_message_at", asked.date)]


def _told(talk: Any, updated: str) -> ConversationTold:
    return ConversationTold(
        id=talk.id,
        inbox=talk.inbox_id,
        target=digits(talk.number),
        name=str(talk),
        status="closed" if talk.closed else "open",
        unread=getattr(talk, "unread", None),
        contact_status=State(talk.standing).told,
        preview=talk.preview,
        updated=updated,
        created=talk.created_at,
    )


# -- read and unread, open and closed ----------------------------------------------------------------------------


class OneConversation(Asked):
    model_config = ConfigDict(json_schema_extra=either("chat_id", "integer", "target", "string"))

    inbox_id: Id
    user_id: Annotated[Id, Field(description="The member for whom, or by whom.")]
    chat_id: Id | None = None
    target: Annotated[Phone | None, Field(description="The number that it is with, in place of chat_id.")] = (
        None
    )


def _changes(path: str, summary: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    return calls.writes(
        "POST", path, answer=Literal["ok"], example="ok", body={"inbox_id": 42, "user_id": 7, "target": "15105553344"},
        faults=[
            Code.INBOX_NOT_FOUND, Code.MEMBER_NOT_FOUND, Code.CONVERSATION_NOT_FOUND, Code.INVALID_PHONE_NUMBER,
        ],
        summary=summary,
    )  # fmt: skip


@_changes("/conversations/read", "Mark as read")
def read_conversation(request: Call, asked: OneConversation) -> str:
    """The member has seen every text that came in so far."""
    found, member = _found(request, asked)
    mark_read(found, member)
    return _done(request)


@_changes("/conversations/unread", "Mark as unread")
def unread_conversation(request: Call, asked: OneConversation) -> str:
    """The newest text that came in is one that the member has not seen."""
    found, member = _found(request, asked)
    mark_unread(found, member)
    return _done(request)


@_changes("/conversations/open", "Open")
def open_conversation(request: Call, asked: OneConversation) -> str:
    """Put a conversation among the open ones."""
    return _close(request, asked, closed=False)


@_changes("/conversations/close", "Close")
def close_conversation(request: Call, asked: OneConversation) -> str:
    """Put a conversation among the closed ones; the next text opens it again."""
    return _close(request, asked, closed=True)


def _close(request: Call, asked: OneConversation, *, closed: bool) -> str:
    found, _ = _found(request, asked)
    found.closed = closed
    found.save(update_fields=["closed"])
    return _done(request)


def _found(request: Call, asked: OneConversation) -> tuple[Conversation, Any]:
    if asked.chat_id is None and asked.target is None:
        raise Fault(Code.BAD_DATA, "Send chat_id or target.")
    inbox = find_inbox(request, asked.inbox_id)
    member = find_member(request, asked.user_id, field="user_id", sees=inbox)
    return find_conversation(request, inbox, asked.chat_id, asked.target), member


def _done(request: Call) -> str:
    live.changed(request.team.id)
    return "ok"
