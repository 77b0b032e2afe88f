"""The rows that an import refused: as they were, with line and reason, harmless for spreadsheets."""

import csv
import io
from collections.abc import Iterator

from django.db.models import QuerySet

from contacts.imports.models import Import, RefusedRow
from kernel.spreadsheets.cells import escape_formula

_PAGE = 2000


def first_refused_rows(run: Import, most: int) -> list[RefusedRow]:
    return list(_of(run, 0)[:most])


def refused_rows_csv(run: Import) -> Iterator[str]:
    """A CSV file in pieces, each of which is read in the scope that is open when it is asked for."""
    yield "\ufeff" + _written(
        [["Line", "Reason", *run.header]]
    )  # the mark tells spreadsheets that it is UTF-8
    line = 0
    while found := list(_of(run, line)[:_PAGE]):
        yield _written([[str(row.line), row.reason, *row.cells] for row in found])
        line = found[-1].line


def _of(run: Import, behind: int) -> QuerySet[RefusedRow]:
    return RefusedRow.objects.filter(team_id=run.team_id, run_id=run.id, line__gt=behind).order_by("line")


def _written(rows: list[list[str]]) -> str:
    file = io.StringIO(newline="")
    # What the file itself marked as text stays as it was, so that the mended rows are read as the others were.
    csv.writer(file).writerows(
        [cell if cell[:1] == "'" else escape_formula(cell) for cell in row] for row in rows
    )
    return file.getvalue()
