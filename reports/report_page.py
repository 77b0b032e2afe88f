"""What stands around every report: the tabs, its heading and filters, and until when it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from accounts.access import Right, TeamRequest, may
from reports.models import RollupState
from reports.query import ReportQuery
from reports.report_kinds import REPORT_KINDS

# The name of each report's address, and of its tab.
TABS = {
    "volume": "Volume",
    "opt_out_report": "Opt Out",
    "consent_report": "Consent",
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
    asked: ReportQuery | None = None,
    books: RollupState | None = None,
    template: str = "",
    **context: Any,
) -> HttpResponse:
    """The report of this name in its frame: templates/reports/<name>.html, or another `template` there.

    Other tabs open with what they understand of what is `asked`. `books` tell until when the figures count.
    """
    kept = asked.shared_query_string if asked else ""
    context |= {
        "section": "reports",
        "tabs": list(_tabs(request.team.slug, name, kept)),
        "heading": TABS[name],
        "asked": asked,
        "counted_at": books and books.counted_at,
        "may_export": may(request.member, Right.EXPORT),
        "here_url": request.path,
        "schedule_query": _to_schedule(name, asked) if asked and name in REPORT_KINDS else "",
    }
    response = render(request, f"reports/{template or name}.html", context)
    if request.htmx:  # the address follows what is chosen
        response["HX-Replace-Url"] = _address(request, asked)
    return response


def _to_schedule(name: str, asked: ReportQuery) -> str:
    """The report and its filters, as a new schedule takes them over."""
    return "&".join(filter(None, (urlencode({"report": name}), asked.query)))


def _address(request: TeamRequest, asked: ReportQuery | None) -> str:
    """Without what says nothing; but as it was where some of it cannot be read."""
    if asked is None or asked.form.errors:
        return request.get_full_path()
    return f"{request.path}?{asked.query}" if asked.query else request.path


def export_error(request: TeamRequest, asked: ReportQuery, books: RollupState | None) -> HttpResponse | None:
    """What an export answers instead of a file that holds something else than was asked for."""
    if books is None:
        context = {"title": "Your figures are being counted", "sentence": "Try again in a minute."}
        response = render(request, "error.html", context, status=503)
        response["Retry-After"] = "60"
        return response
    if asked.form.errors:
        said = " ".join(
            f"{asked.form[name].label}: {' '.join(map(str, errors))}"
            for name, errors in asked.form.errors.items()
        )
        context = {"title": "This address cannot be read", "sentence": said}
        return render(request, "error.html", context, status=400)
    return None


def _tabs(team_slug: str, name: str, kept: str) -> Iterator[ReportTab]:
    for other, label in TABS.items():
        try:
            link = reverse(other, args=[team_slug])
        except NoReverseMatch:  # an installation without it
            continue
        yield ReportTab(label, f"{link}?{kept}" if kept else link, other == name)
