"""API call that sends a text, once for each local_id."""

from typing import Annotated, Any

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from accounts.models import Inbox
from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest
from api.shapes import Id, Phone, ResponseTime, StrictRequest, one_of_two, parse_number, text_up_to
from kernel.phone_numbers import is_textable
from kernel.visible_text import has_visible_characters
from messaging import idempotency
from messaging.api.calls import calls
from messaging.api.lookups import find_conversation, find_inbox, find_member
from messaging.carriers.registry import adapter_for
from messaging.compose import compose_text
from messaging.forms import MAX_TEXT_LENGTH
from messaging.media.models import Attachment, AttachmentState
from messaging.media.uploads import NO_ATTACHMENTS
from messaging.models import Message, MessageStatus
from optout.consent_types import Refusal

_LOCAL_ID = "Your idempotency key for this text: a repeat within 24 hours returns the same response and sends nothing."
_MEDIA_URL = (
    "An https address of a picture, PDF, contact card, recording or video to send: it is fetched first."
)
REFUSAL_CODES = {
    Refusal.BLOCKED: ErrorCode.BLOCKED_NUMBER,
    Refusal.OPTED_OUT: ErrorCode.UNSUBSCRIBED_NUMBER,
    Refusal.HELD: ErrorCode.HELD_FOR_REVIEW,
}


class SendMessageRequest(StrictRequest):
    model_config = ConfigDict(
        json_schema_extra={
            **one_of_two("phone_number", "string", "chat_id", "integer", not_both=True),
            **one_of_two("text", "string", "media_url", "string"),
        }
    )

    inbox_id: Annotated[Id, Field(description="The inbox to send from.")]
    creator_id: Annotated[Id | None, Field(description="The member shown as author; see GET /v1/team.")] = (
        None
    )
    phone_number: Phone | None = None
    chat_id: Annotated[
        Id | None, Field(description="A conversation of the inbox, instead of phone_number.")
    ] = None
    text: Annotated[str, text_up_to(MAX_TEXT_LENGTH, "The text to send.", shortest=1)] | None = None
    media_url: (
        Annotated[str, Field(max_length=2000, pattern=r"^https?://[!-~]+$", description=_MEDIA_URL)] | None
    ) = None
    local_id: Annotated[str, text_up_to(64, _LOCAL_ID, shortest=1)] | None = None


class SendMessageResponse(BaseModel):
    """A queued text. GET /v1/messages and webhooks report its status."""

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
        ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND,
        ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.UNSUBSCRIBED_NUMBER, ErrorCode.BLOCKED_NUMBER,
        ErrorCode.HELD_FOR_REVIEW, ErrorCode.LOCAL_ID_REUSED,
    ],
    summary="Send a text",
)  # fmt: skip
def send_message(request: ApiRequest, payload: SendMessageRequest) -> Any:
    """Queue a text to a number or into a conversation.

    A number that has opted out, is blocked or is held for review is refused, and the conversation shows the refused
    text. Consent is checked again when a queued text is sent, so a STOP in between still stops it. A text with
    media_url waits until the file is fetched, and fails if it cannot be sent.
    """
    if payload.phone_number is None and payload.chat_id is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone_number or chat_id.")
    if payload.phone_number is not None and payload.chat_id is not None:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone_number or chat_id, not both.", field="chat_id")
    if not payload.media_url and not has_visible_characters(payload.text or ""):
        raise ApiError(ErrorCode.BAD_DATA, "Write something.", field="text")
    _check_address(payload.media_url)
    if payload.local_id is None:
        return _send(request, payload)
    fields = payload.model_dump(exclude_none=True)
    if payload.phone_number is not None:  # a repeat may spell the number differently
        fields["phone_number"] = parse_number(
            payload.phone_number, request.team, field="phone_number", short_codes=False
        )
    return idempotency.run_once(
        request.team.id, payload.local_id, fields, lambda: _send(request, payload), SendMessageResponse
    )


def _check_address(media_url: str | None) -> None:
    if media_url and not media_url.startswith("https://") and not settings.WEBHOOKS_ALLOW_LOOPBACK:
        raise ApiError(ErrorCode.BAD_DATA, "Send an https address.", field="media_url")


def _attachments(inbox: Inbox, media_url: str | None) -> list[Attachment]:
    """What a worker will fetch before the text is sent. Raises ApiError if the inbox can only send words."""
    if not media_url:
        return []
    if adapter_for(inbox).media_limits(inbox) is None:
        raise ApiError(ErrorCode.BAD_DATA, NO_ATTACHMENTS, field="media_url")
    return [Attachment(team_id=inbox.team_id, state=AttachmentState.WAITING, source_url=media_url)]


def _send(request: ApiRequest, payload: SendMessageRequest) -> SendMessageResponse | ApiError:
    inbox = find_inbox(request, payload.inbox_id)
    if not inbox.is_open:
        return ApiError(ErrorCode.INBOX_NOT_FOUND, "This inbox is closed.", field="inbox_id")
    author = (
        find_member(request, payload.creator_id, field="creator_id", sees=inbox)
        if payload.creator_id
        else None
    )
    if payload.chat_id is not None:
        number = find_conversation(request, inbox, payload.chat_id, None).number
    else:
        number = parse_number(
            payload.phone_number or "", request.team, field="phone_number", short_codes=False
        )
    if not is_textable(number):
        raise ApiError(ErrorCode.INVALID_PHONE_NUMBER, "This number cannot receive texts.", field="chat_id")
    author_name = f"{author or 'API'} ({request.key})"[:80]
    attachments = _attachments(inbox, payload.media_url)
    message = compose_text(
        inbox, number, payload.text or "", author=author, author_name=author_name, attachments=attachments
    )
    if message.status == MessageStatus.REFUSED:
        return ApiError(
            REFUSAL_CODES[Refusal(message.reason)], str(Refusal(message.reason).label), field="phone_number"
        )
    return _response(message, payload.local_id)


def _response(message: Message, local_id: str | None) -> SendMessageResponse:
    return SendMessageResponse(
        id=message.id,
        date=message.at,
        chat_id=message.conversation_id,
        status=message.status,
        local_id=local_id,
    )
