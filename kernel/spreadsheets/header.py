"""Header of a table: its row is found below titles and above the first row with a phone number."""

import re
from collections.abc import Sequence

from kernel.spreadsheets.cells import looks_like_number, without_invisible
from kernel.spreadsheets.table import TableRow

SEARCHED = 25  # rows


def plain_header(title: str) -> str:
    """A header without spaces, punctuation and invisible characters, in lower case."""
    return re.sub(r"[\W_]+", "", without_invisible(title).casefold())


def clean_title(title: str) -> str:
    """A header as pages show it: on one line, without invisible characters."""
    return " ".join(without_invisible(title).split())


def find_header(rows: Sequence[TableRow], known: Sequence[str]) -> int:
    """The index of the header among the first rows of a file, of which there is at least one.

    It is the row with the most known headers. Without any it is the first row, or, if that has one cell and the next
    rows have several, the first row with several cells.
    """
    words = set(known)
    above = _before_numbers(rows)
    hits = [len({plain_header(cell) for cell in row.cells} & words) for row in above]
    if max(hits) > 0:
        return hits.index(max(hits))
    filled = [sum(map(bool, row.cells)) for row in rows]
    if filled[0] == 1 and max(filled) > 1:
        return min(next(at for at, cells in enumerate(filled) if cells > 1), len(above) - 1)
    return 0


def _before_numbers(rows: Sequence[TableRow]) -> Sequence[TableRow]:
    """The rows before the first with a phone number in a cell of its own; at least one."""
    for at, row in enumerate(rows):
        if any(looks_like_number(cell) for cell in row.cells) and sum(map(bool, row.cells)) > 1:
            return rows[: max(at, 1)]
    return rows[:1] if all(sum(map(bool, row.cells)) <= 1 for row in rows) else rows
