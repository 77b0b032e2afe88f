"""API calls about scheduled texts: schedule, get, change and cancel one."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from pydantic import BaseModel, Field, StrictBool

from accounts.access import Right
from accounts.models import Member
from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest
from api.shapes import (
    Id,
    PathId,
    Phone,
    RequestTime,
    ResponseTime,
    StrictRequest,
    one_of,
    parse_number,
    parse_recipient,
    text_up_to,
)
from api.unchanged import AS_RETURNED, require_unchanged
from kernel import change_tokens
from kernel.phone_numbers import digits
from kernel.visible_text import has_visible_characters
from messaging import idempotency
from messaging.api.calls import calls
from messaging.api.lookups import (
    check_recipient_of,
    find_conversation,
    find_inbox,
    find_member,
    find_or_create_conversation,
    refusal_error,
    require_filled,
)
from messaging.forms import MAX_TEXT_LENGTH
from messaging.scheduling import schedule
from messaging.scheduling.models import ScheduledText, ScheduleOutcome
from optout.consent_types import Refusal
from optout.send_guard import find_refusal

_LOCAL_ID = "Your idempotency key: a repeat within 24 hours returns the same response and schedules nothing."


class ScheduledContentRequest(StrictRequest):
    text: Annotated[str, text_up_to(MAX_TEXT_LENGTH, "The text to send.", shortest=1)]


class ScheduleRequest(StrictRequest):
    """A text to send later, to phone_number or into the conversation conversation_id: send one of the two."""

    inbox_id: Annotated[Id, Field(description="The inbox to send from.")]
    execute_at: Annotated[RequestTime, Field(description="When to send it: in the future, within a year.")]
    content: ScheduledContentRequest
    phone_number: Phone | None = None
    conversation_id: Annotated[Id | None, Field(description="Instead of phone_number.")] = None
    user_id: Annotated[
        Id | None, Field(description="The member shown as author, who may send texts from this inbox.")
    ] = None
    unless_answered: Annotated[
        StrictBool, Field(description="Send it only if the person does not write before.")
    ] = False
    local_id: Annotated[str, text_up_to(64, _LOCAL_ID, shortest=1)] | None = None


class ChangeScheduleRequest(StrictRequest):
    execute_at: Annotated[RequestTime | None, Field(description="When to send it.")] = None
    content: ScheduledContentRequest | None = None
    unless_answered: Annotated[
        StrictBool | None, Field(description="Whether it is sent only if the person does not write before.")
    ] = None
    execute: Annotated[RequestTime | None, Field(description=f"{AS_RETURNED} `execute_at` does.")] = None
    inbox_id: Annotated[Id | None, Field(description=AS_RETURNED)] = None
    conversation_id: Annotated[Id | None, Field(description=AS_RETURNED)] = None
    target: Annotated[Phone | None, Field(description=AS_RETURNED)] = None
    status: Annotated[Literal["scheduled"] | None, Field(description=AS_RETURNED)] = None


class ScheduledContentResponse(BaseModel):
    text: str


class ScheduleResponse(BaseModel):
    id: int
    execute: ResponseTime = Field(description="When it is sent.")
    inbox_id: int
    conversation_id: int
    target: str = Field(description="The other party's number.")
    content: ScheduledContentResponse
    user: int | None = Field(description="The member who wrote it.")
    unless_answered: bool
    status: str = one_of(ScheduleOutcome, "What became of it.")
    ending: str = Field(
        description="Why it was not sent, in a sentence. One whose author may no longer send it stays `scheduled`."
    )
    held_until: ResponseTime | None = Field(
        description="Until when sending hours hold it, once its time has come."
    )
    held: str = Field(description="Each hold in words: held 9 h: Texas, Sunday before 12 PM.")
    created: ResponseTime


EXAMPLE = {
    "id": 17, "execute": "2026-11-26T15:00:00Z", "inbox_id": 42, "conversation_id": 9920, "target": "15105553344",
    "content": {"text": "Your order arrives tomorrow."}, "user": 7, "unless_answered": False, "status": "scheduled",
    "ending": "", "held_until": None, "held": "", "created": "2026-11-25T10:42:00.123456Z",
}  # fmt: skip


@calls.writes(
    "POST", "/schedule", scope=KeyScope.SEND, answer=ScheduleResponse, example=EXAMPLE,
    body={
        "inbox_id": 42, "execute_at": "2027-03-01T15:00:00Z", "phone_number": "15105553344",
        "content": {"text": "Your order arrives tomorrow."},
    },
    errors=[
        ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.MEMBER_MAY_NOT,
        ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.UNSUBSCRIBED_NUMBER,
        ErrorCode.BLOCKED_NUMBER, ErrorCode.HELD_FOR_REVIEW, ErrorCode.UNCONFIRMED_NUMBER, ErrorCode.LOCAL_ID_REUSED,
        ErrorCode.INVALID_TIME,
    ],
    summary="Schedule a text",
)  # fmt: skip
def schedule_message(request: ApiRequest, payload: ScheduleRequest) -> Any:
    """Send a text later. Consent is checked now, when its time has come, and again when it is sent.

    If its time is outside the recipient's sending hours, it is sent when they begin, unless the person wrote to the
    inbox within 24 hours before.
    """
    if (payload.phone_number is None) == (payload.conversation_id is None):
        raise ApiError(ErrorCode.BAD_DATA, "Send phone_number or conversation_id, and not both.")
    _check(payload.execute_at, payload.content)
    if payload.local_id is None:
        return _schedule(request, payload)
    fields = {"schedule": payload.model_dump(mode="json", exclude_none=True)}
    return idempotency.run_once(
        request.team.id, payload.local_id, fields, lambda: _schedule(request, payload), ScheduleResponse
    )


def _schedule(request: ApiRequest, payload: ScheduleRequest) -> ScheduleResponse | ApiError:
    inbox = find_inbox(request, payload.inbox_id)
    if not inbox.is_open:
        return ApiError(ErrorCode.INBOX_NOT_FOUND, "This inbox is closed.", field="inbox_id")
    author: Member | None = None
    if payload.user_id:
        author = find_member(request, payload.user_id, field="user_id", sees=inbox, right=Right.SEND_TEXTS)
    if payload.conversation_id is not None:
        conversation = find_conversation(
            request, inbox, payload.conversation_id, None, field="conversation_id"
        )
        check_recipient_of(inbox, conversation.number, field="conversation_id")
    else:
        number = parse_recipient(payload.phone_number or "", request.team, field="phone_number")
        check_recipient_of(inbox, number, field="phone_number")
        conversation = find_or_create_conversation(inbox, number)
    if refusal := find_refusal(request.team.id, inbox.id, conversation.number, timezone.now()):
        return refusal_error(request, Refusal(refusal), inbox, conversation.number)
    text = schedule.schedule(
        conversation, payload.content.text, payload.execute_at, author,
        unless_answered=payload.unless_answered, author_name=f"{author or 'API'} ({request.key})"[:80],
    )  # fmt: skip
    return _response(text)


@calls.reads(
    "GET", "/schedule/{id}", answer=ScheduleResponse, example=EXAMPLE, errors=[ErrorCode.SCHEDULE_NOT_FOUND],
    summary="Get a scheduled text",
)  # fmt: skip
def get_schedule(request: ApiRequest, id: PathId) -> ScheduleResponse:
    """One scheduled text, also one that was sent or cancelled."""
    return _response(_find(request, id))


@calls.writes(
    "PUT", "/schedule/{id}", scope=KeyScope.SEND, answer=ScheduleResponse, example=EXAMPLE,
    body={"execute_at": "2027-03-02T15:00:00Z"},
    errors=[
        ErrorCode.SCHEDULE_NOT_FOUND, ErrorCode.INVALID_TIME, ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.NOT_POSSIBLE,
    ],
    summary="Change a scheduled text",
)  # fmt: skip
def update_schedule(request: ApiRequest, id: PathId, payload: ChangeScheduleRequest) -> ScheduleResponse:
    """Change the time or the words of a text that waits, or whether an answer cancels it."""
    _check(payload.execute_at, payload.content)
    text = _find(request, id, waiting=True)
    if payload.target:
        payload.target = digits(parse_number(payload.target, request.team, field="target"))
    fixed = ("execute", "inbox_id", "conversation_id", "target", "status")
    require_unchanged(payload, _response(text), fixed)
    if payload.execute_at:
        text.send_at, text.held_until = payload.execute_at, None
    text.body = payload.content.text if payload.content else text.body
    if payload.unless_answered is not None:
        text.unless_answered = payload.unless_answered
    text.save(update_fields=["send_at", "held_until", "body", "unless_answered"])
    change_tokens.renew_on_commit(request.team.id)
    return _response(text)


@calls.writes(
    "DELETE", "/schedule/{id}", scope=KeyScope.SEND, answer=Literal["ok"], example="ok",
    errors=[ErrorCode.SCHEDULE_NOT_FOUND], summary="Cancel a scheduled text",
)  # fmt: skip
def delete_schedule(request: ApiRequest, id: PathId) -> str:
    """Cancel a text that waits."""
    text = _find(request, id, waiting=True)
    schedule.cancel(text.conversation, text.id)
    return "ok"


def _find(request: ApiRequest, id: int, *, waiting: bool = False) -> ScheduledText:
    rows = ScheduledText.objects.filter(team_id=request.team.id, id=id).exclude(number="")
    if waiting:  # locked, so that it is not sent meanwhile
        rows = rows.filter(outcome=ScheduleOutcome.SCHEDULED).select_for_update(no_key=True, of=("self",))
    found = rows.select_related("conversation").first()
    if found is None:
        raise ApiError(ErrorCode.SCHEDULE_NOT_FOUND, field="id")
    return found


def _check(execute_at: datetime | None, content: ScheduledContentRequest | None) -> None:
    now = timezone.now()
    if execute_at and not now < execute_at <= now + schedule.FURTHEST:
        raise ApiError(ErrorCode.INVALID_TIME, field="execute_at")
    if content and not has_visible_characters(content.text):
        raise ApiError(ErrorCode.BAD_DATA, "Write something.", field="content.text")
    if content:
        require_filled(content.text, "content.text")


def _response(text: ScheduledText) -> ScheduleResponse:
    return ScheduleResponse(
        id=text.id,
        execute=text.send_at,
        inbox_id=text.inbox_id,
        conversation_id=text.conversation_id,
        target=digits(text.number),
        content=ScheduledContentResponse(text=text.body),
        user=text.author_id,
        unless_answered=text.unless_answered,
        status=text.outcome,
        ending=text.ending,
        held_until=text.held_until,
        held=text.held,
        created=text.created_at,
    )
