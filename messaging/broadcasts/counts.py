"""Counts of a broadcast's recipients by state and reason, and of its texts by status; the rate and the time left."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus, RecipientState
from messaging.models import IN_PROGRESS, Message, MessageStatus

RECENT = 200  # texts from which the rate is taken
RATE_OVER = timedelta(minutes=2)


@dataclass(frozen=True)
class RecipientCounts:
    """How many recipients are in each state. Everybody is in exactly one."""

    waiting: int = 0
    held: int = 0
    texted: int = 0
    left_out_by_reason: dict[str, int] = field(default_factory=dict)  # by LeftOut

    @property
    def left_out(self) -> int:
        return sum(self.left_out_by_reason.values())

    @property
    def open(self) -> int:
        """Who has neither a text nor a reason to get none."""
        return self.waiting + self.held

    @property
    def total(self) -> int:
        return self.open + self.texted + self.left_out


def count_recipients(broadcast: Broadcast) -> RecipientCounts:
    """The counts as the rows are now, from an index."""
    rows = BroadcastRecipient.objects.filter(team_id=broadcast.team_id, broadcast_id=broadcast.id)
    by_state: dict[str, int] = {}
    by_reason: dict[str, int] = {}
    for state, reason, count in rows.values_list("state", "reason").annotate(count=Count("id")).order_by():
        by_state[state] = by_state.get(state, 0) + count
        if state == RecipientState.LEFT_OUT:
            by_reason[reason] = count
    return RecipientCounts(
        waiting=by_state.get(RecipientState.WAITING, 0),
        held=by_state.get(RecipientState.HELD, 0),
        texted=by_state.get(RecipientState.TEXTED, 0),
        left_out_by_reason=by_reason,
    )


def count_texts(broadcast: Broadcast) -> dict[str, int]:
    """How many texts of the broadcast have each MessageStatus, from an index."""
    texts = Message.objects.filter(team_id=broadcast.team_id, broadcast_id=broadcast.id)
    return dict(texts.values_list("status").annotate(count=Count("id")).order_by())


@dataclass(frozen=True)
class Progress:
    """How far a broadcast is. Times are None where nothing can be said yet."""

    recipients: RecipientCounts
    texts: dict[str, int]
    per_minute: float | None
    time_left: timedelta | None

    @property
    def done(self) -> int:
        """Recipients about whom nothing more is done: texted or left out."""
        return self.recipients.texted + self.recipients.left_out

    @property
    def share(self) -> float:
        return self.done / self.recipients.total if self.recipients.total else 0.0

    @property
    def on_their_way(self) -> int:
        return sum(self.texts.get(status, 0) for status in IN_PROGRESS)

    @property
    def unknown(self) -> int:
        return self.texts.get(MessageStatus.UNKNOWN, 0)


def measure_progress(broadcast: Broadcast) -> Progress:
    """The counts, with the rate of the last two minutes and the time that the waiting recipients take at it."""
    recipients = count_recipients(broadcast)
    rate = _per_minute(broadcast, timezone.now()) if broadcast.status == BroadcastStatus.SENDING else None
    left = timedelta(minutes=recipients.waiting / rate) if rate else None
    return Progress(recipients, count_texts(broadcast), rate, left)


def _per_minute(broadcast: Broadcast, now: datetime) -> float | None:
    texted = BroadcastRecipient.objects.filter(
        team_id=broadcast.team_id,
        broadcast_id=broadcast.id,
        state=RecipientState.TEXTED,
        reason="",
    )
    newest = list(texted.order_by("-id").values_list("at", flat=True)[:RECENT])
    times = [at for at in newest if at and at > now - RATE_OVER]
    if len(times) < 2:
        return None
    seconds = (now - min(times)).total_seconds()
    return len(times) / seconds * 60 if seconds > 0 else None
