"""Requests of inbound texts: an opt-out, an opt-in or HELP is applied and answered, under its number's lock."""

from kernel.recipient_numbers import is_textable
from kernel.sql import InsertStatement
from kernel.writing import Writer
from messaging.appointments import asked_lately, may_mean_appointment
from messaging.arrival import Arrival
from messaging.compose import queue_reply, reply_statement
from messaging.opt_in_checks import hold, must_check
from messaging.opt_out_effects import apply_other_effects
from messaging.scheduling.schedule import cancel_statement, cancelled_by
from messaging.worker_wakeups import wake_on_commit
from optout import consent, holds
from optout.carrier_keywords import network_replies, replies_to
from optout.channels import APPS, lifted_in_channel
from optout.consent_types import KeywordOutcome
from optout.keyword_decision import opt_outs_lifted_by
from optout.models import ConsentEvent
from optout.pending_opt_ins import OptInOutcome, PendingOptIn
from optout.reader.outcome import Outcome
from optout.reading_wording import opt_out_reason
from optout.reviews import ReviewKind


def request_writer(arrival: Arrival, written: dict[str, int], replies: bool) -> Writer[ConsentEvent | None]:
    """Writer that applies an opt-out, an opt-in or HELP, or keeps an opt-in until the carrier has told its time."""
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
                open_review(arrival, written, ReviewKind.WANTS_TEXTS)
            return None
        if must_check(inbox, arrival.number, text.sent_at, before):
            hold(pending)
            return None

    def along(outcome: KeywordOutcome) -> dict[str, InsertStatement]:
        return _along(arrival, written, outcome, replies)

    applied = yield from consent.keyword_writer(
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
        along=along,
    )
    _follow_request(arrival, written, applied, replies)
    return applied.event


def _along(
    arrival: Arrival, written: dict[str, int], outcome: KeywordOutcome, replies: bool
) -> dict[str, InsertStatement]:
    """What is written together with the entry: the reply, and the end of scheduled texts."""
    inserts = {}
    if replies and outcome.reply and is_textable(arrival.number):
        language = arrival.found.language
        inserts["reply"] = reply_statement(
            arrival.inbox, arrival.number, written["conversation"], outcome, language
        )
    if outcome.event and arrival.outcome is Outcome.OPT_OUT:
        inserts["cancelled"] = cancel_statement(outcome.event)
    return inserts


def _follow_request(
    arrival: Arrival, written: dict[str, int], applied: KeywordOutcome, replies: bool
) -> None:
    """What follows from a request that was applied. A reply without an entry is queued here."""
    inbox, number = arrival.inbox, arrival.number
    if "reply" in applied.along:
        wake_on_commit(inbox.team_id, written["conversation"])
    elif replies and applied.reply and is_textable(number):
        queue_reply(inbox, number, written["conversation"], applied, arrival.found.language)
    if applied.event and arrival.outcome is Outcome.OPT_OUT:
        _follow_opt_out(arrival, written, applied.event, "cancelled" in applied.along)


def _follow_opt_out(arrival: Arrival, written: dict[str, int], event: ConsentEvent, cancelled: bool) -> None:
    """What an opt-out also does; and a call, if it may have meant the appointment that our last text asked about."""
    apply_other_effects(arrival.inbox.team, event, cancelled_by(event) if cancelled else 0)
    if arrival.blocked or not may_mean_appointment(arrival.text.body):
        return
    if asked_lately(arrival.team_id, written["conversation"], arrival.at):
        open_review(arrival, written, ReviewKind.APPOINTMENT)


def open_review(arrival: Arrival, written: dict[str, int], kind: ReviewKind) -> ConsentEvent | None:
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
