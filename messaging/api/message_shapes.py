"""Responses of the API calls that list texts."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from accounts.models import Inbox
from api.paging import CursorTime, cursor_time
from api.router import ApiRequest
from api.shapes import ResponseTime, one_of
from kernel.phone_numbers import digits
from messaging.groups.models import GroupRecipient
from messaging.media.links import FOR_SYSTEMS, shared_address
from messaging.media.models import Attachment
from messaging.models import Message, MessagePurpose, MessageStatus
from messaging.teamwork.models import Note


class MessageConversationResponse(BaseModel):
    """The conversation of a text. GET /v1/conversations/{id} has more."""

    id: int = Field(description="The chat_id of other calls.")
    inbox: int
    target: str = Field(description="The other party's number.")


class MessageResponse(BaseModel):
    id: int
    date: CursorTime
    type: str = one_of(("inbound", "outbound", "private"), "inbound or outbound; private for a note.")
    local_id: str = Field(description="The `local_id` of the call that sent it; empty without one.")
    private: bool = Field(
        description="Whether it is a private note: its ID is a note's, and it was never sent."
    )
    status: str = one_of([*MessageStatus, "private"], "Progress of the text; private for a note.")
    text: str
    media: list[str] = Field(
        description="Addresses of its stored attachments, for seven days; they need no key."
    )
    content: str = Field(
        description="The text, or what it has instead, such as Photo or Empty text; empty if it was erased."
    )
    chat_id: int
    conversation: MessageConversationResponse
    broadcast_id: int | None = Field(description="The broadcast that it is a text of.")
    inbox_id: int
    phone: str = Field(description="The inbox's number.")
    target: str = Field(description="The other party's number.")
    others: list[str] = Field(
        description="Numbers of the other members of the group that got it, of a group text."
    )
    automatic: bool = Field(
        description="Whether no member and no app wrote it: away texts and replies to keywords."
    )
    purpose: str = one_of([*MessagePurpose, "note"], "text or note; the others are automatic texts.")
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


EXAMPLE = {
    "id": 5150, "date": "2026-11-25T10:42:00.123456Z", "type": "outbound", "local_id": "order-1042-shipped",
    "private": False, "status": "delivered",
    "text": "Your order has shipped.", "media": [], "content": "Your order has shipped.",
    "chat_id": 9920, "conversation": {"id": 9920, "inbox": 42, "target": "15105553344"}, "broadcast_id": None,
    "inbox_id": 42, "phone": "15105550100",
    "target": "15105553344", "others": [], "automatic": False, "purpose": "text", "user": 7,
    "author": "Maya Chen", "trouble": "", "error_code": "", "crossed": False, "marketing": False,
    "held_until": None, "erased_at": None, "held": "",
}  # fmt: skip


def note_response(note: Note, phone: str) -> MessageResponse:
    return MessageResponse(
        id=note.id, date=cursor_time(note.at), type="private", local_id="", private=True, status="private",
        text=note.body, media=[], content=note.body, chat_id=note.conversation_id,
        conversation=_conversation(note.conversation_id, note.conversation.inbox_id, note.conversation.number),
        broadcast_id=None, inbox_id=note.conversation.inbox_id, phone=phone,
        target=digits(note.conversation.number), others=[], automatic=False, purpose="note", user=note.author_id,
        author=note.author_name, trouble="", error_code="", crossed=False, marketing=False,
        held_until=None, erased_at=None, held="",
    )  # fmt: skip


def text_responses(request: ApiRequest, page: Sequence[tuple[Message, str]]) -> list[MessageResponse]:
    """The responses for texts of the team, each with its cursor time, in their order."""
    texts = [text for text, _ in page]
    attachments = Attachment.objects.of_texts(request.team.id, texts)
    others = GroupRecipient.objects.of_texts(request.team.id, [text.id for text in texts])
    inboxes = Inbox.objects.filter(team_id=request.team.id, id__in={text.inbox_id for text in texts})
    phones = {inbox.id: digits(inbox.number) for inbox in inboxes}
    return [
        _response(text, date, phones[text.inbox_id], attachments.get(text.id, ()), others.get(text.id, ()))
        for text, date in page
    ]


def _conversation(id: int, inbox_id: int, number: str) -> MessageConversationResponse:
    return MessageConversationResponse(id=id, inbox=inbox_id, target=digits(number))


def _response(
    message: Message, date: str, phone: str, attachments: Sequence[Attachment], others: Sequence[str]
) -> MessageResponse:
    return MessageResponse(
        id=message.id,
        date=date,
        type="outbound" if message.outbound else "inbound",
        local_id=message.local_id,
        private=False,
        status=message.status,
        text=message.body,
        media=[
            shared_address(message.team_id, file.id, FOR_SYSTEMS) for file in attachments if file.is_stored
        ],
        content=message.content,
        chat_id=message.conversation_id,
        conversation=_conversation(message.conversation_id, message.inbox_id, message.number),
        broadcast_id=message.broadcast_id,
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
