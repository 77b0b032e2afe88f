"""View of a number's standing, and what the views that change it share."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, require_inbox_right, team_view, visible_inboxes
from accounts.change_polling import new_ticket
from accounts.models import Inbox
from kernel import change_tokens
from kernel.id_parameter import read_id
from kernel.phone_numbers import display
from optout.consent_types import Actor
from optout.standing_panel import StandingPanel, build_panel


@require_GET
@team_view()
def standing(request: TeamRequest, number: str) -> HttpResponse:
    """The page of a number's standing, with its whole history. For htmx its content."""
    return render_standing(request, number)


def render_standing(request: TeamRequest, number: str, problem: str = "") -> HttpResponse:
    """The page; with status 422 if a change was refused, and why."""
    # The version is read before the panel, so that the page misses no change.
    context = {
        "version": change_tokens.current_token(request.team.id),
        "ticket": new_ticket(request),
        "section": "contacts",
        "number": number,
        "panel": requested_panel(request, number),
        "problem": problem,
        "shown_number": display(number, request.team.country),
        "next": return_url(request) or request.get_full_path(),
        "back": return_url(request),
    }
    part = "#page" if request.htmx else ""
    return render(request, f"optout/standing.html{part}", context, status=422 if problem else 200)


def actor_of(request: TeamRequest) -> Actor:
    return Actor.of(request.member)


def return_url(request: HttpRequest) -> str:
    """The request's `next`, if it is a path of this site; empty otherwise."""
    url = request.POST.get("next") or request.GET.get("next", "")
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, None) else ""


def return_to_page(request: TeamRequest, number: str) -> HttpResponse:
    """Redirect to the page that the member came from, or to the number's."""
    return redirect(return_url(request) or reverse("standing", args=[request.team.slug, number]))


def requested_panel(request: TeamRequest, number: str) -> StandingPanel:
    """The panel for the inbox that the request names, or for all inboxes."""
    return build_panel(request.member, number, requested_inbox(request))


def requested_inbox(request: TeamRequest) -> Inbox | None:
    """The inbox that the request names: that of the conversation in which the member works."""
    inbox_id = read_id(request.POST.get("inbox") or request.GET.get("inbox"))
    return get_object_or_404(visible_inboxes(request.member), id=inbox_id) if inbox_id else None


def number_view(
    right: Right,
) -> Callable[[Callable[[TeamRequest, str], HttpResponse]], Callable[..., HttpResponseBase]]:
    """A view that changes what is on record about a number: by a right in the request's inbox, or in the team."""

    def decorate(view: Callable[[TeamRequest, str], HttpResponse]) -> Callable[..., HttpResponseBase]:
        @team_view(in_inbox=right)
        @wraps(view)
        def checked(request: TeamRequest, number: str) -> HttpResponse:
            require_inbox_right(request, requested_inbox(request))
            return view(request, number)

        return checked

    return decorate
