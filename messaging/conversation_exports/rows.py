"""Rows of the export of conversations: each text, note and activity, conversation by conversation, in flat memory."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import Team
from contacts.exports.stream import BATCH_SIZE, RowBatches
from kernel.phone_numbers import digits
from kernel.spreadsheets.writers import Row
from kernel.tenancy import scope
from messaging.models import Conversation, Message
from messaging.retention.wording import describe_erasure
from messaging.teamwork.models import Activity, ActivityKind, Note

CONVERSATIONS = 200  # in one batch, with their notes and activities
HEADER: Row = (
    "conversation", "inbox", "phone", "name", "at", "kind", "automatic", "by", "text", "status", "assignee", "message",
)  # fmt: skip
_CELLS = HEADER[4:]  # those of an entry; the others are of its conversation

type Key = tuple[int, datetime, int, int]  # newest conversation first; in it the oldest entry first


@dataclass(frozen=True)
class ExportQuery:
    """The entries to export: of these inboxes, from `start` (included) to `end` (excluded)."""

    team: Team
    zone: ZoneInfo
    inbox_ids: list[int]
    start: datetime
    end: datetime


def export_rows(query: ExportQuery) -> RowBatches:
    """The rows, in batches that are each read in scopes of their own. A text that was erased has no content."""
    inboxes = _inbox_names(query)
    below: int | None = None
    while batch := _conversations(query, below):
        by_id = {conversation.id: conversation for conversation in batch}
        entries = heapq.merge(_texts(query, by_id), _teamwork(query, by_id), key=lambda entry: entry[0])
        rows: list[Row] = []
        for key, cells in entries:
            conversation = by_id[-key[0]]
            rows.append([*_head(conversation, inboxes), *(cells.get(name, "") for name in _CELLS)])
            if len(rows) == BATCH_SIZE:
                yield rows
                rows = []
        yield rows
        below = batch[-1].id


def _head(conversation: Conversation, inboxes: Mapping[int, str]) -> list[str]:
    name = conversation.contact.name if conversation.contact else ""
    return [str(conversation.id), inboxes[conversation.inbox_id], digits(conversation.number), name]


def _inbox_names(query: ExportQuery) -> dict[int, str]:
    with scope(query.team.id):
        return dict(query.team.inboxes.values_list("id", "name"))


def _conversations(query: ExportQuery, below: int | None) -> list[Conversation]:
    rows = Conversation.objects.filter(team_id=query.team.id, inbox_id__in=query.inbox_ids).exclude(number="")
    if below is not None:
        rows = rows.filter(id__lt=below)
    with scope(query.team.id):
        return list(rows.select_related("contact").order_by("-id")[:CONVERSATIONS])


# -- texts -------------------------------------------------------------------------------------------------------


def _texts(query: ExportQuery, by_id: Mapping[int, Conversation]) -> Iterator[tuple[Key, dict[str, str]]]:
    """The texts of these conversations, of which BATCH_SIZE are in memory at once."""
    rows = _in_period(Message.objects.all(), query).filter(
        conversation_id__gte=min(by_id), conversation_id__lte=max(by_id)
    )
    rows = rows.order_by("-conversation_id", "at", "id")
    last: Message | None = None
    while True:
        with scope(query.team.id):
            batch = list((rows.filter(_after(last)) if last else rows)[:BATCH_SIZE])
        for text in batch:
            if text.conversation_id in by_id:
                yield (-text.conversation_id, text.at, 0, text.id), _text_cells(text, query.zone)
        if len(batch) < BATCH_SIZE:
            return
        last = batch[-1]


def _after(text: Message) -> Q:
    of_conversation = Q(conversation_id=text.conversation_id)
    return (
        Q(conversation_id__lt=text.conversation_id)
        | (of_conversation & Q(at__gt=text.at))
        | (of_conversation & Q(at=text.at, id__gt=text.id))
    )


def _text_cells(text: Message, zone: ZoneInfo) -> dict[str, str]:
    return {
        "at": _local(text.at, zone),
        "kind": "text sent" if text.outbound else "text received",
        "automatic": str(text.get_purpose_display()).lower() if text.is_automatic else "",
        "by": text.author_name,
        "text": " ".join(filter(None, [text.content, describe_erasure(text, zone)])),
        "status": text.status,
        "message": str(text.id),
    }


# -- notes and activities ----------------------------------------------------------------------------------------


def _teamwork(query: ExportQuery, by_id: Mapping[int, Conversation]) -> Iterator[tuple[Key, dict[str, str]]]:
    with scope(query.team.id):
        notes = list(_in_period(Note.objects.filter(conversation_id__in=by_id), query))
        activities = list(_in_period(Activity.objects.filter(conversation_id__in=by_id), query))
    entries = [
        *(((-note.conversation_id, note.at, 1, note.id), _note_cells(note, query.zone)) for note in notes),
        *(
            ((-did.conversation_id, did.at, 2, did.id), _activity_cells(did, query.zone))
            for did in activities
        ),
    ]
    return iter(sorted(entries, key=lambda entry: entry[0]))


def _note_cells(note: Note, zone: ZoneInfo) -> dict[str, str]:
    return {"at": _local(note.at, zone), "kind": "private note", "by": note.author_name, "text": note.body}


def _activity_cells(activity: Activity, zone: ZoneInfo) -> dict[str, str]:
    is_assigned = activity.kind == ActivityKind.ASSIGNED
    return {
        "at": _local(activity.at, zone),
        "kind": activity.kind,
        "by": activity.actor_name,
        "assignee": activity.assignee_name if is_assigned else "",
    }


def _in_period[Q: QuerySet[Any]](rows: Q, query: ExportQuery) -> Q:
    return rows.filter(
        team_id=query.team.id, conversation__team_id=query.team.id,
        conversation__inbox_id__in=query.inbox_ids, at__gte=query.start, at__lt=query.end,
    )  # fmt: skip


def _local(at: datetime, zone: ZoneInfo) -> str:
    """A time of the team's zone with its distance from UTC."""
    return at.astimezone(zone).isoformat(timespec="seconds")
