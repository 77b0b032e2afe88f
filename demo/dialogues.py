"""Dialogues of the demo: their texts are written at past times, with the effects that they would have had."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Inbox, Member, Team
from contacts.contact.models import Contact
from demo.scripts import Dialogue
from demo.story import number_of
from kernel.sql import fetch
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import BroadcastRecipient, RecipientState
from messaging.broadcasts.rendering import Renderer
from messaging.conversation_queries import ConversationUpdate
from messaging.models import Conversation, Message, MessagePurpose, MessageStatus, ReadMarker
from messaging.simulator.adapter import new_sid
from messaging.simulator.models import SimulatedText
from optout import auto_replies, consent, holds
from optout.auto_replies import AutoReply
from optout.consent_records.models import ConsentCategory
from optout.consent_records.recording import record_text
from optout.consent_types import KeywordOutcome, Refusal
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state, standing
from optout.reader import reading
from optout.reader.outcome import Outcome
from optout.reader_settings import reader_settings
from optout.reading_wording import opt_out_reason

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SCRIPT_LINE = re.compile(
    r"(?P<speaker>\w+)(?:, (?P<pause>\d+)(?P<unit>[mhd]))?: (?P<body>.*?)(?: \[(?P<status>\w+)\])?", re.DOTALL
)
_ERRORS = {
    "failed": ("30003", "The phone could not be reached."),
    "undelivered": ("30005", "Unknown number."),
    "filtered": ("30007", "Filtered as spam."),
}
_USUAL_PAUSES = (4, 2, 7, 3, 11, 5)  # minutes


@dataclass(frozen=True)
class DemoTeam:
    team: Team
    members: dict[str, Member]
    inboxes: dict[str, Inbox]
    now: datetime


@dataclass(frozen=True)
class DemoText:
    """A text of a dialogue, with its time."""

    inbox: Inbox
    number: str
    at: datetime
    speaker: str  # "they", or the key of a member
    body: str
    status: str = ""
    recipient: BroadcastRecipient | None = None  # of a broadcast


def play_dialogues(
    cast: DemoTeam, dialogues: Iterable[Dialogue], broadcasts: Iterable[DemoText] = ()
) -> None:
    """Write the dialogues and broadcasts of a team, in its scope, in the order of their texts' times."""
    texts = [text for dialogue in dialogues for text in _texts(cast, dialogue)]
    for text in sorted([*texts, *broadcasts], key=lambda text: text.at):
        if text.recipient:
            _broadcast(cast, text, text.recipient)
        else:
            _receive(cast, text) if text.speaker == "they" else _send(cast, text)
    for dialogue in dialogues:
        _close_and_mark_read(cast, dialogue)
    for inbox in cast.inboxes.values():
        Inbox.objects.filter(team_id=cast.team.id, id=inbox.id).update(
            last_webhook_at=max(text.at for text in texts if text.inbox is inbox and text.speaker == "they")
        )


def _texts(cast: DemoTeam, dialogue: Dialogue) -> Iterator[DemoText]:
    at = moment_of(cast, dialogue.begins)
    for index, line in enumerate(dialogue.lines):
        parts = _SCRIPT_LINE.fullmatch(line)
        assert parts, line
        if parts["pause"]:
            at += timedelta(**{_UNITS[parts["unit"]]: int(parts["pause"])})
        elif index:
            at += timedelta(minutes=_USUAL_PAUSES[index % len(_USUAL_PAUSES)], seconds=17 * index % 60)
        at = min(at, cast.now - timedelta(seconds=60 - index))
        inbox, number = cast.inboxes[dialogue.inbox], to_number(dialogue.customer)
        yield DemoText(inbox, number, at, parts["speaker"], parts["body"], parts["status"] or "")


def moment_of(cast: DemoTeam, begins: str) -> datetime:
    """The time of Dialogue.begins."""
    days, clock = begins.split()
    if clock.endswith("m"):
        return cast.now - timedelta(minutes=int(clock[:-1]))
    zone = ZoneInfo(cast.team.time_zone)
    day = cast.now.astimezone(zone).date() - timedelta(days=int(days))
    return datetime.combine(day, time.fromisoformat(clock), zone)


def to_number(customer: str) -> str:
    """The number of a customer; a number stays as it is."""
    return customer if customer.startswith("+") else number_of(customer)


def _receive(cast: DemoTeam, text: DemoText) -> None:
    """Does what messaging.inbound does, at the time of the text."""
    found = reading.read(text.body, reader_settings(text.inbox))
    outcome = found.outcome
    is_request = outcome.is_request
    is_first = not Conversation.objects.filter(team_id=cast.team.id, number=text.number).exists()
    insert = Conversation.objects.insert_inbound(
        text.inbox, text.number, text.at, text.body, is_request=is_request
    )
    conversation = ConversationUpdate(*fetch(insert.statement, *insert.values)[0])
    message = write_text(
        text,
        conversation.id,
        status=MessageStatus.RECEIVED,
        starts_conversation=conversation.starts_conversation,
        possible_opt_out=outcome is Outcome.HOLD or found.may_be_opt_out,
    )
    if is_first and outcome is Outcome.CONVERSATION and not found.may_be_opt_out:
        category = ConsentCategory.INFORMATIONAL
        record_text(text.inbox, text.number, category, text.body, message.id, text.at, text.at)
    lock_number(cast.team.id, text.number)
    before = fetch_number_state(cast.team.id, text.number)
    if kind := holds.review_kind(text.inbox, text.body, found, outcome, before):
        holds.open_review(
            text.inbox,
            text.number,
            kind,
            found,
            before=before,
            at=text.at,
            words=text.body,
            message_id=message.id,
        )
    if not is_request:
        return
    applied = consent.apply_keyword(
        text.inbox,
        text.number,
        outcome,
        before=before,
        now=text.at,
        at=text.at,
        words=text.body,
        message_id=message.id,
        carrier_answers=False,
        reason=opt_out_reason(text.body, found),
    )
    if applied.reply:
        _reply(text, conversation.id, applied)


def _reply(text: DemoText, conversation_id: int, outcome: KeywordOutcome) -> None:
    assert outcome.reply
    reply = DemoText(
        text.inbox,
        text.number,
        text.at + timedelta(seconds=2),
        "",
        auto_replies.reply_text(text.inbox, outcome.reply),
    )
    write_text(
        reply,
        conversation_id,
        status=MessageStatus.DELIVERED,
        purpose=MessagePurpose.CONFIRMATION if outcome.reply is AutoReply.STOP else MessagePurpose.ANSWER,
        event_id=outcome.event.id if outcome.event else None,
    )


def _send(cast: DemoTeam, text: DemoText) -> None:
    author = cast.members[text.speaker]
    code, sentence = _ERRORS.get(text.status, ("", ""))
    refused = text.status == MessageStatus.REFUSED
    conversation = Conversation.objects.record_outbound(
        text.inbox, text.number, text.at, text.body, refused=refused
    )
    unsent = {
        "reason": Refusal.OPTED_OUT,
        "attempts": 0,
        "claimed_at": None,
        "carrier_id": None,
        "segments": None,
    }
    write_text(
        text,
        conversation.id,
        status=text.status or MessageStatus.DELIVERED,
        starts_conversation=conversation.starts_conversation,
        waited_seconds=None if refused else conversation.waited_seconds(text.at),
        author_id=author.id,
        author_name=str(author),
        error_code=code,
        error=sentence,
        **(unsent if refused else {}),
    )


def _broadcast(cast: DemoTeam, text: DemoText, recipient: BroadcastRecipient) -> None:
    """Does what messaging.broadcasts.claims does: the person gets the text, or is left out for a reason."""
    found = standing(cast.team.id, text.number, text.inbox.id)
    recipient.at, recipient.state = text.at, RecipientState.LEFT_OUT
    if found.may_text:
        message = _write_broadcast(cast, text, recipient)
        recipient.state, recipient.message_id = RecipientState.TEXTED, message.id
    else:
        recipient.reason = LeftOut.BLOCKED if found.blocked else LeftOut.OPTED_OUT
    recipient.save()


def _write_broadcast(cast: DemoTeam, text: DemoText, recipient: BroadcastRecipient) -> Message:
    inbox, number, author = text.inbox, text.number, cast.members[text.speaker]
    inbox.team = cast.team
    earlier = Message.objects.filter(
        team_id=cast.team.id, number=number, outbound=True, purpose=MessagePurpose.TEXT
    )
    recipient.words_appended = not earlier.exists()
    contact = Contact.objects.get(team_id=cast.team.id, number=number)
    renderer = Renderer.of(recipient.broadcast)
    words = renderer.text_for(contact, inbox, with_words=recipient.words_appended).text
    conversation, _ = Conversation.objects.get_or_create(
        team_id=cast.team.id,
        inbox=inbox,
        number=number,
        defaults={"closed": True, "last_message_at": text.at, "created_at": text.at, "preview": words[:140]},
    )
    code, sentence = _ERRORS.get(text.status, ("", ""))
    status = MessageStatus.UNDELIVERED if code else text.status
    return write_text(
        replace(text, body=words),
        conversation.id,
        status=status,
        author_id=author.id,
        author_name=str(author),
        error_code=code,
        error=sentence,
        broadcast_id=recipient.broadcast_id,
    )


def write_text(text: DemoText, conversation_id: int, **columns: Any) -> Message:
    """Write the message, and the simulated carrier's record of it for the simulator page."""
    sid, inbound = new_sid(), text.speaker == "they"
    Contact.objects.ensure(text.inbox, text.number, text.at)
    if columns["status"] in (MessageStatus.RECEIVED, MessageStatus.DELIVERED):
        SimulatedText.objects.create(
            team_id=text.inbox.team_id,
            inbox=text.inbox,
            number=text.number,
            from_handset=inbound,
            body=text.body,
            carrier_id=sid,
            at=text.at,
        )
    defaults = {
        "segments": -(-len(text.body) // 153),
        "carrier_id": sid,
        "attempts": 0 if inbound else 1,
        "claimed_at": None if inbound else text.at,
    }
    return Message.objects.create(
        team_id=text.inbox.team_id,
        conversation_id=conversation_id,
        inbox=text.inbox,
        number=text.number,
        outbound=not inbound,
        body=text.body,
        at=text.at,
        created_at=text.at,
        **defaults | columns,
    )


def _close_and_mark_read(cast: DemoTeam, dialogue: Dialogue) -> None:
    """Close the dialogue's conversation if it is closed, and mark it read for the members who have read it."""
    conversation = Conversation.objects.get(
        team_id=cast.team.id, inbox=cast.inboxes[dialogue.inbox], number=to_number(dialogue.customer)
    )
    if dialogue.closed:
        Conversation.objects.filter(team_id=cast.team.id, id=conversation.id).update(closed=True)
    ReadMarker.objects.bulk_create(
        ReadMarker(team=cast.team, conversation=conversation, member=member, seen=conversation.inbound_count)
        for key, member in cast.members.items()
        if key not in dialogue.unread_by
    )
