"""Worker of broadcasts: it prepares them, sends their lanes batch by batch, and ends them.

A lane's task claims one batch, starts the task of the next one for the time that the pace allows, and sends its batch:
slow calls of the carrier overlap. The next batch waits as long as the last one worked in the database, and three times
as long while texts arrive: a STOP that comes in the middle of a broadcast finds one batch at work, not many. The rows
are the source of truth. Where a task dies, the sweep finds its lane a few seconds later.
"""

import logging
import time
from datetime import timedelta

from django.db.models import Exists, Min, OuterRef
from django.utils import timezone

from kernel import change_tokens, pacing
from kernel.deadlocks import retry_deadlocks
from kernel.tenancy import scope
from messaging.broadcasts.carrier_trouble import is_of_inbox, pause_on_trouble
from messaging.broadcasts.claims import ClaimedBatch, claim_batch
from messaging.broadcasts.lifecycle import finish_locked
from messaging.broadcasts.models import (
    Broadcast,
    BroadcastLane,
    BroadcastRecipient,
    BroadcastStatus,
    RecipientState,
)
from messaging.broadcasts.pause_email import send_due_email
from messaging.broadcasts.preparation import prepare_batch
from messaging.broadcasts.reconciliation import ask_carrier_soon
from messaging.broadcasts.settling import settle_accepted, start_text
from messaging.broadcasts.wakeups import BROADCAST_TASK, LANE_TASK, RECONCILE_TASK, publish
from messaging.carrier_calls import call_carrier
from messaging.carriers.base import Accepted, OutcomeUnknown, Rejected, SendError, TryLater
from messaging.models import IN_PROGRESS, Message, MessageStatus
from messaging.outbound import SendClaim, settle
from messaging.scope_lookups import broadcast_lanes_due, broadcasts_due, broadcasts_to_reconcile

log = logging.getLogger(__name__)

SWEEP_BATCH = 500
TURN = timedelta(seconds=20)  # after which a long preparation gives way to other broadcasts
RELEASE_BATCH = 5_000
LONGEST_COUNTDOWN = 30.0  # seconds; the sweep starts what is due later


def sweep() -> None:
    """Start a task for everything that is due: after a lost wake-up, a hold, a retry's wait, or a killed worker."""
    for broadcast in broadcasts_due(SWEEP_BATCH):
        publish(BROADCAST_TASK, broadcast.team_id, broadcast.id)
    for lane in broadcast_lanes_due(SWEEP_BATCH):
        publish(LANE_TASK, lane.team_id, lane.id)
    for broadcast in broadcasts_to_reconcile(SWEEP_BATCH):
        publish(RECONCILE_TASK, broadcast.team_id, broadcast.id, queue="missed")


# -- one lane ----------------------------------------------------------------------------------------------------


def work_on_lane(team_id: int, lane_id: int) -> None:
    """Claim the next batch of a lane, start the task of the one after it, and send this one."""
    began = time.monotonic()
    batch = retry_deadlocks(lambda: claim_batch(team_id, lane_id))
    if batch is None:
        return
    if batch.next_at:
        wait = (batch.next_at - timezone.now()).total_seconds()
        if wait < LONGEST_COUNTDOWN:
            publish(LANE_TASK, team_id, lane_id, after=max(wait, _gap(batch)))
    if batch.claims:
        calls = _send(batch.claims, batch.broadcast_id)
        _work.seconds_per_text = (time.monotonic() - began - calls) / len(batch.claims)
        pause_on_trouble(team_id, lane_id)


class _Work:
    """What a text of the last batch of this process cost, without the carrier's call."""

    seconds_per_text = 0.0


_work = _Work()


def _gap(batch: ClaimedBatch) -> float:
    """Seconds from a batch's claim to the next one: the batch's own work, so that only calls overlap, and a rest."""
    worked = _work.seconds_per_text * len(batch.claims)
    return worked + pacing.rest_after(worked)


def _send(claims: list[SendClaim], broadcast_id: int) -> float:
    """Send claimed texts one after the other; returns the seconds that the carrier's calls took.

    If the carrier refuses the inbox itself, that text and the others of the batch go back to the queue.
    """
    taken: tuple[SendClaim, Accepted] | None = (
        None  # the text before, which is settled with the start of the next
    )
    calls = 0.0
    for at, claim in enumerate(claims):
        started = _settle_and_start(taken, claim)
        taken = None
        if not started:
            continue
        called_at = time.monotonic()
        outcome = call_carrier(claim.inbox, claim.text)
        calls += time.monotonic() - called_at
        if isinstance(outcome, Accepted):
            taken = claim, outcome
        elif isinstance(outcome, Rejected) and is_of_inbox(outcome):
            settle(claim, TryLater(str(outcome), outcome.code))
            _release(claims[at + 1 :])
            break
        else:
            settle(claim, outcome)
            _ask_if_unknown(claim, outcome, broadcast_id)
    if taken:
        _settle_and_start(taken, None)
    return calls


def _settle_and_start(taken: tuple[SendClaim, Accepted] | None, claim: SendClaim | None) -> bool:
    """Settle a text and start the next, in one transaction. False if there is none, or if its claim has lapsed."""
    one = taken[0] if taken else claim
    assert one is not None
    with scope(one.inbox.team_id):
        if taken:
            settle_accepted(*taken)
        return claim is not None and start_text(claim)


def _ask_if_unknown(claim: SendClaim, outcome: SendError, broadcast_id: int) -> None:
    if isinstance(outcome, OutcomeUnknown):
        with scope(claim.inbox.team_id):
            ask_carrier_soon(claim.inbox.team_id, broadcast_id)


def _release(claims: list[SendClaim]) -> None:
    """Give claims back whose calls were not started."""
    for claim in claims:
        with scope(claim.inbox.team_id):
            texts = Message.objects.filter(team_id=claim.inbox.team_id, id=claim.message_id)
            texts.filter(status=MessageStatus.CLAIMED, claimed_at=claim.claimed_at).update(
                status=MessageStatus.QUEUED, due_at=timezone.now()
            )


# -- the broadcast itself ------------------------------------------------------------------------------------------


def work_on_broadcast(team_id: int, broadcast_id: int) -> None:
    """Prepare a broadcast, end it if nobody waits any more, or tell that it has paused itself."""
    gives_way_at = timezone.now() + TURN
    began = time.monotonic()
    while retry_deadlocks(lambda: prepare_batch(team_id, broadcast_id)):
        if timezone.now() > gives_way_at:
            return publish(BROADCAST_TASK, team_id, broadcast_id)
        pacing.rest(time.monotonic() - began)
        began = time.monotonic()
    for lane_id in _look_at(team_id, broadcast_id):
        publish(LANE_TASK, team_id, lane_id)
    send_due_email(team_id, broadcast_id)
    return None


def _look_at(team_id: int, broadcast_id: int) -> list[int]:
    """Release who is held no longer, end the broadcast, or note when to look again. Returns the lanes that may send."""
    with scope(team_id):
        rows = Broadcast.objects.select_for_update(no_key=True, skip_locked=True)
        broadcast = rows.filter(team_id=team_id, id=broadcast_id, status=BroadcastStatus.SENDING).first()
        if broadcast is None:
            return []
        _release_held(broadcast)
        recipients = BroadcastRecipient.objects.filter(team_id=team_id, broadcast_id=broadcast_id)
        waiting = recipients.filter(state=RecipientState.WAITING, inbox_id=OuterRef("inbox_id"))
        lanes = BroadcastLane.objects.filter(Exists(waiting), team_id=team_id, broadcast_id=broadcast_id)
        if ids := list(lanes.values_list("id", flat=True)):
            lanes.filter(due_at=None).update(due_at=timezone.now())
            broadcast.due_at = None  # the last batch of a lane sets it
        elif until := recipients.filter(state=RecipientState.HELD).aggregate(first=Min("held_until"))[
            "first"
        ]:
            broadcast.due_at = until
        elif Message.objects.filter(
            team_id=team_id, broadcast_id=broadcast_id, status__in=IN_PROGRESS
        ).exists():
            broadcast.due_at = timezone.now() + timedelta(seconds=1)
        else:
            finish_locked(broadcast)
            return []
        broadcast.save(update_fields=["due_at"])
        change_tokens.renew_on_commit(team_id)
        return ids


def _release_held(broadcast: Broadcast) -> None:
    """Let those wait again whose hours have begun: everything about them is read again at the claim."""
    held = BroadcastRecipient.objects.filter(
        team_id=broadcast.team_id,
        broadcast_id=broadcast.id,
        state=RecipientState.HELD,
        held_until__lte=timezone.now(),
    )
    ids = list(held.values_list("id", flat=True)[:RELEASE_BATCH])
    held.filter(id__in=ids).update(state=RecipientState.WAITING)
