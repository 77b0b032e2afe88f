"""Vendor list reader: opens a list and finds its columns, with or without a header."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from accounts.models import Inbox
from contacts.imports.columns import NumberColumnWidget
from contacts.imports.consent_headers import ASK, OPT_IN, OPT_OUT, consent_field
from contacts.imports.consent_words import DATE_LIKE
from contacts.imports.headers import SYNONYMS, known_headers, match_columns
from contacts.runs.models import RunState
from contacts.vendor_lists.models import VendorListImport
from kernel.spreadsheets.reader import open_table
from kernel.spreadsheets.table import NotATable, Reading, SpreadsheetTable, TableRow
from kernel.tenancy import scope

_SAMPLE = 20  # rows from which columns without headers are guessed


@dataclass(frozen=True)
class VendorListReader:
    """An open list, its remaining rows and its columns."""

    table: SpreadsheetTable
    rows: Iterator[TableRow]
    columns: "VendorListColumns"


class ConsentColumn(NamedTuple):
    """The index of a column that says who opted out."""

    at: int
    opt_in: bool  # “no” is an opt-out


class VendorListColumns(NamedTuple):
    """The index of each column; None if the list does not have it."""

    number: int
    date: int | None
    source: int | None
    consent: tuple["ConsentColumn", ...] = ()  # in a list that also has people who did not opt out
    own_numbers: frozenset[str] = frozenset()  # of the team's inboxes


@contextmanager
def open_list(run: VendorListImport) -> Iterator["VendorListReader | str | None"]:
    """The list after the lines that were read; a sentence if it is not a table; None after the check."""
    if run.state != RunState.CHECKING:
        yield None
        return
    with open_file(run) as opened:
        yield opened


@contextmanager
def open_file(run: Any) -> Iterator["VendorListReader | str"]:
    """The stored file of a run, after its `lines`; a sentence if it is not a table. `run` has a `country`, too."""
    with scope(run.team_id):
        data = bytes(run.files.get(team_id=run.team_id).data)
    name = run.file_name or "The pasted list"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(data)
        try:
            with open_table(path, name, _READING) as table:
                yield _open_reader(table, run, name)
        except NotATable as refused:
            yield str(refused)


def _open_reader(table: SpreadsheetTable, run: Any, name: str) -> VendorListReader:
    rows = iter(table)
    sample = list(islice(rows, _SAMPLE))
    first = TableRow(table.header_line, table.header)
    with scope(run.team_id):
        own = frozenset(Inbox.objects.filter(team_id=run.team_id).values_list("number", flat=True))
    columns, has_header = _columns(first, sample, run.country, own)
    if columns is None:
        raise NotATable(
            f"No column in “{name}” contains phone numbers. Name the column “Phone Number” and try again."
        )
    all_rows = chain([] if has_header else [first], sample, rows)
    return VendorListReader(table, (row for row in all_rows if row.line > run.lines), columns)


_DATE = (
    "date datetime optoutdate optedoutat optoutat optedouton unsubscribedat unsubscribedate unsubscribedon"
    " unsubscribetime dateupdated datecreated datesent updatedat createdat created timestamp time when datum"
    " abgemeldetam"
)
_SOURCE = "source reason keyword origin list word words message quelle grund stichwort liste"
_READING = Reading(
    known=tuple(sorted({*known_headers(), *_DATE.split(), *_SOURCE.split()})),
    one_line=tuple(sorted({*SYNONYMS["number"].split(), *_DATE.split()})),
)


def _columns(
    first: TableRow, sample: list[TableRow], country: str, own: frozenset[str]
) -> tuple[VendorListColumns | None, bool]:
    """The columns, by the header or by the cells of the first rows; and whether the list has a header.

    A column of the team's own numbers is never that of the persons. Raises NotATable if several columns may be it.
    """
    words = [re.sub(r"[\W_]+", "", title.casefold()) for title in first.cells]
    date, source = (
        next((at for at, word in enumerate(words) if word in known.split()), None)
        for known in (_DATE, _SOURCE)
    )
    rows = [first.cells, *(row.cells for row in sample)]
    ours = {
        at for at in range(len(first.cells)) if _is_ours([row[at : at + 1] for row in rows], country, own)
    }
    consent = tuple(_consent_columns(first.cells, rows[1:], {date, source}))
    fields = match_columns(first.cells)
    if "number" in fields and fields.index("number") not in ours:
        return VendorListColumns(fields.index("number"), date, source, consent, own), True
    numbers = _number_columns(rows, country, ours)
    if not numbers:
        return None, True
    if not re.search("[0-9]", first.cells[numbers[0]]):
        if len(numbers) > 1:
            titles = " and ".join(f"“{first.cells[at]}”" for at in numbers)
            raise NotATable(
                f"The columns {titles} have phone numbers. Name the column of the people “Phone Number”, and try again."
            )
        return VendorListColumns(numbers[0], date, source, consent, own), True
    date = _best_column(rows, lambda cell: bool(DATE_LIKE.search(cell)), {numbers[0]})
    source = _best_column(rows, lambda cell: bool(re.search(r"[^\W\d_]", cell)), {numbers[0], date})
    return VendorListColumns(numbers[0], date, source, (), own), False


def _consent_columns(
    titles: list[str], rows: list[list[str]], excluded: set[int | None]
) -> Iterator[ConsentColumn]:
    """Columns that say who opted out. A column of dates or sources is none: an empty cell means nothing there."""
    for at, title in enumerate(titles):
        field = consent_field(title, (row[at] for row in rows if at < len(row)))
        if field == ASK and "status" in title.casefold():
            field = OPT_OUT
        if at not in excluded and field in (OPT_OUT, OPT_IN):
            yield ConsentColumn(at, field == OPT_IN)


def _number_columns(rows: list[list[str]], country: str, excluded: set[int]) -> list[int]:
    """The columns that may be the persons' numbers, the likeliest first: those with as many numbers as the best."""
    tried: set[int | None] = {*excluded}
    found: list[int] = []
    while (at := _best_column(rows, lambda cell: _is_number(cell, country), tried)) is not None:
        tried.add(at)
        found.append(at)
    return found


def _is_ours(cells: list[list[str]], country: str, own: frozenset[str]) -> bool:
    """Whether all numbers of a column are the team's own."""
    numbers = {number for cell in cells if cell and (number := _read_number(cell[0], country))}
    return bool(numbers) and numbers <= own


def _best_column(rows: list[list[str]], fits: Callable[[str], bool], excluded: set[int | None]) -> int | None:
    """The column with the most cells that fit; None if no cell fits."""
    matches: dict[int, int] = {}
    for cells in rows:
        for at, cell in enumerate(cells):
            if at not in excluded and fits(cell):
                matches[at] = matches.get(at, 0) + 1
    return max(matches, key=lambda at: (matches[at], -at), default=None)


def _is_number(cell: str, country: str) -> bool:
    return len(re.sub(r"\D", "", _read_number(cell, country))) > 6


def _read_number(cell: str, country: str) -> str:
    """The number of the cell, or ""."""
    try:
        return str(NumberColumnWidget(country, short_codes=True).clean(cell))
    except ValueError:
        return ""
