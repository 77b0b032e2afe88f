"""Page of one list: who is on it, whether they may be texted, and why each of them is on it."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from contacts.imports.models import Import
from contacts.lists.counts import count_list
from contacts.lists.models import ContactList
from contacts.lists.reasons import describe_conditions, why_on_list
from contacts.search.filters import ContactFilters, read_live_list
from contacts.search.page import fetch_page
from contacts.search.sorting import SortOrder


@require_GET
@team_view()
def list_members(request: TeamRequest, id: int) -> HttpResponse:
    row = get_object_or_404(ContactList, team=request.team, id=id)
    order = SortOrder()
    cursors = {name: order.read_cursor(request.GET.get(name, "")) for name in ("after", "before")}
    page = fetch_page(ContactFilters(request.member, QueryDict(f"list={row.id}")), order, **cursors)
    reasons = why_on_list(request.team, row, page.contacts)
    context = {
        "section": "contacts",
        "tab": "labels",
        "label": row,
        "count": count_list(request.team, row),
        "page": page,
        "members": [(contact, reasons.get(contact.id)) for contact in page.contacts],
        "conditions": describe_conditions(request.team, row) if row.is_live else [],
        "is_broken": row.is_live and bool(read_live_list(request.team, row).errors),
        "import": Import.objects.filter(team=request.team, id=row.import_id).first()
        if row.import_id
        else None,
        "may_export": may(request.member, Right.EXPORT),
        "may_import": may(request.member, Right.IMPORT_CONTACTS),
    }
    return render(request, "contacts/list.html", context)
