"""Active runs: the part of the contacts page that shows the progress of each run."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import TeamRequest, team_view
from contacts.runs.active_runs import find_active_runs


@require_GET
@team_view()
def active_runs(request: TeamRequest) -> HttpResponse:
    """The response to the poll; when the last run ends, the page loads its contacts again."""
    runs = find_active_runs(request.member)
    response = render(request, "contacts/active_runs.html", {"runs": runs})
    if not runs:
        response["HX-Trigger"] = "changed"
    return response
