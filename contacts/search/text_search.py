"""Reads what is typed into the search field, and finds the contacts: by name, number in any spelling, or e-mail."""

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
from kernel import phone_numbers
from kernel.sql import fetch

MAX_QUERY_LENGTH = 200  # characters that are read
MAX_READINGS = 8
# So many contacts are all found. Of more, a page is cut out of its order: a page's worth comes soon.
LOOKUP_LIMIT = 10_000
# Words of so many letters are no words to look contacts up by where there is a longer one beside them.
SHORT_WORD = 2

ANSWER_QUERY = """
    WITH answered AS (SELECT * FROM lookup_contacts(%s::jsonb, %s::jsonb, %s)),
      found AS (SELECT * FROM answered WHERE matches), answer AS ({question})
    SELECT (SELECT count(*) FROM answered), answer.* FROM answer
"""

_OF_A_NUMBER = re.compile(r"[+0-9()./·•\N{MINUS SIGN}‐‑‒–—-]+")
_PART_OF_A_WORD = re.compile(r"\W", re.ASCII)


def select_from(source: str, contacts: QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    """The statement of the ORM, which looks for contacts in `source` instead of their table, and its values.

    That is a name in a WITH clause. The ORM itself reads from tables alone.
    """
    statement, values = contacts.query.sql_with_params()
    table = connection.ops.quote_name(contacts.model._meta.db_table)
    head, found, tail = statement.partition(f" FROM {table}")  # first in the statement, before any subquery
    assert found
    return f"{head} FROM {source} AS {table}{tail}", values


class IdIsIn(Func):
    """Whether `id` is one of so many, sent as one value however many they are."""

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
    """What was typed, in each way to read it. A reading finds a contact if all of its words begin words of theirs."""

    team_id: int
    readings: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, typed: str, team: Team) -> Self:
        pieces = [_ways(piece, team.country) for piece in _pieces(typed[:MAX_QUERY_LENGTH])]
        words = _words({text for ways in pieces for way in ways for text in way.texts})
        readings = [
            tuple(dict.fromkeys(itertools.chain.from_iterable(way.words(words) for way in ways)))
            for ways in itertools.islice(itertools.product(*pieces), MAX_READINGS)
        ]
        return cls(team.id, tuple(dict.fromkeys(filter(None, readings))))

    @cached_property
    def asked(self) -> Readings | None:
        """The readings as the index is asked; None where the planner reckons with many more than FEW.

        Its reckoning saves the reading of them all, and is never what an answer depends on.
        """
        telling = [
            [word for word in words if len(word) > SHORT_WORD] or list(words) for words in self.readings
        ]
        found = self._few(telling)
        return self._few(self._whole) if found is None and telling != self._whole else found

    @property
    def _whole(self) -> Readings:
        return [list(words) for words in self.readings]

    def _few(self, readings: Readings) -> Readings | None:
        return readings if estimate_matches(readings) <= 2 * LOOKUP_LIMIT else None

    @cached_property
    def ids(self) -> list[int] | None:
        """The contacts it finds; None for more than FEW."""
        found = self.answer("SELECT coalesce(array_agg(id), '{}') FROM found", ())
        return None if found is None else list(found[0])

    def answer(self, question: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """The row that a question answers which reads the contacts `found` (see reading); None for more than FEW.

        Each is read once: the door answers with the columns that contacts are filtered and sorted by.
        """
        if self.asked is None:
            return None
        with connection.cursor() as cursor:
            readings = [json.dumps(readings) for readings in (self._whole, self.asked)]
            cursor.execute(ANSWER_QUERY.format(question=question), [*readings, LOOKUP_LIMIT + 1, *values])
            read, *row = cursor.fetchone()
        if read <= LOOKUP_LIMIT:
            return tuple(row)
        self.asked = None if self.asked == self._whole else self._few(self._whole)
        return self.answer(question, values)

    def condition(self) -> Q:
        """The same, asked of one contact at a time."""
        asked = Q()
        for reading in self.readings:
            words = Value(list(reading), output_field=ArrayField(TextField()))
            asked |= Q(_Matches(F("search_words"), _SearchQuery(Value(self.team_id), words)))
        return asked if self.readings else Q(pk__in=[])


@dataclass(frozen=True)
class _PieceReading:
    """One way to read a piece: words as they are, and texts that contacts_words takes apart."""

    plain: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def words(self, known: dict[str, list[str]]) -> list[str]:
        return [*self.plain, *itertools.chain.from_iterable(known[text] for text in self.texts)]


def _pieces(typed: str) -> list[str]:
    """Its words; those of a number ("+1 (510) 555") are one."""
    runs = itertools.groupby(typed.split(), key=lambda word: bool(_OF_A_NUMBER.fullmatch(word)))
    return [piece for of_number, run in runs for piece in ([" ".join(run)] if of_number else run)]


def _ways(piece: str, country: str) -> list[_PieceReading]:
    digits = "".join(re.findall("[0-9]", piece.replace("(0)", "")))
    if digits and _OF_A_NUMBER.fullmatch(piece.replace(" ", "")):
        return _number_ways(piece, digits, country)
    ways = [] if "@" in piece else [_PieceReading(texts=(piece,))]
    if _PART_OF_A_WORD.search(piece):  # as it begins an e-mail address or its domain
        ways.append(_PieceReading(plain=(piece.lower().lstrip("@"),)))
    return ways


def _number_ways(piece: str, digits: str, country: str) -> list[_PieceReading]:
    """The digits; without a trunk or international prefix; as a whole number; and, after all, as words of a name."""
    forms = [digits, digits.lstrip("0")]
    try:
        forms.append(phone_numbers.digits(phone_numbers.canonical(piece, country)).lower())
    except phone_numbers.InvalidNumber:
        pass
    ways = [_PieceReading(plain=(form,)) for form in dict.fromkeys(filter(None, forms))]
    return (
        ways
        if len(piece.split()) == 1 or not piece.replace(" ", "").isdecimal()
        else [*ways, _PieceReading(texts=(piece,))]
    )


def _words(texts: Iterable[str]) -> dict[str, list[str]]:
    asked = sorted(texts)
    rows: list[Any] = fetch(
        "SELECT contacts_words(t) FROM unnest($1::text[]) WITH ORDINALITY AS x (t, n) ORDER BY n", asked
    )
    return {text: words for text, (words,) in zip(asked, rows, strict=True)}
