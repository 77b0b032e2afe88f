"""Polling for changes: the request by which every open page asks each second whether its team's rows changed."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.access import TeamRequest
from accounts.scope_lookups import teams_of_user
from kernel.change_tokens import current_token

_SALT = "live"
# For so long a ticket stands for its session and membership. After that, and before it tells of a change, a poll checks
# both: a page shows nothing more to a person who was removed or signed out.
TICKET_SECONDS = 10


def new_ticket(request: TeamRequest) -> str:
    """A ticket with which a page of this session polls its team."""
    return _sign(request, request.team.id)


@require_GET
def poll_changes(request: HttpRequest, team_slug: str, ticket: str) -> HttpResponse:
    """204 while the page has `seen` the current version; otherwise the new version, and an event for htmx.

    A fresh ticket needs neither session nor database. A visitor who may no longer see the team is sent away.
    """
    seen, polled = request.GET.get("seen"), _team_of(request, ticket)
    if polled is not None and current_token(polled) == seen:
        return HttpResponse(status=204)
    team_id = _entered_team(request, team_slug)
    if team_id is None:
        return HttpResponse(status=204, headers={"HX-Redirect": _way_out(request)})
    version = current_token(team_id)
    context = {"slug": team_slug, "ticket": _sign(request, team_id), "version": version}
    poll = render_to_string("accounts/poll_changes.html", context)
    return HttpResponse(poll, headers={} if version == seen else {"HX-Trigger": "changed"})


def _sign(request: HttpRequest, team_id: int) -> str:
    return signing.dumps([team_id, _session_digest(request)], salt=_SALT)


def _team_of(request: HttpRequest, ticket: str) -> int | None:
    """The team of a fresh ticket of this session."""
    try:
        team_id, digest = signing.loads(ticket, salt=_SALT, max_age=TICKET_SECONDS)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return int(team_id) if digest == _session_digest(request) else None


def _session_digest(request: HttpRequest) -> str:
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return salted_hmac(_SALT, session, algorithm="sha256").hexdigest()


def _entered_team(request: HttpRequest, slug: str) -> int | None:
    """The ID of the team if the visitor is signed in and a member."""
    if not request.user.is_authenticated:
        return None
    return next((team.id for team in teams_of_user(request.user.pk) if team.slug == slug), None)


def _way_out(request: HttpRequest) -> str:
    """The sign-in page, which returns to the open page; without that page for a removed member."""
    if request.user.is_authenticated:
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    page = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    return resolve_url(settings.LOGIN_URL) + (f"?{urlencode({'next': page})}" if page else "")
