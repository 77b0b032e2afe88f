"""Webhook events about work in a team: assignments, closings, transfers, snoozes, private notes and scheduled texts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from accounts.models import Inbox, Member
from messaging.models import Conversation
from messaging.scheduling.models import ScheduledText
from messaging.teamwork.models import Activity, ActivityKind, Note
from webhooks.models import EventType
from webhooks.outbox import Event, record_events, wanted_types
from webhooks.payloads import number_fields, timestamp

EVENT_TYPES = {
    ActivityKind.ASSIGNED: EventType.CHAT_REASSIGNED,
    ActivityKind.UNASSIGNED: EventType.CHAT_REASSIGNED,
    ActivityKind.CLOSED: EventType.CHAT_CLOSED,
    ActivityKind.REOPENED: EventType.CHAT_OPENED,
    ActivityKind.SNOOZED: EventType.CHAT_SNOOZED,
    ActivityKind.WOKEN: EventType.CHAT_WOKEN,
}


def record_activities(team_id: int, activities: Sequence[Activity]) -> None:
    """Record what a member did to conversations of a team, for the endpoints that want it."""
    activities = [activity for activity in activities if activity.kind in EVENT_TYPES]
    kinds = {EVENT_TYPES[ActivityKind(activity.kind)] for activity in activities}
    if not kinds or not kinds & wanted_types(team_id):
        return
    names = _inbox_names(team_id, (activity.conversation for activity in activities))
    record_events(team_id, [_event_of(activity, names) for activity in activities])


def record_transferred(
    closed: Conversation, opened: Conversation, by_id: int | None, by_name: str, at: datetime
) -> None:
    """Record that a conversation goes on as `opened`, in another inbox."""
    if EventType.CHAT_TRANSFERRED not in wanted_types(opened.team_id):
        return
    names = _inbox_names(opened.team_id, (closed, opened))
    before = _data(closed, names[closed.inbox_id])
    more = {
        "from": {"conversation_id": closed.id, "inbox": before["inbox"]},
        "by": _member(by_id, by_name),
        "at": timestamp(at),
    }
    data = {**_data(opened, names[opened.inbox_id]), **more}
    record_events(opened.team_id, [Event(EventType.CHAT_TRANSFERRED, opened.number, data)])


def record_closed_by_opt_out(team_id: int, conversations: Sequence[Conversation], at: datetime) -> None:
    """Record that an opt-out closed conversations. No member did it."""
    if not conversations or EventType.CHAT_CLOSED not in wanted_types(team_id):
        return
    names = _inbox_names(team_id, conversations)
    record_events(team_id, [
        Event(EventType.CHAT_CLOSED, conversation.number, {
            **_data(conversation, names[conversation.inbox_id]), "by": _member(None, ""), "at": timestamp(at),
        })
        for conversation in conversations
    ])  # fmt: skip


def record_note(note: Note, conversation: Conversation, mentioned: Iterable[Member]) -> None:
    """Record a private note. Only endpoints that ask for notes get it."""
    if EventType.NOTE_CREATED not in wanted_types(note.team_id):
        return
    more = {
        "note_id": note.id,
        "text": note.body,
        "by": _member(note.author_id, note.author_name),
        "mentioned": [_member(member.id, str(member)) for member in mentioned],
        "at": timestamp(note.at),
    }
    data = {**_data(conversation, conversation.inbox.name), **more}
    record_events(note.team_id, [Event(EventType.NOTE_CREATED, conversation.number, data)])


def record_scheduled(text: ScheduledText, conversation: Conversation) -> None:
    """Record that a text was scheduled. Its sending is an event of its own."""
    if EventType.MESSAGE_SCHEDULED not in wanted_types(text.team_id):
        return
    more = {
        "schedule_id": text.id,
        "text": text.body,
        "send_at": timestamp(text.send_at),
        "unless_answered": text.unless_answered,
        "by": _member(text.author_id, text.author_name),
        "at": timestamp(text.created_at),
    }
    data = {**_data(conversation, conversation.inbox.name), **more}
    record_events(text.team_id, [Event(EventType.MESSAGE_SCHEDULED, conversation.number, data)])


def _event_of(activity: Activity, inbox_names: dict[int, str]) -> Event:
    conversation, kind = activity.conversation, EVENT_TYPES[ActivityKind(activity.kind)]
    more: dict[str, Any] = {
        "by": _member(activity.actor_id, activity.actor_name),
        "at": timestamp(activity.at),
    }
    if kind == EventType.CHAT_REASSIGNED:
        is_assigned = activity.kind == ActivityKind.ASSIGNED
        to = _member(activity.assignee_id, activity.assignee_name) if is_assigned else None
        more = {"assigned": to, **more}
    if kind == EventType.CHAT_SNOOZED and activity.until:
        more = {"until": timestamp(activity.until), **more}
    data = {**_data(conversation, inbox_names[conversation.inbox_id]), **more}
    return Event(kind, conversation.number, data)


def _data(conversation: Conversation, inbox_name: str) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        **number_fields(conversation.number),
        "inbox": {"id": conversation.inbox_id, "name": inbox_name},
    }


def _member(id: int | None, name: str) -> dict[str, Any]:
    return {"id": id, "name": name}


def _inbox_names(team_id: int, conversations: Iterable[Conversation]) -> dict[int, str]:
    ids = {conversation.inbox_id for conversation in conversations}
    return dict(Inbox.objects.filter(team_id=team_id, id__in=ids).values_list("id", "name"))
