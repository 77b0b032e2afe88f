"""Columns of a file of contacts: one definition, by which imports read the cells and exports write them.

Each widget's `clean` reads what its `render` writes. Empty cells have no effect: they erase nothing, and a row without
"yes" in its Opt Out column opts nobody out.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import FieldDefinition, FieldValue, read_value, value_as_cell
from kernel.phone_numbers import canonical
from kernel.spreadsheets.cells import (
    NO,
    YES,
    escape_formula,
    number_cell,
    read_names,
    unescape_formula,
    write_names,
)  # fmt: skip

# 1.51056E+10 and the like: the other digits are lost.
_ROUNDED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_WITH_FRACTION = re.compile(r"\+?([0-9]{7,})[.,]0+")  # a number that a program wrote as 15105553344.0


class BadRow(ValueError):
    """A row that cannot be imported; the message has a sentence for each reason."""


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
    """A phone number in any notation; a number without + belongs to the import's country."""

    def __init__(self, country: str) -> None:
        super().__init__()
        self.country = country

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = unescape_formula(value.strip())
        if not text:
            raise ValueError("This row has no phone number.")
        if _ROUNDED.fullmatch(text):
            raise ValueError(
                f"A spreadsheet rounded this number to {text[:40]} and lost its last digits. Format the column "
                "as text and enter the number again."
            )
        if whole := _WITH_FRACTION.fullmatch(text):
            text = whole[1]
        return canonical(text, self.country)

    def render(self, value: str, obj: Any = None, **_: Any) -> str:
        return number_cell(value)


class EmailWidget(TextWidget):
    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = super().clean(value)
        if text:
            try:
                validate_email(text)
            except ValidationError:
                raise ValueError(f"“{text[:80]}” is not a valid e-mail address.") from None
        return text


class OptOutWidget(Widget):
    """True, False, or None for an empty cell."""

    def clean(self, value: str, row: Any = None, **_: Any) -> bool | None:
        text = value.strip().lower()
        if text in NO:
            return False
        if text in YES:
            return True
        if not text:
            return None
        raise ValueError(f"Opt Out is “{value.strip()[:80]}”. Use yes, y, true, t, 1 or no, n, false, f, 0.")

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

# The name of a field, the index of its cell in the row, and the function that reads the cell.
ColumnReader = tuple[str, int, Callable[[str], Any]]


class RowReader:
    """Reads the rows of one file. Its columns are known, so each cell goes straight to its widget."""

    def __init__(self, columns: Sequence[str], country: str, fields: Iterable[CustomField] = ()) -> None:
        ours, custom = ContactResource(country).fields, {field.column: field for field in fields}
        self.width = len(columns)
        self.used = {at for at, name in enumerate(columns) if name}
        self.plan: list[ColumnReader] = [
            (name, at, ours[name].widget.clean) for at, name in enumerate(columns) if name in ours
        ]
        self.custom: list[ColumnReader] = [
            (custom[name].key, at, CustomFieldWidget(custom[name], country).clean)
            for at, name in enumerate(columns)
            if name in custom
        ]

    def read(self, cells: list[str]) -> dict[str, Any]:
        """The row's values by field, those of custom fields under "custom". Raises BadRow with all its reasons."""
        if len(cells) != self.width:
            cells = self._fit(cells)
        try:
            values = {name: clean(cells[at]) for name, at, clean in self.plan}
            if self.custom:
                read = {key: clean(cells[at]) for key, at, clean in self.custom}
                values["custom"] = {key: value for key, value in read.items() if value is not None}
            return values
        except ValueError:
            raise BadRow(self._reasons(cells)) from None

    def _fit(self, cells: list[str]) -> list[str]:
        if any(cells[self.width :]):
            raise BadRow(
                f"This row has {len(cells)} cells, but the header has {self.width}. "
                "Put values that contain a delimiter in quotation marks."
            )
        return cells[: self.width] + [""] * (self.width - len(cells))

    def _reasons(self, cells: list[str]) -> str:
        reasons = []
        for _, at, clean in self.plan + self.custom:
            try:
                clean(cells[at])
            except ValueError as reason:
                reasons.append(str(reason))
        return " ".join(reasons)


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
