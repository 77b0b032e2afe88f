"""Pages of the reports."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from kernel.keyset import Cursor
from kernel.pacing import give_way
from reports import opt_out_changes, rollup
from reports.broadcast_report import BroadcastReportForm, build_broadcast_report
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
@give_way
@team_view(Right.SEE_REPORTS)
def volume(request: TeamRequest) -> HttpResponse:
    state = rollup.catch_up(request.team)
    query = ReportQuery(VolumeReportForm(request.team, request.GET))
    report = build_volume_report(query) if state else None
    no_messages_yet = report is None and not Rollup.objects.filter(team_id=request.team.id).exists()
    return render_report(
        request, "volume", query=query, state=state, report=report, no_messages_yet=no_messages_yet
    )


@require_GET
@give_way
@team_view(Right.SEE_REPORTS)
def opt_out_report(request: TeamRequest) -> HttpResponse:
    """The first page of the list has the figures above it."""
    state = rollup.catch_up(request.team)
    query = OptOutReportQuery(OptOutReportForm(request.team, request.GET))
    after = Cursor.read(request.GET.get("after", ""))
    report = build_opt_out_report(query) if state else None
    page = opt_out_changes.read_page(query.change_query, after) if report else None
    next_page = query.next_page_query(page.next) if page and page.next else ""
    return render_report(
        request, "opt_out_report", query=query, state=state, report=report, page=page, after=after,
        next_page=next_page,
    )  # fmt: skip


@require_GET
@give_way
@team_view(Right.SEE_REPORTS)
def consent_report(request: TeamRequest) -> HttpResponse:
    state = rollup.catch_up(request.team)
    query = ReportQuery(ConsentReportForm(request.team, request.GET))
    report = build_consent_report(query) if state else None
    return render_report(request, "consent_report", query=query, state=state, report=report)


@require_GET
@give_way
@team_view(Right.SEE_REPORTS)
def broadcast_report(request: TeamRequest) -> HttpResponse:
    """Its figures are counted from the broadcasts' own rows."""
    query = ReportQuery(BroadcastReportForm(request.team, request.GET))
    return render_report(request, "broadcast_report", query=query, report=build_broadcast_report(query))


@require_GET
@give_way
@team_view(Right.SEE_REPORTS)
def team_report(request: TeamRequest) -> HttpResponse:
    state = rollup.catch_up(request.team)
    query = ReportQuery(TeamReportForm(request.team, request.GET))
    report = build_team_report(query, request.path) if state else None
    return render_report(request, "team_report", query=query, state=state, report=report)
