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

from accounts import live
from accounts.models import Inbox, Member
from accounts.soon import Soon
from accounts.statements import together
from accounts.tenancy import scope
from contacts.models import Contact
from messaging import carriers, hooks
from messaging.carriers.base import (
    Accepted,
    OptedOutAtCarrier,
    OutboundText,
    Report,
    SendError,
    TryLater,
    Unknown,
)
from messaging.models import (
    CARRIER_OPTED_OUT,
    FORWARD,
    WAITING,
    Conversation,
    Message,
    Purpose,
    Status,
)
from optout import answers, consent
from optout.answers import Answer

log = logging.getLogger(__name__)

# A claim that did not reach its carrier call by then is given back, not sent.
CLAIM_HOLDS = timedelta(seconds=5)
# A call that did not end by then died with its worker; nobody knows what became of it. Above any carrier's time limit.
CALL_LASTS = timedelta(seconds=60)
# Waits before the next try of a text that the carrier could not take; then it has failed.
RETRY_AFTER = [timedelta(seconds=s) for s in (5, 20, 60, 180, 600)]


# -- into the outbox ---------------------------------------------------------------------------------------------


def compose(inbox: Inbox, number: str, body: str, *, author: Member | None, author_name: str = "") -> Message:
    """Queue a text, in the scope of the team. One that may not leave is stored as refused, with the reason."""
    now = timezone.now()
    refusal = consent.refusal(inbox.team_id, inbox.id, number, now)
    spoken = Conversation.objects.spoke(inbox, number, now, body, refused=refusal is not None)
    message = Message(
        team_id=inbox.team_id,
        conversation_id=spoken.id,
        inbox=inbox,
        number=number,
        outbound=True,
        status=Status.REFUSED if refusal else Status.QUEUED,
        reason=refusal or "",
        body=body,
        begins=spoken.begins,
        waited=spoken.waited(now) if refusal is None else None,
        author_id=author.id if author else None,
        author_name=author_name or (str(author) if author else ""),
        at=now,
        created_at=now,
        due_at=now,
    )
    message.insert()
    Contact.objects.know(inbox, number, now, now)
    hooks.met(message, by_api=bool(author_name))
    if refusal:
        hooks.outcome(message, Status.QUEUED)
    live.changed(inbox.team_id)
    if not refusal:
        _wake_on_commit(message.team_id, message.conversation_id)
    return message


def answer(inbox: Inbox, number: str, conversation_id: int, heard: consent.Heard) -> None:
    """Queue the answer that consent asked for, bound to its line of the ledger."""
    assert heard.answer is not None
    now = timezone.now()
    message = Message.new(
        team_id=inbox.team_id,
        conversation_id=conversation_id,
        inbox_id=inbox.id,
        number=number,
        outbound=True,
        purpose=Purpose.CONFIRMATION if heard.answer is Answer.STOP else Purpose.ANSWER,
        status=Status.QUEUED,
        body=answers.wording(inbox, heard.answer),
        event_id=heard.event.id if heard.event else None,
        at=now,
        created_at=now,
        due_at=now,
    )
    together(message=message)
    _wake_on_commit(inbox.team_id, conversation_id)


def _wake_on_commit(team_id: int, conversation_id: int) -> None:
    transaction.on_commit(lambda: wake(team_id, conversation_id))


def wake(team_id: int, conversation_id: int) -> None:
    """Ask a worker to deliver, in a moment. With no broker there nobody is woken, and the sweep finds the row."""
    wakes.put((team_id, conversation_id))


def _publish(conversations: list[tuple[int, int]]) -> None:
    # Publishing costs as much as half a webhook, and several texts wait at once only when there is much to do.
    try:
        current_app.send_task("messaging.tasks.deliver_each", (conversations,), expires=60)
    except OperationalError as error:
        log.warning("nobody woken for conversations %s (team, id): %s", conversations, error)


wakes: Soon[tuple[int, int]] = Soon(_publish)


# -- out of it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
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
            outcome = carriers.of(found.inbox).send(found.inbox, found.text)
        except SendError as error:
            outcome = error
        settle(found, outcome)


def claim(team_id: int, conversation_id: int) -> Claim | None:
    """Claim the oldest text that is due, under its number's lock and in its own transaction; None when none is.

    What may not leave is refused here, whoever queued it. Claims and calls that were left behind are settled first.
    """
    with scope(team_id):
        found = Conversation.objects.select_related("inbox__team")
        conversation = found.filter(team_id=team_id, id=conversation_id).first()
        if conversation is None:  # erased
            return None
        now = consent.lock(team_id, conversation.number)
        live.changed(team_id)
        # Each row locked: a start or an end that is just being written is waited for, and then seen.
        under_way = list(
            Message.objects.select_for_update()
            .filter(
                team_id=team_id,
                conversation_id=conversation_id,
                status__in=WAITING,
            )
            .order_by("id")
        )
        for message in under_way:
            message.conversation, message.inbox = conversation, conversation.inbox
            _recover(message, now)
        if any(message.status in (Status.CLAIMED, Status.SENDING) for message in under_way):
            return None
        due = (message for message in under_way if message.status == Status.QUEUED and message.is_due(now))
        return next((_claim(message, now) for message in due if not _refused(message, now)), None)


def _recover(message: Message, now: datetime) -> None:
    """Give back a claim that lapsed; own up to a call that never ended."""
    if not message.is_due(now):
        return
    if message.status == Status.CLAIMED:
        _save(message, status=Status.QUEUED)
    elif message.status == Status.SENDING:
        _save(
            message,
            status=Status.UNKNOWN,
            due_at=None,
            error="Heymarket was interrupted while sending; the text may have arrived.",
            crossed=_crossed(message),
        )


def _refused(message: Message, now: datetime) -> bool:
    confirms = message.event_id if message.purpose == Purpose.CONFIRMATION else None
    refusal = consent.refusal(message.team_id, message.inbox_id, message.number, now, confirms)
    if refusal:
        _save(message, status=Status.REFUSED, reason=refusal, due_at=None)
    return refusal is not None


def _claim(message: Message, now: datetime) -> Claim:
    _save(
        message,
        status=Status.CLAIMED,
        claimed_at=now,
        due_at=now + CLAIM_HOLDS,
        attempts=message.attempts + 1,
    )
    callback = f"{settings.PUBLIC_URL}/webhooks/twilio/status?team={message.team_id}&message={message.id}"
    return Claim(message.inbox, message.id, now, OutboundText(message.number, message.body, callback))


def start(claim: Claim) -> bool:
    """Mark that the carrier's call begins; False when the claim lapsed by the database's clock, or was given back."""
    with scope(claim.inbox.team_id):
        return bool(
            Message.objects.filter(
                team_id=claim.inbox.team_id,
                id=claim.message_id,
                status=Status.CLAIMED,
                claimed_at=claim.claimed_at,
                due_at__gt=Now(),
            ).update(status=Status.SENDING, due_at=Now() + CALL_LASTS)
        )


def settle(claim: Claim, outcome: Accepted | SendError) -> None:
    """Record how the carrier's call ended. A report that overtook this is not undone."""
    with scope(claim.inbox.team_id):
        live.changed(claim.inbox.team_id)
        if isinstance(outcome, OptedOutAtCarrier):
            _hear_carrier(claim.inbox, claim.text.number, claim.claimed_at, claim.message_id, str(outcome))
        message = _locked(claim.inbox.team_id, id=claim.message_id)
        message.inbox = claim.inbox
        if isinstance(outcome, Accepted | Unknown):  # else it was never on the wire
            _save(message, crossed=_crossed(message))
        if isinstance(outcome, Accepted):
            _save(message, carrier_id=outcome.carrier_id, segments=outcome.segments)
            _move(message, Status.SENT)
        elif message.status == Status.SENDING:
            _save(message, **_failure(message, outcome))


def _failure(message: Message, error: SendError) -> dict[str, Any]:
    told = {"error": _sayable(message, str(error)), "error_code": error.code, "due_at": None}
    match error:
        case OptedOutAtCarrier():
            return {**told, "status": Status.REFUSED, "reason": CARRIER_OPTED_OUT}
        case Unknown():
            return {**told, "status": Status.UNKNOWN}
        case TryLater() if message.attempts <= len(RETRY_AFTER) and message.number:  # not erased meanwhile
            again = timezone.now() + RETRY_AFTER[message.attempts - 1]
            return {**told, "status": Status.QUEUED, "due_at": again}
    return {**told, "status": Status.FAILED}


def report(inbox: Inbox, message_id: int | None, told: Report) -> bool:
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
            _hear_carrier(inbox, number, message.claimed_at, message.id, told.error)
        status, reason = Status.REFUSED, CARRIER_OPTED_OUT
    message = _locked(inbox.team_id, id=message.id)
    message.inbox = inbox
    words = {"error_code": told.error_code, "error": _sayable(message, told.error), "reason": reason}
    if status and _move(message, status, carrier_id=message.carrier_id or told.carrier_id, **words):
        live.changed(inbox.team_id)
    return True


def _hear_carrier(inbox: Inbox, number: str, claimed_at: datetime, message_id: int, words: str) -> None:
    consent.carrier_refused(inbox, number, claimed_at=claimed_at, message_id=message_id, reason=words[:200])


def _locked(team_id: int, **which: Any) -> Message:
    return Message.objects.select_for_update().get(team_id=team_id, **which)


def _move(message: Message, status: str, **told: Any) -> bool:
    """Move a text forward on its way, with what was told; a report that is late or comes again moves nothing."""
    if message.status not in FORWARD:
        return False
    if status in FORWARD and FORWARD.index(Status(status)) <= FORWARD.index(Status(message.status)):
        return False
    _save(message, **{"status": status, "due_at": None, "error": "", "error_code": "", **told})
    return True


def _sayable(message: Message, error: str) -> str:
    """Of an erased text nothing is kept in words: a carrier's often name the number."""
    return error if message.number else ""


def _crossed(message: Message) -> bool:
    """Whether consent went while the text was on the wire: it was there at the claim, under the same lock."""
    if message.purpose == Purpose.CONFIRMATION:
        return False
    return not consent.standing(message.team_id, message.number, message.inbox_id).may_text


def _save(message: Message, **changes: Any) -> None:
    before = message.status
    for name, value in changes.items():
        setattr(message, name, value)
    message.save(update_fields=list(changes))
    if message.status != before:
        hooks.outcome(message, before)
