"""Custom field values: typed, from files and as JSON; a written value is read as the same value."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.custom_fields.define import key_for
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import (
    BadValue,
    FieldKind,
    FieldValue,
    display_value,
    merge_values,
    read_json_values,
    read_value,
    value_as_cell,
)
from contacts.imports.headers import all_headers, match_columns, reserved_header
from contacts.imports.row_reader import BadRow, RowReader
from kernel.spreadsheets.cells import escape_formula
from tests.clocks import UTC_CLOCK


@dataclass(frozen=True)
class Defined:
    name: str
    key: str
    kind: str
    options: list[str] = field(default_factory=list)


NOTE = Defined("Hobby", "hobby", FieldKind.TEXT)
VISITS = Defined("Visits", "visits", FieldKind.NUMBER)
BIRTHDAY = Defined("Birthday", "birthday", FieldKind.DATE)
VIP = Defined("Insured", "insured", FieldKind.YES_NO)
LEVEL = Defined("Loyalty level", "loyalty_level", FieldKind.CHOICE, ["Gold", "Silver", "Très bien"])
ALL = [NOTE, VISITS, BIRTHDAY, VIP, LEVEL]

# -- typed, or in a cell -----------------------------------------------------------------------------------------

READ: list[tuple[Defined, str, str, FieldValue | None]] = [
    *((field, "US", blank, None) for field in ALL for blank in ("", "  ", "\t\n")),
    (NOTE, "US", " one\n  two ", "one two"),
    (NOTE, "US", "x" * 500, "x" * 500),
    (NOTE, "US", "👩‍👧 0", "👩‍👧 0"),
    (NOTE, "US", "12", "12"),
    (VISITS, "US", "12", 12),
    (VISITS, "US", " +0012 ", 12),
    (VISITS, "US", "-0", 0),
    (VISITS, "US", "-0.00", 0),
    (VISITS, "US", "12.0", 12),
    (VISITS, "US", "1250.50", 1250.5),
    (VISITS, "US", "-0.1", -0.1),
    (VISITS, "US", "0.000000000000001", 1e-15),
    (VISITS, "US", "999999999999999", 999_999_999_999_999),
    (VISITS, "US", "99999999999999.9", 99_999_999_999_999.9),
    (BIRTHDAY, "US", "2026-03-31", "2026-03-31"),
    (BIRTHDAY, "US", "2026-03-31 00:00:00", "2026-03-31"),
    (BIRTHDAY, "US", "2026-03-31T00:00", "2026-03-31"),
    (BIRTHDAY, "US", "03/01/2026", "2026-03-01"),
    (BIRTHDAY, "GB", "03/01/2026", "2026-01-03"),
    (BIRTHDAY, "DE", "31.3.2026", "2026-03-31"),
    (BIRTHDAY, "US", "1 Mar 1962", "1962-03-01"),
    (BIRTHDAY, "US", "2199-12-31", "2199-12-31"),
    *((VIP, "US", word, True) for word in ("yes", "Y", "true", "T", "1", " YES ")),
    *((VIP, "US", word, False) for word in ("no", "N", "False", "f", "0")),
    (LEVEL, "US", "gold", "Gold"),
    (LEVEL, "US", " SILVER ", "Silver"),
    (LEVEL, "US", "TRÈS  BIEN", "Très bien"),
]


@pytest.mark.parametrize(("defined", "country", "typed", "value"), READ)
def test_typed_values_are_read(defined: Defined, country: str, typed: str, value: FieldValue | None) -> None:
    found = read_value(defined, typed, country)
    assert (found, type(found)) == (value, type(value))


REFUSED: list[tuple[Defined, str, str, str]] = [
    (NOTE, "US", "x" * 501, "Hobby is longer than 500 characters."),
    (NOTE, "US", "a\0b", "Hobby contains invalid characters."),
    (LEVEL, "US", "\ud800", "Loyalty level contains invalid characters."),
    (VISITS, "US", "many", "Visits is “many”. Enter a number, like 1250.5"),
    *((VISITS, "DE", word, f"Visits is “{word}”. Enter a number") for word in (
        "1,5", "1,250", "1.250,50", "1e5", "1.51056E+10", "NaN", "12 %", "$5", "--1", ".5", "5.", "١٢",
    )),
    (VISITS, "US", "1234567890123456", "Visits is “1234567890123456”. A number can have up to 15 digits."),
    (VISITS, "US", "0.1234567890123456", "A number can have up to 15 digits."),
    (VISITS, "US", "9" * 90, "Visits is “" + "9" * 80 + "”."),
    (BIRTHDAY, "US", "soon", "Birthday: “soon” is not a date. Write it like 2026-03-31."),
    (BIRTHDAY, "US", "2026-02-30", "“2026-02-30” is not a date"),
    (BIRTHDAY, "US", "2026-03-31 14:30", "is not a date"),
    (BIRTHDAY, "US", "31/03/2026", "Birthday: “31/03/2026” is not in month/day/year order"),
    (BIRTHDAY, "US", "3/1/26", "has a two-digit year"),
    (BIRTHDAY, "US", "1062-03-01", "Birthday: “1062-03-01” is too far in the past."),
    (VIP, "US", "maybe", "Insured is “maybe”. Use yes, y, true, t, 1 or no, n, false, f, 0."),
    (LEVEL, "US", "gilt", "Loyalty level is “gilt”. Use “Gold”, “Silver” or “Très bien”."),
]  # fmt: skip


@pytest.mark.parametrize(("defined", "country", "typed", "says"), REFUSED)
def test_bad_values_are_refused(defined: Defined, country: str, typed: str, says: str) -> None:
    with pytest.raises(BadValue) as wrong:
        read_value(defined, typed, country)
    assert says in str(wrong.value) and str(wrong.value).endswith(".")
    assert wrong.value.key == defined.key


def test_a_message_names_a_few_of_many_options() -> None:
    many = Defined("Size", "size", FieldKind.CHOICE, [str(size) for size in range(30, 50)])
    with pytest.raises(BadValue, match="“30”, “31”, “32”, “33”, “34” or 15 more"):
        read_value(many, "29", "US")


# -- JSON --------------------------------------------------------------------------------------------------------

JSON: list[tuple[str, Any, FieldValue | None]] = [
    *((field.key, blank, None) for field in ALL for blank in (None, "", " ")),
    ("hobby", " two\nwords ", "two words"),
    ("visits", 12, 12),
    ("visits", 12.0, 12),
    ("visits", 12.5, 12.5),
    ("visits", 1e-7, 1e-7),
    ("visits", 5e14, 500_000_000_000_000),
    ("visits", "12.50", 12.5),
    ("birthday", "1962-03-01", "1962-03-01"),
    ("insured", True, True),
    ("insured", False, False),
    ("insured", 0, False),
    ("insured", "yes", True),
    ("loyalty_level", "GOLD", "Gold"),
]


@pytest.mark.parametrize(("key", "given", "value"), JSON)
def test_json_values_are_read(key: str, given: Any, value: FieldValue | None) -> None:
    found = read_json_values(ALL, {key: given})
    assert found == {key: value} and type(found[key]) is type(value)


BAD_JSON: list[tuple[Any, str, str]] = [
    ([], "", "Custom fields are given as an object"),
    (None, "", "as an object"),
    ("gold", "", "as an object"),
    ({"size": 42, "x": 1, "hobby": "a"}, "size", "There is no custom field “size” or “x”. There is “hobby”"),
    ({"Loyalty level": "Gold"}, "Loyalty level", "no custom field “Loyalty level”"),
    ({"hobby": 12}, "hobby", "Hobby is “12”. Enter text."),
    ({"hobby": ["a"]}, "hobby", "Enter text."),
    ({"hobby": "\ud800"}, "hobby", "invalid characters"),
    ({"visits": True}, "visits", "Visits is “True”. Enter a number"),
    ({"visits": float("nan")}, "visits", "Enter a number"),
    ({"visits": float("inf")}, "visits", "Enter a number"),
    ({"visits": 1e300}, "visits", "Enter a number"),
    ({"visits": 10**15}, "visits", "up to 15 digits"),
    ({"visits": 10**5000}, "visits", "up to 15 digits"),
    ({"visits": 0.1 + 0.2}, "visits", "up to 15 digits"),
    ({"visits": {}}, "visits", "Enter a number"),
    ({"birthday": "03/01/2026"}, "birthday", "Birthday is “03/01/2026”. Enter a date, like 2026-03-31."),
    ({"birthday": "2026-02-30"}, "birthday", "Enter a date"),
    ({"birthday": "20260301"}, "birthday", "Enter a date"),
    ({"birthday": "1062-03-01"}, "birthday", "too far in the past"),
    ({"birthday": 20260301}, "birthday", "Enter a date"),
    ({"insured": 2}, "insured", "Use yes"),
    ({"insured": 1.0}, "insured", "Use yes"),
    ({"loyalty_level": "gilt"}, "loyalty_level", "Use “Gold”"),
    ({"loyalty_level": True}, "loyalty_level", "Use “Gold”"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "key", "says"), BAD_JSON)
def test_bad_json_values_are_refused(given: Any, key: str, says: str) -> None:
    with pytest.raises(BadValue) as wrong:
        read_json_values(ALL, given)
    assert says in str(wrong.value) and wrong.value.key == key


def test_the_message_says_if_no_field_is_defined() -> None:
    with pytest.raises(BadValue, match=r"no custom field “hobby”\. The team has not defined any\."):
        read_json_values([], {"hobby": "x"})
    assert read_json_values([], {}) == {}


def test_unnamed_values_are_kept_and_none_removes_a_value() -> None:
    assert merge_values({"hobby": "chess", "visits": 0}, {"visits": None, "insured": False}) == {
        "hobby": "chess",
        "insured": False,
    }


# -- written -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("defined", "value", "in_file", "on_page"),
    [
        (NOTE, "=1+1", "=1+1", "=1+1"),
        (VISITS, 0, "0", "0"),
        (VISITS, -12.5, "-12.5", "-12.5"),
        (VISITS, 1e-7, "0.0000001", "0.0000001"),
        (BIRTHDAY, "1962-03-01", "1962-03-01", "1 Mar 1962"),
        (VIP, True, "yes", "Yes"),
        (VIP, False, "no", "No"),
        (LEVEL, "Gold", "Gold", "Gold"),
        (LEVEL, None, "", ""),
    ],
)
def test_values_are_written(defined: Defined, value: FieldValue | None, in_file: str, on_page: str) -> None:
    assert (value_as_cell(value), display_value(defined, value, UTC_CLOCK)) == (in_file, on_page)


VALUES: list[tuple[Defined, st.SearchStrategy[Any]]] = [
    (NOTE, st.text(max_size=30).filter(lambda text: "\0" not in text)),
    (VISITS, st.integers(-(10**15) + 1, 10**15 - 1).map(str)),
    (VISITS, st.decimals(-10, 10, places=13, allow_nan=False).map(lambda number: f"{number:f}")),
    (BIRTHDAY, st.dates().filter(lambda day: day.year >= 1850).map(str)),
    (VIP, st.sampled_from(["yes", "no"])),
    (LEVEL, st.sampled_from(LEVEL.options)),
]


@settings(deadline=None)  # the first number reads the library's metadata
@given(st.sampled_from(VALUES).flatmap(lambda pair: st.tuples(st.just(pair[0]), pair[1])))
def test_an_exported_value_is_read_as_the_same_value(pair: tuple[Defined, str]) -> None:
    """In the import of any country, and in the API."""
    defined, typed = pair
    value = read_value(defined, typed, "US")
    reader = RowReader(["number", "custom.x"], "DE", [_as_model(defined)])
    again = reader.read(["+15105553344", escape_formula(value_as_cell(value))])["custom"]
    assert again == ({} if value is None else {"x": value})
    assert read_json_values([defined], {defined.key: value}) == {defined.key: value}


# -- columns of files --------------------------------------------------------------------------------------------


def _as_model(defined: Defined, key: str = "x", name: str = "") -> CustomField:
    return CustomField(name=name or defined.name, key=key, kind=defined.kind, options=defined.options)


OWN = [_as_model(LEVEL, "loyalty_level"), _as_model(VISITS, "calls"), _as_model(NOTE, "visits", "Calls")]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Phone", "Loyalty level"], ["number", "custom.loyalty_level"]),
        (["Phone", "loyalty_level"], ["number", "custom.loyalty_level"]),
        (["Phone", "LOYALTY-LEVEL", "loyalty level"], ["number", "custom.loyalty_level", ""]),
        (["Calls", "Visits"], ["custom.visits", "custom.calls"]),  # a name comes before another's key
        (["Status", "Line", "Reason", "Shoe size"], ["?", "", "", ""]),  # a status may be one of consent
        (list(all_headers(OWN).values()), list(all_headers(OWN))),
    ],
)
def test_headers_name_fields(header: list[str], columns: list[str]) -> None:
    assert match_columns(header, OWN) == columns


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("E-Mail", "Email"), ("Handy", "Phone Number"), ("status", "Status"), ("Reason", "Reason"), ("LINE", "Line"),
        ("Loyalty level", ""), ("Shoe size", ""),
    ],
)  # fmt: skip
def test_names_of_file_columns_are_reserved(name: str, known: str) -> None:
    assert reserved_header(name) == known


def test_a_refused_row_has_the_reasons_of_all_fields() -> None:
    reader = RowReader(["number", "custom.loyalty_level", "custom.calls", "custom.gone"], "US", OWN)
    good = reader.read(["+15105553344", "gold", "", "whatever"])
    assert good == {"number": "+15105553344", "custom": {"loyalty_level": "Gold"}}
    with pytest.raises(BadRow, match=r"no phone number\. Loyalty level is “gilt”\. .* Visits is “x”\."):
        reader.read(["", "gilt", "x", ""])


@pytest.mark.parametrize(
    ("name", "taken", "key"),
    [
        ("Loyalty level", (), "loyalty_level"),
        ("  Größe (cm)  ", (), "groe_cm"),
        ("Café", (), "cafe"),
        ("生日", (), "field"),
        ("生日", ("field",), "field_2"),
        ("New", (), "new_2"),
        ("14", (), "field_14"),
        ("14", ("field_14",), "field_14_2"),
        ("Plan", ("plan", "plan_2"), "plan_3"),
        ("x" * 60, (), "x" * 40),
    ],
)
def test_keys_come_from_names(name: str, taken: tuple[str, ...], key: str) -> None:
    assert key_for(name, taken) == key
