"""The way into the reports."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from reports.frame import show


@require_GET
@team_view(Right.SEE_REPORTS)
def reports(request: TeamRequest) -> HttpResponse:
    return redirect("volume", request.team.slug)


@require_GET
@team_view(Right.SEE_REPORTS)
def volume(request: TeamRequest) -> HttpResponse:
    return show(request, "volume")
