"""Views of work in a team: assign a conversation, and write a private note."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from kernel.form_views import render_form
from messaging.page_contexts import conversation_context, find_conversation, page_context
from messaging.teamwork.assignment import assign, assignable_members
from messaging.teamwork.forms import AssignmentForm, NoteForm
from messaging.teamwork.notes import write_note
from messaging.views import respond_changed


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def assignment(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    form = AssignmentForm(request.POST, assignable_members(found.inbox))
    if form.is_valid():
        assign(found, form.chosen, request.member)
        return respond_changed(request, found)
    context = {**page_context(request, found), "assignment_form": form}
    return render_form(request, "messaging/conversation.html", context)


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def notes(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        write_note(found, form.cleaned_data["body"].strip(), request.member)
        return respond_changed(request, found)
    if request.htmx:
        context = {**conversation_context(request, found), "note_form": form}
        return render_form(request, "messaging/note_form.html", context)
    return render_form(
        request, "messaging/conversation.html", {**page_context(request, found), "note_form": form}
    )
