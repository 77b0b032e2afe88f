"""Charts as pictures: bars and lines over steps, from figures to the geometry that templates/reports/chart.html draws.

A picture stretches with its page, its type does not. So across, everything is told in steps or per cent of the width;
downwards, in pixels from the top. Patterns are stripes that lie: no stretching bends those. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reports.paths import HEIGHT, Down, beside_each_other, dots, line, on_top, short, stacked, stairs
from reports.scales import Scale, highest

LOOKS = ("one", "two", "three", "four")  # how a series is told from others: see chart.css
BEFORE = 200  # so many steps of bars show the period before; of more, its line is a thicket
HITS = 130  # so many steps tell their values under the pointer; more are too thin to point at


@dataclass(frozen=True)
class Series:
    """What one colour and pattern stands for; None where nothing is known, which is not 0."""

    label: str
    values: Sequence[float | None]
    look: str = ""  # one of LOOKS or "stop"; else by its place


@dataclass(frozen=True)
class Label:
    """Words below a step."""

    step: int
    words: str


@dataclass(frozen=True)
class Across:
    """What a chart goes over: the name of each step in full, and the labels that fit on a wide and on a narrow page."""

    head: str  # of the names
    names: Sequence[str]
    wide: Sequence[Label]
    narrow: Sequence[Label]


@dataclass(frozen=True)
class Shape:
    """One path and how it looks."""

    look: str
    path: str


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    look: str
    kind: str  # "bar", "line" or "before"
    label: str


@dataclass(frozen=True)
class Placed:
    """Words at a place: per cent across, pixels down."""

    at: str
    words: str


@dataclass(frozen=True)
class Hit:
    step: int
    words: str


@dataclass(frozen=True)
class Row:
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """Everything that the template writes down. `name` is the chart's own on its page."""

    name: str
    title: str
    steps: int
    ticks: tuple[Placed, ...]
    wide: tuple[Placed, ...]
    narrow: tuple[Placed, ...]
    legend: tuple[Key, ...]
    hits: tuple[Hit, ...]
    head: tuple[str, ...]  # of the table behind it
    rows: tuple[Row, ...]
    sums: Row | None
    bars: tuple[Shape, ...] = ()
    lines: tuple[Shape, ...] = ()
    dots: tuple[Shape, ...] = ()
    before: str = ""
    note: str = ""
    height: int = HEIGHT
    description: str = field(default="")


def bar_chart(
    name: str, title: str, across: Across, series: Sequence[Series], *,
    scale: Scale = Scale.COUNT, before: Series | None = None, beside: bool = False, note: str = "",
) -> Chart:  # fmt: skip
    """Bars on top of each other, or beside. `before` is a faint line over the steps, of all of them together."""
    before = _fitted(before, len(across.names))
    tops = series if beside else [Series("", stacked([one.values for one in series]))]
    ticks = scale.ticks(highest(value for one in (*tops, *_maybe(before)) for value in one.values))
    values, down = [one.values for one in series], Down(ticks[-1])
    paths = beside_each_other(values, down) if beside else on_top(values, down)
    return _chart(
        name, title, across, series, scale, ticks, before,
        bars=tuple(map(Shape, _looks(series), paths)),
        before=stairs(before.values, down) if before and len(before.values) <= BEFORE else "",
        kind="bar", note=note,
    )  # fmt: skip


def line_chart(
    name: str, title: str, across: Across, series: Sequence[Series], *,
    scale: Scale = Scale.RATE, before: Series | None = None, note: str = "",
) -> Chart:  # fmt: skip
    """Lines that break where nothing is known."""
    before = _fitted(before, len(across.names))
    ticks = scale.ticks(highest(value for one in (*series, *_maybe(before)) for value in one.values))
    down = Down(ticks[-1])
    shown = list(zip(_looks(series), series, strict=True))
    return _chart(
        name, title, across, series, scale, ticks, before,
        lines=tuple(Shape(look, line(one.values, down)) for look, one in shown),
        dots=tuple(Shape(look, dots(one.values, down)) for look, one in shown),
        before=line(before.values, down) if before else "",
        kind="line", note=note,
    )  # fmt: skip


# -- around the picture ------------------------------------------------------------------------------------------


def _chart(
    name: str, title: str, across: Across, series: Sequence[Series], scale: Scale, ticks: Sequence[float],
    earlier: Series | None, *, kind: str, before: str, note: str,
    bars: tuple[Shape, ...] = (), lines: tuple[Shape, ...] = (), dots: tuple[Shape, ...] = (),
) -> Chart:  # fmt: skip
    steps, told = len(across.names), (*series, *_maybe(earlier))
    legend = [Key(look, kind, one.label) for look, one in zip(_looks(series), series, strict=True)]
    legend += [Key("", "before", one.label) for one in _maybe(earlier) if before]
    rows = tuple(
        Row(label, tuple(scale.words(one.values[step]) for one in told))
        for step, label in enumerate(across.names)
    )
    return Chart(
        name=name,
        title=title,
        steps=steps,
        ticks=tuple(Placed(short(Down(ticks[-1])(tick)), scale.tick(tick)) for tick in ticks),
        wide=_placed(across.wide, steps),
        narrow=_placed(across.narrow, steps),
        legend=tuple(legend),
        hits=tuple(_hits(told, rows)),
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


def _placed(labels: Sequence[Label], steps: int) -> tuple[Placed, ...]:
    return tuple(Placed(short((label.step + 0.5) / steps * 100), label.words) for label in labels)


def _hits(told: Sequence[Series], rows: Sequence[Row]) -> Iterator[Hit]:
    if len(rows) > HITS:
        return
    for step, row in enumerate(rows):
        values = ", ".join(f"{one.label} {cell}" for one, cell in zip(told, row.cells, strict=True))
        yield Hit(step, f"{row.name}: {values}")


def _sums(told: Sequence[Series]) -> Row:
    return Row("All", tuple(f"{sum(value or 0 for value in one.values):,.0f}" for one in told))


def _described(across: Across, told: Sequence[Series], scale: Scale) -> str:
    """The picture in words: where each series is highest."""
    return " ".join(_peak(across, one, scale) for one in told)


def _peak(across: Across, one: Series, scale: Scale) -> str:
    most = highest(one.values)
    if not most:
        return f"{one.label}: none."
    step = next(step for step, value in enumerate(one.values) if value == most)
    return f"{one.label}: at most {scale.words(most)} ({across.names[step]})."


def _looks(series: Sequence[Series]) -> list[str]:
    return [one.look or LOOKS[place % len(LOOKS)] for place, one in enumerate(series)]


def _maybe(series: Series | None) -> tuple[Series, ...]:
    return (series,) if series else ()


def _fitted(before: Series | None, steps: int) -> Series | None:
    """As many steps as there are now: the month before this one may be shorter or longer."""
    if before is None:
        return None
    values = (*before.values[:steps], *[None] * (steps - len(before.values)))
    return replace(before, values=values)
