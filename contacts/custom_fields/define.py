"""A team defines its own fields: makes them, puts them in order, gives a choice other options."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from accounts.models import Team
from contacts.custom_fields.models import MAX_FIELDS, CustomField, FieldDeletion
from contacts.custom_fields.values import FieldKind
from contacts.imports.headers import normalize_header
from contacts.imports.models import Import
from contacts.runs.models import AT_WORK, RunState
from kernel.sql import fetch

_LONGEST_KEY = 40
_NO_KEYS = frozenset({"new"})  # an address has this word
_WITH_OPTION = """
    SELECT count(*) FROM contacts_contact WHERE team_id = $1 AND custom @> jsonb_build_object($2::text, $3::text)
"""
_WITH_VALUE = "SELECT count(*) FROM contacts_contact WHERE team_id = $1 AND custom ? $2"


class TooManyFields(Exception):
    """The team has as many fields as a team may have; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(f"A team has {MAX_FIELDS} fields at most. Delete one that nobody needs first.")


class FieldNameTaken(Exception):
    """Another field has the name, but for its spelling; the message names it."""

    def __init__(self, other: CustomField) -> None:
        super().__init__(f"There is a field “{other.name}” already.")


class OptionInUse(Exception):
    """An option that contacts have cannot be taken from its field; the message says how many do."""

    def __init__(self, option: str, count: int) -> None:
        have = "1 contact has" if count == 1 else f"{count:,} contacts have"
        super().__init__(f"{have} “{option}”. Give them another value first, then take it away here.")


class FieldBeingImported(Exception):
    """A file that is on its way in has a column for the field; the message names it."""

    def __init__(self, run: Import) -> None:
        super().__init__(f"{run.file_name} is being imported into this field. Finish or discard that first.")
        self.run = run


def define_field(team: Team, name: str, kind: FieldKind, options: Sequence[str] = ()) -> CustomField:
    """A new field, behind all others. Its key is made of its name, and stays when the name changes. Raises TooMany and
    NameTaken.
    """
    with lock_definitions(team.id):
        check_name_is_free(team.id, name)
        fields = list(CustomField.objects.of(team.id))
        if len(fields) >= MAX_FIELDS:
            raise TooManyFields
        # While the values of a deleted field are being taken away, they stand under its key.
        going = FieldDeletion.objects.filter(team_id=team.id).exclude(state=RunState.DONE)
        key = key_for(name, {field.key for field in fields} | {deletion.key for deletion in going})
        position = fields[-1].position + 1 if fields else 0
        return CustomField.objects.create(
            team=team, name=name, key=key, kind=kind, options=list(options), position=position
        )


@contextmanager
def lock_definitions(team_id: int) -> Iterator[None]:
    """Who defines or renames a team's fields waits for whoever is at it."""
    with transaction.atomic():
        fetch("SELECT FROM accounts_team WHERE id = $1 FOR NO KEY UPDATE", team_id)
        yield


def check_name_is_free(team_id: int, name: str, but: int = 0) -> None:
    """Raises NameTaken, also for a name that a file's column could not be told from."""
    for other in CustomField.objects.of(team_id).exclude(id=but):
        if normalize_header(other.name) == normalize_header(name):
            raise FieldNameTaken(other)


def key_for(name: str, taken: Collection[str]) -> str:
    """loyalty_level for “Loyalty level”; with a number behind it where that is taken. Pure."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_KEY].rstrip("_") or "field"
    if base.isdecimal():  # as an id is, by which programs name fields, too
        base = f"field_{base}"
    key, count = base, 1
    while key in taken or key in _NO_KEYS:
        count += 1
        key = f"{base}_{count}"
    return key


def change_options(field: CustomField, options: Sequence[str]) -> None:
    """Give a choice these options, in this order. Raises InUse for one that is left out and that a contact has, and
    BeingImported where a file may bring one.
    """
    for option in [option for option in field.options if option not in options]:
        if count := count_with_option(field, option):
            raise OptionInUse(option, count)
        check_no_import_running(field)
    field.options = list(options)


def check_no_import_running(field: CustomField) -> None:
    """Raises BeingImported for a file that has been read and is not written yet."""
    on_their_way = Import.objects.filter(team_id=field.team_id, state__in=[*AT_WORK, RunState.CHECKED])
    if run := on_their_way.filter(columns__contains=[field.column]).first():
        raise FieldBeingImported(run)


def count_with_option(field: CustomField, option: str) -> int:
    """How many contacts have chosen an option."""
    ((count,),) = fetch(_WITH_OPTION, field.team_id, field.key, option)
    return int(count)


def count_values(field: CustomField) -> int:
    """How many contacts have a value in a field."""
    ((count,),) = fetch(_WITH_VALUE, field.team_id, field.key)
    return int(count)


def move_field(field: CustomField, *, up: bool) -> None:
    """One place up or down, as far as there is one; all get the number of their place anew."""
    fields = list(CustomField.objects.of(field.team_id).select_for_update(no_key=True))
    at = [one.id for one in fields].index(field.id)
    to = at - 1 if up else at + 1
    if 0 <= to < len(fields):
        fields[at], fields[to] = fields[to], fields[at]
    for position, one in enumerate(fields):
        if one.position != position:
            CustomField.objects.filter(team_id=field.team_id, id=one.id).update(position=position)
