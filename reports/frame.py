"""What stands around every report: the tabs, its heading and filters, and until when it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from accounts.access import Right, TeamRequest, may

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
    request: TeamRequest, name: str, *, counted_at: datetime | None = None, kept: str = "", **context: Any
) -> HttpResponse:
    """The report of this name, templates/reports/<name>.html, in its frame.

    `counted_at` is until when its figures count. The other tabs open with what is `kept` of the address.
    """
    context |= {
        "section": "reports",
        "tabs": list(_tabs(request.team.slug, name, kept)),
        "heading": TABS[name],
        "counted_at": counted_at,
        "may_export": may(request.member, Right.EXPORT),
        "here_url": request.path,
    }
    response = render(request, f"reports/{name}.html", context)
    if request.htmx:  # the address follows what is chosen
        response["HX-Replace-Url"] = request.get_full_path()
    return response


def _tabs(team_slug: str, name: str, kept: str) -> Iterator[Tab]:
    for other, label in TABS.items():
        try:
            link = reverse(other, args=[team_slug])
        except NoReverseMatch:  # an installation without it
            continue
        yield Tab(label, f"{link}?{kept}" if kept else link, other == name)
