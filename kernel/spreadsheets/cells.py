"""Cells of spreadsheets: escaped so that no spreadsheet runs them as a formula, and read back unchanged."""

import csv
import re
from collections.abc import Sequence

import phonenumbers

YES = frozenset({"yes", "y", "true", "t", "1"})
NO = frozenset({"no", "n", "false", "f", "0"})

# Programs drop what they do not show before a formula; East Asian versions read full-width signs as the narrow ones.
_BEGINNING = r"(?:[\t\r\n]|[\s\x00\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20])"
_FORMULA = re.compile(f"'*{_BEGINNING}")
_ESCAPED = re.compile(f"'+{_BEGINNING}")


def escape_formula(cell: str) -> str:
    """The cell, with an apostrophe before it if it begins like a formula (OWASP, CSV injection)."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """The cell that escape_formula() was given."""
    return cell[1:] if _ESCAPED.match(cell) else cell


# Characters that nobody sees: zero-width ones, marks of the direction of writing, soft hyphens. Emoji and some scripts
# need joiners inside a word, so texts lose them at their ends only.
_INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_INVISIBLE_CHARACTERS = re.compile(f"[{_INVISIBLE}]")
_ENDS = re.compile(rf"^[\s{_INVISIBLE}]+|[\s{_INVISIBLE}]+$")
# A quoted cell that ends with a delimiter.
_ODD_ENDINGS = [f'{end}{space}"{after}' for end in ",;|" for space in ("", " ") for after in ",;|\t\r\n"]
_PHONE = re.compile(r"[+(]?[0-9](?:[\s().\-\u2010-\u2015/]*[0-9]){6,16}")
_DATE = re.compile(r"(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4})(?!\d)")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')


_ODD_STARTS, _ODD_ENDS = frozenset("'= \t"), frozenset(",;| \t")


def without_invisible(text: str) -> str:
    """The text without invisible characters, with plain spaces for all others."""
    return text if text.isascii() else _INVISIBLE_CHARACTERS.sub("", text).replace("\u00a0", " ")


def is_odd(text: str) -> bool:
    """Whether lines of a CSV file may have cells that tidy_cell() changes, or quotation marks that need care."""
    if not text.isascii() or "'" in text or "=" in text or "\\" in text:
        return True
    return '"' in text and any(ending in f"{text}\n" for ending in _ODD_ENDINGS)


def looks_like_number(cell: str) -> bool:
    """Whether a cell looks like a phone number: 7 to 17 digits, nothing else but punctuation, and no date."""
    bare = _bare(cell)
    return bool(_PHONE.fullmatch(bare)) and not _DATE.match(bare)


def tidy_cell(cell: str) -> str:
    """The cell without what spreadsheets add to its text.

    ="1415" is a text that a formula keeps as a text, an apostrophe before a number says the same, and delimiters after
    a number come from a list. Invisible characters are removed from numbers, and from the ends of other texts.
    """
    if cell.isascii() and cell[:1] not in _ODD_STARTS and cell[-1:] not in _ODD_ENDS:
        return cell
    if formula := _TEXT_FORMULA.fullmatch(cell.strip()):
        cell = formula[1]
    bare = _bare(cell)
    if bare != cell and _PHONE.fullmatch(bare):
        return bare
    return cell if cell.isascii() else _ENDS.sub("", cell)


def _bare(cell: str) -> str:
    return without_invisible(cell).strip().removeprefix("'").rstrip(",;| \t")


def read_names(cell: str) -> list[str]:
    """The names in a cell, separated by semicolons, or by commas if it has no semicolon; each once, ignoring case."""
    cell = " ".join(cell.split())
    parts = next(csv.reader([cell], delimiter=";" if ";" in cell else ",", skipinitialspace=True), [])
    return list({name.strip().casefold(): name.strip() for name in parts if name.strip()}.values())


def write_names(names: Sequence[str]) -> str:
    """A cell that read_names() reads as these names, whatever characters they contain."""
    cell = "; ".join(f'"{name.replace('"', '""')}"' if re.search('[;"]', name) else name for name in names)
    return f"{cell};" if len(names) == 1 and ("," in cell or '"' in cell) and ";" not in cell else cell


def number_cell(number: str) -> str:
    """An E.164 number with a space after its country code; other numbers as escaped cells.

    The space keeps the cell a text. A spreadsheet takes "+15105553344" for a number: when it saves the file, it drops
    the plus and, of more than eleven digits, all but six.
    """
    if number.startswith("+"):
        for length in (1, 2, 3):
            if number[1 : 1 + length].isdecimal() and int(number[1 : 1 + length]) in _COUNTRY_CODES:
                return f"{number[: 1 + length]} {number[1 + length :]}"
    return escape_formula(number)


_COUNTRY_CODES = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
