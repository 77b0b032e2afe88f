"""API calls about broadcasts: send one to lists, get and list them, their recipients, pause, resume and cancel."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.models import Member
from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.paging import PageRequest
from api.router import ApiRequest
from api.shapes import PathId
from contacts.lists.models import ContactList
from messaging import idempotency
from messaging.api.broadcast_shapes import (
    EXAMPLE,
    RECIPIENT,
    BroadcastResponse,
    CreateBroadcastRequest,
    ListRecipientsRequest,
    RecipientResponse,
    broadcast_response,
    recipient_response,
)
from messaging.api.calls import calls
from messaging.api.lookups import find_broadcaster, find_inbox, require_filled, require_known_fields
from messaging.broadcasts import lifecycle
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.lifecycle import NotPossible
from messaging.broadcasts.models import RUNNING, Broadcast, BroadcastRecipient, BroadcastStatus, PauseReason
from messaging.scheduling.schedule import FURTHEST
from messaging.text_templates.templates import find_template

MISSING = [ErrorCode.BROADCAST_NOT_FOUND]


@calls.writes(
    "POST", "/broadcast", scope=KeyScope.SEND, answer=BroadcastResponse, example=EXAMPLE,
    body={
        "name": "Winter hours", "category": "informational", "list_ids": [3], "inbox_id": 42,
        "text": "Hi {{ first_name | there }}, we open at 9.", "local_id": "winter-2026",
    },
    errors=[
        ErrorCode.INBOX_NOT_FOUND, ErrorCode.LIST_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.MEMBER_MAY_NOT,
        ErrorCode.TEMPLATE_NOT_FOUND, ErrorCode.INVALID_TIME,
        ErrorCode.LOCAL_ID_REUSED, ErrorCode.NOT_POSSIBLE,
    ],
    summary="Send a broadcast",
)  # fmt: skip
def create_broadcast(request: ApiRequest, payload: CreateBroadcastRequest) -> Any:
    """Send a text to everybody on some lists, each person once. Who may not be texted is left out, with the reason.

    Standing, holds, sending hours and frequency are read again for each person when the text is sent.
    """
    if (payload.text is None) == (payload.template_id is None):
        raise ApiError(ErrorCode.BAD_DATA, "Send text or template_id, and not both.", field="text")
    if payload.local_id is None:
        return _create(request, payload)
    fields = {"broadcast": payload.model_dump(mode="json", exclude_none=True)}
    return idempotency.run_once(
        request.team.id, payload.local_id, fields, lambda: _create(request, payload), BroadcastResponse
    )


def _create(request: ApiRequest, payload: CreateBroadcastRequest) -> BroadcastResponse:
    now = timezone.now()
    if payload.send_at and not now < payload.send_at <= now + FURTHEST:
        raise ApiError(ErrorCode.INVALID_TIME, field="send_at")
    inbox = find_inbox(request, payload.inbox_id) if payload.inbox_id else None
    creator = payload.creator_id
    author = find_broadcaster(request, creator, inbox, field="creator_id") if creator else None
    require_known_fields(request, payload.text or "", "text")
    require_filled(payload.opt_out_words, "opt_out_words")
    _require_lists(request, [*payload.list_ids, *payload.without_list_ids])
    audience = Audience(lists=tuple(payload.list_ids), without_lists=tuple(payload.without_list_ids))
    draft: Broadcast = Broadcast.objects.create(
        team=request.team,
        name=payload.name,
        category=payload.category,
        inbox=inbox,
        append_words=bool(payload.opt_out_words.strip()),
        opt_out_words=payload.opt_out_words,
        audience=audience.to_json(),
        send_at=payload.send_at,
        **_content(request, payload, author),
    )
    name = f"{author or 'API'} ({request.key})"
    return broadcast_response(
        _changed(lambda: lifecycle.confirm(draft.id, request.team.id, author=author, author_name=name))
    )


def _require_lists(request: ApiRequest, ids: list[int]) -> None:
    known = ContactList.objects.filter(team_id=request.team.id, id__in=ids)
    if set(ids) - set(known.values_list("id", flat=True)):
        raise ApiError(ErrorCode.LIST_NOT_FOUND, field="list_ids")


def _content(request: ApiRequest, payload: CreateBroadcastRequest, author: Member | None) -> dict[str, Any]:
    if payload.template_id is None:
        return {"body": payload.text}
    template = find_template(request.team.id, None, payload.template_id)
    if template is None:
        raise ApiError(ErrorCode.TEMPLATE_NOT_FOUND, field="template_id")
    return {"body": template.body, "template_id": template.id, "template_title": template.title}


@calls.reads(
    "POST", "/broadcasts", answer=list[BroadcastResponse], example=[EXAMPLE],
    body={"date": "2026-11-25T10:42:00Z"}, summary="List broadcasts",
)  # fmt: skip
def list_broadcasts(request: ApiRequest, payload: PageRequest) -> list[BroadcastResponse]:
    """Broadcasts, newest first. Send `created` of the last as `date` to get the next page."""
    rows = Broadcast.objects.filter(team_id=request.team.id)
    return [broadcast_response(row, created) for row, created in payload.read(rows, "created_at")]


@calls.reads(
    "GET", "/broadcast/{id}", answer=BroadcastResponse, example=EXAMPLE, errors=MISSING, summary="Get a broadcast"
)  # fmt: skip
def get_broadcast(request: ApiRequest, id: PathId) -> BroadcastResponse:
    """One broadcast with its counts as they are now."""
    return broadcast_response(_find(request, id))


@calls.reads(
    "POST", "/broadcast/{id}/recipients", answer=list[RecipientResponse], example=[RECIPIENT], body={},
    errors=MISSING, summary="List the recipients of a broadcast",
)  # fmt: skip
def list_broadcast_recipients(
    request: ApiRequest, id: PathId, payload: ListRecipientsRequest
) -> list[RecipientResponse]:
    """A hundred recipients with their states. Send `id` of the last as `after` to get the next page."""
    rows = BroadcastRecipient.objects.filter(
        team_id=request.team.id, broadcast_id=_find(request, id).id, id__gt=payload.after or 0
    )
    return [recipient_response(row) for row in rows.order_by("id")[:100]]


_CHANGE: dict[str, Any] = {
    "scope": KeyScope.SEND,
    "answer": BroadcastResponse,
    "example": EXAMPLE,
    "errors": [*MISSING, ErrorCode.NOT_POSSIBLE],
}


@calls.writes("POST", "/broadcast/{id}/pause", summary="Pause a broadcast", **_CHANGE)
def pause_broadcast(request: ApiRequest, id: PathId) -> BroadcastResponse:
    """Stop sending, until it is resumed. Texts that are on their way still go. A paused one stays as it is."""
    detail = f"By {request.key}."
    is_so = (BroadcastStatus.PAUSED,)
    return _apply(
        request, id, is_so, lambda: lifecycle.pause(id, request.team.id, PauseReason.MEMBER, detail)
    )


@calls.writes("POST", "/broadcast/{id}/resume", summary="Resume a broadcast", **_CHANGE)
def resume_broadcast(request: ApiRequest, id: PathId) -> BroadcastResponse:
    """Continue a paused broadcast where it stood. One that is being sent stays as it is."""
    name = f"API ({request.key})"
    return _apply(request, id, RUNNING, lambda: lifecycle.resume(id, request.team.id, program=name))


@calls.writes("POST", "/broadcast/{id}/cancel", summary="Cancel a broadcast", **_CHANGE)
def cancel_broadcast(request: ApiRequest, id: PathId) -> BroadcastResponse:
    """End a broadcast for good: whoever has no text yet gets none. A cancelled one stays as it is."""
    return _apply(request, id, (BroadcastStatus.CANCELLED,), lambda: lifecycle.cancel(id, request.team.id))


def _apply(
    request: ApiRequest, id: int, is_so: tuple[str, ...], change: Callable[[], Broadcast]
) -> BroadcastResponse:
    """Change a broadcast, unless it is in one of these states already: a call may be repeated."""
    found = _find(request, id)
    return broadcast_response(found if found.status in is_so else _changed(change))


def _changed(change: Callable[[], Broadcast]) -> Broadcast:
    try:
        return change()
    except NotPossible as error:
        raise ApiError(ErrorCode.NOT_POSSIBLE, str(error)) from None


def _find(request: ApiRequest, id: int) -> Broadcast:
    found: Broadcast | None = Broadcast.objects.filter(team_id=request.team.id, id=id).first()
    if found is None:
        raise ApiError(ErrorCode.BROADCAST_NOT_FOUND, field="id")
    return found
