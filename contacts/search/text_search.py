"""Text search for contacts: by name, by number in any spelling, or by email address."""

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, TextField, Value

from accounts.models import Team
from contacts.scope_lookups import Readings, estimate_matches
from contacts.search.refresh import FOLDED_LETTERS
from kernel import phone_numbers
from kernel.sql import fetch
from kernel.visible_text import without_invisible

MAX_QUERY_LENGTH = 200  # characters that are read
MAX_READINGS = 8
# Up to this many contacts are all read through the search index. Of more, a walk soon fills a page.
LOOKUP_LIMIT = 10_000
# Letters up to which a word is not looked up in the index if the reading has a longer word.
SHORT_WORD = 2

# With %s, since a statement that the ORM compiled stands inside.
FETCH_FROM_FOUND = """
    WITH candidates AS (SELECT * FROM lookup_contacts(%s::jsonb, %s::jsonb, %s)),
      found AS (SELECT * FROM candidates WHERE matches), answer AS ({statement})
    SELECT (SELECT count(*) FROM candidates), answer.* FROM answer
"""

_NUMBER_PIECE = re.compile(r"[+0-9()./·•\N{MINUS SIGN}‐‑‒–—-]+")
_NOT_ONE_WORD = re.compile(r"\W", re.ASCII)


def select_from(source: str, contacts: QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    """The ORM's statement with its values, reading contacts from `source` (a name in a WITH clause), not their table.

    The ORM itself reads from tables only. The placeholders are %s, so a cursor of Django's runs the statement.
    """
    statement, values = contacts.query.sql_with_params()
    table = connection.ops.quote_name(contacts.model._meta.db_table)
    head, separator, tail = statement.partition(f" FROM {table}")  # the first, before any subquery
    assert separator
    return f"{head} FROM {source} AS {table}{tail}", values


class IdIsIn(Func):
    """Whether `id` is among some IDs, which are sent as one value however many they are."""

    template, arg_joiner, output_field = "%(expressions)s)", " = ANY(", BooleanField()

    def __init__(self, ids: Iterable[int]) -> None:
        super().__init__(F("id"), Value(list(ids), output_field=ArrayField(BigIntegerField())))


class _SearchQuery(Func):
    function = "contacts_search_query"
    output_field = SearchVectorField()


class _Matches(Func):
    arg_joiner, template, output_field = " @@ ", "%(expressions)s", BooleanField()


@dataclass
class ContactSearch:
    """The readings of a typed text. A reading finds a contact if each of its words begins a word of the contact."""

    team_id: int
    readings: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, typed: str, team: Team) -> Self:
        visible = without_invisible(typed[:MAX_QUERY_LENGTH])
        pieces = [_piece_readings(piece, team.country) for piece in _pieces(visible)]
        words = _words({text for piece in pieces for reading in piece for text in reading.texts})
        readings = [
            tuple(
                dict.fromkeys(itertools.chain.from_iterable(reading.words(words) for reading in combination))
            )
            for combination in itertools.islice(itertools.product(*pieces), MAX_READINGS)
        ]
        return cls(team.id, tuple(dict.fromkeys(filter(None, readings))))

    @cached_property
    def index_readings(self) -> Readings | None:
        """The readings to look up in the index; None where the planner expects many more than LOOKUP_LIMIT contacts.

        The planner's estimate only avoids needless reads. No answer depends on it.
        """
        long_words = [
            [word for word in words if len(word) > SHORT_WORD] or list(words) for words in self.readings
        ]
        readings = self._if_few(long_words)
        if readings is None and long_words != self._all_words:
            return self._if_few(self._all_words)
        return readings

    @property
    def _all_words(self) -> Readings:
        return [list(words) for words in self.readings]

    def _if_few(self, readings: Readings) -> Readings | None:
        return readings if estimate_matches(readings) <= 2 * LOOKUP_LIMIT else None

    @cached_property
    def ids(self) -> list[int] | None:
        """The IDs of the contacts that it finds; None for more than LOOKUP_LIMIT."""
        row = self.fetch_from_found("SELECT coalesce(array_agg(id), '{}') FROM found", ())
        return None if row is None else list(row[0])

    def fetch_from_found(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """The row of a statement that reads the contacts from `found`; None for more than LOOKUP_LIMIT.

        Each contact is read once: `found` has all columns by which contacts are filtered and sorted.
        """
        if self.index_readings is None:
            return None
        with connection.cursor() as cursor:
            readings = [json.dumps(readings) for readings in (self._all_words, self.index_readings)]
            cursor.execute(
                FETCH_FROM_FOUND.format(statement=statement), [*readings, LOOKUP_LIMIT + 1, *values]
            )
            candidates, *row = cursor.fetchone()
        if candidates <= LOOKUP_LIMIT:
            return tuple(row)
        all_words = self._all_words
        self.index_readings = None if self.index_readings == all_words else self._if_few(all_words)
        return self.fetch_from_found(statement, values)

    def condition(self) -> Q:
        """The same search as a condition on one contact."""
        condition = Q()
        for reading in self.readings:
            words = Value(list(reading), output_field=ArrayField(TextField()))
            condition |= Q(
                _Matches(F("search_words"), _SearchQuery(Value(self.team_id, BigIntegerField()), words))
            )
        return condition if self.readings else Q(pk__in=[])


@dataclass(frozen=True)
class _PieceReading:
    """A reading of one piece: words as they are, and texts that contacts_words splits into words."""

    plain: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def words(self, words_of: dict[str, list[str]]) -> list[str]:
        return [*self.plain, *itertools.chain.from_iterable(words_of[text] for text in self.texts)]


def _pieces(typed: str) -> list[str]:
    """The words of the text; the parts of a number ("+1 (510) 555") are one piece."""
    runs = itertools.groupby(typed.split(), key=lambda word: bool(_NUMBER_PIECE.fullmatch(word)))
    return [piece for is_number, run in runs for piece in ([" ".join(run)] if is_number else run)]


def _piece_readings(piece: str, country: str) -> list[_PieceReading]:
    digits = "".join(re.findall("[0-9]", piece.replace("(0)", "")))
    if digits and _NUMBER_PIECE.fullmatch(piece.replace(" ", "")):
        return _number_readings(piece, digits, country)
    readings = [] if "@" in piece else [_PieceReading(texts=(piece,))]
    if set(piece.lower()) & set(FOLDED_LETTERS):  # words that were stored before these letters were folded
        readings.append(_PieceReading(plain=(piece.lower(),)))
    if _NOT_ONE_WORD.search(piece):  # the beginning of an email address or of its domain
        readings.append(_PieceReading(plain=(piece.lower().lstrip("@"),)))
    return readings


def _number_readings(piece: str, digits: str, country: str) -> list[_PieceReading]:
    """The digits as typed, without a trunk prefix, and as a full number; groups of digits also as words of a name."""
    forms = [digits, digits.lstrip("0")]
    try:
        forms.append(phone_numbers.digits(phone_numbers.canonical(piece, country, short_codes=True)).lower())
    except phone_numbers.InvalidNumber:
        pass
    readings = [_PieceReading(plain=(form,)) for form in dict.fromkeys(filter(None, forms))]
    if len(piece.split()) > 1 and piece.replace(" ", "").isdecimal():
        readings.append(_PieceReading(texts=(piece,)))
    return readings


def _words(texts: Iterable[str]) -> dict[str, list[str]]:
    """The words of each text, as the SQL function contacts_words splits it."""
    ordered = sorted(texts)
    rows: list[Any] = fetch(
        "SELECT contacts_words(t) FROM unnest($1::text[]) WITH ORDINALITY AS x (t, n) ORDER BY n", ordered
    )
    return {text: words for text, (words,) in zip(ordered, rows, strict=True)}
