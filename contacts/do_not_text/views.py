"""Do-not-text page: the list with its filters and its search."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from contacts.do_not_text.listing import count_in_words, fetch_page
from contacts.do_not_text.query import KINDS, DoNotTextQuery
from optout.wording import ORIGIN_CHOICES


@require_GET
@team_view()
def do_not_text(request: TeamRequest) -> HttpResponse:
    query = DoNotTextQuery.read(request.GET)
    context = {
        "section": "contacts",
        "query": query,
        "unknown_filters": query.unknown,
        "page": fetch_page(request.team, query),
        "count": "" if query.q else count_in_words(request.team, query),
        "heads": [query.head("number", "Number"), query.head("recorded", "Recorded")],
        "kinds": KINDS.items(),
        "origins": ORIGIN_CHOICES,
        "may_export": may(request.member, Right.EXPORT),
        "may_import": may(request.member, Right.IMPORT_CONTACTS),
    }
    partial = "#found" if request.htmx else ""
    response = render(request, f"contacts/do_not_text.html{partial}", context)
    if request.htmx:  # the address follows the search field
        response["HX-Replace-Url"] = request.get_full_path()
    return response
