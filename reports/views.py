"""The pages of reports."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from contacts.do_not_text import Key
from reports import changes, fold
from reports.asked import Question
from reports.consent_report import ConsentForm, consent
from reports.frame import show
from reports.models import Tally
from reports.opt_out_asked import OptOutForm, OptOutQuestion
from reports.opt_outs import opt_outs
from reports.team import TeamForm, team_of
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
@team_view(Right.SEE_REPORTS)
def opt_out_report(request: TeamRequest) -> HttpResponse:
    """Its first page of lines has figures above it."""
    books = fold.catch_up(request.team)
    asked = OptOutQuestion(OptOutForm(request.team, request.GET))
    after = Key.read(request.GET.get("after", ""))
    report = opt_outs(asked) if books else None
    page = changes.page(asked.wanted, after) if report else None
    following = asked.at(page.next) if page and page.next else ""
    return show(
        request, "opt_out_report", asked=asked, books=books, report=report, page=page, after=after, next=following
    )  # fmt: skip


@require_GET
@team_view(Right.SEE_REPORTS)
def consent_report(request: TeamRequest) -> HttpResponse:
    books = fold.catch_up(request.team)
    asked = Question(ConsentForm(request.team, request.GET))
    report = consent(asked) if books else None
    return show(request, "consent_report", asked=asked, books=books, report=report)


@require_GET
@team_view(Right.SEE_REPORTS)
def team_report(request: TeamRequest) -> HttpResponse:
    books = fold.catch_up(request.team)
    asked = Question(TeamForm(request.team, request.GET))
    report = team_of(asked, request.path) if books else None
    return show(request, "team_report", asked=asked, books=books, report=report)
