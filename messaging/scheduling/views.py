"""Views of scheduled texts: schedule one, cancel one, and take one over from a member who may no longer send it."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from kernel.form_views import render_form
from messaging.form_sending import filled_body
from messaging.page_contexts import conversation_context, find_conversation, page_context
from messaging.scheduling.forms import ScheduledTextForm
from messaging.scheduling.schedule import cancel, schedule, take_over
from messaging.views import respond_changed


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS)
def scheduled_texts(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    form = ScheduledTextForm(request.POST, zone=request.team.clock.zone)
    body = filled_body(form, found.inbox, found.number, request.member) if form.is_valid() else None
    if body is not None:
        data = form.cleaned_data
        schedule(found, body, data["send_at"], request.member, unless_answered=data["unless_answered"])
        return respond_changed(request, found)
    if request.htmx:
        context = {**conversation_context(request, found), "schedule_form": form}
        return render_form(request, "messaging/schedule_form.html", context)
    context = {**page_context(request, found), "schedule_form": form}
    return render_form(request, "messaging/conversation.html", context)


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS)
def delete_scheduled_text(request: TeamRequest, conversation_id: int, id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    cancel(found, id)
    return respond_changed(request, found)


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS)
def scheduled_text_takeover(request: TeamRequest, conversation_id: int, id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    take_over(found, id, request.member)
    return respond_changed(request, found)
