"""Scales of charts: round ticks, and values as text. Pure."""

import enum
import math
from collections.abc import Iterable

MINUTE, HOUR, DAY = 60, 3600, 86_400
# Distances between ticks of time, in seconds.
ROUND_TIMES = (
    *(1, 2, 5, 10, 15, 30),
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 5)),
)
MAX_TICK_SPACES = 5  # maximum number of spaces between ticks


class Scale(enum.Enum):
    """The quantity that a chart or figure shows."""

    COUNT = "count"  # whole numbers that add up
    LEVEL = "level"  # whole numbers at a moment, which do not add up
    RATE = "rate"  # any number
    SHARE = "share"  # 0 to 1, shown as percent
    SECONDS = "seconds"

    def ticks(self, maximum: float) -> tuple[float, ...]:
        """Ticks from 0 in equal steps; the last is at or above `maximum`."""
        step = self._step(maximum)
        return tuple(_clean(step * n) for n in range(max(1, math.ceil(_clean(maximum / step))) + 1))

    def _step(self, maximum: float) -> float:
        if maximum <= 0:
            return 1
        if self is Scale.SECONDS:
            days = _round(maximum / MAX_TICK_SPACES / DAY) * DAY
            return next((step for step in ROUND_TIMES if step * MAX_TICK_SPACES >= maximum), days)
        step = _round(maximum / MAX_TICK_SPACES)
        return max(step, 1) if self in (Scale.COUNT, Scale.LEVEL) else step

    def format_tick(self, value: float) -> str:
        """A short form, for beside the chart."""
        match self:
            case Scale.SHARE:
                return f"{value * 100:.4g}%"
            case Scale.SECONDS:
                return _in_one_unit(value)
        return format_compact(value)

    def format_value(self, value: float | None) -> str:
        """The full form, for tables; a dash for None."""
        if value is None:
            return "–"
        match self:
            case Scale.COUNT | Scale.LEVEL:
                return f"{value:,.0f}"
            case Scale.RATE:
                return f"{value:,.2f}"
            case Scale.SHARE:
                return format_percent(value)
            case Scale.SECONDS:
                return format_duration(value)


def _round(step: float) -> float:
    """The next higher of 1, 2, 5, 10, 20, 50 …"""
    power = 10.0 ** math.floor(math.log10(step))
    return next(_clean(nice * power) for nice in (1, 2, 5, 10) if nice * power >= step * (1 - 1e-9))


def _clean(value: float) -> float:
    """The value without binary rounding errors."""
    return float(f"{value:.9g}")


def format_compact(value: float) -> str:
    """950, 1,200, 12k, 1.5M, 0.25: five characters, to fit beside a chart."""
    for unit, name in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= max(unit, 10_000):
            return f"{value / unit:.4g}{name}"
    return f"{value:,.0f}" if value == int(value) else f"{value:.4g}"


def format_percent(share: float | None) -> str:
    """98.2%; 100% and 0% only for exact values."""
    if share is None:
        return "–"
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def format_duration(seconds: float | None) -> str:
    """At most two units: 4 s, 1 min 30 s, 2 h 5 min, 3 d 4 h."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return "under 1 s" if seconds > 0 else "0 s"
    whole = round(seconds)
    for unit, name, part, part_name in (
        (DAY, "d", HOUR, "h"),
        (HOUR, "h", MINUTE, "min"),
        (MINUTE, "min", 1, "s"),
    ):
        if whole >= unit:
            large, rest = divmod(whole, unit)
            return _joined((large, name), (rest // part, part_name))
    return f"{whole} s"


def _in_one_unit(seconds: float) -> str:
    """90 min, not 1 h 30 min: ticks are round in one unit."""
    unit, name = next(
        ((unit, name) for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")) if seconds >= 2 * unit),
        (1, "s"),
    )
    return f"{seconds / unit:,.4g} {name}"


def _joined(*parts: tuple[int, str]) -> str:
    return " ".join(f"{count:,} {unit}" for count, unit in parts if count)


def highest(values: Iterable[float | None]) -> float:
    """The highest known value; 0 without any."""
    return max((value for value in values if value is not None), default=0)
