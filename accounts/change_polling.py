"""FIXME module docstring."""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from kernel import change_tokens as browsers

# A page that has been open for longer loads itself anew.
TICKET_SECONDS = 7 * 24 * 60 * 60  # seconds


@require_GET
def poll_changes(request: HttpRequest, team_slug: str, ticket: str) -> HttpResponse:
    """Whether the team's rows changed since the version that the page has `seen`; asked each second by every page.

    The signed ticket names the team, so that this costs no session and no database. It tells nothing but a token.
    """
    try:
        team_id = signing.loads(ticket, salt="live", max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    version = browsers.current_token(team_id)
    if version == request.GET.get("seen"):
        return HttpResponse(status=204)
    poll = render_to_string(
        "accounts/poll_changes.html", {"slug": team_slug, "ticket": ticket, "version": version}
    )
    return HttpResponse(poll, headers={"HX-Trigger": "changed"})
