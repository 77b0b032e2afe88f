"""The only writer of consent: every change of a number's standing and its line in the ledger, in one transaction.

Every function here takes the number's advisory lock first, and expects to run inside the scope of the team. Sends are
claimed under the same lock, so that a change and a claim have one order.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Max, TextChoices

from accounts.models import Confirms, Inbox
from accounts.statements import IdOf, Write, ask, from_row, together
from optout.answers import Answer
from optout.keywords import Request
from optout.models import Action, ConsentEvent, Kind, Origin, Standing, Suppression

# A confirmation leaves within five minutes of the opt-out or never (47 CFR 64.1200(a)(12)).
CONFIRM_WITHIN = timedelta(minutes=5)


class Refusal(TextChoices):
    """Why a text may not leave."""

    BLOCKED = "blocked", "This number is blocked."
    OPTED_OUT = "opted_out", "This number has opted out."
    OVERTAKEN = "overtaken", "Consent changed again before this answer left."
    TOO_LATE = "too_late", "The answer could not leave within five minutes of the opt-out."


class CannotLift(Exception):
    """An opt-out stands that this request may not lift; the message says what would."""


@dataclass(frozen=True)
class Actor:
    """Who among us does it: a member, an import or an API key, with the name as it is now."""

    origin: Origin
    name: str
    id: int | None = None


@dataclass(frozen=True)
class FreshConsent:
    """Consent that an admin obtained and records: what the person said, where, and when."""

    words: str
    source: str
    obtained_at: datetime


class Newest(NamedTuple):
    """What is needed of a number's newest line in the ledger, to write the one after it."""

    position: int
    hash: str


@dataclass(frozen=True)
class Record:
    """What is known about a number at one moment of the database's clock; in whichever inbox."""

    now: datetime
    standing: Standing
    newest: Newest | None


@dataclass(frozen=True)
class Heard:
    """What a text did to the standing of its number."""

    event: ConsentEvent | None = None
    answer: Answer | None = None


# -- questions ---------------------------------------------------------------------------------------------------


def standing(team_id: int, number: str, inbox_id: int | None = None) -> Standing:
    """The standing of a number in one inbox; without one, what holds in all of them."""
    return everywhere(team_id, number).in_inbox(inbox_id)


def everywhere(team_id: int, number: str) -> Standing:
    """Every row about a number, in whichever inbox."""
    return Standing.of(number, Suppression.read("team_id = $1 AND number = $2", team_id, number))


def record(team_id: int, number: str) -> Record:
    """Every row about a number with its newest line, in one round trip; under its lock this is what a change needs."""
    rows = ask(_record_statement(), team_id, number)
    fields = Suppression._meta.concrete_fields
    standing = Standing.of(
        number, (from_row(Suppression, fields, row[3:]) for row in rows if row[3] is not None)
    )
    now, position, hash = rows[0][:3]
    return Record(now, standing, Newest(position, hash) if position else None)


@cache
def _record_statement() -> str:
    columns = ", ".join(f"s.{field.column}" for field in Suppression._meta.concrete_fields)
    return (
        f"SELECT clock_timestamp(), e.position, e.hash, {columns} FROM (SELECT 1) AS one"
        " LEFT JOIN LATERAL (SELECT position, hash FROM optout_consentevent"
        " WHERE team_id = $1 AND number = $2 ORDER BY position DESC LIMIT 1) AS e ON true"
        " LEFT JOIN optout_suppression AS s ON s.team_id = $1 AND s.number = $2"
    )


def history(team_id: int, number: str) -> list[ConsentEvent]:
    """Every line of the ledger about a number, newest first."""
    return list(ConsentEvent.objects.filter(team_id=team_id, number=number).order_by("-position"))


def lock_key(team_id: int, number: str) -> int:
    """The 64-bit key of a number's advisory lock. Who takes several takes them in the order of their keys."""
    digest = hashlib.blake2b(f"{team_id} {number}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def lock(team_id: int, number: str) -> datetime:
    """Take the number's lock until the transaction ends; returns the database's time once it is ours."""
    ((now,),) = ask(
        "SELECT clock_timestamp() FROM (SELECT pg_advisory_xact_lock($1::bigint) OFFSET 0) AS taken",
        lock_key(team_id, number),
    )
    return now


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
    text = _Line(
        inbox.team_id, number, Origin.CONTACT, standing, before.newest, now, at, inbox, words, message_id
    )
    here = standing.in_inbox(inbox.id)
    match request:
        case Request.STOP:
            event = text.suppress(Kind.OPT_OUT)
            due = here.may_text and now <= at + CONFIRM_WITHIN
            answer = Answer.STOP
        case Request.START | Request.YES:
            if (request is Request.YES and not standing.persons_own) or _came_too_late(
                inbox.team_id, number, at
            ):
                return Heard()
            event = text.lift(standing.opt_outs, Action.OPTED_IN)
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
    line = _Line(
        inbox.team_id, number, Origin.CARRIER, before.standing, before.newest, now, now, inbox,
        message_id=message_id, reason=reason,
    )  # fmt: skip
    return line.suppress(Kind.OPT_OUT, only_in=inbox if opt_in else None)


# -- what we record ----------------------------------------------------------------------------------------------


def opt_out(
    team_id: int, number: str, actor: Actor, *, reason: str, happened_at: datetime | None = None
) -> ConsentEvent | None:
    """Record that a number must not be texted, in all inboxes; None when this origin has said so already."""
    return _suppress(team_id, number, actor, Kind.OPT_OUT, reason, happened_at)


def block(team_id: int, number: str, actor: Actor, *, reason: str = "") -> ConsentEvent | None:
    """Neither receive from a number nor send to it; None when this origin has said so already."""
    return _suppress(team_id, number, actor, Kind.BLOCK, reason, None)


def unblock(team_id: int, number: str, actor: Actor, *, reason: str = "") -> ConsentEvent | None:
    """Lift every block; the opt-outs that stand go on standing. None when there was none."""
    line = _by_us(team_id, number, actor, reason)
    blocks = [row for row in line.before.rows if row.kind == Kind.BLOCK]
    return line.lift(blocks, Action.UNBLOCKED) if blocks else None


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

    Those that we recorded go with a reason. The person's own need a member with `persons_own` (the right to do it) and
    fresh consent that was given after the newest opt-out. Raises CannotLift: its sentence says what would lift them.
    """
    line = _by_us(team_id, number, actor, reason)
    rows = [row for row in line.before.opt_outs if not only_the_person_lifts(row)]
    if not line.before.opt_outs:
        return None
    if not rows:
        raise CannotLift(
            "The carrier goes on refusing texts to this number: the person must text START to this inbox."
        )
    if any(row.persons_own for row in rows) and not (
        persons_own and consent and actor.origin == Origin.MEMBER
    ):
        raise CannotLift(
            "This person opted out. They can text START, or an owner or admin records fresh consent: "
            "what they said, where, and when."
        )
    if not consent and not reason.strip():
        raise CannotLift("Say why the opt-out is lifted.")
    if consent:
        _check(consent, _last_opt_out_at(team_id, number), line.now)
        line.words, line.source, line.obtained_at = consent.words, consent.source, consent.obtained_at
    return line.lift(rows, Action.OPTED_IN)


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


def _by_us(
    team_id: int, number: str, actor: Actor, reason: str, happened_at: datetime | None = None
) -> "_Line":
    now = lock(team_id, number)
    before = record(team_id, number)
    line = _Line(
        team_id, number, actor.origin, before.standing, before.newest, now, min(happened_at or now, now)
    )
    line.actor_id, line.actor_name, line.reason = actor.id, actor.name, reason
    return line


def _suppress(
    team_id: int, number: str, actor: Actor, kind: Kind, reason: str, happened_at: datetime | None
) -> ConsentEvent | None:
    line = _by_us(team_id, number, actor, reason, happened_at)
    if any((row.kind, row.origin, row.inbox_id) == (kind, actor.origin, None) for row in line.before.rows):
        return None
    return line.suppress(kind)


# -- the ledger --------------------------------------------------------------------------------------------------


@dataclass
class _Line:
    """A line of the ledger about to be written, together with the change that it records."""

    team_id: int
    number: str
    origin: Origin
    before: Standing
    newest: Newest | None
    now: datetime
    at: datetime
    inbox: Inbox | None = None
    words: str = ""
    message_id: int | None = None
    reason: str = ""
    source: str = ""
    obtained_at: datetime | None = None
    actor_id: int | None = None
    actor_name: str = ""

    def suppress(self, kind: Kind, only_in: Inbox | None = None) -> ConsentEvent:
        values: dict[str, Any] = {
            "team_id": self.team_id,
            "number": self.number,
            "kind": kind,
            "origin": self.origin,
            "inbox_id": only_in.id if only_in else None,
            "created_at": self.now,
        }
        row = Suppression(**values)
        stands = any(
            (r.kind, r.origin, r.inbox_id) == (row.kind, row.origin, row.inbox_id) for r in self.before.rows
        )
        added = [] if stands else [row]
        action = Action.BLOCKED if kind == Kind.BLOCK else Action.OPTED_OUT
        made = {"suppression": Suppression.new(**values, event_id=IdOf("event"))} if added else {}
        return self._write(action, added=added, after=[*self.before.rows, *added], together_with=made)

    def lift(self, rows: Iterable[Suppression], action: Action) -> ConsentEvent:
        gone = {row.id for row in rows}
        left = [row for row in self.before.rows if row.id not in gone]
        lifted = [row for row in self.before.rows if row.id in gone]
        if gone:
            Suppression.objects.filter(team_id=self.team_id, id__in=gone).delete()
        return self._write(action, lifted=lifted, after=left)

    def _write(
        self,
        action: Action,
        *,
        after: Iterable[Suppression],
        added: Iterable[Suppression] = (),
        lifted: Iterable[Suppression] = (),
        together_with: Mapping[str, Write] | None = None,
    ) -> ConsentEvent:
        event = ConsentEvent(
            team_id=self.team_id,
            number=self.number,
            position=self.newest.position + 1 if self.newest else 1,
            action=action,
            origin=self.origin,
            before=self.before.state,
            after=Standing.of(self.number, after).state,
            added=[row.name for row in added],
            lifted=[row.name for row in lifted],
            inbox_id=self.inbox.id if self.inbox else None,
            inbox_name=self.inbox.name if self.inbox else "",
            actor_id=self.actor_id,
            actor_name=self.actor_name,
            message_id=self.message_id,
            words=self.words,
            reason=self.reason,
            source=self.source,
            obtained_at=self.obtained_at,
            happened_at=self.at,
            recorded_at=self.now,
            previous_hash=self.newest.hash if self.newest else "",
        )
        event.hash = event.digest()
        event.pk = together(event=event.write(), **(together_with or {}))["event"]
        return event


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
