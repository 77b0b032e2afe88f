"""The page Consent, and its export."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from contacts.export_views import download
from reports import consent_export, fold
from reports.asked import Question
from reports.consent_report import ConsentForm, consent
from reports.frame import misread, show


@require_GET
@team_view(Right.SEE_REPORTS)
def consent_report(request: TeamRequest) -> HttpResponse:
    books = fold.catch_up(request.team)
    asked = Question(ConsentForm(request.team, request.GET))
    report = consent(asked) if books else None
    return show(request, "consent_report", asked=asked, books=books, report=report)


@require_GET
@team_view(Right.SEE_REPORTS, Right.EXPORT)
def export_consent(request: TeamRequest) -> HttpResponseBase:
    books = fold.catch_up(request.team)
    asked = Question(ConsentForm(request.team, request.GET))
    if refused := misread(request, asked, books):
        return refused
    return download(request, "consent", *consent_export.export(asked))
