"""Views of the inbox pages: the list, a conversation, and a member's actions in it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import presence
from accounts.access import Right, TeamRequest, inboxes_with, team_view
from accounts.frame import last_team
from accounts.presence import Onlooker
from accounts.scope_lookups import teams_of_user
from kernel.form_views import form_view, render_form
from kernel.loading import load, side_by_side
from kernel.tenancy import scope
from messaging.chosen_list import chosen_list_loader
from messaging.drafts.first_words import first_words
from messaging.form_sending import send_form
from messaging.forms import MessageForm, NewConversationForm
from messaging.inbox import mark_read, mark_unread
from messaging.models import Conversation
from messaging.notifications.telling import mark_seen
from messaging.opening import mark_opened
from messaging.page_contexts import (
    contact_loader,
    conversation_context,
    conversation_loader,
    find_conversation,
    list_context,
    no_conversation_context,
    page_context,
    place_query,
    thread_context_loader,
)
from messaging.recipient_views import suggest
from messaging.teamwork.assignment import set_closed


@login_required
def home(request: HttpRequest) -> HttpResponse:
    team = last_team(request, teams_of_user(request.user.pk))  # type: ignore[arg-type]
    return redirect("inbox", team.slug) if team else redirect("new_team")


@require_GET
@team_view()
def team(request: TeamRequest) -> HttpResponse:
    """The address of a team without a page, as somebody shortened it."""
    return redirect("inbox", request.team.slug)


# -- the list ----------------------------------------------------------------------------------------------------


@require_GET
@team_view()
def inbox(request: TeamRequest) -> HttpResponse:
    if request.htmx.boosted:
        presence.forget(request.team.id, request.member.id)
        return _render_opened(request, "messaging/inbox.html", "Inbox", no_conversation_context(request))
    part = "#rows" if request.htmx else ""
    return render(request, f"messaging/inbox.html{part}", list_context(request, None))


def _render_opened(request: TeamRequest, page: str, title: str, context: dict[str, Any]) -> HttpResponse:
    """The part of a page beside the list, with its title: the list of the open page stays as it is.

    It is not stored, since Back must not show it as the whole page of this address.
    """
    context |= {"opened": f"{page}#opened", "title": title}
    response = render(request, "messaging/opened.html", context)
    response["Cache-Control"] = "no-store"
    return response


# -- a conversation ----------------------------------------------------------------------------------------------


@require_GET
@team_view()
def conversation(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Opening a conversation marks it read, also without JavaScript. Refetching it does not: see `read_marker`."""
    if request.htmx.boosted:
        found = _open(request, find_conversation(request, conversation_id))
        context = conversation_context(request, found)
        response = _render_opened(request, "messaging/conversation.html", str(found), context)
        if found.unread:  # type: ignore[attr-defined]  # annotated
            response["HX-Trigger"] = "read"  # the row of the list is fetched again
        return response
    found, chosen = load(
        side_by_side(conversation_loader(request, conversation_id), chosen_list_loader(request))
    )
    context = page_context(request, _open(request, found), chosen=chosen)
    return render(request, "messaging/conversation.html", context)


def _open(request: TeamRequest, found: Conversation) -> Conversation:
    mark_opened(found, request.member)
    presence.move(request.team.id, Onlooker.of(request.member, found.id, found.inbox_id))
    return found


@require_GET
@team_view()
def thread(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    context = load(thread_context_loader(request, found))
    return render(request, "messaging/conversation.html#pane", context)


@require_GET
@team_view()
def conversation_contact(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    return render(request, "messaging/conversation.html#contact", load(contact_loader(request, found)))


@require_POST
@team_view()
def read_marker(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Mark the conversation read. Posted by an open page when its newest text becomes visible."""
    found = find_conversation(request, conversation_id)
    mark_read(found, request.member)
    mark_seen(found, request.member)
    return HttpResponse(status=204, headers={"HX-Trigger": "read"})


@require_POST
@team_view()
def delete_read_marker(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Mark the newest text of the person unread. An open thread stays open, and is not marked read again."""
    mark_unread(find_conversation(request, conversation_id), request.member)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "read"})
    return redirect(f"{reverse('inbox', args=[request.team.slug])}?{place_query(request)}")


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS, whole_request=False)
def messages(request: TeamRequest, conversation_id: int) -> HttpResponse:
    with scope(request.team.id):
        found = find_conversation(request, conversation_id)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid() and send_form(form, found.inbox, found.number, request.member):
        presence.forget(request.team.id, request.member.id, found.id, only_typing=True)
        return respond_changed(request, found)
    if form.is_repeated:
        return respond_changed(request, found)
    with scope(request.team.id):
        if request.htmx and form.crossing:
            return _ask_about_crossing(request, found, form)
        if request.htmx:
            context = conversation_context(request, found, form)
            return render_form(request, "messaging/conversation.html#composer", context)
        return render_form(request, "messaging/conversation.html", page_context(request, found, form))


def _ask_about_crossing(request: TeamRequest, found: Conversation, form: MessageForm) -> HttpResponse:
    """Only the question is replaced: words and files stay in the composer."""
    response = render_form(request, "messaging/crossing.html", {"conversation": found, "form": form})
    response["HX-Retarget"], response["HX-Reswap"] = "#crossing", "outerHTML"
    return response


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def closure(request: TeamRequest, conversation_id: int) -> HttpResponse:
    return _set_closed(request, conversation_id, closed=True)


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def delete_closure(request: TeamRequest, conversation_id: int) -> HttpResponse:
    return _set_closed(request, conversation_id, closed=False)


@form_view
@team_view(in_inbox=Right.SEND_TEXTS, whole_request=False)
def new_conversation(request: TeamRequest) -> HttpResponse:
    with scope(request.team.id):
        form = NewConversationForm(
            request.POST or None,
            request.FILES or None,
            initial={"number": request.GET.get("number", ""), **first_words(request, None, None)},
            team=request.team,
            inboxes=inboxes_with(request.member, Right.SEND_TEXTS).open(),
        )
        is_valid = request.method == "POST" and form.is_valid()
    if is_valid:
        data = form.cleaned_data
        data["inbox"].team = request.team
        if message := send_form(form, data["inbox"], data["number"], request.member):
            return redirect("conversation", request.team.slug, message.conversation_id)
    with scope(request.team.id):
        context = {**list_context(request, None), "form": form, "recipients": suggest(request, form)}
        return render_form(request, "messaging/new_conversation.html", context)


def _set_closed(request: TeamRequest, conversation_id: int, *, closed: bool) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    set_closed(found, closed, request.member)
    return respond_changed(request, found, leaves=True)


def respond_changed(request: TeamRequest, found: Conversation, *, leaves: bool = False) -> HttpResponse:
    """Let the page refetch its parts; a browser without JavaScript gets the whole page.

    `leaves`: the page opens the next conversation now, so that only the list is fetched.
    """
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "read" if leaves else "changed"})
    return redirect("conversation", request.team.slug, found.id)
