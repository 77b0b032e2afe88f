"""Concept rules: requests that all languages make alike, as two concepts in a row, such as to stop and a text."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from optout.reader.concepts import concepts_of
from optout.reader.score_words import words_of
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


_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_OF_TEXTS = {"send", "text", "receive", "list", "these", "number", "consent"}
_OF_TEXTS_OR_ME = _OF_TEXTS | {"me", "more"}
_ASKED = {"stop", "remove", "not", "leave"}
_POSSESSIVES = set("my ma mon mes mi mis mio mia meu minha mein meine meinen mijn mn".split())
# Words of the concepts above that people use for much else: alone they name no request.
_EVERYDAY = set(
    "bye goodbye chau chao over use done back close out plenty zip finished finito finita finiti finite fini finie"
    " finis termine terminado terminato ferme fermee fermo".split()
)
_TOGETHER = {"remove", "me"}  # in one word, as in "sáquenme" and "toglietemi"


class Request(NamedTuple):
    """What two concepts in a row ask for, and the words that have them."""

    rule: str
    found: str


def request_in(sentences: Sequence[Sentence]) -> Request | None:
    """The first request of the sentences, or None. Many texts contain one and ask for nothing."""
    return next(filter(None, (_request_of(sentence.written) for sentence in sentences)), None)


def scattered_request_in(sentences: Sequence[Sentence]) -> Request | None:
    """The first sentence that names both to stop, and the texts or me, anywhere; or None. Weaker than request_in."""
    for sentence in sentences:
        concepts = _concepts(sentence.written)
        if _names_to_stop(sentence) and not _OF_TEXTS_OR_ME.isdisjoint(concepts):
            return Request("asks to stop, in words apart", sentence.written.strip())
    return None


def named_request_in(sentences: Sequence[Sentence]) -> Request | None:
    """The first sentence that names to stop, whatever else it says; or None. Weaker than scattered_request_in."""
    for sentence in sentences:
        if _names_to_stop(sentence):
            return Request("asks to stop, in words apart", sentence.written.strip())
    return None


def _names_to_stop(sentence: Sentence) -> bool:
    words = [word for word in words_of(sentence.written) if word not in _EVERYDAY]
    return any(not _ASKED.isdisjoint(concepts_of(word)) for word in words)


def _request_of(written: str) -> Request | None:
    places = [(match.span(), _concepts(match[0])) for match in _TOKEN.finditer(written)]
    marked = [(span, concepts) for span, concepts in places if concepts]
    for (start, end), concepts in marked:
        if _TOGETHER.issubset(concepts):
            return Request("asks to be removed from a list", written[start:end])
    named = {concept for _, concepts in marked for concept in concepts}
    for ((start, _), before), ((begin, end), after) in pairwise(marked):
        rule = _rule_of(before, after)
        ends = end == len(written.rstrip())  # "no more" without what follows it is about the texts, too
        if rule and (ends or _is_about_texts(rule, written[begin:end], named)):
            return Request(rule, written[start:end])
    return None


def _is_about_texts(rule: str, last: str, named: set[str]) -> bool:
    """Whether the sentence, with the concepts that it names, says what the rule is about: "no more" of what?"""
    if rule in ("asks not to text", "wants no texts"):
        return not _OF_TEXTS.isdisjoint(named)
    return "number" in named or last.casefold() not in _POSSESSIVES


def _rule_of(before: tuple[str, ...], after: tuple[str, ...]) -> str | None:
    """The rule that has one of the concepts before, followed by one of those after."""
    for rule, pairs in RULES.items():
        if any(then in pairs.get(concept, "").split() for concept in before for then in after):
            return rule
    return None


def _concepts(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(concept for word in words_of(written) for concept in concepts_of(word)))
