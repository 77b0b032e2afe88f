"""FIXME module docstring."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import TeamRequest, team_view
from contacts.runs.active_runs import find_active_runs


@require_GET
@team_view()
def active_runs(request: TeamRequest) -> HttpResponse:
    """The strip on the contacts page; with the last of them it goes, and the page's pieces are fetched anew."""
    runs = find_active_runs(request.member)
    response = render(request, "contacts/active_runs.html", {"runs": runs})
    if not runs:
        response["HX-Trigger"] = "changed"
    return response
