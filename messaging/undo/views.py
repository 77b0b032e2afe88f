"""View that takes back a text that was just sent."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from messaging.page_contexts import find_conversation
from messaging.undo.undo import take_back

TOO_LATE = "This text was sent already."


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS)
def text_undo(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """The words go back into the composer: in the response, and as the member's draft."""
    found = find_conversation(request, conversation_id)
    words = take_back(found, message_id, request.member)
    if request.htmx:
        return JsonResponse({"words": words}, headers={"HX-Trigger": "changed"})
    if words is None:
        messages.info(request, TOO_LATE)
    return redirect("conversation", request.team.slug, found.id)
