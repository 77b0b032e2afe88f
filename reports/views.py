"""The pages Volume and Team, and their exports."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from contacts.export_views import download
from reports import fold, volume_export
from reports.asked import Question
from reports.frame import misread, show
from reports.models import Tally
from reports.team import TeamForm, export_of, team_of
from reports.volume import VolumeForm, volume_of


@require_GET
@team_view(Right.SEE_REPORTS)
def reports(request: TeamRequest) -> HttpResponse:
    return redirect("volume", request.team.slug)


@require_GET
@team_view(Right.SEE_REPORTS)
def volume(request: TeamRequest) -> HttpResponse:
    books = fold.catch_up(request.team)
    asked = Question(VolumeForm(request.team, request.GET))
    report = volume_of(asked) if books else None
    fresh = report is None and not Tally.objects.filter(team_id=request.team.id).exists()
    return show(request, "volume", asked=asked, books=books, report=report, fresh=fresh)


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_volume(request: TeamRequest) -> HttpResponseBase:
    books = fold.catch_up(request.team)
    asked = Question(VolumeForm(request.team, request.GET))
    if refused := misread(request, asked, books):
        return refused
    return download(request, "volume", *volume_export.export(asked))


@require_GET
@team_view(Right.SEE_REPORTS)
def team_report(request: TeamRequest) -> HttpResponse:
    books = fold.catch_up(request.team)
    asked = Question(TeamForm(request.team, request.GET))
    report = team_of(asked, request.path) if books else None
    return show(request, "team_report", asked=asked, books=books, report=report)


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_team(request: TeamRequest) -> HttpResponseBase:
    books = fold.catch_up(request.team)
    asked = Question(TeamForm(request.team, request.GET))
    if refused := misread(request, asked, books):
        return refused
    return download(request, "team", *export_of(asked))
