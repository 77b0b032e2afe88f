"""View that keeps what a member is writing in a conversation."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from messaging.drafts.drafts import save_draft
from messaging.drafts.forms import DraftForm
from messaging.page_contexts import find_conversation


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS)
def draft(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Keep the words, or drop the draft. A page posts them without htmx while somebody types; its answer is 204.

    "Discard" is an ordinary form without words.
    """
    found = find_conversation(request, conversation_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    save_draft(found, request.member, form.cleaned_data["body"])
    if request.POST.get("discard"):
        return redirect("conversation", request.team.slug, found.id)
    return HttpResponse(status=204)
