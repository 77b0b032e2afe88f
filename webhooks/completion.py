"""Completion of events: fields that are known only after the transaction of the change, added when an event is sent."""

from collections.abc import Callable
from typing import Any

from webhooks.models import EventType, WebhookEvent

# By the type of event: the fields to add, from the event. Each returns the same for one event at any time later.
COMPLETIONS: dict[EventType, Callable[[WebhookEvent], dict[str, Any]]] = {}


def complete(event: WebhookEvent) -> None:
    """Add the fields, in the scope of the team. Nothing is stored, so that an erasure cannot be overwritten."""
    if event.data and (completion := COMPLETIONS.get(EventType(event.type))):
        event.data = {**event.data, **completion(event)}
