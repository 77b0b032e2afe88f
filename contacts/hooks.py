"""What others are told when contacts come and go."""

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from accounts.hooks import outbox
from accounts.hooks.models import EventType
from accounts.hooks.outbox import Event
from accounts.hooks.words import number_in_words
from contacts.models.fields import CustomField
from optout.consent import Actor

# What is told of a contact, in the order in which the statements here and elsewhere return it.
TOLD = ("id", "number", "first_name", "last_name", "display_name", "email", "custom")
type Row = Sequence[Any]


def row(contact: Any) -> Row:
    return [getattr(contact, name) for name in TOLD]


def created(team_id: int, rows: Iterable[Row], by: Actor) -> None:
    """Contacts were just created, each a row of TOLD."""
    if EventType.CONTACT_CREATED in outbox.wanted(team_id):
        ids = {field.key: str(field.id) for field in CustomField.objects.of(team_id)}
        outbox.record(team_id, [creation(one, by, ids) for one in rows])


def creation(one: Row, by: Actor, ids: Mapping[str, str] = MappingProxyType({})) -> Event:
    """`ids` has the id of each of the team's fields by its key; one whom a text has just made has no values."""
    kept = (
        json.loads(one[-1]) if isinstance(one[-1], str) else one[-1]
    )  # as a bare statement or a model has it
    custom = {ids[key]: value for key, value in kept.items() if key in ids}
    return Event(
        EventType.CONTACT_CREATED, one[1], {**_data(one), "custom": custom, "initiated_by": _who(by)}
    )


def deleted(
    team_id: int, rows: Iterable[Row], by: Actor, *, erased: bool = False, merged_into: Any = None
) -> None:
    """Contacts were just deleted. Of one whose texts were erased too, nothing is told but who it was."""
    if EventType.CONTACT_DELETED not in outbox.wanted(team_id):
        return
    into = {"contact_id": merged_into.id, **number_in_words(merged_into.number)} if merged_into else None
    more = {"initiated_by": _who(by), "erased": erased, "merged_into": into}
    events = (
        Event(EventType.CONTACT_DELETED, one[1], {**_data(one, erased), **more}, erased=erased)
        for one in rows
    )
    outbox.record(team_id, events)


def _data(one: Row, erased: bool = False) -> dict[str, Any]:
    id, number, *names, _ = one
    words = {} if erased else dict(zip(("first", "last", "display_name", "email"), names, strict=True))
    return {"contact_id": id, **number_in_words(number), **words}


def _who(by: Actor) -> dict[str, str]:
    return {"origin": by.origin, "name": by.name}
