"""Workbooks for tests, made part by part, so that they can be odd or hostile."""

import io
import zipfile
from collections.abc import Collection, Iterable, Mapping

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def row(line: int, cells: Iterable[str]) -> str:
    """The XML of a row of texts; a cell that begins with = is a formula without a stored value."""
    return f'<row r="{line}">{"".join(map(_cell, cells))}</row>'


def _cell(text: str) -> str:
    if text.startswith("="):
        return f"<c><f>{text[1:]}</f></c>"
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>' if text else "<c/>"


def table(*rows: Iterable[str]) -> str:
    """The XML of rows from the first line."""
    return "".join(row(line, cells) for line, cells in enumerate(rows, 1))


def workbook_of(
    sheets: Mapping[str, str], *, hidden: Collection[str] = (), styles: str = "", strings: str = ""
) -> bytes:
    """A workbook of sheets with the XML of their rows, and with the XML inside its styles and shared strings."""
    names = dict(enumerate(sheets, 1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SPREADSHEET}.sharedStrings+xml"/></Types>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"{' state="hidden"' * (name in hidden)}/>'
            for at, name in names.items()
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        + "".join(
            f'<Relationship Id="r{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
            for at in names
        )
        + "</Relationships>",
        "xl/styles.xml": f"<styleSheet {MAIN}>{styles}</styleSheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{strings}</sst>",
    }
    for at, name in names.items():
        parts[f"xl/worksheets/sheet{at}.xml"] = (
            f"<worksheet {MAIN}><sheetData>{sheets[name]}</sheetData></worksheet>"
        )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return file.getvalue()
