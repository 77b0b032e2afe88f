"""Views of members' decisions about held and marked texts, and of taking a decision back."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Member
from kernel import change_tokens
from messaging.models import Conversation
from messaging.review_decisions import CannotDecide, mark_done, opt_out_by_text, release_text, take_back
from messaging.views import find_conversation, page_context, respond_changed


@require_POST
@team_view(Right.OPT_OUT)
def text_opt_out(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Opt out the person whose text asks to stop, and offer to take that back for a few seconds."""
    return _decide(request, conversation_id, message_id, opt_out_by_text)


@require_POST
@team_view(Right.OPT_OUT)
def text_release(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Record that a text is no opt-out."""
    return _decide(request, conversation_id, message_id, release_text)


@require_POST
@team_view(Right.OPT_OUT)
def delete_text_opt_out(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Take a decision about a text back, whichever it was."""
    return _decide(request, conversation_id, message_id, take_back, undoable=False)


@require_POST
@team_view(Right.SEND_TEXTS)
def text_done(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    return _decide(request, conversation_id, message_id, mark_done, undoable=False)


def _decide(
    request: TeamRequest,
    conversation_id: int,
    message_id: int,
    decision: Callable[[Conversation, int, Member], Any],
    *,
    undoable: bool = True,
) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    try:
        decision(found, message_id, request.member)
    except CannotDecide as refusal:
        return _render_judgement(request, found, problem=str(refusal))
    change_tokens.renew_on_commit(request.team.id)
    if not request.htmx:
        return respond_changed(request, found)
    return _render_judgement(request, found, judged=message_id if undoable else None)


def _render_judgement(
    request: TeamRequest, found: Conversation, *, judged: int | None = None, problem: str = ""
) -> HttpResponse:
    """The notice of an opt-out that can be undone, of a problem, or nothing. The other parts refetch themselves."""
    context = {"conversation": found, "judged": judged, "judgement_problem": problem}
    if request.htmx:
        response = render(request, "messaging/judged_text.html", context)
    else:
        response = render(request, "messaging/conversation.html", page_context(request, found) | context)
    response.status_code = 422 if problem else 200
    response["HX-Trigger"] = "changed"
    return response
