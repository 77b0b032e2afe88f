"""Writers of CSV and XLSX files that are sent while they are written: rows in, bytes out, in flat memory."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Protocol
from xml.sax.saxutils import escape

from kernel.zip_stream import ByteBuffer

Row = Sequence[str]


class SpreadsheetWriter(Protocol):
    """Turns rows into the bytes of a file and keeps none of them."""

    content_type: str

    def rows(self, rows: Iterable[Row]) -> bytes: ...
    def end(self) -> bytes: ...
    def abort(self) -> bytes:
        """The bytes that show that the file is incomplete."""
        ...


class CsvWriter:
    """UTF-8 with a byte order mark, by which Excel recognizes it, and commas."""

    content_type = "text/csv; charset=utf-8"

    def __init__(self) -> None:
        self._mark = b"\xef\xbb\xbf"

    def rows(self, rows: Iterable[Row]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        mark, self._mark = self._mark, b""
        return mark + text.getvalue().encode()

    def end(self) -> bytes:
        return b""

    def abort(self) -> bytes:
        return self.rows([["This export failed here and is incomplete. Export it again."]])


class XlsxWriter:
    """One workbook in which every cell is a text. A full sheet is followed by another.

    Written by hand, since openpyxl and XlsxWriter write sheets to the disk first and send nothing before the end. The
    measurements are in docs/architecture.md.
    """

    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ROWS = 1_048_576  # of a sheet of Excel
    BYTES = 1_500_000_000  # of a sheet's XML; ZIP without extensions ends at 2 GB

    _sheet: IO[bytes]
    _rows_left: int
    _size: int  # bytes

    def __init__(self) -> None:
        self._buffer = ByteBuffer()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._sheets = 0
        self._next_sheet()

    def rows(self, rows: Iterable[Row]) -> bytes:
        for row in rows:
            if self._rows_left <= 0 or self._size > self.BYTES:
                self._end_sheet()
                self._next_sheet()
            xml = f"<row>{''.join(map(_cell, row))}</row>".encode()
            self._sheet.write(xml)
            self._rows_left, self._size = self._rows_left - 1, self._size + len(xml)
        return self._buffer.drain()

    def end(self) -> bytes:
        self._end_sheet()
        for path, content in _workbook(self._sheets):
            self._zip.writestr(path, content)
        self._zip.close()
        return self._buffer.drain()

    def abort(self) -> bytes:
        return b""  # without its end the file cannot be opened

    def _next_sheet(self) -> None:
        self._sheets += 1
        self._rows_left, self._size = self.ROWS, 0
        self._sheet = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        self._sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())

    def _end_sheet(self) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SCHEMAS = "http://schemas.openxmlformats.org"
_MAIN = f"{_SCHEMAS}/spreadsheetml/2006/main"
_OFFICE = f"{_SCHEMAS}/officeDocument/2006/relationships"
_PACKAGE = f"{_SCHEMAS}/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_CELL = 32_767  # characters, in Excel
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # "_x0041_" means "A" in a cell (ECMA-376 part 1, ST_Xstring)


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    text = _ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("", text[:_MAX_CELL]))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text, {"\r": "&#13;"})}</t></is></c>'


def _workbook(sheets: int) -> Iterator[tuple[str, str]]:
    """The parts of a workbook around its sheets (ECMA-376, part 1)."""
    numbers = range(1, sheets + 1)
    yield (
        "xl/workbook.xml",
        (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            + "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
            + "</sheets></workbook>"
        ),
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
            + "".join(
                f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                for n in numbers
            )
            + "</Relationships>"
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    yield (
        "[Content_Types].xml",
        (
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
                for n in numbers
            )
            + "</Types>"
        ),
    )


WRITERS: dict[str, Callable[[], SpreadsheetWriter]] = {"csv": CsvWriter, "xlsx": XlsxWriter}
