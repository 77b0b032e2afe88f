"""Reader of tables in uploaded files: CSV or XLSX, row by row, in flat memory."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kernel.spreadsheets.csv_reader import read_csv
from kernel.spreadsheets.table import NotATable, SpreadsheetTable
from kernel.spreadsheets.xlsx_reader import read_xlsx

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # Excel before 2007, or an encrypted workbook


@contextmanager
def open_table(path: Path, name: str) -> Iterator[SpreadsheetTable]:
    """The table in a file that was uploaded as `name`. The content decides the format. Raises NotATable."""
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        start = file.read(len(_ZIP))
        file.seek(0)
        if start == _OLE:
            raise NotATable(
                f"“{name}” is an old Excel file, or has a password. Save it as .xlsx without a password, or as CSV."
            )
        rows = read_xlsx(file, name) if start == _ZIP else read_csv(file, name)
        stack.callback(rows.close)  # before the file
        yield SpreadsheetTable(rows, file, name)
