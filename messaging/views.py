"""Views of the inbox pages: the list, a conversation, and a member's actions in it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view, visible_inboxes
from accounts.scope_lookups import teams_of_user
from kernel import change_tokens
from kernel.form_views import form_view, render_form
from kernel.id_parameter import read_id
from messaging.compose import compose_text
from messaging.forms import MessageForm, NewConversationForm
from messaging.inbox import mark_read
from messaging.models import Conversation
from messaging.page_contexts import conversation_context, find_conversation, list_context, page_context


@login_required
def home(request: HttpRequest) -> HttpResponse:
    teams = teams_of_user(request.user.pk)  # type: ignore[arg-type]
    return redirect("inbox", teams[0].slug) if teams else redirect("new_team")


# -- the list ----------------------------------------------------------------------------------------------------


@require_GET
@team_view()
def inbox(request: TeamRequest) -> HttpResponse:
    part = "#rows" if request.htmx else ""
    context = list_context(request, read_id(request.GET.get("current")))
    return render(request, f"messaging/inbox.html{part}", context)


# -- a conversation ----------------------------------------------------------------------------------------------


@require_GET
@team_view()
def conversation(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Opening a conversation marks it read, also without JavaScript. Refetching it does not: see `read_marker`."""
    found = find_conversation(request, conversation_id)
    mark_read(found, request.member)
    return render(request, "messaging/conversation.html", page_context(request, found))


@require_GET
@team_view()
def thread(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    return render(request, "messaging/conversation.html#pane", conversation_context(request, found))


@require_GET
@team_view()
def conversation_contact(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    return render(request, "messaging/conversation.html#contact", conversation_context(request, found))


@require_POST
@team_view()
def read_marker(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Mark the conversation read. Posted by an open page when its newest text becomes visible."""
    mark_read(find_conversation(request, conversation_id), request.member)
    return HttpResponse(status=204, headers={"HX-Trigger": "read"})


@require_POST
@team_view(Right.SEND_TEXTS)
def messages(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    form = MessageForm(request.POST)
    if form.is_valid():
        compose_text(
            found.inbox, found.number, form.cleaned_data["body"], author=request.member, by_hand=True
        )
        return respond_changed(request, found)
    if request.htmx:
        context = conversation_context(request, found, form)
        return render_form(request, "messaging/conversation.html#composer", context)
    return render_form(request, "messaging/conversation.html", page_context(request, found, form))


@require_POST
@team_view(Right.SEND_TEXTS)
def closure(request: TeamRequest, conversation_id: int) -> HttpResponse:
    return _set_closed(request, conversation_id, closed=True)


@require_POST
@team_view(Right.SEND_TEXTS)
def delete_closure(request: TeamRequest, conversation_id: int) -> HttpResponse:
    return _set_closed(request, conversation_id, closed=False)


@form_view
@team_view(Right.SEND_TEXTS)
def new_conversation(request: TeamRequest) -> HttpResponse:
    form = NewConversationForm(
        request.POST or None,
        initial={"number": request.GET.get("number", "")},
        team=request.team,
        inboxes=visible_inboxes(request.member).open(),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        message = compose_text(
            data["inbox"], data["number"], data["body"], author=request.member, by_hand=True
        )
        return redirect("conversation", request.team.slug, message.conversation_id)
    context = {**list_context(request, None), "form": form}
    return render_form(request, "messaging/new_conversation.html", context)


def _set_closed(request: TeamRequest, conversation_id: int, *, closed: bool) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    found.set_closed(closed)
    change_tokens.renew_on_commit(request.team.id)
    return respond_changed(request, found)


def respond_changed(request: TeamRequest, found: Conversation) -> HttpResponse:
    """Let the page refetch its parts; a browser without JavaScript gets the whole page."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "changed"})
    return redirect("conversation", request.team.slug, found.id)
