"""Vendor list reader: opens a list and finds its columns, with or without a header."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from contacts.imports.columns import NumberColumnWidget
from contacts.imports.headers import SYNONYMS, known_headers, match_columns
from contacts.runs.models import RunState
from contacts.vendor_lists.models import VendorListFile, VendorListImport
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


class VendorListColumns(NamedTuple):
    """The index of each column; None if the list does not have it."""

    number: int
    date: int | None
    source: int | None
    opt_out: int | None = None  # in a list that also has people who did not opt out


@contextmanager
def open_list(run: VendorListImport) -> Iterator["VendorListReader | str | None"]:
    """The list after the lines that were read; a sentence if it is not a table; None after the check."""
    if run.state != RunState.CHECKING:
        yield None
        return
    with scope(run.team_id):
        data = bytes(VendorListFile.objects.get(team_id=run.team_id, run_id=run.id).data)
    name = run.file_name or "The pasted list"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(data)
        try:
            with open_table(path, name, _READING) as table:
                yield _open_reader(table, run, name)
        except NotATable as refused:
            yield str(refused)


def _open_reader(table: SpreadsheetTable, run: VendorListImport, name: str) -> VendorListReader:
    rows = iter(table)
    sample = list(islice(rows, _SAMPLE))
    first = TableRow(table.header_line, table.header)
    columns, has_header = _columns(first, sample, run.country)
    if columns is None:
        raise NotATable(
            f"No column in “{name}” contains phone numbers. Name the column “Phone Number” and try again."
        )
    all_rows = chain([] if has_header else [first], sample, rows)
    return VendorListReader(table, (row for row in all_rows if row.line > run.lines), columns)


_DATE = (
    "date datetime optoutdate optedoutat optoutat optedouton unsubscribedat unsubscribedate unsubscribedon"
    " unsubscribetime createdat created timestamp time when datum abgemeldetam"
)
_SOURCE = "source reason keyword origin list word words message quelle grund stichwort liste"
_READING = Reading(
    known=tuple(sorted({*known_headers(), *_DATE.split(), *_SOURCE.split()})),
    one_line=tuple(sorted({*SYNONYMS["number"].split(), *_DATE.split()})),
)


def _columns(first: TableRow, sample: list[TableRow], country: str) -> tuple[VendorListColumns | None, bool]:
    """The columns, by the header or by the cells of the first rows; and whether the list has a header."""
    words = [re.sub(r"[\W_]+", "", title.casefold()) for title in first.cells]
    date, source = (
        next((at for at, word in enumerate(words) if word in known.split()), None)
        for known in (_DATE, _SOURCE)
    )
    fields = match_columns(first.cells)
    if "number" in fields:
        opt_out = fields.index("opt_out") if "opt_out" in fields else None
        return VendorListColumns(fields.index("number"), date, source, opt_out), True
    rows = [first.cells, *(row.cells for row in sample)]
    number = _best_column(rows, lambda cell: _is_number(cell, country), set())
    if number is None:
        return None, True
    if not re.search("[0-9]", first.cells[number]):
        return VendorListColumns(number, date, source), True
    date = _best_column(rows, lambda cell: bool(DATE_LIKE.search(cell)), {number})
    source = _best_column(rows, lambda cell: bool(re.search(r"[^\W\d_]", cell)), {number, date})
    return VendorListColumns(number, date, source), False


DATE_LIKE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[a-z]{3,9}\.? \d{1,2},? \d{4}|\d [a-z]{3,9} \d{4}", re.IGNORECASE
)


def _best_column(rows: list[list[str]], fits: Callable[[str], bool], excluded: set[int | None]) -> int | None:
    """The column with the most cells that fit; None if no cell fits."""
    matches: dict[int, int] = {}
    for cells in rows:
        for at, cell in enumerate(cells):
            if at not in excluded and fits(cell):
                matches[at] = matches.get(at, 0) + 1
    return max(matches, key=lambda at: (matches[at], -at), default=None)


def _is_number(cell: str, country: str) -> bool:
    try:
        return len(re.sub(r"\D", "", NumberColumnWidget(country).clean(cell))) > 6
    except ValueError:
        return False
