"""Pieces of the clauses of a text that the score weighs: what a clause names, its place, how it begins and ends.

A clause is what stands between punctuation marks. A request is often one clause beside others about something else.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from optout.reader.concepts import concepts_of
from optout.reader.known_words import KnownWord
from optout.reader.score_words import MASK, Clause, bucket_of, length_step, name_of
from optout.reader.topics import topic_of

_MOST_CONCEPTS = 5  # in a row
_NAMES, _WORDS = 3, 2  # at the beginning and at the end


class NamedClause(NamedTuple):
    """What a clause names, and its form."""

    concepts: tuple[tuple[str, ...], ...]  # of the words that have any, in order
    topics: frozenset[str]
    length: int
    place: str
    asks: bool  # ends with "?"


def pieces_of_clauses(words: Sequence[str], clauses: Sequence[Clause]) -> Iterator[str]:
    """The pieces of all clauses of a text of these words."""
    for at, clause in enumerate(clauses):
        of_clause = words[clause.start : clause.end]
        concepts, topics = map(concepts_of, of_clause), map(topic_of, of_clause)
        yield from pieces_of_named(
            NamedClause(
                tuple(filter(None, concepts)),
                frozenset(filter(None, topics)),
                length_step(len(of_clause)),
                place_of(at, len(clauses)),
                clause.asks,
            )
        )
        yield from pieces_of_ends(of_clause, [*map(name_of, of_clause)])


def buckets_of_clauses(known: Sequence[KnownWord], clauses: Sequence[Clause]) -> Iterator[int]:
    """The buckets of pieces_of_clauses; `known` are the words."""
    for at, clause in enumerate(clauses):
        words = known[clause.start : clause.end]
        concepts = tuple([word.concepts for word in words if word.concepts])
        topics = frozenset([word.topic for word in words if word.topic])
        yield from _buckets_of_named(
            NamedClause(concepts, topics, length_step(len(words)), place_of(at, len(clauses)), clause.asks)
        )
        yield from _buckets_of_ends(words)


def place_of(at: int, count: int) -> str:
    """Where a clause stands: "1" alone, "^" first, "$" last, "-" between."""
    if count == 1:
        return "1"
    return "^" if at == 0 else "$" if at == count - 1 else "-"


def pieces_of_named(named: NamedClause) -> Iterator[str]:
    """Each concept with the place, with a question mark and with each topic; all in a row; the length."""
    asks = "?" if named.asks else ""
    for concept in {concept for concepts in named.concepts for concept in concepts}:
        yield f"%{named.place} {concept}"
        yield f"%q{asks} {concept}"
        yield from (f"%t{concept} {topic}" for topic in named.topics)
    row = " ".join(concepts[0] for concepts in named.concepts[:_MOST_CONCEPTS])
    yield f"%o{row}|{len(named.concepts)}"
    yield f"%l{named.place}{named.length}{asks}"
    if not named.concepts:
        yield f"%n{named.place}{named.length}"


@lru_cache(maxsize=16384)
def _buckets_of_named(named: NamedClause) -> tuple[int, ...]:
    return tuple(map(bucket_of, pieces_of_named(named)))


def pieces_of_ends(words: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """The first and the last names of a clause, and its first and last words, alone and with those beside them."""
    yield " ".join(["%3", *names[:_NAMES]])
    yield " ".join(["%e", *names[-_NAMES:]])
    yield f"%^ {words[0]}"
    yield f"%$ {words[-1]}"
    yield " ".join(["%w", *words[:_WORDS]])
    yield " ".join(["%v", *words[-_WORDS:]])


_FIRST_NAMES, _LAST_NAMES, _FIRST, _LAST, _FIRST_WORDS, _LAST_WORDS = map(
    crc32, (b"%3", b"%e", b"%^", b"%$", b"%w", b"%v")
)


def _buckets_of_ends(words: Sequence[KnownWord]) -> tuple[int, ...]:
    """The buckets of pieces_of_ends, without making the pieces."""
    names, ends = [word.name_after for word in words], [word.after for word in words]
    return (
        crc32(b"".join(names[:_NAMES]), _FIRST_NAMES) & MASK,
        crc32(b"".join(names[-_NAMES:]), _LAST_NAMES) & MASK,
        crc32(ends[0], _FIRST) & MASK,
        crc32(ends[-1], _LAST) & MASK,
        crc32(b"".join(ends[:_WORDS]), _FIRST_WORDS) & MASK,
        crc32(b"".join(ends[-_WORDS:]), _LAST_WORDS) & MASK,
    )
