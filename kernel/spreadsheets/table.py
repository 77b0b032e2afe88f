"""Table of a file: its header, its rows, and the error that refuses a file."""

from collections.abc import Iterator
from typing import IO, NamedTuple

MAX_COLUMNS = 500


class NotATable(Exception):
    """A file cannot be read as a table; the message says why and what to do."""


class TableRow(NamedTuple):
    line: int  # as a spreadsheet numbers its rows; the header is line 1 unless blank rows precede it
    cells: list[str]


class SpreadsheetTable:
    """The rows of a file below its header, without blank rows. Iteration raises NotATable."""

    def __init__(self, rows: Iterator[TableRow], file: IO[bytes], name: str) -> None:
        self._file = file
        self._rows = rows
        first = next(rows, None)
        if first is None:
            raise NotATable(
                f"“{name}” is empty. Choose a file with a row of headers and a row for each contact."
            )
        if len(first.cells) > MAX_COLUMNS:
            raise NotATable(
                f"“{name}” has more than {MAX_COLUMNS} columns. Keep those that you need, then upload it again."
            )
        self.header_line = first.line
        self.header = [cell.strip() for cell in first.cells]

    def __iter__(self) -> Iterator[TableRow]:
        return self._rows

    @property
    def bytes_read(self) -> int:
        """The position in the file; approximate, since files are read in chunks."""
        return self._file.tell()
