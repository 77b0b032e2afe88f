"""View of the palette: a page of its own, and the part that the dialog fetches while a member types."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import TeamRequest, team_view
from messaging.search.palette import find_matches


@require_GET
@team_view()
def palette(request: TeamRequest) -> HttpResponse:
    matches = find_matches(request, request.GET.get("q", ""))
    part = "#matches" if request.htmx else ""
    return render(request, f"messaging/palette.html{part}", {"section": "inbox", "matches": matches})
