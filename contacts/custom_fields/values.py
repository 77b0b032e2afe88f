"""Values of custom fields: read from typed text, file cells and JSON, and written again. Pure.

A value has the JSON type of its field's kind: a text, a number, true or false, a date as 2026-03-31, or an option. None
means no value and is never stored. `read_value` reads the cell that `value_as_cell` writes as the same value.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import TextChoices

from kernel.clock import Clock
from kernel.spreadsheets import dates
from kernel.spreadsheets.cells import NO, YES

FieldValue = str | int | float | bool
MAX_TEXT = 500  # characters
MAX_DIGITS = 15  # of a number: Python, JSON and spreadsheets keep so many exactly
_EARLIEST = date(1850, 1, 1)  # an earlier date is a typing error
_NUMBER = re.compile(r"([+-]?)([0-9]{1,40})(?:\.([0-9]{1,40}))?")
_INVALID_CHARACTERS = re.compile("[\0\ud800-\udfff]")  # which PostgreSQL does not store


class FieldKind(TextChoices):
    """Kinds of fields. The kind of a field cannot change: its values would be invalid."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    YES_NO = "yes_no", "Yes or no"
    CHOICE = "choice", "Choice"


class FieldDefinition(Protocol):
    """The parts of a field definition that reading and writing need."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> list[str]: ...


class BadValue(ValueError):
    """A value that is invalid for its field; the message says what is valid. `key` is the key of the field."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


# -- reading -----------------------------------------------------------------------------------------------------


def read_value(field: FieldDefinition, typed: str, country: str) -> FieldValue | None:
    """The value in a typed text or a cell; None if blank. Raises BadValue.

    Dates may be in the country's notation.
    """
    text = " ".join(typed.split())
    if not text:
        return None
    if _INVALID_CHARACTERS.search(text):
        raise BadValue(field.key, f"{field.name} contains invalid characters.")
    match field.kind:
        case FieldKind.NUMBER:
            return _number(field, text)
        case FieldKind.DATE:
            return _day(field, text, country)
        case FieldKind.YES_NO:
            return _yes_or_no(field, text)
        case FieldKind.CHOICE:
            return _option(field, text)
    return _text(field, text)


def read_json_values(fields: Iterable[FieldDefinition], given: Any) -> dict[str, FieldValue | None]:
    """Custom values from JSON, by key; None removes a value. Raises BadValue.

    Only the fields in `given` are returned. Texts are read like typed values, but dates only as 2026-03-31.
    """
    if not isinstance(given, dict):
        raise BadValue("", 'Custom fields are given as an object, like {"loyalty_level": "Gold"}.')
    by_key = {field.key: field for field in fields}
    if unknown := [key for key in given if key not in by_key]:
        raise BadValue(unknown[0], f"There is no custom field {_quoted(unknown, 'or')}.{_known(by_key)}")
    return {key: _from_json(by_key[key], value) for key, value in given.items()}


def _from_json(field: FieldDefinition, value: Any) -> FieldValue | None:
    if value is None:
        return None
    if isinstance(value, int) and field.kind == FieldKind.YES_NO:  # includes true and false
        return _yes_or_no(field, str(value))
    if isinstance(value, int | float) and not isinstance(value, bool) and field.kind == FieldKind.NUMBER:
        return _number(field, _in_digits(value))
    if not isinstance(value, str):
        raise _bad(field, str(value))
    if field.kind == FieldKind.DATE and value.strip():
        return _day_of_iso(field, value.strip())
    return read_value(field, value, "")


def _text(field: FieldDefinition, text: str) -> str:
    if len(text) > MAX_TEXT:
        raise BadValue(field.key, f"{field.name} is longer than {MAX_TEXT} characters.")
    return text


def _number(field: FieldDefinition, text: str) -> int | float:
    found = _NUMBER.fullmatch(text)
    if not found:
        raise _bad(field, text)
    sign, whole, fraction = found[1], found[2].lstrip("0"), (found[3] or "").rstrip("0")
    if len(whole) + len(fraction) > MAX_DIGITS:
        raise BadValue(
            field.key, f"{field.name} is “{text[:80]}”. A number can have up to {MAX_DIGITS} digits."
        )
    if not fraction:
        return int(f"{sign}{whole or 0}")
    return float(f"{sign}{whole}.{fraction}")


def _in_digits(number: int | float) -> str:
    """The shortest digits for this number, without an exponent."""
    if isinstance(number, int):
        return str(number) if abs(number) < 10**40 else "9" * 40
    return f"{Decimal(repr(number)):f}"


def _day(field: FieldDefinition, text: str, country: str) -> str:
    try:
        found = dates.read_day(text, country)
    except dates.UnclearDate as unclear:
        raise BadValue(field.key, f"{field.name}: {unclear}") from None
    return _checked(field, text, found)


def _day_of_iso(field: FieldDefinition, text: str) -> str:
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        found = None
    if found is None:
        raise _bad(field, text)
    return _checked(field, text, found)


def _checked(field: FieldDefinition, text: str, found: date) -> str:
    if found < _EARLIEST:
        raise BadValue(field.key, f"{field.name}: “{text[:40]}” is too far in the past.")
    return found.isoformat()


def _yes_or_no(field: FieldDefinition, text: str) -> bool:
    if text.lower() not in YES | NO:
        raise _bad(field, text)
    return text.lower() in YES


def _option(field: FieldDefinition, text: str) -> str:
    for option in field.options:
        if option.casefold() == text.casefold():
            return option
    raise _bad(field, text)


_EXPECTED = {
    FieldKind.TEXT: "Enter text.",
    FieldKind.NUMBER: "Enter a number, like 1250.5.",
    FieldKind.DATE: "Enter a date, like 2026-03-31.",
    FieldKind.YES_NO: "Use yes, y, true, t, 1 or no, n, false, f, 0.",
}


def _bad(field: FieldDefinition, text: str) -> BadValue:
    expected = _EXPECTED.get(FieldKind(field.kind)) or f"Use {_quoted(field.options, 'or')}."
    return BadValue(field.key, f"{field.name} is “{text[:80]}”. {expected}")


def _quoted(words: Iterable[str], joined: str = "and") -> str:
    """Up to six words in quotation marks, with the number of further words."""
    quoted = [f"“{word[:60]}”" for word in words]
    if not quoted:
        return "nothing yet"
    *first, last = quoted if len(quoted) <= 6 else [*quoted[:5], f"{len(quoted) - 5} more"]
    return f"{', '.join(first)} {joined} {last}" if first else last


def _known(by_key: Mapping[str, FieldDefinition]) -> str:
    return f" There is {_quoted(by_key)}." if by_key else " The team has not defined any."


# -- writing -----------------------------------------------------------------------------------------------------


def value_as_cell(value: FieldValue | None) -> str:
    """The value in files and form controls. `read_value` reads it back, whatever the country."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return _in_digits(value)
    return value


def display_value(field: FieldDefinition, value: FieldValue | None, clock: Clock) -> str:
    """The value on pages."""
    if field.kind == FieldKind.DATE and isinstance(value, str):
        return clock.write_day(date.fromisoformat(value), "j M Y")
    return value_as_cell(value).capitalize() if isinstance(value, bool) else value_as_cell(value)


def display_values[F: FieldDefinition](
    fields: Iterable[F], custom: Mapping[str, FieldValue], clock: Clock
) -> list[tuple[F, str]]:
    """Each field with the contact's value on pages; empty if it has none."""
    return [(field, display_value(field, custom.get(field.key), clock)) for field in fields]


# -- merging ---------------------------------------------------------------------------------------------


def merge_values(
    custom: Mapping[str, FieldValue], by: Mapping[str, FieldValue | None]
) -> dict[str, FieldValue]:
    """A contact's values after a change; None removes a value."""
    return {key: value for key, value in {**custom, **by}.items() if value is not None}
