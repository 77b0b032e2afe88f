"""Charts as pictures: bars and lines over steps, from figures to the geometry that templates/reports/chart.html draws.

A picture stretches with its page, its type does not. So across, everything is told in steps or per cent of the width;
downwards, in pixels from the top. Patterns are stripes that lie: no stretching bends those. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reports.charts.paths import (
    HEIGHT,
    YScale,
    dot_path,
    format_coordinate,
    grouped_bars,
    line_path,
    stacked_bars,
    stacked_heights,
    step_line_path,
)
from reports.charts.scales import Scale, highest

LOOKS = ("one", "two", "three", "four")  # how a series is told from others: see chart.css
MAX_BARS_WITH_BEFORE = 200  # so many steps of bars show the period before; of more, its line is a thicket
MAX_HOVER_AREAS = 130  # so many steps tell their values under the pointer; more are too thin to point at


@dataclass(frozen=True)
class ChartSeries:
    """What one colour and pattern stands for; None where nothing is known, which is not 0."""

    label: str
    values: Sequence[float | None]
    look: str = ""  # one of LOOKS or "stop"; else by its place


@dataclass(frozen=True)
class AxisLabel:
    """Words below a step."""

    step: int
    words: str


@dataclass(frozen=True)
class XAxis:
    """What a chart goes over: the name of each step in full, and the labels that fit on a wide and on a narrow page."""

    head: str  # of the names
    names: Sequence[str]
    wide: Sequence[AxisLabel]
    narrow: Sequence[AxisLabel]


@dataclass(frozen=True)
class ChartPath:
    """One path and how it looks."""

    look: str
    path: str


@dataclass(frozen=True)
class LegendEntry:
    """A line of the legend."""

    look: str
    kind: str  # "bar", "line" or "before"
    label: str


@dataclass(frozen=True)
class PlacedLabel:
    """Words at a place: per cent across, pixels down."""

    at: str
    words: str


@dataclass(frozen=True)
class HoverArea:
    step: int
    words: str


@dataclass(frozen=True)
class ChartRow:
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """Everything that the template writes down. `name` is the chart's own on its page."""

    name: str
    title: str
    steps: int
    ticks: tuple[PlacedLabel, ...]
    wide: tuple[PlacedLabel, ...]
    narrow: tuple[PlacedLabel, ...]
    legend: tuple[LegendEntry, ...]
    hits: tuple[HoverArea, ...]
    head: tuple[str, ...]  # of the table behind it
    rows: tuple[ChartRow, ...]
    sums: ChartRow | None
    bars: tuple[ChartPath, ...] = ()
    lines: tuple[ChartPath, ...] = ()
    dots: tuple[ChartPath, ...] = ()
    before: str = ""
    note: str = ""
    height: int = HEIGHT
    description: str = field(default="")


def bar_chart(
    name: str, title: str, across: XAxis, series: Sequence[ChartSeries], *,
    scale: Scale = Scale.COUNT, before: ChartSeries | None = None, beside: bool = False, note: str = "",
) -> Chart:  # fmt: skip
    """Bars on top of each other, or beside. `before` is a faint line over the steps, of all of them together."""
    before = _cut_to_length(before, len(across.names))
    tops = series if beside else [ChartSeries("", stacked_heights([one.values for one in series]))]
    ticks = scale.ticks(highest(value for one in (*tops, *_as_tuple(before)) for value in one.values))
    values, down = [one.values for one in series], YScale(ticks[-1])
    paths = grouped_bars(values, down) if beside else stacked_bars(values, down)
    return _chart(
        name, title, across, series, scale, ticks, before,
        bars=tuple(map(ChartPath, _looks(series), paths)),
        before=step_line_path(before.values, down) if before and len(before.values) <= MAX_BARS_WITH_BEFORE else "",
        kind="bar", note=note,
    )  # fmt: skip


def line_chart(
    name: str, title: str, across: XAxis, series: Sequence[ChartSeries], *,
    scale: Scale = Scale.RATE, before: ChartSeries | None = None, note: str = "",
) -> Chart:  # fmt: skip
    """Lines that break where nothing is known."""
    before = _cut_to_length(before, len(across.names))
    ticks = scale.ticks(highest(value for one in (*series, *_as_tuple(before)) for value in one.values))
    down = YScale(ticks[-1])
    shown = list(zip(_looks(series), series, strict=True))
    return _chart(
        name, title, across, series, scale, ticks, before,
        lines=tuple(ChartPath(look, line_path(one.values, down)) for look, one in shown),
        dots=tuple(ChartPath(look, dot_path(one.values, down)) for look, one in shown),
        before=line_path(before.values, down) if before else "",
        kind="line", note=note,
    )  # fmt: skip


# -- around the picture ------------------------------------------------------------------------------------------


def _chart(
    name: str, title: str, across: XAxis, series: Sequence[ChartSeries], scale: Scale, ticks: Sequence[float],
    earlier: ChartSeries | None, *, kind: str, before: str, note: str,
    bars: tuple[ChartPath, ...] = (), lines: tuple[ChartPath, ...] = (), dots: tuple[ChartPath, ...] = (),
) -> Chart:  # fmt: skip
    steps, told = len(across.names), (*series, *_as_tuple(earlier))
    legend = [LegendEntry(look, kind, one.label) for look, one in zip(_looks(series), series, strict=True)]
    legend += [LegendEntry("", "before", one.label) for one in _as_tuple(earlier) if before]
    rows = tuple(
        ChartRow(label, tuple(scale.words(one.values[step]) for one in told))
        for step, label in enumerate(across.names)
    )
    return Chart(
        name=name,
        title=title,
        steps=steps,
        ticks=tuple(
            PlacedLabel(format_coordinate(YScale(ticks[-1])(tick)), scale.tick(tick)) for tick in ticks
        ),
        wide=_placed(across.wide, steps),
        narrow=_placed(across.narrow, steps),
        legend=tuple(legend),
        hits=tuple(_hover_areas(told, rows)),
        head=(across.head, *(one.label for one in told)),
        rows=rows,
        sums=_sums(told) if scale is Scale.COUNT else None,
        description=_described(across, told, scale),
        bars=bars,
        lines=lines,
        dots=dots,
        before=before,
        note=note,
    )


def _placed(labels: Sequence[AxisLabel], steps: int) -> tuple[PlacedLabel, ...]:
    return tuple(
        PlacedLabel(format_coordinate((label.step + 0.5) / steps * 100), label.words) for label in labels
    )


def _hover_areas(told: Sequence[ChartSeries], rows: Sequence[ChartRow]) -> Iterator[HoverArea]:
    if len(rows) > MAX_HOVER_AREAS:
        return
    for step, row in enumerate(rows):
        values = ", ".join(f"{one.label} {cell}" for one, cell in zip(told, row.cells, strict=True))
        yield HoverArea(step, f"{row.name}: {values}")


def _sums(told: Sequence[ChartSeries]) -> ChartRow:
    return ChartRow("All", tuple(f"{sum(value or 0 for value in one.values):,.0f}" for one in told))


def _described(across: XAxis, told: Sequence[ChartSeries], scale: Scale) -> str:
    """The picture in words: where each series is highest."""
    return " ".join(_peak(across, one, scale) for one in told)


def _peak(across: XAxis, one: ChartSeries, scale: Scale) -> str:
    most = highest(one.values)
    if not most:
        return f"{one.label}: none."
    step = next(step for step, value in enumerate(one.values) if value == most)
    return f"{one.label}: at most {scale.words(most)} ({across.names[step]})."


def _looks(series: Sequence[ChartSeries]) -> list[str]:
    return [one.look or LOOKS[place % len(LOOKS)] for place, one in enumerate(series)]


def _as_tuple(series: ChartSeries | None) -> tuple[ChartSeries, ...]:
    return (series,) if series else ()


def _cut_to_length(before: ChartSeries | None, steps: int) -> ChartSeries | None:
    """As many steps as there are now: the month before this one may be shorter or longer."""
    if before is None:
        return None
    values = (*before.values[:steps], *[None] * (steps - len(before.values)))
    return replace(before, values=values)
