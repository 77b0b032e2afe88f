"""Exports: what each page tells as a table, and row by row opt-outs and texts."""

from collections.abc import Callable

from django.http import HttpResponseBase, QueryDict
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Team
from contacts.export_views import download
from contacts.exports import Batches
from contacts.writers import Row
from reports import fold, texts_export
from reports.asked import Question
from reports.frame import misread
from reports.schedules.catalogue import KINDS


def _file(
    request: TeamRequest,
    what: str,
    ask: Callable[[Team, QueryDict], Question],
    export: Callable[[Question], tuple[Row, Batches]],
) -> HttpResponseBase:
    books = fold.catch_up(request.team)
    asked = ask(request.team, request.GET)
    return misread(request, asked, books) or download(request, what, *export(asked))


def _of_page(request: TeamRequest, what: str, page: str) -> HttpResponseBase:
    """With the filters of the report's page."""
    kind = KINDS[page]
    return _file(request, what, kind.ask, kind.export)


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_volume(request: TeamRequest) -> HttpResponseBase:
    return _of_page(request, "volume", "volume")


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_texts(request: TeamRequest) -> HttpResponseBase:
    return _file(request, "texts", texts_export.ask, texts_export.export)


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
