"""CSV records: lines become rows, and a quotation mark that is never closed spoils its own line only.

A cell may contain line breaks if its quotation marks balance. But a stray quotation mark looks the same as far as the
next one: everything between becomes part of a cell, with whole rows in it. So a record of several lines counts only if
nothing in it looks like another row; otherwise its first line is refused, and reading goes on with its second line.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from kernel.spreadsheets.cells import is_odd, looks_like_number, tidy_cell
from kernel.spreadsheets.table import CellFault, TableRow, TableShape

MAX_LINE = 1024 * 1024  # characters
MAX_RECORD = 256 * 1024  # characters of a record of several lines
MAX_RECORD_LINES = 500

_BLOCK = 200  # lines that are read at once

_OPEN = "\x1eopen\x1e"  # follows a line, and becomes part of its last cell if a quotation mark is open
csv.field_size_limit(2 * MAX_LINE)
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # a byte that is not of the encoding, as surrogateescape decodes it
_LINE_BREAK = re.compile(r"[\r\n]")
_REPLACEMENT = "\ufffd"


class _Line:
    """One line at a time for one csv.reader, which is faster than a reader for each line."""

    def __init__(self, delimiter: str, *, strict: bool) -> None:
        self.lines: list[str] = []
        self.reader = csv.reader(self, delimiter=delimiter, strict=strict, skipinitialspace=True)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self.lines:
            raise StopIteration
        return self.lines.pop()

    def split(self, *lines: str) -> list[str]:
        """The cells of the record that begins with these lines. Raises csv.Error."""
        self.lines = [*reversed(lines)]
        return next(self.reader, [])


class RecordReader:
    """Rows of the lines of a CSV file. Each line that is not blank is in a row, and each row has its faults."""

    def __init__(self, lines: Iterator[str], delimiter: str, shape: TableShape, encoding: str) -> None:
        self.source, self.delimiter, self.shape, self.encoding = lines, delimiter, shape, encoding
        self.waiting: deque[str] = deque()  # lines that were read ahead
        self.physical = 0  # the line that was read last, as a text editor counts
        self.closed = 0  # the line with the next quotation mark after one that is open
        self.strict = _Line(delimiter, strict=True)
        self.lenient = _Line(delimiter, strict=False)

    def rows(self) -> Iterator[TableRow]:
        """All rows that are not blank. The lines of a record of several lines are one row, as in a spreadsheet."""
        number = 0
        while block := list(islice(self.source, _BLOCK)):
            rows: Iterable[TableRow] | None = self._plain_rows(number, block)
            if rows is None:
                self.waiting.extend(block)
                rows = self._careful_rows(number)
            for row in rows:
                number = row.line
                if row.faults or any(row.cells):
                    yield row

    def _plain_rows(self, before: int, lines: list[str]) -> list[TableRow] | None:
        """The rows of lines of which each is a record, which is fast; None if one of them needs care."""
        text = "".join(lines)
        if len(text) > MAX_LINE or is_odd(text):
            return None
        try:
            cells = list(csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True))
        except csv.Error:
            return None
        if len(cells) != len(lines):
            return None
        self.physical += len(lines)
        return [TableRow(number, row) for number, row in enumerate(cells, before + 1)]

    def _careful_rows(self, before: int) -> Iterator[TableRow]:
        """The rows of the lines that wait, and of those after them that belong to the last row."""
        number = before
        while self.waiting and (line := self._next()) is not None:
            number += 1
            yield self._row(number, line)

    def _next(self) -> str | None:
        line = self.waiting.popleft() if self.waiting else next(self.source, None)
        if line is not None:
            self.physical += 1
        return line

    def _row(self, number: int, line: str) -> TableRow:
        if not is_odd(line) and len(line) <= MAX_LINE:
            try:
                return TableRow(number, self.strict.split(line))
            except csv.Error:
                pass
        return self._odd_row(number, line)

    def _odd_row(self, number: int, line: str) -> TableRow:
        if len(line) > MAX_LINE:
            return self._too_long(number, line)
        cells = self._cells(line)
        fault: tuple[CellFault, ...] = ()
        if cells is None:
            start = self.physical
            cells = self._several_lines(number, line)
            if cells and number > self.shape.header_line:
                where = f'The quotation mark (") in line {start} is closed only in line {self.physical}: '
                sentence = f"{where}this column has no line breaks."
                fault = tuple(CellFault(sentence, at) for at in self._broken(cells))
            if cells is None:
                cells, fault = self._open_line(line), (CellFault(self._never_closed(start)),)
        return self._with_faults(TableRow(number, cells, fault))

    def _cells(self, text: str) -> list[str] | None:
        """The cells of a complete record; None if a quotation mark is open at its end."""
        if (cells := self._complete([text])) is not None:
            return cells
        cells = self.lenient.split(text, _OPEN)
        return None if cells and cells[-1].endswith(_OPEN) else cells

    def _complete(self, lines: list[str]) -> list[str] | None:
        """The cells of lines that are one record, with `\"` as a backslash before the end or as a quotation mark.

        The reading with as many cells as the header counts. A mark that is open without the second reading may be
        closed by a later line, and then that reading would have swallowed cells.
        """
        plain, escaped = self._split(lines), None
        if any('\\"' in line for line in lines):
            escaped = self._split([line.replace('\\"', '""') for line in lines])
        for cells in (plain, escaped):
            if cells is not None and len(cells) == self.shape.width:
                return cells
        if plain is None and escaped is not None and not self._is_open(lines):
            return escaped
        return plain

    def _split(self, lines: list[str]) -> list[str] | None:
        try:
            cells = self.strict.split(*lines)
        except csv.Error:
            return None
        return None if self.strict.lines else cells

    # -- records of several lines ------------------------------------------------------------------------------

    def _several_lines(self, number: int, line: str) -> list[str] | None:
        """The cells of the record that begins with this line; None, with its other lines put back, if it is none."""
        lines, length, started = [line], len(line), self.physical
        self.closed = 0
        while length <= MAX_RECORD and len(lines) < MAX_RECORD_LINES:
            more = self._next()
            if more is None:
                break
            lines.append(more)
            length += len(more)
            if '"' not in more.replace('""', ""):
                continue
            self.closed = self.physical
            cells = self._complete(lines)
            if cells is not None and self._is_record(number, lines, cells):
                return cells
            if cells is not None or not self._is_open(lines):
                break
        self.waiting.extendleft(reversed(lines[1:]))
        self.physical = started
        return None

    def _is_open(self, lines: list[str]) -> bool:
        cells = self.lenient.split(*lines, _OPEN)
        return not self.lenient.lines and bool(cells) and cells[-1].endswith(_OPEN)

    def _is_record(self, number: int, lines: list[str], cells: list[str]) -> bool:
        """Whether a text of several lines is one row, in which no line looks like a row of its own."""
        shape, numbers = self.shape, self._numbers(lines[0])
        if number > shape.header_line and shape.width:
            if shape.width == 1:
                return False
            too_wide = len(cells) > shape.width
            if (too_wide or self._broken(cells)) and any(
                self._is_like_a_row(more, whole=too_wide or not numbers) for more in lines[1:]
            ):
                return False
        return not any(numbers & self._numbers(more) for more in lines[1:])

    def _is_like_a_row(self, line: str, *, whole: bool) -> bool:
        """Whether a line that continues a cell has, before the cell's end, a phone number or all cells of a row.

        What follows the cell's end belongs to the record, unless the record has too many cells, or no number before:
        then the `whole` line counts.
        """
        inside = line.replace('""', "").partition('"')[0]
        return inside.count(self.delimiter) + 1 >= self.shape.width or bool(
            self._numbers(line if whole else inside)
        )

    def _broken(self, cells: list[str]) -> list[int]:
        """The indexes of the cells with line breaks in columns that have none."""
        return [
            at
            for at in sorted(self.shape.one_line)
            if at < len(cells) and _LINE_BREAK.search(cells[at].strip())
        ]

    def _numbers(self, line: str) -> set[int]:
        """The indexes of the cells with phone numbers, of a line whose quotation marks mean nothing."""
        cells = line.replace('"', "").split(self.delimiter)
        return {at for at, cell in enumerate(cells) if looks_like_number(cell)} if len(cells) > 1 else set()

    # -- faults ------------------------------------------------------------------------------------------------

    def _open_line(self, line: str) -> list[str]:
        """The cells of a line as if its open quotation mark were not there: the cell after it may be an opt-out."""
        *cells, last = self.lenient.split(line.rstrip("\r\n"))
        return [*cells, *last.split(self.delimiter)]

    def _never_closed(self, line: int) -> str:
        if self.closed:
            where = f"the next one is in line {self.closed}, in another row"
            return f'The quotation mark (") in line {line} is never closed: {where}.'
        return f'The quotation mark (") in line {line} is never closed.'

    def _too_long(self, number: int, line: str) -> TableRow:
        while line and not line.endswith(("\n", "\r")):  # the source cuts lines at MAX_LINE
            line = self.waiting.popleft() if self.waiting else next(self.source, "")
        fault = CellFault(f"Line {self.physical} has more than a million characters.")
        return TableRow(number, [], (fault,))

    def _with_faults(self, row: TableRow) -> TableRow:
        """The row with tidy cells, and with a fault for each cell that has bytes of another encoding."""
        bad = [at for at, cell in enumerate(row.cells) if _BAD_BYTE.search(cell) or self._is_replaced(cell)]
        cells = [tidy_cell(_BAD_BYTE.sub(_REPLACEMENT, cell)) for cell in row.cells]
        faults = [CellFault(self._bad_bytes(cells[at]), at) for at in bad]
        return TableRow(row.line, cells, (*row.faults, *faults))

    def _is_replaced(self, cell: str) -> bool:
        return self.encoding == "UTF-16" and _REPLACEMENT in cell

    def _bad_bytes(self, cell: str) -> str:
        return f"“{cell[:60]}” has characters that are not {self.encoding}. Choose the encoding, or fix the cell."
