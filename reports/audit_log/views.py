"""Settings > Audit log: the entries with filters, and their export."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from accounts.settings_page import render_settings_page
from contacts.exports.download import download_response, invalid_filters_page
from reports.audit_log.entries import shown_entries
from reports.audit_log.export import HEADER, audit_rows
from reports.audit_log.forms import AuditFilterForm
from reports.audit_log.query import AuditQuery


@require_GET
@team_view(Right.SEE_AUDIT_LOG)
def audit_log(request: TeamRequest) -> HttpResponse:
    form = AuditFilterForm(request.team, request.GET)
    query = form.query
    entries, following = query.page(request.team, request.team.clock.zone)
    context = {
        "query": query,
        "form": form,
        "rows": [(shown, query.by(shown.entry)) for shown in shown_entries(request.team, entries)],
        "next": following,
        "words": _words(request, form, query),
        "may_export": may(request.member, Right.EXPORT),
    }
    return render_settings_page(request, "audit_log/audit_log.html", "audit_log", context)


def _words(request: TeamRequest, form: AuditFilterForm, query: AuditQuery) -> str:
    """The filters in words; empty without any."""
    days = [(word, day) for word, day in (("from", query.first), ("until", query.last)) if day]
    return ", ".join(
        [
            *(form.in_words(name) for name in ("what", "who") if getattr(query, name)),
            *(f"{word} {request.team.clock.day(day)}" for word, day in days),
        ]
    )


@require_GET
@team_view(Right.SEE_AUDIT_LOG, Right.EXPORT)
def export_audit_log(request: TeamRequest) -> HttpResponseBase:
    """The entries that the page's filters find. The export is itself recorded."""
    form = AuditFilterForm(request.team, request.GET)
    rows = audit_rows(request.team, form.query, request.team.clock.zone)
    if form.errors:
        return invalid_filters_page(request, form)
    return download_response(request, "audit-log", HEADER, rows)
