"""Exports: what each page tells as a table, and row by row opt-outs and texts."""

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
    what: str,
    ask: Callable[[Team, QueryDict], ReportQuery],
    export: Callable[[ReportQuery], tuple[Row, RowBatches]],
) -> HttpResponseBase:
    books = rollup.catch_up(request.team)
    asked = ask(request.team, request.GET)
    return export_error(request, asked, books) or download_response(request, what, *export(asked))


def _of_page(request: TeamRequest, what: str, page: str) -> HttpResponseBase:
    """With the filters of the report's page."""
    kind = REPORT_KINDS[page]
    return _file(request, what, kind.ask, kind.export)


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
