"""XLSX reader: the rows of one sheet of a workbook, in flat memory and within limits."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import errors

from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from kernel.spreadsheets import limits
from kernel.spreadsheets.cells import tidy_cell
from kernel.spreadsheets.table import MAX_COLUMNS, CellFault, NotATable, SeveralSheets, TableRow, TableShape
from kernel.spreadsheets.xlsx_parts import Sheet, UnreadableValue, Workbook

_OUT_OF_MEMORY = errors.codes[errors.XML_ERROR_NO_MEMORY]


class XlsxFile:
    """An open workbook. Raises NotATable, and SeveralSheets if none is chosen."""

    encoding = ""

    def __init__(self, file: IO[bytes], name: str, sheet: str = "") -> None:
        self.name = name
        _check_size(file, name)
        try:
            self.book = Workbook(file)
            self.filled = [sheet for sheet in self.book.sheets if self._has_rows(sheet)]
        except Exception as error:  # noqa: BLE001  (openpyxl and zipfile raise many types)
            raise self._refusal(error) from None
        self.sheets = [sheet.name for sheet in self.filled]
        self.hidden_sheets = [sheet.name for sheet in self.filled if sheet.hidden]
        self.chosen = self._choose(sheet)
        self.sheet = self.chosen.name if self.chosen else ""

    def rows(self, shape: TableShape) -> Iterator[TableRow]:
        """The rows of the sheet from the first, as far as they have a value or a fault."""
        if self.chosen is None:
            return
        try:
            yield from self._rows(self.chosen)
        except Exception as error:  # noqa: BLE001
            raise self._refusal(error) from None

    def _has_rows(self, sheet: Sheet) -> bool:
        return next(self._rows(sheet), None) is not None

    def _rows(self, sheet: Sheet) -> Iterator[TableRow]:
        total = 0
        for line, values in self.book.rows(sheet):
            total += len(values)
            if line > limits.MAX_ROWS or total > limits.MAX_CELLS:
                raise NotATable(
                    f"“{self.name}” has too many rows or cells: {limits.MAX_ROWS:,} rows and {limits.MAX_CELLS:,} "
                    "cells are the limit. Split it into smaller files, each with the header."
                )
            row = self._row(line, values)
            if row.faults or any(row.cells):
                yield row

    def _row(self, line: int, values: list[tuple[int, Any]]) -> TableRow:
        cells: list[str] = []
        faults = []
        for at, value in values:
            if at >= MAX_COLUMNS:
                raise NotATable(
                    f"“{self.name}” has a value in cell {_address(line, at)}, and {MAX_COLUMNS} columns are the limit. "
                    "Delete the columns that you do not need, then upload it again."
                )
            cells.extend([""] * (at - len(cells)))
            if isinstance(value, UnreadableValue):
                faults.append(CellFault(value.sentence(_address(line, at)), at))
                value = value.shown
            if at < len(cells):  # the cell is there twice
                cells[at] = as_typed(value)
            else:
                cells.append(as_typed(value))
        return TableRow(line, cells, tuple(faults))

    def _choose(self, name: str) -> Sheet | None:
        if name:
            chosen = next((sheet for sheet in self.filled if sheet.name == name), None)
            if chosen is None:
                raise SeveralSheets(
                    f"“{self.name}” has no sheet “{name}” with rows. {self._names()}", self.sheets
                )
            return chosen
        visible = [sheet for sheet in self.filled if not sheet.hidden]
        if len(visible) > 1:
            raise SeveralSheets(f"“{self.name}” has rows on several sheets. {self._names()}", self.sheets)
        if self.filled and not visible:
            raise SeveralSheets(f"“{self.name}” has rows on hidden sheets only. {self._names()}", self.sheets)
        return visible[0] if visible else None

    def _names(self) -> str:
        shown = [f"“{sheet.name}”{' (hidden)' * sheet.hidden}" for sheet in self.filled[:10]]
        more = f" and {len(self.filled) - 10} more" if len(self.filled) > 10 else ""
        return f"Choose one, or save it as a file of its own: {', '.join(shown)}{more}."

    def _refusal(self, error: Exception) -> Exception:
        if isinstance(error, NotATable | MemoryError):
            return error
        if isinstance(error, ParseError) and error.code == _OUT_OF_MEMORY:
            return MemoryError()
        return _no_workbook(self.name)


def _no_workbook(name: str) -> NotATable:
    return NotATable(
        f"“{name}” cannot be read as an Excel workbook. Open it, save it as .xlsx or CSV, and upload that file."
    )


def _address(line: int, at: int) -> str:
    return f"{get_column_letter(at + 1)}{line}"


def _check_size(file: IO[bytes], name: str) -> None:
    """Raise NotATable for what is no workbook, or would take too much memory or time when unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except Exception as error:
        raise _no_workbook(name) from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise NotATable(
            f"“{name}” is not an Excel workbook. Save it as .xlsx or as CSV, then upload that file."
        )
    for part in parts:
        if part.filename.startswith("xl/media/"):  # pictures are not read
            continue
        suspicious = (
            part.file_size > limits.MAX_PART and part.file_size > limits.MAX_RATIO * part.compress_size
        )
        if part.file_size > _limit(part.filename) or suspicious:
            raise NotATable(f"“{name}” is too large when unpacked. Save it as CSV, then upload that file.")


def _limit(part: str) -> int:
    if part.startswith("xl/worksheets/"):
        return limits.MAX_SHEET_PART
    return limits.MAX_STYLES_PART if part == "xl/styles.xml" else limits.MAX_PART


def as_typed(value: Any) -> str:
    """A cell's value as a person types it: whole numbers as digits, dates as 2026-11-24."""
    match value:
        case None:
            return ""
        case str():
            return tidy_cell(_unescape(value).replace("\0", ""))
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
