"""The report Team: what each member sent and answered, beside the period before; whoever left is still in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

from reports import figures, senders
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.forms import InboxFilterForm
from reports.query import ReportQuery
from reports.tables import (
    Figure,
    FigureCell,
    FigureColumn,
    FigureColumnHead,
    FigureRow,
    FigureTable,
    describe_change,
)

COLUMNS: dict[str, FigureColumn[MeasureCounts]] = {
    "sent": FigureColumn("Texts sent", lambda of: of.left),
    "answered": FigureColumn(
        "Conversations answered", lambda of: of.answers, hint="First answers to somebody who waited"
    ),
    "median": FigureColumn(
        "Median", lambda of: of.waited(0.5), Scale.SECONDS, hint="Half of the first answers came within it"
    ),
    "90th": FigureColumn(
        "90th", lambda of: of.waited(0.9), Scale.SECONDS, hint="Nine of ten first answers came within it"
    ),
}
SORTS = ("name", *COLUMNS)
DEFAULT_SORT = "-sent"  # most first


class TeamReportForm(InboxFilterForm):
    """Days, an inbox, and the column that is sorted by; a minus before it turns the order around."""

    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_sort(self) -> str:
        asked = str(self.cleaned_data["sort"])
        return asked if asked.removeprefix("-") in SORTS and asked != DEFAULT_SORT else ""


@dataclass(frozen=True)
class MemberFigures:
    """A member, or who was one."""

    name: str
    here: bool
    now: MeasureCounts
    before: MeasureCounts


@dataclass(frozen=True)
class TeamReport:
    """The page."""

    figures: tuple[Figure, ...]
    members: FigureTable


def build_team_report(question: ReportQuery, here: str) -> TeamReport:
    """`here` is the page's address without what is asked."""
    found = members(question)
    everybody = _together(found)
    return TeamReport(
        figures=_figures(everybody),
        members=FigureTable(
            "members", "By member", _heads(question, here), tuple(map(_row, found)), _row(everybody)
        ),
    )


_FIGURES = (
    COLUMNS["sent"],
    COLUMNS["answered"],
    FigureColumn[MeasureCounts]("Median time to answer", COLUMNS["median"].value, Scale.SECONDS),
    FigureColumn[MeasureCounts]("90th percentile", COLUMNS["90th"].value, Scale.SECONDS),
)


def team_figures(question: ReportQuery) -> tuple[Figure, ...]:
    """Those of everybody together."""
    return _figures(_together(members(question)))


def _together(found: list[MemberFigures]) -> MemberFigures:
    return MemberFigures("All", True, _sum(one.now for one in found), _sum(one.before for one in found))


def _figures(everybody: MemberFigures) -> tuple[Figure, ...]:
    return tuple(
        Figure.of(column.label, column.value(everybody.now), column.value(everybody.before), column.scale)
        for column in _FIGURES
    )


def members(question: ReportQuery) -> list[MemberFigures]:
    """All of today, and those who left but did something in either period; in the order that is asked for."""
    now, before = (_of_members(asked) for asked in (question.figures, question.figures.before()))
    here = senders.current_members(question.team)
    names = senders.sender_names(question.team, [*here, *sorted((now.keys() | before.keys()) - here.keys())])
    found = [
        MemberFigures(
            name, sender in here, now.get(sender, MeasureCounts()), before.get(sender, MeasureCounts())
        )
        for sender, name in names.items()
    ]
    return _sorted(found, question.value("sort") or DEFAULT_SORT)


def _of_members(asked: figures.FigureQuery) -> dict[str, MeasureCounts]:
    return {
        sender: of
        for sender, of in figures.by_sender(asked).items()
        if sender.startswith(senders.MEMBER_PREFIX) and (of.left or of.answers)
    }


def _sum(several: Iterable[MeasureCounts]) -> MeasureCounts:
    total = MeasureCounts()
    for one in several:
        total.update(one)
    return total


# -- order -------------------------------------------------------------------------------------------------------


def _sorted(found: list[MemberFigures], sort: str) -> list[MemberFigures]:
    """Those of whom nothing is known come last in either order, and equals by their names."""
    found.sort(key=lambda one: one.name.casefold())
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return found[::-1] if down else found
    value: Callable[[MeasureCounts], Any] = COLUMNS[key].value
    known = [one for one in found if value(one.now) is not None]
    known.sort(key=lambda one: -value(one.now) if down else value(one.now))
    return known + [one for one in found if value(one.now) is None]


def _heads(question: ReportQuery, here: str) -> tuple[FigureColumnHead, ...]:
    sort = question.value("sort") or DEFAULT_SORT
    labels = {"name": ("Member", ""), **{key: (column.label, column.hint) for key, column in COLUMNS.items()}}
    return tuple(_head(question, here, key, sort, *told) for key, told in labels.items())


def _head(question: ReportQuery, here: str, key: str, sort: str, label: str, hint: str) -> FigureColumnHead:
    """Names and times go up at first, counts down; what is sorted by turns around."""
    first = f"-{key}" if key in ("sent", "answered") else key
    wanted = {key: f"-{key}", f"-{key}": key}.get(sort, first)
    order = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    link = question.address(sort="" if wanted == DEFAULT_SORT else wanted)
    return FigureColumnHead(label, f"{here}?{link}" if link else here, order, hint)


# -- what is told of each ------------------------------------------------------------------------------------------


def _row(one: MemberFigures) -> FigureRow:
    cells = tuple(
        FigureCell(
            column.words(one.now),
            describe_change(column.value(one.now), column.value(one.before), column.scale),
        )
        for column in COLUMNS.values()
    )
    return FigureRow(one.name, cells, "" if one.here else "left")
