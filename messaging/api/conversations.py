"""API calls about conversations: list, mark as read or unread, assign, close and reopen."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.db.models import OuterRef, Subquery
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
from messaging.teamwork.assignment import CannotAssign, assign, set_closed
from messaging.teamwork.models import Assignment
from optout.models import StandingState


class ConversationFiltersRequest(StrictRequest):
    inboxes: Annotated[list[Id] | None, Field(max_length=100, description="Only these inboxes.")] = None
    closed: Annotated[StrictBool | None, Field(description="Only closed ones, or only open ones.")] = None
    assigned: Annotated[Id | None, Field(description="Only those that this member takes care of.")] = None
    unread: Annotated[
        StrictBool | None, Field(description="True: with texts that the member `id` has not seen.")
    ] = None


class ListConversationsRequest(StrictRequest):
    id: Annotated[
        Id | None,
        Field(
            description="A member: only conversations that the member sees, with the number of unread texts."
        ),
    ] = None
    filters: ConversationFiltersRequest | None = None
    date: CursorParameter | None = None


class ConversationResponse(BaseModel):
    id: int = Field(description="The chat_id of other calls.")
    inbox: int
    target: str = Field(description="The other party's number.")
    name: str = Field(description="The contact's name, or the formatted number.")
    status: str = Field(description="open or closed.")
    unread: int | None = Field(description="Texts that the member `id` has not seen.")
    assigned: int | None = Field(description="The member who takes care of it; null if nobody does.")
    waiting_since: ResponseTime | None = Field(
        description="The first text that nobody has answered; null if nobody waits. Automatic texts answer nobody."
    )
    contact_status: str = Field(description="active, unsubscribed or blocked, in this inbox.")
    preview: str
    updated: Annotated[
        CursorTime,
        Field(description="Time of the newest text; send it unchanged as `date` for the next page."),
    ]
    created: ResponseTime


EXAMPLE = {
    "id": 9920, "inbox": 42, "target": "15105553344", "name": "Jordan Rivera", "status": "open", "unread": 1,
    "assigned": 7, "waiting_since": "2026-11-25T10:42:00.123456Z",
    "contact_status": "active", "preview": "Thanks!", "updated": "2026-11-25T10:42:00.123456Z",
    "created": "2026-11-02T09:00:00Z",
}  # fmt: skip


@calls.reads(
    "POST", "/conversations", answer=list[ConversationResponse], example=[EXAMPLE],
    body={"id": 7, "filters": {"inboxes": [42], "closed": False}}, errors=[ErrorCode.MEMBER_NOT_FOUND],
    summary="List conversations",
)  # fmt: skip
def list_conversations(request: ApiRequest, payload: ListConversationsRequest) -> list[ConversationResponse]:
    """Thirty conversations, newest text first. Send `updated` of the last as `date` to get the next page.

    Unknown or invisible inboxes return an empty list.
    """
    member = find_member(request, payload.id, field="id") if payload.id else None
    filters = payload.filters or ConversationFiltersRequest()
    rows: Any = Conversation.objects.filter(team_id=request.team.id).exclude(number="")
    if member:
        rows = visible_conversations(member).with_unread(member)  # type: ignore[attr-defined]
    if filters.inboxes is not None:
        rows = rows.filter(inbox_id__in=filters.inboxes)
    if filters.closed is not None:
        rows = rows.filter(closed=filters.closed)
    if filters.assigned is not None:
        assigned = Assignment.objects.filter(team_id=request.team.id, member_id=filters.assigned)
        rows = rows.filter(id__in=assigned.values("conversation_id"))
    if filters.unread is not None:
        if member is None:
            raise ApiError(ErrorCode.BAD_DATA, "`unread` needs a member: send `id`.", field="id")
        rows = rows.filter(unread__gt=0) if filters.unread else rows.filter(unread=0)
    rows = rows.with_standing(request.team, inbox="inbox_id").select_related("contact")
    rows = rows.annotate(assigned=_assigned(request))
    return [
        _response(conversation, updated)
        for conversation, updated in fetch_page(rows, "last_message_at", payload.date)
    ]


def _assigned(request: ApiRequest) -> Subquery:
    assigned = Assignment.objects.filter(team_id=request.team.id, conversation_id=OuterRef("id"))
    return Subquery(assigned.values("member_id")[:1])


def _response(conversation: Any, updated: str) -> ConversationResponse:
    return ConversationResponse(
        id=conversation.id,
        inbox=conversation.inbox_id,
        target=digits(conversation.number),
        name=str(conversation),
        status="closed" if conversation.closed else "open",
        unread=getattr(conversation, "unread", None),
        assigned=conversation.assigned,
        waiting_since=None if conversation.closed else conversation.awaiting_since,
        contact_status=StandingState(conversation.standing).api_word,
        preview=conversation.preview,
        updated=updated,
        created=conversation.created_at,
    )


# -- changes -----------------------------------------------------------------------------------------------------


class ConversationChangeRequest(StrictRequest):
    model_config = ConfigDict(json_schema_extra=one_of_two("chat_id", "integer", "target", "string"))

    inbox_id: Id
    user_id: Annotated[Id, Field(description="The member who performs the change.")]
    chat_id: Id | None = None
    target: Annotated[Phone | None, Field(description="The other party's number, instead of chat_id.")] = None


def _changes(path: str, summary: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    return calls.writes(
        "POST", path, answer=Literal["ok"], example="ok", body={"inbox_id": 42, "user_id": 7, "target": "15105553344"},
        errors=[
            ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND,
            ErrorCode.INVALID_PHONE_NUMBER,
        ],
        summary=summary,
    )  # fmt: skip


@_changes("/conversations/read", "Mark as read")
def read_conversation(request: ApiRequest, payload: ConversationChangeRequest) -> str:
    """Mark all inbound texts as seen by the member."""
    found, member = _find(request, payload)
    mark_read(found, member)
    return _done(request)


@_changes("/conversations/unread", "Mark as unread")
def unread_conversation(request: ApiRequest, payload: ConversationChangeRequest) -> str:
    """Mark the newest inbound text as not seen by the member."""
    found, member = _find(request, payload)
    mark_unread(found, member)
    return _done(request)


@_changes("/conversations/open", "Reopen")
def open_conversation(request: ApiRequest, payload: ConversationChangeRequest) -> str:
    """Reopen a conversation."""
    return _set_closed(request, payload, closed=False)


@_changes("/conversations/close", "Close")
def close_conversation(request: ApiRequest, payload: ConversationChangeRequest) -> str:
    """Close a conversation. The next text reopens it."""
    return _set_closed(request, payload, closed=True)


def _set_closed(request: ApiRequest, payload: ConversationChangeRequest, *, closed: bool) -> str:
    found, member = _find(request, payload)
    set_closed(found, closed, member)
    return _done(request)


class ReassignRequest(ConversationChangeRequest):
    reassign_id: Annotated[Id, Field(description="The member who takes care of it from now on.")]


@calls.writes(
    "POST", "/conversations/reassign", answer=Literal["ok"], example="ok",
    body={"inbox_id": 42, "user_id": 7, "target": "15105553344", "reassign_id": 8},
    errors=[
        ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND,
        ErrorCode.INVALID_PHONE_NUMBER,
    ],
    summary="Assign",
)  # fmt: skip
def reassign_conversation(request: ApiRequest, payload: ReassignRequest) -> str:
    """Let another member, who sees the inbox, take care of a conversation. The thread shows who assigned it."""
    found, member = _find(request, payload)
    try:
        assign(found, find_member(request, payload.reassign_id, field="reassign_id"), member)
    except CannotAssign as error:
        raise ApiError(ErrorCode.MEMBER_NOT_FOUND, str(error), field="reassign_id") from None
    return _done(request)


def _find(request: ApiRequest, payload: ConversationChangeRequest) -> tuple[Conversation, Any]:
    if payload.chat_id is None and payload.target is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send chat_id or target.")
    inbox = find_inbox(request, payload.inbox_id)
    member = find_member(request, payload.user_id, field="user_id", sees=inbox)
    return find_conversation(request, inbox, payload.chat_id, payload.target), member


def _done(request: ApiRequest) -> str:
    change_tokens.renew_on_commit(request.team.id)
    return "ok"
