"""Hits of a search in a text: where its words are, and the part of the text around the first one."""

import itertools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from contacts.search.refresh import FOLDED_LETTERS
from kernel.visible_text import without_invisible

BEFORE, SHOWN = 60, 220  # characters before the first hit, and shown at most
# As in the SQL functions contacts_folded and messaging_search_words.
_FOLDED = dict(
    zip(FOLDED_LETTERS, ("l", "o", "d", "d", "h", "t", "n", "i", "k", "ss", "ae", "oe", "th"), strict=True)
)
_LEFT_OUT = frozenset("'’`")


@dataclass(frozen=True)
class TextPart:
    """A part of a text, and whether it is a hit."""

    words: str
    is_hit: bool = False


def typed_words(typed: str) -> list[str]:
    """The words of a search, folded, the longest first: it marks the most."""
    folded, _ = _fold(without_invisible(typed))
    return sorted(
        set("".join(c if c.isalnum() or ord(c) > 0x2BFF else " " for c in folded).split()), key=len
    )[::-1]


def excerpt(body: str, words: list[str]) -> list[TextPart]:
    """The text around its first hit in parts, with an ellipsis where it is cut."""
    spans = list(_spans(body, words))
    first = spans[0][0] if spans else 0
    start = 0 if first <= BEFORE else _word_start(body, first - BEFORE)
    end = len(body) if len(body) <= start + SHOWN else start + SHOWN
    parts, at = [TextPart("…")] if start else [], start
    for hit_start, hit_end in spans:
        if hit_start < at or hit_end > end:
            continue
        parts += [TextPart(body[at:hit_start]), TextPart(body[hit_start:hit_end], is_hit=True)]
        at = hit_end
    parts += [TextPart(body[at:end]), TextPart("…" if end < len(body) else "")]
    return [part for part in parts if part.words]


def _spans(body: str, words: list[str]) -> Iterator[tuple[int, int]]:
    """Where the words are in the text: from the first character up to but without the second, without overlaps."""
    folded, origins = _fold(body)
    inside = [False] * len(body)
    for word in words:
        at = folded.find(word)
        while at >= 0:
            if len(word) > 2 or not word.isascii() or at == 0 or not folded[at - 1].isalnum():
                for place in range(origins[at], _end(body, origins[at + len(word) - 1])):
                    inside[place] = True
            at = folded.find(word, at + 1)
    for is_hit, run in itertools.groupby(range(len(body)), key=inside.__getitem__):
        if is_hit:
            places = list(run)
            yield places[0], places[-1] + 1


def _end(body: str, place: int) -> int:
    """Behind the character at a place and the accents that follow it."""
    end = place + 1
    while end < len(body) and unicodedata.combining(body[end]):
        end += 1
    return end


def _fold(text: str) -> tuple[str, list[int]]:
    """The text in lower case without accents and invisible characters, and the place of each character in the text."""
    folded, origins = [], []
    for place, character in enumerate(text):
        if character in _LEFT_OUT or unicodedata.category(character) == "Cf":
            continue
        for plain in unicodedata.normalize("NFKD", character).lower():
            if not "\u0300" <= plain <= "\u036f":
                for letter in _FOLDED.get(plain, plain):
                    folded.append(letter)
                    origins.append(place)
    return "".join(folded), origins


def _word_start(body: str, place: int) -> int:
    """The start of a word near the place, so that no word is cut where there are blanks."""
    blank = body.find(" ", place, place + 20)
    return blank + 1 if blank >= 0 else place
