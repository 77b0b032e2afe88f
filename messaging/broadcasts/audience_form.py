"""Audience fields of a broadcast's form: lists and filters whom it is sent to, and those who are taken out of that."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from accounts.models import Member, Team
from contacts.lists.models import ContactList
from contacts.search.address import ContactsAddress
from contacts.search.filters import ContactFilters
from contacts.search.sorting import SortOrder
from kernel.id_parameter import read_id
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.models import Broadcast, BroadcastStatus

EVERYBODY = "All contacts"
NOTHING_CHOSEN = "Choose at least one filter."
# The fields of a form that tick an audience, in the order of its own.
_TICKED = ("to-lists", "to-filters", "without-lists", "without-filters")
# Name of the part, heading, words that add a filter; the names of its fields begin with the name of the part.
_PARTS = (
    ("to", "Send to", "Add people by a filter"),
    ("without", "But not to", "Take people out by a filter"),
)


@dataclass(frozen=True)
class ListOption:
    """A list that may be ticked."""

    id: int
    name: str
    chosen: bool
    is_live: bool


@dataclass(frozen=True)
class FilterOption:
    """A filter of the contacts page that was added: its query string, in words, and the page that it shows."""

    query: str
    words: str
    url: str


@dataclass(frozen=True)
class AudiencePart:
    """One half of the audience as the form shows it."""

    name: str
    title: str
    add_words: str
    lists: list[ListOption]
    filters: list[FilterOption]
    form: Any  # the fields of a filter to add
    errors: list[str] = field(default_factory=list)

    @property
    def lists_name(self) -> str:
        return f"{self.name}-lists"

    @property
    def filters_name(self) -> str:
        return f"{self.name}-filters"

    @property
    def form_errors(self) -> bool:
        return bool(self.errors) or (self.form.is_bound and bool(self.form.errors))


def read_audience(data: QueryDict) -> Audience:
    """The audience that a form ticks, without a filter that is being added."""
    return Audience(
        lists=_ids(data.getlist("to-lists")),
        filters=tuple(dict.fromkeys(data.getlist("to-filters"))),
        without_lists=_ids(data.getlist("without-lists")),
        without_filters=tuple(dict.fromkeys(data.getlist("without-filters"))),
    )


def tick_audience(data: QueryDict, audience: Audience) -> None:
    """Tick this audience in the data of a form, in place of what was ticked."""
    for name, part in zip(_TICKED, astuple(audience), strict=True):
        data.setlist(name, [str(value) for value in part])


def audience_texts(audience: Audience) -> list[str]:
    """The audience as a list of texts, in which a form compares two audiences."""
    return [f"{name} {value}" for name, part in audience.to_json().items() for value in part]


def add_filter(audience: Audience, part: str, data: QueryDict, member: Member) -> tuple[Audience, str]:
    """The audience with the filter that the form adds to a part, and why it is not added: a sentence or nothing."""
    query = _typed_query(data, part)
    filters = ContactFilters(member, QueryDict(query))
    if not query:
        return audience, NOTHING_CHOSEN
    if filters.errors:
        return audience, "Correct the filter."
    changed = {"to": "filters", "without": "without_filters"}[part]
    kept = (*getattr(audience, changed), query)
    return Audience(**{**audience.__dict__, changed: tuple(dict.fromkeys(kept))}), ""


def audience_parts(
    member: Member, audience: Audience, data: QueryDict | None, errors: dict[str, str]
) -> list[AudiencePart]:
    """Both halves for the form's template. `data` has the fields of a filter that could not be added."""
    lists = list(ContactList.objects.filter(team_id=member.team_id).order_by("name", "id"))
    chosen = {
        "to": (audience.lists, audience.filters),
        "without": (audience.without_lists, audience.without_filters),
    }
    return [
        AudiencePart(
            name=name,
            title=title,
            add_words=add_words,
            lists=[ListOption(row.id, row.name, row.id in chosen[name][0], row.is_live) for row in lists],
            filters=[describe_filter(member.team, query) for query in chosen[name][1]],
            form=_filter_form(member, name, data if name in errors else None),
            errors=[errors[name]] if name in errors else [],
        )
        for name, title, add_words in _PARTS
    ]


def describe_filter(team: Team, query: str) -> FilterOption:
    data = QueryDict(query)
    address = ContactsAddress(team, data, ContactFilters(team, data), SortOrder.read(""))
    words = [f"“{data['q']}”"] if data.get("q") else []
    words += [chip.label for chip in address.chips()]
    url = reverse("contacts", args=[team.slug])
    return FilterOption(query, ", ".join(words) or EVERYBODY, f"{url}?{query}" if query else url)


def words_for_audience(broadcast: Broadcast, team: Team) -> str:
    """The audience in words: with the names as they were when it was confirmed, once it is."""
    kept = broadcast.audience_text if broadcast.status != BroadcastStatus.DRAFT else ""
    return kept or describe_audience(team, Audience.from_json(broadcast.audience))


def describe_audience(team: Team, audience: Audience) -> str:
    """The audience in a sentence: "Spring tune-up; Tag: Commuter; without Fleet"."""
    to = _names(team, audience.lists, audience.filters)
    without = _names(team, audience.without_lists, audience.without_filters)
    return "; without ".join(filter(None, ["; ".join(to), "; ".join(without)]))


def _names(team: Team, lists: Iterable[int], filters: Iterable[str]) -> list[str]:
    ids = list(lists)
    names = dict(ContactList.objects.filter(team_id=team.id, id__in=ids).values_list("id", "name"))
    return [names.get(id, "a deleted list") for id in ids] + [
        describe_filter(team, query).words for query in filters
    ]


def _ids(typed: Iterable[str]) -> tuple[int, ...]:
    found = (read_id(text) for text in typed)
    return tuple(dict.fromkeys(id for id in found if id is not None))


def _typed_query(data: QueryDict, part: str) -> str:
    """The fields of a filter, as the contacts page's address has them."""
    prefix = f"{part}-"
    names = [
        name for name in data if name.startswith(prefix) and name not in (f"{part}-lists", f"{part}-filters")
    ]
    pairs = [
        (name.removeprefix(prefix), value) for name in names for value in data.getlist(name) if value.strip()
    ]
    return urlencode(pairs)


def _filter_form(member: Member, part: str, data: QueryDict | None) -> Any:
    """The fields of the contacts page's filters, empty or as they were sent."""
    filters = ContactFilters(member, data if data is not None else QueryDict())
    filters.form_prefix = part
    filters.is_bound = data is not None
    return filters.form
