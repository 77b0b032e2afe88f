"""Reader of tables in uploaded files: CSV or XLSX, row by row, in a process that may be killed.

A hostile or damaged file costs that process its memory and time, not the web process or the worker.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kernel.spreadsheets import limits
from kernel.spreadsheets.table import CellFault, NotATable, Reading, SeveralSheets, SpreadsheetTable, TableRow

_ROOT = Path(__file__).parents[2]
_MODULE = "kernel.spreadsheets.reading_process"
_MAX_FRAME = 512 * limits.MEGABYTE  # bytes; a frame has at most 200 rows


class ReadingInterrupted(Exception):
    """Something outside killed the process; the file may be read again."""


@contextmanager
def open_table(path: Path, name: str, reading: Reading | None = None) -> Iterator[SpreadsheetTable]:
    """The table in a file that was uploaded as `name`. The content decides the format.

    Raises NotATable, SeveralSheets if a workbook has several sheets and the reading names none, and
    ReadingInterrupted.
    """
    process = _start(path, name, reading or Reading())
    try:
        frames = _Frames(process, name)
        yield _table(frames)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]


def reading_task(path: Path, name: str, reading: Reading) -> dict[str, Any]:
    """What the process shall read, and its limits."""
    return {
        "path": str(path.absolute()), "name": name, "reading": reading.as_dict(), "memory": limits.MAX_MEMORY,
        "seconds": limits.MAX_SECONDS, "seconds_to_header": limits.MAX_SECONDS_TO_HEADER,
    }  # fmt: skip


def _start(path: Path, name: str, reading: Reading) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", _MODULE, json.dumps(reading_task(path, name, reading))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        env={"PATH": os.environ.get("PATH", os.defpath)},  # no secrets
        start_new_session=True,  # a signal to the worker's group leaves the file readable
    )


def _table(frames: "_Frames") -> SpreadsheetTable:
    table = SpreadsheetTable(**frames.next(), rows=iter(()))

    def rows() -> Iterator[TableRow]:
        while "end" not in (frame := frames.next()):
            table.bytes_read = frame["bytes_read"]
            for line, cells, *faults in frame["rows"]:
                yield TableRow(line, cells, tuple(CellFault(*fault) for fault in faults[0]) if faults else ())

    table.rows = rows()
    return table


class _Frames:
    """The frames that the process writes."""

    def __init__(self, process: subprocess.Popen[bytes], name: str) -> None:
        self.process, self.name = process, name
        self.pipe = process.stdout.fileno()  # type: ignore[union-attr]
        self.readable = select.poll()
        self.readable.register(self.pipe, select.POLLIN)

    def next(self) -> dict[str, Any]:
        """The next frame. Raises NotATable for a refusal, and for a process that ended at its limits."""
        length = int.from_bytes(self._read(4))
        if length > _MAX_FRAME:
            raise self._too_costly("memory")
        frame: dict[str, Any] = json.loads(self._read(length))
        if "sheets" in frame and "refused" in frame:
            raise SeveralSheets(frame["refused"], frame["sheets"])
        if "refused" in frame:
            raise NotATable(frame["refused"])
        return frame

    def _read(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            if not self.readable.poll(limits.MAX_SILENCE * 1000):
                raise self._too_costly("time")
            piece = os.read(self.pipe, min(length - len(data), limits.MEGABYTE))
            if not piece:
                raise self._ended()
            data += piece
        return bytes(data)

    def _ended(self) -> Exception:
        code = self.process.wait()
        if code == -signal.SIGXCPU:
            return self._too_costly("time")
        if code in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT):
            return ReadingInterrupted(f"reading was stopped by signal {-code}")
        return self._too_costly("memory")

    def _too_costly(self, resource: str) -> NotATable:
        return NotATable(f"“{self.name}” takes too much {resource} to read. Save it as CSV, and split it.")
