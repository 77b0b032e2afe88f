"""Saving of many contacts of one call with a few statements for all, by the same rules as contacts.api.saving.

Contacts that need more than these statements are left to their caller, who saves them one by one.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils import timezone

from api.errors import ApiError
from api.router import ApiRequest
from contacts.api.saving import actor
from contacts.api.sent_values import CheckedChanges, check_changes, normalize_spaces
from contacts.api.shapes import NewContactRequest, SavedContactResponse, TagIdRequest
from contacts.api.uuids import contact_uuid
from contacts.contact import events
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import FieldValue, merge_values
from contacts.lists.labels import get_or_create_tags
from contacts.lists.models import Tag, Tagging
from kernel import change_tokens
from kernel.recipient_numbers import recipient_fault
from kernel.sql import fetch
from optout.bulk_consent import opt_out_many

_COLUMNS = ("first_name", "last_name", "display_name", "email", "assignee_id")
_RECORD = """jsonb_to_recordset($2::jsonb) AS r (id bigint, number text, first_name text, last_name text,
        display_name text, email text, custom jsonb, assignee_id bigint, assigns boolean)"""
# In the common order of contacts: those that exist by ID, new ones by number.
_LOCK = f"""
    SELECT id, number, rev, custom::text, {", ".join(_COLUMNS)} FROM contacts_contact
    WHERE team_id = $1 AND number = ANY($2::text[]) ORDER BY id FOR NO KEY UPDATE
"""
_CREATE = f"""
    INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note, custom,
      assignee_id, created_at, updated_at)
    SELECT $1, r.number, coalesce(r.first_name, ''), coalesce(r.last_name, ''), coalesce(r.display_name, ''),
      coalesce(r.email, ''), '', r.custom, r.assignee_id, $3, $3
    FROM {_RECORD} ORDER BY r.number
    ON CONFLICT (team_id, number) DO NOTHING RETURNING {", ".join(events.EVENT_COLUMNS)}, rev
"""
_CHANGE = f"""
    UPDATE contacts_contact c SET first_name = coalesce(r.first_name, c.first_name),
      last_name = coalesce(r.last_name, c.last_name), display_name = coalesce(r.display_name, c.display_name),
      email = coalesce(r.email, c.email),
      assignee_id = CASE WHEN r.assigns THEN r.assignee_id ELSE c.assignee_id END, updated_at = $3
    FROM {_RECORD} WHERE c.team_id = $1 AND c.id = r.id RETURNING c.number, c.id, c.rev
"""


@dataclass(frozen=True)
class _Item:
    """One contact to save, checked."""

    number: str
    changes: CheckedChanges
    opts_out: bool
    tags: list[str]


@dataclass(frozen=True)
class _Known:
    """A contact that exists, locked."""

    id: int
    number: str
    rev: int
    custom: dict[str, Any]
    first_name: str
    last_name: str
    display_name: str
    email: str
    assignee_id: int | None


class _Row(NamedTuple):
    """A contact as it is saved."""

    id: int
    rev: int


def save_many(
    request: ApiRequest, bodies: Mapping[str, NewContactRequest], *, overwrite: bool
) -> dict[str, SavedContactResponse]:
    """Save contacts at these numbers, whose locks the transaction holds. Numbers that are left out need more."""
    items = _checked_items(request, bodies)
    held = CustomField.objects.held(request.team.id, {key for item in items for key in item.changes.custom})
    known = _lock_contacts(request, [item.number for item in items])
    new = [item for item in items if item.number not in known and not _is_refused(request, item.number)]
    created = _create(request, new, held)
    changed = _change(request, _changes(items, known, overwrite))
    _opt_out(request, [item for item in items if item.number in created], "Created")
    _opt_out(request, [item for item in items if item.number in changed], "Saved")
    saved = created | changed
    _tag(
        request, [(saved[item.number].id, item.tags) for item in items if item.number in saved and item.tags]
    )
    change_tokens.renew_on_commit(request.team.id)
    return {
        number: SavedContactResponse(
            id=row.id, rev=row.rev, uuid=contact_uuid(request.team.id, row.id), created=number in created
        )
        for number, row in saved.items()
    }


def _checked_items(request: ApiRequest, bodies: Mapping[str, NewContactRequest]) -> list[_Item]:
    """Those that are right and change neither a block nor a record of consent, in the order of their numbers."""
    tags, items = _named_tags(request, bodies.values()), []
    for number, body in sorted(bodies.items()):
        ids = [tag.tag_id for tag in body.tags or () if isinstance(tag, TagIdRequest)]
        if body.consent or body.status == "blocked" or any(id not in tags for id in ids):
            continue
        try:
            changes = check_changes(request, body)
        except ApiError:
            continue
        names = [tags[id] for id in ids]
        names += [normalize_spaces(tag) for tag in body.tags or () if isinstance(tag, str)]
        opts_out = bool(body.is_opted_out) or body.status == "unsubscribed"
        items.append(_Item(number, changes, opts_out, [name for name in names if name]))
    return items


def _named_tags(request: ApiRequest, bodies: Iterable[NewContactRequest]) -> dict[int, str]:
    """The names of the team's tags that are named by their IDs."""
    ids = {tag.tag_id for body in bodies for tag in body.tags or () if isinstance(tag, TagIdRequest)}
    found = Tag.objects.filter(team_id=request.team.id, id__in=ids) if ids else ()
    return {tag.id: tag.name for tag in found}


def _lock_contacts(request: ApiRequest, numbers: list[str]) -> dict[str, _Known]:
    rows = fetch(_LOCK, request.team.id, numbers)
    found = (_Known(id, number, rev, json.loads(custom), *more) for id, number, rev, custom, *more in rows)
    return {contact.number: contact for contact in found}


def _is_refused(request: ApiRequest, number: str) -> bool:
    return bool(recipient_fault(number, short_codes=request.team.allows_short_codes))


def _create(request: ApiRequest, items: list[_Item], held: Collection[str]) -> dict[str, _Row]:
    """Create contacts. Those that a text creates at this moment are left out."""
    if not items:
        return {}
    records = [
        {**item.changes.columns, "number": item.number, "custom": _held_values(item.changes.custom, held)}
        for item in items
    ]
    rows = fetch(_CREATE, request.team.id, json.dumps(records), timezone.now())
    events.record_created(request.team.id, [row[:-1] for row in rows], actor(request))
    return {row[1]: _Row(row[0], row[-1]) for row in rows}


def _held_values(custom: Mapping[str, FieldValue | None], held: Collection[str]) -> dict[str, FieldValue]:
    """The values of fields that still exist."""
    return merge_values({}, {key: value for key, value in custom.items() if key in held})


def _changes(
    items: list[_Item], known: Mapping[str, _Known], overwrite: bool
) -> list[tuple[_Known, dict[str, Any]]]:
    """The new values of contacts that exist. Those whose tags are replaced or whose custom fields change need more."""
    found = []
    for item in items:
        contact = known.get(item.number)
        if contact is None or (overwrite and item.tags):
            continue
        changes = item.changes if overwrite else item.changes.only_missing(contact)
        if not changes.custom:
            found.append((contact, changes.columns))
    return found


def _change(request: ApiRequest, changes: list[tuple[_Known, dict[str, Any]]]) -> dict[str, _Row]:
    """Write what changes. The revision of a contact is counted by a trigger."""
    records = [
        {**columns, "id": contact.id, "assigns": "assignee_id" in columns}
        for contact, columns in changes
        if columns
    ]
    rows = fetch(_CHANGE, request.team.id, json.dumps(records), timezone.now()) if records else ()
    events.record_updated(request.team.id, [id for _, id, _ in rows], actor(request))
    unchanged = {contact.number: _Row(contact.id, contact.rev) for contact, _ in changes}
    return unchanged | {number: _Row(id, rev) for number, id, rev in rows}


def _opt_out(request: ApiRequest, items: list[_Item], verb: str) -> None:
    numbers = [item.number for item in items if item.opts_out]
    if numbers:
        opt_out_many(request.team.id, numbers, actor(request), reason=f"{verb} as opted out")


def _tag(request: ApiRequest, tagged: list[tuple[int, list[str]]]) -> None:
    """Give each contact its tags, and keep those that it has."""
    if not tagged:
        return
    names = {name.lower(): name for _, tags in tagged for name in tags}
    tags = {tag.name.lower(): tag.id for tag in get_or_create_tags(request.team.id, names.values())}
    Tagging.objects.bulk_create(
        [
            Tagging(team_id=request.team.id, tag_id=tags[name.lower()], contact_id=id)
            for id, of_contact in tagged
            for name in of_contact
        ],
        ignore_conflicts=True,
    )
