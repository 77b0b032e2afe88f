"""The only writer of consent: every change of a number's standing and its line in the ledger, in one transaction.

Every function here takes the number's advisory lock first, and expects to run inside the scope of the team. Sends are
claimed under the same lock, so that a change and a claim have one order.
"""

from datetime import datetime

from accounts.models import Inbox, KeywordResponder
from optout.auto_replies import AutoReply
from optout.consent_types import CONFIRM_WITHIN, Actor, KeywordOutcome
from optout.keywords import KeywordIntent
from optout.ledger import has_later_entry, last_opt_out_at, newest_opt_in
from optout.ledger_entry import LedgerEntryDraft, draft_entry, lift_blocks, suppress_unless_repeated
from optout.ledger_writer import write
from optout.lifting_rules import CannotLift, FreshConsent, check_fresh_consent, only_the_person_lifts
from optout.models import Action, ConsentEvent, Origin, SuppressionKind
from optout.number_locks import lock_number
from optout.number_state import (
    NumberState,
    fetch_number_state,
)
from optout.standing_change import StandingChange

# -- questions ---------------------------------------------------------------------------------------------------


# -- what the person says ----------------------------------------------------------------------------------------


def apply_keyword(
    inbox: Inbox,
    number: str,
    request: KeywordIntent,
    *,
    before: NumberState,
    now: datetime,
    at: datetime,
    words: str,
    message_id: int,
    carrier_answers: bool,
) -> KeywordOutcome:
    """Act on the request of a text that was sent `at`, under the number's lock taken at `now`.

    `before` is what record() found under that lock.
    STOP counts however late it is found. START and UNSTOP lift every opt-out, YES only when one of the person's own
    stands; an opt-in older than the newest line of the ledger came too late and changes nothing. No text lifts a block.
    The answer is None when none is due: the carrier gives it, the number is blocked, or nothing changed.
    """
    standing = before.standing
    text = LedgerEntryDraft(inbox.team_id, number, Origin.CONTACT, before, at, inbox, words, message_id)
    here = standing.in_inbox(inbox.id)
    match request:
        case KeywordIntent.STOP:
            event = write(text.suppression(SuppressionKind.OPT_OUT))
            due = here.may_text and now <= at + CONFIRM_WITHIN
            answer = AutoReply.STOP
        case KeywordIntent.START | KeywordIntent.YES:
            if (request is KeywordIntent.YES and not standing.persons_own) or has_later_entry(
                inbox.team_id, number, at
            ):
                return KeywordOutcome()
            event = write(text.lifting(standing.opt_outs, Action.OPTED_IN))
            due = bool(standing.opt_outs) and not here.blocked
            answer = AutoReply.START
        case KeywordIntent.HELP:
            return KeywordOutcome(reply=AutoReply.HELP if here.may_text and not carrier_answers else None)
        case _:
            return KeywordOutcome()
    return KeywordOutcome(event, answer if due and not carrier_answers else None)


def carrier_sends_reply(inbox: Inbox, *, reacted: bool) -> bool:
    """Whether the carrier answers a keyword itself: the inbox says so, and it reacted to this very text."""
    return inbox.keyword_responder == KeywordResponder.CARRIER and reacted


def apply_carrier_refusal(
    inbox: Inbox, number: str, *, claimed_at: datetime, message_id: int, reason: str
) -> ConsentEvent | None:
    """Act on the carrier's word that the person opted out there (Twilio's error 21610, and its kin).

    It counts only for a send that was claimed after the newest opt-in. With no opt-in on record it is a STOP that we
    missed and holds in all inboxes; with one, the carrier's list of this one inbox differs from ours. None when it
    tells nothing new.
    """
    now = lock_number(inbox.team_id, number)
    before = fetch_number_state(inbox.team_id, number)
    opt_in = newest_opt_in(inbox.team_id, number)
    if opt_in and claimed_at < opt_in.recorded_at:
        return None
    if before.standing.in_inbox(inbox.id if opt_in else None).persons_own:
        return None
    line = LedgerEntryDraft(
        inbox.team_id, number, Origin.CARRIER, before, now, inbox, message_id=message_id, reason=reason
    )
    return write(line.suppression(SuppressionKind.OPT_OUT, only_in=inbox if opt_in else None))


# -- what we record ----------------------------------------------------------------------------------------------


def opt_out(
    team_id: int, number: str, actor: Actor, *, reason: str, happened_at: datetime | None = None
) -> ConsentEvent | None:
    """Record that a number must not be texted, in all inboxes; None when this origin has said so already."""
    line = _lock_and_draft(team_id, number, actor, reason)
    line.at = min(happened_at or line.at, line.at)
    return _write_if_changed(suppress_unless_repeated(line, SuppressionKind.OPT_OUT))


def block(team_id: int, number: str, actor: Actor, *, reason: str = "") -> ConsentEvent | None:
    """Neither receive from a number nor send to it; None when this origin has said so already."""
    return _write_if_changed(
        suppress_unless_repeated(_lock_and_draft(team_id, number, actor, reason), SuppressionKind.BLOCK)
    )


def unblock(team_id: int, number: str, actor: Actor, *, reason: str = "") -> ConsentEvent | None:
    """Lift every block; the opt-outs that stand go on standing. None when there was none."""
    return _write_if_changed(lift_blocks(_lock_and_draft(team_id, number, actor, reason)))


def lift(
    team_id: int,
    number: str,
    actor: Actor,
    *,
    reason: str = "",
    consent: FreshConsent | None = None,
    persons_own: bool = False,
) -> ConsentEvent | None:
    """Lift a number's opt-outs; None when there are none. All or nothing, but for what only the person can lift.

    Those that we recorded go with a reason. The person's own need a member or an API key with `persons_own` (the right
    to do it) and fresh consent that was given after the newest opt-out. Raises CannotLift: its sentence says what would
    lift them.
    """
    line = _lock_and_draft(team_id, number, actor, reason)
    opt_outs = line.before.standing.opt_outs
    rows = [row for row in opt_outs if not only_the_person_lifts(row)]
    if not opt_outs:
        return None
    if not rows:
        raise CannotLift(
            "The carrier goes on refusing texts to this number: the person must text START to this inbox."
        )
    if any(row.persons_own for row in rows) and not (
        persons_own and consent and actor.origin in (Origin.MEMBER, Origin.API)
    ):
        raise CannotLift(
            "This person opted out. They can text START, or an owner or admin records fresh consent: "
            "what they said, where, and when."
        )
    if not consent and not reason.strip():
        raise CannotLift("Say why the opt-out is lifted.")
    if consent:
        check_fresh_consent(consent, last_opt_out_at(team_id, number), line.before.now)
        line.words, line.source, line.obtained_at = consent.words, consent.source, consent.obtained_at
    return write(line.lifting(rows, Action.OPTED_IN))


# -- what we record of many ---------------------------------------------------------------------------------------
# Each locks all of its numbers at once, so a transaction calls one of these, and once.


def _lock_and_draft(team_id: int, number: str, actor: Actor, reason: str) -> LedgerEntryDraft:
    lock_number(team_id, number)
    return draft_entry(team_id, number, actor, reason, fetch_number_state(team_id, number))


def _write_if_changed(change: StandingChange | None) -> ConsentEvent | None:
    return write(change) if change else None


# -- the ledger --------------------------------------------------------------------------------------------------
