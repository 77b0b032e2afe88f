"""Words of a text as the grammar reads them: plain small letters, one sentence at a time."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from kernel.visible_text import without_invisible
from optout.reader.look_alikes import LOOK_ALIKES

MOST_CHARACTERS = 2_000  # of a text; longer texts are letters about something else
_SENTENCE = re.compile(r"(?:[^.!?…;:\n\r]|(?<=\d)[.:](?=\d))+")
_WORD = re.compile(r"[^\W_]+(?:['’‘ʼ`´][^\W_]+)*|#|\+(?!\d)")
_SIGNS = {"#": "number", "+": "+"}  # each language has its own word for more
_REPEATED = re.compile(r"([^\W\d])\1{2,}")


class Sentence(NamedTuple):
    """A sentence as it was written, and its words in small letters with single spaces between."""

    written: str
    words: str

    def as_written(self, start: int, end: int) -> str:
        """The part of the written sentence that the characters from `start` to `end` of `words` stand for."""
        spans = [match.span() for match in _WORD.finditer(self.written)]
        first = self.words.count(" ", 0, start)
        last = self.words.count(" ", 0, max(end - 1, start))
        return self.written[spans[first][0] : spans[last][1]]

    def clauses(self) -> list["Sentence"]:
        """The parts of the sentence between commas."""
        return list(_sentences_of(self.written.split(",")))


def sentences(body: str) -> list[Sentence]:
    """The sentences of a text: words in small letters, without accents and apostrophes.

    "Please don’t TEXT meee!" becomes "please dont text me". Only the first MOST_CHARACTERS are read.
    """
    return list(_sentences_of(_SENTENCE.findall(_readable(body[:MOST_CHARACTERS]))))


def _sentences_of(parts: Iterable[str]) -> Iterator[Sentence]:
    for written in parts:
        if words := _WORD.findall(written):
            yield Sentence(written, " ".join(map(_plain, words)))


def _readable(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", without_invisible(text))


@lru_cache(maxsize=8192)
def _plain(word: str) -> str:
    """A word in plain small letters; a letter that is written three times or more counts once, and "#" as number."""
    if word in _SIGNS:
        return _SIGNS[word]
    letters = unicodedata.normalize("NFKD", word.translate(LOOK_ALIKES).casefold())
    plain = "".join(letter for letter in letters if letter.isalnum())
    return _REPEATED.sub(r"\1", plain)
