"""Figures beside those of the period before, and tables of them, as templates write them down. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from reports import wording
from reports.scales import Scale, percent


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
        return cls(label, scale.words(now), scale.words(before), changed(now, before, scale), hint)


def changed(now: float | None, before: float | None, scale: Scale = Scale.COUNT) -> str:
    """Of shares in points, of everything else in per cent."""
    return wording.points(now, before) if scale is Scale.SHARE else wording.change(now, before)


@dataclass(frozen=True)
class Head:
    """A column's head; with a link where one can sort by it."""

    label: str
    link: str = ""
    sorted: str = ""  # as aria-sort has it
    hint: str = ""


@dataclass(frozen=True)
class Cell:
    """A value with how it changed."""

    words: str
    change: str = ""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Row:
    """`cells` may be plain words. What is said of the name, a word or a code, is its `note`."""

    name: str
    cells: Sequence[str | Cell]
    note: str = ""
    link: str = ""


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    sums: Row | None = None


@dataclass(frozen=True)
class Column[T]:
    """What a table tells of each of its rows."""

    label: str
    value: Callable[[T], float | None]
    scale: Scale = Scale.COUNT
    hint: str = ""

    def words(self, of: T) -> str:
        return self.scale.words(self.value(of))


def cells[T](columns: Sequence[Column[T]], of: T) -> tuple[str, ...]:
    return tuple(column.words(of) for column in columns)


def heads(first: str, columns: Sequence[Column]) -> tuple[Head, ...]:
    return (Head(first), *(Head(column.label, hint=column.hint) for column in columns))


def share(part: float, whole: float) -> float | None:
    """None of nothing."""
    return part / whole if whole else None


def counted(count: int, whole: int, before: int) -> tuple[str, ...]:
    """A count, its share of the whole, and what it was before."""
    return f"{count:,}", percent(share(count, whole)), f"{before:,}"
