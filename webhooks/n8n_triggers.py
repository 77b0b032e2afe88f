"""API calls below /n8n/v1 about triggers: the endpoints that n8n's trigger node adds and removes.

A trigger is one event of one workflow, in one inbox or in all. Its endpoint is on the page of webhooks like others.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, Field, StrictBool, StrictStr

from accounts.models import Inbox
from api.auditing import audit_actor
from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest, ApiRouter
from api.shapes import Id, PathId, StrictRequest, text_up_to
from webhooks.activation import delete_endpoint, lock_endpoint
from webhooks.document import SAMPLES
from webhooks.endpoint_urls import UrlNotAllowed, check_url
from webhooks.models import Endpoint, EventType, PayloadFormat
from webhooks.outbox import Event, record_for_endpoint
from webhooks.registration import TooManyEndpoints, add_endpoint

trigger_calls = ApiRouter()
SCOPE = KeyScope.WEBHOOKS


class Trigger(NamedTuple):
    """An event of n8n: our events that it is about, and what their data has. `sample` is the one that is shown."""

    events: tuple[EventType, ...]
    condition: Mapping[str, Any]
    sample: EventType


# The events that the node offers, with its names: github.com/CommonSun/n8n-heymarket, HeymarketTrigger.node.ts.
TRIGGERS: dict[str, Trigger] = {
    "incoming_message": Trigger((EventType.RECEIVED,), {}, EventType.RECEIVED),
    # By a member, on a page: a workflow that sends texts would otherwise start itself.
    "outgoing_message": Trigger((EventType.SENT,), {"by_hand": True}, EventType.SENT),
    "incoming_message_unsubscribe": Trigger(
        (EventType.OPT_OUT,), {"initiated_by": {"origin": "contact"}}, EventType.OPT_OUT
    ),
    "chat_started_inbound": Trigger(
        (EventType.CHAT_STARTED,), {"direction": "inbound"}, EventType.CHAT_STARTED
    ),
    "chat_started_outbound": Trigger(
        (EventType.CHAT_STARTED,), {"direction": "outbound", "by_hand": True}, EventType.CHAT_STARTED
    ),
    "contact_updated": Trigger(
        (EventType.CONTACT_CREATED, EventType.CONTACT_UPDATED), {}, EventType.CONTACT_UPDATED
    ),
}
TEAM_WIDE = "contact_updated"  # contacts belong to no inbox
NOT_OFFERED = "incoming_phone_call"
TriggerEvent = Literal[
    "incoming_message", "outgoing_message", "incoming_message_unsubscribe", "chat_started_inbound",
    "chat_started_outbound", "contact_updated", "incoming_phone_call",
]  # fmt: skip


class NewTriggerRequest(StrictRequest):
    event: Annotated[
        TriggerEvent, Field(description="What starts the workflow. Calls are not offered: `not_possible`.")
    ]
    url: Annotated[StrictStr, text_up_to(500, "The address of the workflow, with https.", shortest=1)]
    inbox_id: Annotated[
        Id | None, Field(description="Only events in this inbox; without it, in all. Contacts have none.")
    ] = None
    send_sample: Annotated[
        StrictBool, Field(description="Whether a sample of the event is posted at once.")
    ] = False


class TriggerResponse(BaseModel):
    id: str = Field(description="The ID of the trigger, as a text.")
    event: str = Field(description="What starts the workflow.")
    url: str = Field(description="The address of the workflow.")
    inbox_id: int | None = Field(description="The inbox; null for all.")
    active: bool = Field(description="Whether events are kept and posted.")


EXAMPLE = {
    "id": "12", "event": "incoming_message", "url": "https://n8n.example.com/webhook/7f0c/webhook", "inbox_id": 42,
    "active": True,
}  # fmt: skip


def _check_url(request: ApiRequest, payload: NewTriggerRequest) -> None:
    """Before the transaction, since it queries DNS."""
    try:
        check_url(payload.url)
    except UrlNotAllowed as error:
        raise ApiError(ErrorCode.BAD_DATA, str(error), field="url") from None


@trigger_calls.reads(
    "GET", "/triggers", SCOPE, answer=list[TriggerResponse], example=[EXAMPLE], summary="List triggers"
)
def list_triggers(request: ApiRequest) -> list[TriggerResponse]:
    """The triggers of the team's workflows."""
    return [_response(row) for row in _triggers(request).order_by("id")]


@trigger_calls.writes(
    "POST", "/triggers", SCOPE, answer=TriggerResponse, example=EXAMPLE, prepare=_check_url,
    body={"event": EXAMPLE["event"], "url": EXAMPLE["url"], "inbox_id": 42, "send_sample": True},
    errors=[ErrorCode.INBOX_NOT_FOUND, ErrorCode.NOT_POSSIBLE], summary="Add a trigger",
)  # fmt: skip
def create_trigger(request: ApiRequest, payload: NewTriggerRequest) -> TriggerResponse:
    """Post this event to a workflow from now on, as one flat object; with `send_sample` a sample of it at once."""
    if payload.event == NOT_OFFERED:
        raise ApiError(ErrorCode.NOT_POSSIBLE, "There are no phone calls here, only texts.", field="event")
    endpoint = _endpoint(request, payload)
    try:
        add_endpoint(endpoint, audit_actor(request))
    except TooManyEndpoints as error:
        raise ApiError(ErrorCode.NOT_POSSIBLE, str(error)) from None
    if payload.send_sample:
        record_for_endpoint(request.team.id, endpoint.id, _sample(TRIGGERS[payload.event].sample))
    return _response(endpoint)


@trigger_calls.writes(
    "DELETE", "/triggers/{id}", SCOPE, answer=Literal["ok"], example="ok", errors=[ErrorCode.WEBHOOK_NOT_FOUND],
    summary="Remove a trigger",
)  # fmt: skip
def delete_trigger(request: ApiRequest, id: PathId) -> str:
    """Remove a trigger with the events that wait for it."""
    endpoint = lock_endpoint(request.team.id, id)
    if endpoint is None or not endpoint.is_of_n8n:
        raise ApiError(ErrorCode.WEBHOOK_NOT_FOUND, "Your team has no such trigger.", field="id")
    delete_endpoint(endpoint, by=audit_actor(request))
    return "ok"


def _triggers(request: ApiRequest) -> Any:
    return Endpoint.objects.filter(team_id=request.team.id, format=PayloadFormat.N8N)


def _endpoint(request: ApiRequest, payload: NewTriggerRequest) -> Endpoint:
    inbox_id = payload.inbox_id if payload.event != TEAM_WIDE else None
    if inbox_id and not Inbox.objects.present().filter(team_id=request.team.id, id=inbox_id).exists():
        raise ApiError(ErrorCode.INBOX_NOT_FOUND, field="inbox_id")
    trigger = TRIGGERS[payload.event]
    in_inbox = {"inbox": {"id": inbox_id}} if inbox_id else {}
    return Endpoint(
        team_id=request.team.id,
        name=f"n8n: {payload.event.replace('_', ' ')}",
        url=payload.url,
        events=list(trigger.events),
        format=PayloadFormat.N8N,
        trigger=payload.event,
        condition=dict(trigger.condition) | in_inbox or None,
    )


def _sample(kind: EventType) -> Event:
    """A test event with the data of the documentation, of which nothing happened."""
    (sample,) = (sample for sample in json.loads(SAMPLES.read_text()) if sample["type"] == kind)
    data = {name: value for name, value in sample["data"].items() if name != "contact_id"}
    return Event(EventType.TEST, "", {**data, "sample": True})


def _response(endpoint: Endpoint) -> TriggerResponse:
    return TriggerResponse(
        id=str(endpoint.id),
        event=endpoint.trigger,
        url=endpoint.url,
        inbox_id=((endpoint.condition or {}).get("inbox") or {}).get("id"),
        active=endpoint.active,
    )
