"""A text leaves: its row waits in the outbox, is claimed under the number's lock, and goes to the carrier at once.

    compose | answer -> queued -> claim -> start -> the carrier's call -> settle
                                                  report: what the carrier tells later

Celery only wakes; the rows are the truth, and a sweep finds what waits. One text of a conversation is on its way at a
time, so that they arrive in order.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.background import BatchQueue
from kernel.sql import insert_together
from kernel.tenancy import scope
from messaging import webhook_events
from messaging.carriers.base import (
    Accepted,
    OptedOutAtCarrier,
    OutboundText,
    OutcomeUnknown,
    SendError,
    StatusReport,
    TryLater,
)
from messaging.carriers.registry import adapter_for
from messaging.models import (
    CARRIER_OPTED_OUT,
    IN_PROGRESS,
    STATUS_ORDER,
    Conversation,
    Message,
    MessagePurpose,
    MessageStatus,
)
from optout import auto_replies, consent
from optout.auto_replies import AutoReply
from optout.consent_types import KeywordOutcome
from optout.number_locks import lock_number
from optout.number_state import standing
from optout.send_guard import find_refusal

log = logging.getLogger(__name__)

# A claim that did not reach its carrier call by then is given back, not sent.
CLAIM_TIMEOUT = timedelta(seconds=5)
# A call that did not end by then died with its worker; nobody knows what became of it. Above any carrier's time limit.
CALL_TIMEOUT = timedelta(seconds=60)
# Waits before the next try of a text that the carrier could not take; then it has failed.
RETRY_DELAYS = [timedelta(seconds=s) for s in (5, 20, 60, 180, 600)]


# -- into the outbox ---------------------------------------------------------------------------------------------


def compose(inbox: Inbox, number: str, body: str, *, author: Member | None, author_name: str = "") -> Message:
    """Queue a text, in the scope of the team. One that may not leave is stored as refused, with the reason."""
    now = timezone.now()
    refusal = find_refusal(inbox.team_id, inbox.id, number, now)
    spoken = Conversation.objects.record_outbound(inbox, number, now, body, refused=refusal is not None)
    message = Message(
        team_id=inbox.team_id,
        conversation_id=spoken.id,
        inbox=inbox,
        number=number,
        outbound=True,
        status=MessageStatus.REFUSED if refusal else MessageStatus.QUEUED,
        reason=refusal or "",
        body=body,
        starts_conversation=spoken.starts_conversation,
        waited_seconds=spoken.waited_seconds(now) if refusal is None else None,
        author_id=author.id if author else None,
        author_name=author_name or (str(author) if author else ""),
        at=now,
        created_at=now,
        due_at=now,
    )
    message.insert()
    Contact.objects.ensure(inbox, number, now, now)
    webhook_events.record_new_contact(message, by_api=bool(author_name))
    if refusal:
        webhook_events.record_outcome(message, MessageStatus.QUEUED)
    change_tokens.renew_on_commit(inbox.team_id)
    if not refusal:
        _wake_on_commit(message.team_id, message.conversation_id)
    return message


def queue_reply(inbox: Inbox, number: str, conversation_id: int, heard: KeywordOutcome) -> None:
    """Queue the answer that consent asked for, bound to its line of the ledger."""
    assert heard.reply is not None
    now = timezone.now()
    message = Message.insert_statement(
        team_id=inbox.team_id,
        conversation_id=conversation_id,
        inbox_id=inbox.id,
        number=number,
        outbound=True,
        purpose=MessagePurpose.CONFIRMATION if heard.reply is AutoReply.STOP else MessagePurpose.ANSWER,
        status=MessageStatus.QUEUED,
        body=auto_replies.reply_text(inbox, heard.reply),
        event_id=heard.event.id if heard.event else None,
        at=now,
        created_at=now,
        due_at=now,
    )
    insert_together(message=message)
    _wake_on_commit(inbox.team_id, conversation_id)


def _wake_on_commit(team_id: int, conversation_id: int) -> None:
    transaction.on_commit(lambda: wake(team_id, conversation_id))


def wake(team_id: int, conversation_id: int) -> None:
    """Ask a worker to deliver, in a moment. With no broker there nobody is woken, and the sweep finds the row."""
    wake_queue.put((team_id, conversation_id))


def _publish(conversations: list[tuple[int, int]]) -> None:
    # Publishing costs as much as half a webhook, and several texts wait at once only when there is much to do.
    try:
        current_app.send_task("messaging.tasks.deliver_batch", (conversations,), expires=60)
    except OperationalError as error:
        log.warning("nobody woken for conversations %s (team, id): %s", conversations, error)


wake_queue: BatchQueue[tuple[int, int]] = BatchQueue(_publish)


# -- out of it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SendClaim:
    """The right to send one text now. It lapses at CLAIM_HOLDS."""

    inbox: Inbox
    message_id: int
    claimed_at: datetime
    text: OutboundText


def deliver(team_id: int, conversation_id: int) -> None:
    """Send what waits in a conversation, oldest first. Harmless to call twice, and by several workers at once."""
    while found := claim(team_id, conversation_id):
        if not start(found):
            return
        outcome: Accepted | SendError
        try:
            outcome = adapter_for(found.inbox).send(found.inbox, found.text)
        except SendError as error:
            outcome = error
        settle(found, outcome)


def claim(team_id: int, conversation_id: int) -> SendClaim | None:
    """Claim the oldest text that is due, under its number's lock and in its own transaction; None when none is.

    What may not leave is refused here, whoever queued it. Claims and calls that were left behind are settled first.
    """
    with scope(team_id):
        found = Conversation.objects.select_related("inbox__team")
        conversation = found.filter(team_id=team_id, id=conversation_id).first()
        if conversation is None:  # erased
            return None
        now = lock_number(team_id, conversation.number)
        change_tokens.renew_on_commit(team_id)
        # Each row locked: a start or an end that is just being written is waited for, and then seen.
        under_way = list(
            Message.objects.select_for_update()
            .filter(
                team_id=team_id,
                conversation_id=conversation_id,
                status__in=IN_PROGRESS,
            )
            .order_by("id")
        )
        for message in under_way:
            message.conversation, message.inbox = conversation, conversation.inbox
            _recover(message, now)
        if any(message.status in (MessageStatus.CLAIMED, MessageStatus.SENDING) for message in under_way):
            return None
        due = (
            message for message in under_way if message.status == MessageStatus.QUEUED and message.is_due(now)
        )
        return next((_claim(message, now) for message in due if not _refused(message, now)), None)


def _recover(message: Message, now: datetime) -> None:
    """Give back a claim that lapsed; own up to a call that never ended."""
    if not message.is_due(now):
        return
    if message.status == MessageStatus.CLAIMED:
        _save(message, status=MessageStatus.QUEUED)
    elif message.status == MessageStatus.SENDING:
        _save(
            message,
            status=MessageStatus.UNKNOWN,
            due_at=None,
            error="Heymarket was interrupted while sending; the text may have arrived.",
            crossed=_crossed(message),
        )


def _refused(message: Message, now: datetime) -> bool:
    confirms = message.event_id if message.purpose == MessagePurpose.CONFIRMATION else None
    refusal = find_refusal(message.team_id, message.inbox_id, message.number, now, confirms)
    if refusal:
        _save(message, status=MessageStatus.REFUSED, reason=refusal, due_at=None)
    return refusal is not None


def _claim(message: Message, now: datetime) -> SendClaim:
    _save(
        message,
        status=MessageStatus.CLAIMED,
        claimed_at=now,
        due_at=now + CLAIM_TIMEOUT,
        attempts=message.attempts + 1,
    )
    callback = f"{settings.PUBLIC_URL}/webhooks/twilio/status?team={message.team_id}&message={message.id}"
    return SendClaim(message.inbox, message.id, now, OutboundText(message.number, message.body, callback))


def start(claim: SendClaim) -> bool:
    """Mark that the carrier's call begins; False when the claim lapsed by the database's clock, or was given back."""
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
    """Record how the carrier's call ended. A report that overtook this is not undone."""
    with scope(claim.inbox.team_id):
        change_tokens.renew_on_commit(claim.inbox.team_id)
        if isinstance(outcome, OptedOutAtCarrier):
            _apply_carrier_refusal(
                claim.inbox, claim.text.number, claim.claimed_at, claim.message_id, str(outcome)
            )
        message = _locked(claim.inbox.team_id, id=claim.message_id)
        message.inbox = claim.inbox
        if isinstance(outcome, Accepted | OutcomeUnknown):  # else it was never on the wire
            _save(message, crossed=_crossed(message))
        if isinstance(outcome, Accepted):
            _save(message, carrier_id=outcome.carrier_id, segments=outcome.segments)
            _advance_status(message, MessageStatus.SENT)
        elif message.status == MessageStatus.SENDING:
            _save(message, **_failure(message, outcome))


def _failure(message: Message, error: SendError) -> dict[str, Any]:
    told = {"error": _error_to_keep(message, str(error)), "error_code": error.code, "due_at": None}
    match error:
        case OptedOutAtCarrier():
            return {**told, "status": MessageStatus.REFUSED, "reason": CARRIER_OPTED_OUT}
        case OutcomeUnknown():
            return {**told, "status": MessageStatus.UNKNOWN}
        case TryLater() if message.attempts <= len(RETRY_DELAYS) and message.number:  # not erased meanwhile
            again = timezone.now() + RETRY_DELAYS[message.attempts - 1]
            return {**told, "status": MessageStatus.QUEUED, "due_at": again}
    return {**told, "status": MessageStatus.FAILED}


def apply_status_report(inbox: Inbox, message_id: int | None, told: StatusReport) -> bool:
    """Take in a status callback, in the scope of the team; False when it is about no text of this inbox."""
    texts = Message.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, outbound=True)
    texts = texts.filter(id=message_id) if message_id else texts.filter(carrier_id=told.carrier_id)
    message = texts.first()
    if message is None:
        return False
    status, reason = told.status, ""
    if told.opted_out and message.claimed_at:
        # The number's lock comes before the row's. Of an erased text the carrier alone still knows the number.
        number = message.number or told.number
        if number:
            _apply_carrier_refusal(inbox, number, message.claimed_at, message.id, told.error)
        status, reason = MessageStatus.REFUSED, CARRIER_OPTED_OUT
    message = _locked(inbox.team_id, id=message.id)
    message.inbox = inbox
    words = {"error_code": told.error_code, "error": _error_to_keep(message, told.error), "reason": reason}
    if status and _advance_status(message, status, carrier_id=message.carrier_id or told.carrier_id, **words):
        change_tokens.renew_on_commit(inbox.team_id)
    return True


def _apply_carrier_refusal(
    inbox: Inbox, number: str, claimed_at: datetime, message_id: int, words: str
) -> None:
    consent.apply_carrier_refusal(
        inbox, number, claimed_at=claimed_at, message_id=message_id, reason=words[:200]
    )


def _locked(team_id: int, **which: Any) -> Message:
    return Message.objects.select_for_update().get(team_id=team_id, **which)


def _advance_status(message: Message, status: str, **told: Any) -> bool:
    """Move a text forward on its way, with what was told; a report that is late or comes again moves nothing."""
    if message.status not in STATUS_ORDER:
        return False
    if status in STATUS_ORDER and STATUS_ORDER.index(MessageStatus(status)) <= STATUS_ORDER.index(
        MessageStatus(message.status)
    ):
        return False
    _save(message, **{"status": status, "due_at": None, "error": "", "error_code": "", **told})
    return True


def _error_to_keep(message: Message, error: str) -> str:
    """Of an erased text nothing is kept in words: a carrier's often name the number."""
    return error if message.number else ""


def _crossed(message: Message) -> bool:
    """Whether consent went while the text was on the wire: it was there at the claim, under the same lock."""
    if message.purpose == MessagePurpose.CONFIRMATION:
        return False
    return not standing(message.team_id, message.number, message.inbox_id).may_text


def _save(message: Message, **changes: Any) -> None:
    before = message.status
    for name, value in changes.items():
        setattr(message, name, value)
    message.save(update_fields=list(changes))
    if message.status != before:
        webhook_events.record_outcome(message, before)
