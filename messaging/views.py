"""Views of the inbox pages: the list, a conversation, and a member's actions in it."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view, visible_inboxes
from accounts.change_polling import new_ticket
from accounts.models import Inbox
from accounts.scope_lookups import teams_of_user
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.form_views import form_view, render_form
from kernel.id_parameter import read_id
from kernel.phone_numbers import display, is_textable
from kernel.tenancy import scope
from messaging.carriers.registry import adapter_for
from messaging.form_sending import send_form
from messaging.forms import MessageForm, NewConversationForm
from messaging.inbox import Folder, load_conversations, mark_read, read_cursor, visible_conversations
from messaging.judged_texts import CannotJudge, opt_out_by_text
from messaging.models import Conversation
from messaging.thread import load_thread
from optout import consent
from optout.consent_types import Actor
from optout.forms import FreshConsentForm
from optout.standing_panel import build_panel
from optout.views import NOTHING_TO_RETRACT


@login_required
def home(request: HttpRequest) -> HttpResponse:
    teams = teams_of_user(request.user.pk)  # type: ignore[arg-type]
    return redirect("inbox", teams[0].slug) if teams else redirect("new_team")


# -- the list ----------------------------------------------------------------------------------------------------


@require_GET
@team_view()
def inbox(request: TeamRequest) -> HttpResponse:
    part = "#rows" if request.htmx else ""
    context = _list_context(request, read_id(request.GET.get("current")))
    return render(request, f"messaging/inbox.html{part}", context)


def _list_context(request: TeamRequest, current: int | None) -> dict[str, Any]:
    # Read first, so that the page fetches a change again that commits meanwhile.
    version = change_tokens.current_token(request.team.id)
    inboxes = list(visible_inboxes(request.member))
    chosen_id = read_id(request.GET.get("inbox"))
    chosen = next((inbox for inbox in inboxes if inbox.id == chosen_id), None)
    folder = Folder.named(request.GET.get("folder", ""))
    return {
        "section": "inbox",
        "version": version,
        "ticket": new_ticket(request),
        "folder": folder,
        "folders": Folder,
        "inboxes": inboxes,
        "may_add_inboxes": may(request.member, Right.MANAGE_INBOXES),
        "chosen": chosen,
        "listing": load_conversations(
            request.member,
            folder,
            chosen,
            before=read_cursor(request.GET.get("before")),
            down_to=read_cursor(request.GET.get("until")),
        ),
        "current": current,
        "query": _query(folder, chosen),
    }


def _query(folder: Folder, chosen: Inbox | None) -> str:
    parameters = {
        "folder": folder.value if folder != Folder.OPEN else "",
        "inbox": chosen.id if chosen else "",
    }
    return urlencode({name: value for name, value in parameters.items() if value})


# -- a conversation ----------------------------------------------------------------------------------------------


@require_GET
@team_view()
def conversation(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Opening a conversation marks it read, also without JavaScript. Refetching it does not: see `read_marker`."""
    found = _find(request, conversation_id)
    mark_read(found, request.member)
    return render(request, "messaging/conversation.html", _page_context(request, found))


@require_GET
@team_view()
def thread(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = _find(request, conversation_id)
    return render(request, "messaging/conversation.html#pane", _conversation_context(request, found))


@require_GET
@team_view()
def conversation_contact(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = _find(request, conversation_id)
    return render(request, "messaging/conversation.html#contact", _conversation_context(request, found))


@require_POST
@team_view()
def read_marker(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Mark the conversation read. Posted by an open page when its newest text becomes visible."""
    mark_read(_find(request, conversation_id), request.member)
    return HttpResponse(status=204, headers={"HX-Trigger": "read"})


@require_POST
@team_view(Right.SEND_TEXTS, whole_request=False)
def messages(request: TeamRequest, conversation_id: int) -> HttpResponse:
    with scope(request.team.id):
        found = _find(request, conversation_id)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid() and send_form(form, found.inbox, found.number, request.member):
        return _changed(request, found)
    with scope(request.team.id):
        if request.htmx:
            context = _conversation_context(request, found, form)
            return render_form(request, "messaging/conversation.html#composer", context)
        return render_form(request, "messaging/conversation.html", _page_context(request, found, form))


@require_POST
@team_view(Right.OPT_OUT)
def text_opt_out(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """Opt out the person whose newest text asks to stop, and offer to retract that for a few seconds."""
    found = _find(request, conversation_id)
    try:
        opt_out_by_text(found, message_id, request.member)
    except CannotJudge as refusal:
        return _render_judgement(request, found, problem=str(refusal))
    change_tokens.renew_on_commit(request.team.id)
    return _render_judgement(request, found, judged=message_id) if request.htmx else _changed(request, found)


@require_POST
@team_view(Right.OPT_OUT)
def delete_text_opt_out(request: TeamRequest, conversation_id: int, message_id: int) -> HttpResponse:
    found = _find(request, conversation_id)
    if not consent.retract(request.team.id, found.number, Actor.of(request.member)):
        return _render_judgement(request, found, problem=NOTHING_TO_RETRACT)
    change_tokens.renew_on_commit(request.team.id)
    return _render_judgement(request, found) if request.htmx else _changed(request, found)


@require_POST
@team_view(Right.SEND_TEXTS)
def closure(request: TeamRequest, conversation_id: int) -> HttpResponse:
    return _set_closed(request, conversation_id, closed=True)


@require_POST
@team_view(Right.SEND_TEXTS)
def delete_closure(request: TeamRequest, conversation_id: int) -> HttpResponse:
    return _set_closed(request, conversation_id, closed=False)


@form_view
@team_view(Right.SEND_TEXTS, whole_request=False)
def new_conversation(request: TeamRequest) -> HttpResponse:
    with scope(request.team.id):
        form = NewConversationForm(
            request.POST or None,
            request.FILES or None,
            initial={"number": request.GET.get("number", "")},
            team=request.team,
            inboxes=visible_inboxes(request.member).open(),
        )
        is_valid = request.method == "POST" and form.is_valid()
    if is_valid:
        data = form.cleaned_data
        data["inbox"].team = request.team
        if message := send_form(form, data["inbox"], data["number"], request.member):
            return redirect("conversation", request.team.slug, message.conversation_id)
    with scope(request.team.id):
        context = {**_list_context(request, None), "form": form}
        return render_form(request, "messaging/new_conversation.html", context)


def _find(request: TeamRequest, conversation_id: int) -> Conversation:
    visible: Any = visible_conversations(request.member)
    rows = visible.with_unread(request.member).select_related("contact", "inbox")
    found = get_object_or_404(rows, id=conversation_id)
    found.inbox.team = request.team
    return found


def _page_context(
    request: TeamRequest, found: Conversation, form: MessageForm | None = None
) -> dict[str, Any]:
    return {**_list_context(request, found.id), **_conversation_context(request, found, form)}


def _conversation_context(
    request: TeamRequest, found: Conversation, form: MessageForm | None = None
) -> dict[str, Any]:
    since, earlier = (read_cursor(request.GET.get(name)) for name in ("since", "earlier"))
    return {
        "conversation": found,
        "contact": found.contact or Contact(team=request.team, number=found.number),
        "number": found.number,
        "shown_number": display(found.number, request.team.country),
        "thread": load_thread(found, ZoneInfo(request.team.time_zone), since=since, earlier=earlier),
        "panel": build_panel(request.member, found.number, found.inbox),
        "textable": is_textable(found.number) and may(request.member, Right.SEND_TEXTS),
        "form": form or MessageForm(),
        "media_limits": adapter_for(found.inbox).media_limits(found.inbox),
        "consent_form": FreshConsentForm(team=request.team),
        "next": reverse("conversation", args=[request.team.slug, found.id]),
    }


def _render_judgement(
    request: TeamRequest, found: Conversation, *, judged: int | None = None, problem: str = ""
) -> HttpResponse:
    """The notice of an opt-out that can be undone, of a problem, or nothing. The other parts refetch themselves."""
    context = {"conversation": found, "judged": judged, "judgement_problem": problem}
    if request.htmx:
        response = render(request, "messaging/judged_text.html", context)
    else:
        response = render(request, "messaging/conversation.html", _page_context(request, found) | context)
    response.status_code = 422 if problem else 200
    response["HX-Trigger"] = "changed"
    return response


def _set_closed(request: TeamRequest, conversation_id: int, *, closed: bool) -> HttpResponse:
    found = _find(request, conversation_id)
    found.set_closed(closed)
    change_tokens.renew_on_commit(request.team.id)
    return _changed(request, found)


def _changed(request: TeamRequest, found: Conversation) -> HttpResponse:
    """Let the page refetch its parts; a browser without JavaScript gets the whole page."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "changed"})
    return redirect("conversation", request.team.slug, found.id)
