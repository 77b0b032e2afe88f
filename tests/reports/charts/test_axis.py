"""Labels of x axes: as many as fit, at regular steps."""

from datetime import date

import pytest

from reports.charts.axis import MAX_NARROW_LABELS, MAX_WIDE_LABELS, axis_labels, x_axis
from reports.periods import Period, Step
from tests.clocks import NEW_YORK_CLOCK, UTC_CLOCK

NEW_YORK = UTC_CLOCK.in_zone("America/New_York")
BEIRUT = UTC_CLOCK.in_zone("Asia/Beirut")  # its clocks skip midnight


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


TABLE = [
    # a day of 25 hours and a day of 23
    ("2026-11-01", "2026-11-01", Step.HOUR, "1 Nov|02:00|04:00|06:00|08:00|10:00|12:00|14:00|16:00|18:00|20:00|22:00",
     "1 Nov|06:00|12:00|18:00"),
    ("2026-03-08", "2026-03-09", Step.HOUR, "8 Mar|06:00|12:00|18:00|9 Mar|06:00|12:00|18:00",
     "8 Mar|12:00|9 Mar|12:00"),
    ("2026-03-01", "2026-03-31", Step.HOUR, "1 Mar|4 Mar|7 Mar|10 Mar|13 Mar|16 Mar|19 Mar|22 Mar|25 Mar|28 Mar|31 Mar",
     "1 Mar|8 Mar|15 Mar|22 Mar|29 Mar"),
    ("2026-11-01", "2026-11-01", Step.DAY, "1 Nov", "1 Nov"),
    ("2026-11-01", "2026-11-07", Step.DAY, "1 Nov|2 Nov|3 Nov|4 Nov|5 Nov|6 Nov|7 Nov", "1 Nov|3 Nov|5 Nov|7 Nov"),
    ("2026-10-27", "2026-11-25", Step.DAY, "27 Oct|30 Oct|2 Nov|5 Nov|8 Nov|11 Nov|14 Nov|17 Nov|20 Nov|23 Nov",
     "2 Nov|9 Nov|16 Nov|23 Nov"),
    ("2026-08-28", "2026-11-25", Step.DAY, "31 Aug|14 Sep|28 Sep|12 Oct|26 Oct|9 Nov|23 Nov", "Sep|Oct|Nov"),
    ("2025-01-01", "2025-12-31", Step.DAY, "2025|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec", "2025|Apr|Jul|Oct"),
    ("2026-06-01", "2026-11-25", Step.WEEK, "Jun|Jul|Aug|Sep|Oct|Nov", "Jul|Sep|Nov"),
    ("2021-11-26", "2026-11-25", Step.WEEK, "2022|Jul|2023|Jul|2024|Jul|2025|Jul|2026|Jul", "2022|2023|2024|2025|2026"),
    ("2025-12-01", "2026-11-25", Step.MONTH, "Dec|2026|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov", "2026|Apr|Jul|Oct"),
    ("2026-11-10", "2026-11-25", Step.MONTH, "Nov", "Nov"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last", "step", "wide", "narrow"), TABLE)
def test_labels(first: str, last: str, step: Step, wide: str, narrow: str) -> None:
    found = x_axis(period(first, last), step, NEW_YORK)
    assert "|".join(label.text for label in found.wide) == wide
    assert "|".join(label.text for label in found.narrow) == narrow


@pytest.mark.parametrize("step", Step)
def test_every_period_has_some_labels(step: Step) -> None:
    longest = {Step.HOUR: 31, Step.DAY: 400}.get(step, 1830)
    for last in ("2026-11-25", "2026-03-30", "2024-02-29"):
        for days in (*range(1, 40), 62, 92, 183, 366, 400, 800, 1830):
            end = date.fromisoformat(last)
            if days <= longest:
                buckets = Period(date.fromordinal(end.toordinal() - days + 1), end).buckets(
                    step, NEW_YORK.zone
                )
                for most in (MAX_WIDE_LABELS, MAX_NARROW_LABELS):
                    found = [label.step for label in axis_labels(buckets, step, NEW_YORK, most)]
                    assert 1 <= len(found) <= most, (days, last, most)
                    assert found == sorted(set(found)) and found[-1] < len(buckets)


def test_labels_in_the_form_of_the_united_states() -> None:
    found = x_axis(period("2026-11-01", "2026-11-01"), Step.HOUR, NEW_YORK_CLOCK)
    assert [label.text for label in found.narrow] == ["Nov 1", "6 AM", "12 PM", "6 PM"]
    assert found.names[1:3] == ["Sun, Nov 1, 2026, 1:00 AM EDT", "Sun, Nov 1, 2026, 1:00 AM EST"]


def test_a_day_without_midnight_is_labelled_at_its_first_hour() -> None:
    found = x_axis(period("2026-03-28", "2026-03-29"), Step.HOUR, BEIRUT)
    assert len(found.names) == 47 and found.names[24] == "Sun 29 Mar 2026, 01:00 EEST"
    assert [(label.step, label.text) for label in found.narrow] == [
        (0, "28 Mar"), (12, "12:00"), (24, "29 Mar"), (35, "12:00"),
    ]  # fmt: skip


def test_a_repeated_hour_has_two_names() -> None:
    names = x_axis(period("2026-11-01", "2026-11-01"), Step.HOUR, NEW_YORK).names
    assert names[1:3] == ["Sun 1 Nov 2026, 01:00 EDT", "Sun 1 Nov 2026, 01:00 EST"] and len(set(names)) == 25
