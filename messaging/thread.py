"""The thread of a conversation: its texts and the changes of its number's standing, in one order and day by day."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from kernel.keyset import Cursor
from kernel.loading import Loader, nothing_loader, rows_loader, side_by_side
from messaging.broadcasts.thread_mark import with_broadcast_names
from messaging.groups.members import names_loader, with_others
from messaging.inbox import MAX_REFETCH
from messaging.media.models import Attachment, attachments_loader
from messaging.models import Conversation, Message
from messaging.opt_out_effects import effects_loader
from messaging.review_decisions import UNDONE
from messaging.scheduling.thread_entries import ThreadScheduledText, scheduled_loader
from messaging.teamwork.thread_entries import ThreadActivity, ThreadNote, teamwork_loader
from messaging.thread_entries import ThreadChange, ThreadDay, ThreadText
from messaging.thread_reactions import quoted_text, shown_reaction
from messaging.thread_reviews import TextReview, reviews_loader
from messaging.thread_window import TextsInWindow, ThreadWindow
from optout.models import Action, ConsentEvent
from optout.pending_opt_ins import notes_loader

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
    newest: int = 0  # the newest text of the conversation, which its reader knows

    @property
    def group(self) -> list[str]:
        """The other members of the group to which the person's newest text went; empty if it went to us alone."""
        texts = (entry for entry in reversed(self.entries) if isinstance(entry, ThreadText))
        newest = next((entry for entry in texts if not entry.message.outbound), None)
        return newest.others if newest else []


def thread_loader(
    conversation: Conversation, zone: ZoneInfo, window: ThreadWindow = NEWEST
) -> Loader[Thread]:
    """The texts of the window, with the changes, notes and scheduled texts between them."""
    texts = Message.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    marked = with_broadcast_names(with_others(texts, conversation.team_id), conversation.team_id)
    shown = yield from window.loader(marked)
    for text in shown.texts:
        text.inbox = conversation.inbox
    entries, newest = yield from side_by_side(
        _entries_loader(conversation, shown, window.chosen), _newest_loader(texts, shown)
    )
    oldest = Cursor(shown.texts[-1].id, shown.texts[-1].at) if shown.texts else None
    return Thread(_with_days(entries, zone), oldest, shown.has_earlier, shown.upto, newest)


def _newest_loader(texts: QuerySet[Message], shown: TextsInWindow) -> Loader[int]:
    """The newest text: the last one shown, unless later ones are left out."""
    if not shown.upto:
        return max((text.id for text in shown.texts), default=0)
    (newest,) = yield [texts.order_by("-at", "-id").values_list("id", flat=True)[:1]]
    return newest[0] if newest else 0


def _entries_loader(
    conversation: Conversation, shown: TextsInWindow, chosen: int | None
) -> Loader[list[ThreadEntry]]:
    texts, team = shown.texts, conversation.inbox.team
    since = texts[-1].at if shown.has_earlier else None
    until = texts[0].at if texts and shown.upto else None
    events = _changes(conversation, since, until)
    changes, reviews, *others, effects, at_texts = yield from side_by_side(
        rows_loader(events),
        reviews_loader(conversation, texts, chosen),
        teamwork_loader(conversation, since, until),
        nothing_loader() if shown.upto else scheduled_loader(conversation, since),
        effects_loader(team.id, events),
        side_by_side(
            notes_loader(team.id, [text.id for text in texts]),
            attachments_loader(team.id, texts),
            names_loader(team.id, team.country, texts),
        ),
    )
    shown_texts = _shown_texts(texts, changes, reviews, *at_texts)
    shown_changes = [
        ThreadChange(event, effects.get(event.id, "")) for event in _not_at_texts(changes, reviews)
    ]
    return _in_order([*shown_texts, *shown_changes, *itertools.chain(*others)])


def _changes(
    conversation: Conversation, since: datetime | None, until: datetime | None
) -> QuerySet[ConsentEvent]:
    events = ConsentEvent.objects.filter(team_id=conversation.team_id, number=conversation.number)
    if since:
        events = events.filter(happened_at__gte=since)
    if until:
        events = events.filter(happened_at__lte=until)
    return events.order_by("-position")[:MAX_REFETCH]


def _shown_texts(
    texts: list[Message],
    changes: list[ConsentEvent],
    reviews: Mapping[int, TextReview],
    notes: Mapping[int, str],
    attachments: Mapping[int, list[Attachment]],
    names: Mapping[int, list[str]],
) -> list[ThreadText]:
    opt_outs = {event.message_id: event for event in changes if event.explains_opt_out}
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
    return _with_reactions(shown)


def _in_order(unordered: list[ThreadEntry]) -> list[ThreadEntry]:
    entries = sorted(unordered, key=lambda entry: entry.order)
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
