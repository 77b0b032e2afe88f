"""Words of a text as the grammar reads them: plain small letters, one sentence at a time."""

import re
import unicodedata
from collections.abc import Iterator

MOST_CHARACTERS = 2_000  # of a text; longer texts are letters about something else
_SENTENCE_END = re.compile(r"[.!?…;:\n\r]+|\s[-–—]+\s")
_WORD = re.compile(r"[^\W_]+")


def sentences(body: str) -> Iterator[str]:
    """The sentences of a text: words in small letters, without accents and apostrophes, with single spaces between.

    "Please don’t TEXT me!" becomes "please dont text me". Only the first MOST_CHARACTERS are read.
    """
    for sentence in _SENTENCE_END.split(body[:MOST_CHARACTERS]):
        if words := _WORD.findall(_plain(sentence)):
            yield " ".join(words)


def _plain(sentence: str) -> str:
    letters = unicodedata.normalize("NFKD", sentence.casefold())
    return "".join(
        letter
        for letter in letters
        if letter not in "'’‘ʼ`´" and unicodedata.category(letter) not in ("Mn", "Cf")
    )
