"""The frame of all pages under Settings: the tabs that the member may open."""

from typing import Any

from django.http import HttpResponse

from accounts.access import Right, TeamRequest
from kernel.form_views import render_form

# URL name, label, and the right that the page needs.
TABS = (
    ("team_settings", "Team", Right.MANAGE_TEAM),
    ("members", "Members", None),
    ("roles", "Roles", None),
    ("team_sign_in", "Sign-in", Right.MANAGE_SIGN_IN),
    ("inboxes", "Inboxes", Right.MANAGE_INBOXES),
    ("notifications", "Notifications", None),
    ("text_templates", "Templates", Right.SEND_TEXTS),
    ("opt_out_settings", "Opt-out", Right.MANAGE_INBOXES),
    ("linked_teams", "Linked teams", Right.LINK_TEAMS),
    ("sending_hours", "Sending hours", Right.MANAGE_INBOXES),
    ("evidence", "Evidence", Right.MAKE_EVIDENCE),
    ("retention", "Retention", Right.MANAGE_TEAM),
    ("api_keys", "API keys", Right.MANAGE_API_KEYS),
    ("endpoints", "Webhooks", Right.MANAGE_WEBHOOKS),
    ("audit_log", "Audit log", Right.SEE_AUDIT_LOG),
)


def render_settings_page(
    request: TeamRequest, template: str, tab: str, context: dict[str, Any]
) -> HttpResponse:
    """Render a page under Settings; with status 422 after a POST, like all forms that are shown again."""
    return render_form(request, template, {**settings_context(request, tab), **context})


def settings_context(request: TeamRequest, tab: str) -> dict[str, Any]:
    """The context of the frame itself."""
    tabs = [
        (name, label) for name, label, right in TABS if right is None or right in request.rights_somewhere
    ]
    return {"section": "settings", "tabs": tabs, "tab": tab}
