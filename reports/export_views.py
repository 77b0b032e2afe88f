"""Exports of the reports: the tables of the pages, and all opt-outs and texts of a period."""

from collections.abc import Callable

from django.http import HttpResponseBase, QueryDict
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Team
from contacts.exports.download import download_response
from contacts.exports.stream import RowBatches
from kernel.spreadsheets.writers import Row
from reports import rollup, texts_export
from reports.query import ReportQuery
from reports.report_kinds import REPORT_KINDS
from reports.report_page import export_error


def _file(
    request: TeamRequest,
    file_name: str,
    read_query: Callable[[Team, QueryDict], ReportQuery],
    export: Callable[[ReportQuery], tuple[Row, RowBatches]],
) -> HttpResponseBase:
    state = rollup.catch_up(request.team)
    query = read_query(request.team, request.GET)
    return export_error(request, query, state) or download_response(request, file_name, *export(query))


def _of_page(request: TeamRequest, file_name: str, page: str) -> HttpResponseBase:
    """The export of a page, with the page's filters."""
    kind = REPORT_KINDS[page]
    return _file(request, file_name, kind.read_query, kind.export)


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_volume(request: TeamRequest) -> HttpResponseBase:
    return _of_page(request, "volume", "volume")


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_texts(request: TeamRequest) -> HttpResponseBase:
    return _file(request, "texts", texts_export.read_query, texts_export.export)


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_opt_outs(request: TeamRequest) -> HttpResponseBase:
    return _of_page(request, "opt-outs", "opt_out_report")


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_consent(request: TeamRequest) -> HttpResponseBase:
    return _of_page(request, "consent", "consent_report")


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_team(request: TeamRequest) -> HttpResponseBase:
    return _of_page(request, "team", "team_report")


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_broadcasts(request: TeamRequest) -> HttpResponseBase:
    return _of_page(request, "broadcasts", "broadcast_report")
