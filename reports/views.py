"""The pages Volume and Team, and their exports."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from contacts.export_views import download
from reports import fold, volume_export
from reports.asked import Question
from reports.frame import misread, show
from reports.volume import VolumeForm
from reports.volume import volume as told


@require_GET
@team_view(Right.SEE_REPORTS)
def reports(request: TeamRequest) -> HttpResponse:
    return redirect("volume", request.team.slug)


@require_GET
@team_view(Right.SEE_REPORTS)
def volume(request: TeamRequest) -> HttpResponse:
    books = fold.catch_up(request.team)
    asked = Question(VolumeForm(request.team, request.GET))
    report = told(asked) if books else None
    return show(request, "volume", asked=asked, books=books, report=report)


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_volume(request: TeamRequest) -> HttpResponseBase:
    books = fold.catch_up(request.team)
    asked = Question(VolumeForm(request.team, request.GET))
    if refused := misread(request, asked, books):
        return refused
    return download(request, "volume", *volume_export.export(asked))
