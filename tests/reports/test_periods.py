"""Periods and their steps, also when clocks change."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.periods import Period, Step

NEW_YORK = ZoneInfo("America/New_York")


def period(text: str) -> Period:
    return Period(*map(date.fromisoformat, text.split("/")))


@pytest.mark.parametrize(
    ("given", "before"),
    [
        ("2026-05-04/2026-05-04", "2026-05-03/2026-05-03"),
        ("2026-05-04/2026-05-10", "2026-04-27/2026-05-03"),
        ("2026-03-01/2026-03-31", "2026-02-01/2026-02-28"),
        ("2026-01-01/2026-01-31", "2025-12-01/2025-12-31"),
        ("2026-01-01/2026-12-31", "2025-01-01/2025-12-31"),
        ("2026-01-01/2026-03-31", "2025-10-01/2025-12-31"),
        ("2024-02-01/2024-02-29", "2024-01-01/2024-01-31"),
        ("2026-05-01/2026-05-30", "2026-04-01/2026-04-30"),  # not a whole month: thirty days
    ],
)
def test_a_period_is_compared_with_the_previous_period(given: str, before: str) -> None:
    assert period(given).before() == period(before)


@pytest.mark.parametrize(
    ("given", "spans"),
    [
        ("2026-05-04/2026-05-20", ["day 2026-05-04/2026-05-20"]),
        ("2026-05-04/2026-06-20", ["day 2026-05-04/2026-06-20"]),
        ("2026-05-01/2026-05-31", ["month 2026-05-01/2026-05-31"]),
        ("2026-05-01/2026-06-10", ["month 2026-05-01/2026-05-31", "day 2026-06-01/2026-06-10"]),
        ("2026-04-30/2026-05-31", ["day 2026-04-30/2026-04-30", "month 2026-05-01/2026-05-31"]),
        ("2025-11-26/2026-01-25",
         ["day 2025-11-26/2025-11-30", "month 2025-12-01/2025-12-31", "day 2026-01-01/2026-01-25"]),
    ],
)  # fmt: skip
def test_spans_cover_the_period_once(given: str, spans: list[str]) -> None:
    found = period(given).spans()
    assert [f"{grain} {first}/{last}" for grain, first, last in found] == spans
    days = [first + timedelta(n) for _, first, last in found for n in range((last - first).days + 1)]
    assert days == [period(given).first + timedelta(n) for n in range(period(given).days)]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("America/New_York", "2026-05-04", 24),
        ("Asia/Kolkata", "2026-05-04", 24),
        ("Africa/Cairo", "2026-04-24", 23),  # clocks skip midnight
        ("America/Havana", "2026-11-01", 25),  # clocks go back to midnight
        ("Australia/Lord_Howe", "2026-04-05", 25),  # clocks change by half an hour
        ("Australia/Lord_Howe", "2026-10-04", 24),
    ],
)
def test_a_day_has_all_its_hours(zone: str, day: str, hours: int) -> None:
    found = period(f"{day}/{day}").buckets(Step.HOUR, ZoneInfo(zone))
    assert len(found) == hours == len({bucket.key for bucket in found})
    assert {bucket.first for bucket in found} == {date.fromisoformat(day)}


def test_weeks_and_months_are_cut_to_the_period() -> None:
    given = period("2026-04-29/2026-05-12")
    weeks = given.buckets(Step.WEEK, NEW_YORK)
    assert [(str(w.key), str(w.first), str(w.last), w.is_cut(Step.WEEK)) for w in weeks] == [
        ("2026-04-27", "2026-04-29", "2026-05-03", True),
        ("2026-05-04", "2026-05-04", "2026-05-10", False),
        ("2026-05-11", "2026-05-11", "2026-05-12", True),
    ]
    months = given.buckets(Step.MONTH, NEW_YORK)
    assert [(str(m.key), str(m.last), m.is_cut(Step.MONTH)) for m in months] == [
        ("2026-04-01", "2026-04-30", True),
        ("2026-05-01", "2026-05-12", True),
    ]
    assert [m.is_cut(Step.MONTH) for m in period("2026-02-01/2026-02-28").buckets(Step.MONTH, NEW_YORK)] == [
        False
    ]
    assert len(given.buckets(Step.DAY, NEW_YORK)) == 14
