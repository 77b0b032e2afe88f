"""Figures with their comparison to the previous period, and tables of figures, as templates show them. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from reports import wording
from reports.charts.scales import Scale, format_percent


@dataclass(frozen=True)
class Figure:
    """One figure in large type, with the previous value and the change."""

    label: str
    value: str
    before: str  # a dash for none
    change: str
    hint: str = ""

    @property
    def direction(self) -> str:
        """ "up" or "down" from the previous value; empty if it did not change, or nothing is known from before."""
        return {"+": "up", "−": "down"}.get(self.change[:1], "")

    @classmethod
    def compare(
        cls, label: str, now: float | None, before: float | None, scale: Scale = Scale.COUNT, hint: str = ""
    ) -> Self:
        previous = before if before or scale is Scale.SHARE else None
        return cls(
            label,
            scale.format_value(now),
            scale.format_value(previous),
            describe_change(now, before, scale),
            hint,
        )


def describe_change(now: float | None, before: float | None, scale: Scale = Scale.COUNT) -> str:
    """The change in percentage points for shares, in percent for everything else."""
    return wording.format_points(now, before) if scale is Scale.SHARE else wording.format_change(now, before)


@dataclass(frozen=True)
class FigureColumnHead:
    """A column head; with a link if the table can be sorted by it."""

    label: str
    link: str = ""
    sorted: str = ""  # for aria-sort
    hint: str = ""


@dataclass(frozen=True)
class FigureCell:
    """A value and its change."""

    text: str
    change: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class FigureRow:
    """A row with its name; `note` is a word or code beside the name, which may link to a page."""

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
    total_row: FigureRow | None = None


@dataclass(frozen=True)
class FigureColumn[T]:
    """One column of figures: how to compute and format its value for a row."""

    label: str
    value: Callable[[T], float | None]
    scale: Scale = Scale.COUNT
    hint: str = ""

    def text_of(self, row: T) -> str:
        return self.scale.format_value(self.value(row))


def row_cells[T](columns: Sequence[FigureColumn[T]], row: T) -> tuple[str, ...]:
    return tuple(column.text_of(row) for column in columns)


def column_heads(first: str, columns: Sequence[FigureColumn]) -> tuple[FigureColumnHead, ...]:
    return (
        FigureColumnHead(first),
        *(FigureColumnHead(column.label, hint=column.hint) for column in columns),
    )


def share(part: float, whole: float) -> float | None:
    """The share as 0 to 1; None if the whole is 0."""
    return part / whole if whole else None


def count_cells(count: int, whole: int, before: int) -> tuple[str, ...]:
    """A count, its share of the whole, and the previous count."""
    return f"{count:,}", format_percent(share(count, whole)), f"{before:,}"
