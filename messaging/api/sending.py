"""The call that sends a text, once for each local_id."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from accounts.api.calls import Call
from accounts.api.errors import Code, Fault
from accounts.api.models import Scope
from accounts.api.shapes import Asked, Id, Phone, When, either, number, up_to
from accounts.numbers import is_textable
from messaging import once
from messaging.api import calls
from messaging.api.finding import find_conversation, find_inbox, find_member
from messaging.forms import LONGEST_TEXT
from messaging.models import Message, Status
from messaging.outbound import compose
from optout.consent import Refusal

_LOCAL_ID = (
    "Your own name for this text: sent again within 24 hours, it gets the same answer and sends nothing."
)
REFUSED = {Refusal.BLOCKED: Code.BLOCKED_NUMBER, Refusal.OPTED_OUT: Code.UNSUBSCRIBED_NUMBER}


class NewMessage(Asked):
    model_config = ConfigDict(
        json_schema_extra=either("phone_number", "string", "chat_id", "integer", not_both=True)
    )

    inbox_id: Annotated[Id, Field(description="The inbox that it leaves from.")]
    creator_id: Annotated[
        Id | None, Field(description="The member who stands as its author; see GET /v1/team.")
    ] = None
    phone_number: Phone | None = None
    chat_id: Annotated[
        Id | None, Field(description="A conversation of the inbox, in place of phone_number.")
    ] = None
    text: Annotated[str, up_to(LONGEST_TEXT, "What it says.", shortest=1)]
    local_id: Annotated[str, up_to(64, _LOCAL_ID, shortest=1)] | None = None


class Sent(BaseModel):
    """A text that is on its way. What becomes of it is told by GET /v1/messages and by webhooks."""

    id: int
    date: When
    chat_id: int
    status: str = Field(description="queued.")
    local_id: str | None


@calls.writes(
    "POST", "/message/send", scope=Scope.SEND, answer=Sent,
    example={
        "id": 5150, "date": "2026-11-25T10:42:00.123456Z", "chat_id": 9920, "status": "queued",
        "local_id": "order-1042-shipped",
    },
    body={
        "inbox_id": 42, "phone_number": "15105553344", "text": "Your order has shipped.",
        "local_id": "order-1042-shipped",
    },
    faults=[
        Code.INBOX_NOT_FOUND, Code.MEMBER_NOT_FOUND, Code.CONVERSATION_NOT_FOUND, Code.INVALID_PHONE_NUMBER,
        Code.UNSUBSCRIBED_NUMBER, Code.BLOCKED_NUMBER, Code.LOCAL_ID_REUSED,
    ],
    summary="Send a text",
)  # fmt: skip
def send_message(request: Call, asked: NewMessage) -> Any:
    """Queue a text to a number or into a conversation.

    A number that has opted out or is blocked is refused, and the refused text stays in the conversation, for people to
    see. What was queued is looked at once more when it leaves: a STOP that comes in between still stops it.
    """
    if asked.phone_number is None and asked.chat_id is None:
        raise Fault(Code.BAD_DATA, "Send phone_number or chat_id.")
    if asked.phone_number is not None and asked.chat_id is not None:
        raise Fault(Code.BAD_DATA, "Send phone_number or chat_id, not both.", field="chat_id")
    if not asked.text.strip():
        raise Fault(Code.BAD_DATA, "Write something.", field="text")
    if asked.local_id is None:
        return _send(request, asked)
    said = asked.model_dump(exclude_none=True)
    if asked.phone_number is not None:  # the same text, in whichever spelling
        said["phone_number"] = number(asked.phone_number, request.team, field="phone_number")
    return once.answer(request.team.id, asked.local_id, said, lambda: _send(request, asked), Sent)


def _send(request: Call, asked: NewMessage) -> Sent | Fault:
    inbox = find_inbox(request, asked.inbox_id)
    author = (
        find_member(request, asked.creator_id, field="creator_id", sees=inbox) if asked.creator_id else None
    )
    if asked.chat_id is not None:
        address = find_conversation(request, inbox, asked.chat_id, None).number
    else:
        address = number(asked.phone_number or "", request.team, field="phone_number")
    if not is_textable(address):
        raise Fault(Code.INVALID_PHONE_NUMBER, "Nobody can be texted there.", field="chat_id")
    by = f"{author or 'API'} ({request.key})"[:80]
    message = compose(inbox, address, asked.text, author=author, author_name=by)
    if message.status == Status.REFUSED:
        return Fault(
            REFUSED[Refusal(message.reason)], str(Refusal(message.reason).label), field="phone_number"
        )
    return _told(message, asked.local_id)


def _told(message: Message, local_id: str | None) -> Sent:
    return Sent(
        id=message.id,
        date=message.at,
        chat_id=message.conversation_id,
        status=message.status,
        local_id=local_id,
    )
