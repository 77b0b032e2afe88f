"""Date reader: dates of vendor lists have one meaning, or are refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel.spreadsheets.dates import UnclearDate, read_datetime

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "country", "meant"),
    [
        ("2026-03-01", "US", "2026-03-01T23:59:59-05:00"),
        ("2026-03-01 14:30", "US", "2026-03-01T14:30-05:00"),
        ("2026-07-01T14:30:05", "US", "2026-07-01T14:30:05-04:00"),  # summer time
        ("2026-03-01T14:30:05.123Z", "US", "2026-03-01T14:30:05.123+00:00"),
        ("2026-03-01 14:30:05+02:00", "DE", "2026-03-01T14:30:05+02:00"),
        ("2026-03-01 14:30:05 -0800", "DE", "2026-03-01T14:30:05-08:00"),
        ("2026-03-01 14:30:05 UTC", "US", "2026-03-01T14:30:05+00:00"),
        ("2026/3/1 2:30 pm", "US", "2026-03-01T14:30-05:00"),
        ("03/01/2026", "US", "2026-03-01T23:59:59-05:00"),
        ("03/01/2026", "DE", "2026-01-03T23:59:59-05:00"),
        ("3/1/2026 12:05 AM", "US", "2026-03-01T00:05-05:00"),
        ("03/31/2026, 14:30", "US", "2026-03-31T14:30-04:00"),
        ("31.3.2026 14:30", "DE", "2026-03-31T14:30-04:00"),
        ("31-03-2026", "GB", "2026-03-31T23:59:59-04:00"),
        ("02/02/2026", "CA", "2026-02-02T23:59:59-05:00"),  # the same day both ways
        ("Mar 1, 2026", "CA", "2026-03-01T23:59:59-05:00"),
        ("1 March 2026 14:30", "US", "2026-03-01T14:30-05:00"),
        ("Sunday, March 1st, 2026", "US", "2026-03-01T23:59:59-05:00"),
        ("31.3.2026", "US", "2026-03-31T23:59:59-04:00"),  # dots: the day comes first everywhere
        ("03.01.2026", "US", "2026-01-03T23:59:59-05:00"),
        ("28.02.2026", "CA", "2026-02-28T23:59:59-05:00"),
        ("31/03/2026", "CA", "2026-03-31T23:59:59-04:00"),  # both orders are in use, and only one fits
        ("03/31/2026", "CA", "2026-03-31T23:59:59-04:00"),
        ("2026-03-01 00:00:00", "US", "2026-03-01T23:59:59-05:00"),  # midnight is a day without a time
        ("2026-03-01T00:00:00.000", "US", "2026-03-01T23:59:59-05:00"),
        ("2026-03-01T00:00:00Z", "US", "2026-03-01T23:59:59+00:00"),
        ("3/1/2026 0:00", "US", "2026-03-01T23:59:59-05:00"),
        ("3/1/2026 12:00 AM", "US", "2026-03-01T23:59:59-05:00"),
        ("2026-11-24 00:00:00", "US", "2026-11-24T12:00+00:00"),
        ("2026-11-24T00:00:00Z", "US", "2026-11-24T12:00+00:00"),
        ("2026-11-01 01:30", "US", "2026-11-01T01:30-05:00"),  # the clocks repeat this hour: the later one
        ("11/1/2026 1:30", "US", "2026-11-01T01:30-05:00"),
        ("2026-03-08 02:30", "US", "2026-03-08T03:30-04:00"),  # the clocks skip this hour
        ("  2026-11-24 ", "US", "2026-11-24T12:00+00:00"),  # today: not later than now
    ],
)
def test_a_clear_date_is_read(text: str, country: str, meant: str) -> None:
    assert read_datetime(text, country, NEW_YORK, NOW) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("", "US", "not a date"),
        ("yesterday", "US", "not a date"),
        ("STOP", "US", "not a date"),
        ("2026-02-30", "US", "not a date"),
        ("2026-03-01 25:00", "US", "not a date"),
        ("2026-03-01 13:00 pm", "US", "not a date"),
        ("46082", "US", "not a date"),  # as Excel counts days
        ("1772323200", "US", "not a date"),
        ("13/13/2026", "US", "not a date"),
        ("Foo 1, 2026", "US", "not a date"),
        ("03/01/26", "US", "two-digit year"),
        ("03/01/2026", "CA", "two days"),
        ("31/03/2026", "US", "not in month/day/year order"),
        ("03/31/2026", "GB", "not in day/month/year order"),
        ("2027-01-01", "US", "future"),
        ("2026-11-24 13:00Z", "US", "future"),
        ("9999-12-31 23:59:59-12:00", "US", "out of range"),
        ("9999-12-31T00:00:00Z", "US", "future"),
        ("0001-01-01 10:00", "US", "far in the past"),
        ("0001-01-01", "US", "far in the past"),
        ("01/01/1900", "US", "far in the past"),
    ],
)
def test_an_unclear_date_is_refused(text: str, country: str, why: str) -> None:
    with pytest.raises(UnclearDate, match=why):
        read_datetime(text, country, NEW_YORK, NOW)
