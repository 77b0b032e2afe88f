"""What a custom field takes: reads what was typed, stands in a file or comes as JSON, and writes it again. Pure.

A value is what JSON has for its kind: a text, a number, true or false, a day as 2026-03-31, an option's own words. None
stands for no value, and is never kept. What `cell` writes, `read` reads as the same value.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import TextChoices
from django.utils.formats import date_format

from kernel.spreadsheets import dates
from kernel.spreadsheets.cells import NO, YES

FieldValue = str | int | float | bool
MAX_TEXT = 500  # characters of a text
MAX_DIGITS = 15  # so many of a number are kept exactly, here, in JSON and in spreadsheets
_EARLIEST = date(1850, 1, 1)  # before that it is a slip of the pen
_NUMBER = re.compile(r"([+-]?)([0-9]{1,40})(?:\.([0-9]{1,40}))?")
_BEYOND_TEXT = re.compile("[\0\ud800-\udfff]")  # what no database keeps


class FieldKind(TextChoices):
    """What a field takes. It cannot change: values of one kind are none of another."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    YES_NO = "yes_no", "Yes or no"
    CHOICE = "choice", "Choice"


class FieldDefinition(Protocol):
    """What is asked of a field's definition here."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> list[str]: ...


class BadValue(ValueError):
    """A value that its field does not take; the message names both and says what would do. `key` is the field's."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


# -- reading -----------------------------------------------------------------------------------------------------


def read_value(field: FieldDefinition, typed: str, country: str) -> FieldValue | None:
    """The value that was typed or stands in a cell; None where it is blank. Raises BadValue.

    Days may be written as the country writes them.
    """
    text = " ".join(typed.split())
    if not text:
        return None
    if _BEYOND_TEXT.search(text):
        raise BadValue(field.key, f"{field.name} has characters in it that are no text.")
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
    """What a program says of custom fields, by key; None takes a value away. Raises BadValue.

    A field that is not named is not in the answer. Texts are read as if they were typed, but for days, which
    are written 2026-03-31.
    """
    if not isinstance(given, dict):
        raise BadValue("", 'Custom fields are given as an object, like {"loyalty_level": "Gold"}.')
    by_key = {field.key: field for field in fields}
    if unknown := [key for key in given if key not in by_key]:
        raise BadValue(unknown[0], f"There is no custom field {_listed(unknown, 'or')}.{_known(by_key)}")
    return {key: _from_json(by_key[key], value) for key, value in given.items()}


def _from_json(field: FieldDefinition, value: Any) -> FieldValue | None:
    if value is None:
        return None
    if isinstance(value, int) and field.kind == FieldKind.YES_NO:  # true and false are some, too
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
            field.key, f"{field.name} says “{text[:80]}”. A number has {MAX_DIGITS} digits at most."
        )
    if not fraction:
        return int(f"{sign}{whole or 0}")
    return float(f"{sign}{whole}.{fraction}")


def _in_digits(number: int | float) -> str:
    """Without an exponent, as it is typed; the shortest digits that mean it."""
    if isinstance(number, int):
        return str(number) if abs(number) < 10**40 else "9" * 40
    return f"{Decimal(repr(number)):f}"


def _day(field: FieldDefinition, text: str, country: str) -> str:
    try:
        found = dates.read_day(text, country)
    except dates.UnclearDate as unclear:
        raise BadValue(field.key, f"{field.name}: {unclear}") from None
    return _likely(field, text, found)


def _day_of_iso(field: FieldDefinition, text: str) -> str:
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        found = None
    if found is None:
        raise _bad(field, text)
    return _likely(field, text, found)


def _likely(field: FieldDefinition, text: str, found: date) -> str:
    if found < _EARLIEST:
        raise BadValue(field.key, f"{field.name}: “{text[:40]}” is too long ago to be right.")
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


_TAKES = {
    FieldKind.TEXT: "It takes a text.",
    FieldKind.NUMBER: "It takes a number in digits, with a point before decimals, like 1250.5.",
    FieldKind.DATE: "It takes a day, like 2026-03-31.",
    FieldKind.YES_NO: "It can be yes, y, true, t, 1 or no, n, false, f, 0.",
}


def _bad(field: FieldDefinition, text: str) -> BadValue:
    takes = _TAKES.get(FieldKind(field.kind)) or f"It can be {_listed(field.options, 'or')}."
    return BadValue(field.key, f"{field.name} says “{text[:80]}”. {takes}")


def _listed(words: Iterable[str], joined: str = "and") -> str:
    """A few of them; how many more there are."""
    quoted = [f"“{word[:60]}”" for word in words]
    if not quoted:
        return "nothing yet"
    *first, last = quoted if len(quoted) <= 6 else [*quoted[:5], f"{len(quoted) - 5} more"]
    return f"{', '.join(first)} {joined} {last}" if first else last


def _known(by_key: Mapping[str, FieldDefinition]) -> str:
    return f" There is {_listed(by_key)}." if by_key else " The team has not defined any."


# -- writing -----------------------------------------------------------------------------------------------------


def value_as_cell(value: FieldValue | None) -> str:
    """As it stands in files and in the controls of forms; `read` takes it back, whatever the country."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return _in_digits(value)
    return value


def to_json(fields: Iterable[FieldDefinition], custom: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """What a contact has in these fields, by key. What is left of a deleted field for a moment is not among them."""
    return {field.key: custom[field.key] for field in fields if field.key in custom}


def display_value(field: FieldDefinition, value: FieldValue | None) -> str:
    """As people read it."""
    if field.kind == FieldKind.DATE and isinstance(value, str):
        return date_format(date.fromisoformat(value), "j M Y")
    return value_as_cell(value).capitalize() if isinstance(value, bool) else value_as_cell(value)


def display_values[F: FieldDefinition](
    fields: Iterable[F], custom: Mapping[str, FieldValue]
) -> list[tuple[F, str]]:
    """Each field with what a contact has there; empty where it has nothing."""
    return [(field, display_value(field, custom.get(field.key))) for field in fields]


# -- several at once ---------------------------------------------------------------------------------------------


def merge_values(
    custom: Mapping[str, FieldValue], by: Mapping[str, FieldValue | None]
) -> dict[str, FieldValue]:
    """A contact's values after these have been written: None takes one away."""
    return {key: value for key, value in {**custom, **by}.items() if value is not None}
