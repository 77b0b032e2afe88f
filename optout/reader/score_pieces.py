"""Pieces of a text that the score weighs: its words, their characters, and its concepts, alone and beside others."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, pairwise, product
from zlib import crc32

from optout.reader.concepts import concepts_of

MOST_CHARACTERS = 320  # of a text that are read: two segments
BUCKETS = 1 << 16  # numbers of pieces; different pieces may share one
_LONGEST_WORD = 24  # characters; what is longer is a link and the like
_RUN_LENGTHS = (2, 3, 4, 5)  # characters
_WORD = re.compile(r"[^\W\d_]+|\d+|[?!]|[^\w\s\x00-\x7f]")
_MARKS = re.compile("[\u0300-\u036f\u200b-\u200f\u2060\ufe0f\xad]")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")


def words_of(body: str) -> list[str]:
    """The words: small letters without accents and apostrophes. Each number is "0"; ?, ! and emoji are words."""
    text = body[:MOST_CHARACTERS].lower().translate(_APOSTROPHES)
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text[:MOST_CHARACTERS]))
    return ["0" if word.isdigit() else word[:_LONGEST_WORD] for word in _WORD.findall(text)]


def buckets_of(words: list[str]) -> set[int]:
    """The bucket of each piece of a text. A piece counts once, however often it occurs."""
    buckets = {_bucket(piece) for piece in pieces_in_order(words)}
    buckets.update(*map(_buckets_of_word, words))
    concepts = [*filter(None, map(concepts_of, words))]
    buckets.update(*map(_buckets_of_concepts, _runs(concepts)))
    buckets.update(_buckets_of_company(tuple(sorted({concept for each in concepts for concept in each}))))
    return buckets


def pieces_of_word(word: str) -> Iterator[str]:
    """The word itself, and the runs of characters within it; "<" and ">" mark its beginning and its end."""
    marked = f"<{word}>"
    yield word
    for length in _RUN_LENGTHS:
        for start in range(len(marked) - length + 1):
            yield marked[start : start + length]


def pieces_in_order(words: list[str]) -> Iterator[str]:
    """Words side by side; and their concepts, or the words without any, two in a row, three, and two around one.

    "^" and "$" mark the beginning and the end of the text.
    """
    for first, second in pairwise(["^", *words, "$"]):
        yield f"{first} {second}"
    named = ["^", *((concepts_of(word) or (word,))[0] for word in words), "$"]
    yield f"~{named[0]} {named[1]}"
    for first, second, third in zip(named, named[1:], named[2:], strict=False):
        yield f"~{second} {third}"
        yield f"~{first} _ {third}"
        yield f"~{first} {second} {third}"


def pieces_of_concepts(run: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """One to three concepts in order. A word with several concepts counts as each of them."""
    for each in product(*run):
        yield "#" + " ".join(each)


def _runs(concepts: list[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The concepts of the words that have any: each alone, then two and three in a row between marks."""
    yield from ((concept,) for concept in concepts)
    marked = [("^",), *concepts, ("$",)]
    yield from pairwise(marked)
    yield from zip(marked, marked[1:], marked[2:], strict=False)


@lru_cache(maxsize=8192)
def _buckets_of_word(word: str) -> tuple[int, ...]:
    return tuple(map(_bucket, pieces_of_word(word)))


@lru_cache(maxsize=16384)
def _buckets_of_concepts(run: tuple[tuple[str, ...], ...]) -> tuple[int, ...]:
    return tuple(map(_bucket, pieces_of_concepts(run)))


@lru_cache(maxsize=8192)
def _buckets_of_company(concepts: tuple[str, ...]) -> tuple[int, ...]:
    """Each two concepts of a text, wherever they stand."""
    return tuple(_bucket(f"&{first} {second}") for first, second in combinations(concepts, 2))


def _bucket(piece: str) -> int:
    return crc32(piece.encode("utf-8", "surrogatepass")) & (BUCKETS - 1)
