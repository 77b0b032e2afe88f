"""Pieces of a text that the score weighs: words, pairs of words, runs of characters, and concepts in their order."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise, product

from optout.reader.concepts import concepts_of

MOST_CHARACTERS = 320  # of a text that are read: two segments
BUCKETS = 1 << 15  # numbers of pieces; different pieces may share one
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


def pieces_of_word(word: str) -> Iterator[bytes]:
    """The word itself, and the runs of characters within it; "<" and ">" mark its beginning and its end."""
    marked = f"<{word}>".encode() if word.isascii() else f"<{word}>"
    yield _encoded(marked[1:-1])
    for length in _RUN_LENGTHS:
        for start in range(len(marked) - length + 1):
            yield _encoded(marked[start : start + length])


def pieces_of_pairs(words: list[str]) -> Iterator[bytes]:
    """Words side by side, and words with one between them; "^" and "$" mark the beginning and the end of the text."""
    marked = ["^", *words, "$"]
    for first, second in pairwise(marked):
        yield _encoded(f"{first} {second}")
    for first, third in zip(marked, marked[2:], strict=False):
        yield _encoded(f"{first} _ {third}")


def concepts_in(words: list[str]) -> list[tuple[str, ...]]:
    """The concepts of the words that have any, in order, between the marks of the beginning and the end."""
    return [("^",), *filter(None, map(concepts_of, words)), ("$",)]


def runs_of_concepts(concepts: list[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The concepts alone without the marks, two in a row and three in a row."""
    yield from ((concept,) for concept in concepts[1:-1])
    yield from pairwise(concepts)
    yield from zip(concepts, concepts[1:], concepts[2:], strict=False)


def pieces_of_concepts(concepts: tuple[tuple[str, ...], ...]) -> Iterator[bytes]:
    """The pieces of one to three concepts in order. A word with several concepts counts as each of them."""
    for each in product(*concepts):
        yield _encoded("#" + " ".join(each))


def _encoded(piece: str | bytes) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")
