"""A number's standing as a piece of a page, and the four changes that a member can make to it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view, visible_inboxes
from kernel import change_tokens
from kernel.phone_numbers import display
from optout import consent
from optout.consent_types import Actor
from optout.forms import FreshConsentForm, LiftForm, OptOutForm
from optout.lifting_rules import CannotLift
from optout.standing_panel import LiftOption, StandingPanel, build_panel


@require_GET
@team_view()
def standing(request: TeamRequest, number: str) -> HttpResponse:
    return _show(request, number)


@require_POST
@team_view(Right.OPT_OUT)
def opt_out(request: TeamRequest, number: str) -> HttpResponse:
    form = OptOutForm(request.POST)
    if not form.is_valid():
        return _show(request, number, problem="Choose why.", status=422)
    consent.opt_out(request.team.id, number, actor_of(request), reason=form.cleaned_data["reason"])
    return respond_changed(request, number)


@require_POST
@team_view(Right.LIFT_RECORDED_BY_US)
def opt_in(request: TeamRequest, number: str) -> HttpResponse:
    needs_consent = requested_panel(request, number).lift in (LiftOption.CONSENT, LiftOption.ASK)
    form = FreshConsentForm(request.POST, team=request.team) if needs_consent else LiftForm(request.POST)
    if not form.is_valid():
        return _show(request, number, form=form, problem="" if needs_consent else "Choose why.", status=422)
    try:
        consent.lift(request.team.id, number, actor_of(request), **_lifting(request, form))
    except CannotLift as why:
        return _show(request, number, form=form, problem=str(why), status=422)
    return respond_changed(request, number)


@require_POST
@team_view(Right.BLOCK)
def block(request: TeamRequest, number: str) -> HttpResponse:
    consent.block(request.team.id, number, actor_of(request))
    return respond_changed(request, number)


@require_POST
@team_view(Right.BLOCK)
def unblock(request: TeamRequest, number: str) -> HttpResponse:
    consent.unblock(request.team.id, number, actor_of(request))
    return respond_changed(request, number)


def actor_of(request: TeamRequest) -> Actor:
    return Actor.of(request.member)


def _lifting(request: TeamRequest, form: FreshConsentForm | LiftForm) -> dict[str, Any]:
    if isinstance(form, FreshConsentForm):
        return {"consent": form.consent(), "persons_own": may(request.member, Right.LIFT_PERSONS_OWN)}
    return {"reason": form.cleaned_data["reason"]}


def respond_changed(request: TeamRequest, number: str) -> HttpResponse:
    """Every open page fetches its pieces anew; a browser without script goes back to where it came from."""
    change_tokens.renew_on_commit(request.team.id)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "changed"})
    return redirect(return_url(request) or reverse("standing", args=[request.team.slug, number]))


def return_url(request: HttpRequest) -> str:
    """The page's `next`, when it is an address of this site."""
    url = request.POST.get("next") or request.GET.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()) else ""


def requested_panel(request: TeamRequest, number: str) -> StandingPanel:
    """The standing as seen from the inbox that the request names, if it names one."""
    inbox = request.POST.get("inbox") or request.GET.get("inbox")
    found = (
        get_object_or_404(visible_inboxes(request.member), id=inbox) if inbox and inbox.isdecimal() else None
    )
    return build_panel(request.member, number, found)


def _show(
    request: TeamRequest, number: str, *, form: Any = None, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "number": number,
        "panel": requested_panel(request, number),
        "consent_form": form if isinstance(form, FreshConsentForm) else FreshConsentForm(team=request.team),
        "problem": problem,
        "open_form": not request.htmx,
        "shown_number": display(number),
        "next": return_url(request),
    }
    part = "#standing" if request.htmx else ""
    return render(request, f"optout/standing.html{part}", context, status=status)
