"""A table out of a file, row by row and in flat memory: CSV in the dialects of spreadsheets, or XLSX."""

import codecs
import csv
import io
import zipfile
from array import array
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

LONGEST_ROW = 1024 * 1024  # characters
MOST_COLUMNS = 500

_PIECE = 1024 * 1024  # bytes read at once
_SAMPLE = 64 * 1024  # bytes by which a dialect is told
_END = "\x1eend of file\x1e"  # fed to the reader after the last line, to see that no quotation mark is open

_ROWS_OF_EXCEL = 1_048_576
MOST_UNPACKED = 100 * 1024 * 1024  # bytes of any part of a workbook but its sheets, which are streamed
_MOST_OF_SHEET = 2 * 1024**3
_MOST_SQUEEZED = 150  # times; what spreadsheets write shrinks to a tenth or a thirtieth


class NotATable(Exception):
    """Why a file cannot be read as a table, in a sentence that says what to do."""


class TableRow(NamedTuple):
    line: int  # as a spreadsheet numbers its rows; the header is line 1 where nothing stands above it
    cells: list[str]


class SpreadsheetTable:
    """The rows of a file below its header; those without any content are left out. Raises NotATable on the way."""

    def __init__(self, rows: Iterator[TableRow], file: IO[bytes], name: str) -> None:
        self._file = file
        self._rows = rows
        first = next(rows, None)
        if first is None:
            raise NotATable(
                f"“{name}” is empty. Choose a file with a row of headers and a row for each contact."
            )
        if len(first.cells) > MOST_COLUMNS:
            raise NotATable(
                f"“{name}” has more than {MOST_COLUMNS} columns. Keep those that you need, then upload it again."
            )
        self.header_line = first.line
        self.header = [cell.strip() for cell in first.cells]

    def __iter__(self) -> Iterator[TableRow]:
        return self._rows

    @property
    def bytes_read(self) -> int:
        """How far it has been read; approximate, since files are read in pieces."""
        return self._file.tell()


@contextmanager
def open_table(path: Path, name: str) -> Iterator[SpreadsheetTable]:
    """The table in a file that was uploaded as `name`; its content tells what it is. Raises NotATable."""
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        start = file.read(_SAMPLE)
        file.seek(0)
        if start.startswith(b"PK\x03\x04"):
            rows = _xlsx(file, name)
        elif start.startswith(b"\xd0\xcf\x11\xe0"):  # OLE: the Excel of before 2007, or an encrypted workbook
            raise NotATable(
                f"“{name}” is an old Excel file, or has a password. Save it as .xlsx without a password, or as CSV."
            )
        else:
            rows = _csv(file, name)
        stack.callback(rows.close)  # before the file
        yield SpreadsheetTable(rows, file, name)


# -- CSV ---------------------------------------------------------------------------------------------------------


def _csv(file: IO[bytes], name: str) -> Generator[TableRow]:
    encoding = _encoding(file, name)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        sample = text.read(_SAMPLE)
        if sum(char < " " and char not in "\t\r\n\f\v" for char in sample) * 100 > len(sample) + 300:
            raise NotATable(f"“{name}” is no table. Save it as CSV or as .xlsx, then upload that file.")
        named = sample[4] if sample[:4].lower() == "sep=" and sample[5:6] in ("\r", "\n") else ""
        text.seek(0)
        yield from _records(text, named or _delimiter(sample), skip=1 if named else 0)
    finally:
        text.detach()


def _encoding(file: IO[bytes], name: str) -> str:
    """By its byte order mark; else UTF-8 if all of it is, and Windows-1252 if not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, place = "utf-8", 0
    while piece := file.read(_PIECE):
        if place == 0 and piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
        if len(piece) == _PIECE and b"\n" not in piece and b"\r" not in piece:
            raise NotATable(
                f"“{name}” has no line break in a megabyte, so it is no table. Save it as CSV or as .xlsx."
            )
        if encoding == "utf-8":
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                encoding = "cp1252"
        place += len(piece)
    file.seek(0)
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _delimiter(sample: str) -> str:
    """The one that parts the header, and the next rows into as many cells."""

    def fit(delimiter: str) -> int:
        rows = [
            row
            for row, _ in zip(
                csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), range(20), strict=False
            )
        ]
        rows = [row for row in rows if any(row)]
        width = len(rows[0]) if rows else 1
        return (width - 1) * sum(len(row) == width for row in rows)

    try:
        return max(",;\t", key=fit)
    except csv.Error:  # a cell beyond all size; reading says which
        return ","


def _records(text: IO[str], delimiter: str, skip: int) -> Iterator[TableRow]:
    lines = _Lines(text)
    reader = csv.reader(chain(lines, [_END]), delimiter=delimiter)
    line = 0
    try:
        for cells in reader:
            lines.of_this_row = 0
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
    return f'Row {line} has a quotation mark (") that is never closed. Mend that row, then upload the file again.'


class _Lines:
    """The lines of a text without NUL, which no text of ours may have; as long as a row is of human size."""

    def __init__(self, text: IO[str]) -> None:
        self.text = text
        self.of_this_row = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.text:
            self.of_this_row += len(line)
            if self.of_this_row > LONGEST_ROW:
                raise csv.Error
            yield line.replace("\0", "") if "\0" in line else line


# -- XLSX --------------------------------------------------------------------------------------------------------


def _xlsx(file: IO[bytes], name: str) -> Generator[TableRow]:
    try:
        _weigh(file, name)
        with _opened(file) as book:
            sheet = next(iter(book.worksheets))
            sheet.reset_dimensions()  # some programs write wrong ones
            rows: Iterable[tuple[Any, ...]] = sheet.iter_rows(values_only=True)
            for line, values in enumerate(islice(rows, _ROWS_OF_EXCEL), 1):
                cells = [_written(value) for value in values]
                if any(cells):
                    yield TableRow(line, cells)
    except NotATable:
        raise
    except Exception as error:  # openpyxl and zipfile have many ways to say so
        raise NotATable(
            f"“{name}” cannot be read as an Excel workbook. Open it, save it as .xlsx or CSV, and upload that file."
        ) from error


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Any]:
    reader = _WorkbookReader(file, read_only=True, data_only=True, keep_links=False)
    try:
        reader.read()
        yield reader.wb
    finally:
        reader.archive.close()


class _WorkbookReader(ExcelReader):
    """Reads a workbook's texts into one piece of memory: as strings and elements they take five times the file."""

    def read_strings(self) -> None:
        if part := self.package.find(SHARED_STRINGS):
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = _Strings(source)


class _Strings:
    def __init__(self, source: IO[bytes]) -> None:
        self.texts = bytearray()
        self.ends = array("Q", [0])
        events = iterparse(source, ("start", "end"))
        _, root = next(events)
        for event, node in events:
            if event == "end" and node.tag == f"{{{SHEET_MAIN_NS}}}si":
                self.texts += Text.from_tree(node).content.replace("x005F_", "").encode()
                self.ends.append(len(self.texts))
                root.clear()

    def __getitem__(self, place: int) -> str:
        return self.texts[self.ends[place] : self.ends[place + 1]].decode()


def _weigh(file: IO[bytes], name: str) -> None:
    """Refuse a workbook that would not fit into memory once it is unpacked."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise NotATable(f"“{name}” is no Excel workbook. Save it as .xlsx or as CSV, then upload that file.")
    for part in parts:
        if part.filename.startswith("xl/media/"):  # pictures are not read
            continue
        most = _MOST_OF_SHEET if part.filename.startswith("xl/worksheets/") else MOST_UNPACKED
        squeezed = part.file_size > MOST_UNPACKED and part.file_size > _MOST_SQUEEZED * part.compress_size
        if part.file_size > most or squeezed:
            raise NotATable(
                f"“{name}” is too large once it is unpacked. Save it as CSV, then upload that file."
            )


def _written(value: Any) -> str:
    """A cell's value as one would type it: whole numbers as digits, dates as 2026-11-24."""
    match value:
        case None:
            return ""
        case str():
            return value.replace("\0", "")
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e16:
            return str(int(value))
        case float():  # the digits that a spreadsheet shows of 59.970000000000006
            return f"{value:.15g}"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value)
