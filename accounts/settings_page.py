"""The frame of every page under Settings: its tabs, by the rights of who looks."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import Right, TeamRequest, may

# URL name, label, and the right that the page needs.
TABS = (
    ("team_settings", "Team", Right.MANAGE_TEAM),
    ("members", "Members", None),
    ("inboxes", "Inboxes", Right.MANAGE_INBOXES),
    ("api_keys", "API keys", Right.MANAGE_KEYS),
    ("endpoints", "Webhooks", Right.MANAGE_WEBHOOKS),
)


def render_settings_page(
    request: TeamRequest, template: str, tab: str, context: dict[str, Any]
) -> HttpResponse:
    """Render a page under Settings. A form that comes back was not valid, so the answer to a POST is 422."""
    status = 422 if request.method == "POST" else 200
    return render(request, template, {**settings_context(request, tab), **context}, status=status)


def settings_context(request: TeamRequest, tab: str) -> dict[str, Any]:
    """What the frame itself shows."""
    tabs = [(name, label) for name, label, right in TABS if right is None or may(request.member, right)]
    return {"section": "settings", "tabs": tabs, "tab": tab}
