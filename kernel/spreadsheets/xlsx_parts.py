"""XLSX parts: the sheets, texts and date formats of a workbook, read with openpyxl's parsers but without its styles."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from kernel.spreadsheets import limits
from kernel.spreadsheets.table import NotATable

_MAX_FORMAT = 255  # characters of a number format, as in Excel


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells; charts on sheets of their own are none."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True)
class UnreadableValue:
    """The value of a cell whose formula has no stored value, or has an error such as #N/A."""

    error: str = ""

    @property
    def shown(self) -> str:
        """The text of the cell. It is not empty: in a column of opt-outs an empty cell would mean none."""
        return self.error or "(formula)"

    def sentence(self, address: str) -> str:
        if self.error:
            return f"{address} has the error {self.error}. Correct it, then upload the file again."
        return f"{address} is a formula without a stored value: open the file in Excel and save it again."


class Workbook:
    """An open workbook. openpyxl and zipfile raise many types of errors for a broken one."""

    def __init__(self, file: IO[bytes]) -> None:
        self.reader = _WorkbookReader(file, read_only=True, data_only=True, keep_links=False)
        self.reader.read_manifest()
        self.reader.read_strings()
        self.reader.read_workbook()
        self.dates, self.durations = self._date_formats()
        self.sheets = list(self._sheets())

    def _sheets(self) -> Iterator[Sheet]:
        found = list(self.reader.parser.find_sheets())
        if len(found) > limits.MAX_SHEETS:
            raise NotATable(
                f"This workbook has more than {limits.MAX_SHEETS} sheets. Save one of them as CSV."
            )
        for sheet, relation in found:
            if relation.target in self.reader.valid_files and "chartsheet" not in relation.Type:
                yield Sheet(sheet.name, sheet.state != "visible", relation.target)

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[tuple[int, Any]]]]:
        """The rows of a sheet, with the index and the value of each cell that has one; line numbers rise."""
        last = 0
        with self.reader.archive.open(sheet.part) as source:
            parser = _SheetParser(
                source, self.reader.shared_strings, data_only=True, epoch=self.reader.wb.epoch,
                date_formats=self.dates, timedelta_formats=self.durations,
            )  # fmt: skip
            for line, cells in parser.rows():
                last = max(line, last + 1)
                yield (
                    last,
                    [(cell["column"] - 1, cell["value"]) for cell in cells if cell["value"] is not None],
                )

    def _date_formats(self) -> tuple[set[int], set[int]]:
        """The cell formats that show dates, and those of them that show durations.

        Only the formats of numbers are read: a workbook may have thousands of fonts, fills and borders.
        """
        dates: set[int] = set()
        durations: set[int] = set()
        if ARC_STYLE not in self.reader.valid_files:
            return dates, durations
        with self.reader.archive.open(ARC_STYLE) as source:
            for style, code in enumerate(_number_formats(source)):
                if is_date_format(code):
                    dates.add(style)
                if is_timedelta_format(code):
                    durations.add(style)
        return dates, durations


def _number_formats(source: IO[bytes]) -> Iterator[str]:
    """The number format of each cell format, in order."""
    codes, inside, styles = dict(BUILTIN_FORMATS), False, 0
    events = iterparse(source, ("start", "end"))
    cell_formats, number_format, cell_format = (
        f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("cellXfs", "numFmt", "xf")
    )
    for event, node in events:
        if node.tag == cell_formats:
            inside = event == "start"
        elif event == "end" and node.tag == number_format:
            codes[int(node.get("numFmtId", 0))] = node.get("formatCode", "")[:_MAX_FORMAT]
        elif event == "end" and node.tag == cell_format and inside:
            styles += 1
            if styles > limits.MAX_STYLES:
                raise NotATable("This workbook has more cell formats than Excel allows. Save it as CSV.")
            yield codes.get(int(node.get("numFmtId", 0)), "General")
        if event == "end":
            node.clear()


class _SheetParser(WorkSheetParser):
    """Reads rows of cells and nothing else of a sheet."""

    def rows(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        for _, node in iterparse(self.source):
            if node.tag == ROW_TAG:
                yield self.parse_row(node)
                node.clear()
                self.row_dimensions.clear()

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None:
            stored_text = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            if element.find(FORMULA_TAG) is not None and not stored_text:
                cell["value"] = UnreadableValue()
        elif cell["data_type"] == "e":
            cell["value"] = UnreadableValue(str(cell["value"])[:20])
        return cell


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
                self._add(Text.from_tree(node).content)
                root.clear()

    def _add(self, text: str) -> None:
        if len(self.ends) > limits.MAX_STRINGS:
            raise NotATable(f"This workbook has more than {limits.MAX_STRINGS:,} texts. Save it as CSV.")
        self.texts += text.encode()
        self.ends.append(len(self.texts))

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self.ends) - 1:
            raise IndexError(index)
        return self.texts[self.ends[index] : self.ends[index + 1]].decode()
