"""Exports row by row: of opt-outs and opt-ins, and of texts."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from contacts.export_views import download
from reports import fold, opt_out_export, texts_export
from reports.asked import Question
from reports.frame import misread
from reports.opt_out_asked import OptOutForm, OptOutQuestion
from reports.texts_export import TextsForm


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_opt_outs(request: TeamRequest) -> HttpResponseBase:
    books = fold.catch_up(request.team)
    asked = OptOutQuestion(OptOutForm(request.team, request.GET))
    if refused := misread(request, asked, books):
        return refused
    return download(request, "opt-outs", *opt_out_export.export(asked))


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_texts(request: TeamRequest) -> HttpResponseBase:
    books = fold.catch_up(request.team)
    asked = Question(TextsForm(request.team, request.GET))
    if refused := misread(request, asked, books):
        return refused
    return download(request, "texts", *texts_export.export(asked))
