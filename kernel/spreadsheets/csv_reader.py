"""CSV reader: the dialects and encodings that spreadsheets write."""

import codecs
import csv
import io
from collections.abc import Generator, Iterator
from itertools import chain, islice
from typing import IO

from kernel.spreadsheets.table import NotATable, TableRow

MAX_ROW_LENGTH = 1024 * 1024  # characters

_CHUNK = 1024 * 1024  # bytes read at once
_SAMPLE = 64 * 1024  # characters from which the delimiter is guessed
_END = "\x1eend of file\x1e"  # fed to the reader after the last line, to detect an open quotation mark


def read_csv(file: IO[bytes], name: str) -> Generator[TableRow]:
    """The rows of a CSV file. Raises NotATable."""
    encoding = _encoding(file, name)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        sample = text.read(_SAMPLE)
        if sum(char < " " and char not in "\t\r\n\f\v" for char in sample) * 100 > len(sample) + 300:
            raise NotATable(f"“{name}” is not a table. Save it as CSV or as .xlsx, then upload that file.")
        declared = sample[4] if sample[:4].lower() == "sep=" and sample[5:6] in ("\r", "\n") else ""
        text.seek(0)
        yield from _records(text, declared or _delimiter(sample), skip=1 if declared else 0)
    finally:
        text.detach()


def _encoding(file: IO[bytes], name: str) -> str:
    """UTF-16 or UTF-8 by the byte order mark; else UTF-8 if the whole file is valid UTF-8, or Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, position = "utf-8", 0
    while chunk := file.read(_CHUNK):
        if position == 0 and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
        if len(chunk) == _CHUNK and b"\n" not in chunk and b"\r" not in chunk:
            raise NotATable(
                f"“{name}” has no line break in a megabyte, so it is not a table. Save it as CSV or as .xlsx."
            )
        if encoding == "utf-8":
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
        position += len(chunk)
    file.seek(0)
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _delimiter(sample: str) -> str:
    """The delimiter that splits the header and the next rows into the same number of cells."""

    def fit(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        rows = [row for row in islice(reader, 20) if any(row)]
        width = len(rows[0]) if rows else 1
        return (width - 1) * sum(len(row) == width for row in rows)

    try:
        return max(",;\t", key=fit)
    except csv.Error:  # a cell that is too large; reading the rows reports it
        return ","


def _records(text: IO[str], delimiter: str, skip: int) -> Iterator[TableRow]:
    lines = _Lines(text)
    reader = csv.reader(chain(lines, [_END]), delimiter=delimiter)
    line = 0
    try:
        for cells in reader:
            lines.row_length = 0
            line += 1
            if cells and cells[-1].endswith(_END):
                if cells == [_END]:
                    return
                raise NotATable(_open_quote(line))
            if line > skip and any(cells):
                yield TableRow(line, cells)
    except csv.Error:
        raise NotATable(_open_quote(line + 1)) from None


def _open_quote(line: int) -> str:
    return (
        f'Row {line} has a quotation mark (") that is never closed. Fix that row, then upload the file again.'
    )


class _Lines:
    """The lines of a text without NUL, which PostgreSQL does not store. Raises csv.Error when a row is too long."""

    def __init__(self, text: IO[str]) -> None:
        self.text = text
        self.row_length = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.text:
            self.row_length += len(line)
            if self.row_length > MAX_ROW_LENGTH:
                raise csv.Error
            yield line.replace("\0", "") if "\0" in line else line
