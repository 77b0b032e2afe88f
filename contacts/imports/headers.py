"""Headers of files of contacts: the words by which a column is matched to a field."""

import re
from collections.abc import Iterable, Sequence

from contacts.custom_fields.models import CustomField
from contacts.imports.columns import CONTACT_HEADERS, OTHER_HEADERS
from contacts.imports.consent_columns import CONSENT_HEADERS
from contacts.imports.consent_headers import ASK, OPT_IN, OPT_OUT, consent_field

# Other words for fields in headers, as normalize_header() returns them.
SYNONYMS = {
    "number": "phone phonenumber phoneno mobile mobilephone mobilenumber cell cellphone cellnumber number tel "
    "telephone telefon telefonnummer telefonnr handy handynummer mobil mobilnummer mobiltelefon mobilfunknummer "
    "rufnummer nummer",
    "first_name": "first firstname givenname forename vorname",
    "last_name": "last lastname surname familyname nachname familienname zuname",
    "display_name": "displayname name fullname contactname contact anzeigename kontakt ganzername",
    "email": "email emailaddress mail mailadresse emailadresse",
    "lists": "list lists group groups segment liste listen gruppe gruppen verteiler",
    "tags": "tag tags label labels schlagwort schlagworte schlagwörter stichwort stichworte etikett",
    "note": "note notes comment comments notiz notizen bemerkung bemerkungen kommentar anmerkung",
}
SYNONYMS |= {name: title.replace(" ", "").lower() for name, title in CONSENT_HEADERS.items()}
# The headers of all fields that an import can read.
IMPORT_HEADERS = CONTACT_HEADERS | OTHER_HEADERS | CONSENT_HEADERS
_FIELD_OF = {word: name for name, words in SYNONYMS.items() for word in words.split()}
SEVERAL_TIMES = {OPT_OUT, OPT_IN, ASK, "other_number"}  # fields that several columns of a file may have
# Words for a person's other numbers: "Work Phone", "Mobile 2".
_OTHER = re.compile(
    r"^(?:another|home|work|office|other|second|secondary|alternate|alternative|business|main|primary|day|evening|privat|"
    r"geschäftlich)+|\d+$"
)
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
    word, consent = normalize_header(title), consent_field(title)
    if word in _FIELD_OF:
        return IMPORT_HEADERS[_FIELD_OF[word]]
    return IMPORT_HEADERS.get(consent, "") or _IGNORED.get(word, "")


def all_headers(fields: Iterable[CustomField]) -> dict[str, str]:
    """The headers of all columns that an import of this team can have, by field name."""
    return IMPORT_HEADERS | {field.column: field.name for field in fields}


def is_own_export(header: Sequence[str]) -> bool:
    """Whether this product wrote the file: then no column needs a question."""
    return set(CONTACT_HEADERS.values()) <= set(header)


def states_persons_word(header: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether the opt-outs of a file count as the persons' own word, if nobody says otherwise.

    They do in a file of another system. The column "Opt Out" of our own files has the team's decisions, too.
    """
    ours = normalize_header(CONTACT_HEADERS[OPT_OUT])
    found = zip(header, columns, strict=True)
    return any(name in (OPT_OUT, OPT_IN, ASK) and normalize_header(title) != ours for title, name in found)


def match_columns(
    header: Sequence[str], fields: Iterable[CustomField] = (), samples: Sequence[Sequence[str]] = ()
) -> list[str]:
    """For each column of a file the field that its header names, ASK, or "" for a column that is skipped.

    Each field is named once, except opt-out and opt-in columns, of which every one counts, and other numbers.
    `samples` are the first rows: they tell a Status column of consent from one about something else.
    """
    words = [normalize_header(title) for title in header]
    known = {normalize_header(field.key): field.column for field in fields}
    known |= {normalize_header(field.name): field.column for field in fields} | _FIELD_OF
    found = [known.get(word, "") for word in words]
    if "first_name" in found and "last_name" not in found:  # next to a first name, "Name" is the last name
        found = [
            "last_name" if name == "display_name" and word == "name" else name
            for name, word in zip(found, words, strict=True)
        ]
    found = _match_numbers(found, words)
    own = is_own_export(header)
    for at, title in enumerate(header):
        consent = consent_field(title, (row[at] for row in samples if at < len(row)))
        if consent and not (own and (found[at] or words[at] in _IGNORED)):
            found[at] = ASK if found[at] else consent
    return [name if name not in found[:at] or name in SEVERAL_TIMES else "" for at, name in enumerate(found)]


def _match_numbers(found: list[str], words: list[str]) -> list[str]:
    """The first column of numbers identifies the contact; the others have the person's other numbers."""
    others = {at for at, word in enumerate(words) if not found[at] and _is_other_number(word)}
    first = found.index("number") if "number" in found else min(others, default=None)
    return [
        "number" if at == first else "other_number" if name == "number" or at in others else name
        for at, name in enumerate(found)
    ]


def _is_other_number(word: str) -> bool:
    rest = _OTHER.sub("", _OTHER.sub("", word))
    return rest != word and _FIELD_OF.get(rest) == "number"
