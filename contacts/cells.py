"""Cells as they may stand in a file that a spreadsheet opens, and back. Pure."""

import re

import phonenumbers

# What a spreadsheet would run or lose (OWASP, "CSV Injection"), and the same behind apostrophes, so that one can be
# told from the other on the way back.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"\+[0-9 ]+")


def harmless(cell: str) -> str:
    """The cell as it may stand in a file; a number of ours is digits and blanks, and nothing to run."""
    return f"'{cell}" if _DANGEROUS.match(cell) and not _NUMBER.fullmatch(cell) else cell


def read_back(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _DANGEROUS.match(cell) else cell


def spelled(number: str) -> str:
    """An E.164 number with a blank behind its country code, other addresses as they are.

    The blank keeps it a text. "+15105553344" would be a number to a spreadsheet, which loses its plus and, beyond
    eleven digits, all but six of them when the file is saved.
    """
    if number.startswith("+"):
        for length in (1, 2, 3):
            if number[1 : 1 + length].isdecimal() and int(number[1 : 1 + length]) in _COUNTRY_CODES:
                return f"{number[: 1 + length]} {number[1 + length :]}"
    return number


_COUNTRY_CODES = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
