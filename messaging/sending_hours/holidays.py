"""Calendars of the holidays on which some laws allow no marketing texts. Pure.

A holiday that is observed on another day counts on both days. Days that only a proclamation makes a holiday are not
computed: a team adds them to its own days. Sources: 5 U.S.C. 6103; Ala. Code 1-3-8; La. R.S. 1:55; 44 Pa.C.S. 11;
R.I. Gen. Laws 25-1-1; Utah Code 63G-1-301; Code du travail, L. 3133-1.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache

from optout.business_days import federal_holidays

_DAY = timedelta(days=1)
_MONDAY = 0


def holiday_name(calendar: str, day: date) -> str:
    """The name of the holiday of a calendar on a day; empty if there is none, or no calendar."""
    return _holidays(calendar, day.year).get(day, "") if calendar else ""


@cache
def _holidays(calendar: str, year: int) -> Mapping[date, str]:
    return {day: name for day, name in CALENDARS[calendar](year).items() if day.year == year}


def _federal(year: int) -> dict[date, str]:
    observed = federal_holidays(date(year, 1, 1), date(year, 12, 31))
    names = ("New Year's Day", "Juneteenth National Independence Day", "Independence Day", "Veterans Day")
    dates = (date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11))
    return {**observed, **dict(zip(dates, names, strict=True)), date(year, 12, 25): "Christmas Day"}


def _alabama(year: int) -> dict[date, str]:
    return {
        **_federal(year),
        _weekday(year, 4, _MONDAY, 4): "Confederate Memorial Day",
        _weekday(year, 6, _MONDAY, 1): "Jefferson Davis' Birthday",
    }


def _louisiana(year: int) -> dict[date, str]:
    easter = easter_sunday(year)
    return {
        **_federal(year),
        date(year, 1, 8): "Battle of New Orleans",
        easter - 47 * _DAY: "Mardi Gras",
        easter - 2 * _DAY: "Good Friday",
        date(year, 11, 1): "All Saints' Day",
        _election_day(year): "Election Day",
    }


def _pennsylvania(year: int) -> dict[date, str]:
    return {
        **_federal(year),
        easter_sunday(year) - 2 * _DAY: "Good Friday",
        date(year, 6, 14): "Flag Day",
        _election_day(year): "Election Day",
    }


def _rhode_island(year: int) -> dict[date, str]:
    victory = _weekday(year, 8, _MONDAY, 2)
    return {**_federal(year), victory: "Victory Day", _election_day(year): "Election Day"}


def _utah(year: int) -> dict[date, str]:
    pioneer = date(year, 7, 24)
    observed = pioneer + {5: -_DAY, 6: _DAY}.get(pioneer.weekday(), timedelta())
    return {**_federal(year), observed: "Pioneer Day", pioneer: "Pioneer Day"}


def _france(year: int) -> dict[date, str]:
    easter = easter_sunday(year)
    return {
        date(year, 1, 1): "New Year's Day",
        easter + _DAY: "Easter Monday",
        date(year, 5, 1): "Labour Day",
        date(year, 5, 8): "Victory Day",
        easter + 39 * _DAY: "Ascension Day",
        easter + 50 * _DAY: "Whit Monday",
        date(year, 7, 14): "Bastille Day",
        date(year, 8, 15): "Assumption Day",
        date(year, 11, 1): "All Saints' Day",
        date(year, 11, 11): "Armistice Day",
        date(year, 12, 25): "Christmas Day",
    }


CALENDARS: Mapping[str, Callable[[int], dict[date, str]]] = {
    "US-AL": _alabama,
    "US-LA": _louisiana,
    "US-PA": _pennsylvania,
    "US-RI": _rhode_island,
    "US-UT": _utah,
    "FR": _france,
}


def easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _election_day(year: int) -> date:
    return _weekday(year, 11, _MONDAY, 1) + _DAY


def _weekday(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + _DAY * ((weekday - first.weekday()) % 7 + 7 * (which - 1))
