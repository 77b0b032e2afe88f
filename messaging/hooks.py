"""What others are told of texts: those that arrived, those that the carrier took, and those that it did not."""

from typing import Any

from accounts.hooks import outbox
from accounts.hooks.models import EventType
from accounts.hooks.outbox import Event
from accounts.hooks.signing import moment
from accounts.hooks.words import number_in_words
from accounts.models import Inbox
from accounts.statements import ask
from contacts import hooks as contacts
from contacts.models import Contact
from messaging.models import Message, Status
from optout.consent import Actor
from optout.models import Origin

# A status, and the event that it is. A report of the arrival may overtake that of the sending: see outcome().
EVENTS = {
    Status.SENT: EventType.SENT,
    Status.DELIVERED: EventType.SENT,
    Status.FAILED: EventType.FAILED,
    Status.UNDELIVERED: EventType.FAILED,
    Status.REFUSED: EventType.FAILED,
}
PERSON = Actor(Origin.CONTACT, "")
# One that was there already keeps the time of its creation.
NEW = f"SELECT {', '.join(contacts.TOLD)} FROM contacts_contact WHERE team_id = $1 AND id = $2 AND created_at = $3"


def received(inbox: Inbox, written: dict[str, int], values: dict[str, Any], wanted: frozenset[str]) -> None:
    """A text was just stored: `written` has the ids of its rows, `values` the columns of its message."""
    events = []
    if EventType.CONTACT_CREATED in wanted and "contact" in written:
        new = ask(NEW, inbox.team_id, written["contact"], values["created_at"])
        events += [contacts.creation(row, PERSON) for row in new]
    if EventType.RECEIVED in wanted:
        message = Message(id=written["message"], **{**values, "conversation_id": written["conversation"]})
        message.inbox = inbox
        more = {"segments": message.segments, "possible_opt_out": message.possible_opt_out}
        events.append(Event(EventType.RECEIVED, message.number, {**_data(message), **more}))
    outbox.record(inbox.team_id, events)


def met(message: Message, *, by_api: bool) -> None:
    """A text of ours was just written: its number may be a new contact's."""
    new = Contact.objects.filter(
        team_id=message.team_id, number=message.number, created_at=message.created_at
    )
    by = Actor(Origin.API if by_api else Origin.MEMBER, message.author_name, message.author_id)
    contacts.created(message.team_id, new.values_list(*contacts.TOLD), by)


def outcome(message: Message, before: str) -> None:
    """The status of a text of ours was just changed, from `before`. Of one that was erased nothing is told."""
    kind = EVENTS.get(Status(message.status))
    if kind is None or not message.number or (kind == EventType.SENT and before == Status.SENT):
        return
    more: dict[str, Any] = {
        "purpose": message.purpose,
        "author": message.author_name,
        "status": message.status,
    }
    if kind == EventType.FAILED:
        more |= {"reason": message.reason, "error": message.trouble, "error_code": message.error_code}
    outbox.record(message.team_id, [Event(kind, message.number, {**_data(message), **more})])


def _data(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "conversation_id": message.conversation_id,
        **number_in_words(message.number),
        "inbox": {"id": message.inbox_id, "name": message.inbox.name},
        "text": message.body,
        "media": message.media,
        "at": moment(message.at),
    }
