"""Recurrence of report schedules: when they are due in the team's time zone, and the period of each report. Pure."""

from calendar import day_name
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

from kernel.clock import Clock
from reports.periods import DAY, Period


class Frequency(TextChoices):
    WEEK = "week", "Every week"
    MONTH = "month", "Every month, on the 1st"


@dataclass(frozen=True)
class Recurrence:
    """Every week on a weekday (0 is Monday), or on the 1st of every month, at a full hour."""

    every: str
    weekday: int
    hour: int

    def last_due_day(self, now: datetime, zone: ZoneInfo) -> date:
        """The last day on which a report was due, up to and including `now`."""
        today = now.astimezone(zone).date()
        day = self._day_until(today)
        return day if self.due_at(day, zone) <= now else self._day_until(day - DAY)

    def next_due_at(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first time after `now` at which a report is due."""
        day = self.last_due_day(now, zone)
        if self.every == Frequency.WEEK:
            return self.due_at(day + timedelta(days=7), zone)
        return self.due_at((day + timedelta(days=31)).replace(day=1), zone)

    def due_at(self, day: date, zone: ZoneInfo) -> datetime:
        """The hour on a day, in UTC: the first of a repeated hour; a skipped hour becomes the next hour."""
        return datetime.combine(day, time(self.hour), zone).astimezone(UTC)

    def period(self, day: date) -> Period:
        """The last week (Monday to Sunday) or month that ended before that day."""
        if self.every == Frequency.WEEK:
            last = day - timedelta(days=day.weekday() + 1)
            return Period(last - timedelta(days=6), last)
        last = day.replace(day=1) - DAY
        return Period(last.replace(day=1), last)

    def describe(self, clock: Clock) -> str:
        """Every Friday at 9 AM"""
        weekly = self.every == Frequency.WEEK
        days = f"Every {day_name[self.weekday]}" if weekly else "On the 1st of every month"
        return f"{days} at {clock.time_of_day(self.hour * 60)}"

    def _day_until(self, day: date) -> date:
        if self.every == Frequency.WEEK:
            return day - timedelta(days=(day.weekday() - self.weekday) % 7)
        return day.replace(day=1)
