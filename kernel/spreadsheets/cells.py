"""Cells as spreadsheets take them: nothing that they would run as a formula, and read back unchanged."""

import csv
import re

import phonenumbers

YES = frozenset({"yes", "y", "true", "t", "1"})
NO = frozenset({"no", "n", "false", "f", "0"})

_RUNS = re.compile(r"'*[=+\-@\t\r]")
_KEPT = re.compile(r"'+[=+\-@\t\r]")


def escape_formula(cell: str) -> str:
    """A cell that no spreadsheet runs: what begins like a formula gets an apostrophe before it (OWASP)."""
    return f"'{cell}" if _RUNS.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """The cell that harmless() was given."""
    return cell[1:] if _KEPT.match(cell) else cell


def read_names(cell: str) -> list[str]:
    """The names in a cell, parted by semicolons, or by commas where there are none; each once, whatever its case."""
    cell = " ".join(cell.split())
    parted = next(csv.reader([cell], delimiter=";" if ";" in cell else ",", skipinitialspace=True), [])
    return list({name.strip().casefold(): name.strip() for name in parted if name.strip()}.values())


def write_names(names: list[str]) -> str:
    """A cell that names_in() reads as these names, whatever is in them."""
    cell = "; ".join(f'"{name.replace('"', '""')}"' if re.search('[;"]', name) else name for name in names)
    return f"{cell};" if len(names) == 1 and ("," in cell or '"' in cell) and ";" not in cell else cell


def number_cell(number: str) -> str:
    """An E.164 number with a blank behind its country code, other addresses as cells.

    The blank keeps it a text. "+15105553344" would be a number to a spreadsheet, which loses its plus and, beyond
    eleven digits, all but six of them when the file is saved.
    """
    if number.startswith("+"):
        for length in (1, 2, 3):
            if number[1 : 1 + length].isdecimal() and int(number[1 : 1 + length]) in _COUNTRY_CODES:
                return f"{number[: 1 + length]} {number[1 + length :]}"
    return escape_formula(number)


_COUNTRY_CODES = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
