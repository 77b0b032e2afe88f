"""Reading process: reads one file within limits of memory and time, and writes its rows to the standard output.

Run as `python -m kernel.spreadsheets.reading_process TASK` with a JSON task. It has no secrets and no database, and may
be killed at any moment. Each frame is its length in four bytes, then JSON: first the header, then rows, then the end;
or a refusal.
"""

import json
import resource
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from itertools import batched, islice
from typing import IO, Any

from kernel.spreadsheets.csv_reader import CsvFile
from kernel.spreadsheets.header import SEARCHED, clean_title, find_header, plain_header
from kernel.spreadsheets.table import MAX_COLUMNS, NotATable, Reading, SeveralSheets, TableRow, TableShape
from kernel.spreadsheets.xlsx_reader import XlsxFile

FRAME_ROWS = 200

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # Excel before 2007, or an encrypted workbook


def main(task: dict[str, Any], out: IO[bytes]) -> None:
    """Read the file of the task."""
    hard = task["seconds"] + 5
    resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (task["seconds_to_header"], hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for number, frame in enumerate(read_frames(task)):
            if number == 0:
                resource.setrlimit(resource.RLIMIT_CPU, (task["seconds"], hard))
            _write(out, frame)
    except SeveralSheets as refused:
        _write(out, {"refused": str(refused), "sheets": refused.sheets})
    except NotATable as refused:
        _write(out, {"refused": str(refused)})
    except MemoryError:
        _write(
            out, {"refused": f"“{task['name']}” takes too much memory to read. Save it as CSV, and split it."}
        )
    except BrokenPipeError:  # the reader has enough
        pass
    except Exception:  # noqa: BLE001  (a file is refused whatever it does to its reader)
        traceback.print_exc()
        _write(out, {"refused": f"“{task['name']}” cannot be read as a table. Save it as CSV or as .xlsx."})


def read_frames(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The frames of a file that is read to its end. Raises NotATable."""
    with open(task["path"], "rb") as file:
        reading = Reading.read(task["reading"])
        source = _open(file, task["name"], reading)
        header, above = _header(source, task["name"], reading)
        yield {
            "header_line": header.line,
            "header": [clean_title(cell) for cell in header.cells],
            "above": [row.cells for row in above],
            "encoding": source.encoding,
            "sheet": source.sheet,
            "sheets": source.sheets,
            "hidden_sheets": source.hidden_sheets,
            "bytes_read": file.tell(),
        }
        one_line = set(reading.one_line)
        broken = frozenset(at for at, cell in enumerate(header.cells) if plain_header(cell) in one_line)
        rows = source.rows(TableShape(header.line, len(header.cells), broken))
        for some in batched((row for row in rows if row.line > header.line), FRAME_ROWS):
            rows_of_frame = [row if row.faults else row[:2] for row in some]
            yield {"rows": rows_of_frame, "bytes_read": file.tell()}
        yield {"end": True}


def _open(file: IO[bytes], name: str, reading: Reading) -> CsvFile | XlsxFile:
    """The file as its content says, whatever its name is."""
    start = file.read(len(_ZIP))
    file.seek(0)
    if start == _OLE:
        raise NotATable(
            f"“{name}” is an old Excel file, or has a password. Save it as .xlsx without a password, or as CSV."
        )
    return XlsxFile(file, name, reading.sheet) if start == _ZIP else CsvFile(file, name, reading.encoding)


def _header(source: CsvFile | XlsxFile, name: str, reading: Reading) -> tuple[TableRow, list[TableRow]]:
    """The header, and the rows above it."""
    rows = list(islice(source.rows(TableShape()), SEARCHED))
    if not rows:
        raise NotATable(f"“{name}” is empty. Choose a file with a row of headers and a row for each contact.")
    at = find_header(rows, reading.known)
    if reading.header_line:
        at = next((at for at, row in enumerate(rows) if row.line == reading.header_line), -1)
        if at < 0:
            raise NotATable(f"“{name}” has no headers in line {reading.header_line}.")
    if fault := rows[at].refusal(()):
        raise NotATable(f"The header of “{name}” cannot be read. {fault}")
    if len(rows[at].cells) > MAX_COLUMNS:
        raise NotATable(
            f"“{name}” has more than {MAX_COLUMNS} columns. Keep those that you need, then upload it again."
        )
    return rows[at], rows[:at]


def _write(out: IO[bytes], frame: dict[str, Any]) -> None:
    data = json.dumps(frame, separators=(",", ":")).encode()
    with suppress(BrokenPipeError):
        out.write(len(data).to_bytes(4) + data)
        out.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.stdout.buffer)
