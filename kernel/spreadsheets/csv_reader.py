"""CSV reader: the delimiters, encodings and headers that spreadsheets and other systems write."""

import codecs
import io
from collections.abc import Iterator
from itertools import islice
from typing import IO

from kernel.spreadsheets.csv_records import MAX_LINE, RecordReader
from kernel.spreadsheets.table import NotATable, TableRow, TableShape

# Names of encodings, as a person chooses them, with Python's names.
ENCODINGS = {
    "UTF-8": "utf-8-sig",
    "Windows-1252": "cp1252",
    "MacRoman": "mac_roman",
    "cp850": "cp850",
    "Shift-JIS": "cp932",
    "UTF-16": "utf-16",
}
DELIMITERS = ",;\t|"

_CHUNK = 1024 * 1024  # bytes read at once
_SAMPLE = 64 * 1024  # characters from which the delimiter is guessed


class CsvFile:
    """An open CSV file. Raises NotATable."""

    sheet = ""
    sheets: list[str] = []
    hidden_sheets: list[str] = []

    def __init__(self, file: IO[bytes], name: str, encoding: str = "") -> None:
        self.encoding = encoding or _encoding(file, name)
        file.seek(0)
        errors = "replace" if self.encoding == "UTF-16" else "surrogateescape"
        self.text = io.TextIOWrapper(file, ENCODINGS[self.encoding], errors=errors, newline="")
        sample = self._sample()
        if sum(char < " " and char not in "\t\r\n\f\v" for char in sample) * 100 > len(sample) + 300:
            raise NotATable(f"“{name}” is not a table. Save it as CSV or as .xlsx, then upload that file.")
        self.declared = sample[4] if sample[:4].lower() == "sep=" and sample[5:6] in ("\r", "\n") else ""
        self.delimiter = self.declared or _delimiter(sample, self.encoding)

    def _sample(self) -> str:
        try:
            return self.text.read(_SAMPLE)
        except UnicodeError:  # UTF-16 without a byte order mark, or another encoding
            raise NotATable(f"This file is not {self.encoding}. Choose another encoding.") from None

    def rows(self, shape: TableShape) -> Iterator[TableRow]:
        """The rows from the first. Those of an earlier call end."""
        self.text.seek(0)
        rows = RecordReader(self._lines(), self.delimiter, shape, self.encoding).rows()
        return (row for row in rows if row.line > 1) if self.declared else rows

    def _lines(self) -> Iterator[str]:
        """The lines without NUL, which PostgreSQL does not store; a longer line comes in pieces."""
        while line := self.text.readline(MAX_LINE + 1):
            yield line.replace("\0", "") if "\0" in line else line


def _encoding(file: IO[bytes], name: str) -> str:
    """UTF-16 by the byte order mark; UTF-8 unless most lines with other letters than English ones are no UTF-8."""
    valid, position = True, 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := file.read(_CHUNK):
        if position == 0 and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "UTF-16"
        if len(chunk) == _CHUNK and position == 0 and b"\n" not in chunk and b"\r" not in chunk:
            raise NotATable(
                f"“{name}” has no line break in a megabyte, so it is not a table. Save it as CSV or as .xlsx."
            )
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            valid = False
            break
        position += len(chunk)
    return "UTF-8" if valid or _is_mostly_utf_8(file) else "Windows-1252"


def _is_mostly_utf_8(file: IO[bytes]) -> bool:
    file.seek(0)
    good = bad = 0
    while piece := file.readline(_CHUNK):
        for line in piece.split(b"\r"):
            if not line.isascii():
                try:
                    line.decode()
                    good += 1
                except UnicodeDecodeError:
                    bad += 1
    return good >= bad


def _delimiter(sample: str, encoding: str) -> str:
    """The delimiter that splits the most rows into the same number of cells; of several, into the most cells."""
    cut = (
        sample
        if len(sample) < _SAMPLE
        else sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    )

    def fit(delimiter: str) -> tuple[int, int]:
        lines = iter(io.StringIO(cut, newline=""))
        rows = list(islice(RecordReader(lines, delimiter, TableShape(), encoding).rows(), 25))
        widths = [len(row.cells) for row in rows]
        return max(((widths.count(width), width) for width in widths if width > 1), default=(0, 0))

    return max(DELIMITERS, key=fit)
