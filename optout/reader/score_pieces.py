"""Pieces of a text that the score weighs: its words, their characters, and its concepts, alone and beside others.

Each piece has a number, its bucket: its CRC-32, modulo BUCKETS.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, combinations, pairwise, product
from zlib import crc32

from optout.reader.clause_pieces import buckets_of_clauses, pieces_of_clauses
from optout.reader.concepts import concepts_of
from optout.reader.known_words import BEGINNING, END, known_word, pieces_of_word
from optout.reader.score_words import MASK, Words, bucket_of, length_step, name_of
from optout.reader.topics import topic_of

type Run = tuple[tuple[str, ...], ...]  # the concepts of words in order


def pieces_of(text: Words) -> Iterator[str]:
    """The pieces of a text; a piece that comes twice counts once. "^" and "$" mark the beginning and the end."""
    words = text.words
    yield from chain.from_iterable(map(pieces_of_word, words))
    yield from pieces_in_order(["^", *words, "$"])
    yield from pieces_in_order_by_name(["^", *map(name_of, words), "$"])
    concepts = [*filter(None, map(concepts_of, words))]
    topics = {*filter(None, map(topic_of, words))}
    yield from chain.from_iterable(map(pieces_of_run, _runs(concepts)))
    yield from (f"&{first} {second}" for first, second in _company(concepts, topics))
    yield from pieces_of_length(length_step(len(words)), {*chain.from_iterable(concepts)})
    yield from pieces_of_clauses(words, text.clauses)


def buckets_of(text: Words) -> set[int]:
    """The buckets of the pieces of a text: those of pieces_of, without making each piece."""
    of_words = [*map(known_word, text.words)]
    known = [BEGINNING, *of_words, END]
    buckets: set[int] = set()
    buckets.update(*[word.buckets for word in known])
    buckets.update([crc32(second.after, first.crc) & MASK for first, second in pairwise(known)])
    named = [crc32(second.name_after, first.name_crc) for first, second in pairwise(known)]
    buckets.update([crc & MASK for crc in named])
    buckets.update(
        [crc32(third.name_after, crc) & MASK for crc, third in zip(named, known[2:], strict=False)]
    )
    around = [*zip(known, known[2:], strict=False)]
    buckets.update([crc32(third.name_after, first.around_name_crc) & MASK for first, third in around])
    buckets.update([crc32(third.after, first.around_crc) & MASK for first, third in around])
    apart = zip(known, known[3:], strict=False)
    buckets.update([crc32(fourth.name_after, first.apart_name_crc) & MASK for first, fourth in apart])
    concepts = [word.concepts for word in of_words if word.concepts]
    topics = {word.topic for word in of_words if word.topic}
    buckets.update(*map(_buckets_of_run, _runs(concepts)))
    buckets.update(map(_bucket_of_company, _company(concepts, topics)))
    buckets.update(_buckets_of_length(length_step(len(of_words)), frozenset(chain.from_iterable(concepts))))
    buckets.update(buckets_of_clauses(of_words, text.clauses))
    return buckets


def pieces_in_order(words: list[str]) -> Iterator[str]:
    """Each two words side by side, and each two around one."""
    for first, second in pairwise(words):
        yield f"{first} {second}"
    for first, third in zip(words, words[2:], strict=False):
        yield f"{first} _ {third}"


def pieces_in_order_by_name(names: list[str]) -> Iterator[str]:
    """Each two names side by side, each three, and each two around one or two."""
    for first, second in pairwise(names):
        yield f"~{first} {second}"
    for first, second, third in zip(names, names[1:], names[2:], strict=False):
        yield f"~{first} {second} {third}"
        yield f"~{first} _ {third}"
    for first, fourth in zip(names, names[3:], strict=False):
        yield f"~{first} _ _ {fourth}"


def pieces_of_run(run: Run) -> Iterator[str]:
    """Concepts in order. A word with several concepts counts as each of them."""
    for each in product(*run):
        yield "#" + " ".join(each)


def pieces_of_length(length: int, concepts: Iterable[str]) -> Iterator[str]:
    """The length of the text, alone and with each of its concepts: in a short text a word tells more."""
    yield f"|{length}"
    for concept in concepts:
        yield f"|{length} {concept}"


def _runs(concepts: list[tuple[str, ...]]) -> Iterator[Run]:
    """Each two and three in a row, also with the beginning and the end of the text."""
    marked = [("^",), *concepts, ("$",)]
    return chain(pairwise(marked), zip(marked, marked[1:], marked[2:], strict=False))


def _company(concepts: list[tuple[str, ...]], topics: set[str]) -> Iterator[tuple[str, str]]:
    """Each two concepts of the text, and each concept with each topic, wherever they stand."""
    of_text = sorted({*chain.from_iterable(concepts)})
    return chain(combinations(of_text, 2), product(of_text, topics))


@lru_cache(maxsize=16384)
def _buckets_of_run(run: Run) -> tuple[int, ...]:
    return tuple(map(bucket_of, pieces_of_run(run)))


@lru_cache(maxsize=8192)
def _bucket_of_company(company: tuple[str, str]) -> int:
    return bucket_of(f"&{company[0]} {company[1]}")


@lru_cache(maxsize=16384)
def _buckets_of_length(length: int, concepts: frozenset[str]) -> tuple[int, ...]:
    return tuple(map(bucket_of, pieces_of_length(length, concepts)))
