"""Clocks: every kind of time and date, in every form."""

from datetime import UTC, date, datetime
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from kernel.clock import Clock, DateOrder, HourFormat, usual_hours, usual_order

TODAY = datetime(2026, 11, 29, 5, tzinfo=UTC)  # the 28th in Los Angeles, the 29th in Berlin
CLOCKS = {
    "US": ("America/Los_Angeles", "12", "month"),
    "Canada": ("America/Los_Angeles", "24", "month"),
    "Australia": ("Europe/Berlin", "12", "day"),
    "Germany": ("Europe/Berlin", "24", "day"),
}
# The moment, how it is written, and its exact form.
MOMENTS = [
    ("US", "2026-11-28T23:46:05Z", "Nov 28, 3:46 PM", "Saturday, November 28, 2026, 3:46:05 PM PST"),
    ("US", "2026-11-28T08:00:00Z", "Nov 28, 12:00 AM", "Saturday, November 28, 2026, 12:00:00 AM PST"),
    ("US", "2026-07-04T19:05:00Z", "Jul 4, 12:05 PM", "Saturday, July 4, 2026, 12:05:00 PM PDT"),
    ("US", "2026-01-01T07:59:59Z", "Dec 31, 2025, 11:59 PM", "Wednesday, December 31, 2025, 11:59:59 PM PST"),
    ("Canada", "2026-11-28T23:46:05Z", "Nov 28, 15:46", "Saturday, November 28, 2026, 15:46:05 PST"),
    ("Canada", "2026-11-01T09:30:00Z", "Nov 1, 01:30", "Sunday, November 1, 2026, 01:30:00 PST"),
    ("Canada", "2026-11-01T08:30:00Z", "Nov 1, 01:30", "Sunday, November 1, 2026, 01:30:00 PDT"),
    ("Australia", "2026-11-28T23:46:05Z", "29 Nov, 12:46 AM", "Sunday 29 November 2026, 12:46:05 AM CET"),
    ("Germany", "2026-11-28T23:46:05Z", "29 Nov, 00:46", "Sunday 29 November 2026, 00:46:05 CET"),
    ("Germany", "2025-12-31T22:59:00Z", "31 Dec 2025, 23:59", "Wednesday 31 December 2025, 23:59:00 CET"),
]


def clock_of(name: str) -> Clock:
    zone, hours, order = CLOCKS[name]
    return Clock(ZoneInfo(zone), HourFormat(hours), DateOrder(order))


@pytest.mark.parametrize(("name", "at", "shown", "exact"), MOMENTS)
def test_moments(name: str, at: str, shown: str, exact: str) -> None:
    with mock.patch("kernel.clock.timezone.now", return_value=TODAY):
        moment = datetime.fromisoformat(at)
        assert (clock_of(name).moment(moment), clock_of(name).exact(moment)) == (shown, exact)


@pytest.mark.parametrize(
    ("form", "day_first", "month_first"),
    [
        ("j M", "5 Mar", "Mar 5"),
        ("j M Y", "5 Mar 2026", "Mar 5, 2026"),
        ("D j M Y", "Thu 5 Mar 2026", "Thu, Mar 5, 2026"),
        ("j F", "5 March", "March 5"),
        ("j F Y", "5 March 2026", "March 5, 2026"),
        ("l j F", "Thursday 5 March", "Thursday, March 5"),
        ("l j F Y", "Thursday 5 March 2026", "Thursday, March 5, 2026"),
    ],
)
def test_dates(form: str, day_first: str, month_first: str) -> None:
    day = date(2026, 3, 5)
    assert [clock_of(name).write_day(day, form) for name in ("Germany", "US")] == [day_first, month_first]


@pytest.mark.parametrize(
    ("minutes", "twelve", "twenty_four"),
    [
        (0, "12 AM", "00:00"),
        (5, "12:05 AM", "00:05"),
        (540, "9 AM", "09:00"),
        (720, "12 PM", "12:00"),
        (1050, "5:30 PM", "17:30"),
        (1440, "12 AM", "24:00"),
    ],
)
def test_times_of_day(minutes: int, twelve: str, twenty_four: str) -> None:
    assert [clock_of(name).time_of_day(minutes) for name in ("US", "Germany")] == [twelve, twenty_four]


@pytest.mark.parametrize(
    ("country", "hours", "order"),
    [
        ("US", "12", "month"),
        ("CA", "12", "month"),
        ("AU", "12", "day"),
        ("JP", "24", "month"),
        ("DE", "24", "day"),
    ],
)
def test_what_is_usual_in_a_country(country: str, hours: str, order: str) -> None:
    assert (usual_hours(country), usual_order(country)) == (hours, order)
