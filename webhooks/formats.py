"""Formats: the body and the headers of an attempt, in the format of its endpoint.

Standard Webhooks is our own format. Heymarket's old format is that of the Heymarket API:
developers.heymarket.com/api-reference/webhooks. The format of an endpoint holds for every attempt that begins later.
n8n's is that of the triggers of its workflows.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from webhooks.completion import complete
from webhooks.models import Endpoint, EventType, PayloadFormat, WebhookEvent
from webhooks.payloads import timestamp
from webhooks.signing import signature_headers

NOT_SHOWN = "…"
# The names that the Heymarket API has for types of events, with its spelling. It has no other names for others.
OLD_NAMES = {EventType.RECEIVED: "message_recieved"}
# `event_data` in the old format, by the type of event; that of other types is our own data.
OLD_DATA: dict[EventType, Callable[[WebhookEvent], dict[str, Any]]] = {}


class WebhookRequest(NamedTuple):
    headers: dict[str, str]
    content: bytes


def write_request(endpoint: Endpoint, event: WebhookEvent, now: datetime) -> WebhookRequest:
    """The request of an attempt at `now`, in the scope of the team. Needs a readable secret or token."""
    content = to_json(body_of(endpoint, event, token="" if endpoint.is_signed else str(endpoint.token)))
    headers = {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "user-agent": "Heymarket-Webhooks/1",
        "webhook-id": event.uid,
    }
    if endpoint.is_signed:
        headers |= signature_headers(event.uid, content, endpoint.secrets_in_force(now), now)
    return WebhookRequest(headers, content)


def body_of(endpoint: Endpoint, event: WebhookEvent, *, token: str = NOT_SHOWN) -> dict[str, Any]:
    """The body, in the scope of the team. Standard bodies are the same in every attempt and for every endpoint."""
    complete(event)
    if endpoint.format == PayloadFormat.HEYMARKET:
        return _old_body(endpoint, event, token)
    if endpoint.is_of_n8n:
        return _n8n_body(endpoint, event)
    return {"type": event.type, "id": event.uid, "timestamp": timestamp(event.created_at), "data": event.data}


def _old_body(endpoint: Endpoint, event: WebhookEvent, token: str) -> dict[str, Any]:
    kind = EventType(event.type)
    data_of = OLD_DATA.get(kind)
    return {
        "type": OLD_NAMES.get(kind, kind.value),
        "id": endpoint.id,
        "token": token,
        "event_data": data_of(event) if data_of and event.data else event.data,
    }


def _n8n_body(endpoint: Endpoint, event: WebhookEvent) -> dict[str, Any]:
    """One flat object, whose fields a workflow reads by their names; numbers and inboxes as n8n's node sends them."""
    inbox, number = event.data.get("inbox"), event.data.get("number")
    named = ({"inbox_id": inbox["id"]} if inbox else {}) | ({"phone_number": number} if number else {})
    about = {"event": endpoint.trigger, "id": event.uid, "timestamp": timestamp(event.created_at)}
    return {**about, **named, **event.data}


def to_json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
