"""Preview of an inbound text: what it would do to a number in an inbox, why, and which reply it would get.

It decides with the functions that messaging.inbound uses, and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Inbox
from kernel.phone_numbers import CHANNELS
from kernel.recipient_numbers import is_textable
from messaging.appointments import asked_lately, may_mean_appointment
from messaging.keyword_answers import answered_help_enough
from messaging.models import Conversation
from optout import auto_replies, consent, holds, keywords
from optout.auto_replies import AutoReply
from optout.carrier_keywords import network_replies, replies_to
from optout.channels import APPS, lifted_in_channel
from optout.keyword_decision import KeywordDecision, decide_keyword
from optout.languages import LANGUAGES
from optout.models import Standing, Suppression
from optout.number_state import NumberState, fetch_number_state
from optout.opt_out_scope import only_inbox
from optout.reader.automatic_replies import is_automatic_reply
from optout.reader.outcome import Outcome, TextReading
from optout.reader.reactions import read_reaction
from optout.reader.reading import read
from optout.reader_settings import reader_settings
from optout.reviews import ReviewKind

EFFECTS = {
    Outcome.OPT_OUT: "Opts out of {scope} at once, like STOP.",
    Outcome.HOLD: "May be an opt-out. The number may not be texted already, so nothing changes.",
    Outcome.HELP: "Asks for help. Nothing changes.",
    Outcome.CONVERSATION: "Is conversation. Nothing changes.",
}
REVIEWS = {
    ReviewKind.HOLD: "Is held: nothing automatic is sent to the number until a member decides.",
    ReviewKind.MARK: "Is conversation, marked as a possible opt-out, because this inbox acts on keywords only.",
    ReviewKind.WANTS_TEXTS: "Is marked “Wants texts again” and lifts nothing: only START or fresh consent does.",
    ReviewKind.APPOINTMENT: "Opts out of {scope} at once, and asks for a call: it may have meant the appointment.",
}


@dataclass(frozen=True)
class ReplyPreview:
    """What a text would do. `reply` is the text that we would send, empty if none."""

    body: str
    reading: TextReading
    outcome: Outcome
    decision: KeywordDecision
    standing: Standing
    carrier_replies: bool
    reply: str
    review: ReviewKind | None
    inbox: Inbox
    channel: str = ""  # a key of CHANNELS
    lifted: Sequence[Suppression] = ()

    @property
    def effect(self) -> str:
        if self.outcome in (Outcome.OPT_IN, Outcome.YES):
            return self._effect_of_opt_in
        if self.review:
            return REVIEWS[self.review].format(scope=self._scope)
        if self.outcome is Outcome.OPT_OUT and self._is_opted_out:
            return "Opts out again: the number is opted out already."
        return EFFECTS[self.outcome].format(scope=self._scope)

    @property
    def _effect_of_opt_in(self) -> str:
        if not self.decision.lifted:
            return "Is an opt-in keyword, and lifts nothing: there is no opt-out that it may lift."
        app = CHANNELS.get(self.channel, "")
        if not self.lifted:
            return f"Lifts nothing: an opt-in in {app} lifts only opt-outs that came in {app} alone."
        if len(self.lifted) < len(self.decision.lifted):
            return f"Lifts the opt-outs that came in {app} alone. Others stay: the number is not opted in."
        return f"Opts in again: {self._lifted} are lifted."

    @property
    def _scope(self) -> str:
        return str(only_inbox(self.inbox, self.body) or "all inboxes")

    @property
    def _lifted(self) -> str:
        if not self.inbox.team.each_inbox_since:
            return "all opt-outs"
        return f"the opt-outs from {self.inbox} and from all inboxes"

    @property
    def _is_opted_out(self) -> bool:
        only_in = only_inbox(self.inbox, self.body)
        return bool(self.standing.in_inbox(only_in.id if only_in else None).opt_outs)

    @property
    def reason(self) -> str:
        """The rule that decided with the words that it found, or why the text is conversation."""
        if self.reading.rule:
            return f"The text {self.reading.rule}" + (
                f": “{self.reading.found}”" if self.reading.found else ""
            )
        if self.reading.wants_texts:
            return "The text asks to be texted again"
        if read_reaction(self.body):
            return "The text is a reaction to another text"
        if is_automatic_reply(self.body):
            return "The text is an automatic reply"
        return "No keyword and no words that ask for something"

    @property
    def may_mean_appointment(self) -> bool:
        """Whether the text would ask for a call, had our last text been about an appointment."""
        return self.outcome is Outcome.OPT_OUT and not self.review and may_mean_appointment(self.body)

    @property
    def language(self) -> str:
        return LANGUAGES.get(self.reading.language, "")


def preview_text(inbox: Inbox, number: str, body: str, channel: str = "") -> ReplyPreview:
    """What `body` would do now, sent by `number` to the inbox, in the scope of its team. Its team is loaded.

    `channel` is a key of CHANNELS, or empty for an ordinary text.
    """
    reading = read(body, reader_settings(inbox))
    outcome = keywords.stricter_outcome(reading.outcome, None)
    before = fetch_number_state(inbox.team_id, number)
    reacted = channel not in APPS and replies_to(inbox.carrier, body)
    carrier_replies = consent.carrier_sends_reply(inbox, reacted=reacted) or network_replies(inbox, body)
    now = timezone.now()
    decision = decide_keyword(
        inbox,
        before.standing,
        outcome,
        now=now,
        at=now,
        has_later_entry=lambda: False,  # it would be the newest
        carrier_answers=carrier_replies,
    )
    lifted = lifted_in_channel(channel, decision.lifted)
    due = decision.reply if len(lifted) == len(decision.lifted) else None
    reply = _reply(inbox, number, body, due, reading.language)
    review = _review(inbox, number, body, reading, outcome, before)
    if decision.lifted and not lifted and not before.standing.blocked:
        review = ReviewKind.WANTS_TEXTS
    return ReplyPreview(
        body,
        reading,
        outcome,
        decision,
        before.standing,
        carrier_replies and outcome.is_request,
        reply,
        review,
        inbox,
        channel,
        lifted,
    )


def _review(
    inbox: Inbox, number: str, body: str, reading: TextReading, outcome: Outcome, before: NumberState
) -> ReviewKind | None:
    """Why the text would wait in To review, if it would; as messaging.inbound decides."""
    if not outcome.is_request:
        return holds.review_kind(inbox, body, reading, outcome, before)
    if outcome is not Outcome.OPT_OUT or before.standing.blocked or not may_mean_appointment(body):
        return None
    conversations = Conversation.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number=number)
    found = conversations.values_list("id", flat=True).first()
    return ReviewKind.APPOINTMENT if found and asked_lately(inbox.team_id, found, before.now) else None


def _reply(inbox: Inbox, number: str, body: str, reply: AutoReply | None, language: str) -> str:
    if reply is None or not is_textable(number) or not inbox.is_open:
        return ""
    if reply is AutoReply.HELP and answered_help_enough(inbox.team_id, number, timezone.now()):
        return ""
    return auto_replies.reply_text(inbox, reply, language, only_here=bool(only_inbox(inbox, body)))
