"""Contexts of the inbox pages: what the list, a conversation and its contact show to a member."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import Right, TeamRequest, may, require_inbox_right, rights_in, visible_inbox_ids
from accounts.change_polling import new_ticket, sign_place
from accounts.models import Member
from contacts.contact.models import Contact
from contacts.contact.shown_details import shown_details_loader
from contacts.lists.models import Tag
from kernel import change_tokens
from kernel.id_parameter import read_id
from kernel.kept_queries import KeptQuery
from kernel.loading import Loader, load, nothing_loader, side_by_side
from kernel.phone_numbers import display
from kernel.recipient_numbers import recipient_fault
from messaging.carriers.registry import adapter_for
from messaging.chosen_list import (
    ChosenList,
    chosen_list_loader,
    description_loader,
    kept_query,
    list_choices_loader,
)
from messaging.drafts.first_words import first_words_loader
from messaging.folder_rows import FolderRows
from messaging.folders import Folder
from messaging.forms import MessageForm
from messaging.inbox import conversations_in, listing_loader, read_cursor
from messaging.models import Conversation
from messaging.narrowing import AskedStanding
from messaging.opening import has_news
from messaging.saved_views.access import may_change
from messaging.scheduling.forms import ScheduledTextForm
from messaging.sending_hours.recipient_clock import clock_loader
from messaging.snoozing.choices import snooze_choices
from messaging.snoozing.forms import SnoozeForm
from messaging.teamwork.assignment import assignable_loader, assignee_loader, colleagues
from messaging.teamwork.forms import NoteForm
from messaging.thread import thread_loader
from messaging.thread_window import ThreadWindow
from messaging.to_review import TextsToReview, decision_to_undo_loader
from messaging.undo.window import offer_undo
from optout.consent_types import Refusal
from optout.standing_panel import panel_loader

MAX_TAGS = 500  # in a menu

type Context = dict[str, Any]


# -- the list ----------------------------------------------------------------------------------------------------


def list_context(request: TeamRequest, current: int | None) -> Context:
    # Read first, so that the page fetches a change again that commits meanwhile.
    version = change_tokens.current_token(request.team.id)
    chosen = load(chosen_list_loader(request))
    return {"version": version, **load(list_context_loader(request, chosen, current))}


def no_conversation_context(request: TeamRequest) -> Context:
    """Of the part of the list's page in which no conversation is open."""
    return {"section": "inbox", "folder": Folder.named(request.GET.get("folder", "")), "folders": Folder}


def list_context_loader(request: TeamRequest, chosen: ChosenList, current: int | None) -> Loader[Context]:
    listing, choices, description, menus, decided = yield from side_by_side(
        _listing_loader(request, chosen),
        list_choices_loader(request, chosen),
        description_loader(chosen, request.team),
        nothing_loader() if request.htmx else _menus_loader(request),
        decision_to_undo_loader(request.member, read_id(request.GET.get("decided"))),
    )
    return {
        "section": "inbox",
        "ticket": new_ticket(request),
        "folder": chosen.folder,
        "folders": Folder,
        "inboxes": chosen.inboxes,
        "may_add_inboxes": may(request.member, Right.MANAGE_INBOXES),
        "chosen": chosen.inbox,
        "unknown_filters": chosen.unknown,
        **listing,
        **choices,
        "view": chosen.view,
        "may_change_view": chosen.view is not None and may_change(request.member, chosen.view),
        "narrowing": chosen.narrowing,
        "narrowed_to": description,
        "standings": AskedStanding,
        "kind": chosen.kind if chosen.is_to_review else "",
        **(menus or {}),
        "current": current,
        "current_text": read_id(request.GET.get("text")),
        "query": chosen.query,
        "decided": decided,
    }


def _menus_loader(request: TeamRequest) -> Loader[Context]:
    """What whole pages offer for the ticked conversations, and to narrow the list."""
    tags = Tag.objects.filter(team_id=request.team.id).order_by("name", "id")
    members, team_tags = yield [colleagues(request.member), tags[:MAX_TAGS]]
    choices = snooze_choices(timezone.now(), request.team.clock.zone)
    return {"colleagues": members, "team_tags": team_tags, "snooze_choices": choices}


def _listing_loader(request: TeamRequest, chosen: ChosenList) -> Loader[Context]:
    """The conversations of a folder, or the texts to review."""
    if chosen.is_to_review:
        today = timezone.localdate(timezone=ZoneInfo(request.team.time_zone))
        texts = yield from TextsToReview.loader(request.member, chosen.inbox, chosen.kind, today)
        return {"to_review": texts}
    before, down_to = (read_cursor(request.GET.get(name)) for name in ("before", "until"))
    rows = FolderRows(request.member, chosen.folder, chosen.inbox_ids(request.member), chosen.narrowing)
    return {"listing": (yield from listing_loader(rows, before=before, down_to=down_to))}


# -- a conversation ----------------------------------------------------------------------------------------------


def find_conversation(request: TeamRequest, conversation_id: int) -> Conversation:
    return load(conversation_loader(request, conversation_id))


def conversation_loader(request: TeamRequest, conversation_id: int) -> Loader[Conversation]:
    """The conversation, if the member may open it.

    Raises Http404, and PermissionDenied if the member does not have the view's right in its inbox.
    """
    member, inbox_ids = request.member, visible_inbox_ids(request.member)
    values = [member.team_id, member.id, conversation_id, *(inbox_ids or ())]
    (found,) = yield [KeptQuery(_visible_conversation, inbox_ids is None, values)]
    if not found:
        raise Http404("No such conversation.")
    conversation: Conversation = found[0]
    conversation.inbox.team = request.team
    require_inbox_right(request, conversation.inbox)
    return conversation


def _visible_conversation(sees_all: bool, values: Sequence[int]) -> QuerySet[Conversation]:
    """A conversation in these inboxes, or in any, with what its opening needs to know."""
    team_id, member_id, conversation_id, *inbox_ids = values
    member = Member(id=member_id, team_id=team_id)
    rows = conversations_in(team_id, None if sees_all else inbox_ids).filter(id=conversation_id)
    return rows.with_unread(member).annotate(has_news=has_news(member)).select_related("contact", "inbox")


def page_context(
    request: TeamRequest,
    found: Conversation,
    form: MessageForm | None = None,
    chosen: ChosenList | None = None,
) -> Context:
    """Of a whole page."""
    version = change_tokens.current_token(request.team.id)
    chosen = chosen or load(chosen_list_loader(request))
    contexts = load(
        side_by_side(list_context_loader(request, chosen, found.id), opened_loader(request, found, form))
    )
    return {"version": version, **contexts[0], **contexts[1]}


def conversation_context(
    request: TeamRequest, found: Conversation, form: MessageForm | None = None
) -> Context:
    """Of the thread and the contact pane."""
    return load(opened_loader(request, found, form))


def opened_loader(
    request: TeamRequest, found: Conversation, form: MessageForm | None = None
) -> Loader[Context]:
    contact, thread = yield from side_by_side(
        contact_loader(request, found), thread_context_loader(request, found, form, alone=False)
    )
    return {**thread, **contact}


def contact_loader(request: TeamRequest, found: Conversation, *, alone: bool = True) -> Loader[Context]:
    """Of the contact pane."""
    fault = recipient_fault(found.number, short_codes=request.team.allows_short_codes)
    if found.number == found.inbox.number:
        fault = str(Refusal.OWN_NUMBER.label)
    contact = found.contact or Contact(team=request.team, number=found.number)
    panel, details = yield from side_by_side(
        panel_loader(request.member, found.number, found.inbox, with_receipts=alone),
        shown_details_loader(contact, request.team.clock),
    )
    return {
        "conversation": found,
        "contact": contact,
        "details": details,
        "number": found.number,
        "shown_number": display(found.number, request.team.country),
        "panel": panel,
        "recipient_fault": fault,
        "textable": not fault,
        "rights_here": rights_in(request.member, found.inbox_id),
        "next": reverse("conversation", args=[request.team.slug, found.id]),
    }


def thread_context_loader(
    request: TeamRequest, found: Conversation, form: MessageForm | None = None, *, alone: bool = True
) -> Loader[Context]:
    """Of the thread; `alone`: with what it shares with the contact pane."""
    clock = request.team.clock
    shared, thread, assignee, assignable, recipient_clock, words = yield from side_by_side(
        contact_loader(request, found, alone=False) if alone else nothing_loader(),
        thread_loader(found, clock.zone, ThreadWindow.read(request.GET)),
        assignee_loader(found),
        assignable_loader(found.inbox),
        clock_loader(found, timezone.now()),
        nothing_loader() if form else first_words_loader(request, found.inbox, found.number, found),
    )
    offer_undo(thread.entries, request.member)
    return {
        **(shared or {}),
        "signed_place": sign_place(request.team.id, found.id, found.inbox_id),
        "thread": thread,
        "newest_text": thread.newest,
        "assignee": assignee,
        "assignable": assignable,
        "note_form": NoteForm(),
        "snooze_form": SnoozeForm(zone=clock.zone),
        "schedule_form": ScheduledTextForm(zone=clock.zone),
        "clock": recipient_clock,
        "form": form or MessageForm(initial=words),
        "media_limits": adapter_for(found.inbox).media_limits(found.inbox),
        "place": place_query(request),
    }


def place_query(request: TeamRequest) -> str:
    """The part of an address that says from which list, and to which text, a member came."""
    text = read_id(request.GET.get("text"))
    return "&".join(filter(None, [kept_query(request.GET), f"text={text}" if text else ""]))
