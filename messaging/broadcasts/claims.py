"""Claims of a broadcast: waiting recipients become claimed texts, a batch in one transaction, at the inbox's pace.

The order of locks: the inbox's pace, the numbers' advisory locks, then recipients, texts, conversations and contacts.
The pace lets one worker claim for an inbox at a time. Everything that may forbid a text is read again under the
numbers' locks, which a STOP takes too: after it has committed, no text to its number is claimed.

A recipient and its text change together: whoever has a text is never claimed again. From then on the text goes the way
of every text (messaging.outbound), except that no other text of its conversation waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Inbox
from kernel.segments import count_segments
from kernel.tenancy import scope
from messaging.broadcasts.lifecycle import lock_broadcast, pause_locked
from messaging.broadcasts.models import (
    RUNNING,
    Broadcast,
    BroadcastLane,
    BroadcastPace,
    BroadcastRecipient,
    BroadcastStatus,
    PauseReason,
    RecipientState,
)
from messaging.broadcasts.new_texts import write_texts
from messaging.broadcasts.rates import rate_of
from messaging.broadcasts.reconciliation import ask_carrier_soon
from messaging.media.links import FOR_CARRIERS, shared_address
from messaging.media.sending import files_problem
from messaging.models import IN_PROGRESS, Message, MessageStatus
from messaging.outbound import (
    CLAIM_TIMEOUT,
    SendClaim,
    claim_of,
    mark_claimed,
    may_not_go,
    recover_abandoned,
)
from messaging.refusal_reasons import BROADCAST_CANCELLED
from messaging.status_changes import save_changes
from optout.number_locks import lock_numbers

MOST_AT_ONCE = 25  # texts of a batch: a STOP of one of these people waits for the transaction
MOST_RETRIES = 50  # texts of a lane that wait for a retry, above which no others are claimed
BATCH_TIME = timedelta(seconds=1)  # for which a batch is claimed at a slow pace
# The worker that claimed goes on by itself. If it was killed, the sweep finds the lane this much after its next turn.
TAKEN_FOR_DEAD = timedelta(seconds=5)


@dataclass(frozen=True)
class ClaimedBatch:
    """Claimed texts, and when the lane may claim the next ones; None if nobody waits there."""

    broadcast_id: int
    claims: list[SendClaim]
    next_at: datetime | None


def claim_batch(team_id: int, lane_id: int) -> ClaimedBatch | None:
    """Claim the next texts of a lane, retries first. None if it is not its turn."""
    with scope(team_id):
        lane = BroadcastLane.objects.filter(team_id=team_id, id=lane_id).first()
        if lane is None:
            return None
        inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=lane.inbox_id)
        pace = _lock_pace(inbox)
        if pace is None:
            return None
        broadcasts = Broadcast.objects.select_related("picture")
        broadcast = broadcasts.get(team_id=team_id, id=lane.broadcast_id)
        return _LaneClaim(lane, broadcast, inbox, pace).run()


def _lock_pace(inbox: Inbox) -> BroadcastPace | None:
    """The inbox's pace, locked. None if another worker has it."""
    rows = BroadcastPace.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id)
    if not rows.exists():
        new = BroadcastPace(team_id=inbox.team_id, inbox_id=inbox.id, next_at=timezone.now())
        BroadcastPace.objects.bulk_create([new], ignore_conflicts=True)
    return rows.select_for_update(no_key=True, skip_locked=True).first()


class _LaneClaim:
    """One claim of a lane, in its transaction."""

    def __init__(self, lane: BroadcastLane, broadcast: Broadcast, inbox: Inbox, pace: BroadcastPace) -> None:
        self.lane, self.broadcast, self.inbox, self.pace = lane, broadcast, inbox, pace
        self.team_id = broadcast.team_id
        self.sends = broadcast.status == BroadcastStatus.SENDING

    def run(self) -> ClaimedBatch | None:
        now = timezone.now()
        if self.sends and self.pace.next_at > now:
            return None
        if self.sends:
            self._pause_if_hindered()
        room = self._room()
        unsettled = list(self._in_progress(now).order_by("id")[:MOST_AT_ONCE])
        waiting = self._waiting(room - len(unsettled)) if self.sends else []
        numbers = [text.number for text in unsettled] + [recipient.number for recipient in waiting]
        now = lock_numbers(self.team_id, numbers)
        self.lapses_at = monotonic() + CLAIM_TIMEOUT.total_seconds()
        claims = self._claim_again([text.id for text in unsettled], now)
        claims += self._claim_new([row.id for row in waiting], now)
        return ClaimedBatch(self.broadcast.id, claims, self._move_on(claims, now, bool(waiting)))

    def _room(self) -> int:
        """How many texts may be claimed now: for a second at a slow pace."""
        return max(1, min(MOST_AT_ONCE, round(rate_of(self.inbox) / 60 * BATCH_TIME.total_seconds())))

    def _pause_if_hindered(self) -> None:
        """Pause the broadcast if its inbox is closed, or its picture cannot be sent."""
        picture = self.broadcast.picture
        if self.broadcast.inbox_id and not self.inbox.is_open:
            self._pause(PauseReason.INBOX_CLOSED)
        elif picture and (problem := files_problem([picture])):
            self._pause(PauseReason.PICTURE, problem)

    def _pause(self, reason: PauseReason, detail: str = "") -> None:
        broadcast = lock_broadcast(self.team_id, self.broadcast.id)
        if broadcast.status in RUNNING:
            self.broadcast = pause_locked(broadcast, reason, detail)
        self.sends = False

    # -- texts that were claimed before -----------------------------------------------------------------------

    def _of_lane(self) -> QuerySet[Message]:
        return Message.objects.filter(
            team_id=self.team_id,
            broadcast_id=self.broadcast.id,
            inbox_id=self.inbox.id,
            status__in=IN_PROGRESS,
        )

    def _in_progress(self, now: datetime) -> QuerySet[Message]:
        """Texts of the lane that a worker must look at: lapsed claims and calls, and retries that are due."""
        return self._of_lane().filter(due_at__lte=now)

    def _claim_again(self, ids: Sequence[int], now: datetime) -> list[SendClaim]:
        """Recover what a killed worker left, and claim the texts that the carrier certainly did not take."""
        found = []
        for text in (
            Message.objects.select_for_update(no_key=True)
            .filter(team_id=self.team_id, id__in=ids)
            .order_by("id")
        ):
            text.inbox = self.inbox
            recover_abandoned(text, now)
            if text.status == MessageStatus.UNKNOWN:
                ask_carrier_soon(self.broadcast.team_id, self.broadcast.id)
            if text.status != MessageStatus.QUEUED:
                continue
            if self.broadcast.status == BroadcastStatus.CANCELLED:
                save_changes(text, status=MessageStatus.REFUSED, reason=BROADCAST_CANCELLED, due_at=None)
            elif not self.sends:
                save_changes(text, due_at=None)
            elif text.is_due(now) and not may_not_go(text, now):
                mark_claimed(text, now)
                found.append(self._claim_of(text, now))
        return found

    # -- new texts --------------------------------------------------------------------------------------------

    def _waiting(self, limit: int) -> list[BroadcastRecipient]:
        if limit <= 0 or self._retries() > MOST_RETRIES:
            return []
        return list(self._recipients().order_by("id")[:limit])

    def _retries(self) -> int:
        return self._of_lane().filter(status=MessageStatus.QUEUED).count()

    def _recipients(self) -> QuerySet[BroadcastRecipient]:
        return BroadcastRecipient.objects.filter(
            team_id=self.team_id,
            broadcast_id=self.broadcast.id,
            inbox_id=self.inbox.id,
            state=RecipientState.WAITING,
        )

    def _claim_new(self, ids: Sequence[int], now: datetime) -> list[SendClaim]:
        """Claim a text to each of these recipients who may get one now."""
        if not ids:
            return []
        rows = list(self._recipients().filter(id__in=ids).select_for_update(no_key=True).order_by("id"))
        return [self._claim_of(text, now) for text in write_texts(self.broadcast, self.inbox, rows, now)]

    def _claim_of(self, text: Message, now: datetime) -> SendClaim:
        picture = self.broadcast.picture_id  # all texts share its file
        media = (shared_address(self.team_id, picture, FOR_CARRIERS),) if picture else ()
        return claim_of(text, now, self.lapses_at, media)

    # -- the pace ---------------------------------------------------------------------------------------------

    def _move_on(self, claims: list[SendClaim], now: datetime, may_be_more: bool) -> datetime | None:
        """Move the inbox's pace by what was claimed, and the lane's next turn with it."""
        lanes = BroadcastLane.objects.filter(team_id=self.team_id, id=self.lane.id)
        if not self.sends:
            lanes.filter(due_at__isnull=False).update(due_at=None)
            return None
        segments = sum(max(1, count_segments(claim.text.body)[0]) for claim in claims)
        self.pace.next_at = max(self.pace.next_at, now) + timedelta(minutes=segments / rate_of(self.inbox))
        self.pace.save(update_fields=["next_at"])
        next_at = self.pace.next_at if may_be_more or self._retries() else None
        lanes.update(due_at=next_at + TAKEN_FOR_DEAD if next_at else None)
        if next_at is None:
            Broadcast.objects.filter(team_id=self.team_id, id=self.broadcast.id).update(due_at=now)
        return next_at
