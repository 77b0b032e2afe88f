"""Figures beside those of the period before, and tables of them, as templates write them down. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from reports import wording
from reports.charts.scales import Scale, format_percent


@dataclass(frozen=True)
class Figure:
    """One figure in large type: what it was before, and how much it changed."""

    label: str
    value: str
    before: str
    change: str
    hint: str = ""

    @classmethod
    def of(
        cls, label: str, now: float | None, before: float | None, scale: Scale = Scale.COUNT, hint: str = ""
    ) -> Self:
        return cls(label, scale.words(now), scale.words(before), describe_change(now, before, scale), hint)


def describe_change(now: float | None, before: float | None, scale: Scale = Scale.COUNT) -> str:
    """Of shares in points, of everything else in per cent."""
    return wording.format_points(now, before) if scale is Scale.SHARE else wording.format_change(now, before)


@dataclass(frozen=True)
class FigureColumnHead:
    """A column's head; with a link where one can sort by it."""

    label: str
    link: str = ""
    sorted: str = ""  # as aria-sort has it
    hint: str = ""


@dataclass(frozen=True)
class FigureCell:
    """A value with how it changed."""

    words: str
    change: str = ""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class FigureRow:
    """`cells` may be plain words. What is said of the name, a word or a code, is its `note`."""

    name: str
    cells: Sequence[str | FigureCell]
    note: str = ""
    link: str = ""


@dataclass(frozen=True)
class FigureTable:
    name: str
    title: str
    heads: tuple[FigureColumnHead, ...]
    rows: tuple[FigureRow, ...]
    sums: FigureRow | None = None


@dataclass(frozen=True)
class FigureColumn[T]:
    """What a table tells of each of its rows."""

    label: str
    value: Callable[[T], float | None]
    scale: Scale = Scale.COUNT
    hint: str = ""

    def words(self, of: T) -> str:
        return self.scale.words(self.value(of))


def row_cells[T](columns: Sequence[FigureColumn[T]], of: T) -> tuple[str, ...]:
    return tuple(column.words(of) for column in columns)


def column_heads(first: str, columns: Sequence[FigureColumn]) -> tuple[FigureColumnHead, ...]:
    return (
        FigureColumnHead(first),
        *(FigureColumnHead(column.label, hint=column.hint) for column in columns),
    )


def share(part: float, whole: float) -> float | None:
    """None of nothing."""
    return part / whole if whole else None


def count_cells(count: int, whole: int, before: int) -> tuple[str, ...]:
    """A count, its share of the whole, and what it was before."""
    return f"{count:,}", format_percent(share(count, whole)), f"{before:,}"
