"""Writers of files that are sent while they are written: CSV and XLSX, rows in, bytes out, nothing kept."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, Protocol
from xml.sax.saxutils import escape

Row = Sequence[str]


class SpreadsheetWriter(Protocol):
    """Turns rows into the bytes of a file, and keeps none of them."""

    content_type: str

    def rows(self, rows: Iterable[Row]) -> bytes: ...
    def end(self) -> bytes: ...
    def abort(self) -> bytes:
        """What shows that the file is not whole."""
        ...


class CsvWriter:
    """UTF-8 with its mark, by which Excel knows it, and commas."""

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
        return self.rows([["This export broke off here and is not complete. Export it again."]])


class _ByteBuffer(io.RawIOBase):
    """What zipfile writes to; it is taken away piece by piece."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        return len(data)

    def drained(self) -> bytes:
        data, self.held = bytes(self.held), bytearray()
        return data


class XlsxWriter:
    """One workbook; every cell is a text. A sheet that is full is followed by another.

    By hand, since openpyxl and XlsxWriter write sheets to the disk first and have nothing to send before the end.
    """

    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ROWS = 1_048_576  # of a sheet of Excel
    BYTES = 1_500_000_000  # of a sheet's XML; ZIP without extensions ends at 2 GB

    _sheet: IO[bytes]
    _left: int  # rows
    _size: int  # bytes

    def __init__(self) -> None:
        self._drain = _ByteBuffer()
        self._zip = zipfile.ZipFile(self._drain, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._sheets = 0
        self._next_sheet()

    def rows(self, rows: Iterable[Row]) -> bytes:
        for row in rows:
            if self._left <= 0 or self._size > self.BYTES:
                self._end_sheet()
                self._next_sheet()
            xml = f"<row>{''.join(map(_cell, row))}</row>".encode()
            self._sheet.write(xml)
            self._left, self._size = self._left - 1, self._size + len(xml)
        return self._drain.drained()

    def end(self) -> bytes:
        self._end_sheet()
        for path, content in _workbook(self._sheets):
            self._zip.writestr(path, content)
        self._zip.close()
        return self._drain.drained()

    def abort(self) -> bytes:
        return b""  # without its end it cannot be opened

    def _next_sheet(self) -> None:
        self._sheets += 1
        self._left, self._size = self.ROWS, 0
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
_LONGEST_CELL = 32_767  # characters, in Excel


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    told = escape(_NOT_IN_XML.sub("", text[:_LONGEST_CELL]), {"\r": "&#13;"})
    return f'<c t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>'


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
