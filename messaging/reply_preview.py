"""Preview of an inbound text: what it would do to a number in an inbox, why, and which reply it would get.

It decides with the functions that messaging.inbound uses, and changes nothing.
"""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Inbox
from kernel.phone_numbers import is_textable
from messaging.keyword_answers import answered_help_enough
from optout import auto_replies, consent, keywords
from optout.auto_replies import AutoReply
from optout.keyword_decision import KeywordDecision, decide_keyword
from optout.languages import LANGUAGES
from optout.models import Standing
from optout.number_state import fetch_number_state
from optout.reader.outcome import Outcome, TextReading
from optout.reader.reading import read
from optout.reader_settings import reader_settings

EFFECTS = {
    Outcome.OPT_OUT: "Opts out of all inboxes at once, like STOP.",
    Outcome.HOLD: "Is held: nothing automatic is sent to the number until a member decides.",
    Outcome.HELP: "Asks for help. Nothing changes.",
    Outcome.CONVERSATION: "Is conversation. Nothing changes.",
}


@dataclass(frozen=True)
class ReplyPreview:
    """What a text would do. `reply` is the text that we would send, empty if none."""

    reading: TextReading
    outcome: Outcome
    decision: KeywordDecision
    standing: Standing
    carrier_replies: bool
    reply: str

    @property
    def effect(self) -> str:
        if self.outcome in (Outcome.OPT_IN, Outcome.YES):
            if self.decision.lifts and self.standing.opt_outs:
                return "Opts in again: all opt-outs are lifted."
            return "Is an opt-in keyword, and lifts nothing: there is no opt-out that it may lift."
        if self.outcome is Outcome.CONVERSATION and self.reading.may_be_opt_out:
            return "Is conversation, marked as a possible opt-out, because this inbox acts on keywords only."
        return EFFECTS[self.outcome]

    @property
    def reason(self) -> str:
        """The rule that decided, and the words that it found."""
        found = f": “{self.reading.found}”" if self.reading.found else ""
        return f"The text {self.reading.rule}{found}"

    @property
    def language(self) -> str:
        return LANGUAGES.get(self.reading.language, "")


def preview_text(inbox: Inbox, number: str, body: str) -> ReplyPreview:
    """What `body` would do now, sent by `number` to the inbox, in the scope of its team. Its team is loaded."""
    reading = read(body, reader_settings(inbox))
    outcome = keywords.stricter_outcome(reading.outcome, None)
    standing = fetch_number_state(inbox.team_id, number).standing
    carrier_replies = consent.carrier_sends_reply(inbox, reacted=keywords.carrier_reacts(body))
    now = timezone.now()
    decision = decide_keyword(
        inbox,
        standing,
        outcome,
        now=now,
        at=now,
        has_later_entry=lambda: False,  # it would be the newest
        carrier_answers=carrier_replies,
    )
    reply = _reply(inbox, number, decision.reply, reading.language)
    return ReplyPreview(reading, outcome, decision, standing, carrier_replies and outcome.is_request, reply)


def _reply(inbox: Inbox, number: str, reply: AutoReply | None, language: str) -> str:
    if reply is None or not is_textable(number) or not inbox.is_open:
        return ""
    if reply is AutoReply.HELP and answered_help_enough(inbox.team_id, number, timezone.now()):
        return ""
    return auto_replies.reply_text(inbox, reply, language)
