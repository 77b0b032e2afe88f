"""Refused rows of an import: a first few for the page, and all as a CSV file with line and reason."""

from collections.abc import Iterator

from django.db.models import QuerySet

from contacts.imports.models import Import, RefusedRow
from kernel.spreadsheets.cells import escape_formula
from kernel.spreadsheets.writers import CsvWriter

_BATCH_SIZE = 2000  # rows


def first_refused_rows(run: Import, limit: int) -> list[RefusedRow]:
    return list(_rows_after(run, 0)[:limit])


def refused_rows_csv(run: Import) -> Iterator[bytes]:
    """The file in pieces. Each piece is read in the scope that is open when the iterator is advanced."""
    writer = CsvWriter()
    yield writer.rows([_escape(["Line", "Reason", *run.header])])
    line = 0
    while rows := list(_rows_after(run, line)[:_BATCH_SIZE]):
        yield writer.rows([_escape([str(row.line), row.reason, *row.cells]) for row in rows])
        line = rows[-1].line


def _rows_after(run: Import, line: int) -> QuerySet[RefusedRow]:
    return RefusedRow.objects.filter(team_id=run.team_id, run_id=run.id, line__gt=line).order_by("line")


def _escape(cells: list[str]) -> list[str]:
    """Cells without formulas. Cells that the file itself escaped are unchanged, so that they are read as before."""
    return [cell if cell[:1] == "'" else escape_formula(cell) for cell in cells]
