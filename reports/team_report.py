"""Team report: texts sent and replies of each member and former member, compared with the previous period."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

from reports import figures, senders
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.forms import InboxFilterForm
from reports.headlines import team_headline
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
    "sent": FigureColumn("Texts sent", lambda counts: counts.handed_over),
    "answered": FigureColumn(
        "Conversations replied to",
        lambda counts: counts.first_replies,
        hint="First replies to people who were waiting",
    ),
    "median": FigureColumn(
        "Median",
        lambda counts: counts.reply_time(0.5),
        Scale.SECONDS,
        hint="Half of first replies were this fast or faster",
    ),
    "90th": FigureColumn(
        "90th",
        lambda counts: counts.reply_time(0.9),
        Scale.SECONDS,
        hint="90% of first replies were this fast or faster",
    ),
}
SORTS = ("name", *COLUMNS)
DEFAULT_SORT = "-sent"  # the most first


class TeamReportForm(InboxFilterForm):
    """Days, an inbox, and the column to sort by; a minus before it means descending."""

    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_sort(self) -> str:
        sort = str(self.cleaned_data["sort"])
        return sort if sort.removeprefix("-") in SORTS and sort != DEFAULT_SORT else ""


@dataclass(frozen=True)
class MemberFigures:
    """The figures of a member or former member."""

    name: str
    is_current: bool
    now: MeasureCounts
    before: MeasureCounts


@dataclass(frozen=True)
class TeamReport:
    """The page."""

    headline: str
    figures: tuple[Figure, ...]
    members: FigureTable


def build_team_report(query: ReportQuery, path: str) -> TeamReport:
    """`path` is the page's address without its query."""
    all_members = members(query)
    total = _total(all_members)
    return TeamReport(
        headline=team_headline(total.now, total.before, query.period),
        figures=_figures(total),
        members=FigureTable(
            "members", "By member", _heads(query, path), tuple(map(_row, all_members)), _row(total)
        ),
    )


_FIGURES = (
    COLUMNS["sent"],
    COLUMNS["answered"],
    FigureColumn[MeasureCounts]("Median reply time", COLUMNS["median"].value, Scale.SECONDS),
    FigureColumn[MeasureCounts]("90th percentile", COLUMNS["90th"].value, Scale.SECONDS),
)


def team_figures(query: ReportQuery) -> tuple[Figure, ...]:
    """The figures of all members together."""
    return _figures(_total(members(query)))


def _total(members: list[MemberFigures]) -> MemberFigures:
    now, before = (member.now for member in members), (member.before for member in members)
    return MemberFigures("Total", True, _sum(now), _sum(before))


def _figures(total: MemberFigures) -> tuple[Figure, ...]:
    return tuple(
        Figure.compare(column.label, column.value(total.now), column.value(total.before), column.scale)
        for column in _FIGURES
    )


def members(query: ReportQuery) -> list[MemberFigures]:
    """All members, and former members with figures in either period, in the selected order."""
    now, before = _by_member(query.figure_query), _by_member(query.figure_query.before())
    current = senders.current_members(query.team)
    former = sorted((now.keys() | before.keys()) - current.keys())
    found = [
        MemberFigures(
            name, sender in current, now.get(sender, MeasureCounts()), before.get(sender, MeasureCounts())
        )
        for sender, name in senders.sender_names(query.team, [*current, *former]).items()
    ]
    return _sorted(found, query.value("sort") or DEFAULT_SORT)


def _by_member(figure_query: figures.FigureQuery) -> dict[str, MeasureCounts]:
    return {
        sender: counts
        for sender, counts in figures.by_sender(figure_query).items()
        if sender.startswith(senders.MEMBER_PREFIX) and (counts.handed_over or counts.first_replies)
    }


def _sum(parts: Iterable[MeasureCounts]) -> MeasureCounts:
    total = MeasureCounts()
    for counts in parts:
        total.update(counts)
    return total


# -- order -------------------------------------------------------------------------------------------------------


def _sorted(found: list[MemberFigures], sort: str) -> list[MemberFigures]:
    """Members without a value come last in either order; equal members are ordered by name."""
    found.sort(key=lambda member: member.name.casefold())
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return found[::-1] if down else found
    value: Callable[[MeasureCounts], Any] = COLUMNS[key].value
    known = [member for member in found if value(member.now) is not None]
    known.sort(key=lambda member: -value(member.now) if down else value(member.now))
    return known + [member for member in found if value(member.now) is None]


def _heads(query: ReportQuery, path: str) -> tuple[FigureColumnHead, ...]:
    sort = query.value("sort") or DEFAULT_SORT
    labels = {"name": ("Member", ""), **{key: (column.label, column.hint) for key, column in COLUMNS.items()}}
    return tuple(_head(query, path, key, sort, *texts) for key, texts in labels.items())


def _head(query: ReportQuery, path: str, key: str, sort: str, label: str, hint: str) -> FigureColumnHead:
    """The link of a column sorts names and times up and counts down; of the sorted column it reverses the order."""
    first = f"-{key}" if key in ("sent", "answered") else key
    target = {key: f"-{key}", f"-{key}": key}.get(sort, first)
    order = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    link = query.query_string_with(sort="" if target == DEFAULT_SORT else target)
    return FigureColumnHead(label, f"{path}?{link}" if link else path, order, hint)


# -- rows --------------------------------------------------------------------------------------------------------


def _row(member: MemberFigures) -> FigureRow:
    cells = tuple(
        FigureCell(
            column.text_of(member.now),
            describe_change(column.value(member.now), column.value(member.before), column.scale),
        )
        for column in COLUMNS.values()
    )
    return FigureRow(member.name, cells, "" if member.is_current else "former member")
