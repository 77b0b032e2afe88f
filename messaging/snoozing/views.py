"""Views of a snooze: snooze a conversation, and wake it."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from kernel.form_views import render_form
from messaging.page_contexts import conversation_context, find_conversation, page_context
from messaging.snoozing.forms import SnoozeForm
from messaging.snoozing.snooze import snooze, wake
from messaging.views import respond_changed


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def conversation_snooze(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    form = SnoozeForm(request.POST, zone=request.team.clock.zone)
    if form.is_valid():
        snooze([found], form.until, request.member)
        return respond_changed(request, found, leaves=True)
    if request.htmx:
        context = {**conversation_context(request, found), "snooze_form": form}
        return render_form(request, "messaging/snooze_menu.html", context)
    context = {**page_context(request, found), "snooze_form": form}
    return render_form(request, "messaging/conversation.html", context)


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def delete_conversation_snooze(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    wake([found], request.member)
    return respond_changed(request, found)
