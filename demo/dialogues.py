"""FIXME module docstring."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Inbox, Member, Team
from contacts.contact.models import Contact
from demo import story
from kernel.sql import fetch
from messaging.models import (
    Conversation,
    ConversationUpdate,
    Message,
    MessagePurpose,
    MessageStatus,
    ReadMarker,
)
from messaging.simulator.adapter import new_sid
from messaging.simulator.models import SimulatedText
from optout import auto_replies, consent, keywords
from optout.auto_replies import AutoReply
from optout.consent_types import KeywordOutcome, Refusal
from optout.keywords import KeywordIntent
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


_SCRIPT_LINE = re.compile(
    r"(?P<who>\w+)(?:, (?P<pause>\d+)(?P<unit>[mhd]))?: (?P<body>.*?)(?: \[(?P<fate>\w+)\])?", re.DOTALL
)


_USUAL_PAUSES = (4, 2, 7, 3, 11, 5)  # minutes


@dataclass(frozen=True)
class DemoTeam:
    team: Team
    members: dict[str, Member]
    inboxes: dict[str, Inbox]
    now: datetime


@dataclass(frozen=True)
class DemoText:
    """One text of the past."""

    inbox: Inbox
    number: str
    at: datetime
    who: str  # "they", or the key of a member
    body: str
    fate: str = ""


def play_dialogues(cast: DemoTeam, dialogues: Iterable[story.Dialogue]) -> None:
    texts = [text for dialogue in dialogues for text in _texts(cast, dialogue)]
    for text in sorted(texts, key=lambda text: text.at):  # one after the other, as it happened
        _receive(cast, text) if text.who == "they" else _send(cast, text)
    for dialogue in dialogues:
        _close_and_mark_read(cast, dialogue)
    for inbox in cast.inboxes.values():
        Inbox.objects.filter(team_id=cast.team.id, id=inbox.id).update(
            last_webhook_at=max(text.at for text in texts if text.inbox is inbox and text.who == "they")
        )


def _texts(cast: DemoTeam, dialogue: story.Dialogue) -> Iterator[DemoText]:
    at = _beginning(cast, dialogue.begins)
    for place, line in enumerate(dialogue.lines):
        told = _SCRIPT_LINE.fullmatch(line)
        assert told, line
        if told["pause"]:
            at += timedelta(**{_UNITS[told["unit"]]: int(told["pause"])})
        elif place:
            at += timedelta(minutes=_USUAL_PAUSES[place % len(_USUAL_PAUSES)], seconds=17 * place % 60)
        at = min(at, cast.now - timedelta(seconds=60 - place))
        inbox, fate = cast.inboxes[dialogue.inbox], told["fate"] or ""
        yield DemoText(inbox, address_of(dialogue.who), at, told["who"], told["body"], fate)


def _beginning(cast: DemoTeam, begins: str) -> datetime:
    days, clock = begins.split()
    if clock.endswith("m"):
        return cast.now - timedelta(minutes=int(clock[:-1]))
    zone = ZoneInfo(cast.team.time_zone)
    day = cast.now.astimezone(zone).date() - timedelta(days=int(days))
    return datetime.combine(day, time.fromisoformat(clock), zone)


def address_of(who: str) -> str:
    return who if who.startswith("+") else story.number_of(who)


def _receive(cast: DemoTeam, text: DemoText) -> None:
    """As messaging.inbound does it, at the time of the text."""
    request = keywords.read_intent(text.body)
    asks = request is not KeywordIntent.NONE
    heard_in = Conversation.objects.insert_inbound(text.inbox, text.number, text.at, text.body, asks=asks)
    spoken = ConversationUpdate(*fetch(heard_in.statement, *heard_in.values)[0])
    message = _write(
        text,
        spoken.id,
        status=MessageStatus.RECEIVED,
        starts_conversation=spoken.starts_conversation,
        possible_opt_out=request is not KeywordIntent.STOP and keywords.may_be_opt_out(text.body),
    )
    if not asks:
        return
    lock_number(cast.team.id, text.number)
    heard = consent.apply_keyword(
        text.inbox,
        text.number,
        request,
        before=fetch_number_state(cast.team.id, text.number),
        now=text.at,
        at=text.at,
        words=text.body,
        message_id=message.id,
        carrier_answers=False,
    )
    if heard.reply:
        _answer(text, spoken.id, heard)


def _answer(text: DemoText, conversation: int, heard: KeywordOutcome) -> None:
    assert heard.reply
    ours = DemoText(
        text.inbox,
        text.number,
        text.at + timedelta(seconds=2),
        "",
        auto_replies.reply_text(text.inbox, heard.reply),
    )
    _write(
        ours,
        conversation,
        status=MessageStatus.DELIVERED,
        purpose=MessagePurpose.CONFIRMATION if heard.reply is AutoReply.STOP else MessagePurpose.ANSWER,
        event_id=heard.event.id if heard.event else None,
    )


def _send(cast: DemoTeam, text: DemoText) -> None:
    author = cast.members[text.who]
    error = {
        "failed": ("30003", "The phone could not be reached."),
        "undelivered": ("30005", "Unknown number."),
    }
    code, sentence = error.get(text.fate, ("", ""))
    refused = text.fate == MessageStatus.REFUSED
    spoken = Conversation.objects.record_outbound(
        text.inbox, text.number, text.at, text.body, refused=refused
    )
    never_left = {
        "reason": Refusal.OPTED_OUT,
        "attempts": 0,
        "claimed_at": None,
        "carrier_id": None,
        "segments": None,
    }
    _write(
        text,
        spoken.id,
        status=text.fate or MessageStatus.DELIVERED,
        starts_conversation=spoken.starts_conversation,
        waited_seconds=None if refused else spoken.waited_seconds(text.at),
        author_id=author.id,
        author_name=author.user.name,
        error_code=code,
        error=sentence,
        **(never_left if refused else {}),
    )


def _write(text: DemoText, conversation: int, **more: Any) -> Message:
    """The message, and the carrier's own record of it, which the Phone shows."""
    sid, inbound = new_sid(), text.who == "they"
    Contact.objects.ensure(text.inbox, text.number, text.at)
    if more["status"] in (MessageStatus.RECEIVED, MessageStatus.DELIVERED):
        SimulatedText.objects.create(
            team_id=text.inbox.team_id,
            inbox=text.inbox,
            number=text.number,
            from_handset=inbound,
            body=text.body,
            carrier_id=sid,
            at=text.at,
        )
    values = {
        "segments": -(-len(text.body) // 153),
        "carrier_id": sid,
        "attempts": 0 if inbound else 1,
        "claimed_at": None if inbound else text.at,
    }
    return Message.objects.create(
        team_id=text.inbox.team_id,
        conversation_id=conversation,
        inbox=text.inbox,
        number=text.number,
        outbound=not inbound,
        body=text.body,
        at=text.at,
        created_at=text.at,
        **values | more,
    )


def _close_and_mark_read(cast: DemoTeam, dialogue: story.Dialogue) -> None:
    """Open or closed, and read by those who have read it."""
    conversation = Conversation.objects.get(
        team_id=cast.team.id, inbox=cast.inboxes[dialogue.inbox], number=address_of(dialogue.who)
    )
    if dialogue.closed:
        Conversation.objects.filter(team_id=cast.team.id, id=conversation.id).update(closed=True)
    ReadMarker.objects.bulk_create(
        ReadMarker(team=cast.team, conversation=conversation, member=member, seen=conversation.inbound_count)
        for key, member in cast.members.items()
        if key not in dialogue.unread_by
    )
