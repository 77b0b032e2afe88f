"""Views that change a number's standing: each asks for a reason or for consent, and ends in a toast with Undo."""

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, may, require_right, visible_inboxes
from kernel.form_views import form_view
from optout import consent
from optout.change_responses import Toast, refuse, render_change, respond_changed
from optout.forms import FreshConsentForm, OptOutForm, ReasonForm
from optout.lifting_rules import CannotLift
from optout.linked_teams.retractions import teams_that_keep
from optout.models import ConsentEvent
from optout.reasons import BlockReason, LiftReason, OptOutReason, UnblockReason
from optout.standing_panel import LiftOption
from optout.views import actor_of, number_view, requested_panel

NOTHING_TO_RETRACT = "Only the member who recorded an opt-out can undo it, within ten minutes."
OPTED_OUT = Toast("Opted out", undo="retract_opt_out")
BLOCKED = Toast("Blocked", undo="unblock", fields={"reason": UnblockReason.MISTAKE})
UNBLOCKED = Toast(
    "Unblocked", undo="block", fields={"reason": BlockReason.OTHER, "words": "Unblocked by mistake"}
)
LIFTED = Toast("Opt-out lifted", undo="opt_out", fields={"reason": OptOutReason.DECISION})
CONSENT_RECORDED = Toast("Consent recorded")
RETRACTED = Toast("Opt-out undone")


@form_view
@number_view(Right.OPT_OUT)
def opt_out(request: TeamRequest, number: str) -> HttpResponse:
    form = _opt_out_form(request)
    if not form.is_valid():
        return render_change(request, number, "optout/opt_out.html", form)
    reason, only_in = form.cleaned_data["reason"], form.cleaned_data.get("only_in")
    event = consent.opt_out_by_member(request.team.id, number, actor_of(request), reason, only_in)
    toast = replace(OPTED_OUT, words=f"Opted out of {only_in}") if only_in else OPTED_OUT
    return respond_changed(request, number, toast, event)


@require_POST
@number_view(Right.OPT_OUT)
def retract_opt_out(request: TeamRequest, number: str) -> HttpResponse:
    event = consent.retract(request.team.id, number, actor_of(request))
    if event is None:
        return refuse(request, number, NOTHING_TO_RETRACT)
    kept_at = teams_that_keep(event)
    toast = (
        replace(RETRACTED, words=f"{RETRACTED.words}; it stays in force at {kept_at}")
        if kept_at
        else RETRACTED
    )
    return respond_changed(request, number, toast, event)


@form_view
@number_view(Right.LIFT_RECORDED_BY_US)
def opt_out_lifting(request: TeamRequest, number: str) -> HttpResponse:
    """Lift what the team decided, with a reason. The person's own opt-outs are lifted by consent alone."""
    form = _reason_form(request, LiftReason)
    if form.is_valid() and (event := _lift(request, number, form, reason=form.label)):
        return respond_changed(request, number, LIFTED, event)
    return render_change(request, number, "optout/opt_out_lifting.html", form)


@form_view
@number_view(Right.LIFT_RECORDED_BY_US)
def opt_in(request: TeamRequest, number: str) -> HttpResponse:
    """Record fresh consent, which lifts the opt-outs."""
    if requested_panel(request, number).lift == LiftOption.ASK:
        require_right(request.member, Right.LIFT_PERSONS_OWN)
    form = FreshConsentForm(_posted(request), team=request.team)
    if form.is_valid():
        event = _lift(request, number, form, consent=form.consent())
        if not form.errors:
            return respond_changed(request, number, CONSENT_RECORDED, event)
    return render_change(request, number, "optout/opt_in.html", form)


@form_view
@number_view(Right.BLOCK)
def block(request: TeamRequest, number: str) -> HttpResponse:
    form = _reason_form(request, BlockReason)
    if not form.is_valid():
        return render_change(request, number, "optout/block.html", form)
    event = consent.block(request.team.id, number, actor_of(request), reason=form.label)
    return respond_changed(request, number, BLOCKED, event)


@form_view
@number_view(Right.BLOCK)
def unblock(request: TeamRequest, number: str) -> HttpResponse:
    form = _reason_form(request, UnblockReason)
    if not form.is_valid():
        return render_change(request, number, "optout/unblock.html", form)
    event = consent.unblock(request.team.id, number, actor_of(request), reason=form.label)
    return respond_changed(request, number, UNBLOCKED, event)


def _posted(request: TeamRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _reason_form(request: TeamRequest, reasons: type[TextChoices]) -> ReasonForm:
    return ReasonForm(_posted(request), reasons=reasons)


def _opt_out_form(request: TeamRequest) -> ReasonForm:
    if not request.team.each_inbox_since:
        return _reason_form(request, OptOutReason)
    return OptOutForm(_posted(request), reasons=OptOutReason, inboxes=visible_inboxes(request.member))


def _lift(request: TeamRequest, number: str, form: forms.Form, **evidence: Any) -> ConsentEvent | None:
    """Lift the opt-outs; None if there are none, or if the rules refuse it. The form then says why."""
    may_lift_persons = may(request.member, Right.LIFT_PERSONS_OWN)
    evidence["inbox"] = requested_panel(request, number).inbox
    try:
        event = consent.lift(
            request.team.id, number, actor_of(request), may_lift_persons=may_lift_persons, **evidence
        )
    except CannotLift as refusal:
        form.add_error(None, str(refusal))
        return None
    if event is None and "reason" in evidence:
        form.add_error(None, "There is no opt-out to lift any more.")
    return event
