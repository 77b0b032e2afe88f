"""Spreadsheet reader: every dialect is read; a file without a table is refused with a sentence that says what to do."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from kernel.spreadsheets.reader import open_table
from kernel.spreadsheets.table import NotATable

pytestmark = pytest.mark.usefixtures("quick_reading")

ROWS = [
    ["Vorname", "Telefon", "Notiz"],
    ["Jörg", "0151 23456789", 'sagt "ja"; dann, mal\nsehen'],
    ["Zoë", "", "€"],
]


def read(path: Path, content: bytes, name: str = "people.csv") -> list[tuple[int, list[str]]]:
    file = path / "upload"
    file.write_bytes(content)
    with open_table(file, name) as table:
        rows = [(1, table.header), *((row.line, row.cells) for row in table)]
        assert 0 < table.bytes_read <= len(content)
    return rows


def csv_of(delimiter: str, end: str = "\r\n") -> str:
    quoted = (['"' + cell.replace('"', '""') + '"' for cell in row] for row in ROWS)
    return end.join(delimiter.join(row) for row in quoted)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_dialect_and_encoding_is_read(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    content = csv_of(delimiter, end).encode(encoding)
    assert read(tmp_path, content) == list(enumerate(ROWS, 1))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Phone\n1\n2", [(1, ["Phone"]), (2, ["1"]), (3, ["2"])]),
        ("Phone\n", [(1, ["Phone"])]),
        ("\n\nPhone,Name\n\n,\n1,A\n", [(1, ["Phone", "Name"]), (6, ["1", "A"])]),
        ("Phone,Name\n1\n2,B,more\n", [(1, ["Phone", "Name"]), (2, ["1"]), (3, ["2", "B", "more"])]),
        ("sep=;\nPhone;Name, all\n1;A, B\n", [(1, ["Phone", "Name, all"]), (3, ["1", "A, B"])]),
        ("Phone;Tags\n1;a,b,c\n2;d,e,f\n", [(1, ["Phone", "Tags"]), (2, ["1", "a,b,c"]), (3, ["2", "d,e,f"])]),
        ("Phone,Name\n1,A\0B\n", [(1, ["Phone", "Name"]), (2, ["1", "AB"])]),
        (' Phone ,"Na"me\n1,"A"B\n', [(1, ["Phone", "Name"]), (2, ["1", "AB"])]),
    ],
)  # fmt: skip
def test_rows_of_untidy_files_have_the_numbers_of_a_spreadsheet(
    tmp_path: Path, text: str, rows: list[tuple[int, list[str]]]
) -> None:
    assert read(tmp_path, text.encode()) == rows


def test_a_late_byte_of_windows_1252_decides_the_encoding(tmp_path: Path) -> None:
    content = b"Phone,Name\n" + b"1,A\n" * 60_000 + "2,Zoë\n".encode("cp1252")
    assert read(tmp_path, content)[-1] == (60_002, ["2", "Zoë"])


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_all_types_of_cells_in_a_workbook_are_read(tmp_path: Path) -> None:
    content = workbook(
        ["Phone", "a", "b", "c", "d", "e"],
        [15105553344, 15105553344.0, 1.5, True, date(2026, 11, 24), datetime(2026, 11, 24, 16, 1)],  # noqa: DTZ001
        [],
        ["+1 510", "='1'", None, False, "Zoë", -3],
    )
    assert read(tmp_path, content, "people.xlsx") == [
        (1, ["Phone", "a", "b", "c", "d", "e"]),
        (2, ["15105553344", "15105553344", "1.5", "true", "2026-11-24", "2026-11-24 16:01:00"]),
        (4, ["+1 510", "(formula)", "", "false", "Zoë", "-3"]),
    ]


def rezipped(parts: dict[str, bytes | None]) -> bytes:
    """A small workbook with parts replaced, added, or left out."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["Phone"], ["1"]))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in sorted({*old.namelist(), *parts}):
            if (content := parts[part] if part in parts else old.read(part)) is not None:
                new.writestr(part, content)
    return file.getvalue()


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHARED = {
    "[Content_Types].xml": b"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Override PartName="/xl/workbook.xml"
            ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
        <Override PartName="/xl/sharedStrings.xml"
            ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>""",
    "xl/sharedStrings.xml": f"""<sst {MAIN}>
        <si><t>Phone</t></si><si><r><t>J</t></r><r><t>ö</t></r></si></sst>""".encode(),
    "xl/worksheets/sheet1.xml": f"""<worksheet {MAIN}><dimension ref="A1"/><sheetData>
        <row r="1"><c r="A1" t="s"><v>0</v></c></row>
        <row r="5"><c r="B5" t="s"><v>1</v></c></row></sheetData></worksheet>""".encode(),
}


def test_a_workbook_with_shared_strings_and_gaps_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, rezipped(dict(SHARED)), "x.xlsx") == [(1, ["Phone"]), (5, ["", "Jö"])]


def test_escaped_characters_in_a_workbook_are_decoded(tmp_path: Path) -> None:
    """ECMA-376 ST_Xstring: other programs write a carriage return as _x000D_, and the text _x0041_ as _x005F_x0041_."""
    strings = (
        "<si><t>Phone</t></si><si><t>1_x000D_\n2_x005F_x0041_ _x0000__xD83D__xDEB2__xD83D_ _x12_</t></si>"
    )
    shared = f"<sst {MAIN}>{strings}</sst>".encode()
    rows = read(tmp_path, rezipped({**SHARED, "xl/sharedStrings.xml": shared}), "x.xlsx")
    assert rows[1] == (5, ["", "1\r\n2_x0041_ \U0001f6b2\ufffd _x12_"])


PNG = bytes.fromhex("89504e470d0a1a0a0000000d494844520000000100000001080600000037") + bytes(range(256)) * 20


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\r\n,,\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (PNG, "is not a table"),
        ("Phone\n1\n".encode("utf-16-le"), "is not a table"),  # without a byte order mark
        (b"x" * 3_000_000, "no line break in a megabyte"),
        (b'Phone,"Name\n1,A\n', "The header of “people.png” cannot be read. The quotation mark"),
        (b"," * 501 + b"x\n", "more than 500 columns"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "without a password"),
        (b"PK\x03\x04" + b"nonsense" * 50, "cannot be read as an Excel workbook"),
        (workbook(["Phone"])[:-300], "cannot be read as an Excel workbook"),
        (workbook(), "is empty"),
        (rezipped({"xl/workbook.xml": None}), "is not an Excel workbook"),
        (rezipped({"xl/workbook.xml": b"<not"}), "cannot be read as an Excel workbook"),
        (rezipped({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}), "cannot be read as an Excel"),
    ],
)  # fmt: skip
def test_a_file_without_a_table_is_refused_with_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(NotATable, match=says) as refused:
        read(tmp_path, content, "people.png")
    assert str(refused.value).endswith(".") and len(str(refused.value)) < 300
