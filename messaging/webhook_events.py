"""Webhook events about texts: received, sent and failed, and the first text of a conversation."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from accounts.models import Inbox
from contacts.contact.events import EVENT_COLUMNS, created_event, record_created
from contacts.contact.models import Contact
from kernel.sql import fetch
from messaging.media.links import FOR_SYSTEMS, shared_address
from messaging.media.models import Attachment
from messaging.models import Message, MessageStatus
from optout.consent_types import Actor
from optout.models import Origin
from webhooks.models import EventType
from webhooks.outbox import Event, record_events, wanted_types
from webhooks.payloads import number_fields, timestamp

# The event of each status. A report of the delivery may come before the report of the sending: see record_outcome.
EVENT_TYPES = {
    MessageStatus.SENT: EventType.SENT,
    MessageStatus.DELIVERED: EventType.SENT,
    MessageStatus.FAILED: EventType.FAILED,
    MessageStatus.UNDELIVERED: EventType.FAILED,
    MessageStatus.REFUSED: EventType.FAILED,
}
PERSON = Actor(Origin.CONTACT, "")
# A contact that existed before the text was created at another time.
NEW_CONTACT = f"""
    SELECT {", ".join(EVENT_COLUMNS)} FROM contacts_contact WHERE team_id = $1 AND id = $2 AND created_at = $3
"""

STARTS = "SELECT 1 FROM messaging_message WHERE team_id = $1 AND id = $2 AND starts_conversation"


def record_received(
    inbox: Inbox, written: dict[str, int], values: dict[str, Any], wanted: frozenset[str]
) -> None:
    """Record the events of an inbound text. `written` has the IDs of its rows, `values` the columns of its message."""
    events = []
    if EventType.CONTACT_CREATED in wanted and "contact" in written:
        rows = fetch(NEW_CONTACT, inbox.team_id, written["contact"], values["created_at"])
        events += [created_event(row, PERSON) for row in rows]
    if wanted & {EventType.RECEIVED, EventType.CHAT_STARTED}:
        message = Message(id=written["message"], **{**values, "conversation_id": written["conversation"]})
        message.inbox = inbox
        more = {"segments": message.segments, "possible_opt_out": message.possible_opt_out}
        ids = [id for name, id in written.items() if name.startswith("attachment")]
        media = _shared(message.team_id, zip(ids, message.media, strict=True))
        data = _data(message, media)
        if EventType.CHAT_STARTED in wanted and fetch(STARTS, message.team_id, message.id):
            events.append(_started(message, data, "inbound"))
        if EventType.RECEIVED in wanted:
            events.append(Event(EventType.RECEIVED, message.number, {**data, **more}))
    record_events(inbox.team_id, events)


def record_new_contact(message: Message, *, by_api: bool) -> None:
    """Record that the outbound text's number became a new contact, if it did."""
    new = Contact.objects.filter(
        team_id=message.team_id, number=message.number, created_at=message.created_at
    )
    actor = Actor(Origin.API if by_api else Origin.MEMBER, message.author_name, message.author_id)
    record_created(message.team_id, new.values_list(*EVENT_COLUMNS), actor)


def record_started(message: Message) -> None:
    """Record that a conversation began with this outbound text, which is queued."""
    if message.starts_conversation and EventType.CHAT_STARTED in wanted_types(message.team_id):
        record_events(message.team_id, [_started(message, _data(message, []), "outbound")])


def _started(message: Message, data: dict[str, Any], direction: str) -> Event:
    more = {"direction": direction, "by_hand": message.by_hand, "author": message.author_name}
    return Event(EventType.CHAT_STARTED, message.number, {**data, **more})


def record_outcome(message: Message, before: str) -> None:
    """Record the event of an outbound text's change of status from `before`. An erased text causes no event."""
    kinds = _outcome_types(message, before)
    if not kinds or not message.number:
        return
    more: dict[str, Any] = {
        "purpose": message.purpose,
        "automatic": message.is_automatic,
        "by_hand": message.by_hand,
        "author": message.author_name,
        "status": message.status,
    }
    if EventType.FAILED in kinds:
        more |= {"reason": message.reason, "error": message.trouble, "error_code": message.error_code}
    rows = Attachment.objects.of_texts(message.team_id, [message]) if message.media else {}
    attachments = rows.get(message.id, [])
    media = _shared(message.team_id, zip([row.id for row in attachments], message.media, strict=False))
    if message.broadcast_id:
        more["broadcast_id"] = message.broadcast_id
    data = {**_data(message, media), **more}
    record_events(message.team_id, [Event(kind, message.number, data | _own_fields(kind)) for kind in kinds])


def _own_fields(kind: EventType) -> dict[str, Any]:
    """What one kind of event has alone. Carriers' reports carry no time: a delivery has that of its arrival."""
    return {"delivered_at": timestamp(timezone.now())} if kind == EventType.DELIVERED else {}


def _outcome_types(message: Message, before: str) -> list[EventType]:
    """The events of a change of status. A delivery that is reported before the sending is both."""
    kind = EVENT_TYPES.get(MessageStatus(message.status))
    if kind is None or (kind == EventType.SENT and before == MessageStatus.SENT):
        kinds = []
    else:
        kinds = [kind]
    return [*kinds, EventType.DELIVERED] if message.status == MessageStatus.DELIVERED else kinds


def _shared(team_id: int, media: Iterable[tuple[int, Mapping[str, str]]]) -> list[dict[str, str]]:
    """Our addresses of the attachments that arrived, by their IDs. An address answers 503 until its file is stored."""
    return [
        {"url": shared_address(team_id, id, FOR_SYSTEMS), "type": entry.get("type", "")}
        for id, entry in media
        if entry.get("url") or entry.get("file")
    ]


def _data(message: Message, media: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "local_id": message.local_id,
        "conversation_id": message.conversation_id,
        **number_fields(message.number),
        "inbox": {"id": message.inbox_id, "name": message.inbox.name},
        "text": message.body,
        "media": media,
        "content": message.content,
        "at": timestamp(message.at),
    }
