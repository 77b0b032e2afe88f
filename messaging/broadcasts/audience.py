"""Audience of a broadcast: the contacts of some lists and filters, minus those of others, each contact once."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry
from contacts.search.filters import ContactFilters


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
    included = [*_on_lists(team, audience.lists), *_by_filters(team, audience.filters)]
    if not included or find_problems(team, audience):
        return contacts.none()
    first, *more = (rows.order_by().values("id") for rows in included)
    contacts = contacts.filter(id__in=first.union(*more, all=True) if more else first)
    for excluded in (*_on_lists(team, audience.without_lists), *_by_filters(team, audience.without_filters)):
        contacts = contacts.filter(~Exists(excluded.order_by().filter(id=OuterRef("id"))))
    return contacts


def find_problems(team: Team, audience: Audience) -> list[str]:
    """Which parts of the audience cannot be read, in sentences; empty if all can be."""
    asked = {*audience.lists, *audience.without_lists}
    known = set(ContactList.objects.filter(team_id=team.id, id__in=asked).values_list("id", flat=True))
    problems = ["A list that this audience names was deleted."] if asked - known else []
    for query in (*audience.filters, *audience.without_filters):
        filters = ContactFilters(team, QueryDict(query))
        problems += [
            f"{filters.form[name].label}: what this filter names was deleted." for name in filters.errors
        ]
    return list(dict.fromkeys(problems))


def _on_lists(team: Team, ids: tuple[int, ...]) -> Iterator[QuerySet[Contact]]:
    if ids:
        entries = ListEntry.objects.filter(team_id=team.id, list_id__in=ids)
        yield Contact.objects.filter(team_id=team.id, id__in=entries.values("contact_id"))


def _by_filters(team: Team, queries: tuple[str, ...]) -> Iterator[QuerySet[Contact]]:
    for query in queries:
        yield ContactFilters(team, QueryDict(query)).matching()
