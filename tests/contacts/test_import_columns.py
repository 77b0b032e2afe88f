"""Import columns: each value of a cell is read or refused, and an export is read as the same values."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contacts.imports.columns import CONTACT_HEADERS, OptOutWidget, RowWriter
from contacts.imports.headers import match_columns
from contacts.imports.row_reader import BadRow, RowReader
from kernel.spreadsheets.cells import escape_formula, read_names, unescape_formula, write_names

NUMBER = "(510) 555-3344"
SAYS = {
    True: [
        "yes", "y", "true", "t", "1", "1.0", "x", "✓", "✔", "unsubscribed", "opted out", "opted-out", "OptOut", "dnc",
        "do not text", "stop", "stopped", "suppressed", "ja", "2024-05-01", "2024-05-01T10:00:00Z", "5/1/2024 10:00",
        "31.3.2026", "May 1, 2024", "1714557600", "99/99/9999",
    ],
    False: ["no", "n", "false", "f", "0", "0.0", "subscribed", "active", "opted in", "START", "nein"],
    None: ["", "-", "n/a", "null", "0000-00-00 00:00:00"],
}  # fmt: skip


@pytest.mark.parametrize(("says", "words"), SAYS.items())
def test_every_value_of_the_opt_out_column_is_read(says: bool | None, words: list[str]) -> None:
    for word in words:
        for value in (word, word.upper(), word.title(), f" {word}\t"):
            assert OptOutWidget().clean(value) is says, value


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("yes", False), ("1", False), ("x", False), ("2024-05-01", False), ("subscribed", False),
        ("no", True), ("FALSE", True), ("0", True), ("unsubscribed", True), ("opted out", True), ("", None),
    ],
)  # fmt: skip
def test_no_is_an_opt_out_in_an_opt_in_column(cell: str, says: bool | None) -> None:
    assert OptOutWidget(opt_in=True).clean(cell) is says


@pytest.mark.parametrize(
    "value", ["maybe", "pending", "2", "ye s", "bounced", "never subscribed", "TRUE?", "0.5"]
)
def test_any_other_value_is_refused_by_name(value: str) -> None:
    with pytest.raises(ValueError, match="“Opt Out” is") as wrong:
        OptOutWidget().clean(f" {value} ")
    assert f"“{value}”" in str(wrong.value)


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (list(CONTACT_HEADERS.values()), list(CONTACT_HEADERS)),
        (["phone_number", "OPT-OUT", "e-mail", "Shoe size", ""], ["number", "opt_out", "email", "", ""]),
        (["Vorname", "Name", "Handy", "E-Mail"], ["first_name", "last_name", "number", "email"]),
        (["Name", "Telefon-Nr.", "Schlagworte", "Notiz"], ["display_name", "number", "tags", "note"]),
        (["Nachname", "Telefonnummer", "Abgemeldet", "Liste"], ["last_name", "number", "opt_out", "lists"]),
        (
            ["Phone", "Mobile", "Subscribed"],
            ["number", "other_number", "opt_in"],
        ),  # the first number is the contact's; "no" in a column about opting in is an opt-out
    ],
)
def test_headers_name_fields(header: list[str], columns: list[str]) -> None:
    assert match_columns(header) == columns


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("number", "'+1 510 555 3344", "+15105553344"),
        ("number", "15105553344.0", "+15105553344"),
        ("number", "'15105553344", "+15105553344"),
        ("number", '="15105553344"', "+15105553344"),
        ("number", "+15105553344,", "+15105553344"),
        ("number", "'+1 510 555 3344;", "+15105553344"),
        ("first_name", "  Ann ", "Ann"),
        ("first_name", "'=Ann", "=Ann"),
        ("first_name", "'Ann", "'Ann"),
        ("note", "two\nlines", "two\nlines"),
        ("lists", "Recall; Spring, 2026 ;recall", ["recall", "Spring, 2026"]),
        ("lists", "Recall, Spring", ["Recall", "Spring"]),
        ("tags", " ; ", []),
        ("email", "", ""),
    ],
)
def test_cells_are_read(field: str, value: str, read: Any) -> None:
    assert (
        RowReader(["number", field], "US").read([value if field == "number" else NUMBER, value])[field]
        == read
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("number", "", "no phone number"),
        ("number", "12", "no such phone number"),
        ("number", "1.51056E+10", "rounded this number to 1.51056E"),
        ("number", "1,51056E+10", "rounded this number"),
        ("number", "call me", "digits only"),
        ("number", "555-01", "no such phone number"),
        ("number", "12345", "write its country too: US:12345"),
        ("number", "US:12345", "does not text short codes"),
        ("number", "US:911", "is an emergency number"),
        ("number", "900-555-0123", "is a premium-rate number"),
        ("first_name", "x" * 81, "First Name is longer than 80"),
        ("last_name", "x" * 81, "Last Name is longer than 80"),
        ("display_name", "x" * 121, "Display Name is longer than 120"),
        ("note", "x" * 2001, "Note is longer than 2,000"),
        ("email", "ann@", "“ann@” is not a valid email address"),
        ("email", "x" * 250 + "@a.de", "Email is longer than 254"),
        ("opt_out", "perhaps", "“Opt Out” is “perhaps”"),
        ("lists", "a; " + "x" * 81, "The list “x+…” is longer than 80"),
        ("tags", "x" * 41, "The tag “x+…” is longer than 40"),
    ],
)
def test_cells_are_refused(field: str, value: str, says: str) -> None:
    with pytest.raises(BadRow, match=says) as wrong:
        RowReader(["number", field], "US").read([value if field == "number" else NUMBER, value])
    assert str(wrong.value).endswith(".")


def test_a_refused_row_has_all_its_reasons() -> None:
    with pytest.raises(BadRow, match=r"no phone number\. .*“maybe”"):
        RowReader(["number", "opt_out", ""], "US").read(["", "maybe", "x"])


def test_short_rows_are_filled_and_long_ones_refused() -> None:
    reader = RowReader(["number", "first_name"], "US")
    assert reader.read([NUMBER])["first_name"] == ""
    assert reader.read([NUMBER, "Ann", "", ""])["first_name"] == "Ann"
    with pytest.raises(BadRow, match="3 cells, but the header has 2"):
        reader.read([NUMBER, "Ann", "Ames"])


CELL = st.text(
    st.characters(exclude_categories=["C"]) | st.sampled_from("=+-@＝＋－＠'\t\r\n;,\""), max_size=8
)
NAMES = st.lists(
    CELL.map(lambda name: " ".join(name.split())).filter(bool), max_size=4, unique_by=str.casefold
)


@given(CELL)
@example("''=1")
def test_an_escaped_cell_is_no_formula_and_is_read_back_unchanged(cell: str) -> None:
    assert unescape_formula(escape_formula(cell)) == cell
    assert not escape_formula(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert not escape_formula(cell).strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


INVISIBLE = ["", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u200b", "\ufeff", "\x00"]


@pytest.mark.parametrize("invisible", INVISIBLE)
@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_formula_is_harmless_also_after_characters_that_programs_drop(invisible: str, sign: str) -> None:
    cell = f"{invisible}{sign}cmd|'/c calc'!A1"
    assert escape_formula(cell) == f"'{cell}"
    assert unescape_formula(f"'{cell}") == cell


@pytest.mark.parametrize("cell", ["Ann", " Ann", "a=1", "'tis", "5+5", "1-2", ""])
def test_other_cells_are_written_as_they_are(cell: str) -> None:
    assert escape_formula(cell) == cell


@given(NAMES)
@example(["Spring, 2026"])
@example(['"quoted"', "a;b"])
def test_names_are_read_back_unchanged(names: list[str]) -> None:
    assert read_names(write_names(names)) == names


def test_an_exported_contact_is_read_as_the_same_contact() -> None:
    contact = {
        "first_name": "=Ann", "last_name": "'Ames", "display_name": "@ann", "number": "+15105553344", "email": "a@b.de",
        "opt_out": True, "lists": ["Spring, 2026"], "tags": ["VIP", "a;b"], "note": "-1\ntwo",
    }  # fmt: skip
    writer = RowWriter()
    assert RowReader(match_columns(writer.header), "DE").read(writer.write(contact)) == contact
