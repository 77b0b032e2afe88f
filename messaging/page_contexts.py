"""Contexts of the inbox pages: what the list, a conversation and its contact show to a member."""

from typing import Any
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.access import Right, TeamRequest, may
from accounts.change_polling import new_ticket, sign_place
from contacts.contact.models import Contact
from contacts.lists.models import Tag
from kernel import change_tokens
from kernel.id_parameter import read_id
from kernel.phone_numbers import display, is_textable
from messaging.carriers.registry import adapter_for
from messaging.chosen_list import ChosenList, chosen_list, describe, list_choices
from messaging.crossing import newest_text
from messaging.drafts.first_words import first_words
from messaging.folder_rows import FolderRows
from messaging.folders import Folder
from messaging.forms import MessageForm
from messaging.inbox import (
    load_rows,
    read_cursor,
    visible_conversations,
)
from messaging.models import Conversation
from messaging.narrowing import AskedStanding
from messaging.saved_views.access import may_change
from messaging.scheduling.forms import ScheduledTextForm
from messaging.sending_hours.recipient_clock import clock_for_writer
from messaging.snoozing.choices import snooze_choices
from messaging.snoozing.forms import SnoozeForm
from messaging.teamwork.assignment import assignable_members, assignee_of, colleagues
from messaging.teamwork.forms import NoteForm
from messaging.thread import load_thread
from messaging.thread_window import ThreadWindow
from messaging.to_review import TextsToReview, count_reviews, decision_to_undo
from messaging.undo.window import offer_undo
from optout.forms import FreshConsentForm
from optout.standing_panel import build_panel

MAX_TAGS = 500  # in a menu


def list_context(request: TeamRequest, current: int | None) -> dict[str, Any]:
    # Read first, so that the page fetches a change again that commits meanwhile.
    version = change_tokens.current_token(request.team.id)
    chosen = chosen_list(request)
    reviews = count_reviews(request.member, chosen.inbox)
    return {
        "section": "inbox",
        "version": version,
        "ticket": new_ticket(request),
        "folder": chosen.folder,
        "folders": Folder,
        "inboxes": chosen.inboxes,
        "may_add_inboxes": may(request.member, Right.MANAGE_INBOXES),
        "chosen": chosen.inbox,
        **_listing(request, chosen),
        **list_choices(request, chosen, reviews.total),
        "view": chosen.view,
        "may_change_view": chosen.view is not None and may_change(request.member, chosen.view),
        "narrowing": chosen.narrowing,
        "narrowed_to": describe(chosen, request.team),
        "standings": AskedStanding,
        "review_counts": reviews,
        "kind": chosen.kind if chosen.is_to_review else "",
        # Read by templates of whole pages only.
        "colleagues": colleagues(request.member),
        "team_tags": Tag.objects.filter(team_id=request.team.id).order_by("name", "id")[:MAX_TAGS],
        "snooze_choices": snooze_choices(timezone.now(), ZoneInfo(request.team.time_zone)),
        "current": current,
        "current_text": read_id(request.GET.get("text")),
        "query": chosen.query,
        "decided": decision_to_undo(request.member, read_id(request.GET.get("decided"))),
    }


def _listing(request: TeamRequest, chosen: ChosenList) -> dict[str, Any]:
    """The conversations of a folder, or the texts to review."""
    if chosen.is_to_review:
        today = timezone.localdate(timezone=ZoneInfo(request.team.time_zone))
        return {"to_review": TextsToReview.load(request.member, chosen.inbox, chosen.kind, today)}
    before, down_to = (read_cursor(request.GET.get(name)) for name in ("before", "until"))
    rows = FolderRows(
        request.member,
        chosen.folder,
        chosen.inbox_ids(request.member),
        chosen.narrowing.condition(request.member),
    )
    return {"listing": load_rows(rows, before=before, down_to=down_to)}


def find_conversation(request: TeamRequest, conversation_id: int) -> Conversation:
    visible: Any = visible_conversations(request.member)
    rows = visible.with_unread(request.member).select_related("contact", "inbox")
    found = get_object_or_404(rows, id=conversation_id)
    found.inbox.team = request.team
    return found


def page_context(
    request: TeamRequest, found: Conversation, form: MessageForm | None = None
) -> dict[str, Any]:
    return {**list_context(request, found.id), **conversation_context(request, found, form)}


def conversation_context(
    request: TeamRequest, found: Conversation, form: MessageForm | None = None
) -> dict[str, Any]:
    zone = ZoneInfo(request.team.time_zone)
    thread = load_thread(found, zone, ThreadWindow.read(request.GET))
    offer_undo(thread.entries, request.member)
    return {
        "conversation": found,
        "contact": found.contact or Contact(team=request.team, number=found.number),
        "number": found.number,
        "signed_place": sign_place(request.team.id, found.id, found.inbox_id),
        "shown_number": display(found.number, request.team.country),
        "thread": thread,
        "newest_text": newest_text(found, thread.upto, thread.newest),
        "assignee": assignee_of(found),
        "assignable": assignable_members(found.inbox),
        "note_form": NoteForm(),
        "snooze_form": SnoozeForm(zone=zone),
        "schedule_form": ScheduledTextForm(zone=zone),
        "clock": clock_for_writer(found, timezone.now()),
        "panel": build_panel(request.member, found.number, found.inbox),
        "textable": is_textable(found.number) and may(request.member, Right.SEND_TEXTS),
        "form": form or MessageForm(initial=first_words(request, found.inbox, found.number, found)),
        "media_limits": adapter_for(found.inbox).media_limits(found.inbox),
        "consent_form": FreshConsentForm(team=request.team),
        "next": reverse("conversation", args=[request.team.slug, found.id]),
        "place": place_query(request),
    }


def place_query(request: TeamRequest) -> str:
    """The part of an address that says from which list, and to which text, a member came."""
    if not request.GET:
        return ""  # the folder Open, without a query for inboxes and views
    text = read_id(request.GET.get("text"))
    return "&".join(filter(None, [chosen_list(request).query, f"text={text}" if text else ""]))
