"""Views of a number's standing, and of the four changes that a member can make to it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view, visible_inboxes
from kernel import change_tokens
from kernel.id_parameter import read_id
from kernel.phone_numbers import display
from optout import consent
from optout.consent_types import Actor
from optout.forms import PERSONS_WORD_SOURCE, FreshConsentForm, LiftForm, OptOutForm
from optout.lifting_rules import CannotLift
from optout.standing_panel import LiftOption, StandingPanel, build_panel

NOTHING_TO_RETRACT = "Only the member who recorded an opt-out can retract it, within ten minutes."


@require_GET
@team_view()
def standing(request: TeamRequest, number: str) -> HttpResponse:
    return _render_standing(request, number)


@require_POST
@team_view(Right.OPT_OUT)
def opt_out(request: TeamRequest, number: str) -> HttpResponse:
    form = OptOutForm(request.POST)
    if not form.is_valid():
        return _render_standing(request, number, problem="Choose a reason.")
    reason, actor = form.cleaned_data["reason"], actor_of(request)
    source = PERSONS_WORD_SOURCE.get(reason, "")
    actor = actor.recording_the_persons_word() if source else actor
    consent.opt_out(request.team.id, number, actor, reason=reason.label, source=source)
    return respond_changed(request, number)


@require_POST
@team_view(Right.OPT_OUT)
def retract_opt_out(request: TeamRequest, number: str) -> HttpResponse:
    if not consent.retract(request.team.id, number, actor_of(request)):
        return _render_standing(request, number, problem=NOTHING_TO_RETRACT)
    return respond_changed(request, number)


@require_POST
@team_view(Right.LIFT_RECORDED_BY_US)
def opt_in(request: TeamRequest, number: str) -> HttpResponse:
    persons_own = requested_panel(request, number).lift in (LiftOption.CONSENT, LiftOption.ASK)
    needs_consent = persons_own or "words" in request.POST
    form = FreshConsentForm(request.POST, team=request.team) if needs_consent else LiftForm(request.POST)
    if not form.is_valid():
        problem = "" if needs_consent else "Choose a reason."
        return _render_standing(request, number, form=form, problem=problem)
    try:
        consent.lift(request.team.id, number, actor_of(request), **_lift_arguments(request, form))
    except CannotLift as refusal:
        return _render_standing(request, number, form=form, problem=str(refusal))
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


def _lift_arguments(request: TeamRequest, form: FreshConsentForm | LiftForm) -> dict[str, Any]:
    if isinstance(form, FreshConsentForm):
        return {"consent": form.consent(), "may_lift_persons": may(request.member, Right.LIFT_PERSONS_OWN)}
    return {"reason": form.cleaned_data["reason"]}


def respond_changed(request: TeamRequest, number: str) -> HttpResponse:
    """Make every open page fetch its parts again; a browser without JavaScript returns to the page it came from."""
    change_tokens.renew_on_commit(request.team.id)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "changed"})
    return redirect(return_url(request) or reverse("standing", args=[request.team.slug, number]))


def return_url(request: HttpRequest) -> str:
    """The request's `next`, if it is a path of this site; empty otherwise."""
    url = request.POST.get("next") or request.GET.get("next", "")
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, None) else ""


def requested_panel(request: TeamRequest, number: str) -> StandingPanel:
    """The panel for the inbox that the request names, or for all inboxes."""
    inbox_id = read_id(request.POST.get("inbox") or request.GET.get("inbox"))
    inbox = get_object_or_404(visible_inboxes(request.member), id=inbox_id) if inbox_id else None
    return build_panel(request.member, number, inbox)


def _render_standing(
    request: TeamRequest, number: str, *, form: forms.Form | None = None, problem: str = ""
) -> HttpResponse:
    """The page, or its part for htmx, with status 422 if a form or a problem is given."""
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
    return render(request, f"optout/standing.html{part}", context, status=422 if form or problem else 200)
