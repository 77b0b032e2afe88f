"""Lifecycle of a broadcast: confirm, take back, pause, resume, cancel and finish it. All in the scope of the team.

Each change takes the broadcast's row, so changes have an order. Texts that are claimed already may still go.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Inbox, Member
from kernel import change_tokens
from messaging.broadcasts import webhook_events
from messaging.broadcasts.audience import Audience, find_problems, matching
from messaging.broadcasts.models import (
    ENDED,
    RUNNING,
    Broadcast,
    BroadcastLane,
    BroadcastStatus,
    PauseReason,
)
from messaging.broadcasts.senders import find_refusal
from messaging.broadcasts.wakeups import wake_broadcast_on_commit
from messaging.models import Message, MessageStatus
from messaging.refusal_reasons import BROADCAST_CANCELLED
from messaging.text_templates.fields import find_mistakes
from messaging.text_templates.values import known_fields


class NotPossible(Exception):
    """The broadcast cannot be changed like this now; the message says why, in sentences."""


def lock_broadcast(team_id: int, id: int) -> Broadcast:
    return Broadcast.objects.select_for_update(no_key=True).get(team_id=team_id, id=id)


def find_obstacles(broadcast: Broadcast) -> list[str]:
    """Why a draft cannot be sent yet, in sentences; empty if it can."""
    audience = Audience.from_json(broadcast.audience)
    obstacles = find_mistakes(broadcast.body, known_fields(broadcast.team_id))
    if not broadcast.body.strip() and broadcast.picture_id is None:
        obstacles.append("Write a text, or add a picture.")
    if not audience:
        obstacles.append("Choose at least one list or filter.")
    obstacles += find_problems(broadcast.team, audience)
    if broadcast.inbox_id and not _inbox(broadcast).is_open:
        obstacles.append("This inbox is closed. Choose another one.")
    if not obstacles and broadcast.send_at is None and not matching(broadcast.team, audience).exists():
        obstacles.append("Nobody is in this audience.")
    return obstacles


def confirm(id: int, team_id: int, *, author: Member | None, author_name: str = "") -> Broadcast:
    """Confirm a draft: it is sent at its time, or at once. Raises NotPossible with what is to be mended before."""
    broadcast = lock_broadcast(team_id, id)
    if broadcast.status != BroadcastStatus.DRAFT:
        raise NotPossible("This broadcast was confirmed already.")
    obstacles = find_obstacles(broadcast)
    if author and (refusal := find_refusal(broadcast, author)):
        obstacles.append(refusal)
    if obstacles:
        raise NotPossible(" ".join(obstacles))
    now = timezone.now()
    _set_author(broadcast, author, author_name)
    return _change(
        broadcast,
        status=BroadcastStatus.SCHEDULED,
        confirmed_at=now,
        due_at=max(now, broadcast.send_at or now),
    )


def take_back(id: int, team_id: int) -> Broadcast:
    """Make a scheduled broadcast a draft again, to be changed. Raises NotPossible once it has begun."""
    broadcast = lock_broadcast(team_id, id)
    if broadcast.status != BroadcastStatus.SCHEDULED:
        raise NotPossible("This broadcast does not wait for its time any more.")
    return _change(broadcast, status=BroadcastStatus.DRAFT, due_at=None, confirmed_at=None)


def pause(id: int, team_id: int, reason: PauseReason, detail: str = "") -> Broadcast:
    """Stop claiming texts. Raises NotPossible unless it is being prepared or sent."""
    broadcast = lock_broadcast(team_id, id)
    if broadcast.status not in RUNNING:
        raise NotPossible("Only a broadcast that is being sent can be paused.")
    return pause_locked(broadcast, reason, detail)


def pause_locked(broadcast: Broadcast, reason: PauseReason, detail: str = "") -> Broadcast:
    """Pause a broadcast whose row is locked. Texts that wait for a retry wait for it to be resumed.

    Unless a member paused it, a worker tells its author (messaging.broadcasts.pause_email).
    """
    _lanes(broadcast).update(due_at=None)
    _waiting_texts(broadcast).update(due_at=None)
    return _change(
        broadcast,
        status=BroadcastStatus.PAUSED,
        pause_reason=reason,
        pause_detail=detail[:300],
        due_at=None if reason == PauseReason.MEMBER else timezone.now(),
    )


def resume(id: int, team_id: int, *, by: Member | None = None, program: str = "") -> Broadcast:
    """Continue where it stood, for a member or a program with this name, who is its author if the former may not be.

    Raises NotPossible if it is not paused, if its audience cannot be read, or if the member may not send it.
    """
    broadcast = lock_broadcast(team_id, id)
    if broadcast.status != BroadcastStatus.PAUSED:
        raise NotPossible("This broadcast is not paused.")
    if by and (refusal := find_refusal(broadcast, by)):
        raise NotPossible(refusal)
    preparing = broadcast.prepared_upto is not None
    if preparing and (problems := find_problems(broadcast.team, Audience.from_json(broadcast.audience))):
        raise NotPossible(f"{' '.join(problems)} Cancel this broadcast and write a new one.")
    if broadcast.inbox_id and not _inbox(broadcast).is_open:
        raise NotPossible("The inbox is closed. Open it first, or cancel this broadcast.")
    now = timezone.now()
    _lanes(broadcast).update(due_at=now)
    _waiting_texts(broadcast).update(due_at=now)
    if broadcast.pause_reason == PauseReason.AUTHOR and (by or program):
        _set_author(broadcast, by, program)
    return _change(
        broadcast,
        status=BroadcastStatus.PREPARING if preparing else BroadcastStatus.SENDING,
        pause_reason="",
        pause_detail="",
        resumed_at=now,
        due_at=now,
    )


def cancel(id: int, team_id: int) -> Broadcast:
    """End it for good: whoever has no text yet gets none. Raises NotPossible if it has ended or was never confirmed."""
    broadcast = lock_broadcast(team_id, id)
    if broadcast.status in ENDED or broadcast.status == BroadcastStatus.DRAFT:
        raise NotPossible("Only a broadcast that waits, is being sent or is paused can be cancelled.")
    _lanes(broadcast).update(due_at=None)
    _waiting_texts(broadcast).update(status=MessageStatus.REFUSED, reason=BROADCAST_CANCELLED, due_at=None)
    _change(broadcast, status=BroadcastStatus.CANCELLED, ended_at=timezone.now(), due_at=None)
    webhook_events.record_finished(broadcast)
    return broadcast


def finish_locked(broadcast: Broadcast) -> Broadcast:
    """Everybody has a text or was left out. The broadcast's row is locked."""
    _change(broadcast, status=BroadcastStatus.FINISHED, ended_at=timezone.now(), due_at=None)
    webhook_events.record_finished(broadcast)
    return broadcast


def start_locked(broadcast: Broadcast, status: BroadcastStatus, **changes: datetime | None) -> Broadcast:
    """Enter the next state on the way to being sent. The broadcast's row is locked."""
    now = timezone.now()
    return _change(
        broadcast, status=status, started_at=broadcast.started_at or now, resumed_at=now, **changes
    )


def _set_author(broadcast: Broadcast, author: Member | None, name: str = "") -> None:
    """The member who sends it, or the program with this name, perhaps in a member's name."""
    broadcast.author_id, broadcast.author_name = author.id if author else None, (name or str(author))[:80]
    broadcast.by_program = bool(name)
    broadcast.save(update_fields=["author_id", "author_name", "by_program"])


def _change(broadcast: Broadcast, **values: object) -> Broadcast:
    for name, value in values.items():
        setattr(broadcast, name, value)
    broadcast.save(update_fields=list(values))
    change_tokens.renew_on_commit(broadcast.team_id)
    if broadcast.due_at:
        wake_broadcast_on_commit(broadcast.team_id, broadcast.id, broadcast.due_at)
    return broadcast


def _lanes(broadcast: Broadcast) -> QuerySet[Any]:
    return BroadcastLane.objects.filter(team_id=broadcast.team_id, broadcast_id=broadcast.id)


def _waiting_texts(broadcast: Broadcast) -> QuerySet[Any]:
    """Its texts that wait for a retry: claimed once, and certainly not taken by the carrier."""
    return Message.objects.filter(
        team_id=broadcast.team_id, broadcast_id=broadcast.id, status=MessageStatus.QUEUED
    )


def _inbox(broadcast: Broadcast) -> Inbox:
    return Inbox.objects.get(team_id=broadcast.team_id, id=broadcast.inbox_id or 0)
