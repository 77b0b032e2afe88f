"""Business days by which an opt-out must be honoured: Monday to Friday without United States federal holidays. Pure.

Sources: 47 CFR 64.1200(a)(10) gives ten business days; 5 U.S.C. 6103 lists the holidays. A holiday on a Saturday is
observed on the Friday before it, one on a Sunday on the Monday after it (6103(b); Executive Order 11582).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAYS_TO_DECIDE = 10

_DAY = timedelta(days=1)
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6


def due_day(at: datetime, zone: ZoneInfo) -> date:
    """The last day of the decision about a text: ten business days after its day in the team's time zone."""
    return add_business_days(at.astimezone(zone).date(), DAYS_TO_DECIDE)


def add_business_days(day: date, count: int) -> date:
    """The `count`-th business day after a day, which itself is not counted."""
    for _ in range(count):
        day = next(_business_days(day, _DAY))
    return day


def previous_business_day(day: date) -> date:
    """The last business day before a day."""
    return next(_business_days(day, -_DAY))


def business_days_left(today: date, due: date) -> int:
    """The business days after today up to the due day; 0 on the due day, negative once it has passed."""
    first, last = sorted((today, due))
    count = sum(is_business_day(first + _DAY * n) for n in range(1, (last - first).days + 1))
    return count if due >= today else -max(count, 1)


def is_business_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in _observed(day.year)


def federal_holidays(first: date, last: date) -> dict[date, str]:
    """The names of the federal holidays by the days on which they are observed, from `first` to `last`."""
    years = range(first.year, last.year + 2)  # 1 January of the next year may be observed on 31 December
    named = {_observed_day(day): name for year in years for day, name in _holidays(year).items()}
    return {day: name for day, name in sorted(named.items()) if first <= day <= last}


def _business_days(day: date, step: timedelta) -> Iterator[date]:
    """The business days after a day, or before it if `step` is negative."""
    while True:
        day += step
        if is_business_day(day):
            yield day


@cache
def _observed(year: int) -> frozenset[date]:
    """The days of a year on which a federal holiday is observed. 1 January of the next year may be among them."""
    holidays = (_observed_day(day) for day in [*_holidays(year), date(year + 1, 1, 1)])
    return frozenset(day for day in holidays if day.year == year)


def _holidays(year: int) -> dict[date, str]:
    return {
        date(year, 1, 1): "New Year's Day",
        _weekday_of_month(year, 1, _MONDAY, 3): "Birthday of Martin Luther King, Jr.",
        _weekday_of_month(year, 2, _MONDAY, 3): "Washington's Birthday",
        _weekday_of_month(year, 6, _MONDAY, 1) - 7 * _DAY: "Memorial Day",  # the last Monday of May
        date(year, 6, 19): "Juneteenth National Independence Day",
        date(year, 7, 4): "Independence Day",
        _weekday_of_month(year, 9, _MONDAY, 1): "Labor Day",
        _weekday_of_month(year, 10, _MONDAY, 2): "Columbus Day",
        date(year, 11, 11): "Veterans Day",
        _weekday_of_month(year, 11, _THURSDAY, 4): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }


def _weekday_of_month(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + _DAY * ((weekday - first.weekday()) % 7 + 7 * (which - 1))


def _observed_day(holiday: date) -> date:
    return holiday + {_SATURDAY: -_DAY, _SUNDAY: _DAY}.get(holiday.weekday(), timedelta())
