"""Days, periods and changes of figures in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from reports.periods import Bucket, Period, Step


def format_days(first: date, last: date) -> str:
    """3 March 2026; 1 – 31 October 2026; 28 September – 27 October 2026; with both years where they differ."""
    end = date_format(last, "j F Y")
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {end}"
    return f"{date_format(first, 'j F' if first.year == last.year else 'j F Y')} – {end}"


def format_period(of: Period) -> str:
    """October 2026 where it is one whole month, 2026 where it is that year, else its days."""
    if of.is_whole_months and of.first.replace(day=1) == of.last.replace(day=1):
        return date_format(of.first, "F Y")
    if (of.first.month, of.first.day, of.last.month, of.last.day) == (
        1,
        1,
        12,
        31,
    ) and of.first.year == of.last.year:
        return str(of.first.year)
    return format_days(of.first, of.last)


def format_step(bucket: Bucket, step: Step, zone: ZoneInfo) -> str:
    """A step in full, as a table has it."""
    match step:
        case Step.HOUR:
            return format_hour(bucket, zone)
        case Step.DAY:
            return date_format(bucket.first, "D j M Y")
        case Step.MONTH if not bucket.is_cut(step):
            return date_format(bucket.first, "F Y")
    return format_days(bucket.first, bucket.last)


def format_hour(bucket: Bucket, zone: ZoneInfo) -> str:
    """Sun 1 Nov 2026, 01:00 EDT: the clock's name tells the hour that comes twice apart."""
    assert isinstance(bucket.key, datetime)
    local = bucket.key.astimezone(zone)
    return f"{date_format(local, 'D j M Y, H:i')} {local.tzname()}"


def cut_steps_note(buckets: list[Bucket], step: Step) -> str:
    """A sentence about steps at the ends of which the period has only a part; empty where it has all."""
    parts = [one for one in dict.fromkeys((buckets[0], buckets[-1])) if one.is_cut(step)]
    if not parts:
        return ""
    told = " and ".join(format_days(one.first, one.last) for one in parts)
    return f"Only {f'a part of the {step}' if len(parts) == 1 else f'parts of the {step}s'}: {told}."


def longer_before_note(steps: int, before: int, step: Step) -> str:
    """A sentence where the period before has more steps than fit beside these: January before February."""
    more = before - steps
    return (
        f"The period before has {more} {step}{'s' if more > 1 else ''} more than are shown."
        if more > 0
        else ""
    )


def format_change(now: float | None, before: float | None) -> str:
    """+12%, −3%, ±0%; empty where there is nothing to compare with."""
    if now is None or not before:
        return ""
    share = round((now - before) / before * 100)
    if share == 0:
        return "±0%"
    return f"{'+' if share > 0 else '−'}{abs(share):,}%"


def format_points(now: float | None, before: float | None) -> str:
    """How much a share changed, in points: +1.2 points; empty where there is nothing to compare with."""
    if now is None or before is None:
        return ""
    moved = round((now - before) * 100, 1)
    sign = "±" if moved == 0 else "+" if moved > 0 else "−"
    return f"{sign}{abs(moved):g} point{'' if abs(moved) == 1 else 's'}"
