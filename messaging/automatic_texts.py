"""Automatic texts: an away text while an inbox is closed, and a first-contact text to a number that is new to it.

They are rows in the transaction of the text that causes them, and go the way of every text: the standing is read again
at the claim. They answer nobody: the person goes on waiting.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import FilteredRelation, Q

from accounts.models import Inbox
from kernel.phone_numbers import is_short_code
from kernel.recipient_numbers import is_textable
from kernel.sql import InsertStatement, ReturnedId
from messaging.carriers.base import InboundText
from messaging.hours.inbox_hours import hours_of
from messaging.models import AUTOMATIC, Conversation, Message, MessagePurpose, MessageStatus
from messaging.opt_in_prompts import prompt_statements
from optout.consent_types import CONFIRM_WITHIN
from optout.double_opt_in.answers import says_yes
from optout.number_state import NumberState
from optout.reader.automatic_replies import is_automatic_reply
from optout.reader.outcome import Outcome
from optout.reader.reactions import read_reaction

# Loop guard: within this time a number gets one automatic text, from all inboxes of a team together.
LOOP_GUARD = timedelta(hours=1)


@dataclass(frozen=True)
class EarlierText:
    """An automatic text that a number got."""

    inbox_id: int
    purpose: str
    at: datetime


def may_get_automatic_text(inbox: Inbox, text: InboundText, now: datetime) -> bool:
    """Whether a text of this kind may get an automatic text of the inbox at all. Pure and cheap.

    Not a reaction, a group text or another machine's reply, and no sender that is no person's number. The text is plain
    conversation: keywords have replies of their own, and a text that may be an opt-out gets none.
    """
    if not (
        inbox.double_opt_in
        or inbox.first_contact_text
        or (inbox.away_text and not hours_of(inbox).is_open(now))
    ):
        return False
    if text.others:  # nobody wrote to us alone
        return False
    if not inbox.is_open or not is_textable(text.sender) or is_short_code(text.sender):
        return False
    return not (read_reaction(text.body) or is_automatic_reply(text.body))


def due_automatic_text(
    inbox: Inbox, text: InboundText, before: NumberState, language: str = ""
) -> dict[str, InsertStatement]:
    """The INSERTs of the automatic text that an inbound text causes, to run together with that text's; or none.

    Needs the number's lock, so that of two texts at once one causes it. Costs one query. A prompt of a double opt-in
    comes before other automatic texts; an answer to it causes none.
    """
    sent_at = text.sent_at or before.now
    if not before.standing.in_inbox(inbox.id).may_text or before.has_open_reviews:
        return {}
    if before.now > sent_at + CONFIRM_WITHIN:  # a text that was found late
        return {}
    known, earlier = _history(inbox, text.sender, before.now)
    if inbox.double_opt_in:
        if says_yes(Outcome.CONVERSATION, text.body):
            return {}
        guarded = _has_just_had_one(earlier, before.now)
        if due := prompt_statements(
            inbox, text.sender, language, before.now, is_new=not known, guarded=guarded
        ):
            return due
    purpose = choose_purpose(inbox, is_new=not known, earlier=earlier, now=before.now)
    return {"automatic": _insert(inbox, text.sender, purpose, before.now)} if purpose else {}


def _has_just_had_one(earlier: list[EarlierText], now: datetime) -> bool:
    return any(text.at > now - LOOP_GUARD for text in earlier)


def choose_purpose(
    inbox: Inbox, *, is_new: bool, earlier: list[EarlierText], now: datetime
) -> MessagePurpose | None:
    """The automatic text that is due, given those that the number got lately. Pure. The away text comes first."""
    if _has_just_had_one(earlier, now):
        return None
    again = now - timedelta(hours=inbox.away_again_hours)
    had_away = any(
        text.inbox_id == inbox.id and text.purpose == MessagePurpose.AWAY and text.at > again
        for text in earlier
    )
    if inbox.away_text and not hours_of(inbox).is_open(now):
        return None if had_away else MessagePurpose.AWAY
    return MessagePurpose.FIRST_CONTACT if inbox.first_contact_text and is_new else None


def _history(inbox: Inbox, number: str, now: datetime) -> tuple[bool, list[EarlierText]]:
    """Whether the inbox has a conversation with a number, and the automatic texts that the number got lately."""
    since = now - max(LOOP_GUARD, timedelta(hours=inbox.away_again_hours))
    lately = Q(
        messages__team_id=inbox.team_id, messages__outbound=True, messages__purpose__in=AUTOMATIC,
        messages__at__gt=since,
    )  # fmt: skip
    rows: Any = Conversation.objects.filter(team_id=inbox.team_id, number=number)
    rows = rows.alias(automatic=FilteredRelation("messages", condition=lately))
    found = list(rows.values_list("inbox_id", "automatic__purpose", "automatic__at"))
    earlier = [EarlierText(*row) for row in found if row[1] is not None]
    return any(inbox_id == inbox.id for inbox_id, _, _ in found), earlier


def _insert(inbox: Inbox, number: str, purpose: MessagePurpose, now: datetime) -> InsertStatement:
    return Message.insert_statement(
        team_id=inbox.team_id,
        conversation_id=ReturnedId("conversation"),
        inbox_id=inbox.id,
        number=number,
        outbound=True,
        purpose=purpose,
        status=MessageStatus.QUEUED,
        body=inbox.away_text if purpose == MessagePurpose.AWAY else inbox.first_contact_text,
        at=now,
        created_at=now,
        due_at=now,
    )
