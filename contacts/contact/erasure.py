"""Erasure of persons from the rows that imports, vendor lists and bulk actions keep, without their contacts and texts.

Such rows have cells as somebody wrote them. A row is about a person if it has the number in any spelling, the email
address, or the full name. The row of a namesake is erased too: in doubt nothing of the person remains.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from api.errors import ApiError, ErrorCode
from contacts.bulk.models import BulkActionRun
from contacts.contact.models import Contact
from contacts.imports.models import Import
from contacts.runs.models import ENDED
from kernel.phone_numbers import national_digits
from kernel.sql import fetch

SHORTEST_IN_TEXT = (
    7  # digits of a number that are searched inside longer text; fewer must be a cell of their own
)
SHORTEST_WORD = 4  # letters of a search that is about a person; fewer begin many names
ERASED = "Erased at the request of a person."  # the reason of an erased row


@dataclass(frozen=True)
class ErasedPerson:
    """What a row may have about the person who is erased."""

    contact_id: int
    number: str  # canonical
    email: str = ""
    names: tuple[tuple[str, ...], ...] = field(default=())  # full names, each of two or more words

    @classmethod
    def of(cls, contact: Contact) -> Self:
        shown = tuple(contact.display_name.split())
        full = (*contact.first_name.split(), *contact.last_name.split())
        names = tuple(name for name in dict.fromkeys((shown, full)) if len(name) > 1)
        return cls(contact.id, contact.number, contact.email, names)

    @property
    def digits(self) -> str:
        """The digits of the number as it is dialled in its country."""
        return national_digits(self.number)

    def is_searched_by(self, q: str) -> bool:
        """Whether a typed search is about this person: most of the number, or the beginning of names or email."""
        typed = "".join(re.findall(r"\d", q))
        if typed and not re.search(r"[^\W\d_]", q):
            return len(typed) >= SHORTEST_IN_TEXT and (typed in self.number or self.digits in typed)
        known = [*(word for name in self.names for word in name), self.email, *re.split(r"[@.]", self.email)]
        asked = q.lower().split()
        is_specific = sum(map(len, asked)) >= SHORTEST_WORD
        return is_specific and all(any(word.lower().startswith(part) for word in known) for part in asked)


# Functions (team_id, persons) that erase what rows of higher packages have about these persons.
PERSON_ERASERS: list[Callable[[int, Sequence[ErasedPerson]], Any]] = []


def erase_persons(team_id: int, persons: Sequence[ErasedPerson]) -> None:
    """Erase what is kept about persons outside their contacts and texts, in the scope of the team.

    It may search a million refused rows, so it comes before the locks of the numbers, for which a STOP would wait.
    """
    _erase_from_imports(team_id, persons, RowPatterns.of(persons))
    _erase_from_bulk_actions(team_id, persons)
    _erase_from_responses(team_id, RowPatterns.of(persons))
    for eraser in PERSON_ERASERS:
        eraser(team_id, persons)


# -- patterns ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RowPatterns:
    """Regular expressions of PostgreSQL for the cells of a row as JSON: its digits alone, and its lower-case text."""

    digits: str
    words: str

    @classmethod
    def of(cls, persons: Sequence[ErasedPerson]) -> Self:
        numbers = {person.digits for person in persons}
        long = {number for number in numbers if number.isdigit() and len(number) >= SHORTEST_IN_TEXT}
        words = {f'"{_escaped(number)}"' for number in numbers - long}
        words |= {_escaped(person.email) for person in persons if person.email}
        words |= {pattern for person in persons for name in person.names for pattern in _in_any_order(name)}
        return cls("|".join(sorted(long)) or _NOTHING, "|".join(sorted(words)) or _NOTHING)


_NOTHING = r"\A\Z."  # matches no text


def _in_any_order(name: tuple[str, ...]) -> set[str]:
    """The name as it is written, and with the last word first: “Lopez, Maria”."""
    words = [_escaped(word) for word in name]
    return {".*".join(words), ".*".join([words[-1], *words[:-1]])}


def _escaped(text: str) -> str:
    """The text as it stands in JSON, for a regular expression."""
    return re.escape(json.dumps(text.lower(), ensure_ascii=False)[1:-1])


# -- statements --------------------------------------------------------------------------------------------------


def _matches(cells: str) -> str:
    """SQL: whether a row's cells, as JSON, match the digits $2 or the words $3."""
    return f"(regexp_replace({cells}::text, '\\D', '', 'g') ~ $2 OR lower({cells}::text) ~ $3)"


def _without_persons(rows: str) -> str:
    """SQL: the rows of a JSON array that do not match."""
    return f"""(SELECT coalesce(jsonb_agg(cells) FILTER (WHERE NOT {_matches("cells")}), '[]')
        FROM jsonb_array_elements({rows}) AS cells)"""


_ERASE_ROWS = [
    f"UPDATE {table} SET cells = '[]', reason = $4 WHERE team_id = $1 AND cells <> '[]' AND {_matches('cells')}"
    for table in ("contacts_refusedrow", "contacts_vendorlistremark")
]
_ERASE_SAMPLES = f"""
    UPDATE contacts_import SET samples = {_without_persons("samples")},
      preview = CASE WHEN preview ? 'first_staying'
        THEN jsonb_set(preview, ARRAY['first_staying'], {_without_persons("preview -> 'first_staying'")})
        ELSE preview END
    WHERE team_id = $1 AND id = ANY($4)
"""
# Rows that wait to be written. An opt-out that nobody has confirmed yet stays, with the number alone.
_ERASE_WAITING = [
    """UPDATE contacts_importrow SET first_name = '', last_name = '', display_name = '', email = '', note = '',
       lists = NULL, tags = NULL, custom = NULL, consent = NULL WHERE team_id = $1 AND number = ANY($2) AND opt_out""",
    "DELETE FROM contacts_importrow WHERE team_id = $1 AND number = ANY($2) AND opt_out IS NOT TRUE",
]

# A repeat of the call then gets this error.
_ERASE_RESPONSES = f"""
    UPDATE api_storedresponse SET content = $4, error_code = $5
    WHERE team_id = $1 AND content <> '' AND {_matches("content")}
"""
_ERASED_RESPONSE = ApiError(
    ErrorCode.IDEMPOTENCY_KEY_REUSED, "The response to this key was erased at the request of a person."
)

_ERASE_SOURCES = """
    UPDATE contacts_vendorlistrow SET source = '' WHERE team_id = $1 AND (number = ANY($2) OR lower(source) ~ $3)
"""


def _erase_from_imports(team_id: int, persons: Sequence[ErasedPerson], patterns: RowPatterns) -> None:
    """A worker locks its import first, too, and then numbers and contacts."""
    runs = Import.objects.filter(team_id=team_id).exclude(samples=[], preview={})
    ids = [run.id for run in runs.select_for_update(no_key=True).only("id").order_by("id")]
    fetch(_ERASE_SAMPLES, team_id, patterns.digits, patterns.words, ids)
    numbers = [person.number for person in persons]
    for statement in _ERASE_WAITING:
        fetch(statement, team_id, numbers)
    fetch(_ERASE_SOURCES, team_id, numbers, patterns.words)
    for statement in _ERASE_ROWS:
        fetch(statement, team_id, patterns.digits, patterns.words, ERASED)


def _erase_from_responses(team_id: int, patterns: RowPatterns) -> None:
    parts = json.dumps(_ERASED_RESPONSE.parts())
    fetch(_ERASE_RESPONSES, team_id, patterns.digits, patterns.words, parts, _ERASED_RESPONSE.code.value)


def _erase_from_bulk_actions(team_id: int, persons: Sequence[ErasedPerson]) -> None:
    """Forget searches for these persons. A run at work forgets its search when it ends."""
    searched = BulkActionRun.objects.filter(team_id=team_id, state__in=ENDED, query__contains="q=")
    for run in searched:
        if any(person.is_searched_by(run.search) for person in persons):
            run.forget_search()
            run.save(update_fields=["query"])
