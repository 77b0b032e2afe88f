"""Grammar of opt-outs in a person's own words: rules over the words of one sentence, by language.

The words are in small letters, without accents and apostrophes ("dont", "menvoyez"), with single spaces between.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from optout.reader.concepts import concepts_of
from optout.reader.outcome import Outcome
from optout.reader.words import Sentence

PREFIX = 4  # letters of a word by which a language is chosen


@dataclass(frozen=True)
class Rule:
    """A rule; `name` says in plain words what a sentence asks for.

    It finds one of `patterns`, unless the sentence also contains `unless`, and only in a text that contains `also`;
    each is over whole words. A sentence without one of the concepts of `needs` is not searched.
    """

    name: str
    patterns: Sequence[str]
    unless: str
    also: str
    needs: frozenset[str]

    @cached_property
    def compiled(self) -> "_CompiledRule":
        """Compiled when a text first needs it: together they take longer than all other modules of the package."""
        return _CompiledRule(
            _words(*self.patterns),
            _words(self.unless) if self.unless else None,
            _words(self.also) if self.also else None,
        )


class _CompiledRule(NamedTuple):
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    also: re.Pattern[str] | None


def rule(name: str, *patterns: str, unless: str = "", also: str = "", needs: str = "") -> Rule:
    """A rule; `needs` are concepts with spaces between."""
    return Rule(name, patterns, unless, also, frozenset(needs.split()))


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


def spellings(*words: str) -> dict[str, str]:
    """Words by their other spellings. Each argument is a word and its other spellings, with spaces between."""
    return {other: word for word, *others in map(str.split, words) for other in others}


class Finding(NamedTuple):
    """What the grammar found: the outcome, the rule's name, the words as the person wrote them, and their language."""

    outcome: Outcome
    rule: str
    found: str
    language: str


@dataclass(frozen=True)
class Language:
    """The grammar of one language, as data.

    A text is read in it if one of its words begins like one of `clues`, and enough of them like those or like `common`
    words. `same` replaces spellings by the word that the rules
    name. `opt_outs` ask to stop, `holds` may ask to stop. A sentence with one of `denials` is about something else:
    somebody else stops, or the person asks not to stop. In a text with one of `reservations` an opt-out is not meant
    for all texts, or not for this number, so it holds. `wishes` ask to be texted again.
    """

    code: str
    clues: str
    common: str
    opt_outs: Sequence[Rule]
    holds: Sequence[Rule]
    denials: str
    reservations: str
    wishes: str
    same: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """The first PREFIX letters of each clue."""
        return frozenset(clue[:PREFIX] for clue in self.clues.split())

    @cached_property
    def common_prefixes(self) -> frozenset[str]:
        """The first PREFIX letters of each clue and each common word."""
        return self.prefixes | {word[:PREFIX] for word in self.common.split()}

    @cached_property
    def patterns(self) -> "_Patterns":
        """Denials, reservations and wishes, compiled."""
        return _Patterns(_words(self.denials), _words(self.reservations), _words(self.wishes))

    def compiled(self) -> tuple["_Patterns", list[_CompiledRule]]:
        """All its patterns and rules, compiled now."""
        return self.patterns, [each.compiled for each in (*self.opt_outs, *self.holds)]

    def has_clue(self, sentence: Sentence) -> bool:
        """Whether a word of the sentence begins like a clue. A sentence without one asks for nothing."""
        return not self.prefixes.isdisjoint([word[:PREFIX] for word in sentence.words.split(" ")])

    def replaced(self, sentences: Sequence[Sentence]) -> list[Sentence]:
        """The sentences with the words that the rules name, for other spellings."""
        return [
            Sentence(each.written, " ".join(self.same.get(word, word) for word in each.words.split(" ")))
            for each in sentences
        ]

    def opt_outs_in(self, sentences: Sequence[Sentence]) -> Iterator[tuple[int, Finding]]:
        """What asks to stop in the sentences, and in which of them."""
        text = " . ".join(sentence.words for sentence in sentences)
        for at, sentence in enumerate(sentences):
            concepts = _concepts_in(sentence)
            for each in self.opt_outs if self.has_clue(sentence) else ():
                if each.needs and each.needs.isdisjoint(concepts):
                    continue
                if finding := self._apply(each, Outcome.OPT_OUT, sentence, text):
                    yield at, finding
                    break

    def hold_in(self, sentences: Sequence[Sentence]) -> Finding | None:
        """What may ask to stop in the sentences, or None."""
        text = " . ".join(sentence.words for sentence in sentences)
        findings = (
            self._apply(each, Outcome.HOLD, sentence, text)
            for sentence in sentences
            if self.has_clue(sentence)
            for each in self.holds
        )
        return next((finding for finding in findings if finding), None)

    def _apply(self, each: Rule, outcome: Outcome, sentence: Sentence, text: str) -> Finding | None:
        pattern, unless, also = each.compiled
        match = pattern.search(sentence.words)
        if not match or (unless and unless.search(sentence.words)):
            return None
        if also and not also.search(text):
            return None
        return Finding(outcome, each.name, sentence.as_written(*match.span()), self.code)


def _concepts_in(sentence: Sentence) -> set[str]:
    return {concept for word in sentence.words.split(" ") for concept in concepts_of(word)}


class _Patterns(NamedTuple):
    denials: re.Pattern[str]
    reservations: re.Pattern[str]
    wishes: re.Pattern[str]
