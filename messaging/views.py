"""The pages of the inbox: the list, a conversation, and what a member does in it."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import scope_lookups
from accounts.access import Right, TeamRequest, may, team_view, visible_inboxes
from accounts.models import Inbox
from contacts.contact.models import Contact
from kernel import change_tokens as browsers
from kernel.phone_numbers import display, is_textable
from messaging.forms import MessageForm, NewConversationForm
from messaging.inbox import Folder, Key, load_conversations, mark_read, visible_conversations
from messaging.models import Conversation
from messaging.outbound import compose
from messaging.thread import load_thread as thread_of
from optout.forms import FreshConsentForm
from optout.standing_panel import build_panel


@login_required
def home(request: HttpRequest) -> HttpResponse:
    places = scope_lookups.teams_of_user(request.user.pk)  # type: ignore[arg-type]
    return redirect("inbox", places[0].slug) if places else redirect("new_team")


# -- the list ----------------------------------------------------------------------------------------------------


@require_GET
@team_view()
def inbox(request: TeamRequest) -> HttpResponse:
    part = "#rows" if request.htmx else ""
    return render(request, f"messaging/inbox.html{part}", _list(request, _number(request.GET.get("current"))))


def _list(request: TeamRequest, current: int | None) -> dict[str, Any]:
    # Before anything is read: what changes meanwhile is fetched again.
    version = browsers.current_token(request.team.id)
    asked = request.GET
    boxes = list(visible_inboxes(request.member))
    chosen = next((box for box in boxes if box.id == _number(asked.get("inbox"))), None)
    folder = Folder.named(asked.get("folder", ""))
    keys = {name: Key.read(asked.get(name, "")) for name in ("before", "until")}
    return {
        "section": "inbox",
        "version": version,
        "ticket": signing.dumps(request.team.id, salt="live"),
        "folder": folder,
        "folders": Folder,
        "boxes": boxes,
        "may_add_inboxes": may(request.member, Right.MANAGE_INBOXES),
        "chosen": chosen,
        "listing": load_conversations(request.member, folder, chosen, **keys),
        "current": current,
        "query": _query(folder, chosen),
    }


def _query(folder: Folder, chosen: Inbox | None) -> str:
    wanted = {"folder": folder.value if folder != Folder.OPEN else "", "inbox": chosen.id if chosen else ""}
    return urlencode({name: value for name, value in wanted.items() if value})


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


# -- a conversation ----------------------------------------------------------------------------------------------


@require_GET
@team_view()
def conversation(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """Opening a conversation marks it read, also without script; a page that refetches itself does not (`reading`)."""
    found = _find(request, conversation_id)
    mark_read(found, request.member)
    return render(
        request, "messaging/conversation.html", {**_list(request, found.id), **_conversation(request, found)}
    )


@require_GET
@team_view()
def thread(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = _find(request, conversation_id)
    return render(request, "messaging/conversation.html#pane", _conversation(request, found))


@require_GET
@team_view()
def conversation_contact(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = _find(request, conversation_id)
    return render(request, "messaging/conversation.html#contact", _conversation(request, found))


@require_POST
@team_view()
def read_marker(request: TeamRequest, conversation_id: int) -> HttpResponse:
    """The page says that somebody looks at it."""
    mark_read(_find(request, conversation_id), request.member)
    return HttpResponse(status=204, headers={"HX-Trigger": "read"})


@require_POST
@team_view(Right.SEND_TEXTS)
def messages(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = _find(request, conversation_id)
    form = MessageForm(request.POST)
    if form.is_valid():
        compose(found.inbox, found.number, form.cleaned_data["body"], author=request.member)
        return _done(request, found)
    context = _conversation(request, found, form)
    if request.htmx:
        return render(request, "messaging/conversation.html#composer", context, status=422)
    return render(request, "messaging/conversation.html", {**_list(request, found.id), **context}, status=422)


@require_POST
@team_view(Right.SEND_TEXTS)
def closure(request: TeamRequest, conversation_id: int) -> HttpResponse:
    return _close(request, conversation_id, closed=True)


@require_POST
@team_view(Right.SEND_TEXTS)
def delete_closure(request: TeamRequest, conversation_id: int) -> HttpResponse:
    return _close(request, conversation_id, closed=False)


@require_http_methods(["GET", "POST"])
@team_view(Right.SEND_TEXTS)
def new_conversation(request: TeamRequest) -> HttpResponse:
    form = NewConversationForm(
        request.POST or None,
        initial={"number": request.GET.get("number", "")},
        team=request.team,
        inboxes=visible_inboxes(request.member),
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        sent = compose(asked["inbox"], asked["number"], asked["body"], author=request.member)
        return redirect("conversation", request.team.slug, sent.conversation_id)
    status = 422 if form.is_bound else 200
    return render(
        request, "messaging/new_conversation.html", {**_list(request, None), "form": form}, status=status
    )


def _find(request: TeamRequest, conversation_id: int) -> Conversation:
    visible: Any = visible_conversations(request.member)
    found = visible.with_unread(request.member).select_related("contact", "inbox")
    conversation = get_object_or_404(found, id=conversation_id)
    conversation.inbox.team = request.team
    return conversation


def _conversation(
    request: TeamRequest, found: Conversation, form: MessageForm | None = None
) -> dict[str, Any]:
    keys = {name: Key.read(request.GET.get(name, "")) for name in ("since", "earlier")}
    return {
        "conversation": found,
        "contact": found.contact or Contact(team=request.team, number=found.number),
        "number": found.number,
        "shown_number": display(found.number, request.team.country),
        "thread": thread_of(found, ZoneInfo(request.team.time_zone), **keys),
        "panel": build_panel(request.member, found.number, found.inbox),
        "textable": is_textable(found.number) and may(request.member, Right.SEND_TEXTS),
        "form": form or MessageForm(),
        "consent_form": FreshConsentForm(team=request.team),
        "next": reverse("conversation", args=[request.team.slug, found.id]),
    }


def _close(request: TeamRequest, conversation_id: int, *, closed: bool) -> HttpResponse:
    found = _find(request, conversation_id)
    found.closed = closed
    found.save(update_fields=["closed"])
    browsers.renew_on_commit(request.team.id)
    return _done(request, found)


def _done(request: TeamRequest, found: Conversation) -> HttpResponse:
    """The page fetches its pieces anew; a browser without script gets it whole."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "changed"})
    return redirect("conversation", request.team.slug, found.id)


# -- open browsers -----------------------------------------------------------------------------------------------
