"""Words for days, periods, time zones and changes."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from reports import wording
from reports.periods import Period, Step
from tests.clocks import NEW_YORK_CLOCK, UTC_CLOCK

UTC = ZoneInfo("UTC")


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(("first", "last", "words"), [
    ("2026-03-03", "2026-03-03", "3 March 2026"),
    ("2026-10-01", "2026-10-31", "October 2026"),
    ("2026-10-01", "2026-10-30", "1 – 30 October 2026"),
    ("2026-02-01", "2026-02-28", "February 2026"),
    ("2024-02-01", "2024-02-28", "1 – 28 February 2024"),
    ("2026-09-28", "2026-10-27", "28 September – 27 October 2026"),
    ("2026-09-01", "2026-10-31", "1 September – 31 October 2026"),
    ("2025-12-01", "2026-01-03", "1 December 2025 – 3 January 2026"),
    ("2026-01-01", "2026-12-31", "2026"),
    ("2025-01-01", "2026-12-31", "1 January 2025 – 31 December 2026"),
])  # fmt: skip
def test_periods(first: str, last: str, words: str) -> None:
    assert wording.format_period(period(first, last), UTC_CLOCK) == words


@pytest.mark.parametrize(("first", "last", "words"), [
    ("2026-03-03", "2026-03-03", "March 3, 2026"),
    ("2026-10-01", "2026-10-31", "October 2026"),
    ("2026-10-01", "2026-10-30", "October 1 – 30, 2026"),
    ("2026-09-28", "2026-10-27", "September 28 – October 27, 2026"),
    ("2025-12-01", "2026-01-03", "December 1, 2025 – January 3, 2026"),
])  # fmt: skip
def test_periods_with_the_month_first(first: str, last: str, words: str) -> None:
    assert wording.format_period(period(first, last), NEW_YORK_CLOCK) == words


@pytest.mark.parametrize(("first", "last", "step", "words"), [
    ("2026-10-01", "2026-10-31", Step.DAY, ""),
    ("2026-10-01", "2026-10-31", Step.MONTH, ""),
    ("2026-10-05", "2026-10-18", Step.WEEK, ""),
    ("2026-10-06", "2026-10-18", Step.WEEK, "Partial week: 6 – 11 October 2026."),
    ("2026-10-06", "2026-10-17", Step.WEEK, "Partial weeks: 6 – 11 October 2026 and 12 – 17 October 2026."),
    ("2026-10-06", "2026-10-08", Step.WEEK, "Partial week: 6 – 8 October 2026."),
    ("2026-10-02", "2026-12-31", Step.MONTH, "Partial month: 2 – 31 October 2026."),
])  # fmt: skip
def test_partial_steps_have_a_note(first: str, last: str, step: Step, words: str) -> None:
    assert wording.cut_steps_note(period(first, last).buckets(step, UTC), step, UTC_CLOCK) == words


@pytest.mark.parametrize(("steps", "before", "words"), [
    (28, 31, "The previous period is 3 days longer; those days are not shown."),
    (30, 31, "The previous period is 1 day longer; that day is not shown."),
    (31, 28, ""), (30, 30, ""),
])  # fmt: skip
def test_a_longer_previous_period_has_a_note(steps: int, before: int, words: str) -> None:
    assert wording.longer_before_note(steps, before, Step.DAY) == words


@pytest.mark.parametrize(("share", "before", "words"), [
    (0.982, 0.97, "+1.2 points"), (0.97, 0.98, "−1 point"), (0.5, 0.5004, "±0 points"), (None, 1, ""), (1, None, ""),
    (0, 1, "−100 points"),
])  # fmt: skip
def test_changes_of_shares(share: float | None, before: float | None, words: str) -> None:
    assert wording.format_points(share, before) == words


@pytest.mark.parametrize(("now", "before", "words"), [
    (112, 100, "+12%"), (97, 100, "−3%"), (100, 100, "±0%"), (1004, 1000, "±0%"), (0, 5, "−100%"), (5, 0, ""),
    (0, 0, ""), (None, 5, ""), (5, None, ""), (5000, 1, "+499,900%"),
])  # fmt: skip
def test_changes(now: float | None, before: float | None, words: str) -> None:
    assert wording.format_change(now, before) == words
