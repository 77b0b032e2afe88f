"""Contacts page: a table that is searched, filtered, sorted and paged by its address."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from contacts.bulk.operation import offered_actions
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import display_values
from contacts.runs.active_runs import find_active_runs
from contacts.search.address import ContactsAddress
from contacts.search.filters import ContactFilters
from contacts.search.page import fetch_page
from contacts.search.sorting import SortOrder
from kernel.clock import Clock

COLUMNS = {
    "number": "Number",
    "status": "Status",
    "lists": "Lists and tags",
    "last": "Last text",
    "created": "Created",
    "assignee": "Assigned to",
    "email": "Email",
}
DEFAULT_COLUMNS = ["number", "status", "lists", "last", "created"]
COOKIE = "contact_columns"


@require_GET
@team_view()
def contacts(request: TeamRequest) -> HttpResponse:
    context = _table(request)
    part = "#results" if request.htmx else ""
    response = render(request, f"contacts/contacts.html{part}", context)
    if request.htmx:  # the address follows the search as it is typed
        response["HX-Replace-Url"] = context["address"]
    if "columns" in request.GET:
        response.set_cookie(COOKIE, "-".join(context["columns"]), 60 * 60 * 24 * 365, samesite="Lax")
    return response


def _table(request: TeamRequest) -> dict[str, Any]:
    filters = ContactFilters(request.member, request.GET)
    order = SortOrder.read(request.GET.get("sort", ""))
    cursors = {name: order.read_cursor(request.GET.get(name, "")) for name in ("after", "before")}
    address = ContactsAddress(request.team, request.GET, filters, order)
    fields = {field.column: field for field in filters.custom_fields}
    all_columns = COLUMNS | {column: field.name for column, field in fields.items()}
    page, columns = fetch_page(filters, order, **cursors), _columns(request, all_columns)
    _add_custom_values(
        page.contacts, [fields[name] for name in columns if name in fields], request.team.clock
    )
    return {
        "section": "contacts",
        "filters": filters,
        "form": filters.form,
        "page": page,
        "total": page.total,
        "query": address.query,
        "address": address.to(**{name: cursor for name, cursor in cursors.items() if cursor}),
        "clear_url": address.without_filters(),
        "previous_url": address.to(before=page.before) if page.before else "",
        "next_url": address.to(after=page.after) if page.after else "",
        "chips": address.chips(),
        "sort": str(order),
        "heads": [address.head(name, all_columns.get(name, "Name")) for name in ("name", *columns)],
        "columns": columns,
        "all_columns": all_columns,
        "hidden_fields": address.hidden_fields,
        "may_export": may(request.member, Right.EXPORT),
        "may_import": may(request.member, Right.IMPORT_CONTACTS),
        "offers": offered_actions(request.member),
        "runs": find_active_runs(request.member),
    }


def _add_custom_values(contacts: list[Contact], fields: list[CustomField], clock: Clock) -> None:
    for contact in contacts:
        contact.shown_custom = display_values(fields, contact.custom, clock)  # type: ignore[attr-defined]


def _columns(request: TeamRequest, known: Iterable[str]) -> list[str]:
    """The columns chosen with this request, or remembered by this browser."""
    chosen = request.GET.getlist("columns") or request.COOKIES.get(COOKIE, "").split("-")
    return [name for name in known if name in chosen] or DEFAULT_COLUMNS
