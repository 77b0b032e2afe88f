"""API calls that change a conversation: mark it read or unread, assign, snooze, close and reopen it."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.utils import timezone
from pydantic import Field

from accounts.access import Right
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import Id, Phone, RequestTime, StrictRequest
from kernel import change_tokens
from messaging.api.calls import calls
from messaging.api.lookups import find_conversation, find_inbox, find_member
from messaging.inbox import mark_read, mark_unread
from messaging.models import Conversation
from messaging.scheduling.schedule import FURTHEST
from messaging.snoozing.snooze import snooze, wake
from messaging.teamwork.assignment import CannotAssign, assign, set_closed
from messaging.teamwork.transfer import transfer


class ConversationChangeRequest(StrictRequest):
    """A change of one conversation. Send chat_id or target."""

    inbox_id: Id
    user_id: Annotated[Id, Field(description="The member who performs the change.")]
    chat_id: Id | None = None
    target: Annotated[Phone | None, Field(description="The other party's number, instead of chat_id.")] = None


def _changes(
    path: str, summary: str, *more_errors: ErrorCode
) -> Callable[[Callable[..., str]], Callable[..., str]]:
    return calls.writes(
        "POST", path, answer=Literal["ok"], example="ok", body={"inbox_id": 42, "user_id": 7, "target": "15105553344"},
        errors=[
            ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND,
            ErrorCode.INVALID_PHONE_NUMBER, *more_errors,
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


@_changes("/conversations/open", "Reopen", ErrorCode.MEMBER_MAY_NOT)
def open_conversation(request: ApiRequest, payload: ConversationChangeRequest) -> str:
    """Reopen a conversation."""
    return _set_closed(request, payload, closed=False)


@_changes("/conversations/close", "Close", ErrorCode.MEMBER_MAY_NOT)
def close_conversation(request: ApiRequest, payload: ConversationChangeRequest) -> str:
    """Close a conversation. The next text reopens it."""
    return _set_closed(request, payload, closed=True)


def _set_closed(request: ApiRequest, payload: ConversationChangeRequest, *, closed: bool) -> str:
    found, member = _find(request, payload, Right.ORGANIZE)
    set_closed(found, closed, member)
    return _done(request)


class SnoozeRequest(ConversationChangeRequest):
    until: Annotated[RequestTime | None, Field(description="In the future; null wakes it.")] = None


@calls.writes(
    "POST", "/conversations/snooze", answer=Literal["ok"], example="ok",
    body={"inbox_id": 42, "user_id": 7, "target": "15105553344", "until": "2027-03-01T15:00:00Z"},
    errors=[
        ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND,
        ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.INVALID_TIME, ErrorCode.MEMBER_MAY_NOT,
    ],
    summary="Snooze",
)  # fmt: skip
def snooze_conversation(request: ApiRequest, payload: SnoozeRequest) -> str:
    """Take a conversation out of the open folders until a time or until the person writes; or wake it."""
    if payload.until and not timezone.now() < payload.until <= timezone.now() + FURTHEST:
        raise ApiError(ErrorCode.INVALID_TIME, field="until")
    found, member = _find(request, payload, Right.ORGANIZE)
    if payload.until:
        snooze([found], payload.until, member)
    else:
        wake([found], member)
    return _done(request)


class ReassignRequest(ConversationChangeRequest):
    reassign_id: Annotated[Id, Field(description="The member who takes care of it from now on.")]


@calls.writes(
    "POST", "/conversations/reassign", answer=Literal["ok"], example="ok",
    body={"inbox_id": 42, "user_id": 7, "target": "15105553344", "reassign_id": 8},
    errors=[
        ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND,
        ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.MEMBER_MAY_NOT,
    ],
    summary="Assign",
)  # fmt: skip
def reassign_conversation(request: ApiRequest, payload: ReassignRequest) -> str:
    """Let another member, who sees the inbox, take care of a conversation. The thread shows who assigned it."""
    found, member = _find(request, payload, Right.ORGANIZE)
    try:
        assign(found, find_member(request, payload.reassign_id, field="reassign_id"), member)
    except CannotAssign as error:
        raise ApiError(ErrorCode.MEMBER_NOT_FOUND, str(error), field="reassign_id") from None
    return _done(request)


class TransferRequest(StrictRequest):
    conversation_id: Annotated[Id, Field(description="The `chat_id` of other calls.")]
    transfer_inbox_id: Annotated[Id, Field(description="The inbox that goes on with the person.")]
    user_id: Annotated[
        Id | None, Field(description="The member who performs it; without one, the API key is named.")
    ] = None


@calls.writes(
    "POST", "/conversations/transfer", answer=Literal["ok"], example="ok",
    body={"conversation_id": 9920, "transfer_inbox_id": 43},
    errors=[
        ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND,
        ErrorCode.MEMBER_MAY_NOT,
    ],
    summary="Move to another inbox",
)  # fmt: skip
def transfer_conversation(request: ApiRequest, payload: TransferRequest) -> str:
    """Close a conversation, and open that of the same person in another inbox.

    Its assignee goes along if they see that inbox. Texts and notes stay where they were written, and nothing is sent:
    the next text comes from the other inbox, if consent there allows it.
    """
    inbox = find_inbox(request, payload.transfer_inbox_id, field="transfer_inbox_id")
    if not inbox.is_open:
        raise ApiError(ErrorCode.INBOX_NOT_FOUND, "This inbox is closed.", field="transfer_inbox_id")
    found = Conversation.objects.filter(team_id=request.team.id, id=payload.conversation_id).exclude(
        number=""
    )
    conversation = found.select_related("inbox").first()
    if conversation is None:
        raise ApiError(ErrorCode.CONVERSATION_NOT_FOUND, field="conversation_id")
    member = None
    if payload.user_id:
        organize = Right.ORGANIZE
        find_member(request, payload.user_id, field="user_id", sees=conversation.inbox, right=organize)
        member = find_member(request, payload.user_id, field="user_id", sees=inbox)
    transfer(
        conversation,
        inbox,
        by_id=member.id if member else None,
        by_name=str(member or f"API ({request.key})"),
    )
    return _done(request)


def _find(
    request: ApiRequest, payload: ConversationChangeRequest, right: Right | None = None
) -> tuple[Conversation, Any]:
    if payload.chat_id is None and payload.target is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send chat_id or target.")
    inbox = find_inbox(request, payload.inbox_id)
    member = find_member(request, payload.user_id, field="user_id", sees=inbox, right=right)
    return find_conversation(request, inbox, payload.chat_id, payload.target), member


def _done(request: ApiRequest) -> str:
    change_tokens.renew_on_commit(request.team.id)
    return "ok"
