"""Row reader: the opt-out of every readable number is read, whatever else of its row is refused."""

from typing import Any

import pytest

from contacts.imports.row_reader import BadRow, RowReader

ANN, BOB, CLEO = "+14155550101", "+14155550102", "+14155550103"
COLUMNS = ["number", "first_name", "email", "opt_out", "opt_out", "other_number"]


def reader(columns: list[str] = COLUMNS, **options: Any) -> RowReader:
    return RowReader(columns, "US", **options)


@pytest.mark.parametrize(
    ("cells", "numbers", "unclear"),
    [
        ([ANN, "Ann", "", "yes"], [ANN], False),
        ([ANN, "Ann", "no address", "yes"], [ANN], False),
        ([ANN, "A" * 81, "", "yes"], [ANN], False),
        ([f"{ANN}, {BOB}", "Ann", "", "yes"], [ANN, BOB], False),
        ([f"{ANN} or {BOB}", "Ann", "", "yes"], [ANN, BOB], False),
        ([f"{ANN}\n(415) 555-0102", "Ann", "", "yes"], [ANN, BOB], False),
        ([ANN, "Ann", "", "", "yes", BOB], [ANN, BOB], False),
        ([ANN, "Ann", "", "no", "yes"], [ANN], False),
        ([ANN, "Ann", "", "maybe", "yes"], [ANN], False),
        ([ANN, "Ann", "", "maybe", "no"], [ANN], True),
        (["", "Ann", "", "yes", "", BOB], [BOB], False),
        (["call me", "Ann", "", "yes", "", BOB], [BOB], False),
    ],
)
def test_the_opt_out_of_a_row_is_read(cells: list[str], numbers: list[str], unclear: bool) -> None:
    stated = reader().opt_out(cells)
    assert stated and (stated.numbers, stated.unclear) == (numbers, unclear)


@pytest.mark.parametrize("cells", [[ANN, "Ann", "", "no"], [ANN], ["12", "Ann", "", "yes"], []])
def test_no_opt_out_is_invented(cells: list[str]) -> None:
    assert reader().opt_out(cells) is None
    assert reader(["number", "first_name"]).opt_out([ANN, "yes"]) is None


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        (["number", "opt_out", "first_name"], [ANN, "yes", "Smith", " Jr."]),
        (["first_name", "number", "opt_out"], ["Smith", " Jr.", ANN, "yes"]),
        (["number", "first_name", "opt_out"], [ANN, "Smith", " Jr.", "yes"]),
        (["number", "first_name", "opt_out", "email"], [ANN, "Smith", " Jr.", "PhD", "yes", ""]),
    ],
)
def test_a_delimiter_in_a_value_hides_no_opt_out(columns: list[str], cells: list[str]) -> None:
    stated = reader(columns).opt_out(cells)
    assert stated and stated.numbers == [ANN] and not stated.unclear


def test_any_yes_makes_the_row_an_opt_out() -> None:
    assert reader().read([ANN, "", "", "no", "yes", ""])["opt_out"] is True
    assert reader().read([ANN, "", "", "maybe", "yes", ""])["opt_out"] is True
    assert reader().read([ANN, "", "", "no", "", ""])["opt_out"] is False
    with pytest.raises(BadRow, match="“Opt Out” is “maybe”"):
        reader().read([ANN, "", "", "maybe", "no", ""])


def test_the_words_name_the_column() -> None:
    stated = reader(["number", "opt_out"], titles=["Phone", "SMS Status"]).opt_out([ANN, "Unsubscribed"])
    assert stated and stated.words == "SMS Status: Unsubscribed"
    with pytest.raises(BadRow, match="“SMS Status” is “Bounced”"):
        reader(["number", "opt_out"], titles=["Phone", "SMS Status"]).read([ANN, "Bounced"])


def test_several_numbers_make_one_contact_or_one_each() -> None:
    cells = [ANN, "Ann", "", "", "", f"{BOB}; {CLEO}"]
    assert [row["number"] for row in reader().read_contacts(cells)] == [ANN]
    each = reader(each_number=True).read_contacts(cells)
    assert [(row["number"], row["first_name"]) for row in each] == [(ANN, "Ann"), (BOB, "Ann"), (CLEO, "Ann")]
    assert [row["number"] for row in reader(each_number=True).read_contacts([ANN, "", "", "", "", ANN])] == [
        ANN
    ]
    assert reader().read(["", "", "", "", "", BOB])["number"] == BOB, "the only number of the row"
    with pytest.raises(BadRow, match="This cell has 2 numbers"):
        reader().read([f"{ANN}, {BOB}", "", "", "", "", ""])
