"""The thread of a conversation: its texts and the changes of its number's standing, in one order and day by day."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from kernel.keyset import Cursor, after
from messaging.groups.members import names_of_others, with_others
from messaging.inbox import MAX_REFETCH
from messaging.media.models import Attachment
from messaging.models import Conversation, Message
from messaging.opt_out_effects import effects_of
from messaging.review_decisions import UNDONE
from messaging.scheduling.thread_entries import ThreadScheduledText, load_scheduled
from messaging.teamwork.thread_entries import ThreadActivity, ThreadNote, load_teamwork
from messaging.thread_entries import ThreadChange, ThreadDay, ThreadText
from messaging.thread_reactions import quoted_text, shown_reaction
from messaging.thread_reviews import TextReview, reviews_of_texts
from messaging.thread_window import ThreadWindow
from optout.models import Action, ConsentEvent
from optout.pending_opt_ins import notes_of_texts

NEWEST = ThreadWindow()

type OtherEntry = ThreadNote | ThreadActivity | ThreadScheduledText
type ThreadEntry = ThreadText | ThreadChange | OtherEntry


@dataclass(frozen=True)
class Thread:
    """A part of a conversation, oldest first."""

    entries: list[ThreadEntry | ThreadDay]
    oldest: Cursor | None  # the first text shown
    has_earlier: bool
    upto: Cursor | None = None  # the last text shown, if later ones are left out
    newest: int | None = None  # the newest text shown

    @property
    def group(self) -> list[str]:
        """The other members of the group to which the person's newest text went; empty if it went to us alone."""
        texts = (entry for entry in reversed(self.entries) if isinstance(entry, ThreadText))
        newest = next((entry for entry in texts if not entry.message.outbound), None)
        return newest.others if newest else []


def load_thread(conversation: Conversation, zone: ZoneInfo, window: ThreadWindow = NEWEST) -> Thread:
    """The texts of the window, with the changes, notes and scheduled texts between them."""
    texts = Message.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    shown, upto = window.find(with_others(texts, conversation.team_id))
    for text in shown:
        text.inbox = conversation.inbox
    oldest = Cursor(shown[-1].id, shown[-1].at) if shown else None
    has_earlier = oldest is not None and after(texts, "at", oldest).exists()
    since = shown[-1].at if has_earlier else None
    until = shown[0].at if upto and shown else None
    changes = _changes(conversation, since, until)
    others = [
        *load_teamwork(conversation, since, until),
        *([] if upto else load_scheduled(conversation, since)),
    ]
    entries = _in_order(conversation, shown, changes, others, window.chosen)
    newest = max((text.id for text in shown), default=None)
    return Thread(_with_days(entries, zone), oldest, has_earlier, upto, newest)


def _changes(
    conversation: Conversation, since: datetime | None, until: datetime | None
) -> list[ConsentEvent]:
    events = ConsentEvent.objects.filter(team_id=conversation.team_id, number=conversation.number)
    if since:
        events = events.filter(happened_at__gte=since)
    if until:
        events = events.filter(happened_at__lte=until)
    return list(events.order_by("-position")[:MAX_REFETCH])


def _in_order(
    conversation: Conversation,
    texts: list[Message],
    changes: list[ConsentEvent],
    others: Iterable[OtherEntry],
    chosen: int | None,
) -> list[ThreadEntry]:
    notes = notes_of_texts(conversation.team_id, [text.id for text in texts]) if texts else {}
    reviews = reviews_of_texts(conversation, texts, chosen)
    opt_outs = {event.message_id: event for event in changes if event.explains_opt_out}
    with_media = [text.id for text in texts if text.media]
    attachments = Attachment.objects.of_texts(conversation.team_id, with_media) if with_media else {}
    names = names_of_others(conversation.team_id, conversation.inbox.team.country, texts)
    shown = [
        ThreadText(
            text,
            opt_in_note=notes.get(text.id, ""),
            review=reviews.get(text.id),
            opt_out=opt_outs.get(text.id),
            attachments=attachments.get(text.id, []),
            others=names.get(text.id, []),
        )
        for text in texts
    ]
    effects = effects_of(changes)
    shown_changes = [
        ThreadChange(event, effects.get(event.id, "")) for event in _not_at_texts(changes, reviews)
    ]
    entries: list[ThreadEntry] = sorted(
        [*_with_reactions(shown), *shown_changes, *others],
        key=lambda entry: entry.order,
    )
    for previous, entry in itertools.pairwise(entries):
        if isinstance(entry, ThreadText):
            entry.starts = not entry.continues_group_of(previous)
    _mark_sent_again(entries)
    return entries


def _not_at_texts(changes: Iterable[ConsentEvent], reviews: Mapping[int, TextReview]) -> list[ConsentEvent]:
    """The changes, without holds that are shown at their texts. A decision that was taken back is shown."""
    return [
        event
        for event in changes
        if event.action != Action.HELD or event.message_id not in reviews or event.reason == UNDONE
    ]


def _with_reactions(shown: list[ThreadText]) -> list[ThreadText]:
    """The texts, oldest first; a reaction is at the text that it quotes, if that is shown."""
    by_id, texts = {entry.message.id: entry for entry in shown}, [entry.message for entry in shown]
    kept = []
    for entry in reversed(shown):
        entry.reaction = shown_reaction(entry.message)
        quoted = quoted_text(entry.reaction, texts) if entry.reaction else None
        if entry.reaction and quoted:
            by_id[quoted.id].react(entry.reaction)
        else:
            kept.append(entry)
    return kept


def _mark_sent_again(entries: Iterable[ThreadEntry]) -> None:
    """A text that failed is offered to be sent again once."""
    later: set[Any] = set()
    for entry in reversed(list(entries)):
        if isinstance(entry, ThreadText) and entry.message.outbound:
            entry.sent_again = entry.content_key in later
            later.add(entry.content_key)


def _with_days(entries: Iterable[ThreadEntry], zone: ZoneInfo) -> list[ThreadEntry | ThreadDay]:
    days = itertools.groupby(entries, key=lambda entry: timezone.localtime(entry.at, zone).date())
    return [entry for date, of_day in days for entry in (ThreadDay(date), *of_day)]
