"""Decision about a keyword, for inbound texts and Try a reply: what it changes at a number, and which reply is due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Inbox
from accounts.number_types import NumberType
from kernel.phone_numbers import is_canadian, is_short_code
from optout.auto_replies import AutoReply
from optout.consent_types import CONFIRM_WITHIN
from optout.models import Standing, Suppression
from optout.opt_out_scope import lifted_by_text
from optout.reader.outcome import Outcome


@dataclass(frozen=True)
class KeywordDecision:
    """Whether the keyword opts out or lifts opt-outs and which, and the reply that is due."""

    opts_out: bool = False
    lifts: bool = False
    reply: AutoReply | None = None
    lifted: Sequence[Suppression] = ()


NOTHING = KeywordDecision()


def decide_keyword(
    inbox: Inbox,
    standing: Standing,
    request: Outcome,
    *,
    now: datetime,
    at: datetime,
    has_later_entry: Callable[[], bool],
    carrier_answers: bool,
) -> KeywordDecision:
    """What the request of a text that was sent `at` does, given the number's standing across inboxes at `now`.

    A STOP counts however late it is found. START and UNSTOP lift every opt-out that applies to the inbox; YES does so
    only if one of them is the person's own, and not on a toll-free number, whose network ignores it. An opt-in that is
    older than an entry of the ledger changes nothing. No text lifts a block.
    No reply is due if the carrier replies, if the number is blocked, if nothing changed, or after five minutes.
    """
    in_inbox = standing.in_inbox(inbox.id)
    reply_in_time = None if carrier_answers or now > at + CONFIRM_WITHIN else request
    match request:
        case Outcome.OPT_OUT:
            return KeywordDecision(
                True, False, AutoReply.STOP if reply_in_time and in_inbox.may_text else None
            )
        case Outcome.OPT_IN | Outcome.YES:
            lifted = opt_outs_lifted_by(inbox, standing, request)
            if (request is Outcome.YES and not lifted) or has_later_entry():
                return NOTHING
            due = reply_in_time and lifted and not in_inbox.blocked
            return KeywordDecision(False, True, AutoReply.START if due else None, lifted)
        case Outcome.HELP:
            due = reply_in_time and may_answer_help(inbox, standing)
            return KeywordDecision(reply=AutoReply.HELP if due else None)
        case _:
            return NOTHING


def opt_outs_lifted_by(inbox: Inbox, standing: Standing, request: Outcome) -> Sequence[Suppression]:
    """The opt-outs that START, UNSTOP or YES lifts."""
    lifted = lifted_by_text(inbox, standing.opt_outs)
    if request is Outcome.OPT_IN:
        return lifted
    yes_counts = request is Outcome.YES and inbox.number_type != NumberType.TOLL_FREE
    return lifted if yes_counts and any(row.persons_own for row in lifted) else ()


def may_answer_help(inbox: Inbox, standing: Standing) -> bool:
    """Whether a HELP is answered. From an opted-out person it is where the rules require it, and nowhere else.

    Sources: CTIA Short Code Monitoring Handbook (HELP on short codes, whatever the standing); Canadian Wireless
    Telecommunications Association, Canadian Common Short Code Application Guidelines. Never to a blocked number.
    """
    in_inbox = standing.in_inbox(inbox.id)
    if in_inbox.blocked:
        return False
    return in_inbox.may_text or is_short_code(inbox.number) or is_canadian(standing.number)
