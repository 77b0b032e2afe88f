"""Spelling of business hours ("9 AM–12 PM, 1 PM–5:30 PM") and of holidays ("2026-12-25 Christmas Day"). Pure."""

import itertools
import re
from collections.abc import Mapping
from datetime import date

from kernel.clock import HourFormat, write_minutes
from messaging.hours.business_hours import DAY_MINUTES, Span

MOST_SPANS = 4  # of a day
MOST_HOLIDAYS = 100
LONGEST_NAME = 60  # characters of a holiday's name

_TIME = r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:[-–—]|to|until)\s*{_TIME}", re.IGNORECASE)
_HOLIDAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\s*(.*)")


class BadHours(ValueError):
    """The text cannot be read. The message is a sentence to show."""


def read_spans(text: str) -> tuple[Span, ...]:
    """The spans of a day, in order; none for an empty text or "closed". Raises BadHours.

    A span whose end is not later than its start ends on the next day.
    """
    if text.strip().casefold() in ("", "closed", "-", "–"):
        return ()
    parts = [part for part in re.split(r"[,;]|\band\b", text) if part.strip()]
    if len(parts) > MOST_SPANS:
        raise BadHours(f"A day may have at most {MOST_SPANS} times.")
    spans = tuple(sorted(_read_span(part.strip()) for part in parts))
    if any(earlier[1] > later[0] for earlier, later in itertools.pairwise(spans)):
        raise BadHours("These times overlap.")
    return spans


def _read_span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if not match:
        raise BadHours(f"“{text[:30]}” is no time span. Write it like 9:00–12:00, 13:00–17:30.")
    start, end = _minutes(*match.groups()[:3]), _minutes(*match.groups()[3:])
    if start == DAY_MINUTES:
        raise BadHours("A day begins at 0:00.")
    return start, end if end > start else end + DAY_MINUTES


def _minutes(hour: str, minute: str | None, half: str | None) -> int:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            raise BadHours(f"There is no {hour} {half}.")
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    total = hours * 60 + minutes
    if minutes > 59 or total > DAY_MINUTES:
        raise BadHours(f"There is no time {hour}:{minute or '00'}.")
    return total


def write_spans(spans: tuple[Span, ...], hours: HourFormat) -> str:
    """The spans of a day as a field shows them; empty for none."""
    return ", ".join(f"{_written(start, hours)}–{_written(end, hours)}" for start, end in spans)


def _written(minutes: int, hours: HourFormat) -> str:
    return write_minutes(minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES, hours)


def read_holidays(text: str) -> dict[date, str]:
    """The holidays, one a line, by date. Raises BadHours."""
    holidays: dict[date, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, name = _read_holiday(line)
        if day in holidays:
            raise BadHours(f"{day} is listed twice.")
        holidays[day] = name
    if len(holidays) > MOST_HOLIDAYS:
        raise BadHours(f"An inbox may have at most {MOST_HOLIDAYS} holidays.")
    return dict(sorted(holidays.items()))


def _read_holiday(line: str) -> tuple[date, str]:
    match = _HOLIDAY.fullmatch(line)
    try:
        if match:
            year, month, day, name = match.groups()
            return date(int(year), int(month), int(day)), " ".join(name.split())[:LONGEST_NAME]
    except ValueError:
        pass
    raise BadHours(f"“{line[:30]}” is no holiday. Write its date and name: 2026-12-25 Christmas Day.")


def write_holidays(holidays: Mapping[date, str]) -> str:
    return "\n".join(f"{day.isoformat()} {name}".rstrip() for day, name in sorted(holidays.items()))
