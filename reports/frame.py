"""What stands around every report: the tabs, its heading and filters, and until when it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from accounts.access import Right, TeamRequest, may
from reports.asked import Question

# The name of each report's address, and of its tab.
TABS = {
    "volume": "Volume",
    "opt_out_report": "Opt Out",
    "consent_report": "Consent",
    "team_report": "Team",
    "schedules": "Scheduled",
}


@dataclass(frozen=True)
class Tab:
    label: str
    link: str
    open: bool


def show(
    request: TeamRequest,
    name: str,
    *,
    asked: Question | None = None,
    counted_at: datetime | None = None,
    **context: Any,
) -> HttpResponse:
    """The report of this name, templates/reports/<name>.html, in its frame.

    Other tabs open with what they understand of what is `asked`. `counted_at` is until when the figures count.
    """
    kept = asked.kept if asked else ""
    context |= {
        "section": "reports",
        "tabs": list(_tabs(request.team.slug, name, kept)),
        "heading": TABS[name],
        "asked": asked,
        "counted_at": counted_at,
        "may_export": may(request.member, Right.EXPORT),
        "here_url": request.path,
    }
    response = render(request, f"reports/{name}.html", context)
    if request.htmx:  # the address follows what is chosen
        response["HX-Replace-Url"] = _address(request, asked)
    return response


def _address(request: TeamRequest, asked: Question | None) -> str:
    """Without what says nothing; but as it was where some of it cannot be read."""
    if asked is None or asked.form.errors:
        return request.get_full_path()
    return f"{request.path}?{asked.query}" if asked.query else request.path


def _tabs(team_slug: str, name: str, kept: str) -> Iterator[Tab]:
    for other, label in TABS.items():
        try:
            link = reverse(other, args=[team_slug])
        except NoReverseMatch:  # an installation without it
            continue
        yield Tab(label, f"{link}?{kept}" if kept else link, other == name)
