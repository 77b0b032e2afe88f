"""Reasons for which contacts are on a list: who added them and when, which import, or which conditions they meet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.custom_fields.values import display_value
from contacts.imports.models import Import
from contacts.lists.models import ContactList, EntrySource, ListEntry
from contacts.search.address import ContactsAddress
from contacts.search.filters import ContactFilters, read_live_list
from contacts.search.sorting import SortOrder


@dataclass(frozen=True)
class Condition:
    """A condition of a live list in words, and the custom field that it is about, by its column."""

    words: str
    column: str = ""


@dataclass(frozen=True)
class EntryReason:
    """Why a contact is on a list."""

    words: str
    at: datetime | None = None
    import_id: int | None = None


def describe_conditions(team: Team, row: ContactList) -> list[Condition]:
    """The conditions of a live list; none means everybody."""
    filters, data = read_live_list(team, row), QueryDict(row.query)
    return conditions_of(team, filters, data)


def conditions_of(team: Team, filters: ContactFilters, data: QueryDict) -> list[Condition]:
    columns = {field.column for field in filters.custom_fields}
    search = [Condition(f"Search: {data['q']}")] if data.get("q") else []
    chips = ContactsAddress(team, data, filters, SortOrder()).chips()
    return search + [
        Condition(chip.label, next((column for column in columns if _is_of(chip.name, column)), ""))
        for chip in chips
    ]


def _is_of(name: str, column: str) -> bool:
    return name in (column, f"{column}.from", f"{column}.to")


def why_on_list(team: Team, row: ContactList, contacts: Sequence[Contact]) -> dict[int, EntryReason]:
    """The reason of each of these contacts, by ID."""
    if row.is_live:
        return _conditions_met(team, row, contacts)
    ids = [contact.id for contact in contacts]
    entries = list(ListEntry.objects.filter(team_id=team.id, list_id=row.id, contact_id__in=ids))
    files = _file_names(team, (entry.import_id for entry in entries if entry.import_id))
    return {entry.contact_id: _entry_reason(entry, files) for entry in entries}


def _entry_reason(entry: ListEntry, files: dict[int, str]) -> EntryReason:
    label = str(EntrySource(entry.source).label)
    if entry.source == EntrySource.IMPORT:
        return EntryReason(
            f"{label} from {files.get(entry.import_id or 0, 'a file')}", entry.added_at, entry.import_id
        )
    words = f"{label} by {entry.by_name}" if entry.by_name and entry.source == EntrySource.MEMBER else label
    if entry.by_name and entry.source == EntrySource.API:
        words = f"{label}: {entry.by_name}"
    return EntryReason(words, entry.added_at)


def _file_names(team: Team, import_ids: Iterable[int]) -> dict[int, str]:
    return dict(Import.objects.filter(team_id=team.id, id__in=set(import_ids)).values_list("id", "file_name"))


def _conditions_met(team: Team, row: ContactList, contacts: Sequence[Contact]) -> dict[int, EntryReason]:
    """The conditions of the list; of one about a custom field, the contact's value."""
    filters = read_live_list(team, row)
    conditions = conditions_of(team, filters, QueryDict(row.query))
    fields = {field.column: field for field in filters.custom_fields}

    def words(contact: Contact) -> str:
        met = []
        for condition in conditions:
            field = fields.get(condition.column)
            value = display_value(field, contact.custom.get(field.key), team.clock) if field else ""
            met.append(f"{field.name}: {value}" if field and value else condition.words)
        return ", ".join(dict.fromkeys(met)) or "Everybody is"

    return {contact.id: EntryReason(words(contact)) for contact in contacts}
