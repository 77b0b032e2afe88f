"""The pages of reports."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from contacts.do_not_text.listing import Key
from reports import opt_out_changes, rollup
from reports.consent_report import ConsentReportForm, build_consent_report
from reports.models import Rollup
from reports.opt_out_query import OptOutReportForm, OptOutReportQuery
from reports.opt_out_report import build_opt_out_report
from reports.query import ReportQuery
from reports.report_page import render_report
from reports.team_report import TeamReportForm, build_team_report
from reports.volume_report import VolumeReportForm, build_volume_report


@require_GET
@team_view(Right.SEE_REPORTS)
def reports(request: TeamRequest) -> HttpResponse:
    return redirect("volume", request.team.slug)


@require_GET
@team_view(Right.SEE_REPORTS)
def volume(request: TeamRequest) -> HttpResponse:
    books = rollup.catch_up(request.team)
    asked = ReportQuery(VolumeReportForm(request.team, request.GET))
    report = build_volume_report(asked) if books else None
    fresh = report is None and not Rollup.objects.filter(team_id=request.team.id).exists()
    return render_report(request, "volume", asked=asked, books=books, report=report, fresh=fresh)


@require_GET
@team_view(Right.SEE_REPORTS)
def opt_out_report(request: TeamRequest) -> HttpResponse:
    """Its first page of lines has figures above it."""
    books = rollup.catch_up(request.team)
    asked = OptOutReportQuery(OptOutReportForm(request.team, request.GET))
    after = Key.read(request.GET.get("after", ""))
    report = build_opt_out_report(asked) if books else None
    page = opt_out_changes.read_page(asked.change_query, after) if report else None
    following = asked.at(page.next) if page and page.next else ""
    return render_report(
        request, "opt_out_report", asked=asked, books=books, report=report, page=page, after=after, next=following
    )  # fmt: skip


@require_GET
@team_view(Right.SEE_REPORTS)
def consent_report(request: TeamRequest) -> HttpResponse:
    books = rollup.catch_up(request.team)
    asked = ReportQuery(ConsentReportForm(request.team, request.GET))
    report = build_consent_report(asked) if books else None
    return render_report(request, "consent_report", asked=asked, books=books, report=report)


@require_GET
@team_view(Right.SEE_REPORTS)
def team_report(request: TeamRequest) -> HttpResponse:
    books = rollup.catch_up(request.team)
    asked = ReportQuery(TeamReportForm(request.team, request.GET))
    report = build_team_report(asked, request.path) if books else None
    return render_report(request, "team_report", asked=asked, books=books, report=report)
