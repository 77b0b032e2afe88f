"""Charts of bars and lines: the geometry that templates/reports/charts/chart.html draws. Pure.

A picture stretches horizontally with its page; its text does not. Horizontal positions are therefore steps or percent
of the width, vertical positions are pixels from the top. Patterns are horizontal stripes, which do not distort.
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

LOOKS = ("one", "two", "three", "four")  # the colours and patterns of series; see chart.css
MAX_BARS_WITH_BEFORE = 200  # beyond this, the line of the previous period is illegible
MAX_HOVER_AREAS = 130  # beyond this, steps are too narrow to point at


@dataclass(frozen=True)
class ChartSeries:
    """Values with one colour and pattern; None means unknown, unlike 0."""

    label: str
    values: Sequence[float | None]
    look: str = ""  # one of LOOKS or "stop"; default: by its index


@dataclass(frozen=True)
class AxisLabel:
    """A label below a step."""

    step: int
    text: str


@dataclass(frozen=True)
class XAxis:
    """The steps of a chart: the full name of each, and the labels that fit on a wide and on a narrow page."""

    head: str  # the column head of the names
    names: Sequence[str]
    wide: Sequence[AxisLabel]
    narrow: Sequence[AxisLabel]


@dataclass(frozen=True)
class ChartPath:
    """An SVG path and its look."""

    look: str
    path: str


@dataclass(frozen=True)
class LegendEntry:
    """One entry of the legend."""

    look: str
    kind: str  # "bar", "line" or "before"
    label: str


@dataclass(frozen=True)
class PlacedLabel:
    """A label and its position: percent from the left or pixels from the top."""

    at: str
    text: str


@dataclass(frozen=True)
class HoverArea:
    step: int
    text: str


@dataclass(frozen=True)
class ChartRow:
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """Everything that the template shows. `name` is unique on the page."""

    name: str
    title: str
    steps: int
    ticks: tuple[PlacedLabel, ...]
    wide: tuple[PlacedLabel, ...]
    narrow: tuple[PlacedLabel, ...]
    legend: tuple[LegendEntry, ...]
    hover_areas: tuple[HoverArea, ...]
    head: tuple[str, ...]  # of the table below the picture
    rows: tuple[ChartRow, ...]
    total_row: ChartRow | None
    bars: tuple[ChartPath, ...] = ()
    lines: tuple[ChartPath, ...] = ()
    dots: tuple[ChartPath, ...] = ()
    before: str = ""
    note: str = ""
    height: int = HEIGHT
    description: str = field(default="")


def bar_chart(
    name: str, title: str, axis: XAxis, series: Sequence[ChartSeries], *,
    scale: Scale = Scale.COUNT, before: ChartSeries | None = None, beside: bool = False, note: str = "",
) -> Chart:  # fmt: skip
    """Stacked bars, or grouped with `beside`. `before` is a faint line for the previous period."""
    before = _cut_to_length(before, len(axis.names))
    tops = series if beside else [ChartSeries("", stacked_heights([each.values for each in series]))]
    ticks = scale.ticks(highest(value for each in (*tops, *_as_tuple(before)) for value in each.values))
    values, down = [each.values for each in series], YScale(ticks[-1])
    paths = grouped_bars(values, down) if beside else stacked_bars(values, down)
    return _chart(
        name, title, axis, series, scale, ticks, before,
        bars=tuple(map(ChartPath, _looks(series), paths)),
        before=step_line_path(before.values, down) if before and len(before.values) <= MAX_BARS_WITH_BEFORE else "",
        kind="bar", note=note,
    )  # fmt: skip


def line_chart(
    name: str, title: str, axis: XAxis, series: Sequence[ChartSeries], *,
    scale: Scale = Scale.RATE, before: ChartSeries | None = None, note: str = "",
) -> Chart:  # fmt: skip
    """Lines with gaps for unknown values."""
    before = _cut_to_length(before, len(axis.names))
    ticks = scale.ticks(highest(value for each in (*series, *_as_tuple(before)) for value in each.values))
    down = YScale(ticks[-1])
    shown = list(zip(_looks(series), series, strict=True))
    return _chart(
        name, title, axis, series, scale, ticks, before,
        lines=tuple(ChartPath(look, line_path(each.values, down)) for look, each in shown),
        dots=tuple(ChartPath(look, dot_path(each.values, down)) for look, each in shown),
        before=line_path(before.values, down) if before else "",
        kind="line", note=note,
    )  # fmt: skip


# -- parts -------------------------------------------------------------------------------------------------------


def _chart(
    name: str, title: str, axis: XAxis, series: Sequence[ChartSeries], scale: Scale, ticks: Sequence[float],
    earlier: ChartSeries | None, *, kind: str, before: str, note: str,
    bars: tuple[ChartPath, ...] = (), lines: tuple[ChartPath, ...] = (), dots: tuple[ChartPath, ...] = (),
) -> Chart:  # fmt: skip
    steps, all_series = len(axis.names), (*series, *_as_tuple(earlier))
    legend = [LegendEntry(look, kind, each.label) for look, each in zip(_looks(series), series, strict=True)]
    legend += [LegendEntry("", "before", each.label) for each in _as_tuple(earlier) if before]
    rows = tuple(
        ChartRow(label, tuple(scale.format_value(each.values[step]) for each in all_series))
        for step, label in enumerate(axis.names)
    )
    return Chart(
        name=name,
        title=title,
        steps=steps,
        ticks=tuple(
            PlacedLabel(format_coordinate(YScale(ticks[-1])(tick)), scale.format_tick(tick)) for tick in ticks
        ),
        wide=_placed(axis.wide, steps),
        narrow=_placed(axis.narrow, steps),
        legend=tuple(legend),
        hover_areas=tuple(_hover_areas(all_series, rows)),
        head=(axis.head, *(each.label for each in all_series)),
        rows=rows,
        total_row=_total_row(all_series) if scale is Scale.COUNT else None,
        description=_describe(axis, all_series, scale),
        bars=bars,
        lines=lines,
        dots=dots,
        before=before,
        note=note,
    )


def _placed(labels: Sequence[AxisLabel], steps: int) -> tuple[PlacedLabel, ...]:
    return tuple(
        PlacedLabel(format_coordinate((label.step + 0.5) / steps * 100), label.text) for label in labels
    )


def _hover_areas(series: Sequence[ChartSeries], rows: Sequence[ChartRow]) -> Iterator[HoverArea]:
    if len(rows) > MAX_HOVER_AREAS:
        return
    for step, row in enumerate(rows):
        values = [f"{each.label}: {cell}" for each, cell in zip(series, row.cells, strict=True)]
        yield HoverArea(step, "\n".join((row.name, *values)))


def _total_row(series: Sequence[ChartSeries]) -> ChartRow:
    return ChartRow("Total", tuple(f"{sum(value or 0 for value in each.values):,.0f}" for each in series))


def _describe(axis: XAxis, series: Sequence[ChartSeries], scale: Scale) -> str:
    """The picture in words for screen readers: the maximum of each series."""
    return " ".join(_peak(axis, each, scale) for each in series)


def _peak(axis: XAxis, series: ChartSeries, scale: Scale) -> str:
    maximum = highest(series.values)
    if not maximum:
        return f"{series.label}: none."
    step = next(step for step, value in enumerate(series.values) if value == maximum)
    return f"{series.label}: at most {scale.format_value(maximum)} ({axis.names[step]})."


def _looks(series: Sequence[ChartSeries]) -> list[str]:
    return [each.look or LOOKS[index % len(LOOKS)] for index, each in enumerate(series)]


def _as_tuple(series: ChartSeries | None) -> tuple[ChartSeries, ...]:
    return (series,) if series else ()


def _cut_to_length(before: ChartSeries | None, steps: int) -> ChartSeries | None:
    """The series with as many steps as the chart: the previous month may be shorter or longer."""
    if before is None:
        return None
    values = (*before.values[:steps], *[None] * (steps - len(before.values)))
    return replace(before, values=values)
