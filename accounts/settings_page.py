"""The frame of all pages under Settings: a navigation with the pages that the member may open, in groups."""

from typing import Any, NamedTuple

from django.http import HttpResponse

from accounts.access import Right, TeamRequest
from kernel.form_views import render_form


class SettingsPage(NamedTuple):
    name: str  # of its URL
    label: str
    right: Right | None  # that it needs


GROUPS: dict[str, tuple[SettingsPage, ...]] = {
    "General": (
        SettingsPage("team_settings", "Team", Right.MANAGE_TEAM),
        SettingsPage("notifications", "Notifications", None),
    ),
    "People": (
        SettingsPage("members", "Members", None),
        SettingsPage("roles", "Roles", None),
        SettingsPage("team_sign_in", "Sign-in", Right.MANAGE_SIGN_IN),
    ),
    "Texting": (
        SettingsPage("inboxes", "Inboxes", Right.MANAGE_INBOXES),
        SettingsPage("text_templates", "Templates", Right.SEND_TEXTS),
        SettingsPage("sending_hours", "Sending hours", Right.MANAGE_INBOXES),
    ),
    "Opt-outs": (
        SettingsPage("opt_out_settings", "Opt-out", Right.MANAGE_INBOXES),
        SettingsPage("linked_teams", "Linked teams", Right.LINK_TEAMS),
        SettingsPage("evidence", "Evidence", Right.MAKE_EVIDENCE),
    ),
    "Programs": (
        SettingsPage("api_keys", "API keys", Right.MANAGE_API_KEYS),
        SettingsPage("endpoints", "Webhooks", Right.MANAGE_WEBHOOKS),
    ),
    "Records": (
        SettingsPage("retention", "Retention", Right.MANAGE_TEAM),
        SettingsPage("audit_log", "Audit log", Right.SEE_AUDIT_LOG),
    ),
}


def render_settings_page(
    request: TeamRequest, template: str, page: str, context: dict[str, Any]
) -> HttpResponse:
    """Render a page under Settings; with status 422 after a POST, like all forms that are shown again."""
    return render_form(request, template, {**settings_context(request, page), **context})


def settings_context(request: TeamRequest, page: str) -> dict[str, Any]:
    """The context of the frame itself, with the name of the page that is marked."""
    groups = {heading: _shown(request, pages) for heading, pages in GROUPS.items()}
    shown = {heading: pages for heading, pages in groups.items() if pages}
    return {"section": "settings", "settings_groups": shown, "settings_page": page}


def _shown(request: TeamRequest, pages: tuple[SettingsPage, ...]) -> list[SettingsPage]:
    return [page for page in pages if page.right is None or page.right in request.rights_somewhere]
