"""Answers to a double opt-in: a text that confirms, and a first text that opts in by a keyword."""

from typing import Any

from kernel.combined_inserts import insert_together
from kernel.phone_numbers import is_short_code
from kernel.recipient_numbers import is_textable
from messaging.arrival import Arrival
from messaging.models import Message, MessagePurpose
from messaging.opt_in_prompts import asked_category, prompt_now
from messaging.worker_wakeups import wake_on_commit
from optout.consent_records.recording import record_text
from optout.double_opt_in.answers import says_yes
from optout.double_opt_in.models import DoubleOptIn
from optout.reader.outcome import Outcome
from optout.webhook_events import record_double_opt_in
from webhooks.models import EventType


def follow_text(arrival: Arrival, written: dict[str, int]) -> None:
    """Take a stored text as the answer to the prompt, or ask a new person whose first text was an opt-in keyword.

    Needs the number's lock, and comes after the text's request is applied.
    """
    inbox, number = arrival.inbox, arrival.number
    if not inbox.double_opt_in or not (arrival.outcome is Outcome.OPT_IN or _is_yes(arrival)):
        return
    rows = DoubleOptIn.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number=number)
    row = rows.first()
    if row is None:
        if arrival.outcome is Outcome.OPT_IN and _is_first(arrival, written):
            _ask(arrival, written)
        return
    if row.answered_at or (arrival.outcome is not Outcome.OPT_IN and not _follows_prompt(arrival, written)):
        return
    rows.update(answered_at=arrival.before.now)
    record_text(
        inbox,
        number,
        asked_category(inbox),
        arrival.text.body,
        written["message"],
        arrival.at,
        arrival.before.now,
    )
    if EventType.DOUBLE_OPT_IN in arrival.before.wanted_event_types:
        record_double_opt_in(inbox, number, arrival.text.body, written["message"], arrival.at)


def _is_yes(arrival: Arrival) -> bool:
    return says_yes(arrival.outcome, arrival.text.body)


def _texts(arrival: Arrival, written: dict[str, int]) -> Any:
    return Message.objects.filter(team_id=arrival.team_id, conversation_id=written["conversation"])


def _is_first(arrival: Arrival, written: dict[str, int]) -> bool:
    return not _texts(arrival, written).exclude(id=written["message"]).exists()


def _follows_prompt(arrival: Arrival, written: dict[str, int]) -> bool:
    """Whether our last text to the person was the prompt: otherwise a yes may answer something else."""
    ours = _texts(arrival, written).filter(outbound=True).order_by("-at", "-id")
    newest = ours.values_list("purpose", flat=True).first()
    return newest == MessagePurpose.PROMPT


def _ask(arrival: Arrival, written: dict[str, int]) -> None:
    """Ask a person whose first text opts in by a keyword: the second opt-in is still missing."""
    inbox, number, now = arrival.inbox, arrival.number, arrival.before.now
    may_text = arrival.before.standing.in_inbox(inbox.id).may_text
    if not may_text or not is_textable(number) or is_short_code(number):
        return
    insert_together(**prompt_now(inbox, number, arrival.found.language, now, written["conversation"]))
    wake_on_commit(inbox.team_id, written["conversation"])
