"""What others are told of texts: those that arrived, those that the carrier took, and those that it did not."""

from typing import Any

from accounts.models import Inbox
from contacts.contact import events as contacts
from contacts.contact.models import Contact
from kernel.sql import fetch
from messaging.models import Message, MessageStatus
from optout.consent_types import Actor
from optout.models import Origin
from webhooks import outbox
from webhooks.models import EventType
from webhooks.outbox import Event
from webhooks.payloads import number_fields, timestamp

# A status, and the event that it is. A report of the arrival may overtake that of the sending: see outcome().
EVENT_TYPES = {
    MessageStatus.SENT: EventType.SENT,
    MessageStatus.DELIVERED: EventType.SENT,
    MessageStatus.FAILED: EventType.FAILED,
    MessageStatus.UNDELIVERED: EventType.FAILED,
    MessageStatus.REFUSED: EventType.FAILED,
}
PERSON = Actor(Origin.CONTACT, "")
# One that was there already keeps the time of its creation.
NEW_CONTACT = f"SELECT {', '.join(contacts.EVENT_COLUMNS)} FROM contacts_contact WHERE team_id = $1 AND id = $2 AND created_at = $3"


def record_received(
    inbox: Inbox, written: dict[str, int], values: dict[str, Any], wanted: frozenset[str]
) -> None:
    """A text was just stored: `written` has the ids of its rows, `values` the columns of its message."""
    events = []
    if EventType.CONTACT_CREATED in wanted and "contact" in written:
        new = fetch(NEW_CONTACT, inbox.team_id, written["contact"], values["created_at"])
        events += [contacts.created_event(row, PERSON) for row in new]
    if EventType.RECEIVED in wanted:
        message = Message(id=written["message"], **{**values, "conversation_id": written["conversation"]})
        message.inbox = inbox
        more = {"segments": message.segments, "possible_opt_out": message.possible_opt_out}
        events.append(Event(EventType.RECEIVED, message.number, {**_data(message), **more}))
    outbox.record_events(inbox.team_id, events)


def record_new_contact(message: Message, *, by_api: bool) -> None:
    """A text of ours was just written: its number may be a new contact's."""
    new = Contact.objects.filter(
        team_id=message.team_id, number=message.number, created_at=message.created_at
    )
    by = Actor(Origin.API if by_api else Origin.MEMBER, message.author_name, message.author_id)
    contacts.record_created(message.team_id, new.values_list(*contacts.EVENT_COLUMNS), by)


def record_outcome(message: Message, before: str) -> None:
    """The status of a text of ours was just changed, from `before`. Of one that was erased nothing is told."""
    kind = EVENT_TYPES.get(MessageStatus(message.status))
    if kind is None or not message.number or (kind == EventType.SENT and before == MessageStatus.SENT):
        return
    more: dict[str, Any] = {
        "purpose": message.purpose,
        "author": message.author_name,
        "status": message.status,
    }
    if kind == EventType.FAILED:
        more |= {"reason": message.reason, "error": message.trouble, "error_code": message.error_code}
    outbox.record_events(message.team_id, [Event(kind, message.number, {**_data(message), **more})])


def _data(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "conversation_id": message.conversation_id,
        **number_fields(message.number),
        "inbox": {"id": message.inbox_id, "name": message.inbox.name},
        "text": message.body,
        "media": message.media,
        "at": timestamp(message.at),
    }
