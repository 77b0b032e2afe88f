"""Date reader: dates as people and programs write them. A date that could mean two days is refused. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Countries where 03/01/2026 is the 1st of March, and countries that use both orders. Elsewhere the day comes first.
_MONTH_FIRST = frozenset({"US", "PR"})
_BOTH_WAYS = frozenset({"CA", "PH", "ZA"})
_EARLIEST = date(2000, 1, 1)  # an earlier opt-out is a typing error
_TO_ITS_END = timedelta(days=1, seconds=-1)  # from the start of a day
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(:(?P<second>\d\d)([.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<between>[-/.])(?P<month>\d{1,2})(?P=between)(?P<day>\d{1,2})")
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<between>[-/.])(?P<two>\d{1,2})(?P=between)(?P<year>\d{4}|\d\d)")
_IN_WORDS = re.compile(
    r"(?:[a-z]{3,9},? )?(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[ -](?P<month>[a-z]{3,9})\.?"
    r"|(?P<month2>[a-z]{3,9})\.? (?P<day2>\d{1,2})(?:st|nd|rd|th)?),?[ -](?P<year>\d{4})",
    re.IGNORECASE,
)


class UnclearDate(ValueError):
    """The text is not a date, or could mean several; the message says what to do."""


def read_datetime(text: str, country: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The time that the text means, in `zone` unless the text names another. Raises UnclearDate.

    A day without a time means its end (or now): the person may have opted in earlier that day, and in doubt nobody is
    texted. So does midnight, which is how spreadsheets and databases write a day. An hour that a change of clocks
    repeats is the later one.
    """
    text = " ".join(text.split())
    at = _exact(text, zone) or _by_parts(text, country, zone, now)
    if now < at and at - _TO_ITS_END <= now and (at - _TO_ITS_END).time() == time():
        at = now  # midnight of today in the text's own zone
    if at > now + timedelta(minutes=5):
        raise UnclearDate(f"“{text[:40]}” is in the future.")
    if at.astimezone(zone).date() < _EARLIEST:
        raise UnclearDate(f"“{text[:40]}” is too far in the past.")
    return min(at, now)


def read_day(text: str, country: str) -> date:
    """The day that the text means, past or future. Raises UnclearDate, also for a time other than midnight."""
    text = re.sub(r"[T ]00:00(:00)?$", "", " ".join(text.split()))
    return _day(text, text, country)


def _exact(text: str, zone: ZoneInfo) -> datetime | None:
    """The time in a text like 2026-03-01T14:30:05Z; None for anything else, and for a day without a time."""
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d", text):
        return None
    text = re.sub(r" UTC$", "Z", text)
    try:
        at = datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", text))
        if at.time() == time():  # midnight is a day without a time
            return at + _TO_ITS_END if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return _in(at, zone)


def _by_parts(text: str, country: str, zone: ZoneInfo, now: datetime) -> datetime:
    clock = _CLOCK.search(text)
    days = text if clock is None else f"{text[: clock.start()]} {text[clock.end() :]}"
    day = _day(days.strip().rstrip(",T ").strip(), text, country)
    if clock and _time(clock, text) != time():
        return _in(datetime.combine(day, _time(clock, text)), zone)
    end = datetime.combine(day, time(23, 59, 59), zone)
    return min(end, now) if day == now.astimezone(zone).date() else end


def _in(at: datetime, zone: ZoneInfo) -> datetime:
    try:
        if at.tzinfo:
            return at.astimezone(UTC)
        return max(at.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        raise UnclearDate("This date is out of range.") from None


def _time(clock: re.Match[str], text: str) -> time:
    hour, half = int(clock["hour"]), (clock["half"] or "")[:1].lower()
    if half and not 1 <= hour <= 12:
        raise _not_a_date(text)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(clock["minute"]), int(clock["second"] or 0))
    except ValueError:
        raise _not_a_date(text) from None


def _day(days: str, text: str, country: str) -> date:
    if found := _YEAR_FIRST.fullmatch(days):
        return _date(int(found["year"]), int(found["month"]), int(found["day"]), text)
    if found := _IN_WORDS.fullmatch(days):
        month = (found["month"] or found["month2"]).lower()[:3]
        if month in _MONTHS:
            return _date(
                int(found["year"]), _MONTHS.index(month) + 1, int(found["day"] or found["day2"]), text
            )
    if found := _YEAR_LAST.fullmatch(days):
        return _in_country_order(found, text, country)
    raise _not_a_date(text)


def _in_country_order(found: re.Match[str], text: str, country: str) -> date:
    one, two = int(found["one"]), int(found["two"])
    if len(found["year"]) == 2:
        raise UnclearDate(f"“{text[:40]}” has a two-digit year. Write it like 2026-03-31.")
    # Dates with dots have the day first, also in countries where the month comes first.
    dotted = found["between"] == "."
    month_first = country in _MONTH_FIRST and not dotted
    if one != two and country in _BOTH_WAYS and not dotted and max(one, two) <= 12:
        raise UnclearDate(f"“{text[:40]}” could mean two days. Write it like 2026-03-31.")
    if country in _BOTH_WAYS and not dotted:
        month_first = two > 12
    month, day = (one, two) if month_first else (two, one)
    if month > 12 >= day:
        # The whole file may be in the other order; then none of its dates would be certain.
        order = "month/day/year" if month_first else "day/month/year"
        raise UnclearDate(
            f"“{text[:40]}” is not in {order} order, as used in this country. Write it like 2026-03-31."
        )
    return _date(int(found["year"]), month, day, text)


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _not_a_date(text) from None


def _not_a_date(text: str) -> UnclearDate:
    return UnclearDate(f"“{text[:40]}” is not a date. Write it like 2026-03-31.")
