"""Words for days, periods and changes of figures."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from kernel.clock import Clock, DateOrder
from reports.periods import Bucket, Period, Step


def format_days(first: date, last: date, clock: Clock) -> str:
    """March 3, 2026; October 1 – 31, 2026; 28 September – 27 October 2026; both years if they differ."""
    end = clock.write_day(last, "j F Y")
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        if clock.order == DateOrder.DAY_FIRST:
            return f"{first.day} – {end}"
        return f"{first:%B} {first.day} – {last.day}, {last.year}"
    return f"{clock.write_day(first, 'j F' if first.year == last.year else 'j F Y')} – {end}"


def format_period(period: Period, clock: Clock) -> str:
    """October 2026 for that whole month, 2026 for that whole year, else the days."""
    first, last = period.first, period.last
    if period.is_whole_months and first.replace(day=1) == last.replace(day=1):
        return f"{first:%B %Y}"
    if period == Period(date(first.year, 1, 1), date(first.year, 12, 31)):
        return str(first.year)
    return format_days(first, last, clock)


def format_step(bucket: Bucket, step: Step, clock: Clock) -> str:
    """The full name of a step, for tables."""
    match step:
        case Step.HOUR:
            return format_hour(bucket, clock)
        case Step.DAY:
            return clock.write_day(bucket.first, "D j M Y")
        case Step.MONTH if not bucket.is_cut(step):
            return f"{bucket.first:%B %Y}"
    return format_days(bucket.first, bucket.last, clock)


def format_hour(bucket: Bucket, clock: Clock) -> str:
    """Sun, Nov 1, 2026, 1:00 AM EDT: the zone distinguishes the two hours when clocks go back."""
    assert isinstance(bucket.key, datetime)
    local = clock.local(bucket.key)
    return f"{clock.write_day(local, 'D j M Y')}, {clock.write_time(local)} {local.tzname()}"


def cut_steps_note(buckets: list[Bucket], step: Step, clock: Clock) -> str:
    """A sentence about the first and last step if the period contains only a part of them; else empty."""
    parts = [bucket for bucket in dict.fromkeys((buckets[0], buckets[-1])) if bucket.is_cut(step)]
    if not parts:
        return ""
    days = " and ".join(format_days(bucket.first, bucket.last, clock) for bucket in parts)
    return f"Partial {step}{'s' if len(parts) > 1 else ''}: {days}."


def left_out_note(opt_outs: int) -> str:
    """A sentence about opt-outs that a chart leaves out; empty if there are none."""
    if not opt_outs:
        return ""
    return f"Not in the chart: {opt_outs:,} opt-out{'s' * (opt_outs != 1)} from imports and lists."


def longer_before_note(steps: int, before: int, step: Step) -> str:
    """A sentence if the previous period has more steps than fit beside these (January before February)."""
    more = before - steps
    if more <= 0:
        return ""
    if more == 1:
        return f"The previous period is 1 {step} longer; that {step} is not shown."
    return f"The previous period is {more} {step}s longer; those {step}s are not shown."


def format_local(at: datetime, zone: ZoneInfo) -> str:
    """2026-11-22 16:01:05-08:00, for files."""
    return at.astimezone(zone).isoformat(" ", "seconds")


def format_change(now: float | None, before: float | None) -> str:
    """+12%, −3%, ±0%; empty without a value to compare with."""
    if now is None or not before:
        return ""
    share = round((now - before) / before * 100)
    if share == 0:
        return "±0%"
    return f"{'+' if share > 0 else '−'}{abs(share):,}%"


def format_points(now: float | None, before: float | None) -> str:
    """The change of a share in percentage points: +1.2 points; empty without a value to compare with."""
    if now is None or before is None:
        return ""
    moved = round((now - before) * 100, 1)
    sign = "±" if moved == 0 else "+" if moved > 0 else "−"
    return f"{sign}{abs(moved):g} point{'' if abs(moved) == 1 else 's'}"
