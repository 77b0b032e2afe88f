"""The rows that an import refused: as they were, with line and reason, harmless for spreadsheets."""

import csv
import io
from collections.abc import Iterator

from django.db.models import QuerySet

from contacts.imports.cells import harmless
from contacts.models import Import, ImportRefusal

_PAGE = 2000


def first(run: Import, most: int) -> list[ImportRefusal]:
    return list(_of(run, 0)[:most])


def as_csv(run: Import) -> Iterator[str]:
    """A CSV file in pieces, each of which is read in the scope that is open when it is asked for."""
    yield "\ufeff" + _written(
        [["Line", "Reason", *run.header]]
    )  # the mark tells spreadsheets that it is UTF-8
    line = 0
    while found := list(_of(run, line)[:_PAGE]):
        yield _written([[str(row.line), row.reason, *row.cells] for row in found])
        line = found[-1].line


def _of(run: Import, behind: int) -> QuerySet[ImportRefusal]:
    return ImportRefusal.objects.filter(team_id=run.team_id, of_id=run.id, line__gt=behind).order_by("line")


def _written(rows: list[list[str]]) -> str:
    file = io.StringIO(newline="")
    # What the file itself marked as text stays as it was, so that the mended rows are read as the others were.
    csv.writer(file).writerows([cell if cell[:1] == "'" else harmless(cell) for cell in row] for row in rows)
    return file.getvalue()
