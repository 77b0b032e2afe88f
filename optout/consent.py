"""The only writer of consent: every change of a number's standing and its line in the ledger, in one transaction.

Every function here takes the number's advisory lock first, and expects to run inside the scope of the team. Sends are
claimed under the same lock, so that a change and a claim have one order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, TextChoices

from accounts.models import Confirms, Inbox, Member
from optout.answers import Answer
from optout.keywords import Request
from optout.line import Change, Line, write, write_all
from optout.models import Action, ConsentEvent, Kind, Origin, Suppression
from optout.record import (
    MOST,
    Record,
    everywhere,
    lock,
    lock_key,
    lock_many,
    record,
    records,
    standing,
    standings,
)

__all__ = [
    "CARRIED_OVER",
    "MOST",
    "Actor",
    "CannotLift",
    "FreshConsent",
    "Heard",
    "Refusal",
    "Said",
    "block",
    "block_many",
    "carrier_answers",
    "carrier_refused",
    "carry_over",
    "everywhere",
    "hear",
    "history",
    "lift",
    "lift_ours_many",
    "lock",
    "lock_key",
    "lock_many",
    "only_the_person_lifts",
    "opt_out",
    "opt_out_many",
    "overtaken",
    "record",
    "refusal",
    "standing",
    "standings",
    "take_back_many",
    "unblock",
    "unblock_many",
]

# A confirmation leaves within five minutes of the opt-out or never (47 CFR 64.1200(a)(12)).
CONFIRM_WITHIN = timedelta(minutes=5)


class Refusal(TextChoices):
    """Why a text may not leave."""

    BLOCKED = "blocked", "This number is blocked."
    OPTED_OUT = "opted_out", "This number has opted out."
    OVERTAKEN = "overtaken", "Consent changed again before this answer left."
    TOO_LATE = "too_late", "The answer could not leave within five minutes of the opt-out."


# How the source of a line begins that repeats for one number what stood on another.
CARRIED_OVER = "carried over from"


class CannotLift(Exception):
    """An opt-out stands that this request may not lift; the message says what would."""


@dataclass(frozen=True)
class Actor:
    """Who among us does it: a member, an import or an API key, with the name as it is now."""

    origin: Origin
    name: str
    id: int | None = None

    @classmethod
    def of(cls, member: Member) -> "Actor":
        return cls(Origin.MEMBER, str(member), member.id)


@dataclass(frozen=True)
class FreshConsent:
    """Consent that an admin obtained and records: what the person said, where, and when."""

    words: str
    source: str
    obtained_at: datetime


@dataclass(frozen=True)
class Said:
    """One number's part of a list of opt-outs: when the person said so, and where, as the list has it."""

    number: str
    happened_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True)
class Heard:
    """What a text did to the standing of its number."""

    event: ConsentEvent | None = None
    answer: Answer | None = None


# -- questions ---------------------------------------------------------------------------------------------------


def refusal(
    team_id: int, inbox_id: int, number: str, now: datetime, confirms: int | None = None
) -> Refusal | None:
    """Why a text to a number may not be claimed at `now`, under the number's lock; None when it may.

    `confirms` names the opt-out event that this text confirms, the one exception from the standing: nothing may have
    changed since (a second STOP changes nothing), and it must be younger than five minutes.
    """
    here = standing(team_id, number, inbox_id)
    if here.blocked:
        return Refusal.BLOCKED
    if confirms is not None:
        newest = _newest(team_id, number, "(added <> '[]' OR lifted <> '[]')")
        if newest is None or newest.id != confirms:
            return Refusal.OVERTAKEN
        return Refusal.TOO_LATE if now > newest.happened_at + CONFIRM_WITHIN else None
    return None if here.may_text else Refusal.OPTED_OUT


# -- what the person says ----------------------------------------------------------------------------------------


def hear(
    inbox: Inbox,
    number: str,
    request: Request,
    *,
    before: Record,
    now: datetime,
    at: datetime,
    words: str,
    message_id: int,
    carrier_answers: bool,
) -> Heard:
    """Act on the request of a text that was sent `at`, under the number's lock taken at `now`.

    `before` is what record() found under that lock.
    STOP counts however late it is found. START and UNSTOP lift every opt-out, YES only when one of the person's own
    stands; an opt-in older than the newest line of the ledger came too late and changes nothing. No text lifts a block.
    The answer is None when none is due: the carrier gives it, the number is blocked, or nothing changed.
    """
    standing = before.standing
    text = Line(inbox.team_id, number, Origin.CONTACT, before, at, inbox, words, message_id)
    here = standing.in_inbox(inbox.id)
    match request:
        case Request.STOP:
            event = write(text.suppression(Kind.OPT_OUT))
            due = here.may_text and now <= at + CONFIRM_WITHIN
            answer = Answer.STOP
        case Request.START | Request.YES:
            if (request is Request.YES and not standing.persons_own) or _came_too_late(
                inbox.team_id, number, at
            ):
                return Heard()
            event = write(text.lifting(standing.opt_outs, Action.OPTED_IN))
            due = bool(standing.opt_outs) and not here.blocked
            answer = Answer.START
        case Request.HELP:
            return Heard(answer=Answer.HELP if here.may_text and not carrier_answers else None)
        case _:
            return Heard()
    return Heard(event, answer if due and not carrier_answers else None)


def carrier_answers(inbox: Inbox, *, reacted: bool) -> bool:
    """Whether the carrier answers a keyword itself: the inbox says so, and it reacted to this very text."""
    return inbox.confirms == Confirms.CARRIER and reacted


def carrier_refused(
    inbox: Inbox, number: str, *, claimed_at: datetime, message_id: int, reason: str
) -> ConsentEvent | None:
    """Act on the carrier's word that the person opted out there (Twilio's error 21610, and its kin).

    It counts only for a send that was claimed after the newest opt-in. With no opt-in on record it is a STOP that we
    missed and holds in all inboxes; with one, the carrier's list of this one inbox differs from ours. None when it
    tells nothing new.
    """
    now = lock(inbox.team_id, number)
    before = record(inbox.team_id, number)
    opt_in = _newest_opt_in(inbox.team_id, number)
    if opt_in and claimed_at < opt_in.recorded_at:
        return None
    if before.standing.in_inbox(inbox.id if opt_in else None).persons_own:
        return None
    line = Line(
        inbox.team_id, number, Origin.CARRIER, before, now, inbox, message_id=message_id, reason=reason
    )
    return write(line.suppression(Kind.OPT_OUT, only_in=inbox if opt_in else None))


# -- what we record ----------------------------------------------------------------------------------------------


def opt_out(
    team_id: int, number: str, actor: Actor, *, reason: str, happened_at: datetime | None = None
) -> ConsentEvent | None:
    """Record that a number must not be texted, in all inboxes; None when this origin has said so already."""
    line = _by_us(team_id, number, actor, reason)
    line.at = min(happened_at or line.at, line.at)
    return _one(_suppress(line, Kind.OPT_OUT))


def block(team_id: int, number: str, actor: Actor, *, reason: str = "") -> ConsentEvent | None:
    """Neither receive from a number nor send to it; None when this origin has said so already."""
    return _one(_suppress(_by_us(team_id, number, actor, reason), Kind.BLOCK))


def unblock(team_id: int, number: str, actor: Actor, *, reason: str = "") -> ConsentEvent | None:
    """Lift every block; the opt-outs that stand go on standing. None when there was none."""
    return _one(_unblock(_by_us(team_id, number, actor, reason)))


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
    line = _by_us(team_id, number, actor, reason)
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
        _check(consent, _last_opt_out_at(team_id, number), line.before.now)
        line.words, line.source, line.obtained_at = consent.words, consent.source, consent.obtained_at
    return write(line.lifting(rows, Action.OPTED_IN))


def only_the_person_lifts(row: Suppression) -> bool:
    """A carrier's list for one inbox is not ours to change: it goes on refusing until the person texts START there."""
    return row.origin == Origin.CARRIER and row.inbox_id is not None


def _check(consent: FreshConsent, last_opt_out: datetime | None, now: datetime) -> None:
    if not consent.words.strip() or not consent.source.strip():
        raise CannotLift("Record what the person said and where they said it.")
    if consent.obtained_at > now:
        raise CannotLift("Consent cannot have been given in the future. Check the date and time.")
    if last_opt_out and consent.obtained_at <= last_opt_out:
        raise CannotLift("That consent is older than their opt-out. Only consent given after it counts.")


# -- what we record of many ---------------------------------------------------------------------------------------
# Each locks all of its numbers at once, so a transaction calls one of these, and once.


def opt_out_many(
    team_id: int, said: Iterable[Said | str], actor: Actor, *, reason: str
) -> list[ConsentEvent]:
    """Record opt-outs of up to MOST numbers, in all inboxes; the lines of those that were new.

    A number counts once, by its newest time. What somebody said before an opt-in that we have on record is overtaken,
    and left alone; what has no time counts as said now.
    """
    by_number: dict[str, Said] = {}
    for one in (Said(one) if isinstance(one, str) else one for one in said):
        other = by_number.setdefault(one.number, one)
        if other.happened_at and (one.happened_at is None or one.happened_at > other.happened_at):
            by_number[one.number] = one
    lock_many(
        team_id, by_number
    )  # before looking: an opt-in that comes meanwhile waits, and is the newer word
    late = overtaken(team_id, by_number.values())
    wanted = [one for number, one in by_number.items() if number not in late]

    def change(line: Line) -> Change | None:
        line.source = by_number[line.number].source
        line.at = min(by_number[line.number].happened_at or line.at, line.at)
        return _suppress(line, Kind.OPT_OUT)

    return _many(team_id, [one.number for one in wanted], actor, reason, change)


def overtaken(team_id: int, said: Iterable[Said]) -> set[str]:
    """Of dated opt-outs, the numbers whose owner opted in later: by text, or as an admin recorded it."""
    dated = {one.number: one.happened_at for one in said if one.happened_at}
    opt_ins = ConsentEvent.objects.filter(
        team_id=team_id, number__in=list(dated), action=Action.OPTED_IN
    ).only("number", "action", "origin", "obtained_at", "happened_at")
    return {
        event.number
        for event in opt_ins
        if event.is_opt_in and (event.obtained_at or event.happened_at) > dated[event.number]
    }


def block_many(team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str = "") -> list[ConsentEvent]:
    """Block up to MOST numbers; the lines of those that were new."""
    return _many(team_id, numbers, actor, reason, lambda line: _suppress(line, Kind.BLOCK))


def unblock_many(
    team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str = ""
) -> list[ConsentEvent]:
    """Lift the blocks of up to MOST numbers; their opt-outs go on standing."""
    return _many(team_id, numbers, actor, reason, _unblock)


def lift_ours_many(team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str) -> list[ConsentEvent]:
    """Lift what we recorded about up to MOST numbers; where one of the person's own stands, nothing is lifted."""
    if not reason.strip():
        raise CannotLift("Say why the opt-outs are lifted.")
    return _many(team_id, numbers, actor, reason, _lift_ours)


def take_back_many(
    team_id: int, events: Iterable[ConsentEvent], actor: Actor, *, reason: str, lift: bool
) -> list[ConsentEvent]:
    """Take back what these lines, of up to MOST numbers and one of each, did to their opt-outs; the lines of that.

    What one of them lifted is put back, unless anything was said about the number's opt-outs since: by the person, or
    by anybody here. What one of them recorded is lifted only with `lift`, never where one of the person's own stands,
    and whatever else stands there goes on standing.
    """
    by_number = {event.number: event for event in events}
    lock_many(team_id, by_number)
    spoken = spoken_since(team_id, by_number.values())

    def change(line: Line) -> Change | None:
        event = by_number[line.number]
        if event.action == Action.OPTED_IN:
            return None if line.number in spoken else _suppress(line, Kind.OPT_OUT)
        opt_outs = line.before.standing.opt_outs
        recorded = [row for row in opt_outs if row.event_id == event.id]
        if not lift or not recorded or any(row.persons_own for row in opt_outs):
            return None
        return line.lifting(recorded, Action.OPTED_IN)

    return _many(team_id, by_number, actor, reason, change)


def spoken_since(team_id: int, events: Iterable[ConsentEvent]) -> set[str]:
    """The numbers about whose opt-outs the ledger has a line that is newer than the one given."""
    positions = {event.number: event.position for event in events}
    lines = ConsentEvent.objects.filter(
        team_id=team_id, number__in=list(positions), action__in=(Action.OPTED_OUT, Action.OPTED_IN)
    ).values_list("number", "position")
    return {number for number, position in lines if position > positions[number]}


def carry_over(team_id: int, source: str, target: str, actor: Actor, *, reason: str) -> list[ConsentEvent]:
    """Have everything that stands on `source` stand on `target` too, as strict as it is; `source` keeps its own.

    For a contact whose number changed, and for two that are merged into one. Each line says who carried it over.
    """
    now = lock_many(team_id, [source, target])
    events = []
    for row in everywhere(team_id, source).rows:
        before = record(team_id, target)
        only_in = Inbox.objects.get(team_id=team_id, id=row.inbox_id) if row.inbox_id else None
        line = Line(
            team_id, target, Origin(row.origin), before, now, only_in,
            reason=reason, source=f"{CARRIED_OVER} {source}", actor_id=actor.id, actor_name=actor.name,
        )  # fmt: skip
        if not any(other.name == row.name for other in before.standing.rows):
            events.append(write(line.suppression(Kind(row.kind), only_in)))
    return events


def _many(
    team_id: int,
    numbers: Iterable[str],
    actor: Actor,
    reason: str,
    change: Callable[[Line], Change | None],
) -> list[ConsentEvent]:
    wanted = list(dict.fromkeys(numbers))
    now = lock_many(team_id, wanted)
    lines = (
        _line(team_id, number, actor, reason, before)
        for number, before in records(team_id, wanted, now).items()
    )
    return write_all(team_id, [made for line in lines if (made := change(line))])


def _by_us(team_id: int, number: str, actor: Actor, reason: str) -> Line:
    lock(team_id, number)
    return _line(team_id, number, actor, reason, record(team_id, number))


def _line(team_id: int, number: str, actor: Actor, reason: str, before: Record) -> Line:
    return Line(
        team_id, number, actor.origin, before, before.now,
        reason=reason, actor_id=actor.id, actor_name=actor.name,
    )  # fmt: skip


def _suppress(line: Line, kind: Kind) -> Change | None:
    said = any((row.kind, row.origin, row.inbox_id) == (kind, line.origin, None) for row in line.stands)
    return None if said else line.suppression(kind)


def _unblock(line: Line) -> Change | None:
    blocks = [row for row in line.stands if row.kind == Kind.BLOCK]
    return line.lifting(blocks, Action.UNBLOCKED) if blocks else None


def _lift_ours(line: Line) -> Change | None:
    rows = [row for row in line.before.standing.opt_outs if not only_the_person_lifts(row)]
    if not rows or any(row.persons_own for row in rows):
        return None
    return line.lifting(rows, Action.OPTED_IN)


def _one(change: Change | None) -> ConsentEvent | None:
    return write(change) if change else None


# -- the ledger --------------------------------------------------------------------------------------------------


def history(team_id: int, number: str) -> list[ConsentEvent]:
    """Every line of the ledger about a number, newest first."""
    return list(ConsentEvent.objects.filter(team_id=team_id, number=number).order_by("-position"))


def _newest(team_id: int, number: str, which: str = "true") -> ConsentEvent | None:
    where = f"team_id = $1 AND number = $2 AND {which} ORDER BY position DESC LIMIT 1"
    found = ConsentEvent.read(where, team_id, number)
    return found[0] if found else None


def _came_too_late(team_id: int, number: str, at: datetime) -> bool:
    """Whether something happened after `at`. A late-found STOP is the last line, but not the newest word."""
    return ConsentEvent.objects.filter(team_id=team_id, number=number, happened_at__gt=at).exists()


def _newest_opt_in(team_id: int, number: str) -> ConsentEvent | None:
    events = ConsentEvent.objects.filter(team_id=team_id, number=number, action=Action.OPTED_IN)
    return next((event for event in events.order_by("-position") if event.is_opt_in), None)


def _last_opt_out_at(team_id: int, number: str) -> datetime | None:
    events = ConsentEvent.objects.filter(team_id=team_id, number=number, action=Action.OPTED_OUT)
    return events.aggregate(last=Max("happened_at"))["last"]
