"""Workbooks: sheets are chosen by a person, and a costly workbook is refused before it costs anything."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kernel.spreadsheets import limits, reader
from kernel.spreadsheets.reader import ReadingInterrupted, open_table
from kernel.spreadsheets.table import NotATable, Reading, SeveralSheets, SpreadsheetTable
from tests.workbooks import row, table, workbook_of

HEAD = ["Phone", "Name"]
ONE, TWO = "+14155550119", "+14155550120"


def read(path: Path, content: bytes, reading: Reading | None = None) -> SpreadsheetTable:
    """The table with all its rows."""
    file = path / "book.xlsx"
    file.write_bytes(content)
    with open_table(file, "book.xlsx", reading) as found:
        found.rows = iter(list(found))
    return found


def sheets(**texts: str) -> Mapping[str, str]:
    return {name: table(HEAD, [ONE, text]) if text else "" for name, text in texts.items()}


@pytest.mark.usefixtures("quick_reading")
def test_the_only_visible_sheet_with_rows_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, workbook_of(sheets(Old="a", Empty="", New="b"), hidden=["Old"]))
    assert [row.cells for row in found] == [[ONE, "b"]]
    assert (found.sheet, found.sheets, found.hidden_sheets) == ("New", ["Old", "New"], ["Old"])


@pytest.mark.usefixtures("quick_reading")
@pytest.mark.parametrize(
    ("hidden", "says"), [((), "on several sheets"), (("A", "B"), "on hidden sheets only")]
)
def test_several_sheets_need_a_choice(tmp_path: Path, hidden: tuple[str, ...], says: str) -> None:
    content = workbook_of(sheets(A="a", Empty="", B="b"), hidden=hidden)
    with pytest.raises(SeveralSheets, match=says) as several:
        read(tmp_path, content)
    assert several.value.sheets == ["A", "B"] and "“A”" in str(several.value) and "“B”" in str(several.value)
    assert [row.cells for row in read(tmp_path, content, Reading(sheet="B"))] == [[ONE, "b"]]
    with pytest.raises(SeveralSheets, match="has no sheet “C”"):
        read(tmp_path, content, Reading(sheet="C"))


@pytest.mark.usefixtures("quick_reading")
@pytest.mark.parametrize(
    ("cell", "shown", "says"),
    [
        ("<c><f>A1</f></c>", "(formula)", "B2 is a formula without a stored value"),
        ("<c><f>A1</f><v/></c>", "(formula)", "B2 is a formula without a stored value"),
        ('<c t="e"><f>A1</f><v>#N/A</v></c>', "#N/A", "B2 has the error #N/A"),
        ('<c t="str"><f>A1</f><v>yes</v></c>', "yes", ""),
        ('<c t="str"><f>A1</f><v></v></c>', "", ""),
        ("<c><f>1+1</f><v>2</v></c>", "2", ""),
        ("<c/>", "", ""),
    ],
)  # fmt: skip
def test_a_formula_has_its_stored_value_or_a_fault(tmp_path: Path, cell: str, shown: str, says: str) -> None:
    line = f'<row r="2"><c t="inlineStr"><is><t>{ONE}</t></is></c>{cell}</row>'
    (found,) = read(tmp_path, workbook_of({"A": row(1, HEAD) + line}))
    assert [*found.cells, ""][1] == shown
    assert says in found.refusal({1}) and bool(found.faults) == bool(says)
    assert found.refusal({0}) == ""


@pytest.mark.usefixtures("quick_reading")
def test_a_workbook_with_many_formats_is_read_by_its_number_formats(tmp_path: Path) -> None:
    fonts = '<font><b/><color rgb="FF112233"/></font>' * 60_000
    formats = '<xf numFmtId="0"/>' * 60_000 + '<xf numFmtId="14"/><xf numFmtId="200"/>'
    styles = (
        f'<numFmts><numFmt numFmtId="200" formatCode="yyyy\\-mm"/></numFmts><fonts>{fonts}</fonts>'
        f"<cellStyleXfs>{'<xf numFmtId="14"/>' * 9}</cellStyleXfs><cellXfs>{formats}</cellXfs>"
    )
    dates = (
        '<row r="2"><c s="60000"><v>46000</v></c><c s="60001"><v>46000</v></c><c s="5"><v>46000</v></c></row>'
    )
    (found,) = read(tmp_path, workbook_of({"A": row(1, HEAD) + dates}, styles=styles))
    assert found.cells == ["2025-12-09", "2025-12-09", "46000"]


FAR = table(HEAD, [ONE, "a"]) + '<row r="3"><c r="XFD3"><v>1</v></c></row>'
LONG = table(HEAD) + '<row r="9999999"><c><v>1</v></c></row>'


@pytest.mark.usefixtures("quick_reading")
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (workbook_of({"A": FAR}), "a value in cell XFD3, and 500 columns are the limit"),
        (workbook_of({"A": LONG}), "too many rows or cells"),
        (workbook_of({f"Sheet {at}": "" for at in range(201)}), "more than 200 sheets"),
        (workbook_of({"A": table(HEAD)}, styles="<cellXfs>" + "<xf/>" * 65_501 + "</cellXfs>"), "more cell formats"),
        (workbook_of({"A": table(HEAD)}, styles=" " * (limits.MAX_STYLES_PART + 1)), "too large when unpacked"),
        (workbook_of({"A": table(HEAD)}, strings=" " * (limits.MAX_PART + 1)), "too large when unpacked"),
    ],
    ids=["columns", "rows", "sheets", "formats", "styles", "strings"],
)  # fmt: skip
def test_a_workbook_beyond_a_limit_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    assert len(content) < 400_000
    with pytest.raises(NotATable, match=says):
        read(tmp_path, content)


@pytest.mark.usefixtures("quick_reading")
def test_empty_cells_far_to_the_right_are_no_columns(tmp_path: Path) -> None:
    content = workbook_of({"A": table(HEAD, [ONE, "a"]) + '<row r="3"><c r="XFD3" s="0"/></row>'})
    assert [row.cells for row in read(tmp_path, content)] == [[ONE, "a"]]


def test_a_workbook_that_takes_too_much_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single row is held in memory: here one with two million cells."""
    monkeypatch.setattr(limits, "MAX_MEMORY", 300 * limits.MEGABYTE)
    content = workbook_of({"A": table(HEAD) + f'<row r="2">{"<c/>" * 2_000_000}</row>'})
    with pytest.raises(NotATable, match="takes too much memory"):
        read(tmp_path, content)


def test_a_workbook_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SECONDS", 1)
    monkeypatch.setattr(limits, "MAX_SECONDS_TO_HEADER", 1)
    content = workbook_of({"A": "<row/>" * 3_000_000})
    with pytest.raises(NotATable, match="takes too much time"):
        read(tmp_path, content)


def test_a_killed_process_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "book.csv"
    file.write_text("Phone\n" + f"{ONE}\n" * 300_000)
    started: list[subprocess.Popen[bytes]] = []
    start = reader._start

    def start_and_keep(*task: Any) -> subprocess.Popen[bytes]:
        started.append(start(*task))
        return started[0]

    monkeypatch.setattr(reader, "_start", start_and_keep)
    with pytest.raises(ReadingInterrupted), open_table(file, "book.csv") as found:
        next(found.rows)
        started[0].kill()
        list(found)


def test_the_process_has_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    file = tmp_path / "book.csv"
    file.write_text("Phone\n" + f"{ONE}\n" * 300_000)
    process = reader._start(file, "book.csv", Reading())
    try:
        assert b"secret" not in Path(f"/proc/{process.pid}/environ").read_bytes()
    finally:
        process.kill()
        process.communicate(timeout=120)
