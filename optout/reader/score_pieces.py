"""Pieces of a text that the score weighs: its words, their characters, and its concepts, alone and beside others.

Each piece has a number, its bucket: its CRC-32, modulo BUCKETS.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, combinations, pairwise, product
from typing import NamedTuple
from zlib import crc32

from optout.reader.concepts import concepts_of
from optout.reader.topics import topic_of

MOST_CHARACTERS = 320  # of a text that are read: two segments
BUCKETS = 1 << 21  # numbers of pieces; different pieces may share one
_LENGTHS = (1, 2, 3, 4, 5, 6, 8, 11, 15, 22, 30)  # words
_LONGER = 31
_LONGEST_WORD = 24  # characters; what is longer is a link and the like
_RUN_LENGTHS = (3, 4, 5)  # characters
_WORD = re.compile(r"[^\W\d_]+|\d+|[?!]|[^\w\s\x00-\x7f]")
_MARKS = re.compile("[\u0300-\u036f\u200b-\u200f\u2060\ufe0f\xad]")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")
_MASK = BUCKETS - 1

type Run = tuple[tuple[str, ...], ...]  # the concepts of words in order


def words_of(body: str) -> list[str]:
    """The words: small letters without accents and apostrophes. Each number is "0"; ?, ! and emoji are words."""
    text = body[:MOST_CHARACTERS].lower().translate(_APOSTROPHES)
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text[:MOST_CHARACTERS]))
    return ["0" if word.isdigit() else word[:_LONGEST_WORD] for word in _WORD.findall(text)]


def pieces_of(words: list[str]) -> Iterator[str]:
    """The pieces of a text; a piece that comes twice counts once. "^" and "$" mark the beginning and the end."""
    yield from chain.from_iterable(map(pieces_of_word, words))
    yield from pieces_in_order(["^", *words, "$"])
    yield from pieces_in_order_by_name(["^", *map(name_of, words), "$"])
    concepts, topics = _concepts_and_topics(words)
    yield from chain.from_iterable(map(pieces_of_run, _runs(concepts)))
    yield from (f"&{first} {second}" for first, second in _company(concepts, topics))
    yield from pieces_of_length(_length(words), {*chain.from_iterable(concepts)})


def buckets_of(words: list[str]) -> set[int]:
    """The buckets of the pieces of a text: those of pieces_of, without making each piece."""
    known = [_BEGINNING, *map(_known, words), _END]
    buckets: set[int] = set()
    buckets.update(*[word.buckets for word in known])
    buckets.update([crc32(second.after, first.crc) & _MASK for first, second in pairwise(known)])
    named = [crc32(second.name_after, first.name_crc) for first, second in pairwise(known)]
    buckets.update([crc & _MASK for crc in named])
    buckets.update(
        [crc32(third.name_after, crc) & _MASK for crc, third in zip(named, known[2:], strict=False)]
    )
    around = [*zip(known, known[2:], strict=False)]
    buckets.update([crc32(third.name_after, first.around_name_crc) & _MASK for first, third in around])
    buckets.update([crc32(third.after, first.around_crc) & _MASK for first, third in around])
    apart = zip(known, known[3:], strict=False)
    buckets.update([crc32(fourth.name_after, first.apart_name_crc) & _MASK for first, fourth in apart])
    concepts, topics = _concepts_and_topics(words)
    buckets.update(*map(_buckets_of_run, _runs(concepts)))
    buckets.update(map(_bucket_of_company, _company(concepts, topics)))
    buckets.update(_buckets_of_length(_length(words), frozenset(chain.from_iterable(concepts))))
    return buckets


@lru_cache(maxsize=8192)
def name_of(word: str) -> str:
    """The first concept of a word, or its topic, or the word itself."""
    return (concepts_of(word) or (topic_of(word) or word,))[0]


def pieces_of_word(word: str) -> Iterator[str]:
    """The word, the runs of characters within it ("<" and ">" mark its ends), its concepts and its topic."""
    marked = f"<{word}>"
    yield word
    for length in _RUN_LENGTHS:
        for start in range(len(marked) - length + 1):
            yield marked[start : start + length]
    for concept in concepts_of(word):
        yield f"#{concept}"
    if topic := topic_of(word):
        yield f"@{topic}"


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


def bucket_of(piece: str) -> int:
    """The number of a piece, below BUCKETS."""
    return crc32(_bytes(piece)) & _MASK


class _KnownWord(NamedTuple):
    """What the buckets of a text need of a word: those of its own pieces, and beginnings and endings of others."""

    buckets: tuple[int, ...]
    crc: int  # of the word
    around_crc: int  # of the word and " _"
    name_crc: int  # of "~" and its name
    around_name_crc: int  # of "~", its name and " _"
    apart_name_crc: int  # of "~", its name and " _ _"
    after: bytes  # the word behind a space
    name_after: bytes  # its name behind a space


def _word_known_as(word: str, name: str, pieces: Iterable[str]) -> _KnownWord:
    first, named = _bytes(word), _bytes(f"~{name}")
    return _KnownWord(
        tuple(map(bucket_of, pieces)),
        crc32(first),
        crc32(first + b" _"),
        crc32(named),
        crc32(named + b" _"),
        crc32(named + b" _ _"),
        b" " + first,
        b" " + _bytes(name),
    )


@lru_cache(maxsize=8192)
def _known(word: str) -> _KnownWord:
    return _word_known_as(word, name_of(word), pieces_of_word(word))


def _bytes(piece: str) -> bytes:
    return piece.encode("utf-8", "surrogatepass")


_BEGINNING, _END = _word_known_as("^", "^", ()), _word_known_as("$", "$", ())


def _concepts_and_topics(words: list[str]) -> tuple[list[tuple[str, ...]], set[str]]:
    """The concepts of the words that have any, in order, and the topics of the text."""
    return [*filter(None, map(concepts_of, words))], {*filter(None, map(topic_of, words))}


def _length(words: list[str]) -> int:
    """The number of words, of longer texts in steps."""
    return next((step for step in _LENGTHS if len(words) <= step), _LONGER)


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
