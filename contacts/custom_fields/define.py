"""Definitions of custom fields: they are created, ordered and given other options."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.custom_fields.models import MAX_FIELDS, CustomField, FieldDeletion
from contacts.custom_fields.values import FieldKind
from contacts.imports.headers import normalize_header
from contacts.imports.models import Import
from contacts.runs.models import AT_WORK, RunState

_MAX_KEY_LENGTH = 40  # characters
_RESERVED_KEYS = frozenset({"new"})  # used in addresses


class TooManyFields(Exception):
    """The team has the maximum number of fields; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(f"A team can have up to {MAX_FIELDS} custom fields. Delete one first.")


class FieldNameTaken(Exception):
    """Another field has this name, ignoring case, spaces and punctuation; the message names it."""

    def __init__(self, other: CustomField) -> None:
        super().__init__(f"A field named “{other.name}” already exists.")


class OptionInUse(Exception):
    """Contacts have this option, so it cannot be removed; the message says how many."""

    def __init__(self, option: str, count: int) -> None:
        have = "1 contact has" if count == 1 else f"{count:,} contacts have"
        super().__init__(f"{have} “{option}”. Change their value before you remove it.")


class FieldBeingImported(Exception):
    """An import that has not ended has a column for the field; the message names the file."""

    def __init__(self, run: Import) -> None:
        super().__init__(
            f"{run.file_name} is being imported into this field. Finish or discard that import first."
        )
        self.run = run


def define_field(team: Team, name: str, kind: FieldKind, options: Sequence[str] = ()) -> CustomField:
    """A new field, after all others. Its key comes from its name and stays when the name changes.

    Raises TooManyFields and FieldNameTaken.
    """
    with lock_definitions(team.id):
        check_name_is_free(team.id, name)
        fields = list(CustomField.objects.of(team.id))
        if len(fields) >= MAX_FIELDS:
            raise TooManyFields
        # The key of a deleted field is in use until its values are removed.
        deletions = FieldDeletion.objects.filter(team_id=team.id).exclude(state=RunState.DONE)
        key = key_for(name, {field.key for field in fields} | {deletion.key for deletion in deletions})
        position = fields[-1].position + 1 if fields else 0
        return CustomField.objects.create(
            team=team, name=name, key=key, kind=kind, options=list(options), position=position
        )


@contextmanager
def lock_definitions(team_id: int) -> Iterator[None]:
    """Lock the definitions of a team, so that only one transaction at a time creates or renames fields."""
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).only("id").get(id=team_id)
        yield


def check_name_is_free(team_id: int, name: str, but: int = 0) -> None:
    """Raise FieldNameTaken if the header of a file could mean another field."""
    for other in CustomField.objects.of(team_id).exclude(id=but):
        if normalize_header(other.name) == normalize_header(name):
            raise FieldNameTaken(other)


def key_for(name: str, taken: Collection[str]) -> str:
    """loyalty_level for “Loyalty level”, with a number after it if that key is taken. Pure."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_MAX_KEY_LENGTH].rstrip("_") or "field"
    if base.isdecimal():  # the API also takes IDs, which are digits
        base = f"field_{base}"
    key, count = base, 1
    while key in taken or key in _RESERVED_KEYS:
        count += 1
        key = f"{base}_{count}"
    return key


def change_options(field: CustomField, options: Sequence[str]) -> None:
    """Set the options of a choice, in this order.

    Raises OptionInUse for a removed option that a contact has, and FieldBeingImported if an import may bring it.
    """
    for option in [option for option in field.options if option not in options]:
        if count := count_with_option(field, option):
            raise OptionInUse(option, count)
        check_no_import_running(field)
    field.options = list(options)


def check_no_import_running(field: CustomField) -> None:
    """Raise FieldBeingImported if an import that is checked or at work has a column for the field."""
    unfinished = Import.objects.filter(team_id=field.team_id, state__in=[*AT_WORK, RunState.CHECKED])
    if run := unfinished.filter(columns__contains=[field.column]).first():
        raise FieldBeingImported(run)


def count_with_option(field: CustomField, option: str) -> int:
    """How many contacts have this option."""
    return Contact.objects.filter(team_id=field.team_id, custom__contains={field.key: option}).count()


def count_values(field: CustomField) -> int:
    """How many contacts have a value in the field."""
    return Contact.objects.filter(team_id=field.team_id, custom__has_key=field.key).count()


def move_field(field: CustomField, *, up: bool) -> None:
    """Swap the field with its neighbour, if it has one, and number all fields again."""
    fields = list(CustomField.objects.of(field.team_id).select_for_update(no_key=True))
    at = [other.id for other in fields].index(field.id)
    to = at - 1 if up else at + 1
    if 0 <= to < len(fields):
        fields[at], fields[to] = fields[to], fields[at]
    for position, moved in enumerate(fields):
        if moved.position != position:
            CustomField.objects.filter(team_id=field.team_id, id=moved.id).update(position=position)
