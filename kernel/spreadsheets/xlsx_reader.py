"""XLSX reader: the rows of a workbook's first sheet, in flat memory."""

import zipfile
from array import array
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import IO, Any

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.escape import unescape
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from kernel.spreadsheets.table import NotATable, TableRow

_MAX_ROWS = 1_048_576  # of a sheet of Excel
MAX_UNPACKED = 100 * 1024 * 1024  # bytes of any part of a workbook except its sheets, which are streamed
_MAX_SHEET = 2 * 1024**3  # bytes
_MAX_RATIO = 150  # of unpacked to packed size; spreadsheets write parts with a ratio of 10 to 30


def read_xlsx(file: IO[bytes], name: str) -> Generator[TableRow]:
    """The rows of the first sheet of a workbook. Raises NotATable."""
    try:
        _check_size(file, name)
        with _open_workbook(file) as book:
            sheet = next(iter(book.worksheets))
            sheet.reset_dimensions()  # some programs write wrong dimensions
            rows: Iterable[tuple[Any, ...]] = sheet.iter_rows(values_only=True)
            for line, values in enumerate(islice(rows, _MAX_ROWS), 1):
                cells = [_as_typed(value) for value in values]
                if any(cells):
                    yield TableRow(line, cells)
    except NotATable:
        raise
    except Exception as error:  # openpyxl and zipfile raise many types
        raise NotATable(
            f"“{name}” cannot be read as an Excel workbook. Open it, save it as .xlsx or CSV, and upload that file."
        ) from error


@contextmanager
def _open_workbook(file: IO[bytes]) -> Iterator[Any]:
    reader = _WorkbookReader(file, read_only=True, data_only=True, keep_links=False)
    try:
        reader.read()
        yield reader.wb
    finally:
        reader.archive.close()


class _WorkbookReader(ExcelReader):
    """Keeps the shared strings in one bytearray: as Python strings they take five times the file's size."""

    def read_strings(self) -> None:
        if part := self.package.find(SHARED_STRINGS):
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = _SharedStrings(source)


class _SharedStrings:
    def __init__(self, source: IO[bytes]) -> None:
        self.texts = bytearray()
        self.ends = array("Q", [0])
        events = iterparse(source, ("start", "end"))
        _, root = next(events)
        for event, node in events:
            if event == "end" and node.tag == f"{{{SHEET_MAIN_NS}}}si":
                self.texts += Text.from_tree(node).content.encode()
                self.ends.append(len(self.texts))
                root.clear()

    def __getitem__(self, index: int) -> str:
        return self.texts[self.ends[index] : self.ends[index + 1]].decode()


def _check_size(file: IO[bytes], name: str) -> None:
    """Raise NotATable for a workbook that would not fit into memory when unpacked."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise NotATable(
            f"“{name}” is not an Excel workbook. Save it as .xlsx or as CSV, then upload that file."
        )
    for part in parts:
        if part.filename.startswith("xl/media/"):  # pictures are not read
            continue
        limit = _MAX_SHEET if part.filename.startswith("xl/worksheets/") else MAX_UNPACKED
        suspicious = part.file_size > MAX_UNPACKED and part.file_size > _MAX_RATIO * part.compress_size
        if part.file_size > limit or suspicious:
            raise NotATable(f"“{name}” is too large when unpacked. Save it as CSV, then upload that file.")


def _as_typed(value: Any) -> str:
    """A cell's value as a person types it: whole numbers as digits, dates as 2026-11-24."""
    match value:
        case None:
            return ""
        case str():
            return _unescape(value).replace("\0", "")
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e16:
            return str(int(value))
        case float():  # 59.970000000000006 is shown as 59.97
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


def _unescape(text: str) -> str:
    """The text with each _xHHHH_ replaced by its UTF-16 code unit (ECMA-376 part 1, ST_Xstring)."""
    if "_x" not in text:
        return text
    return unescape(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
