"""The columns of a file of contacts, and what their cells may say; imports read them and exports write them.

Empty cells say nothing: they erase nothing, and a row without "yes" in its Opt Out column opts nobody out.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from contacts.custom_fields import values as custom
from contacts.custom_fields.models import CustomField
from kernel.phone_numbers import canonical
from kernel.spreadsheets.cells import NO, YES, read_names, unescape_formula, write_names

# 1.51056E+10 and its like: the other digits are lost.
_ROUNDED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_WITH_FRACTION = re.compile(r"\+?([0-9]{7,})[.,]0+")  # a number that a program wrote as 15105553344.0


class BadRow(ValueError):
    """Why a row cannot be imported, in sentences."""


class TextWidget(Widget):
    """Words of at most so many characters."""

    def __init__(self, name: str, longest: int) -> None:
        super().__init__()
        self.name, self.longest = name, longest

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = value.strip()
        if text[:1] == "'":
            text = unescape_formula(text).strip()
        if len(text) > self.longest:
            raise ValueError(f"{self.name} is longer than {self.longest:,} characters.")
        return text


class NumberColumnWidget(Widget):
    """A phone number in any spelling; one without + is of the import's country."""

    def __init__(self, country: str) -> None:
        super().__init__()
        self.country = country

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = unescape_formula(value.strip())
        if not text:
            raise ValueError("This row has no phone number.")
        if _ROUNDED.fullmatch(text):
            raise ValueError(
                f"A spreadsheet has rounded this number to {text[:40]}, so its last digits are lost. Format the column "
                "as text and enter the number again."
            )
        if whole := _WITH_FRACTION.fullmatch(text):
            text = whole[1]
        return canonical(text, self.country)


class EmailWidget(TextWidget):
    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = super().clean(value)
        if text:
            try:
                validate_email(text)
            except ValidationError:
                raise ValueError(f"“{text[:80]}” is no e-mail address.") from None
        return text


class OptOutWidget(Widget):
    """True, False, or None where the file says nothing."""

    def clean(self, value: str, row: Any = None, **_: Any) -> bool | None:
        text = value.strip().lower()
        if text in NO:
            return False
        if text in YES:
            return True
        if not text:
            return None
        raise ValueError(
            f"Opt Out says “{value.strip()[:80]}”. It can be yes, y, true, t, 1 or no, n, false, f, 0."
        )

    def render(self, value: bool | None, obj: Any = None, **_: Any) -> str:
        return {True: "yes", False: "no", None: ""}[value]


class NamesWidget(Widget):
    """Names parted by semicolons or commas: lists, or tags."""

    def __init__(self, name: str, longest: int) -> None:
        super().__init__()
        self.name, self.longest = name, longest

    def clean(self, value: str, row: Any = None, **_: Any) -> list[str]:
        text = value.strip()
        if not text:
            return []
        names = read_names(unescape_formula(text))
        for name in names:
            if len(name) > self.longest:
                raise ValueError(f"{self.name} “{name[:40]}…” is longer than {self.longest} characters.")
        return names

    def render(self, value: list[str] | None, obj: Any = None, **_: Any) -> str:
        return write_names(value or [])


class CustomFieldWidget(Widget):
    """What a field of the team's own takes. Days are written as the import's country writes them."""

    def __init__(self, field: custom.FieldDefinition, country: str) -> None:
        super().__init__()
        self.field, self.country = field, country

    def clean(self, value: str, row: Any = None, **_: Any) -> custom.FieldValue | None:
        return custom.read_value(self.field, unescape_formula(value.strip()), self.country)


class ContactResource(Resource):
    """What a file says of a contact. `country` is the home of numbers without +.

    As an export it renders anything with these attributes: `opt_out` a bool or None, `lists` and `tags` lists of names.
    """

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

    def cells(self, contact: Any) -> list[str]:
        """A contact's row as this resource reads it, in the order of `headers`; see cells.harmless for spreadsheets."""
        return [field.export(contact) for field in self.fields.values()]


# Our field names with their headers, in the order of an export.
CONTACT_HEADERS: dict[str, str] = {name: field.column_name for name, field in ContactResource.fields.items()}

# Other words for them in headers, without blanks and signs, in lower case.
SYNONYMS = {
    "number": "phone phonenumber phoneno mobile mobilephone mobilenumber cell cellphone cellnumber number tel "
    "telephone telefon telefonnummer telefonnr handy handynummer mobil mobilnummer mobiltelefon mobilfunknummer "
    "rufnummer nummer",
    "first_name": "first firstname givenname forename vorname",
    "last_name": "last lastname surname familyname nachname familienname zuname",
    "display_name": "displayname name fullname contactname contact anzeigename kontakt ganzername",
    "email": "email emailaddress mail mailadresse emailadresse",
    "opt_out": "optout optedout unsubscribed unsubscribe donottext donotcontact abgemeldet abmeldung abbestellt",
    "lists": "list lists group groups segment liste listen gruppe gruppen verteiler",
    "tags": "tag tags label labels schlagwort schlagworte schlagwörter stichwort stichworte etikett",
    "note": "note notes comment comments notiz notizen bemerkung bemerkungen kommentar anmerkung",
}
_FIELD_OF = {word: name for name, words in SYNONYMS.items() for word in words.split()}
# Columns of our own files that no import reads: an export's, and those of the rows that an import refused.
_OF_OUR_FILES = {"status": "Status", "line": "Line", "reason": "Reason"}


def normalize_header(title: str) -> str:
    """A header without blanks and signs, in lower case: by that it is known."""
    return re.sub(r"[\W_]+", "", title.casefold())


def reserved_header(title: str) -> str:
    """The column that this header names in the files of every team, or ""."""
    word = normalize_header(title)
    return CONTACT_HEADERS[_FIELD_OF[word]] if word in _FIELD_OF else _OF_OUR_FILES.get(word, "")


def all_headers(fields: Iterable[CustomField]) -> dict[str, str]:
    """What a column can be, with its header: of every contact, and of the team's own."""
    return CONTACT_HEADERS | {field.column: field.name for field in fields}


def match_columns(header: Sequence[str], fields: Iterable[CustomField] = ()) -> list[str]:
    """For each column of a file the field that its header names, or ""; each field once."""
    words = [normalize_header(title) for title in header]
    known = {normalize_header(field.key): field.column for field in fields}
    known |= {normalize_header(field.name): field.column for field in fields} | _FIELD_OF
    found = [known.get(word, "") for word in words]
    if "first_name" in found and "last_name" not in found:  # beside a first name, "Name" is the family's
        found = [
            "last_name" if name == "display_name" and word == "name" else name
            for name, word in zip(found, words, strict=True)
        ]
    return [name if name not in found[:at] else "" for at, name in enumerate(found)]


ColumnReader = tuple[
    str, int, Callable[[str], Any]
]  # a field's name, its place in the row, and what reads it


class RowReader:
    """Reads the rows of one file: its columns are known, so each cell goes straight to its widget."""

    def __init__(self, columns: Sequence[str], country: str, fields: Iterable[CustomField] = ()) -> None:
        ours, theirs = ContactResource(country).fields, {field.column: field for field in fields}
        self.width = len(columns)
        self.plan: list[ColumnReader] = [
            (name, at, ours[name].widget.clean) for at, name in enumerate(columns) if name in ours
        ]
        self.custom: list[ColumnReader] = [
            (theirs[name].key, at, CustomFieldWidget(theirs[name], country).clean)
            for at, name in enumerate(columns)
            if name in theirs
        ]

    def read(self, cells: list[str]) -> dict[str, Any]:
        """The row's values by field, those of the team's own under "custom". Raises BadRow with all that is wrong."""
        if len(cells) != self.width:
            cells = self._fitted(cells)
        try:
            values = {name: clean(cells[at]) for name, at, clean in self.plan}
            if self.custom:
                read = {key: clean(cells[at]) for key, at, clean in self.custom}
                values["custom"] = {key: value for key, value in read.items() if value is not None}
            return values
        except ValueError:
            raise BadRow(self._wrong(cells)) from None

    def _fitted(self, cells: list[str]) -> list[str]:
        if any(cells[self.width :]):
            raise BadRow(
                f"This row has {len(cells)} cells, the header has {self.width}. "
                "Put values with a delimiter in them into quotation marks."
            )
        return cells[: self.width] + [""] * (self.width - len(cells))

    def _wrong(self, cells: list[str]) -> str:
        sentences = []
        for _, at, clean in self.plan + self.custom:
            try:
                clean(cells[at])
            except ValueError as wrong:
                sentences.append(str(wrong))
        return " ".join(sentences)
