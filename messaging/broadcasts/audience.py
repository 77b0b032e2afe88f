"""Audience of a broadcast: the contacts of some lists and filters, minus those of others, each contact once."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry
from contacts.search.filters import ContactFilters, read_live_list


@dataclass(frozen=True)
class Audience:
    """IDs of lists, and filters as the query strings of the contacts page; an empty one means all contacts."""

    lists: tuple[int, ...] = ()
    filters: tuple[str, ...] = ()
    without_lists: tuple[int, ...] = ()
    without_filters: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(**{field.name: tuple(stored.get(field.name, ())) for field in fields(cls)})

    def to_json(self) -> dict[str, Any]:
        return {name: list(parts) for name, parts in asdict(self).items()}

    def __bool__(self) -> bool:
        """Whether it names anybody at all."""
        return bool(self.lists or self.filters)


def matching(team: Team, audience: Audience) -> QuerySet[Contact]:
    """The contacts of the audience, each once, in no order; every relation of the statement carries the team.

    A part that cannot be read (a list that was deleted, a filter of a tag that was) leaves nobody at all, so that a
    broadcast never goes to other people than its author chose; find_problems says which it is.
    """
    contacts: QuerySet[Contact] = Contact.objects.filter(team_id=team.id)
    if not audience or find_problems(team, audience):
        return contacts.none()
    first, *more = _ids(team, audience.lists, audience.filters)
    contacts = contacts.filter(id__in=first.union(*more, all=True) if more else first)
    for excluded in _ids(team, audience.without_lists, audience.without_filters):
        id = "id" if excluded.model is Contact else "contact_id"
        contacts = contacts.filter(~Exists(excluded.filter(**{id: OuterRef("id")})))
    return contacts


def find_problems(team: Team, audience: Audience) -> list[str]:
    """Which parts of the audience cannot be read, in sentences; empty if all can be."""
    asked = {*audience.lists, *audience.without_lists}
    lists = ContactList.objects.filter(team_id=team.id, id__in=asked)
    problems = ["A list that this audience names was deleted."] if len(lists) < len(asked) else []
    of_lists = [read_live_list(team, row) for row in lists if row.is_live]
    queries = (*audience.filters, *audience.without_filters)
    for filters in (*of_lists, *(ContactFilters(team, QueryDict(query)) for query in queries)):
        problems += [
            f"{filters.form[name].label}: what this filter names was deleted." for name in filters.errors
        ]
    return list(dict.fromkeys(problems))


def _ids(team: Team, lists: tuple[int, ...], queries: tuple[str, ...]) -> Iterator[QuerySet[Any]]:
    """The IDs of contacts on these lists and by these filters: of contacts, or of rows that refer to them."""
    rows = ContactList.objects.filter(team_id=team.id, id__in=lists)
    if with_entries := [row.id for row in rows if not row.is_live]:
        yield ListEntry.objects.filter(team_id=team.id, list_id__in=with_entries).values("contact_id")
    for row in rows:
        if row.is_live:
            yield read_live_list(team, row).ids()
    for query in queries:
        yield ContactFilters(team, QueryDict(query)).ids()
