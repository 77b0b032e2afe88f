"""Opt-outs and opt-ins in the old webhook format: the UnSubscribed object of the Heymarket API.

Its reference names the object and no fields of it. These are the fields of its contact status, and those that its
Message has for the same things: developers.heymarket.com/api-reference/contacts/status.
"""

from typing import Any

from optout.models import StandingState
from webhooks.models import EventType, WebhookEvent


def unsubscribed_object(event: WebhookEvent) -> dict[str, Any]:
    data, kind = event.data, EventType(event.type)
    after = data.get("after")
    opted_out = kind == EventType.OPT_OUT or after == StandingState.OPTED_OUT.api_word
    at = data.get("happened_at", data.get("at"))
    return {
        "id": data.get("event_id", data.get("message_id")),
        "phone": data["phone"],
        "target": data["phone"],
        "inbox": (data["inbox"] or {}).get("id", 0),
        "unsubscribed": opted_out,
        "blocked": after == StandingState.BLOCKED.api_word,
        "date": at,
        "updated": data.get("recorded_at", at),
        "feed_position": data.get("feed_position"),
    }


RENDERERS = dict.fromkeys((EventType.OPT_OUT, EventType.OPT_IN, EventType.DOUBLE_OPT_IN), unsubscribed_object)
