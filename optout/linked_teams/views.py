"""Settings > Linked teams: links with other teams of the business, requests for them, and their answers; for owners."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.addresses import has_proved
from accounts.audit.models import SettingsSection
from accounts.settings_audit import record_changes, settings_changes
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from optout.linked_teams.emails import tell_asked_owner, was_told_lately
from optout.linked_teams.forms import LinkRequestForm
from optout.linked_teams.models import LinkOutcome, LinkRequest, TeamLink
from optout.linked_teams.wakeups import wake_copying_on_commit
from optout.scope_lookups import LinkRequestRow, decline_link, link_requests, link_teams, unlink_teams

GONE = "This request is no longer open."


@form_view
@team_view(Right.LINK_TEAMS)
def linked_teams(request: TeamRequest) -> HttpResponse:
    """The page; its POST asks the owner with an address."""
    form = LinkRequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        asked, new = LinkRequest.objects.get_or_create(
            team=request.team,
            email=email,
            outcome=LinkOutcome.OPEN,
            defaults={"asked_by": str(request.member)},
        )
        if new:
            _record(request, f"Request to {email}", "", "open")
            if not was_told_lately(asked):
                transaction.on_commit(lambda: tell_asked_owner(request.team, asked))
        return _done(request, f"Asked {email}.")
    context = {
        "form": form,
        "links": TeamLink.objects.filter(team=request.team).order_by("other_name", "id"),
        "sent": LinkRequest.objects.filter(team=request.team, outcome=LinkOutcome.OPEN).order_by("id"),
        "received": [one for one in _received(request) if one.team_id != request.team.id],
        "proved": has_proved(request.user, request.user.email),
        "changes": settings_changes(request.team, SettingsSection.LINKED_TEAMS),
    }
    return render_settings_page(request, "optout/linked_teams.html", "linked_teams", context)


@require_POST
@team_view(Right.LINK_TEAMS)
def withdrawal(request: TeamRequest, id: int) -> HttpResponse:
    """Withdraw this team's request."""
    asked = get_object_or_404(LinkRequest, team=request.team, id=id)
    rows = LinkRequest.objects.filter(team=request.team, id=id, outcome=LinkOutcome.OPEN)
    if not rows.update(outcome=LinkOutcome.WITHDRAWN):
        return _done(request, GONE)
    _record(request, f"Request to {asked.email}", "open", "withdrawn")
    return _done(request, "Withdrawn.")


@require_POST
@team_view(Right.LINK_TEAMS)
def answer(request: TeamRequest, asking: int, id: int) -> HttpResponse:
    """Accept or decline a request that was sent to the address of this owner."""
    name = next((one.team for one in _received(request) if (one.team_id, one.id) == (asking, id)), "")
    if not name:
        raise Http404("This request is no longer open.")
    if "accept" not in request.POST:
        decline_link(asking, id, request.user.email)
        return _done(request, f"Declined the request of {name}.")
    if not link_teams(asking, id, request.user.email, str(request.member)):
        return _done(request, GONE)
    for team_id in (asking, request.team.id):
        wake_copying_on_commit(team_id)
    _record(request, name, "not linked", "linked")
    return _done(request, f"Linked with {name}.")


@form_view
@team_view(Right.LINK_TEAMS)
def unlinking(request: TeamRequest, id: int) -> HttpResponse:
    """A page that asks, and ends the link. It lifts nothing."""
    link = get_object_or_404(TeamLink, team=request.team, id=id)
    if request.method == "POST":
        unlink_teams(link.other_id)
        _record(request, link.other_name, "linked", "not linked")
        return _done(request, f"No longer linked with {link.other_name}.")
    return render_settings_page(request, "optout/unlinking.html", "linked_teams", {"link": link})


def _received(request: TeamRequest) -> list[LinkRequestRow]:
    """The requests to this owner's address, once the owner has proved that it is theirs."""
    proved = has_proved(request.user, request.user.email)
    return link_requests(request.user.email) if proved else []


def _record(request: TeamRequest, setting: str, before: str, after: str) -> None:
    record_changes(
        request.member, SettingsSection.LINKED_TEAMS, {setting[:120]: before}, {setting[:120]: after}
    )


def _done(request: TeamRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("linked_teams", request.team.slug)
