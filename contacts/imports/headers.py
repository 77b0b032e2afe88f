"""Headers of files of contacts: the words by which a column is matched to a field."""

import re
from collections.abc import Iterable, Sequence

from contacts.custom_fields.models import CustomField
from contacts.imports.columns import CONTACT_HEADERS

# Other words for fields in headers, as normalize_header() returns them.
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
# Columns of exports and of refused rows that no import reads.
_IGNORED = {"status": "Status", "line": "Line", "reason": "Reason"}


def normalize_header(title: str) -> str:
    """A header without spaces and punctuation, in lower case. Headers are matched in this form."""
    return re.sub(r"[\W_]+", "", title.casefold())


def known_headers() -> set[str]:
    """The headers that name a field in the files of every team, as normalize_header() returns them."""
    return set(_FIELD_OF)


def reserved_header(title: str) -> str:
    """The column that this header names in the files of every team, or ""."""
    word = normalize_header(title)
    return CONTACT_HEADERS[_FIELD_OF[word]] if word in _FIELD_OF else _IGNORED.get(word, "")


def all_headers(fields: Iterable[CustomField]) -> dict[str, str]:
    """The headers of all columns that an import of this team can have, by field name."""
    return CONTACT_HEADERS | {field.column: field.name for field in fields}


def match_columns(header: Sequence[str], fields: Iterable[CustomField] = ()) -> list[str]:
    """For each column of a file the field that its header names, or ""; each field once."""
    words = [normalize_header(title) for title in header]
    known = {normalize_header(field.key): field.column for field in fields}
    known |= {normalize_header(field.name): field.column for field in fields} | _FIELD_OF
    found = [known.get(word, "") for word in words]
    if "first_name" in found and "last_name" not in found:  # next to a first name, "Name" is the last name
        found = [
            "last_name" if name == "display_name" and word == "name" else name
            for name, word in zip(found, words, strict=True)
        ]
    return [name if name not in found[:at] else "" for at, name in enumerate(found)]
