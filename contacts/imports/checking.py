"""Check of an import: its file is read once; good rows and opt-outs are staged, refused rows are stored with reasons.

While PostgreSQL stores some rows, a thread reads the next. Rows are stored in one transaction with the position, so an
interrupted check continues after the last stored line.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection
from django.utils import timezone

from contacts.imports import preview
from contacts.imports.file_reading import reading_of
from contacts.imports.models import Import
from contacts.imports.reading import row_reader
from contacts.imports.refused_rows import group_reasons
from contacts.imports.row_reader import BadRow, RowReader
from contacts.imports.stage_opt_outs import ReadOptOuts, settle_opt_outs
from contacts.imports.stored_file import stored_file
from contacts.runs.models import RunState
from kernel.spreadsheets.reader import open_table
from kernel.spreadsheets.table import NotATable, SpreadsheetTable, TableRow
from kernel.sql import counted, fetch

BATCH_SIZE = 5000  # rows


@dataclass
class CheckedRows:
    """Some rows of the file: good rows as lines for COPY, refused rows with their reasons."""

    last_line: int
    bytes_read: int
    good: list[str] = field(default_factory=list)
    bad: list[tuple[int, str, list[str]]] = field(default_factory=list)
    opt_outs: ReadOptOuts = field(default_factory=ReadOptOuts)
    rows: list[TableRow] = field(default_factory=list)


class ImportReader:
    """Reads the file in batches, one batch ahead."""

    def __init__(
        self, table: SpreadsheetTable, reader: RowReader, after: int, thread: ThreadPoolExecutor
    ) -> None:
        self.table, self.reader, self.thread = table, reader, thread
        self.rows = (row for row in table if row.line > after)
        self.ahead = thread.submit(self._read)

    def next(self) -> CheckedRows | None:
        """The next rows; None at the end of the file. Raises NotATable."""
        rows = self.ahead.result()
        if rows:
            self.ahead = self.thread.submit(self._read)
        return rows

    def _read(self) -> CheckedRows | None:
        rows = list(islice(self.rows, BATCH_SIZE))
        if not rows:
            return None
        checked = CheckedRows(rows[-1].line, self.table.bytes_read, rows=rows)
        read, good, bad = self.reader.read_contacts, checked.good.append, checked.bad.append
        for row in rows:
            refused = ""
            if row.faults:
                refused = row.refusal(self.reader.used)
            try:
                for values in [] if refused else read(row.cells):
                    good(copy_line(row.line, values))
            except BadRow as reason:
                refused = str(reason)
            if refused:
                bad((row.line, refused, row.cells))
            if stated := self.reader.opt_out(row.cells, {fault.column for fault in row.faults}):
                checked.opt_outs.add(row.line, stated, refused=bool(refused))
        return checked


@dataclass
class UnreadableImport:
    """A file that could not be opened."""

    reason: str

    def next(self) -> None:
        raise NotATable(self.reason)


@contextmanager
def open_file(run: Import) -> Iterator[Any]:
    """The reader of the file, after the last stored line; None for an import that is past its check."""
    if run.state != RunState.CHECKING:
        yield None
        return
    with ExitStack() as stack:
        path = stack.enter_context(stored_file(run))
        reader = row_reader(run)
        try:
            table = stack.enter_context(open_table(path, run.file_name, reading_of(run)))
        except NotATable as refused:
            yield UnreadableImport(str(refused))
            return
        thread = stack.enter_context(ThreadPoolExecutor(1))
        yield ImportReader(table, reader, run.lines, thread)


def check_batch(run: Import, reader: ImportReader) -> None:
    """Store the next rows; after the last, count what the import would change."""
    try:
        checked = reader.next()
    except NotATable as refused:
        run.end(RunState.FAILED, str(refused))
        return
    if checked is None:
        run.counts.setdefault("read", 0)
        settle_opt_outs(run)
        run.preview = preview.count_changes(run)
        run.preview["first_staying"] = preview.sample_still_opted_out(run) if run.preview["staying"] else []
        run.preview["reasons"] = group_reasons(run) if run.counts.get("refused") else []
        run.state, run.checked_at = RunState.CHECKED, timezone.now()
        return
    duplicates = _stage(run, checked)
    bad = checked.bad + duplicates
    checked.opt_outs.stage(run, refused={line for line, _, _ in duplicates})
    _refuse(run, [(line, reason + checked.opt_outs.remark(line), cells) for line, reason, cells in bad])
    run.count(read=len(checked.rows), refused=len(bad))
    run.lines = checked.last_line
    # The position in a workbook, which is compressed, may stay the same; each batch has to move it.
    run.position = max(run.position + 1, min(checked.bytes_read, run.size))


# -- good rows ---------------------------------------------------------------------------------------------------

_COLUMNS = (
    "line, number, first_name, last_name, display_name, email, note, opt_out, lists, tags, custom, consent"
)
_STAGED = """
    CREATE TEMPORARY TABLE staged (line integer, number text, first_name text, last_name text, display_name text,
        email text, note text, opt_out boolean, lists jsonb, tags jsonb, custom jsonb, consent jsonb) ON COMMIT DROP
"""
_INSERT_STAGED = f"""
    WITH stored AS (
        INSERT INTO contacts_importrow (team_id, run_id, {_COLUMNS}) SELECT $1, $2, {_COLUMNS} FROM staged
        ORDER BY line ON CONFLICT (team_id, run_id, number) DO NOTHING RETURNING 1)
    SELECT count(*) FROM stored
"""
_DUPLICATES = """
    SELECT s.line, r.line FROM staged s JOIN contacts_importrow r
    ON r.team_id = $1 AND r.run_id = $2 AND r.number = s.number WHERE r.line <> s.line ORDER BY s.line
"""
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def copy_line(line: int, values: dict[str, Any]) -> str:
    """A row as a line for PostgreSQL's COPY."""
    get = values.get
    opt_out, lists, tags, custom = get("opt_out"), get("lists"), get("tags"), get("custom")
    consent = get("consent")
    return (
        f"{line}\t{get('number')}\t{_copy_text(get('first_name'))}\t{_copy_text(get('last_name'))}\t"
        f"{_copy_text(get('display_name'))}\t{_copy_text(get('email'))}\t{_copy_text(get('note'))}\t"
        f"{'\\N' if opt_out is None else 't' if opt_out else 'f'}\t"
        f"{_copy_text(json.dumps(lists)) if lists else '\\N'}\t{_copy_text(json.dumps(tags)) if tags else '\\N'}\t"
        f"{_copy_text(json.dumps(custom)) if custom else '\\N'}\t"
        f"{_copy_text(json.dumps(consent)) if consent else '\\N'}\n"
    )


def _copy_text(text: str | None) -> str:
    if not text:
        return ""
    return text.translate(_ESCAPES) if "\\" in text or not text.isprintable() else text


def _stage(run: Import, checked: CheckedRows) -> list[tuple[int, str, list[str]]]:
    """Store the good rows. Returns as refused those whose number an earlier row has."""
    if not checked.good:
        return []
    fetch(_STAGED)
    with connection.cursor() as cursor, cursor.copy(f"COPY staged ({_COLUMNS}) FROM STDIN") as copy:
        copy.write("".join(checked.good))
    ((stored,),) = fetch(_INSERT_STAGED, run.team_id, run.id)
    if stored == len(checked.good):
        return []
    first_line: dict[int, int] = dict(fetch(_DUPLICATES, run.team_id, run.id))
    return [
        (row.line, f"Duplicate of row {first_line[row.line]}.", row.cells)
        for row in checked.rows
        if row.line in first_line
    ]


# -- refused rows ----------------------------------------------------------------------------------------------------

_REFUSE = counted("""
    INSERT INTO contacts_refusedrow (team_id, run_id, line, reason, cells)
    SELECT $1, $2, line, reason, cells::jsonb
    FROM unnest($3::integer[], $4::text[], $5::text[]) AS bad (line, reason, cells)
""")


def _refuse(run: Import, bad: list[tuple[int, str, list[str]]]) -> None:
    if not bad:
        return
    lines, reasons, cells = zip(*sorted(bad), strict=True)
    values = [
        list(lines),
        [reason[-300:] if len(reason) > 300 else reason for reason in reasons],
        [json.dumps(row) for row in cells],
    ]
    fetch(_REFUSE, run.team_id, run.id, *values)
