"""Request and response bodies of the API calls about broadcasts."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.paging import CursorTime, fetch_page
from api.shapes import Id, RequestTime, ResponseTime, StrictRequest, one_of, text_up_to
from kernel.phone_numbers import digits
from messaging.broadcasts.counts import count_recipients
from messaging.broadcasts.models import (
    Broadcast,
    BroadcastCategory,
    BroadcastRecipient,
    BroadcastStatus,
    RecipientState,
)
from messaging.forms import MAX_TEXT_LENGTH

_LOCAL_ID = "Your idempotency key: a repeat within 24 hours returns the same response and sends nothing."
_CREATOR = "The member shown as author, who may send texts from its inbox."
_WORDS = "Words that follow the first text ever to a number; empty for none."
_INBOX = "The inbox to send from; without it, the one last used with each person."
_TEXT = "The text, with fields such as {{ first_name | there }}. Send text or template_id."
_Lists = Annotated[list[Id], Field(max_length=100)]


class CreateBroadcastRequest(StrictRequest):
    name: Annotated[str, text_up_to(80, "The name under which members find it.", shortest=1)]
    category: Literal["marketing", "informational"] = "marketing"
    list_ids: Annotated[
        _Lists, Field(min_length=1, description="Everybody on these lists, each person once.")
    ]
    without_list_ids: Annotated[_Lists, Field(description="Except who is on these.")] = []
    inbox_id: Annotated[Id | None, Field(description=_INBOX)] = None
    text: Annotated[str, text_up_to(MAX_TEXT_LENGTH, _TEXT, shortest=1)] | None = None
    template_id: Annotated[Id | None, Field(description="A shared template instead of text.")] = None
    opt_out_words: Annotated[str, text_up_to(160, _WORDS)] = "Reply STOP to opt out."
    send_at: Annotated[RequestTime | None, Field(description="When; without it, at once.")] = None
    creator_id: Annotated[Id | None, Field(description=_CREATOR)] = None
    local_id: Annotated[str, text_up_to(64, _LOCAL_ID, shortest=1)] | None = None


class ListRecipientsRequest(StrictRequest):
    after: Annotated[Id | None, Field(description="The `id` of the last row of the page before.")] = None


class BroadcastResponse(BaseModel):
    id: int
    name: str
    category: str = one_of(BroadcastCategory, "What it is for.")
    status: str = one_of(BroadcastStatus, "Its progress.")
    paused: str = Field(description="Why it is paused, in a sentence.")
    inbox_id: int | None
    text: str
    send_at: ResponseTime | None
    recipients: int = Field(description="Everybody of the audience, once it is prepared.")
    waiting: int
    held: int = Field(description="Who waits for their sending hours.")
    texted: int
    left_out: dict[str, int] = Field(description="How many were left out, by reason.")
    author: str
    ended: ResponseTime | None
    created: CursorTime


class RecipientResponse(BaseModel):
    id: int
    phone: str
    state: str = one_of(RecipientState, "What became of this person so far.")
    reason: str = Field(description="Why it was left out.")
    held_until: ResponseTime | None
    held: str
    message_id: int | None = Field(description="The text, whose status GET /v1/messages reports.")


EXAMPLE = {
    "id": 41, "name": "Winter hours", "category": "informational", "status": "sending", "paused": "",
    "inbox_id": 42, "text": "Hi {{ first_name | there }}, we open at 9.", "send_at": None, "recipients": 1262,
    "waiting": 500, "held": 0, "texted": 704, "left_out": {"opted_out": 58}, "author": "API (CRM)", "ended": None,
    "created": "2026-11-25T10:42:00.123456Z",
}  # fmt: skip
RECIPIENT = {
    "id": 9001, "phone": "15105553344", "state": "texted", "reason": "", "held_until": None, "held": "",
    "message_id": 5150,
}  # fmt: skip


def broadcast_response(broadcast: Broadcast, created: str = "") -> BroadcastResponse:
    counts = count_recipients(broadcast)
    if not created:
        ((_, created),) = fetch_page(
            Broadcast.objects.filter(team_id=broadcast.team_id, id=broadcast.id), "created_at", None
        )
    return BroadcastResponse(
        id=broadcast.id,
        name=broadcast.name,
        category=broadcast.category,
        status=BroadcastStatus(broadcast.status).value,
        paused=broadcast.pause_sentence,
        inbox_id=broadcast.inbox_id,
        text=broadcast.body,
        send_at=broadcast.send_at,
        recipients=counts.total,
        waiting=counts.waiting,
        held=counts.held,
        texted=counts.texted,
        left_out=counts.left_out_by_reason,
        author=broadcast.author_name,
        ended=broadcast.ended_at,
        created=created,
    )


def recipient_response(row: BroadcastRecipient) -> RecipientResponse:
    return RecipientResponse(
        id=row.id,
        phone=digits(row.number),
        state=row.state,
        reason=row.reason,
        held_until=row.held_until,
        held=row.held_reason,
        message_id=row.message_id,
    )
