"""Sending hours: whether a text may be sent to a person now, and if not, when it may. Pure.

All rules of all places where the person may be must allow the moment, each by the clocks of its place: the stricter
hours apply. A moment counts by the wall clock: an hour that a change of clocks repeats is judged alike both times, and
if the change skips the time at which the hours begin, they begin with the first minute after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kernel.clock import HourFormat, write_minutes
from kernel.regions import format_zone
from messaging.hours.business_hours import DAY_MINUTES, Week
from messaging.sending_hours.places import Place
from messaging.sending_hours.rules import WEEKDAYS, HoursRule, rules_at

_DAY = timedelta(days=1)
_HORIZON = 8  # days in which common hours are looked for: every weekday, and one again after a holiday
_CLOCK_CHANGES = tuple(range(0, 4 * 60 + 1, 30))  # minutes of a day at which a clock may have jumped
OWN_HOURS = "your team's hours"


@dataclass(frozen=True)
class TeamHours:
    """What a team adds to the law: hours of its own, and rows of the table that it has set aside, with its reasons."""

    week: Week = ()
    set_aside: frozenset[str] = frozenset()  # places of rules
    hours: HourFormat = HourFormat.TWENTY_FOUR  # in sentences

    def rules(self, place: Place, day: date) -> tuple[HoursRule, ...]:
        """The rules that apply at a place on a day. The team's own hours always do."""
        laws = tuple(rule for rule in rules_at(place, day) if rule.place not in self.set_aside)
        return (*laws, HoursRule("", OWN_HOURS, self.week)) if self.week else laws


@dataclass(frozen=True)
class SendingHold:
    """That a text waits, until when, and the rule that holds it the longest."""

    until: datetime
    reason: str  # "Texas, Sunday before 12 PM"
    is_open_end: bool = False  # no hour of the week is allowed: at `until` it is only looked at again

    def sentence(self, since: datetime) -> str:
        """Held 9 h: Texas, Sunday before 12 PM."""
        return f"held {spell_duration(self.until - since)}: {self.reason}"


@dataclass(frozen=True)
class _Obstacle:
    """A rule that does not allow a moment, by one clock."""

    rule: HoursRule
    place: Place
    zone: str

    @property
    def name(self) -> str:
        """The state or country where the law applies, or the team."""
        return self.place.name if self.rule.place else self.rule.name


def find_hold(places: tuple[Place, ...], team: TeamHours, at: datetime) -> SendingHold | None:
    """Why a text may not be sent at a moment and when it may; None if it may be sent now.

    If no moment of the next eight days is allowed everywhere, the text waits for a day, and is then looked at again.
    """
    return _find_hold(places, team, at.astimezone(UTC).replace(second=0, microsecond=0))


@lru_cache(maxsize=8192)
def _find_hold(places: tuple[Place, ...], team: TeamHours, at: datetime) -> SendingHold | None:
    obstacles = list(_obstacles(places, team, at))
    if not obstacles:
        return None
    until = _next_allowed(places, team, at)
    if until is None:
        reason = f"{_reason(obstacles[0], at, team.hours)}; no hour of the week is allowed everywhere"
        return SendingHold(at + _DAY, reason, is_open_end=True)
    last = max(obstacles, key=lambda obstacle: (_ends(obstacle, at, until), len(obstacle.rule.place)))
    return SendingHold(until, _reason(last, at, team.hours) + _clock(last, places, at))


@dataclass(frozen=True)
class TextLimit:
    """How many marketing texts a person may get within 24 hours, and why the next one waits."""

    texts: int
    reason: str


def limit_at(places: tuple[Place, ...], team: TeamHours, at: datetime) -> TextLimit | None:
    """The lowest limit of the places at a moment; None if no law has one. Laws mean texts on one subject; all count."""
    limits = [
        TextLimit(rule.limit, f"{place.name}, {rule.limit} marketing texts in 24 hours")
        for place in places
        for zone in place.zones
        for rule in team.rules(place, at.astimezone(ZoneInfo(zone)).date())
        if rule.limit is not None
    ]
    return min(limits, key=lambda limit: limit.texts, default=None)


def _obstacles(places: tuple[Place, ...], team: TeamHours, at: datetime) -> Iterator[_Obstacle]:
    for place in places:
        for zone in place.zones:
            local = at.astimezone(ZoneInfo(zone))
            for rule in team.rules(place, local.date()):
                if not _allows(rule, local):
                    yield _Obstacle(rule, place, zone)


def _allows(rule: HoursRule, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in rule.spans(local.date()))


def _next_allowed(places: tuple[Place, ...], team: TeamHours, at: datetime) -> datetime | None:
    moments = {
        moment for place in places for zone in place.zones for moment in _openings(place, team, zone, at)
    }
    later = sorted(moment for moment in moments if moment > at)
    return next((moment for moment in later if not any(_obstacles(places, team, moment))), None)


def _openings(place: Place, team: TeamHours, zone: str, at: datetime) -> Iterator[datetime]:
    """All moments of the next days at which a rule may begin to allow a text by this clock."""
    clock = ZoneInfo(zone)
    first = at.astimezone(clock).date()
    for number in range(_HORIZON + 1):
        day = first + _DAY * number
        minutes = {start for rule in team.rules(place, day) for start, _ in rule.spans(day)}
        for minute in minutes | _changes(day, clock):
            yield from _moments(day, minute, clock)


def _changes(day: date, clock: ZoneInfo) -> set[int]:
    """The half hours at which the clock may jump, on a day on which it does."""
    start, end = (datetime.combine(day + _DAY * n, time(), clock) for n in (0, 1))
    return set(_CLOCK_CHANGES) if start.utcoffset() != end.utcoffset() else set()


def _moments(day: date, minute: int, clock: ZoneInfo) -> set[datetime]:
    """The moments at which the clock shows a time of day: two if the time occurs twice."""
    local = datetime.combine(day, time(*divmod(minute % DAY_MINUTES, 60)), clock)
    return {local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}


# -- wording ----------------------------------------------------------------------------------------------------


def _ends(obstacle: _Obstacle, at: datetime, until: datetime) -> datetime:
    """When one rule alone would allow the text, at most `until`."""
    clock, rule = ZoneInfo(obstacle.zone), obstacle.rule
    first = at.astimezone(clock).date()
    for number in range(_HORIZON + 1):
        day = first + _DAY * number
        moments = sorted(moment for start, _ in rule.spans(day) for moment in _moments(day, start, clock))
        for moment in moments:
            if moment > at and _allows(rule, moment.astimezone(clock)):
                return min(moment, until)
    return until


def _reason(obstacle: _Obstacle, at: datetime, hours: HourFormat) -> str:
    """Texas, Sunday before 12 PM; Utah, Pioneer Day; Florida, after 20:00."""
    local = at.astimezone(ZoneInfo(obstacle.zone))
    rule, day = obstacle.rule, local.date()
    if holiday := rule.holiday(day):
        return f"{obstacle.name}, {holiday}"
    spans, minute = rule.spans(day), local.hour * 60 + local.minute
    weekday = f"{WEEKDAYS[day.weekday()]} " if len(set(rule.week)) > 1 else ""
    if not spans:
        return f"{obstacle.name}, no texts on {WEEKDAYS[day.weekday()]}"
    following = next((start for start, _ in spans if start > minute), None)
    when = "after" if following is None else "before"
    limit = write_minutes(spans[-1][1] if following is None else following, hours)
    return f"{obstacle.name}, {weekday}{when} {limit}"


def _clock(last: _Obstacle, places: tuple[Place, ...], at: datetime) -> str:
    """Which clock is meant, if the person's clock may show several times."""
    offsets = {at.astimezone(ZoneInfo(zone)).utcoffset() for place in places for zone in place.zones}
    return f" {format_zone(last.zone)}" if len(offsets) > 1 else ""


def spell_duration(length: timedelta) -> str:
    """9 h; 25 min below an hour; 2 d 3 h above two days. Rounded up to whole minutes, then to the nearest hour."""
    minutes = -(-length // timedelta(minutes=1))
    if minutes < 60:
        return f"{minutes} min"
    hours = (minutes + 30) // 60
    days, rest = divmod(hours, 24)
    if hours < 48:
        return f"{hours} h"
    return f"{days} d {rest} h" if rest else f"{days} d"
