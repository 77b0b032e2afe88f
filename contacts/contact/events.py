"""What others are told when contacts come and go."""

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from contacts.custom_fields.models import CustomField
from optout.consent_types import Actor
from webhooks import outbox
from webhooks.models import EventType
from webhooks.outbox import Event
from webhooks.payloads import number_fields

# What is told of a contact, in the order in which the statements here and elsewhere return it.
EVENT_COLUMNS = ("id", "number", "first_name", "last_name", "display_name", "email", "custom")
type Row = Sequence[Any]


def event_row(contact: Any) -> Row:
    return [getattr(contact, name) for name in EVENT_COLUMNS]


def record_created(team_id: int, rows: Iterable[Row], by: Actor) -> None:
    """Contacts were just created, each a row of TOLD."""
    if EventType.CONTACT_CREATED in outbox.wanted_types(team_id):
        ids = {field.key: str(field.id) for field in CustomField.objects.of(team_id)}
        outbox.record_events(team_id, [created_event(one, by, ids) for one in rows])


def created_event(one: Row, by: Actor, ids: Mapping[str, str] = MappingProxyType({})) -> Event:
    """`ids` has the id of each of the team's fields by its key; one whom a text has just made has no values."""
    kept = (
        json.loads(one[-1]) if isinstance(one[-1], str) else one[-1]
    )  # as a bare statement or a model has it
    custom = {ids[key]: value for key, value in kept.items() if key in ids}
    return Event(
        EventType.CONTACT_CREATED, one[1], {**_data(one), "custom": custom, "initiated_by": _who(by)}
    )


def record_deleted(
    team_id: int, rows: Iterable[Row], by: Actor, *, erased: bool = False, merged_into: Any = None
) -> None:
    """Contacts were just deleted. Of one whose texts were erased too, nothing is told but who it was."""
    if EventType.CONTACT_DELETED not in outbox.wanted_types(team_id):
        return
    into = {"contact_id": merged_into.id, **number_fields(merged_into.number)} if merged_into else None
    more = {"initiated_by": _who(by), "erased": erased, "merged_into": into}
    events = (
        Event(EventType.CONTACT_DELETED, one[1], {**_data(one, erased), **more}, erased=erased)
        for one in rows
    )
    outbox.record_events(team_id, events)


def _data(one: Row, erased: bool = False) -> dict[str, Any]:
    id, number, *names, _ = one
    words = {} if erased else dict(zip(("first", "last", "display_name", "email"), names, strict=True))
    return {"contact_id": id, **number_fields(number), **words}


def _who(by: Actor) -> dict[str, str]:
    return {"origin": by.origin, "name": by.name}
