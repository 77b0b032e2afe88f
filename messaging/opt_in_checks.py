"""Checks of opt-ins that arrive right after an opt-out by text: the carrier says which text was sent first.

Webhooks may arrive in another order than the texts were sent, and they carry no time. Until the carrier has told the
times of both texts, the opt-out stays in force. The rows of PendingOptIn are the queue; Celery only wakes workers.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Inbox
from kernel import change_tokens
from kernel.recipient_numbers import is_textable
from kernel.tenancy import scope
from messaging.carriers.base import SendError
from messaging.carriers.registry import adapter_for
from messaging.compose import queue_reply
from messaging.models import Message
from messaging.worker_wakeups import wake_opt_in_check
from optout import consent, ledger
from optout.consent_types import CONFIRM_WITHIN
from optout.models import ConsentEvent
from optout.number_locks import lock_key
from optout.number_state import NumberState, fetch_number_state
from optout.opt_out_scope import considered_inbox_id
from optout.pending_opt_ins import OptInOutcome, PendingOptIn
from optout.reader.outcome import Outcome

CHECK_WITHIN = timedelta(minutes=10)  # after an opt-out by text
GIVE_UP_AFTER = timedelta(hours=24)
# The wait before the second try; it doubles with each try. A lost wake-up costs the first wait.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)

# -- when the text arrives ---------------------------------------------------------------------------------------


def must_check(inbox: Inbox, number: str, sent_at: datetime | None, before: NumberState) -> bool:
    """Whether an opt-in may be older than an opt-out of a moment ago, which it would lift.

    A carrier that cannot tell the times (the simulator) is taken at its order of arrival.
    """
    if not adapter_for(inbox).tells_sent_times:
        return False
    since, inbox_id = before.now - CHECK_WITHIN, considered_inbox_id(inbox)
    stops = ledger.opt_outs_by_text(inbox.team_id, number, since, inbox_id)
    return any(sent_at is None or not _has_carriers_time(stop) for stop in stops)


def hold(pending: PendingOptIn) -> None:
    """Store the pending opt-in in the transaction of its text, and let a worker check it at once."""
    pending.next_try_at = pending.created_at + FIRST_WAIT
    pending.save(force_insert=True)
    team_id, id = pending.team_id, pending.id
    transaction.on_commit(lambda: wake_opt_in_check(team_id, id))


# -- the check ---------------------------------------------------------------------------------------------------


class _TimeUnknown(Exception):
    """The carrier did not tell the time of a text."""


def check(team_id: int, id: int) -> None:
    """Ask the carrier for the times, and apply or drop the opt-in. Outside any scope: it calls the network."""
    with scope(team_id):
        pending = _begin_try(team_id, id)
        stops = _stops_of(pending) if pending else []
    if pending is None:
        return
    try:
        sent_at = pending.sent_at or _sent_time(pending.team_id, pending.message_id)
        is_later = _is_later(team_id, sent_at, stops)
    except (SendError, _TimeUnknown):
        _give_up_if_late(pending)
        return
    with scope(team_id, lock=lock_key(team_id, pending.number)):
        _settle(pending, sent_at if is_later else None, stops)


def _begin_try(team_id: int, id: int) -> PendingOptIn | None:
    """Count a try and set the time of the next; None if the opt-in is settled."""
    rows = PendingOptIn.objects.select_for_update(no_key=True).filter(
        team_id=team_id, id=id, outcome=OptInOutcome.PENDING
    )
    if pending := rows.first():
        wait = FIRST_WAIT * 2 ** min(pending.attempts, 10)
        pending.attempts += 1
        pending.next_try_at = timezone.now() + min(wait, LONGEST_WAIT)
        pending.save(update_fields=["attempts", "next_try_at"])
    return pending


def _stops_of(pending: PendingOptIn) -> list[ConsentEvent]:
    """The opt-outs by text that arrived shortly before the opt-in, or since then."""
    inbox = Inbox.objects.select_related("team").get(team_id=pending.team_id, id=pending.inbox_id)
    since, inbox_id = pending.created_at - CHECK_WITHIN, considered_inbox_id(inbox)
    return ledger.opt_outs_by_text(pending.team_id, pending.number, since, inbox_id)


def _is_later(team_id: int, sent_at: datetime, stops: Sequence[ConsentEvent]) -> bool:
    """Whether an opt-in of this time was sent after all of these opt-outs. Carriers' times have whole seconds.

    One opt-out that is certainly not older decides. Raises SendError or _TimeUnknown if another could decide.
    """
    unknown: SendError | _TimeUnknown | None = None
    for stop in stops:
        try:
            if sent_at <= _time_of_stop(team_id, stop):
                return False
        except (SendError, _TimeUnknown) as error:
            unknown = error
    if unknown:
        raise unknown
    return True


def _time_of_stop(team_id: int, stop: ConsentEvent) -> datetime:
    """The carrier's time; the time of arrival of a text whose carrier cannot tell it, or of an opt-out without text."""
    if stop.message_id is None or _has_carriers_time(stop):
        return stop.happened_at
    return _sent_time(team_id, stop.message_id, otherwise=stop.happened_at)


def _has_carriers_time(stop: ConsentEvent) -> bool:
    """Whether it happened at the carrier's time: without it, an opt-out happens when it is recorded."""
    return stop.happened_at != stop.recorded_at


def _sent_time(team_id: int, message_id: int, otherwise: datetime | None = None) -> datetime:
    """The carrier's time of a text; `otherwise` for a carrier that cannot tell it. Raises SendError, _TimeUnknown."""
    with scope(team_id):
        text = Message.objects.select_related("inbox__team").filter(team_id=team_id, id=message_id).first()
    if text is None or text.carrier_id is None:
        raise _TimeUnknown
    adapter = adapter_for(text.inbox)
    if otherwise and not adapter.tells_sent_times:
        return otherwise
    if sent_at := adapter.sent_time(text.inbox, text.carrier_id):
        return sent_at
    raise _TimeUnknown


def _settle(pending: PendingOptIn, sent_at: datetime | None, stops: Sequence[ConsentEvent]) -> None:
    """Apply the opt-in, or drop it if `sent_at` is None. Under the number's lock."""
    current = PendingOptIn.objects.filter(
        team_id=pending.team_id, id=pending.id, outcome=OptInOutcome.PENDING
    )
    if not current.exists():  # another worker was faster, or the person was erased
        return
    if sent_at and [stop.id for stop in _stops_of(pending)] != [stop.id for stop in stops]:
        current.update(
            next_try_at=timezone.now()
        )  # a further opt-out arrived meanwhile: the sweep checks again
        return
    applied = sent_at is not None and _apply(pending, sent_at, stops)
    current.update(outcome=OptInOutcome.APPLIED if applied else OptInOutcome.OLDER)
    change_tokens.renew_on_commit(pending.team_id)


def _apply(pending: PendingOptIn, sent_at: datetime, stops: Sequence[ConsentEvent]) -> bool:
    """Apply the opt-in, unless something else was recorded after it. Returns whether it was applied.

    The opt-outs' own times may be those of their arrival, after `sent_at`: the entry happens right after them.
    """
    team_id, number = pending.team_id, pending.number
    inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=pending.inbox_id)
    besides, inbox_id = [stop.id for stop in stops], considered_inbox_id(inbox)
    if ledger.has_later_entry(team_id, number, sent_at, besides, inbox_id):
        return False
    before = fetch_number_state(team_id, number)
    text = Message.objects.get(team_id=team_id, id=pending.message_id)
    outcome = consent.apply_keyword(
        inbox,
        number,
        Outcome(pending.intent),
        before=before,
        now=before.now,
        at=max([sent_at, *(stop.happened_at + timedelta(microseconds=1) for stop in stops)]),
        words=pending.words,
        message_id=pending.message_id,
        carrier_answers=not pending.may_reply,
        channel=text.channel,
    )
    in_time = before.now <= pending.created_at + CONFIRM_WITHIN
    if outcome.reply and in_time and is_textable(number):
        queue_reply(inbox, number, text.conversation_id, outcome)
    return outcome.event is not None


def _give_up_if_late(pending: PendingOptIn) -> None:
    if timezone.now() < pending.created_at + GIVE_UP_AFTER:
        return
    with scope(pending.team_id):
        rows = PendingOptIn.objects.filter(team_id=pending.team_id, id=pending.id)
        rows.filter(outcome=OptInOutcome.PENDING).update(outcome=OptInOutcome.UNKNOWN)
        change_tokens.renew_on_commit(pending.team_id)
