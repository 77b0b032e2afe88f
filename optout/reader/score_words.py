"""Words and clauses of a text as the score reads them, and the numbers of pieces."""

import re
import unicodedata
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from optout.reader.concepts import concepts_of
from optout.reader.topics import topic_of

MOST_CHARACTERS = 320  # of a text that are read: two segments
BUCKETS = 1 << 21  # numbers of pieces; different pieces may share one
MASK = BUCKETS - 1
_LENGTHS = (1, 2, 3, 4, 5, 6, 8, 11, 15, 22, 30)  # words
_LONGER = 31
_LONGEST_WORD = 24  # characters; what is longer is a link and the like
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[?!.,;:()\n\r]|[^\w\s\x00-\x7f]")
_ENDS = set("?!.,;:()\n\r–—")  # of clauses
_NO_WORDS = set(".,;:()\n\r")
_MARKS = re.compile("[\u0300-\u036f\u200b-\u200f\u2060\ufe0f\xad]")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")


class Clause(NamedTuple):
    """Words between two punctuation marks, at least one: their places, and whether the mark behind them is "?"."""

    start: int
    end: int  # behind the last
    asks: bool


class Words(NamedTuple):
    """The words of a text, with ?, ! and dashes among them, and its clauses."""

    words: list[str]
    clauses: list[Clause]


def words_of(body: str) -> list[str]:
    """The words: small letters without accents and apostrophes. Each number is "0"; ?, ! and emoji are words."""
    return words_and_clauses(body).words


def words_and_clauses(body: str) -> Words:
    """The words, as of words_of, and the clauses that they form."""
    words: list[str] = []
    clauses: list[Clause] = []
    start = 0
    for found in _TOKEN.findall(_plain(body)):
        if found not in _ENDS:
            words.append("0" if found.isdigit() else found[:_LONGEST_WORD])
            continue
        if start < len(words):
            clauses.append(Clause(start, len(words), found == "?"))
        if found not in _NO_WORDS:
            words.append(found)
        start = len(words)
    if start < len(words):
        clauses.append(Clause(start, len(words), False))
    return Words(words, clauses)


def _plain(body: str) -> str:
    text = body[:MOST_CHARACTERS].lower().translate(_APOSTROPHES)
    if text.isascii():
        return text
    return _MARKS.sub("", unicodedata.normalize("NFKD", text[:MOST_CHARACTERS]))


@lru_cache(maxsize=8192)
def name_of(word: str) -> str:
    """The first concept of a word, or its topic, or the word itself."""
    return (concepts_of(word) or (topic_of(word) or word,))[0]


_STEPS = [
    *chain.from_iterable(
        [step] * (step - last) for last, step in zip((-1, *_LENGTHS), _LENGTHS, strict=False)
    )
]


def length_step(count: int) -> int:
    """A number of words, a larger one in steps."""
    return _STEPS[count] if count < len(_STEPS) else _LONGER


def bucket_of(piece: str) -> int:
    """The number of a piece, below BUCKETS."""
    return crc32(bytes_of(piece)) & MASK


def bytes_of(piece: str) -> bytes:
    """A piece as bytes, whatever characters it has."""
    return piece.encode("utf-8", "surrogatepass")
