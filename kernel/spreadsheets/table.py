"""Table of a file: its rows, the faults of its cells, how it is to be read, and the error that refuses a file."""

from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, Self

MAX_COLUMNS = 500


class NotATable(Exception):
    """A file cannot be read as a table; the message says why and what to do."""


class SeveralSheets(NotATable):
    """A workbook has rows on several sheets, or only on hidden ones, and none was chosen."""

    def __init__(self, message: str, sheets: list[str]) -> None:
        super().__init__(message)
        self.sheets = sheets


class CellFault(NamedTuple):
    """Why a cell cannot be read, as a sentence. Without a column the fault is the whole row's."""

    sentence: str
    column: int | None = None


class TableRow(NamedTuple):
    """A row of a file. The cells of a row with a fault are those that could be read."""

    line: int  # as a spreadsheet numbers its rows; the header is line 1 unless other rows precede it
    cells: list[str]
    faults: tuple[CellFault, ...] = ()

    def refusal(self, columns: Container[int]) -> str:
        """The faults of these columns and of the whole row, as sentences; empty if there is none."""
        return " ".join(sentence for sentence, at in self.faults if at is None or at in columns)


@dataclass(frozen=True)
class Reading:
    """How a file is read. An empty value is decided by the content of the file."""

    sheet: str = ""  # name
    encoding: str = ""  # one of csv_reader.ENCODINGS
    header_line: int = 0
    # Headers as plain_header() returns them: those by which the header is found, and those of columns whose cells have
    # no line breaks.
    known: tuple[str, ...] = ()
    one_line: tuple[str, ...] = ()

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """The reading that as_dict() stored, with lists for tuples."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class TableShape:
    """The header of a table that is being read, once it is known; until then every line may be the header."""

    header_line: int = 0
    width: int = 0  # columns
    one_line: frozenset[int] = field(default_factory=frozenset)


@dataclass
class SpreadsheetTable:
    """The rows of a file below its header, without blank rows. Iteration raises NotATable."""

    header_line: int
    header: list[str]
    rows: Iterator[TableRow]
    above: list[list[str]] = field(default_factory=list)  # rows above the header, which are not read
    encoding: str = ""  # of a CSV file
    sheet: str = ""  # of a workbook
    sheets: list[str] = field(default_factory=list)  # all with rows
    hidden_sheets: list[str] = field(default_factory=list)  # those of them that a spreadsheet does not show
    bytes_read: int = 0  # the position in the file; approximate, since files are read in chunks

    def __iter__(self) -> Iterator[TableRow]:
        return self.rows
