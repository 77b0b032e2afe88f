"""Columns of a file of contacts: one definition, by which imports read the cells and exports write them.

Each widget's `clean` reads what its `render` writes. Empty cells have no effect: they erase nothing and opt nobody out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import FieldDefinition, FieldValue, read_value, value_as_cell
from contacts.imports.consent_words import UnclearConsent, says_opted_out
from kernel.phone_numbers import InvalidNumber, canonical, without_extension
from kernel.spreadsheets.cells import (
    escape_formula,
    number_cell,
    read_names,
    unescape_formula,
    write_names,
)  # fmt: skip

# 1.51056E+10 and the like: the other digits are lost.
_ROUNDED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_WITH_FRACTION = re.compile(r"\+?([0-9]{7,})[.,]0+")  # a number that a program wrote as 15105553344.0


_BETWEEN_NUMBERS = re.compile(r"[,;/|\n]|\s(?:or|and|und|oder|&)\s")


_WRAPPED = re.compile(r'="?([^"]*)"?|\'+(.*)')  # ="15105553344" and '15105553344 keep a number a text


def _unwrap(number: str) -> str:
    """The number without the marks by which spreadsheets keep it a text, and without delimiters after it."""
    wrapped = _WRAPPED.fullmatch(number)
    return (wrapped[1] or wrapped[2] or "" if wrapped else number).strip().rstrip(",;|").strip()


def split_numbers(cell: str) -> list[str]:
    """The numbers of a cell that has several, else the cell itself. Each number has at least seven digits."""
    parts = [part for part in _BETWEEN_NUMBERS.split(cell) if part.strip()]
    several = len(parts) > 1 and all(sum(map(str.isdecimal, part)) >= 7 for part in parts)
    return parts if several else [cell]


def opted_out_number(text: str, clean: Callable[[str], str]) -> str:
    """The number that an opt-out is of: its extension cannot be texted, and the number can. Raises ValueError."""
    try:
        return clean(text)
    except ValueError:
        whole = without_extension(text)
        if whole == text:
            raise
    return clean(whole)


class TextWidget(Widget):
    """A text with a maximum length in characters."""

    def __init__(self, name: str, max_length: int) -> None:
        super().__init__()
        self.name, self.max_length = name, max_length

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = value.strip()
        if text[:1] == "'":
            text = unescape_formula(text).strip()
        if len(text) > self.max_length:
            raise ValueError(f"{self.name} is longer than {self.max_length:,} characters.")
        return text

    def render(self, value: str, obj: Any = None, **_: Any) -> str:
        return escape_formula(value)


class NumberColumnWidget(Widget):
    """A phone number in any notation; a number without + belongs to the import's country.

    Three to six digits are a short code only if `short_codes` are expected; otherwise they are part of a number.
    """

    def __init__(self, country: str, *, short_codes: bool = False) -> None:
        super().__init__()
        self.country, self.short_codes = country, short_codes

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = _unwrap(unescape_formula(value.strip()))
        if not text:
            raise ValueError("This row has no phone number.")
        if _ROUNDED.fullmatch(text):
            raise ValueError(
                f"A spreadsheet rounded this number to {text[:40]} and lost its last digits. Format the column "
                "as text and enter the number again."
            )
        if whole := _WITH_FRACTION.fullmatch(text):
            text = whole[1]
        try:
            return canonical(text, self.country, short_codes=self.short_codes)
        except InvalidNumber:
            if (several := len(split_numbers(text))) > 1:
                raise ValueError(
                    f"This cell has {several} numbers. Choose a contact for each number, or keep one."
                ) from None
            raise

    def render(self, value: str, obj: Any = None, **_: Any) -> str:
        return number_cell(value)


class EmailWidget(TextWidget):
    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = super().clean(value)
        if text:
            try:
                validate_email(text)
            except ValidationError:
                raise ValueError(f"“{text[:80]}” is not a valid email address.") from None
        return text


class OptOutWidget(Widget):
    """True, False, or None for a cell that says nothing. In an opt-in column "no" is an opt-out."""

    def __init__(self, name: str = "Opt Out", *, opt_in: bool = False) -> None:
        super().__init__()
        self.name, self.opt_in = name, opt_in

    def clean(self, value: str, row: Any = None, **_: Any) -> bool | None:
        try:
            return says_opted_out(value, opt_in=self.opt_in)
        except UnclearConsent:
            sentence = (
                f"“{self.name}” is “{value.strip()[:80]}”. Use yes, no, unsubscribed, subscribed or a date."
            )
            raise ValueError(sentence) from None

    def render(self, value: bool | None, obj: Any = None, **_: Any) -> str:
        return {True: "yes", False: "no", None: ""}[value]


class NamesWidget(Widget):
    """Names of lists or tags, separated by semicolons or commas."""

    def __init__(self, name: str, max_length: int) -> None:
        super().__init__()
        self.name, self.max_length = name, max_length

    def clean(self, value: str, row: Any = None, **_: Any) -> list[str]:
        text = value.strip()
        if not text:
            return []
        names = read_names(unescape_formula(text))
        for name in names:
            if len(name) > self.max_length:
                raise ValueError(f"{self.name} “{name[:40]}…” is longer than {self.max_length} characters.")
        return names

    def render(self, value: Sequence[str], obj: Any = None, **_: Any) -> str:
        return escape_formula(write_names(value)) if value else ""


class CustomFieldWidget(Widget):
    """A value of a custom field. Dates are read in the notation of the import's country."""

    def __init__(self, field: FieldDefinition, country: str = "") -> None:
        super().__init__()
        self.field, self.country = field, country

    def clean(self, value: str, row: Any = None, **_: Any) -> FieldValue | None:
        return read_value(self.field, unescape_formula(value.strip()), self.country)

    def render(self, value: FieldValue | None, obj: Any = None, **_: Any) -> str:
        return escape_formula(value_as_cell(value))


class ContactResource(Resource):
    """The columns that every team's files have, in the order of an export. `country` is that of numbers without +."""

    first_name = Field("first_name", "First Name", TextWidget("First Name", 80))
    last_name = Field("last_name", "Last Name", TextWidget("Last Name", 80))
    display_name = Field("display_name", "Display Name", TextWidget("Display Name", 120))
    number = Field("number", "Phone Number", NumberColumnWidget("US"))
    email = Field("email", "Email", EmailWidget("Email", 254))
    opt_out = Field("opt_out", "Opt Out", OptOutWidget())
    lists = Field("lists", "List", NamesWidget("The list", 80))
    tags = Field("tags", "Tags", NamesWidget("The tag", 40))
    note = Field("note", "Note", TextWidget("Note", 2000))

    def __init__(self, country: str = "US") -> None:
        super().__init__()
        self.fields["number"].widget = NumberColumnWidget(country)


# Field names with their headers, in the order of an export.
CONTACT_HEADERS: dict[str, str] = {name: field.column_name for name, field in ContactResource.fields.items()}
# Those that an import can read besides; see contacts.imports.headers for all.
OTHER_HEADERS = {
    "opt_in": "Opt In",
    "other_number": "Another Phone Number",
}


class RowWriter:
    """Writes contacts as rows that RowReader reads: all columns of ContactResource, then the custom fields."""

    def __init__(self, fields: Sequence[CustomField] = ()) -> None:
        self.header = [*CONTACT_HEADERS.values(), *(escape_formula(field.name) for field in fields)]
        self.plan = [(name, field.widget.render) for name, field in ContactResource().fields.items()]
        self.custom = [(field.key, CustomFieldWidget(field).render) for field in fields]

    def write(self, values: Mapping[str, Any]) -> list[str]:
        """The cells of one contact, from values in the form that `RowReader.read` returns."""
        cells = [render(values[name]) for name, render in self.plan]
        cells += [render(values["custom"].get(key)) for key, render in self.custom]
        return cells
