"""The calls about conversations: page by page, read and unread, open and closed."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.errors import ApiError, ErrorCode
from api.paging import CursorParameter, CursorTime, fetch_page
from api.router import ApiRequest
from api.shapes import Id, Phone, ResponseTime, StrictRequest, one_of_two
from kernel import change_tokens
from kernel.phone_numbers import digits
from messaging.api.calls import calls
from messaging.api.lookups import find_conversation, find_inbox, find_member
from messaging.inbox import mark_read, mark_unread, visible_conversations
from messaging.models import Conversation
from optout.models import StandingState


class ConversationFiltersRequest(StrictRequest):
    inboxes: Annotated[list[Id] | None, Field(max_length=100, description="Only these inboxes.")] = None
    closed: Annotated[StrictBool | None, Field(description="Only closed ones, or only open ones.")] = None
    unread: Annotated[
        StrictBool | None, Field(description="True: with texts that the member `id` has not seen.")
    ] = None


class ListConversationsRequest(StrictRequest):
    id: Annotated[
        Id | None, Field(description="A member: only what that member sees, and what is unread for them.")
    ] = None
    filters: ConversationFiltersRequest | None = None
    date: CursorParameter | None = None


class ConversationResponse(BaseModel):
    id: int = Field(description="The chat_id of other calls.")
    inbox: int
    target: str = Field(description="The number that it is with.")
    name: str = Field(description="The contact's name, or the number as people read it.")
    status: str = Field(description="open or closed.")
    unread: int | None = Field(description="Texts that the member `id` has not seen.")
    contact_status: str = Field(description="active, unsubscribed or blocked, in this inbox.")
    preview: str
    updated: Annotated[
        CursorTime,
        Field(description="ResponseTime the newest text came or went; as it is, the next fetch_page's date."),
    ]
    created: ResponseTime


EXAMPLE = {
    "id": 9920, "inbox": 42, "target": "15105553344", "name": "Jordan Rivera", "status": "open", "unread": 1,
    "contact_status": "active", "preview": "Thanks!", "updated": "2026-11-25T10:42:00.123456Z",
    "created": "2026-11-02T09:00:00Z",
}  # fmt: skip


@calls.reads(
    "POST", "/conversations", answer=list[ConversationResponse], example=[EXAMPLE],
    body={"id": 7, "filters": {"inboxes": [42], "closed": False}}, errors=[ErrorCode.MEMBER_NOT_FOUND],
    summary="Conversations, page by page",
)  # fmt: skip
def list_conversations(request: ApiRequest, asked: ListConversationsRequest) -> list[ConversationResponse]:
    """Thirty conversations, the newest text first; send `updated` of the last one as `date` to get the next.

    An inbox that the team has not, or the member does not see, has none.
    """
    member = find_member(request, asked.id, field="id") if asked.id else None
    wanted = asked.filters or ConversationFiltersRequest()
    rows: Any = Conversation.objects.filter(team_id=request.team.id).exclude(number="")
    if member:
        rows = visible_conversations(member).with_unread(member)  # type: ignore[attr-defined]
    if wanted.inboxes is not None:
        rows = rows.filter(inbox_id__in=wanted.inboxes)
    if wanted.closed is not None:
        rows = rows.filter(closed=wanted.closed)
    if wanted.unread is not None:
        if member is None:
            raise ApiError(ErrorCode.BAD_DATA, "Say for whom: send a member as id.", field="id")
        rows = rows.filter(unread__gt=0) if wanted.unread else rows.filter(unread=0)
    rows = rows.with_standing(request.team, inbox="inbox_id").select_related("contact")
    return [_told(talk, updated) for talk, updated in fetch_page(rows, "last_message_at", asked.date)]


def _told(talk: Any, updated: str) -> ConversationResponse:
    return ConversationResponse(
        id=talk.id,
        inbox=talk.inbox_id,
        target=digits(talk.number),
        name=str(talk),
        status="closed" if talk.closed else "open",
        unread=getattr(talk, "unread", None),
        contact_status=StandingState(talk.standing).api_word,
        preview=talk.preview,
        updated=updated,
        created=talk.created_at,
    )


# -- read and unread, open and closed ----------------------------------------------------------------------------


class ConversationChangeRequest(StrictRequest):
    model_config = ConfigDict(json_schema_extra=one_of_two("chat_id", "integer", "target", "string"))

    inbox_id: Id
    user_id: Annotated[Id, Field(description="The member for whom, or by whom.")]
    chat_id: Id | None = None
    target: Annotated[Phone | None, Field(description="The number that it is with, in place of chat_id.")] = (
        None
    )


def _changes(path: str, summary: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    return calls.writes(
        "POST", path, answer=Literal["ok"], example="ok", body={"inbox_id": 42, "user_id": 7, "target": "15105553344"},
        errors=[
            ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER,
        ],
        summary=summary,
    )  # fmt: skip


@_changes("/conversations/read", "Mark as read")
def read_conversation(request: ApiRequest, asked: ConversationChangeRequest) -> str:
    """The member has seen every text that came in so far."""
    found, member = _found(request, asked)
    mark_read(found, member)
    return _done(request)


@_changes("/conversations/unread", "Mark as unread")
def unread_conversation(request: ApiRequest, asked: ConversationChangeRequest) -> str:
    """The newest text that came in is one that the member has not seen."""
    found, member = _found(request, asked)
    mark_unread(found, member)
    return _done(request)


@_changes("/conversations/open", "Open")
def open_conversation(request: ApiRequest, asked: ConversationChangeRequest) -> str:
    """Put a conversation among the open ones."""
    return _close(request, asked, closed=False)


@_changes("/conversations/close", "Close")
def close_conversation(request: ApiRequest, asked: ConversationChangeRequest) -> str:
    """Put a conversation among the closed ones; the next text opens it again."""
    return _close(request, asked, closed=True)


def _close(request: ApiRequest, asked: ConversationChangeRequest, *, closed: bool) -> str:
    found, _ = _found(request, asked)
    found.closed = closed
    found.save(update_fields=["closed"])
    return _done(request)


def _found(request: ApiRequest, asked: ConversationChangeRequest) -> tuple[Conversation, Any]:
    if asked.chat_id is None and asked.target is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send chat_id or target.")
    inbox = find_inbox(request, asked.inbox_id)
    member = find_member(request, asked.user_id, field="user_id", sees=inbox)
    return find_conversation(request, inbox, asked.chat_id, asked.target), member


def _done(request: ApiRequest) -> str:
    change_tokens.renew_on_commit(request.team.id)
    return "ok"
