"""Webhook events of contacts: created, changed and deleted."""

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from optout.consent_types import Actor
from webhooks import outbox
from webhooks.models import EventType
from webhooks.outbox import Event
from webhooks.payloads import number_fields

# The columns of a contact in an event, in the order in which statements here and elsewhere return them.
EVENT_COLUMNS = ("id", "number", "first_name", "last_name", "display_name", "email", "custom")
type Row = Sequence[Any]


def event_row(contact: Any) -> Row:
    return [getattr(contact, name) for name in EVENT_COLUMNS]


def record_created(team_id: int, rows: Iterable[Row], by: Actor) -> None:
    """Record the event for contacts that were just created, each a row of EVENT_COLUMNS."""
    if EventType.CONTACT_CREATED in outbox.wanted_types(team_id):
        field_ids = {field.key: str(field.id) for field in CustomField.objects.of(team_id)}
        outbox.record_events(team_id, [created_event(row, by, field_ids) for row in rows])


def record_updated(team_id: int, contact_ids: Sequence[int], by: Actor) -> None:
    """Record the event for contacts that were just changed, with their values as they are now."""
    if contact_ids and EventType.CONTACT_UPDATED in outbox.wanted_types(team_id):
        contacts = Contact.objects.filter(team_id=team_id, id__in=contact_ids).order_by("id")
        field_ids = {field.key: str(field.id) for field in CustomField.objects.of(team_id)}
        rows = contacts.values_list(*EVENT_COLUMNS)
        outbox.record_events(team_id, [_event(EventType.CONTACT_UPDATED, row, by, field_ids) for row in rows])


def created_event(row: Row, by: Actor, field_ids: Mapping[str, str] = MappingProxyType({})) -> Event:
    """The event of one contact. `field_ids` has the team's custom fields by key; without it no values are sent."""
    return _event(EventType.CONTACT_CREATED, row, by, field_ids)


def _event(kind: EventType, row: Row, by: Actor, field_ids: Mapping[str, str]) -> Event:
    values = json.loads(row[-1]) if isinstance(row[-1], str) else row[-1]  # text in an answer of kernel.sql
    custom = {field_ids[key]: value for key, value in values.items() if key in field_ids}
    data = {**_data(row), "custom": custom, "initiated_by": _initiator(by)}
    return Event(kind, row[1], data)


def record_deleted(
    team_id: int, rows: Iterable[Row], by: Actor, *, erased: bool = False, merged_into: Any = None
) -> None:
    """Record the event for contacts that were just deleted; with `erased`, without names and email addresses."""
    if EventType.CONTACT_DELETED not in outbox.wanted_types(team_id):
        return
    into = {"contact_id": merged_into.id, **number_fields(merged_into.number)} if merged_into else None
    more = {"initiated_by": _initiator(by), "erased": erased, "merged_into": into}
    events = (
        Event(EventType.CONTACT_DELETED, row[1], {**_data(row, erased), **more}, erased=erased)
        for row in rows
    )
    outbox.record_events(team_id, events)


def _data(row: Row, erased: bool = False) -> dict[str, Any]:
    id, number, *names, _ = row
    columns = {} if erased else dict(zip(("first", "last", "display_name", "email"), names, strict=True))
    return {"contact_id": id, **number_fields(number), **columns}


def _initiator(by: Actor) -> dict[str, str]:
    return {"origin": by.origin, "name": by.name}
