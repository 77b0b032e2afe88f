"""When a scheduled report is due, by its team's clock, and which days it is then about. Pure."""

from calendar import day_name
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

from reports.periods import DAY, Period


class Frequency(TextChoices):
    WEEK = "week", "Each week"
    MONTH = "month", "Each month, on its first day"


@dataclass(frozen=True)
class Recurrence:
    """Each week on a weekday (0 is Monday), or on the first of each month; at a full hour."""

    every: str
    weekday: int
    hour: int

    def newest(self, now: datetime, zone: ZoneInfo) -> date:
        """The last day on which it was due, `now` included."""
        today = now.astimezone(zone).date()
        day = self._day_until(today)
        return day if self.moment(day, zone) <= now else self._day_until(day - DAY)

    def following(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first moment after `now` at which it is due."""
        day = self.newest(now, zone)
        weekly = self.every == Frequency.WEEK
        return self.moment(
            day + timedelta(days=7) if weekly else (day + timedelta(days=31)).replace(day=1), zone
        )

    def moment(self, day: date, zone: ZoneInfo) -> datetime:
        """Its hour on a day. Of an hour that comes twice it is the first; one that is skipped counts from before."""
        return datetime.combine(day, time(self.hour), zone).astimezone(UTC)

    def period(self, day: date) -> Period:
        """The week from Monday to Sunday, or the month, that had just ended on that day."""
        if self.every == Frequency.WEEK:
            last = day - timedelta(days=day.weekday() + 1)
            return Period(last - timedelta(days=6), last)
        last = day.replace(day=1) - DAY
        return Period(last.replace(day=1), last)

    def __str__(self) -> str:
        when = (
            f"Each {day_name[self.weekday]}" if self.every == Frequency.WEEK else "On the first of each month"
        )
        return f"{when} at {self.hour:02}:00"

    def _day_until(self, day: date) -> date:
        if self.every == Frequency.WEEK:
            return day - timedelta(days=(day.weekday() - self.weekday) % 7)
        return day.replace(day=1)
