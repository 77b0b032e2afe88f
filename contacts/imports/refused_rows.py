"""Refused rows of an import: their reasons in groups, pages of them, and all as a CSV file with line and reason."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Func, Max, Min, QuerySet, Value

from contacts.imports.models import Import, RefusedRow
from kernel.spreadsheets.cells import escape_formula
from kernel.spreadsheets.writers import CsvWriter

_BATCH_SIZE = 2000  # rows
_COLUMNS = ["Line", "Reason"]  # before those of the file

_MAX_GROUPS = 12
# Reasons that differ only in what they quote from the file, or in numbers, are one group.
_GROUP = Func(F("reason"), Value("“[^”]*”|[0-9][0-9.,]*"), Value(""), Value("g"), function="regexp_replace")


def group_reasons(run: Import) -> list[dict[str, Any]]:
    """The most frequent reasons with their numbers of rows. If those of a group differ, `sentence` is an example."""
    rows = RefusedRow.objects.filter(team_id=run.team_id, run_id=run.id).order_by()
    groups = rows.annotate(group=_GROUP).values("group").annotate(
        rows=Count("id"), sentence=Min("reason"), last=Max("reason")
    )  # fmt: skip
    return [
        {"rows": group["rows"], "sentence": group["sentence"], "differ": group["sentence"] != group["last"]}
        for group in groups.order_by("-rows", "sentence")[:_MAX_GROUPS]
    ]


def rows_refused_after(run: Import, line: int, limit: int) -> list[RefusedRow]:
    """The next refused rows after this line of the file."""
    rows = list(_rows_after(run, line)[:limit])
    for row in rows:
        row.cells = row.cells[_of_ours(run) :]
    return rows


def refused_rows_csv(run: Import) -> Iterator[bytes]:
    """The file in pieces. Each piece is read in the scope that is open when the iterator is advanced."""
    writer, begin = CsvWriter(), _of_ours(run)
    yield writer.rows([_escape([*_COLUMNS, *run.header[begin:]])])
    line = 0
    while rows := list(_rows_after(run, line)[:_BATCH_SIZE]):
        yield writer.rows([_escape([str(row.line), row.reason, *row.cells[begin:]]) for row in rows])
        line = rows[-1].line


def _of_ours(run: Import) -> int:
    """How many of the file's columns this module wrote: the file may itself be one of refused rows, corrected."""
    return len(_COLUMNS) if run.header[: len(_COLUMNS)] == _COLUMNS else 0


def _rows_after(run: Import, line: int) -> QuerySet[RefusedRow]:
    return RefusedRow.objects.filter(team_id=run.team_id, run_id=run.id, line__gt=line).order_by("line")


def _escape(cells: list[str]) -> list[str]:
    """Cells without formulas. Cells that the file itself escaped are unchanged, so that they are read as before."""
    return [cell if cell[:1] == "'" else escape_formula(cell) for cell in cells]
