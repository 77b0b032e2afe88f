"""API calls that list texts: those with a number, and all of the team."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from ninja import Query
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.errors import ErrorCode
from api.paging import CursorParameter, PageRequest, cursor_time, parse_cursor_time
from api.router import ApiRequest
from api.shapes import PathId, Phone, StrictRequest, parse_number
from kernel.phone_numbers import digits
from messaging.api.calls import calls
from messaging.api.lookups import find_inbox
from messaging.api.message_shapes import EXAMPLE, MessageResponse, note_response, text_responses
from messaging.models import Message
from messaging.teamwork.models import Note

MAX_MESSAGES = 50


@calls.reads(
    "GET", "/messages", answer=list[MessageResponse], summary="List texts with a number",
    example=[EXAMPLE],
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
    texts = rows.order_by("-at", "-id")[:MAX_MESSAGES]
    listed = text_responses(request, [(text, cursor_time(text.at)) for text in texts])
    if not notes:
        return listed
    newest = private.select_related("conversation").order_by("-at", "-id")[:MAX_MESSAGES]
    listed += [note_response(note, digits(inbox.number)) for note in newest]
    return sorted(listed, key=lambda entry: entry.date, reverse=True)[:MAX_MESSAGES]


class MessagesBeforeRequest(StrictRequest):
    date: CursorParameter | None = None
    created_at: Annotated[CursorParameter | None, Field(description="The same as `date`: send one.")] = None

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.date and self.created_at:
            raise PydanticCustomError("twice", "Send created_at or date, not both.")
        self.date = self.date or self.created_at
        return self


class AllMessagesRequest(MessagesBeforeRequest, PageRequest):
    order: Annotated[
        Literal["created_at"], Field(description="By the `date` of the response; there is no other order.")
    ] = "created_at"


class MessageCountResponse(BaseModel):
    count: int


@calls.reads(
    "POST", "/messages/all", answer=list[MessageResponse], example=[EXAMPLE],
    body={"created_at": "2026-11-25T10:42:00.123456Z", "limit": 100}, summary="List all texts",
)  # fmt: skip
def list_all_messages(request: ApiRequest, payload: AllMessagesRequest) -> list[MessageResponse]:
    """The texts of all inboxes, newest first. Send `date` of the last as `created_at` to get the next page.

    A text that arrives late has the time at which it was sent, and stands in its place between older ones: webhooks
    tell of each. Private notes are not among them, nor texts whose person was erased.
    """
    return text_responses(request, payload.read(_all_texts(request), "at"))


@calls.reads(
    "POST", "/messages/all/count", answer=MessageCountResponse, example={"count": 182041}, body={},
    summary="Count all texts",
)  # fmt: skip
def count_all_messages(request: ApiRequest, payload: MessagesBeforeRequest) -> MessageCountResponse:
    """The exact number of texts that POST /v1/messages/all lists, or of those before `created_at`."""
    rows = _all_texts(request)
    if payload.date:
        rows = rows.filter(at__lt=parse_cursor_time(payload.date)[0])
    return MessageCountResponse(count=rows.count())


def _all_texts(request: ApiRequest) -> Any:
    return Message.objects.filter(team_id=request.team.id).exclude(number="")
