"""Frame of all report pages: tabs, heading, filters, and the time of the last update."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import Right, TeamRequest, may
from contacts.exports.download import invalid_filters_page
from reports.models import RollupState
from reports.query import ReportQuery
from reports.report_kinds import REPORT_KINDS

# Tab labels by URL name.
TABS = {
    "volume": "Volume",
    "opt_out_report": "Opt-outs",
    "consent_report": "Consent",
    "broadcast_report": "Broadcasts",
    "team_report": "Team",
    "schedules": "Scheduled",
}


@dataclass(frozen=True)
class ReportTab:
    label: str
    link: str
    open: bool


def render_report(
    request: TeamRequest,
    name: str,
    *,
    query: ReportQuery | None = None,
    state: RollupState | None = None,
    template: str = "",
    **context: Any,
) -> HttpResponse:
    """Render templates/reports/<name>.html, or another `template` there, in the frame of all reports.

    The links of other tabs keep the shared filters of the `query`. `state` has the time of the last update.
    """
    clock = request.team.clock = request.team.clock.in_zone(request.team.time_zone)  # that of its days
    context |= {
        "section": "reports",
        "tabs": _tabs(request.team.slug, name, query.shared_query_string if query else ""),
        "heading": TABS[name],
        "query": query,
        "counted_at": state and state.counted_at,
        "zone_name": clock.zone_name,
        "may_export": may(request.member, Right.EXPORT),
        "report_url": request.path,
        "schedule_query": _schedule_query(name, query) if query and name in REPORT_KINDS else "",
    }
    response = render(request, f"reports/{template or name}.html", context)
    if request.htmx:  # the address shows the selected filters
        response["HX-Replace-Url"] = _address(request, query)
    return response


def _schedule_query(name: str, query: ReportQuery) -> str:
    """The query string of a new schedule of this report with its filters."""
    return "&".join(filter(None, (urlencode({"report": name}), query.query_string)))


def _address(request: TeamRequest, query: ReportQuery | None) -> str:
    """The address without default values; unchanged if a value is invalid."""
    if query is None or query.form.errors:
        return request.get_full_path()
    return f"{request.path}?{query.query_string}" if query.query_string else request.path


def export_error(request: TeamRequest, query: ReportQuery, state: RollupState | None) -> HttpResponse | None:
    """The response to an export that cannot be made as requested: no rollups yet, or an invalid filter."""
    if state is None:
        context = {"title": "Your texts are being counted", "sentence": "Try again in a minute."}
        response = render(request, "error.html", context, status=503)
        response["Retry-After"] = "60"
        return response
    return invalid_filters_page(request, query.form) if query.form.errors else None


def _tabs(team_slug: str, name: str, shared_query: str) -> list[ReportTab]:
    query = f"?{shared_query}" if shared_query else ""
    return [
        ReportTab(label, reverse(other, args=[team_slug]) + query, other == name)
        for other, label in TABS.items()
    ]
