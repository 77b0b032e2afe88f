"""The call that sends a text, once for each local_id."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest
from api.shapes import Id, Phone, ResponseTime, StrictRequest, one_of_two, parse_number, text_up_to
from kernel.phone_numbers import is_textable
from messaging import idempotency
from messaging.api.calls import calls
from messaging.api.lookups import find_conversation, find_inbox, find_member
from messaging.forms import MAX_TEXT_LENGTH
from messaging.models import Message, MessageStatus
from messaging.outbound import compose
from optout.consent_types import Refusal

_LOCAL_ID = (
    "Your own name for this text: sent again within 24 hours, it gets the same answer and sends nothing."
)
REFUSAL_CODES = {Refusal.BLOCKED: ErrorCode.BLOCKED_NUMBER, Refusal.OPTED_OUT: ErrorCode.UNSUBSCRIBED_NUMBER}


class SendMessageRequest(StrictRequest):
    model_config = ConfigDict(
        json_schema_extra=one_of_two("phone_number", "string", "chat_id", "integer", not_both=True)
    )

    inbox_id: Annotated[Id, Field(description="The inbox that it leaves from.")]
    creator_id: Annotated[
        Id | None, Field(description="The member who stands as its author; see GET /v1/team.")
    ] = None
    phone_number: Phone | None = None
    chat_id: Annotated[
        Id | None, Field(description="A conversation of the inbox, in place of phone_number.")
    ] = None
    text: Annotated[str, text_up_to(MAX_TEXT_LENGTH, "What it says.", shortest=1)]
    local_id: Annotated[str, text_up_to(64, _LOCAL_ID, shortest=1)] | None = None


class SendMessageResponse(BaseModel):
    """A text that is on its way. What becomes of it is told by GET /v1/messages and by webhooks."""

    id: int
    date: ResponseTime
    chat_id: int
    status: str = Field(description="queued.")
    local_id: str | None


@calls.writes(
    "POST", "/message/send", scope=KeyScope.SEND, answer=SendMessageResponse,
    example={
        "id": 5150, "date": "2026-11-25T10:42:00.123456Z", "chat_id": 9920, "status": "queued",
        "local_id": "order-1042-shipped",
    },
    body={
        "inbox_id": 42, "phone_number": "15105553344", "text": "Your order has shipped.",
        "local_id": "order-1042-shipped",
    },
    errors=[
        ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER,
        ErrorCode.UNSUBSCRIBED_NUMBER, ErrorCode.BLOCKED_NUMBER, ErrorCode.LOCAL_ID_REUSED,
    ],
    summary="Send a text",
)  # fmt: skip
def send_message(request: ApiRequest, asked: SendMessageRequest) -> Any:
    """Queue a text to a number or into a conversation.

    A number that has opted out or is blocked is refused, and the refused text stays in the conversation, for people to
    see. What was queued is looked at once more when it leaves: a STOP that comes in between still stops it.
    """
    if asked.phone_number is None and asked.chat_id is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone_number or chat_id.")
    if asked.phone_number is not None and asked.chat_id is not None:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone_number or chat_id, not both.", field="chat_id")
    if not asked.text.strip():
        raise ApiError(ErrorCode.BAD_DATA, "Write something.", field="text")
    if asked.local_id is None:
        return _send(request, asked)
    said = asked.model_dump(exclude_none=True)
    if asked.phone_number is not None:  # the same text, in whichever spelling
        said["phone_number"] = parse_number(asked.phone_number, request.team, field="phone_number")
    return idempotency.run_once(
        request.team.id, asked.local_id, said, lambda: _send(request, asked), SendMessageResponse
    )


def _send(request: ApiRequest, asked: SendMessageRequest) -> SendMessageResponse | ApiError:
    inbox = find_inbox(request, asked.inbox_id)
    author = (
        find_member(request, asked.creator_id, field="creator_id", sees=inbox) if asked.creator_id else None
    )
    if asked.chat_id is not None:
        address = find_conversation(request, inbox, asked.chat_id, None).number
    else:
        address = parse_number(asked.phone_number or "", request.team, field="phone_number")
    if not is_textable(address):
        raise ApiError(ErrorCode.INVALID_PHONE_NUMBER, "Nobody can be texted there.", field="chat_id")
    by = f"{author or 'API'} ({request.key})"[:80]
    message = compose(inbox, address, asked.text, author=author, author_name=by)
    if message.status == MessageStatus.REFUSED:
        return ApiError(
            REFUSAL_CODES[Refusal(message.reason)], str(Refusal(message.reason).label), field="phone_number"
        )
    return _told(message, asked.local_id)


def _told(message: Message, local_id: str | None) -> SendMessageResponse:
    return SendMessageResponse(
        id=message.id,
        date=message.at,
        chat_id=message.conversation_id,
        status=message.status,
        local_id=local_id,
    )
