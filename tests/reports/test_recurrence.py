"""Recurrence: due times and the period of each report."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from reports.periods import Period
from reports.schedules.recurrence import Frequency, Recurrence
from tests.clocks import NEW_YORK_CLOCK, UTC_CLOCK

NEW_YORK = ZoneInfo("America/New_York")
MONDAYS, FIRSTS = Recurrence(Frequency.WEEK, 0, 8), Recurrence(Frequency.MONTH, 0, 8)


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("recurrence", "now", "last_due_day", "next_due_at"),
    [
        (MONDAYS, "2026-11-23 07:59", "2026-11-16", "2026-11-23 08:00"),
        (MONDAYS, "2026-11-23 08:00", "2026-11-23", "2026-11-30 08:00"),
        (MONDAYS, "2026-11-29 23:59", "2026-11-23", "2026-11-30 08:00"),
        (Recurrence(Frequency.WEEK, 6, 23), "2026-11-23 08:00", "2026-11-22", "2026-11-29 23:00"),
        (FIRSTS, "2026-11-01 07:59", "2026-10-01", "2026-11-01 08:00"),
        (FIRSTS, "2026-11-01 08:00", "2026-11-01", "2026-12-01 08:00"),
        (FIRSTS, "2026-12-31 12:00", "2026-12-01", "2027-01-01 08:00"),
        (FIRSTS, "2027-01-31 12:00", "2027-01-01", "2027-02-01 08:00"),
        # The local hour stays the same when clocks change, on 8 March and 1 November.
        (MONDAYS, "2026-03-02 08:00", "2026-03-02", "2026-03-09 08:00"),
        (
            Recurrence(Frequency.WEEK, 6, 2),
            "2026-03-07 12:00",
            "2026-03-01",
            "2026-03-08 03:00",
        ),  # 2 o'clock is skipped
    ],
)
def test_due_times(recurrence: Recurrence, now: str, last_due_day: str, next_due_at: str) -> None:
    assert recurrence.last_due_day(local(now), NEW_YORK) == date.fromisoformat(last_due_day)
    assert recurrence.next_due_at(local(now), NEW_YORK) == local(next_due_at)


def test_a_repeated_hour_is_due_once() -> None:
    sundays = Recurrence(Frequency.WEEK, 6, 1)
    first = datetime(2026, 11, 1, 5, tzinfo=UTC)  # 01:00 in summer time
    assert sundays.next_due_at(first - timedelta(seconds=1), NEW_YORK) == first
    assert sundays.next_due_at(first, NEW_YORK) == datetime(2026, 11, 8, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "recurrence", [MONDAYS, FIRSTS, Recurrence(Frequency.WEEK, 2, 0), Recurrence(Frequency.WEEK, 6, 2)]
)
@pytest.mark.parametrize(
    "zone", ["America/New_York", "Asia/Kolkata", "Africa/Cairo", "Pacific/Kiritimati", "UTC"]
)
def test_due_times_of_a_year_have_no_gap_and_no_repeat(recurrence: Recurrence, zone: str) -> None:
    """Each due time follows from the previous, at the same hour unless that hour is skipped."""
    zone_info, now, days = ZoneInfo(zone), datetime(2026, 1, 1, 12, tzinfo=UTC), []
    for _ in range(60 if recurrence.every == Frequency.WEEK else 14):
        now = recurrence.next_due_at(now, zone_info)
        days.append(recurrence.last_due_day(now, zone_info))
        assert now.astimezone(zone_info).date() == days[-1]
        assert now.astimezone(zone_info).hour in (recurrence.hour, recurrence.hour + 1)
    apart = {(after - before).days for before, after in pairwise(days)}
    assert apart == ({7} if recurrence.every == Frequency.WEEK else {28, 30, 31})


@pytest.mark.parametrize(
    ("every", "day", "first", "last"),
    [
        (Frequency.WEEK, "2026-11-23", "2026-11-16", "2026-11-22"),
        (Frequency.WEEK, "2026-11-29", "2026-11-16", "2026-11-22"),  # a Sunday: its own week has not ended
        (Frequency.MONTH, "2026-11-01", "2026-10-01", "2026-10-31"),
        (Frequency.MONTH, "2027-01-01", "2026-12-01", "2026-12-31"),
    ],
)
def test_a_report_covers_the_last_week_or_month(every: Frequency, day: str, first: str, last: str) -> None:
    period = Recurrence(every, 0, 8).period(date.fromisoformat(day))
    assert period == Period(date.fromisoformat(first), date.fromisoformat(last))


def test_a_recurrence_in_words() -> None:
    assert Recurrence(Frequency.WEEK, 4, 9).describe(NEW_YORK_CLOCK) == "Every Friday at 9 AM"
    assert FIRSTS.describe(UTC_CLOCK) == "On the 1st of every month at 08:00"
