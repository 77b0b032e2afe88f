"""Delivery of outbound texts: a queued text is claimed under its number's lock and handed to the carrier at once.

    queued -> claim -> start -> the carrier's call -> settle

Several workers may deliver in one conversation. One text of a conversation is being sent at a time, and a text that
waits for its retry, or may still be taken back, holds the texts behind it, so that they arrive in order. Only automatic
replies and automatic texts pass a waiting text: they are sent within five minutes or never. Texts of broadcasts have a
queue of their own (messaging.broadcasts.claims): no other text waits for one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db.models import Value
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from accounts.carrier_connection import carrier_status_url
from accounts.models import Inbox
from kernel import change_tokens
from kernel.tenancy import scope
from kernel.unfilled_fields import has_fields
from messaging.carrier_calls import call_carrier
from messaging.carriers.base import (
    Accepted,
    OptedOutAtCarrier,
    OutboundText,
    OutcomeUnknown,
    SendError,
    TryLater,
)
from messaging.channels import channel_for
from messaging.first_answers import waited_seconds
from messaging.keyword_answers import is_due_help_answer, is_late_answer
from messaging.media.sending import carrier_addresses, media_problem
from messaging.models import IN_PROGRESS, Conversation, Message, MessagePurpose, MessageStatus
from messaging.refusal_reasons import CARRIER_OPTED_OUT, INBOX_CLOSED
from messaging.sending_hours.holding import hold_message
from messaging.status_changes import (
    advance_status,
    apply_carrier_refusal,
    error_to_keep,
    lock_message,
    save_changes,
)
from optout.consent_types import Refusal
from optout.double_opt_in.answers import is_unconfirmed
from optout.number_locks import lock_number
from optout.number_state import standing
from optout.send_guard import find_refusal

# A text that has not been written to its carrier by then is returned to the queue, not sent.
CLAIM_TIMEOUT = timedelta(seconds=5)
# A call that has not ended by then died with its worker, and its outcome is unknown. Above any carrier's time limit.
CALL_TIMEOUT = timedelta(seconds=60)
# Waits before the next attempt, after the carrier could not take a text; after the last wait, the text has failed.
RETRY_DELAYS = [timedelta(seconds=s) for s in (5, 20, 60, 180, 600)]
# Replies that rules require, so they go as they are.
OWED = (MessagePurpose.CONFIRMATION, MessagePurpose.ANSWER)


@dataclass(frozen=True)
class SendClaim:
    """The right to send one text now. It lapses after CLAIM_TIMEOUT."""

    inbox: Inbox
    message_id: int
    claimed_at: datetime
    text: OutboundText


def deliver(team_id: int, conversation_id: int) -> None:
    """Send the due texts of a conversation, oldest first. May be called again, and by several workers at once."""
    while found := claim(team_id, conversation_id):
        if not start(found):
            return
        settle(found, call_carrier(found.inbox, found.text))


def claim(team_id: int, conversation_id: int) -> SendClaim | None:
    """Claim the next due text, under its number's lock and in its own transaction. None if no text is due.

    Texts that consent or a closed inbox forbids are refused here, whatever queued them. Abandoned claims and calls are
    settled first.
    """
    with scope(team_id):
        conversations = Conversation.objects.select_related("inbox__team")
        conversation = conversations.filter(team_id=team_id, id=conversation_id).first()
        if conversation is None:  # erased
            return None
        now = lock_number(team_id, conversation.number)
        lapses_at = monotonic() + CLAIM_TIMEOUT.total_seconds()
        change_tokens.renew_on_commit(team_id)
        # Locking each row waits for a start or a settle that is being written, and then reads its result.
        in_progress = list(
            Message.objects.select_for_update(no_key=True)
            .filter(
                team_id=team_id,
                conversation_id=conversation_id,
                status__in=IN_PROGRESS,
                broadcast_id=None,
            )
            .order_by("id")
        )
        for message in in_progress:
            message.conversation, message.inbox = conversation, conversation.inbox
            recover_abandoned(message, now)
        if any(message.status in (MessageStatus.CLAIMED, MessageStatus.SENDING) for message in in_progress):
            return None
        queued = [message for message in in_progress if message.status == MessageStatus.QUEUED]
        due = (message for message in _in_turn(queued, now) if not may_not_go(message, now))
        allowed = next(due, None)
        return claim_text(allowed, now, lapses_at) if allowed else None


def _in_turn(queued: list[Message], now: datetime) -> Iterator[Message]:
    """The due texts, oldest first. Texts behind one that waits become due together with it, or later.

    Lazy: a text that is refused meanwhile holds nothing. Nor does one that waits for its person's sending hours.
    """
    queued = [message for message in queued if message.held_until is None or message.is_due(now)]
    for at, message in enumerate(queued):
        if message.is_due(now):
            yield message
        elif message.purpose == MessagePurpose.TEXT:
            behind = queued[at + 1 :]
            _hold([text for text in behind if text.purpose == MessagePurpose.TEXT], message)
            yield from (
                reply for reply in behind if reply.purpose != MessagePurpose.TEXT and reply.is_due(now)
            )
            return


def _hold(texts: list[Message], waiting: Message) -> None:
    """The sweep looks for due texts: it would find these every time, although they cannot be sent."""
    ids = [text.id for text in texts]
    held = Message.objects.filter(team_id=waiting.team_id, id__in=ids)
    held.update(due_at=Greatest("due_at", Value(waiting.due_at)))


def recover_abandoned(message: Message, now: datetime) -> None:
    """Return a lapsed claim to the queue; mark a call that never ended as unknown."""
    if not message.is_due(now):
        return
    if message.status == MessageStatus.CLAIMED:
        save_changes(message, status=MessageStatus.QUEUED)
    elif message.status == MessageStatus.SENDING:
        save_changes(
            message,
            status=MessageStatus.UNKNOWN,
            due_at=None,
            error="Sending was interrupted; the text may have arrived.",
            crossed=_has_crossed(message),
        )


def may_not_go(message: Message, now: datetime) -> bool:
    """Whether a text is not sent: it was refused, held or has failed just now."""
    if refuse_if_forbidden(message, now):
        return True
    if hold_message(message, now):
        save_changes(message, due_at=message.due_at, held_until=message.held_until, held=message.held)
        return True
    if problem := media_problem(message):
        save_changes(message, status=MessageStatus.FAILED, error=problem[:300], due_at=None)
    return bool(problem)


def refuse_if_forbidden(message: Message, now: datetime) -> bool:
    confirms = message.event_id if message.purpose == MessagePurpose.CONFIRMATION else None
    if not message.inbox.is_open:
        refusal: str | None = INBOX_CLOSED
    else:
        refusal = find_refusal(
            message.team_id, message.inbox_id, message.number, now, confirms, by_hand=message.by_hand
        )
        if refusal is Refusal.OPTED_OUT and is_due_help_answer(message):
            refusal = None
        if refusal is None and not message.is_reply and is_unconfirmed(message.inbox, message.number):
            refusal = Refusal.UNCONFIRMED
    if refusal is None and message.purpose not in OWED and has_fields(message.body):
        refusal = Refusal.UNFILLED
    if refusal is None and is_late_answer(message, now):
        refusal = Refusal.TOO_LATE
    if refusal:
        save_changes(message, status=MessageStatus.REFUSED, reason=refusal, due_at=None)
    return refusal is not None


def claim_text(message: Message, now: datetime, lapses_at: float) -> SendClaim:
    message.channel = channel_for(message, message.conversation, now)
    mark_claimed(message, now)
    return claim_of(message, now, lapses_at, carrier_addresses(message))


def mark_claimed(message: Message, now: datetime) -> None:
    """Mark a queued text as claimed at `now`, under its number's lock."""
    save_changes(
        message,
        status=MessageStatus.CLAIMED,
        claimed_at=now,
        due_at=now + CLAIM_TIMEOUT,
        attempts=message.attempts + 1,
        held_until=None,
        channel=message.channel,
    )


def claim_of(message: Message, now: datetime, lapses_at: float, media: tuple[str, ...]) -> SendClaim:
    """The claim of a text that is marked as claimed at `now`. `media` are the addresses of its attachments."""
    callback = carrier_status_url(message.inbox, message.id)
    reference = str(message.id)
    text = OutboundText(message.number, message.body, callback, lapses_at, media, reference, message.channel)
    return SendClaim(message.inbox, message.id, now, text)


def start(claim: SendClaim) -> bool:
    """Mark that the carrier is being called. False if the claim has lapsed by the database's clock."""
    with scope(claim.inbox.team_id):
        return bool(
            Message.objects.filter(
                team_id=claim.inbox.team_id,
                id=claim.message_id,
                status=MessageStatus.CLAIMED,
                claimed_at=claim.claimed_at,
                due_at__gt=Now(),
            ).update(status=MessageStatus.SENDING, due_at=Now() + CALL_TIMEOUT)
        )


def settle(claim: SendClaim, outcome: Accepted | SendError) -> None:
    """Record the outcome of the carrier's call. The result of a status report that came first stays."""
    with scope(claim.inbox.team_id):
        change_tokens.renew_on_commit(claim.inbox.team_id)
        if isinstance(outcome, OptedOutAtCarrier):
            apply_carrier_refusal(
                claim.inbox, claim.text.number, claim.claimed_at, claim.message_id, str(outcome)
            )
        message = lock_message(claim.inbox.team_id, claim.message_id)
        message.inbox = claim.inbox
        if isinstance(outcome, Accepted | OutcomeUnknown):  # otherwise the carrier certainly did not take it
            save_changes(message, crossed=_has_crossed(message), waited_seconds=waited_seconds(message))
        if isinstance(outcome, Accepted):
            save_changes(message, carrier_id=outcome.carrier_id, segments=outcome.segments)
            advance_status(message, MessageStatus.SENT)
        elif message.status == MessageStatus.SENDING:
            save_changes(message, **_failure_changes(message, outcome))


def _failure_changes(message: Message, error: SendError) -> dict[str, Any]:
    changes = {"error": error_to_keep(message, str(error)), "error_code": error.code, "due_at": None}
    match error:
        case OptedOutAtCarrier():
            return {**changes, "status": MessageStatus.REFUSED, "reason": CARRIER_OPTED_OUT}
        case OutcomeUnknown():
            return {**changes, "status": MessageStatus.UNKNOWN}
        case TryLater() if message.attempts <= len(RETRY_DELAYS) and message.number:  # not erased meanwhile
            retry_at = timezone.now() + RETRY_DELAYS[message.attempts - 1]
            return {**changes, "status": MessageStatus.QUEUED, "due_at": retry_at}
    return {**changes, "status": MessageStatus.FAILED}


def _has_crossed(message: Message) -> bool:
    """Whether consent was withdrawn during the call. At the claim it was given, as checked under the same lock."""
    if message.purpose == MessagePurpose.CONFIRMATION:
        return False
    return not standing(message.team_id, message.number, message.inbox_id).may_text
