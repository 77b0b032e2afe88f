"""Holding of texts until the recipient's sending hours begin: what is read for a number, and what a held text keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Team
from contacts.contact.models import Contact
from messaging.models import Message, MessageStatus
from messaging.sending_hours.hours import SendingHold, TeamHours, find_hold, limit_at
from messaging.sending_hours.places import Place
from messaging.sending_hours.team_hours import places_of, team_hours

REPLY_WITHIN = timedelta(hours=24)  # of a person's text; an answer in this time is sent at any hour
LIMIT_WITHIN = timedelta(hours=24)
LONGEST_RECORD = 300  # characters of all holds of a text
_LONGEST_WAIT = timedelta(days=9)  # from a text's creation to its claim: the longest hold, and its retries
_NOT_SENT = (MessageStatus.REFUSED, MessageStatus.FAILED)


@dataclass(frozen=True)
class HoldQuestion:
    """A text that is to be sent to a number. `answers_in`: the inbox in which it may be a reply to the person."""

    team: Team
    number: str
    marketing: bool = False
    answers_in: int | None = None
    custom: Mapping[str, Any] | None = None  # the contact's custom values, if they are known

    @property
    def places(self) -> tuple[Place, ...]:
        custom = self.custom if self.custom is not None else custom_values(self.team.id, self.number)
        return places_of(self.team, self.number, custom)


def hold_of(question: HoldQuestion, at: datetime) -> SendingHold | None:
    """Why a text may not be claimed at a moment, and when it may. None if it may; a reply always may."""
    team, number, places = question.team, question.number, question.places
    hold = _holds(team, {number: places}, at, marketing=question.marketing).get(number)
    return None if hold is None or (question.answers_in and wrote_lately(question, at)) else hold


def holds_of(
    team: Team, customs: Mapping[str, Mapping[str, Any]], at: datetime, *, marketing: bool
) -> dict[str, SendingHold]:
    """The holds of texts to many numbers, in one statement; no entry for a number that may be texted.

    `customs` has the custom values of the contact of each number, empty without a contact. These texts are no replies.
    Ask under the locks of the numbers, if laws that count texts are to hold.
    """
    places = {number: places_of(team, number, custom) for number, custom in customs.items()}
    return _holds(team, places, at, marketing=marketing)


def _holds(
    team: Team, places: Mapping[str, tuple[Place, ...]], at: datetime, *, marketing: bool
) -> dict[str, SendingHold]:
    hours = team_hours(team)
    holds = {number: hold for number, where in places.items() if (hold := find_hold(where, hours, at))}
    if marketing:
        allowed = {number: where for number, where in places.items() if number not in holds}
        holds |= _holds_by_limit(team, hours, allowed, at)
    return holds


def custom_values(team_id: int, number: str) -> Mapping[str, Any]:
    rows = Contact.objects.filter(team_id=team_id, number=number)
    return rows.values_list("custom", flat=True).first() or {}


def wrote_lately(question: HoldQuestion, at: datetime) -> bool:
    """Whether the person wrote to the inbox within the last day, so that a text to them is a reply."""
    found: bool = texts_lately(question, at).exists()
    return found


def texts_lately(question: HoldQuestion, at: datetime) -> QuerySet[Message]:
    """The person's texts of the last day to the inbox."""
    texts = Message.objects.filter(
        team_id=question.team.id,
        conversation__team_id=question.team.id,
        conversation__number=question.number,
        conversation__inbox_id=question.answers_in or 0,
    )
    return texts.filter(outbound=False, at__gt=at - REPLY_WITHIN)


def _holds_by_limit(
    team: Team, hours: TeamHours, places: Mapping[str, tuple[Place, ...]], at: datetime
) -> dict[str, SendingHold]:
    """The numbers that had as many marketing texts within a day as a law allows, and when each may have the next."""
    limits = {number: limit for number, where in places.items() if (limit := limit_at(where, hours, at))}
    holds = {}
    for number, times in _marketing_times(team.id, list(limits), at).items():
        limit = limits[number]
        if len(times) >= limit.texts:
            free = times[limit.texts - 1] + LIMIT_WITHIN
            later = find_hold(places[number], hours, free)
            holds[number] = SendingHold(later.until if later else free, limit.reason)
    return holds


def _marketing_times(team_id: int, numbers: list[str], at: datetime) -> dict[str, list[datetime]]:
    """When each number was sent marketing within the last day, newest first."""
    times: dict[str, list[datetime]] = {}
    if not numbers:
        return times
    sent = Message.objects.filter(
        team_id=team_id, number__in=numbers, marketing=True, at__gt=at - _LONGEST_WAIT
    )
    claimed = sent.filter(claimed_at__gt=at - LIMIT_WITHIN).exclude(status__in=_NOT_SENT)
    for number, claimed_at in claimed.order_by("-claimed_at").values_list("number", "claimed_at"):
        if claimed_at:
            times.setdefault(number, []).append(claimed_at)
    return times


# -- what a held text keeps ---------------------------------------------------------------------------------------


def hold_message(message: Message, now: datetime) -> SendingHold | None:
    """Let a text of the queue wait until it may be sent; the changes are not saved. None if it may be sent now."""
    if not (message.within_hours or message.broadcast_id):
        return None
    answers_in = None if message.broadcast_id else message.inbox_id
    hold = hold_of(HoldQuestion(message.inbox.team, message.number, message.marketing, answers_in), now)
    if hold:
        message.due_at = message.held_until = hold.until
        message.held = add_to_record(message.held, hold, now)
    return hold


def add_to_record(record: str, hold: SendingHold, since: datetime) -> str:
    """The holds of a text in words, with one more: held 9 h: Texas, Sunday before 12 PM."""
    sentence = hold.sentence(since)
    return f"{record}; {sentence}"[-LONGEST_RECORD:] if record else sentence[:LONGEST_RECORD]


def hold_for_writer(
    team: Team, inbox_id: int | None, number: str, custom: Mapping[str, Any]
) -> SendingHold | None:
    """What a member should know who writes to a number now: None within the hours, or if the person wrote lately."""
    return hold_of(HoldQuestion(team, number, answers_in=inbox_id, custom=custom), timezone.now())
