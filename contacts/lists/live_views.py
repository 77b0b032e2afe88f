"""Form pages of live lists: a name and the filter that decides who is on the list."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from accounts.access import Right, TeamRequest, may, team_view
from contacts.lists.forms import LiveListForm
from contacts.lists.models import ContactList
from contacts.search.address import ContactsAddress
from contacts.search.filters import ContactFilters
from contacts.search.sorting import SortOrder
from kernel.form_views import form_view, render_form


@form_view
@team_view(Right.EDIT_CONTACTS)
def new_live_list(request: TeamRequest) -> HttpResponse:
    """The filter of the address is where the form begins: the contacts page leads here with its own."""
    created_by = str(request.member)[:120]
    row = ContactList(team=request.team, is_live=True, created_by=created_by)
    return _save(request, row, request.POST or request.GET)


def edit_live_list(request: TeamRequest, row: ContactList) -> HttpResponse:
    return _save(request, row, request.POST or QueryDict(row.query))


def _save(request: TeamRequest, row: ContactList, data: QueryDict) -> HttpResponse:
    filters = ContactFilters(request.member, data, of_live_list=True)
    name, sent = row.name, _with_query(request, filters) if request.method == "POST" else None
    form = LiveListForm(sent, instance=row)
    if form.is_valid() and not filters.errors:
        form.save()
        messages.success(request, f"{row} was saved. Contacts who match are on it.")
        return redirect("list", request.team.slug, row.id)
    context: dict[str, Any] = {
        "section": "contacts",
        "tab": "labels",
        "form": form,
        "filters": filters.form,
        "label": row,
        "name": name,
        "kind": "list",
        "may_delete": may(request.member, Right.DELETE_CONTACTS),
    }
    return render_form(request, "contacts/live_list.html", context)


def _with_query(request: TeamRequest, filters: ContactFilters) -> QueryDict:
    """The sent form with the filter's fields as one value, which several people may change like any other."""
    data = request.POST.copy()
    address = ContactsAddress(request.team, filters.data, filters, SortOrder())
    data["list-query"] = address.query
    return data
