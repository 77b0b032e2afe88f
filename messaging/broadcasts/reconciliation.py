"""Reconciliation of broadcast texts whose outcome is unknown with the carrier's own list of texts.

A text that the list shows is sent, delivered or failed from then on. One that it does not show stays unknown, and is
never sent again by itself: the list of a carrier may be late.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import Inbox
from kernel import change_tokens
from kernel.tenancy import scope
from messaging.broadcasts.models import Broadcast
from messaging.carriers.base import ListedText, SendError
from messaging.carriers.registry import adapter_for
from messaging.models import Message, MessageStatus
from messaging.status_changes import advance_status, lock_message, save_changes

log = logging.getLogger(__name__)

# How long after its claim the carrier is asked about a text, again and again.
ASKED_AFTER = [timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1)]
CLOCKS_DIFFER = timedelta(seconds=60)  # between the carrier's clock and ours
NEXT_WORKER = timedelta(minutes=5)  # after which another one asks, if a worker was killed
BATCH = 200  # texts, one call of the carrier each
NOT_LISTED = "The carrier's list does not show this text; it probably did not arrive."


def ask_carrier_soon(team_id: int, broadcast_id: int) -> None:
    """Note that a text of the broadcast has an unknown outcome, in the scope of the team."""
    at = timezone.now() + ASKED_AFTER[0]
    rows = Broadcast.objects.filter(team_id=team_id, id=broadcast_id)
    rows.filter(Q(reconcile_at=None) | Q(reconcile_at__gt=at)).update(reconcile_at=at)


def reconcile(team_id: int, broadcast_id: int) -> None:
    """Ask the carrier about each text of unknown outcome, and note when to ask again. Outside any transaction."""
    now = timezone.now()
    with scope(team_id):
        rows = Broadcast.objects.filter(team_id=team_id, id=broadcast_id, reconcile_at__lte=now)
        if not rows.update(reconcile_at=now + NEXT_WORKER):
            return
        texts = _unknown(team_id, broadcast_id, now)
    for text in texts:
        try:
            _ask(text, now)
        except SendError as error:
            log.warning("reconciling text %s of team %s failed: %s", text.id, team_id, error)
    with scope(team_id):
        times = [at for text in _unknown(team_id, broadcast_id, now) if (at := _next_time(text, now))]
        Broadcast.objects.filter(team_id=team_id, id=broadcast_id).update(
            reconcile_at=min(times, default=None)
        )


def _unknown(team_id: int, broadcast_id: int, now: datetime) -> list[Message]:
    texts = Message.objects.filter(
        team_id=team_id,
        broadcast_id=broadcast_id,
        status=MessageStatus.UNKNOWN,
        claimed_at__gt=now - ASKED_AFTER[-1] - timedelta(hours=1),
    )
    return list(texts.exclude(number="").select_related("inbox__team").order_by("id")[:BATCH])


def _next_time(text: Message, now: datetime) -> datetime | None:
    assert text.claimed_at is not None
    return next((at for after in ASKED_AFTER if (at := text.claimed_at + after) > now), None)


def _ask(text: Message, now: datetime) -> None:
    assert text.claimed_at is not None
    inbox: Inbox = text.inbox
    listed = list(adapter_for(inbox).sent(inbox, text.number, text.claimed_at - CLOCKS_DIFFER))
    with scope(text.team_id):
        known = Message.objects.filter(
            team_id=text.team_id, inbox_id=inbox.id, carrier_id__in=[found.carrier_id for found in listed]
        )
        taken = set(known.values_list("carrier_id", flat=True))
        message = lock_message(text.team_id, text.id)
        message.inbox = inbox
        if message.status != MessageStatus.UNKNOWN:
            return
        found = next((one for one in listed if one.carrier_id not in taken and _is_same(one, text)), None)
        if found:
            _apply(message, found)
        elif now >= text.claimed_at + ASKED_AFTER[-1]:
            save_changes(message, error=NOT_LISTED)
        change_tokens.renew_on_commit(text.team_id)


def _is_same(listed: ListedText, text: Message) -> bool:
    return listed.body.strip() == text.body.strip()


def _apply(message: Message, listed: ListedText) -> None:
    status = listed.status if listed.status and listed.status != MessageStatus.QUEUED else MessageStatus.SENT
    advance_status(
        message,
        status,
        carrier_id=listed.carrier_id,
        error_code=listed.error_code,
        error=listed.error,
    )
