"""Settings > Audit log: the entries with filters, and their export."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from accounts.audit.actions import ActionGroup
from accounts.models import Team
from accounts.settings_page import render_settings_page
from contacts.exports.download import download_response
from reports.audit_log.entries import actor_choices, shown_entries
from reports.audit_log.export import HEADER, audit_rows
from reports.audit_log.query import AuditQuery


@require_GET
@team_view(Right.SEE_AUDIT_LOG)
def audit_log(request: TeamRequest) -> HttpResponse:
    query = AuditQuery.read(request.GET)
    entries, following = query.page(request.team, request.team.clock.zone)
    choices = actor_choices(request.team)
    is_former = bool(query.who) and query.who not in dict(choices)
    context = {
        "query": query,
        "rows": [(shown, query.by(shown.entry)) for shown in shown_entries(request.team, entries)],
        "next": following,
        "groups": ActionGroup,
        "actors": choices,
        "is_former": is_former,
        "words": _words(request.team, query, dict(choices)),
        "may_export": may(request.member, Right.EXPORT),
    }
    return render_settings_page(request, "audit_log/audit_log.html", "audit_log", context)


def _words(team: Team, query: AuditQuery, actors: dict[str, str]) -> str:
    """The filters in words; empty without any."""
    days = [(word, day) for word, day in (("from", query.first), ("until", query.last)) if day]
    return ", ".join(
        [
            *([str(ActionGroup(query.what).label)] if query.what else []),
            *([actors.get(query.who, "somebody who has left")] if query.who else []),
            *(f"{word} {team.clock.day(day)}" for word, day in days),
        ]
    )


@require_GET
@team_view(Right.SEE_AUDIT_LOG, Right.EXPORT)
def export_audit_log(request: TeamRequest) -> HttpResponseBase:
    """The entries that the page's filters find. The export is itself recorded."""
    rows = audit_rows(request.team, AuditQuery.read(request.GET), request.team.clock.zone)
    return download_response(request, "audit-log", HEADER, rows)
