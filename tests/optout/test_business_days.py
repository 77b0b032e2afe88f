"""Business days: federal holidays of several years, due days, and the days that are left."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from optout.business_days import (
    add_business_days,
    business_days_left,
    due_day,
    is_business_day,
    previous_business_day,
)

# As opm.gov lists them for these years.
OBSERVED = {
    2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2022: "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
    2023: "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
}


@pytest.mark.parametrize("year", OBSERVED)
def test_the_federal_holidays_of_a_year(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    off = [f"{day:%m-%d}" for day in days if day.weekday() < 5 and not is_business_day(day)]
    assert off == OBSERVED[year].split()


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        ("2026-11-02", 10, "2026-11-17"),  # Veterans Day between
        ("2026-11-28", 10, "2026-12-11"),  # a Saturday
        ("2026-11-20", 10, "2026-12-07"),  # Thanksgiving between
        ("2026-12-18", 10, "2027-01-05"),  # Christmas and New Year's Day
        ("2021-12-30", 1, "2022-01-03"),  # New Year's Day of a Saturday is observed in the old year
        ("2026-07-02", 1, "2026-07-06"),
    ],
)
def test_business_days_after_a_day(day: str, count: int, then: str) -> None:
    assert add_business_days(date.fromisoformat(day), count) == date.fromisoformat(then)


def test_the_due_day_counts_from_the_day_in_the_teams_time_zone() -> None:
    late = datetime(2026, 11, 3, 3, 30, tzinfo=UTC)  # still Monday in New York
    assert due_day(late, ZoneInfo("America/New_York")) == date(2026, 11, 17)
    assert due_day(late, ZoneInfo("Europe/Berlin")) == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2026-11-17", "2026-11-16"),
        ("2026-11-16", "2026-11-13"),
        ("2026-11-27", "2026-11-25"),
        ("2026-09-08", "2026-09-04"),
    ],
)
def test_the_business_day_before_a_day(day: str, before: str) -> None:
    assert previous_business_day(date.fromisoformat(day)) == date.fromisoformat(before)


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        ("2026-11-02", "2026-11-17", 10),
        ("2026-11-13", "2026-11-17", 2),
        ("2026-11-14", "2026-11-17", 2),
        ("2026-11-17", "2026-11-17", 0),
        ("2026-11-18", "2026-11-17", -1),
        ("2026-11-22", "2026-11-20", -1),  # a Sunday after a Friday
        ("2026-11-24", "2026-11-20", -2),
    ],
)
def test_the_business_days_that_are_left(today: str, due: str, left: int) -> None:
    assert business_days_left(date.fromisoformat(today), date.fromisoformat(due)) == left
