"""Known words: what the numbers of a text's pieces need of each word, worked out once."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from optout.reader.concepts import concepts_of
from optout.reader.score_words import bucket_of, bytes_of, name_of
from optout.reader.topics import topic_of

_RUN_LENGTHS = (3, 4, 5)  # characters


class KnownWord(NamedTuple):
    """The buckets of a word's own pieces, beginnings and endings of others, and what it names."""

    buckets: tuple[int, ...]
    crc: int  # of the word
    around_crc: int  # of the word and " _"
    name_crc: int  # of "~" and its name
    around_name_crc: int  # of "~", its name and " _"
    apart_name_crc: int  # of "~", its name and " _ _"
    after: bytes  # the word behind a space
    name_after: bytes  # its name behind a space
    concepts: tuple[str, ...]
    topic: str | None


@lru_cache(maxsize=8192)
def known_word(word: str) -> KnownWord:
    """What is known of a word."""
    return _known_as(word, name_of(word), pieces_of_word(word), concepts_of(word), topic_of(word))


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


def _known_as(
    word: str, name: str, pieces: Iterable[str], concepts: tuple[str, ...], topic: str | None
) -> KnownWord:
    first, named = bytes_of(word), bytes_of(f"~{name}")
    return KnownWord(
        tuple(map(bucket_of, pieces)),
        crc32(first),
        crc32(first + b" _"),
        crc32(named),
        crc32(named + b" _"),
        crc32(named + b" _ _"),
        b" " + first,
        b" " + bytes_of(name),
        concepts,
        topic,
    )


BEGINNING, END = (_known_as(mark, mark, (), (), None) for mark in "^$")
