"""Periods of whole days in a team's time zone, and the steps (hours to months) that divide them."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

DAY = timedelta(days=1)


class Step(TextChoices):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # from Monday
    MONTH = "month"


@dataclass(frozen=True)
class Bucket:
    """One step of a period, with its `first` and `last` day inside the period, which may cut a week or month."""

    key: date | datetime  # the start of an hour; a day; the Monday of a week; the first of a month
    first: date
    last: date

    def is_cut(self, step: Step) -> bool:
        """Whether the period contains only a part of this step."""
        match step:
            case Step.WEEK:
                return (self.last - self.first).days < 6
            case Step.MONTH:
                return (self.last - self.first).days + 1 < monthrange(self.first.year, self.first.month)[1]
        return False


@dataclass(frozen=True)
class Period:
    """Whole days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + DAY).day == 1

    def before(self) -> "Period":
        """The previous period, for comparison: the same number of days, or of months if this period is whole months."""
        last = self.first - DAY
        if not self.is_whole_months:
            return Period(last - (self.days - 1) * DAY, last)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        start = self.first.year * 12 + self.first.month - 1 - months
        return Period(date(start // 12, start % 12 + 1, 1), last)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The start (included) and the end (excluded)."""
        return midnight(self.first, zone), midnight(self.last + DAY, zone)

    def buckets(self, step: Step, zone: ZoneInfo) -> list[Bucket]:
        """All steps in order. A day has 23, 24 or 25 hours."""
        if step == Step.HOUR:
            hours = ((hour, hour.astimezone(zone).date()) for hour in _hours(*self.bounds(zone), zone))
            return [Bucket(hour, day, day) for hour, day in hours]
        return [
            Bucket(key, days[0], days[-1])
            for key, group in groupby(self._days(), lambda day: beginning(day, step))
            if (days := list(group))
        ]

    def _days(self) -> Iterator[date]:
        return (self.first + n * DAY for n in range(self.days))

    def spans(self) -> list[tuple[str, date, date]]:
        """Whole months and the days around them, as (grain, first, last), to read as few rollup rows as possible."""
        head = self.first if self.first.day == 1 else _next_month(self.first)  # the first whole month
        tail = (self.last + DAY).replace(day=1)  # the first month that is not whole
        if head >= tail:
            return [("day", self.first, self.last)]
        spans = [("day", self.first, head - DAY), ("month", head, tail - DAY), ("day", tail, self.last)]
        return [span for span in spans if span[1] <= span[2]]


def beginning(day: date, step: Step) -> date:
    """The key of the step that contains this day."""
    if step == Step.WEEK:
        return day - day.weekday() * DAY
    return day.replace(day=1) if step == Step.MONTH else day


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The start of a day in UTC: where clocks skip midnight, the moment of the change."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + 32 * DAY).replace(day=1)


def _hours(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The starts of hours as date_trunc('hour', …, zone) computes them, also where a clock changes by half an hour."""
    hour = start
    while hour < end:
        yield hour
        following = hour + timedelta(hours=1)
        local = following.astimezone(zone)
        hour = following - timedelta(minutes=local.minute, seconds=local.second)
