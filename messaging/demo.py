"""Writes the demo: two invented businesses with a past of three weeks, told through the product's own stories."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from accounts import doors
from accounts.models import (
    ApiKey,
    Carrier,
    Confirms,
    Inbox,
    KeyKind,
    Member,
    Role,
    Scope,
    Seat,
    Team,
    User,
    hash_token,
)  # fmt: skip
from accounts.statements import ask
from accounts.tenancy import scope
from contacts.defining import define
from contacts.fields import Kind, read
from contacts.filling import fill
from contacts.models import Contact, ContactList, ListEntry, MoveIn, Tag, Tagging
from contacts.models.run import State
from messaging import demo_story as story
from messaging.carriers.simulator import new_sid
from messaging.models import Conversation, Message, Purpose, Reading, SimulatedText, Spoken, Status
from optout import answers, consent, keywords
from optout.answers import Answer
from optout.consent import Actor, Refusal, Said
from optout.keywords import Request
from optout.models import Origin

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LINE = re.compile(
    r"(?P<who>\w+)(?:, (?P<pause>\d+)(?P<unit>[mhd]))?: (?P<body>.*?)(?: \[(?P<fate>\w+)\])?", re.DOTALL
)
_USUAL_PAUSES = (4, 2, 7, 3, 11, 5)  # minutes


def seed() -> bool:
    """Write the demo unless it is there; whether it was written. All of it or nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # two at once would both find it missing
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('heymarket demo'))")
        if story.SLUG in doors.teams():
            return False
        _bicycles(timezone.now())
        _dentist(timezone.now())
    return True


def _bicycles(now: datetime) -> None:
    users = {key: _person(name, email) for key, (name, email, _, _) in story.PEOPLE.items()}
    team = Team.objects.found(story.NAME, users["ruth"], time_zone="America/Los_Angeles")
    with scope(team.id):
        inboxes = _inboxes(team, story.INBOXES, now)
        members = {key: _member(team, users[key], *place[2:], inboxes) for key, place in story.PEOPLE.items()}
        _contacts(team, story.CUSTOMERS, now)
        _dialogues(Cast(team, members, inboxes, now), story.DIALOGUES)
        _moved_in(team, members[story.MOVED_IN_BY], now)
        _recorded(team, members, now)
        _keys(team, members["ruth"])
        _labels(team)
        _fields(team, story.FIELDS, now)


def _dentist(now: datetime) -> None:
    key, name, email = story.OTHER_OWNER
    user = _person(name, email)
    team = Team.objects.found(story.OTHER_NAME, user, time_zone="America/Los_Angeles")
    with scope(team.id):
        inboxes = _inboxes(team, story.OTHER_INBOXES, now)
        members = {key: _member(team, user, Role.OWNER, (), inboxes)}
        _contacts(team, [dialogue.who for dialogue in story.OTHER_DIALOGUES], now)
        _dialogues(Cast(team, members, inboxes, now), story.OTHER_DIALOGUES)
        _fields(team, story.OTHER_FIELDS, now)


# -- who plays ---------------------------------------------------------------------------------------------------


@cache
def _hashed_password() -> str:
    """Slow by design, so once for everybody."""
    return make_password(story.PASSWORD)


def _person(name: str, email: str) -> User:
    user = User.objects.create(email=email, name=name, password=_hashed_password())
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def _inboxes(team: Team, wanted: dict[str, tuple[str, str, str]], now: datetime) -> dict[str, Inbox]:
    return {
        name: Inbox.objects.create(
            team=team,
            name=name,
            number=number,
            carrier=Carrier.SIMULATOR,
            account_id=account_id,
            auth_tokens=[token],
            confirms=Confirms.WE,
            fetched_until=now,
        )
        for name, (number, account_id, token) in wanted.items()
    }


def _member(team: Team, user: User, role: str, seats: Iterable[str], inboxes: dict[str, Inbox]) -> Member:
    member, _ = Member.objects.get_or_create(team=team, user=user, defaults={"role": role})
    for name in seats:
        Seat.objects.create(team=team, inbox=inboxes[name], member=member)
    member.user = user
    return member


def _contacts(team: Team, names: Iterable[str], now: datetime) -> None:
    since = now - timedelta(days=22)
    Contact.objects.bulk_create(
        Contact(
            team=team,
            number=story.number_of(name),
            first_name=name.split()[0],
            last_name=" ".join(name.split()[1:]),
            created_at=since,
            # Every third gave an address too.
            email=f"{name.split()[0].lower()}@mail.example" if place % 3 == 0 and name.isascii() else "",
        )
        for place, name in enumerate(names)
    )


# -- what was said -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cast:
    team: Team
    members: dict[str, Member]
    inboxes: dict[str, Inbox]
    now: datetime


@dataclass(frozen=True)
class Text:
    """One text of the past."""

    inbox: Inbox
    number: str
    at: datetime
    who: str  # "they", or the key of a member
    body: str
    fate: str = ""


def _dialogues(cast: Cast, dialogues: Iterable[story.Dialogue]) -> None:
    texts = [text for dialogue in dialogues for text in _texts(cast, dialogue)]
    for text in sorted(texts, key=lambda text: text.at):  # one after the other, as it happened
        _hear(cast, text) if text.who == "they" else _say(cast, text)
    for dialogue in dialogues:
        _leave(cast, dialogue)
    for inbox in cast.inboxes.values():
        Inbox.objects.filter(team_id=cast.team.id, id=inbox.id).update(
            last_webhook_at=max(text.at for text in texts if text.inbox is inbox and text.who == "they")
        )


def _texts(cast: Cast, dialogue: story.Dialogue) -> Iterator[Text]:
    at = _beginning(cast, dialogue.begins)
    for place, line in enumerate(dialogue.lines):
        told = _LINE.fullmatch(line)
        assert told, line
        if told["pause"]:
            at += timedelta(**{_UNITS[told["unit"]]: int(told["pause"])})
        elif place:
            at += timedelta(minutes=_USUAL_PAUSES[place % len(_USUAL_PAUSES)], seconds=17 * place % 60)
        at = min(at, cast.now - timedelta(seconds=60 - place))
        inbox, fate = cast.inboxes[dialogue.inbox], told["fate"] or ""
        yield Text(inbox, _number(dialogue.who), at, told["who"], told["body"], fate)


def _beginning(cast: Cast, begins: str) -> datetime:
    days, clock = begins.split()
    if clock.endswith("m"):
        return cast.now - timedelta(minutes=int(clock[:-1]))
    zone = ZoneInfo(cast.team.time_zone)
    day = cast.now.astimezone(zone).date() - timedelta(days=int(days))
    return datetime.combine(day, time.fromisoformat(clock), zone)


def _number(who: str) -> str:
    return who if who.startswith("+") else story.number_of(who)


def _hear(cast: Cast, text: Text) -> None:
    """As messaging.inbound does it, at the time of the text."""
    request = keywords.read(text.body)
    asks = request is not Request.NONE
    heard_in = Conversation.objects.heard(text.inbox, text.number, text.at, text.body, asks=asks)
    spoken = Spoken(*ask(heard_in.statement, *heard_in.values)[0])
    message = _write(
        text,
        spoken.id,
        status=Status.RECEIVED,
        begins=spoken.begins,
        possible_opt_out=request is not Request.STOP and keywords.may_be_opt_out(text.body),
    )
    if not asks:
        return
    consent.lock(cast.team.id, text.number)
    heard = consent.hear(
        text.inbox,
        text.number,
        request,
        before=consent.record(cast.team.id, text.number),
        now=text.at,
        at=text.at,
        words=text.body,
        message_id=message.id,
        carrier_answers=False,
    )
    if heard.answer:
        _answer(text, spoken.id, heard)


def _answer(text: Text, conversation: int, heard: consent.Heard) -> None:
    assert heard.answer
    ours = Text(
        text.inbox,
        text.number,
        text.at + timedelta(seconds=2),
        "",
        answers.wording(text.inbox, heard.answer),
    )
    _write(
        ours,
        conversation,
        status=Status.DELIVERED,
        purpose=Purpose.CONFIRMATION if heard.answer is Answer.STOP else Purpose.ANSWER,
        event_id=heard.event.id if heard.event else None,
    )


def _say(cast: Cast, text: Text) -> None:
    author = cast.members[text.who]
    error = {
        "failed": ("30003", "The phone could not be reached."),
        "undelivered": ("30005", "Unknown number."),
    }
    code, sentence = error.get(text.fate, ("", ""))
    refused = text.fate == Status.REFUSED
    spoken = Conversation.objects.spoke(text.inbox, text.number, text.at, text.body, refused=refused)
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
        status=text.fate or Status.DELIVERED,
        begins=spoken.begins,
        waited=None if refused else spoken.waited(text.at),
        author_id=author.id,
        author_name=author.user.name,
        error_code=code,
        error=sentence,
        **(never_left if refused else {}),
    )


def _write(text: Text, conversation: int, **more: Any) -> Message:
    """The message, and the carrier's own record of it, which the Phone shows."""
    sid, inbound = new_sid(), text.who == "they"
    Contact.objects.know(text.inbox, text.number, text.at)
    if more["status"] in (Status.RECEIVED, Status.DELIVERED):
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


def _leave(cast: Cast, dialogue: story.Dialogue) -> None:
    """Open or closed, and read by those who have read it."""
    conversation = Conversation.objects.get(
        team_id=cast.team.id, inbox=cast.inboxes[dialogue.inbox], number=_number(dialogue.who)
    )
    if dialogue.closed:
        Conversation.objects.filter(team_id=cast.team.id, id=conversation.id).update(closed=True)
    Reading.objects.bulk_create(
        Reading(team=cast.team, conversation=conversation, member=member, seen=conversation.inbound_count)
        for key, member in cast.members.items()
        if key not in dialogue.unread_by
    )


# -- what we recorded --------------------------------------------------------------------------------------------


def _recorded(team: Team, members: dict[str, Member], now: datetime) -> None:
    for customer, who, reason, days in story.OPTED_OUT_BY_STAFF:
        at = _after_the_last_text(team, customer) or now - timedelta(days=days)
        consent.opt_out(team.id, _number(customer), _by(members[who]), reason=reason, happened_at=at)
    for customer, file, days in story.IMPORTED:
        at = now - timedelta(days=days)
        consent.opt_out(team.id, _number(customer), Actor(Origin.IMPORT, file), reason="", happened_at=at)
    for number, who, reason in story.BLOCKED:
        consent.block(team.id, number, _by(members[who]), reason=reason)


def _moved_in(team: Team, by: Member, now: datetime) -> None:
    at = now - timedelta(days=story.MOVED_IN_DAYS)
    said = [
        Said(_number(who), at - timedelta(days=days), f"{story.FORMER_VENDOR}{how and f': {how}'}")
        for who, days, how in story.MOVED_IN
    ]
    run = MoveIn(
        team=team, source=story.FORMER_VENDOR, country=team.country, file_name="opt-outs.csv", state=State.DONE,
        counts={"recorded": len(said)}, created_at=at, started_at=at, ended_at=at,
    )  # fmt: skip
    run.sign(by)
    run.save()
    consent.opt_out_many(team.id, said, Actor(Origin.MOVED_IN, run.by_name, by.id), reason="")


def _keys(team: Team, by: Member) -> None:
    """The keys of two programs, which everybody may know."""
    made = {"team": team, "scopes": sorted(Scope), "made_by": str(by)}
    ApiKey.objects.create(name="CRM", key_id=story.API_KEY_ID, secret_hash=hash_token(story.API_KEY), **made)
    ApiKey.objects.create(
        name="Web shop", key_id=story.SECRET_ID, kind=KeyKind.SIGNING, signing_secret=story.SECRET_KEY, **made
    )


def _labels(team: Team) -> None:
    for name, who in story.LISTS.items():
        kind = ContactList.objects.create(team=team, name=name)
        ListEntry.objects.bulk_create(
            ListEntry(team=team, list=kind, contact=contact) for contact in _of(team, who)
        )
    for name, who in story.TAGS.items():
        tag = Tag.objects.create(team=team, name=name)
        Tagging.objects.bulk_create(
            Tagging(team=team, tag=tag, contact=contact) for contact in _of(team, who)
        )


def _fields(team: Team, wanted: Iterable[story.Own], now: datetime) -> None:
    for own in wanted:
        field = define(team, own.name, Kind(own.kind), own.options)
        for customer, words in own.says.items():
            days = own.kind == Kind.DATE and (now + timedelta(days=int(words))).date().isoformat()
            contact = Contact.objects.get(team=team, number=story.number_of(customer))
            fill(contact, {field.key: read(field, days or words, team.country)})


def _of(team: Team, customers: Iterable[str]) -> Iterable[Contact]:
    return Contact.objects.filter(team_id=team.id, number__in=[story.number_of(name) for name in customers])


def _by(member: Member) -> Actor:
    return Actor(Origin.MEMBER, member.user.name, member.id)


def _after_the_last_text(team: Team, customer: str) -> datetime | None:
    newest = Message.objects.filter(team_id=team.id, number=_number(customer)).order_by("-at").first()
    return newest.at + timedelta(minutes=1) if newest else None
