"""API call that lists the texts with a number."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from ninja import Query
from pydantic import BaseModel, Field

from api.errors import ErrorCode
from api.router import ApiRequest
from api.shapes import PathId, Phone, ResponseTime, parse_number
from kernel.phone_numbers import digits
from messaging.api.calls import calls
from messaging.api.lookups import find_inbox
from messaging.groups.models import GroupRecipient
from messaging.media.links import FOR_SYSTEMS, shared_address
from messaging.media.models import Attachment
from messaging.models import Message
from messaging.teamwork.models import Note

MAX_MESSAGES = 50


class MessageResponse(BaseModel):
    id: int
    date: ResponseTime
    type: str = Field(description="inbound or outbound; private for a note.")
    private: bool = Field(
        description="Whether it is a private note: its ID is a note's, and it was never sent."
    )
    status: str = Field(
        description="received; or queued, claimed, sending, unknown, sent, delivered, undelivered, failed, refused."
    )
    text: str
    media: list[str] = Field(
        description="Addresses of its stored attachments, for seven days; they need no key."
    )
    content: str = Field(
        description="The text, or what it has instead, such as Photo or Empty text; empty if it was erased."
    )
    chat_id: int
    inbox_id: int
    phone: str = Field(description="The inbox's number.")
    target: str = Field(description="The other party's number.")
    others: list[str] = Field(
        description="Numbers of the other members of the group that got it, of a group text."
    )
    automatic: bool = Field(
        description="Whether no member and no app wrote it: away texts and replies to keywords."
    )
    purpose: str = Field(
        description="text or note; or of an automatic text confirmation, answer, away or first."
    )
    user: int | None = Field(description="The member who wrote it.")
    author: str = Field(description="The author as the inbox shows it.")
    trouble: str = Field(description="Why the text did not arrive, in a sentence.")
    error_code: str = Field(description="The carrier's error code.")
    crossed: bool = Field(description="Whether it was already being sent when an opt-out arrived.")
    marketing: bool = Field(
        description="Whether the program or broadcast that sent it said that it is marketing."
    )
    held_until: ResponseTime | None = Field(description="Until when sending hours hold the text.")
    erased_at: ResponseTime | None = Field(
        description="When the team's retention rule erased its content, or its attachments alone."
    )
    held: str = Field(
        description="Each hold by sending hours in words: held 9 h: Texas, Sunday before 12 PM."
    )


@calls.reads(
    "GET", "/messages", answer=list[MessageResponse], summary="List texts with a number",
    example=[{
        "id": 5150, "date": "2026-11-25T10:42:00.123456Z", "type": "outbound", "private": False,
        "status": "delivered",
        "text": "Your order has shipped.", "media": [], "content": "Your order has shipped.",
        "chat_id": 9920, "inbox_id": 42, "phone": "15105550100",
        "target": "15105553344", "others": [], "automatic": False, "purpose": "text", "user": 7,
        "author": "Maya Chen", "trouble": "", "error_code": "", "crossed": False, "marketing": False,
        "held_until": None, "erased_at": None, "held": "",
    }],
    errors=[ErrorCode.INBOX_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER],
)  # fmt: skip
def list_messages(
    request: ApiRequest,
    phoneNumber: Annotated[Phone, Query(description="The other party's number.")],
    inboxID: PathId,
    timestamp: Annotated[
        float | None,
        Query(ge=0, le=4e9, description="Unix time in seconds, may have a fraction: only earlier texts."),
    ] = None,
    notes: Annotated[bool, Query(description="Whether to list private notes among the texts.")] = False,
) -> list[MessageResponse]:
    """The last fifty texts with this number in this inbox, newest first. Empty if there are none."""
    inbox = find_inbox(request, inboxID, field="inboxID")
    number = parse_number(phoneNumber, request.team, field="phoneNumber")
    rows = Message.objects.filter(
        team_id=request.team.id, conversation__team_id=request.team.id, conversation__inbox_id=inbox.id,
        conversation__number=number,
    )  # fmt: skip
    private = Note.objects.filter(
        team_id=request.team.id, conversation__team_id=request.team.id, conversation__inbox_id=inbox.id,
        conversation__number=number,
    )  # fmt: skip
    if timestamp is not None:
        before = datetime.fromtimestamp(timestamp, UTC)
        rows, private = rows.filter(at__lt=before), private.filter(at__lt=before)
    texts = list(rows.order_by("-at", "-id")[:MAX_MESSAGES])
    attachments = Attachment.objects.of_texts(request.team.id, texts)
    phone = digits(inbox.number)
    others = GroupRecipient.objects.of_texts(request.team.id, [text.id for text in texts])
    listed = [_response(text, phone, attachments.get(text.id, ()), others.get(text.id, ())) for text in texts]
    if not notes:
        return listed
    newest = private.select_related("conversation").order_by("-at", "-id")[:MAX_MESSAGES]
    listed += [_note_response(note, phone) for note in newest]
    return sorted(listed, key=lambda entry: entry.date, reverse=True)[:MAX_MESSAGES]


def _note_response(note: Note, phone: str) -> MessageResponse:
    return MessageResponse(
        id=note.id, date=note.at, type="private", private=True, status="private", text=note.body, media=[],
        content=note.body, chat_id=note.conversation_id, inbox_id=note.conversation.inbox_id, phone=phone,
        target=digits(note.conversation.number), others=[], automatic=False, purpose="note", user=note.author_id,
        author=note.author_name, trouble="", error_code="", crossed=False, marketing=False,
        held_until=None, erased_at=None, held="",
    )  # fmt: skip


def _response(
    message: Message, phone: str, attachments: Sequence[Attachment], others: Sequence[str]
) -> MessageResponse:
    return MessageResponse(
        id=message.id,
        date=message.at,
        type="outbound" if message.outbound else "inbound",
        private=False,
        status=message.status,
        text=message.body,
        media=[
            shared_address(message.team_id, file.id, FOR_SYSTEMS) for file in attachments if file.is_stored
        ],
        content=message.content,
        chat_id=message.conversation_id,
        inbox_id=message.inbox_id,
        phone=phone,
        target=digits(message.number),
        others=[digits(number) for number in others],
        automatic=message.is_automatic,
        purpose=message.purpose,
        user=message.author_id,
        author=message.author_name,
        trouble=message.trouble,
        error_code=message.error_code,
        crossed=message.crossed,
        marketing=message.marketing,
        held_until=message.held_until,
        erased_at=message.erased_at,
        held=message.held,
    )
