"""Concept rules: requests that all languages make alike, as two concepts in a row, such as to stop and a text."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from optout.reader.concepts import concepts_of
from optout.reader.score_pieces import words_of
from optout.reader.words import Sentence

# For each rule: the first concept, and those that may follow. Words without a concept between them do not count.
RULES: Mapping[str, Mapping[str, str]] = {
    "asks to stop texting": {
        "stop": "send text these me",
        "text": "stop",
        "these": "stop",
        "want": "stop",
        "please": "stop",
    },
    "asks not to text": {
        "not": "send text receive more these me number",
        "send": "not",
        "text": "not",
        "more": "text",
        "consent": "not",
    },
    "asks to be removed from a list": {
        "remove": "me number list text these",
        "me": "remove",
        "number": "remove",
        "want": "remove",
        "please": "remove",
        "list": "remove",
    },
    "wants no texts": {"not": "want", "want": "not", "these": "not"},
    "asks to be left alone": {"leave": "me", "me": "leave"},
}


class Request(NamedTuple):
    """What two concepts in a row ask for, and the words that have them."""

    rule: str
    found: str


def request_in(sentences: Sequence[Sentence]) -> Request | None:
    """The first request of the sentences, or None. Half of all texts that contain one ask nothing of the kind."""
    for sentence in sentences:
        marked = [(word, concepts) for word in sentence.written.split() if (concepts := _concepts(word))]
        for (first, before), (second, after) in pairwise(marked):
            for rule, pairs in RULES.items():
                if any(then in pairs.get(concept, "").split() for concept in before for then in after):
                    return Request(rule, _between(sentence.written, first, second))
    return None


def _concepts(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(concept for word in words_of(written) for concept in concepts_of(word)))


def _between(written: str, first: str, second: str) -> str:
    start = written.index(first)
    return written[start : written.index(second, start) + len(second)]
