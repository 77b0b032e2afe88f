"""First steps: the page of a new team's owner."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.first_steps import FirstStepsState
from kernel import change_tokens
from messaging.first_steps.sample import remove_sample, sample_conversation, sample_inbox
from messaging.first_steps.steps import SIMULATED, FirstSteps
from messaging.simulator.reach import SAMPLE_NUMBER


@require_GET
@team_view(Right.SET_UP_TEAM)
def first_steps(request: TeamRequest) -> HttpResponse:
    context = {
        "section": "first_steps",
        "steps": FirstSteps.of(request.member),
        "sample": sample_inbox(request.team),
        "sample_number": SAMPLE_NUMBER,
        "conversation": sample_conversation(request.team),
        "unproved": request.team.inboxes.present().filter(~SIMULATED, verified_at=None).first(),
    }
    return render(request, "messaging/first_steps.html", context)


@require_POST
@team_view(Right.SET_UP_TEAM)
def first_steps_dismissal(request: TeamRequest) -> HttpResponse:
    request.team.first_steps = FirstStepsState.DISMISSED
    request.team.save(update_fields=["first_steps"])
    messages.success(request, "First steps are now in the menu “You”.")
    return redirect("inbox", request.team.slug)


@require_POST
@team_view(Right.SET_UP_TEAM)
def sample_removal(request: TeamRequest) -> HttpResponse:
    """Remove the sample inbox and customer; a second request changes nothing."""
    if inbox := sample_inbox(request.team):
        remove_sample(request.team, inbox, request.member)
        change_tokens.renew_on_commit(request.team.id)
    messages.success(request, "The sample was removed.")
    return redirect("first_steps", request.team.slug)
