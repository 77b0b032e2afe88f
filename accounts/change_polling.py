"""Polling for changes: the request by which every open page asks each second whether its team's rows changed."""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from kernel.change_tokens import current_token

# A page that has been open for longer reloads.
TICKET_SECONDS = 7 * 24 * 60 * 60


@require_GET
def poll_changes(request: HttpRequest, team_slug: str, ticket: str) -> HttpResponse:
    """204 while the page has `seen` the current version; otherwise the new version, and an event for htmx.

    The signed ticket names the team, so that a poll needs neither session nor database. It reveals only a token.
    """
    try:
        team_id = signing.loads(ticket, salt="live", max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    version = current_token(team_id)
    if version == request.GET.get("seen"):
        return HttpResponse(status=204)
    context = {"slug": team_slug, "ticket": ticket, "version": version}
    poll = render_to_string("accounts/poll_changes.html", context)
    return HttpResponse(poll, headers={"HX-Trigger": "changed"})
