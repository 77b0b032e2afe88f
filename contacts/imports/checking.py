"""An import's file is read, once: good rows are staged, bad ones are kept with the reason, and all are counted.

While PostgreSQL stores some rows, a thread reads the next ones. A check that broke off goes on behind the last line
that was stored, since lines are stored together with the position.
"""

import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from contacts.custom_fields.models import CustomField
from contacts.imports import preview
from contacts.imports.columns import BadRow, RowReader
from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from contacts.runs.models import RunState
from kernel.spreadsheets.reader import open_table
from kernel.spreadsheets.table import NotATable, SpreadsheetTable, TableRow
from kernel.sql import fetch
from kernel.tenancy import scope

BATCH_SIZE = 5000  # read and stored at once


@dataclass
class CheckedRows:
    """Some lines of the file: the good ones as COPY takes them, the bad ones with the reason."""

    last: int  # line
    bytes_read: int
    good: list[str] = field(default_factory=list)
    bad: list[tuple[int, str, list[str]]] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)


class ImportReader:
    """The file, some lines at a time; the next ones are read ahead. Raises NotATable."""

    def __init__(
        self, table: SpreadsheetTable, reader: RowReader, behind: int, thread: ThreadPoolExecutor
    ) -> None:
        self.table, self.reader, self.thread = table, reader, thread
        self.rows = (row for row in table if row.line > behind)
        self.ahead = thread.submit(self._read)

    def next(self) -> CheckedRows | None:
        """None at the end of the file."""
        lines = self.ahead.result()
        if lines:
            self.ahead = self.thread.submit(self._read)
        return lines

    def _read(self) -> CheckedRows | None:
        rows = list(islice(self.rows, BATCH_SIZE))
        if not rows:
            return None
        lines = CheckedRows(rows[-1].line, self.table.bytes_read, rows=rows)
        read, good, bad = self.reader.read, lines.good.append, lines.bad.append
        for line, cells in rows:
            try:
                good(copy_line(line, read(cells)))
            except BadRow as wrong:
                bad((line, str(wrong), cells))
        return lines


@dataclass
class UnreadableImport:
    """A file that could not even be opened."""

    sentence: str

    def next(self) -> None:
        raise NotATable(self.sentence)


@contextmanager
def open_file(run: Import) -> Iterator[Any]:
    """What a check keeps open: the file, behind the last line that is stored. Nothing for an import that is written."""
    if run.state != RunState.CHECKING:
        yield None
        return
    with ExitStack() as stack:
        path = stack.enter_context(_file(run))
        reader = RowReader(run.columns, ImportOptions.read(run.options).country, _fields(run))
        try:
            table = stack.enter_context(open_table(path, run.file_name))
        except NotATable as refused:
            yield UnreadableImport(str(refused))
            return
        thread = stack.enter_context(ThreadPoolExecutor(1))
        yield ImportReader(table, reader, run.lines, thread)


def _fields(run: Import) -> list[CustomField]:
    with scope(run.team_id):
        return list(CustomField.objects.of(run.team_id))


@contextmanager
def _file(run: Import) -> Iterator[Path]:
    """The file in one piece, on this worker's disk."""
    with tempfile.NamedTemporaryFile(prefix="heymarket-") as file:
        place = 0
        while piece := _chunk(run, place):
            file.write(piece)
            place += 1
        file.flush()
        yield Path(file.name)


def _chunk(run: Import, place: int) -> bytes:
    question = "SELECT data FROM contacts_importchunk WHERE team_id = $1 AND run_id = $2 AND place = $3"
    with scope(run.team_id):
        found = fetch(question, run.team_id, run.id, place)
    return bytes(found[0][0]) if found else b""


def check_batch(run: Import, reading: ImportReader) -> None:
    """Store the next lines; after the last ones, count what would come of them."""
    try:
        lines = reading.next()
    except NotATable as refused:
        run.end(RunState.FAILED, str(refused))
        return
    if lines is None:
        run.counts.setdefault("read", 0)
        run.preview = preview.count_changes(run)
        run.preview["first_staying"] = preview.sample_still_opted_out(run) if run.preview["staying"] else []
        run.state, run.checked_at = RunState.CHECKED, timezone.now()
        return
    bad = lines.bad + _stage(run, lines)
    _refuse(run, bad)
    run.count(read=len(lines.rows), refused=len(bad))
    run.lines = lines.last
    # The place in a workbook, which is packed, moves slowly; what counts is that it moves.
    run.position = max(run.position + 1, min(lines.bytes_read, run.size))


# -- good rows ---------------------------------------------------------------------------------------------------

_COLUMNS = "line, number, first_name, last_name, display_name, email, note, opt_out, lists, tags, custom"
_STAGED = """
    CREATE TEMPORARY TABLE staged (line integer, number text, first_name text, last_name text, display_name text,
        email text, note text, opt_out boolean, lists jsonb, tags jsonb, custom jsonb) ON COMMIT DROP
"""
_KEEP = f"""
    INSERT INTO contacts_importrow (team_id, run_id, {_COLUMNS}) SELECT %(team)s, %(run)s, {_COLUMNS} FROM staged
    ORDER BY line ON CONFLICT (team_id, run_id, number) DO NOTHING
"""
_TWICE = """
    SELECT s.line, r.line FROM staged s JOIN contacts_importrow r
    ON r.team_id = %(team)s AND r.run_id = %(run)s AND r.number = s.number WHERE r.line <> s.line ORDER BY s.line
"""
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def copy_line(line: int, values: dict[str, Any]) -> str:
    """A row as PostgreSQL's COPY reads it."""
    get = values.get
    opt_out, lists, tags, custom = get("opt_out"), get("lists"), get("tags"), get("custom")
    return (
        f"{line}\t{get('number')}\t{_copied(get('first_name'))}\t{_copied(get('last_name'))}\t"
        f"{_copied(get('display_name'))}\t{_copied(get('email'))}\t{_copied(get('note'))}\t"
        f"{'\\N' if opt_out is None else 't' if opt_out else 'f'}\t"
        f"{_copied(json.dumps(lists)) if lists else '\\N'}\t{_copied(json.dumps(tags)) if tags else '\\N'}\t"
        f"{_copied(json.dumps(custom)) if custom else '\\N'}\n"
    )


def _copied(text: str | None) -> str:
    if not text:
        return ""
    return text.translate(_ESCAPES) if "\\" in text or not text.isprintable() else text


def _stage(run: Import, lines: CheckedRows) -> list[tuple[int, str, list[str]]]:
    """Store the good rows; those whose number the file has already named come back as bad ones."""
    if not lines.good:
        return []
    place = {"team": run.team_id, "run": run.id}
    with connection.cursor() as cursor:
        cursor.execute(_STAGED)
        with cursor.copy(f"COPY staged ({_COLUMNS}) FROM STDIN") as copy:
            copy.write("".join(lines.good))
        cursor.execute(_KEEP, place)
        if cursor.rowcount == len(lines.good):
            return []
        cursor.execute(_TWICE, place)
        twice = dict(cursor.fetchall())
    return [
        (row.line, f"This number stands in row {twice[row.line]} already.", row.cells)
        for row in lines.rows
        if row.line in twice
    ]


# -- bad rows ----------------------------------------------------------------------------------------------------

_REFUSE = """
    INSERT INTO contacts_refusedrow (team_id, run_id, line, reason, cells)
    SELECT %s, %s, line, reason, cells::jsonb
    FROM unnest(%s::integer[], %s::text[], %s::text[]) AS bad (line, reason, cells)
"""


def _refuse(run: Import, bad: list[tuple[int, str, list[str]]]) -> None:
    if not bad:
        return
    lines, reasons, cells = zip(*sorted(bad), strict=True)
    values = [list(lines), [reason[:300] for reason in reasons], [json.dumps(row) for row in cells]]
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE, [run.team_id, run.id, *values])
