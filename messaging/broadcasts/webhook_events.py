"""Webhook event of a broadcast that has ended."""

from typing import Any

from messaging.broadcasts.counts import count_recipients
from messaging.broadcasts.models import Broadcast
from webhooks.models import EventType
from webhooks.outbox import Event, record_events, wanted_types
from webhooks.payloads import timestamp


def record_finished(broadcast: Broadcast) -> None:
    """Record that nobody else gets a text of it: it is finished, or was cancelled."""
    if EventType.BROADCAST_FINISHED not in wanted_types(broadcast.team_id):
        return
    assert broadcast.ended_at is not None
    counts = count_recipients(broadcast)
    data: dict[str, Any] = {
        "broadcast_id": broadcast.id,
        "name": broadcast.name,
        "category": broadcast.category,
        "status": broadcast.status,
        "recipients": counts.total,
        "texted": counts.texted,
        "left_out": counts.left_out,
        "not_sent": counts.open,
        "author": broadcast.author_name,
        "at": timestamp(broadcast.ended_at),
    }
    record_events(broadcast.team_id, [Event(EventType.BROADCAST_FINISHED, "", data)])
