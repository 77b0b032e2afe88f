"""Consent of one number: every change of its standing, written with its ledger entry in one transaction.

This module and optout.bulk_consent are the writers of consent; optout.holds, due_holds and misreadings write entries
about texts. Every function takes the number's lock before it reads the standing (apply_keyword's caller holds it
already), and runs inside the team's scope. Sends are claimed under the same lock, so that changes and claims of one
number have one order.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from accounts.models import Inbox, KeywordResponder
from kernel.combined_inserts import Inserts
from kernel.phone_numbers import CHANNELS
from kernel.writing import Writer, at_once
from optout.carrier_opt_outs.recording import record_opt_in, record_refusal
from optout.channels import lifted_in_channel
from optout.consent_records.recording import record_consent, renew_after_mistake, renew_by_text
from optout.consent_types import RETRACTED, Actor, KeywordOutcome, StatedOptOut
from optout.keyword_decision import decide_keyword
from optout.ledger import has_later_entry, history, last_opt_out_at, newest_opt_in, newest_statements
from optout.ledger_entry import ACTION_OF, LedgerEntryDraft, StandingChange
from optout.ledger_writer import entry_writer, write
from optout.lifting_rules import FreshConsent, check_fresh_consent, opt_outs_to_lift, retractable
from optout.models import Action, ConsentEvent, Origin, SuppressionKind
from optout.number_locks import lock_number
from optout.number_state import NumberState, fetch_number_state
from optout.opt_out_scope import considered_inbox_id, only_inbox
from optout.reader.outcome import Outcome
from optout.reasons import OptOutReason

# -- changes by the person and the carrier -----------------------------------------------------------------------


def keyword_writer(
    inbox: Inbox,
    number: str,
    request: Outcome,
    *,
    before: NumberState,
    now: datetime,
    at: datetime,
    words: str,
    message_id: int,
    carrier_answers: bool,
    reason: str = "",
    channel: str = "",
    along: Callable[[KeywordOutcome], Inserts] = lambda outcome: {},
) -> Writer[KeywordOutcome]:
    """Writer that applies the request of a text that was sent `at`, under the number's lock taken at `now`.

    `before` is the state that fetch_number_state returned under that lock. `reason` says why a text in the person's own
    words was understood as an opt-out. optout.keyword_decision says what each request does, and optout.channels what an
    opt-in by this `channel` lifts, a key of CHANNELS. It is answered if it lifts everything. What `along` makes of the
    outcome runs together with the INSERT of the entry, whose ID is ReturnedId("event").
    """
    decision = decide_keyword(
        inbox,
        before.standing,
        request,
        now=now,
        at=at,
        has_later_entry=lambda: has_later_entry(
            inbox.team_id, number, at, inbox_id=considered_inbox_id(inbox)
        ),
        carrier_answers=carrier_answers,
    )
    draft = LedgerEntryDraft(inbox.team_id, number, Origin.CONTACT, before, at, inbox, words, message_id)
    draft.source = CHANNELS.get(channel, "")
    draft.each_inbox_since = inbox.team.each_inbox_since
    outcome = KeywordOutcome(None, decision.reply)
    if decision.opts_out:
        draft.reason = reason
        change = draft.suppress(SuppressionKind.OPT_OUT, only_inbox(inbox, words))
        outcome = yield from _write_with(change, outcome, along)
    elif decision.lifts:
        lifted = lifted_in_channel(channel, decision.lifted)
        if len(lifted) < len(decision.lifted):
            outcome = KeywordOutcome()
        change = draft.lift(lifted, Action.OPTED_IN, inbox if draft.each_inbox_since else None)
        outcome = yield from _write_with(change, outcome, along)
        renew_by_text(change.event)
        record_opt_in(change.event, lifted)
    return outcome


apply_keyword = at_once(keyword_writer)


def _write_with(
    change: StandingChange, outcome: KeywordOutcome, along: Callable[[KeywordOutcome], Inserts]
) -> Writer[KeywordOutcome]:
    outcome = replace(outcome, event=change.event)
    written = yield from entry_writer(change, along(outcome))
    return replace(outcome, along=written)


def carrier_sends_reply(inbox: Inbox, *, reacted: bool) -> bool:
    """Whether the carrier replies to a keyword: the inbox says that it does, and it reacted to this text."""
    return inbox.keyword_responder == KeywordResponder.CARRIER and reacted


def apply_carrier_refusal(
    inbox: Inbox, number: str, *, claimed_at: datetime, message_id: int, reason: str
) -> ConsentEvent | None:
    """Apply a carrier's report that the person opted out there (Twilio's error 21610 and its equivalents).

    The report counts only for a send that was claimed after the newest opt-in. Without an opt-in in the ledger we
    missed a STOP, and the opt-out has the scope of a STOP to this inbox. With an opt-in, the carrier's list of this
    inbox differs from ours, and the opt-out applies to this inbox. None if the report is not new. The carrier's list is
    recorded as well, whatever follows for the standing (optout.carrier_opt_outs).
    """
    now = lock_number(inbox.team_id, number)
    before = fetch_number_state(inbox.team_id, number)
    opt_in = newest_opt_in(inbox.team_id, number, considered_inbox_id(inbox))
    if opt_in and claimed_at < opt_in.recorded_at and opt_in.inbox_id == inbox.id:
        return None
    record_refusal(inbox, number, message_id, now)
    if opt_in and claimed_at < opt_in.recorded_at:
        return None
    only_in = inbox if opt_in or inbox.team.each_inbox_since else None
    if before.standing.in_inbox(only_in.id if only_in else None).persons_own:
        return None
    draft = LedgerEntryDraft(
        inbox.team_id, number, Origin.CARRIER, before, now, inbox, message_id=message_id, reason=reason,
        each_inbox_since=inbox.team.each_inbox_since,
    )  # fmt: skip
    return write(draft.suppress(SuppressionKind.OPT_OUT, only_in))


# -- changes by the team -----------------------------------------------------------------------------------------


def opt_out(
    team_id: int,
    number: str,
    actor: Actor,
    *,
    reason: str,
    happened_at: datetime | None = None,
    source: str = "",
    words: str = "",
    inbox: Inbox | None = None,
    message_id: int | None = None,
    only_in: Inbox | None = None,
) -> ConsentEvent | None:
    """Record an opt-out from all inboxes, or only from one. Without `happened_at` it counts as stated now.

    `inbox` and `message_id` are those of the text that states it, if any.

    A newer statement of an opt-out that is in force is an entry too, so that older consent does not lift it. None if
    this origin has recorded this statement or a newer one.
    """
    draft = _lock_and_draft(team_id, number, actor, reason)
    draft.state(StatedOptOut(number, happened_at, source, words))
    draft.inbox, draft.message_id = inbox, message_id
    if received_in := inbox or only_in:
        draft.each_inbox_since = received_in.team.each_inbox_since
    return _write_statement(draft, SuppressionKind.OPT_OUT, only_in)


def opt_out_by_member(
    team_id: int, number: str, actor: Actor, reason: OptOutReason, only_in: Inbox | None = None
) -> ConsentEvent | None:
    """Record an opt-out for a member's reason: the person's own word, or the team's decision."""
    by = actor.recording_the_persons_word() if reason.source else actor
    return opt_out(team_id, number, by, reason=reason.label, source=reason.source, only_in=only_in)


def block(team_id: int, number: str, actor: Actor, *, reason: str = "") -> ConsentEvent | None:
    """Stop receiving from a number and sending to it. A repeated block is an entry too."""
    return _write_statement(_lock_and_draft(team_id, number, actor, reason), SuppressionKind.BLOCK)


def unblock(team_id: int, number: str, actor: Actor, *, reason: str = "") -> ConsentEvent | None:
    """Lift every block, and no opt-out; None if there is no block."""
    return _write_if_changed(_lock_and_draft(team_id, number, actor, reason).lift_blocks())


def lift(
    team_id: int,
    number: str,
    actor: Actor,
    *,
    reason: str = "",
    consent: FreshConsent | None = None,
    may_lift_persons: bool = False,
    inbox: Inbox | None = None,
) -> ConsentEvent | None:
    """Lift a number's opt-outs by the rules of optout.lifting_rules, all or none; None if there are none.

    With `inbox` these are the opt-outs in force there: from that inbox, and from all inboxes.

    `may_lift_persons` is the right to lift the person's own opt-outs, which also takes fresh consent.
    Fresh consent is recorded also if there are none. Opt-outs that only the person can lift stay.
    Raises CannotLift: its sentence says what would lift the opt-outs.
    """
    draft = _lock_and_draft(team_id, number, actor, reason)
    opt_outs = (draft.standing.in_inbox(inbox.id) if inbox else draft.standing).opt_outs
    if not opt_outs:
        if consent:
            record_consent(team_id, number, consent.as_stated(), actor)
        return None
    rows = opt_outs_to_lift(opt_outs, actor, reason, consent, may_lift_persons=may_lift_persons)
    if consent:
        last = last_opt_out_at(team_id, number, inbox.id if inbox else None)
        check_fresh_consent(consent, last, draft.before.now)
        draft.words, draft.source, draft.obtained_at = consent.words, consent.source, consent.obtained_at
        record_consent(team_id, number, consent.as_stated(), actor)
    event = write(draft.lift(rows, Action.OPTED_IN, inbox))
    record_opt_in(event, rows)
    return event


def retract(team_id: int, number: str, actor: Actor) -> ConsentEvent | None:
    """Lift the opt-outs that this member recorded by mistake in the last ten minutes, whatever their reason.

    Other opt-outs stay, and the number stays opted out by them. None if there is nothing that the member may retract.
    """
    draft = _lock_and_draft(team_id, number, actor, RETRACTED)
    rows = retractable(draft.standing.opt_outs, history(team_id, number), actor, draft.before.now)
    if not rows:
        return None
    event = write(draft.lift(rows, Action.OPTED_IN))
    if any(row.persons_own for row in rows):  # our own decision took no consent back
        renew_after_mistake(event)
    return event


def _lock_and_draft(team_id: int, number: str, actor: Actor, reason: str) -> LedgerEntryDraft:
    lock_number(team_id, number)
    return LedgerEntryDraft.by_actor(team_id, number, actor, reason, fetch_number_state(team_id, number))


def _write_statement(
    draft: LedgerEntryDraft, kind: SuppressionKind, only_in: Inbox | None = None
) -> ConsentEvent | None:
    if draft.is_repeated(kind, only_in):
        recorded = newest_statements(draft.team_id, [draft.number], ACTION_OF[kind], draft.origin, only_in)
        if recorded and not draft.is_newer_than(recorded[draft.number]):
            return None
    return write(draft.suppress(kind, only_in))


def _write_if_changed(change: StandingChange | None) -> ConsentEvent | None:
    return write(change) if change else None
