"""CSV records: a stray quotation mark, odd cells and other bytes spoil their own row, and no line is lost."""

import io
import random

import pytest

from kernel.spreadsheets.csv_reader import CsvFile
from kernel.spreadsheets.csv_records import MAX_LINE, MAX_RECORD_LINES
from kernel.spreadsheets.table import TableRow, TableShape

ONE, TWO, THREE, FOUR = "+14155550119", "+14155550120", "+14155550121", "+14155550122"


def rows_of(content: str | bytes, one_line: set[int] = frozenset(), encoding: str = "") -> list[TableRow]:  # type: ignore[assignment]
    data = content.encode() if isinstance(content, str) else content
    file = CsvFile(io.BytesIO(data), "people.csv", encoding)
    header = next(iter(file.rows(TableShape())))
    return list(file.rows(TableShape(header.line, len(header.cells), frozenset(one_line))))[1:]


def readable(rows: list[TableRow]) -> list[list[str]]:
    return [row.cells for row in rows if not row.faults]


def refused(rows: list[TableRow]) -> list[tuple[int, str]]:
    return [(row.line, row.refusal(range(99))) for row in rows if row.faults]


HEAD = "Phone Number,Opt Out,First Name\n"
NOTES = "Phone Number,Note,Opt Out\n"


@pytest.mark.parametrize(
    ("text", "one_line", "read", "refusals"),
    [
        # closed three rows later, in a column without line breaks
        (f'{HEAD}{ONE},no,"Lee\n{TWO},yes,Max\n{THREE},yes,Ned"\n', {0, 1, 2},
         [[TWO, "yes", "Max"], [THREE, "yes", 'Ned"']], [(2, "line 2 is never closed: the next one is in line 4")]),
        # the same in a column that may have line breaks: the lines look like rows
        (f'{NOTES}{ONE},"Lee,no\n{TWO},Max,yes\n{THREE},Ned",yes\n', {0, 2},
         [[TWO, "Max", "yes"], [THREE, 'Ned"', "yes"]], [(2, "line 2 is never closed")]),
        # never closed
        (f'{HEAD}{ONE},no,"Lee\n{TWO},yes,Max\n', {0}, [[TWO, "yes", "Max"]], [(2, "line 2 is never closed.")]),
        (f'{HEAD}{ONE},no,A\n{TWO},yes,"Max', {0}, [[ONE, "no", "A"]], [(3, "line 3 is never closed.")]),
        # two of them, each with the beginning of the next as its end
        (f'{HEAD}{ONE},no,"Lee\n{TWO},yes,"Max\n{THREE},yes,Ned\n', {2}, [[THREE, "yes", "Ned"]],
         [(2, "line 2 is never closed"), (3, "line 3 is never closed.")]),
        # before a cell with balanced quotation marks and a line break
        (f'{NOTES}{ONE},"a,no\n{TWO},"two\nlines",yes\n', {0, 2}, [[TWO, "two\nlines", "yes"]],
         [(2, "line 2 is never closed: the next one is in line 3")]),
        # more cells than the header, which refuses the row elsewhere
        (f'{NOTES}{ONE},"a\nb",no,x,"\nc"\n', set(), [[ONE, "a\nb", "no", "x", "\nc"]], []),
        (f'{NOTES}{ONE},"a,no\n{TWO},b,yes",no\n', set(), [[TWO, "b", 'yes"', "no"]], [(2, "line 2 is never closed")]),
        # at the beginning of a line, and in a file of one column
        (f'Phone\n{ONE}\n"{TWO}\n{THREE}\n"{FOUR}\n', {0}, [[ONE], [THREE]], [(3, "line 3 is"), (5, "line 5 is")]),
        # a line break in a name, with nothing that looks like another row: the row is refused as a whole
        (f'{HEAD}{ONE},yes,"Lee\nJr."\n{TWO},yes,Max\n', {0, 1, 2}, [[TWO, "yes", "Max"]],
         [(2, "line 2 is closed only in line 3: this column has no line breaks.")]),
        # the same in the first column: its second line has all other cells
        (f'First Name,Phone,Opt Out\n"Lee\nJr.",{ONE},yes\n', {0, 1, 2}, [['Jr."', ONE, "yes"]],
         [(2, "line 2 is never closed: the next one is in line 3")]),
        # line breaks where they may be
        (f'{NOTES}{ONE},"two\nlines",yes\n', {0, 2}, [[ONE, "two\nlines", "yes"]], []),
        (f'{NOTES}{ONE},"a ""word""\r\nand, more\r\n",yes\r\n', {0, 2},
         [[ONE, 'a "word"\r\nand, more\r\n', "yes"]], []),
        (f'{NOTES}{ONE},"call\n{TWO}\nsoon",yes\n', {0, 2}, [[ONE, f"call\n{TWO}\nsoon", "yes"]], []),
        (f'{NOTES}{ONE},"a\nb","\nyes\n"\n', {0, 2}, [[ONE, "a\nb", "\nyes\n"]], []),
        # a backslash before the end of a cell, when a later cell begins with a line break
        (f'{NOTES}{ONE},"a\n\\","\nyes"\n', {0}, [[ONE, "a\n\\", "\nyes"]], []),
        (f'{NOTES}{ONE},"a\\","\nyes"\n', {0}, [[ONE, "a\\", "\nyes"]], []),
        (f'{NOTES}{ONE},"say \\"hi\\""\n', {0}, [[ONE, 'say "hi"']], []),
    ],
)  # fmt: skip
def test_a_stray_quotation_mark_spoils_its_line_only(
    text: str, one_line: set[int], read: list[list[str]], refusals: list[tuple[int, str]]
) -> None:
    rows = rows_of(text, one_line)
    assert readable(rows) == read
    assert [line for line, _ in refused(rows)] == [line for line, _ in refusals]
    for (_, sentence), (_, says) in zip(refused(rows), refusals, strict=True):
        assert sentence.startswith('The quotation mark (") in ') and says in sentence


def test_a_row_with_a_line_break_in_a_name_keeps_its_opt_out() -> None:
    (row,) = rows_of(f'Phone,First Name,Opt Out\n{ONE},"Lee\nJr.",yes\n', {0, 1, 2})
    assert row.cells == [ONE, "Lee\nJr.", "yes"]
    assert row.refusal({1}) and not row.refusal({0, 2})


def test_a_number_after_the_cell_that_is_broken_is_the_rows_own() -> None:
    (row,) = rows_of(f'Phone,First Name,Opt Out,Home\n{ONE},"Lee\nJr.",yes,{TWO}\n', {0, 1, 2, 3})
    assert row.cells == [ONE, "Lee\nJr.", "yes", TWO]
    assert row.refusal({1}) and not row.refusal({0, 2, 3})


def test_the_cells_after_a_stray_quotation_mark_are_read() -> None:
    (row,) = rows_of(f'{HEAD}{ONE},"Lee, Jr.","Ned,yes\n')
    assert row.cells == [ONE, "Lee, Jr.", "Ned", "yes"]
    assert row.faults


def test_a_record_has_a_largest_size() -> None:
    lines = "x\n" * MAX_RECORD_LINES
    rows = rows_of(f'{NOTES}{ONE},"{lines}",no\n{TWO},b,yes\n')
    assert refused(rows)[0] == (2, 'The quotation mark (") in line 2 is never closed.')
    assert readable(rows)[-1] == [TWO, "b", "yes"]


def test_a_line_has_a_largest_size() -> None:
    rows = rows_of(f"{HEAD}{ONE},no,{'x' * 3 * MAX_LINE}\n{TWO},yes,Max\n")
    assert refused(rows) == [(2, "Line 2 has more than a million characters.")]
    assert readable(rows) == [[TWO, "yes", "Max"]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('Ann, "Lee, Jr.", "+1"', ["Ann", "Lee, Jr.", "+1"]),
        (r'"Lee \"Max\", Jr.",b,c', ['Lee "Max", Jr.', "b", "c"]),
        (r'"say \"",b,c', ['say "', "b", "c"]),
        (r'"C:\",b,c', ["C:\\", "b", "c"]),
        ('5" pipe,b,c', ['5" pipe', "b", "c"]),
        ('"Na"me,b,c', ["Name", "b", "c"]),
        ("'14155550126,b,c", ["14155550126", "b", "c"]),
        ('="14155550126",b,c', ["14155550126", "b", "c"]),
        ('"=""14155550126""",b,c', ["14155550126", "b", "c"]),
        ('"+14155550128,",b,c', ["+14155550128", "b", "c"]),
        ('"+1 (415) 555-0128; ",b,c', ["+1 (415) 555-0128", "b", "c"]),
        ("\u200e+1\u00a0415\u00a0555\u20110128\u200b,yes\u200b,\ufeffAnn\u00a0",
         ["+1 415 555\u20110128", "yes", "Ann"]),
        ("\u2066+1\u00a0415\u00a0555 0128\u2069,b,c", ["+1 415 555 0128", "b", "c"]),
        ("'=1+1,'@x,'68 Comeback", ["'=1+1", "'@x", "'68 Comeback"]),
        ("=1+1,👩\u200d💻,a\u200bb", ["=1+1", "👩\u200d💻", "a\u200bb"]),
    ],
)  # fmt: skip
def test_what_spreadsheets_add_to_cells_is_removed(line: str, cells: list[str]) -> None:
    assert rows_of(f"a,b,c\n{line}\n") == [TableRow(2, cells)]


@pytest.mark.parametrize(
    ("content", "encoding", "rows"),
    [
        ("José,1\n".encode() + b"10 \x96 20,2\nZo\xc3\xab,3\n", "",
         [(["José", "1"], ""), (["10 \ufffd 20", "2"], "not UTF-8"), (["Zoë", "3"], "")]),
        (b"Jos\xe9,1\nZo\xeb,2\n", "", [(["José", "1"], ""), (["Zoë", "2"], "")]),
        (b"plain,0\n" * 9 + b"Jos\xe9,1\n", "", [(["plain", "0"], "")] * 9 + [(["José", "1"], "")]),
        (b"Jos\xe9,1\n\x81,2\n", "", [(["José", "1"], ""), (["\ufffd", "2"], "not Windows-1252")]),
        (b"Jos\x8e,1\n", "MacRoman", [(["José", "1"], "")]),
        (b"Jos\x82,1\n", "cp850", [(["José", "1"], "")]),
        ("山田,1\n".encode("cp932"), "Shift-JIS", [(["山田", "1"], "")]),
    ],
)  # fmt: skip
def test_a_bad_byte_spoils_its_cell_only(
    content: bytes, encoding: str, rows: list[tuple[list[str], str]]
) -> None:
    found = rows_of(b"Name,Number\n" + content, encoding=encoding)
    assert [row.cells for row in found] == [cells for cells, _ in rows]
    for row, (_, says) in zip(found, rows, strict=True):
        assert row.refusal({1}) == "" and says in row.refusal({0}) and bool(says) == bool(row.faults)


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_every_delimiter_is_found(delimiter: str) -> None:
    lines = [["Phone", "Tags"], [ONE, "a / b"], [TWO, "c"]]
    text = "".join(f"{delimiter.join(line)}\n" for line in lines)
    assert [row.cells for row in rows_of(text)] == lines[1:]


PIECES = [
    '"',
    '"',
    '""',
    ",",
    ",",
    ";",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\\",
    "'",
    "=",
    "a",
    "é",
    "\u200b",
    ONE,
    "yes",
    "\t|",
]


def test_no_line_of_a_random_file_is_lost() -> None:
    """Each number of a file is in exactly one row, refused or not."""
    for seed in range(400):
        numbers, content = random_file(random.Random(seed))
        rows = rows_of(content, {0, 1, 2})
        for number in numbers:
            found = [row for row in rows if any(number in cell for cell in row.cells)]
            assert len(found) == 1, seed
            others = [other for other in numbers if other != number]
            assert not [cell for cell in found[0].cells for other in others if other in cell], seed


def random_file(dice: random.Random) -> tuple[list[str], bytes]:
    """The numbers of a file and its content."""
    lines, numbers = [], []
    for at in range(dice.randrange(1, 30)):
        number = f"+1415555{at:04}"
        noise = "".join(dice.choices(PIECES, k=dice.randrange(8))).replace(ONE, "x")
        lines.append(f"{number},{noise},{dice.choice(['yes', 'no', ''])}")
        numbers.append(number)
    encoding = dice.choice(["utf-8", "utf-16", "cp1252"])
    return numbers, ("Phone Number,Name,Opt Out\n" + "\n".join(lines)).encode(encoding, "replace")


def test_random_bytes_are_rows() -> None:
    for seed in range(200):
        dice = random.Random(seed)
        alphabet = b'",;\n\r\\ ab1' + bytes(dice.choices(range(128, 256), k=3))
        content = b"Phone,Name\n" + bytes(dice.choices(alphabet, k=dice.randrange(200)))
        text = content.split(b"\n", 1)[1].replace(b"\r", b"\n")
        wanted = {letter for letter in "ab1" if letter.encode() in text}
        shown = "".join(cell for row in rows_of(content) for cell in row.cells)
        assert wanted <= set(shown), seed
