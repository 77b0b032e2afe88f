"""Business hours: when an inbox is open, when it opens next, and the business time between two moments. Pure.

Hours are those of the wall clock of their zone. An hour that the change of clocks repeats counts twice; a time that the
change skips means the same moment an hour later (PEP 495).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_DAY = timedelta(days=1)
_HORIZON = 400  # days in which the next opening is looked for

type Span = tuple[int, int]  # minutes of a day, from midnight; one that ends after 24:00 ends on the next day
type Week = tuple[tuple[Span, ...], ...]  # Monday first

ALL_DAY: Week = (((0, DAY_MINUTES),),) * 7


class OverlappingHours(ValueError):
    """Two spans of a week have minutes in common."""


@dataclass(frozen=True)
class Opening:
    """A time without a break in which an inbox is open; `closes` is the first moment at which it is not."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class BusinessHours:
    """The hours of an inbox. Without any it is open at all times, except on its holidays."""

    zone: ZoneInfo
    week: Week = ALL_DAY
    holidays: frozenset[date] = frozenset()

    @property
    def is_always_open(self) -> bool:
        return not self.holidays and self._spans == ALL_DAY

    @property
    def _spans(self) -> Week:
        return self.week if any(self.week) else ALL_DAY

    def is_open(self, at: datetime) -> bool:
        return self.current_opening(at) is not None

    def current_opening(self, at: datetime) -> Opening | None:
        """The opening that a moment is in. Openings that touch at midnight are two."""
        openings = self._openings(self._day_before(at), days=3)
        return next((opening for opening in openings if opening.opens <= at < opening.closes), None)

    def next_opening(self, at: datetime) -> Opening | None:
        """The first opening that begins after a moment. None if there is none for more than a year."""
        openings = self._openings(self._day_before(at), days=_HORIZON)
        return next((opening for opening in openings if opening.opens > at), None)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The business time between two moments; zero if the end is not later."""
        days = (end.astimezone(self.zone).date() - self._day_before(start)).days + 1
        openings = self._openings(self._day_before(start), days)
        spent = (min(opening.closes, end) - max(opening.opens, start) for opening in openings)
        return sum((time for time in spent if time > timedelta()), timedelta())

    def before(self, end: datetime, goal: timedelta) -> datetime | None:
        """The latest moment since when `goal` of business time has passed at `end`. None for more than a year."""
        for opening in self._openings_backwards(end):
            length = min(opening.closes, end) - opening.opens
            if length >= goal:
                return min(opening.closes, end) - goal
            goal -= max(length, timedelta())
        return None

    def after(self, start: datetime, goal: timedelta) -> datetime | None:
        """The moment when `goal` of business time will have passed since `start`. None for more than a year."""
        for opening in self._openings(self._day_before(start), _HORIZON):
            length = opening.closes - max(opening.opens, start)
            if length >= goal:
                return max(opening.opens, start) + goal
            goal -= max(length, timedelta())
        return None

    # -- openings in order -------------------------------------------------------------------------------------

    def _day_before(self, at: datetime) -> date:
        """The first day whose hours can reach a moment: those of the day before may end after midnight."""
        return at.astimezone(self.zone).date() - _DAY

    def _openings(self, first: date, days: int) -> Iterator[Opening]:
        for number in range(days):
            yield from self._openings_of(first + _DAY * number)

    def _openings_backwards(self, end: datetime) -> Iterator[Opening]:
        day = end.astimezone(self.zone).date()
        for number in range(_HORIZON):
            for opening in reversed(self._openings_of(day - _DAY * number)):
                if opening.opens < end:
                    yield opening

    def _openings_of(self, day: date) -> list[Opening]:
        if day in self.holidays:
            return []
        spans = self._spans[day.weekday()]
        return [Opening(self._moment(day, start, 0), self._moment(day, end, 1)) for start, end in spans]

    def _moment(self, day: date, minutes: int, fold: int) -> datetime:
        """The moment of a time of day. Of a time that occurs twice, opening is the first and closing the second."""
        days, minute = divmod(minutes, DAY_MINUTES)
        local = datetime.combine(day + _DAY * days, time(*divmod(minute, 60)), self.zone)
        first, second = (local.replace(fold=number).astimezone(UTC) for number in (0, 1))
        return max(first, second) if fold else first


def check_overlaps(week: Iterable[Iterable[Span]]) -> None:
    """Raise OverlappingHours if spans have minutes in common, also with those of the day before."""
    spans = sorted(
        (number * DAY_MINUTES + start, number * DAY_MINUTES + end)
        for number, day in enumerate(week)
        for start, end in day
    )
    if not spans:
        return
    following = [*spans[1:], (spans[0][0] + WEEK_MINUTES, 0)]
    if any(end > next_start for (_, end), (next_start, _) in zip(spans, following, strict=True)):
        raise OverlappingHours
