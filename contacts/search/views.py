"""The contacts page: a table that is searched, filtered, sorted and paged by its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from contacts.bulk.operation import offered_actions
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import display_values
from contacts.runs.active_runs import find_active_runs
from contacts.search.filters import ContactFilters
from contacts.search.page import fetch_page
from contacts.search.sorting import Place, SortColumn, SortOrder

COLUMNS = {
    "number": "Number",
    "status": "Status",
    "lists": "Lists and tags",
    "last": "Last message",
    "created": "Created",
    "assignee": "Assigned to",
    "email": "E-mail",
}
DEFAULT_COLUMNS = ["number", "status", "lists", "last", "created"]
COOKIE = "contact_columns"


@require_GET
@team_view()
def contacts(request: TeamRequest) -> HttpResponse:
    context = _table(request)
    part = "#found" if request.htmx else ""
    response = render(request, f"contacts/contacts.html{part}", context)
    if request.htmx:  # the address follows what is typed
        response["HX-Replace-Url"] = context["here"]
    if "columns" in request.GET:
        response.set_cookie(COOKIE, "-".join(context["columns"]), 60 * 60 * 24 * 365, samesite="Lax")
    return response


def _table(request: TeamRequest) -> dict[str, Any]:
    filters = ContactFilters(request.member, request.GET)
    order = SortOrder.read(request.GET.get("sort", ""))
    places = {way: Place.read(request.GET.get(way, ""), order.sort) for way in ("after", "before")}
    address = ContactsAddress(request, filters, order)
    fields = {field.column: field for field in CustomField.objects.of(request.team.id)}
    all_columns = COLUMNS | {column: field.name for column, field in fields.items()}
    found, columns = fetch_page(filters, order, **places), _columns(request, all_columns)
    _show_own(found.contacts, [fields[name] for name in columns if name in fields])
    return {
        "section": "contacts",
        "filters": filters,
        "form": filters.form,
        "page": found,
        "total": found.total,
        "query": address.query,
        "here": address.to(**{way: place for way, place in places.items() if place}),
        "clear": address.clear(),
        "newer": address.to(before=found.before) if found.before else "",
        "further": address.to(after=found.after) if found.after else "",
        "chips": address.chips(),
        "sort": str(order),
        "heads": [address.head(name, all_columns.get(name, "Name")) for name in ("name", *columns)],
        "columns": columns,
        "all_columns": all_columns,
        "asked": address.asked,
        "may_export": may(request.member, Right.EXPORT),
        "may_import": may(request.member, Right.IMPORT_CONTACTS),
        "offers": offered_actions(request.member),
        "runs": find_active_runs(request.member),
    }


def _show_own(contacts: list[Contact], fields: list[CustomField]) -> None:
    """Dress each with what it has in these fields."""
    for contact in contacts:
        contact.own_shown = display_values(fields, contact.custom)  # type: ignore[attr-defined]


def _columns(request: TeamRequest, known: Iterable[str]) -> list[str]:
    """As chosen just now, or as this browser remembers."""
    asked = request.GET.getlist("columns") or request.COOKIES.get(COOKIE, "").split("-")
    return [name for name in known if name in asked] or DEFAULT_COLUMNS


@dataclass(frozen=True)
class ColumnHead:
    """A column's head: a link that sorts by it, the other way if it is sorted so already."""

    label: str
    link: str = ""
    sorted: str = ""  # as aria-sort has it


@dataclass(frozen=True)
class FilterChip:
    label: str
    link: str  # the page without it


@dataclass(frozen=True)
class ContactsAddress:
    """Addresses of the page, with what is set and nothing else."""

    request: TeamRequest
    filters: ContactFilters
    order: SortOrder

    @property
    def _set(self) -> dict[str, str]:
        asked = self.request.GET
        return {
            name: asked[name]
            for name in self.filters.filters
            if asked.get(name) and name in self.filters.active
        }

    @property
    def asked(self) -> list[tuple[str, str]]:
        """For hidden fields of a form that comes back here."""
        return [*self._set.items(), *self._sort(self.order).items()]

    @property
    def query(self) -> str:
        return urlencode(self._set)

    def to(self, **others: Any) -> str:
        return self._address({**self._set, **self._sort(self.order), **others})

    def clear(self) -> str:
        return self._address(self._sort(self.order))

    def head(self, column: str, label: str) -> ColumnHead:
        if column not in SortColumn.values:
            return ColumnHead(label)
        at = self.order.sort == column
        wanted = (
            self.order.reversed() if at else SortOrder(SortColumn(column), down=SortColumn(column).is_time)
        )
        link = self._address({**self._set, **self._sort(wanted)})
        return ColumnHead(label, link, ("descending" if self.order.down else "ascending") if at else "")

    def chips(self) -> list[FilterChip]:
        """One for each filter that is set; the search stands in its field."""
        return [FilterChip(self._words(name), self._without(name)) for name in self._set if name != "q"]

    def _words(self, name: str) -> str:
        field = self.filters.form[name]
        if name == "no_name":
            return "No name"
        if name in self.filters.errors:
            return f"{field.label}: is gone"
        value = self.filters.form.cleaned_data[name]
        choices = dict(getattr(field.field, "choices", [])) if isinstance(value, str) else {}
        return f"{field.label}: {choices.get(value, value)}"

    def _without(self, name: str) -> str:
        return self._address({**{n: v for n, v in self._set.items() if n != name}, **self._sort(self.order)})

    def _sort(self, order: SortOrder) -> dict[str, str]:
        return {} if order == SortOrder() else {"sort": str(order)}

    def _address(self, asked: dict[str, Any]) -> str:
        here = reverse("contacts", args=[self.request.team.slug])
        return f"{here}?{urlencode(asked)}" if asked else here
