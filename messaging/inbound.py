"""Receipt of an inbound text: its request changes the standing, its row is stored, and open pages refresh."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Inbox
from kernel import change_tokens
from kernel.combined_inserts import insert_sets
from kernel.recipient_numbers import is_textable
from kernel.tenancy import scope
from messaging.appointments import asked_lately, may_mean_appointment
from messaging.arrival import Arrival
from messaging.automatic_texts import may_get_automatic_text
from messaging.carriers.base import InboundText
from messaging.compose import queue_reply
from messaging.metrics import texts
from messaging.models import MessageStatus
from messaging.opt_in_answers import follow_text
from messaging.opt_in_checks import hold, must_check
from messaging.opt_out_effects import apply_effects
from optout import consent, holds, keywords
from optout.carrier_keywords import network_replies, replies_to
from optout.channels import APPS, lifted_in_channel
from optout.keyword_decision import opt_outs_lifted_by
from optout.models import ConsentEvent
from optout.number_locks import lock_key
from optout.number_state import NumberState, fetch_number_state, fetch_unlocked_states
from optout.pending_opt_ins import OptInOutcome, PendingOptIn
from optout.reader.outcome import Outcome, TextReading
from optout.reader.reading import read
from optout.reader_settings import reader_settings
from optout.reading_wording import opt_out_reason
from optout.reviews import ReviewKind


@dataclass(frozen=True)
class ReadText:
    """An inbound text as it was read, before any lock."""

    inbox: Inbox
    text: InboundText
    found: TextReading
    outcome: Outcome  # with the carrier's own reading
    is_plain: bool  # conversation that nobody need look at as a possible request
    is_answered: bool  # may cause an automatic text
    replies: bool  # otherwise another inbox with the same number sends the automatic reply

    @property
    def is_ordinary(self) -> bool:
        """Whether it changes nothing but its conversation, and so takes no lock of its number."""
        return self.is_plain and not self.is_answered

    @property
    def lock(self) -> int | None:
        return None if self.is_ordinary else lock_key(self.inbox.team_id, self.text.sender)

    def arrive(self, before: NumberState) -> Arrival:
        return Arrival(self.inbox, self.text, self.found, self.outcome, before, self.is_answered)


def read_inbound(inbox: Inbox, text: InboundText, *, replies: bool = True) -> ReadText:
    found = read(text.body, reader_settings(inbox))
    outcome = keywords.stricter_outcome(found.outcome, text.opt_out_type)
    is_plain = outcome is Outcome.CONVERSATION and not (found.may_be_opt_out or found.wants_texts)
    is_answered = replies and is_plain and may_get_automatic_text(inbox, text, timezone.now())
    return ReadText(inbox, text, found, outcome, is_plain, is_answered, replies)


def receive(inbox: Inbox, text: InboundText, *, replies: bool = True) -> ConsentEvent | None:
    """Store a text, in one transaction of the inbox's team. Returns the ledger entry that it caused, if any.

    With `replies` false, another inbox with the same number sends the automatic reply. Raises AlreadyReceived, which
    rolls everything back.

    Locks are taken in this order: the number (unless the text is plain conversation that causes no automatic text), its
    conversation, the message.
    """
    return store(read_inbound(inbox, text, replies=replies))


def store(read: ReadText) -> ConsentEvent | None:
    """`receive`, for a text that was read."""
    inbox, text, event = read.inbox, read.text, None
    with scope(inbox.team_id, lock=read.lock):
        arrival = read.arrive(fetch_number_state(inbox.team_id, text.sender))
        written = arrival.store()
        if read.outcome.is_request:
            event = _apply_request(arrival, written, read.replies)
        elif not read.is_plain and (
            kind := holds.review_kind(inbox, text.body, read.found, read.outcome, arrival.before)
        ):
            event = _open_review(arrival, written, kind)
        if not (read.is_ordinary or arrival.blocked):
            follow_text(arrival, written)
        if not arrival.blocked:
            change_tokens.renew_on_commit(inbox.team_id)
    texts.labels("inbound", inbox.carrier, MessageStatus.RECEIVED.value).inc()
    return event


def store_together(read: Sequence[ReadText]) -> None:
    """`store` for ordinary texts of one team, each of another number: one transaction, and one round trip for all rows.

    Any error stores none of them, also that one of them was received before.
    """
    read = sorted(read, key=lambda each: each.text.sender)  # their conversations are locked in one order
    team_id = read[0].inbox.team_id
    with scope(team_id):
        states = fetch_unlocked_states(team_id, [each.text.sender for each in read])
        arrivals = [each.arrive(state) for each, state in zip(read, states, strict=True)]
        rows = insert_sets([arrival.inserts for arrival in arrivals])
        for arrival, written in zip(arrivals, rows, strict=True):
            arrival.follow(written)
        if not all(arrival.blocked for arrival in arrivals):
            change_tokens.renew_on_commit(team_id)
    for each in read:
        texts.labels("inbound", each.inbox.carrier, MessageStatus.RECEIVED.value).inc()


def _open_review(arrival: Arrival, written: dict[str, int], kind: ReviewKind) -> ConsentEvent | None:
    return holds.open_review(
        arrival.inbox,
        arrival.number,
        kind,
        arrival.found,
        before=arrival.before,
        at=arrival.at,
        words=arrival.text.body,
        message_id=written["message"],
    )


def _apply_request(arrival: Arrival, written: dict[str, int], replies: bool) -> ConsentEvent | None:
    """Apply an opt-out, an opt-in or HELP, or keep an opt-in until the carrier has told its time."""
    inbox, text, before = arrival.inbox, arrival.text, arrival.before
    in_app = text.channel in APPS  # where the carrier reacts only if it says so
    reacted = bool(text.opt_out_type) or (not in_app and replies_to(inbox.carrier, text.body))
    carrier_answers = consent.carrier_sends_reply(inbox, reacted=reacted) or network_replies(inbox, text.body)
    if lifted := opt_outs_lifted_by(inbox, before.standing, arrival.outcome):
        pending = PendingOptIn(
            team_id=inbox.team_id, inbox=inbox, number=arrival.number, message_id=written["message"],
            intent=arrival.outcome, words=text.body, may_reply=replies and not carrier_answers,
            sent_at=text.sent_at, created_at=before.now, next_try_at=before.now,
        )  # fmt: skip
        if not lifted_in_channel(text.channel, lifted):
            pending.outcome = OptInOutcome.OTHER_APP
            pending.insert()
            if not before.standing.blocked:
                _open_review(arrival, written, ReviewKind.WANTS_TEXTS)
            return None
        if must_check(inbox, arrival.number, text.sent_at, before):
            hold(pending)
            return None
    applied = consent.apply_keyword(
        inbox,
        arrival.number,
        arrival.outcome,
        before=before,
        now=before.now,
        at=arrival.at,
        words=text.body,
        message_id=written["message"],
        carrier_answers=carrier_answers,
        reason=opt_out_reason(text.body, arrival.found),
        channel=text.channel,
    )
    if replies and applied.reply and is_textable(arrival.number):
        queue_reply(inbox, arrival.number, written["conversation"], applied, arrival.found.language)
    if applied.event and arrival.outcome is Outcome.OPT_OUT:
        _follow_opt_out(arrival, written, applied.event)
    return applied.event


def _follow_opt_out(arrival: Arrival, written: dict[str, int], event: ConsentEvent) -> None:
    """What an opt-out also does; and a call, if it may have meant the appointment that our last text asked about."""
    apply_effects(arrival.inbox.team, event)
    if arrival.blocked or not may_mean_appointment(arrival.text.body):
        return
    if asked_lately(arrival.team_id, written["conversation"], arrival.at):
        _open_review(arrival, written, ReviewKind.APPOINTMENT)
