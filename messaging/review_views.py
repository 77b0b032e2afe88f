"""Views of decisions about texts to review: decide, undo for a few seconds, mark an opt-out as misread."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Member
from kernel import change_tokens
from kernel.form_views import form_view, render_form
from messaging.chosen_list import chosen_list
from messaging.models import Conversation
from messaging.page_contexts import find_conversation, page_context
from messaging.review_decisions import CannotDecide, mark_done, opt_out_by_text, release_text, take_back
from messaging.to_review import find_conversation_of, next_to_review
from optout.consent_types import Actor
from optout.lifting_rules import CannotLift
from optout.linked_teams.retractions import teams_that_keep
from optout.misreadings import lift_misread
from optout.reviews import Review


class MisreadingForm(forms.Form):
    """Why an automatic opt-out was none."""

    reason = forms.CharField(
        label="What did they mean?",
        max_length=150,
        widget=forms.TextInput({"placeholder": "They asked to be taken off the waiting list"}),
    )


@require_POST
@team_view(in_inbox=Right.OPT_OUT)
def text_opt_out(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Record that a text asks to stop."""
    return _decide(request, conversation_id, message_id, opt_out_by_text)


@require_POST
@team_view(in_inbox=Right.OPT_OUT)
def text_release(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Record that a text is no opt-out."""
    return _decide(request, conversation_id, message_id, release_text)


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def text_done(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Record that the person was called, or that a wish was dealt with."""
    return _decide(request, conversation_id, message_id, mark_done)


@require_POST
@team_view(in_inbox=Right.OPT_OUT)
def delete_text_opt_out(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Take the member's own decision about a text back, whichever it was, and return to the text."""
    found = find_conversation(request, conversation_id)
    try:
        take_back(found, message_id, request.member)
    except CannotDecide as refusal:
        return _refused(request, found, str(refusal))
    change_tokens.renew_on_commit(request.team.id)
    return redirect(_text_address(request, found.id, message_id))


def _decide(
    request: TeamRequest,
    conversation_id: int,
    message_id: int,
    decision: Callable[[Conversation, int, Member], Any],
) -> HttpResponse:
    """Decide about a text, and go on to the next one if the member came from To review."""
    found = find_conversation(request, conversation_id)
    try:
        decision(found, message_id, request.member)
    except CannotDecide as refusal:
        return _refused(request, found, str(refusal))
    change_tokens.renew_on_commit(request.team.id)
    return redirect(_next_address(request, found, message_id))


@form_view
@team_view(Right.LIFT_PERSONS_OWN)
def misreading(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Ask for the reason, and lift an opt-out in the person's own words that was misread."""
    found = find_conversation(request, conversation_id)
    text = get_object_or_404(found.messages.filter(team_id=request.team.id, outbound=False), id=message_id)
    form = MisreadingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor, reason = Actor.of(request.member), form.cleaned_data["reason"]
        try:
            event = lift_misread(request.team.id, found.number, message_id, actor, reason)
        except CannotLift as refusal:
            form.add_error(None, str(refusal))
        else:
            change_tokens.renew_on_commit(request.team.id)
            if kept_at := teams_that_keep(event):
                messages.success(request, f"Marked as misread; the opt-out stays in force at {kept_at}.")
            return redirect(_text_address(request, found.id, message_id))
    back = _text_address(request, found.id, message_id)
    context = {"section": "inbox", "conversation": found, "text": text, "form": form, "back": back}
    return render_form(request, "messaging/misreading.html", context)


def _next_address(request: TeamRequest, found: Conversation, decided: int) -> str:
    """The page after a decision, which offers to undo it."""
    chosen = chosen_list(request)
    review = Review.objects.filter(team_id=request.team.id, message_id=decided).first()
    if not chosen.is_to_review or review is None:
        return _text_address(request, found.id, decided, decided=decided)
    following = next_to_review(request.member, chosen.inbox, chosen.kind, review)
    if following is None:
        query = urlencode({"decided": decided})
        return f"{reverse('inbox', args=[request.team.slug])}?{chosen.query}&{query}"
    conversation = find_conversation_of(following)
    return _text_address(request, conversation.id, following.message_id, decided=decided)


def _text_address(request: TeamRequest, conversation_id: int, message_id: int, **parameters: Any) -> str:
    """The address of a text in its conversation, in the list that the member came from."""
    page = reverse("conversation", args=[request.team.slug, conversation_id])
    query = urlencode({"text": message_id, **parameters})
    return f"{page}?{'&'.join(filter(None, [chosen_list(request).query, query]))}#m{message_id}"


def _refused(request: TeamRequest, found: Conversation, problem: str) -> HttpResponse:
    context = page_context(request, found) | {"decision_problem": problem}
    return render(request, "messaging/conversation.html", context, status=422)
