"""All grammars, and what they find in a text together."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, repeat
from typing import NamedTuple

from optout.reader.grammar import PREFIX, Finding, Language
from optout.reader.languages.dutch import DUTCH
from optout.reader.languages.english import ENGLISH
from optout.reader.languages.french import FRENCH
from optout.reader.languages.german import GERMAN
from optout.reader.languages.italian import ITALIAN
from optout.reader.languages.portuguese import PORTUGUESE
from optout.reader.languages.spanish import SPANISH
from optout.reader.outcome import Outcome
from optout.reader.words import Sentence

LANGUAGES = (ENGLISH, SPANISH, FRENCH, PORTUGUESE, GERMAN, DUTCH, ITALIAN)
_SHORT = 4  # words of a text in which one clue suffices


type Versions = Sequence[tuple[Language, list[Sentence]]]  # the sentences as each language reads them


def compile_grammars() -> None:
    """Compile all grammars, which takes about a second; otherwise the first texts of a process wait for theirs."""
    for language in LANGUAGES:
        language.compiled()


class GrammarReading(NamedTuple):
    """What the grammars find in a text: what it asks, if anything, and whether it is a wish to be texted again."""

    finding: Finding | None
    wants_texts: bool
    sentences: Sequence[Sentence]  # those with a denial are apart by commas
    versions: Versions

    @property
    def undenied(self) -> list[Sentence]:
        """The sentences without words such as "don't stop" or "he stopped", which say that it is no opt-out."""
        return [sentence for at, sentence in enumerate(self.sentences) if not _is_denied(self.versions, at)]

    def is_reserved(self) -> bool:
        """Whether words say that an opt-out is not meant for all texts, or not for this number."""
        return _reserved_in(self.versions)


def read_grammars(sentences: Sequence[Sentence]) -> GrammarReading:
    """Read a text in each language of which it contains clues. An opt-out counts before what may be one."""
    sentences, versions = _apart(sentences, _versions_of(sentences))
    found, asking = None, set()
    for language, version in versions:
        for at, finding in language.opt_outs_in(version):
            if not _is_denied(versions, at):
                asking.add(at)
                found = found or finding
    if found and _reserved_in(versions):
        found = found._replace(outcome=Outcome.HOLD)
    wants = _wants_texts(versions, asking)
    if not found and not wants:
        found = next((hold for language, version in versions if (hold := language.hold_in(version))), None)
    return GrammarReading(found, wants, sentences, versions)


def _apart(sentences: Sequence[Sentence], versions: Versions) -> tuple[Sequence[Sentence], Versions]:
    """The sentences, those with a denial apart by commas: "I signed up by mistake, take me off" denies nothing."""
    denied = [at for at, each in enumerate(sentences) if "," in each.written and _is_denied(versions, at)]
    if not denied:
        return sentences, versions
    clauses = [
        clause for at, each in enumerate(sentences) for clause in (each.clauses() if at in denied else [each])
    ]
    return clauses, _versions_of(clauses)


def read_wish(sentences: Sequence[Sentence]) -> bool:
    """Whether a text is a wish to be texted again, if it asks for nothing else."""
    return _wants_texts(_versions_of(sentences), ())


def _versions_of(sentences: Sequence[Sentence]) -> Versions:
    return [(language, language.replaced(sentences)) for language in _languages_of(sentences)]


def _wants_texts(versions: Versions, asking: Collection[int]) -> bool:
    """Whether a sentence wants texts again, apart from those that ask for something else."""
    return any(
        language.patterns.wishes.search(words.words)
        for language, version in versions
        for at, words in enumerate(version)
        if at not in asking and language.has_clue(words)
    )


def _reserved_in(versions: Versions) -> bool:
    return any(language.patterns.reservations.search(_text(words)) for language, words in versions)


def _is_denied(versions: Versions, at: int) -> bool:
    return any(language.patterns.denials.search(words[at].words) for language, words in versions)


def _languages_of(sentences: Sequence[Sentence]) -> list[Language]:
    """The languages of which the text has a clue, and at least two words unless it is short."""
    prefixes = [word[:PREFIX] for sentence in sentences for word in sentence.words.split(" ")]
    fewest = 1 if len(prefixes) <= _SHORT else 2
    words = Counter(chain.from_iterable(map(_COMMON.get, prefixes, repeat(()))))
    clued = {*chain.from_iterable(map(_CLUED.get, prefixes, repeat(())))}
    return [LANGUAGES[at] for at in sorted(clued) if words[at] >= fewest]


def _by_prefix(prefixes: Iterable[frozenset[str]]) -> dict[str, tuple[int, ...]]:
    """The places of the languages that have a beginning of a word."""
    places: dict[str, tuple[int, ...]] = {}
    for at, each in enumerate(prefixes):
        for prefix in each:
            places[prefix] = (*places.get(prefix, ()), at)
    return places


_CLUED = _by_prefix(language.prefixes for language in LANGUAGES)
_COMMON = _by_prefix(language.common_prefixes for language in LANGUAGES)


def _text(sentences: Sequence[Sentence]) -> str:
    return " . ".join(sentence.words for sentence in sentences)
