"""Texts and conversations in the old webhook format: the Message and Conversation objects of the Heymarket API.

Names and types are those of developers.heymarket.com/api-reference/webhooks. A field whose feature does not exist here
is empty: "", 0, false. Events keep what happened; the conversation is as it is when the event is sent.
"""

from typing import Any

from accounts.models import Team
from kernel.phone_numbers import digits
from messaging.models import Conversation, Message
from messaging.teamwork.models import Assignment
from optout.models import StandingState
from webhooks.models import EventType, WebhookEvent
from webhooks.payloads import timestamp

STATUS_AFTER = {
    EventType.CHAT_CLOSED: "closed",
    EventType.CHAT_OPENED: "open",
    EventType.CHAT_TRANSFERRED: "open",
}


def message_object(event: WebhookEvent) -> dict[str, Any]:
    data = event.data
    message = Message.objects.filter(team_id=event.team_id, id=data["message_id"]).first()
    media = [file["url"] for file in data.get("media", [])]
    conversation = _find(event)
    return {
        "id": data["message_id"],
        "type": "inbound" if event.type == EventType.RECEIVED else "outbound",
        "status": data.get("status", "received"),
        "text": data["text"],
        "media": media[0] if media else "",
        "media_urls": media,  # ours: the Heymarket API has one
        "phone": digits(conversation.inbox.number) if conversation else "",
        "target": data["phone"],
        "author": data.get("author", ""),
        "user": (message.author_id if message else None) or 0,
        "broadcast_id": data.get("broadcast_id", 0),
        "local_id": data.get("local_id", ""),
        "date": data["at"],
        "updated": timestamp(event.created_at),
        "conversation": _fields(event, conversation),
        "custom": {"type": "", "data": []},
        "flagged": False,
        "link_url": "",
        "super": 0,
        "support": False,
    }


def conversation_object(event: WebhookEvent) -> dict[str, Any]:
    return _fields(event, _find(event))


def _fields(event: WebhookEvent, found: Any) -> dict[str, Any]:
    data, kind = event.data, EventType(event.type)
    is_closed, until = found is not None and found.closed, found.snoozed_until if found else None
    assigned = data["assigned"] if kind == EventType.CHAT_REASSIGNED else _assigned(event)
    return {
        "id": data["conversation_id"],
        "inbox": data["inbox"]["id"],
        "target": data["phone"],
        "name": str(found) if found else data["number"],
        "status": STATUS_AFTER.get(kind, "closed" if is_closed else "open"),
        "type": "",
        "channel": (found.channel if found else "") or "sms",
        "assigned": (assigned or {}).get("id", 0),
        "blocked": found is not None and found.standing == StandingState.BLOCKED,
        "replied": found is not None and found.awaiting_since is None,
        "snooze_till": timestamp(until) if until else "",
        "created": timestamp(found.created_at if found else event.created_at),
        "updated": timestamp(found.last_message_at if found else event.created_at),
        "members": [],
        "creator": 0,
        "email_noti": False,
        "last_inbound": 0,
        "local_id": "",
        "muted": False,
        "noreply": "",
        "op": "",
        "read": 0,
        "super": 0,
        "support": False,
    }


def _find(event: WebhookEvent) -> Any:
    """The conversation, with its inbox, contact and standing; None if it was deleted."""
    rows: Any = Conversation.objects.filter(
        team_id=event.team_id, inbox__team_id=event.team_id, id=event.data["conversation_id"]
    )
    standing = rows.with_standing(Team(id=event.team_id), inbox="inbox_id")
    return standing.select_related("contact", "inbox").first()


def _assigned(event: WebhookEvent) -> dict[str, int] | None:
    conversation_id = event.data["conversation_id"]
    rows = Assignment.objects.filter(team_id=event.team_id, conversation_id=conversation_id)
    return next(({"id": id} for id in rows.values_list("member_id", flat=True)), None)


RENDERERS = {
    **dict.fromkeys((EventType.RECEIVED, EventType.SENT, EventType.DELIVERED, EventType.FAILED), message_object),
    **dict.fromkeys(
        (EventType.CHAT_REASSIGNED, EventType.CHAT_CLOSED, EventType.CHAT_OPENED, EventType.CHAT_TRANSFERRED,
         EventType.CHAT_SNOOZED, EventType.CHAT_WOKEN),
        conversation_object,
    ),
}  # fmt: skip
