"""The page Do not text."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from contacts.do_not_text import listing
from contacts.do_not_text.listing import DoNotTextQuery
from optout.models import Origin, SuppressionKind


@require_GET
@team_view()
def do_not_text(request: TeamRequest) -> HttpResponse:
    asked = DoNotTextQuery.read(request.GET)
    context = {
        "section": "contacts",
        "asked": asked,
        "page": listing.fetch_page(request.team, asked),
        "count": "" if asked.q else listing.count_in_words(request.team, asked),
        "kinds": [(SuppressionKind.OPT_OUT, "Opted out"), (SuppressionKind.BLOCK, "Blocked")],
        "origins": [(origin, label[0].upper() + label[1:]) for origin, label in Origin.choices],
        "may_export": may(request.member, Right.EXPORT),
        "may_import": may(request.member, Right.IMPORT_CONTACTS),
    }
    part = "#found" if request.htmx else ""
    response = render(request, f"contacts/do_not_text.html{part}", context)
    if request.htmx:  # the address follows what is typed
        response["HX-Replace-Url"] = request.get_full_path()
    return response
