"""The report Team: what each member sent and answered, beside the period before; whoever left is still in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

from contacts.exports import Batches
from contacts.imports.cells import harmless
from contacts.writers import Row as Line
from reports import figures, senders
from reports.asked import InboxForm, Question
from reports.comparing import Cell, Column, Figure, Head, Row, Table, changed
from reports.figures import Figures
from reports.scales import Scale

COLUMNS: dict[str, Column[Figures]] = {
    "sent": Column("Texts sent", lambda of: of.left),
    "answered": Column(
        "Conversations answered", lambda of: of.answers, hint="First answers to somebody who waited"
    ),
    "median": Column(
        "Median", lambda of: of.waited(0.5), Scale.SECONDS, hint="Half of the first answers came within it"
    ),
    "90th": Column(
        "90th", lambda of: of.waited(0.9), Scale.SECONDS, hint="Nine of ten first answers came within it"
    ),
}
SORTS = ("name", *COLUMNS)
USUAL = "-sent"  # most first


class TeamForm(InboxForm):
    """Days, an inbox, and the column that is sorted by; a minus before it turns the order around."""

    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_sort(self) -> str:
        asked = str(self.cleaned_data["sort"])
        return asked if asked.removeprefix("-") in SORTS and asked != USUAL else ""


@dataclass(frozen=True)
class One:
    """A member, or who was one."""

    name: str
    here: bool
    now: Figures
    before: Figures


@dataclass(frozen=True)
class Team:
    """The page."""

    figures: tuple[Figure, ...]
    members: Table


def team_of(question: Question, here: str) -> Team:
    """`here` is the page's address without what is asked."""
    found = members(question)
    everybody = _together(found)
    return Team(
        figures=_figures(everybody),
        members=Table(
            "members", "By member", _heads(question, here), tuple(map(_row, found)), _row(everybody)
        ),
    )


_FIGURES = (
    COLUMNS["sent"],
    COLUMNS["answered"],
    Column[Figures]("Median time to answer", COLUMNS["median"].value, Scale.SECONDS),
    Column[Figures]("90th percentile", COLUMNS["90th"].value, Scale.SECONDS),
)


def figures_of(question: Question) -> tuple[Figure, ...]:
    """Those of everybody together."""
    return _figures(_together(members(question)))


def _together(found: list[One]) -> One:
    return One("All", True, _sum(one.now for one in found), _sum(one.before for one in found))


def _figures(everybody: One) -> tuple[Figure, ...]:
    return tuple(
        Figure.of(column.label, column.value(everybody.now), column.value(everybody.before), column.scale)
        for column in _FIGURES
    )


def members(question: Question) -> list[One]:
    """All of today, and those who left but did something in either period; in the order that is asked for."""
    now, before = (_of_members(asked) for asked in (question.figures, question.figures.before()))
    here = senders.here(question.team)
    names = senders.names(question.team, [*here, *sorted((now.keys() | before.keys()) - here.keys())])
    found = [
        One(name, sender in here, now.get(sender, Figures()), before.get(sender, Figures()))
        for sender, name in names.items()
    ]
    return _sorted(found, question.value("sort") or USUAL)


def _of_members(asked: figures.Asked) -> dict[str, Figures]:
    return {
        sender: of
        for sender, of in figures.by_sender(asked).items()
        if sender.startswith(senders.MEMBER) and (of.left or of.answers)
    }


def _sum(several: Iterable[Figures]) -> Figures:
    total = Figures()
    for one in several:
        total.update(one)
    return total


# -- order -------------------------------------------------------------------------------------------------------


def _sorted(found: list[One], sort: str) -> list[One]:
    """Those of whom nothing is known come last in either order, and equals by their names."""
    found.sort(key=lambda one: one.name.casefold())
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return found[::-1] if down else found
    value: Callable[[Figures], Any] = COLUMNS[key].value
    known = [one for one in found if value(one.now) is not None]
    known.sort(key=lambda one: -value(one.now) if down else value(one.now))
    return known + [one for one in found if value(one.now) is None]


def _heads(question: Question, here: str) -> tuple[Head, ...]:
    sort = question.value("sort") or USUAL
    labels = {"name": ("Member", ""), **{key: (column.label, column.hint) for key, column in COLUMNS.items()}}
    return tuple(_head(question, here, key, sort, *told) for key, told in labels.items())


def _head(question: Question, here: str, key: str, sort: str, label: str, hint: str) -> Head:
    """Names and times go up at first, counts down; what is sorted by turns around."""
    first = f"-{key}" if key in ("sent", "answered") else key
    wanted = {key: f"-{key}", f"-{key}": key}.get(sort, first)
    order = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    link = question.address(sort="" if wanted == USUAL else wanted)
    return Head(label, f"{here}?{link}" if link else here, order, hint)


# -- what is told of each ------------------------------------------------------------------------------------------


def _row(one: One) -> Row:
    cells = tuple(
        Cell(column.words(one.now), changed(column.value(one.now), column.value(one.before), column.scale))
        for column in COLUMNS.values()
    )
    return Row(one.name, cells, "" if one.here else "left")


HEADER = (
    "Member", "Left", "Texts Sent", "Conversations Answered", "Median Seconds", "90th Percentile Seconds",
    "Texts Sent Before", "Conversations Answered Before", "Median Seconds Before", "90th Percentile Seconds Before",
)  # fmt: skip


def export_of(question: Question) -> tuple[Line, Batches]:
    """The same as a file: its header and its rows; call it in the scope of the team."""
    lines: list[Line] = [
        [harmless(one.name), "" if one.here else "yes", *_values(one.now), *_values(one.before)]
        for one in members(question)
    ]
    return HEADER, iter([lines])


def _values(of: Figures) -> list[str]:
    values = (column.value(of) for column in COLUMNS.values())
    return ["" if value is None else str(round(value)) for value in values]
