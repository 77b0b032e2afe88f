"""Keywords at the beginning or the end of a text that says more: "I have asked nicely. Stop.", "STOP and thank you".

A keyword with other words is no keyword at the carriers. People still mean it, except where the text is about
something else, which its score tells.
"""

from collections.abc import Sequence

from optout.keywords import read_keyword
from optout.reader.grammar import Finding
from optout.reader.keyword_packs import keyword_table
from optout.reader.languages.all_languages import GrammarReading
from optout.reader.languages.english_whole_texts import BESIDE_STOP
from optout.reader.outcome import Outcome
from optout.reader.words import Sentence

# Scores in thousandths that a text needs; they were chosen on folds of the training texts.
SURE_OF_CLAUSE = 400  # if its first or last clause is a keyword
SURE_OF_BEGINNING = 400  # if it is short and begins with STOP
SURE_OF_END = 600  # if it ends with STOP
_STOPS = {"stop", "stopall", "unsubscribe", "unsub"}
_LAUGHTER = set(
    "lol lmao lmfao haha hahaha hahahaha hehe hehehe ptdr mdr jaja jajaja jajajaja kkk kkkk rsrs ever".split()
)
_DOUBTFUL = set(BESIDE_STOP.split("|"))  # in a short text
_SHORT = 4  # words
_MOST_WORDS = 12


def without_echoes(parts: list[Sentence], own: str) -> list[Sentence]:
    """The sentences of the text `own` without "Quit?" and the like beside others, which only echo a word.

    STOP and UNSUBSCRIBE stay: a member reads what is said about them.
    """
    if "?" not in own or len(parts) == 1:
        return parts
    others = [each for each in parts if not _is_echo(each, own)]
    return others or parts


def _is_echo(each: Sentence, own: str) -> bool:
    written = each.written.strip()
    return f"{written}?" in own and not _STOPS & {*each.words.split(" ")} and _is_keyword(written)


def keyword_at_an_end(grammar: GrammarReading, score: int) -> Finding | None:
    """The opt-out by a keyword at one end of the text, if the score is sure enough; a hold if it is not."""
    parts = grammar.sentences
    if not parts or grammar.wants_texts or grammar.is_reserved():
        return None
    if score >= SURE_OF_CLAUSE and (clause := _keyword_clause(parts)):
        return Finding(Outcome.OPT_OUT, "asks to stop", clause, "en")
    if _has_stop_at_an_end(parts, grammar.undenied, score):
        return Finding(Outcome.OPT_OUT, "asks to stop", parts[-1].written.strip(), "en")
    return keyword_sentence(parts)


def keyword_sentence(parts: Sequence[Sentence]) -> Finding | None:
    """A hold for STOP as the first or last sentence: whatever else the text says, a member reads it."""
    ends = [parts[0], parts[-1]] if len(parts) > 1 else []
    found = next(
        (end.written for end in ends if _STOPS & {*end.words.split(" ")} and _is_keyword(end.written)), ""
    )
    return Finding(Outcome.HOLD, "may be a keyword", found.strip(), "en") if found else None


def _keyword_clause(parts: Sequence[Sentence]) -> str:
    """The first or last sentence if it is a keyword ("Stop, please"), or else the first or last clause."""
    first, last = parts[0], parts[-1]
    ends = (first, last, first.clauses()[0], last.clauses()[-1])
    return next((end.written.strip() for end in ends if _is_keyword(end.written)), "")


def _has_stop_at_an_end(parts: Sequence[Sentence], undenied: Sequence[Sentence], score: int) -> bool:
    words = [word for sentence in parts for word in sentence.words.split(" ")]
    is_short = len(words) <= _SHORT
    doubts = _LAUGHTER | _DOUBTFUL if is_short else _LAUGHTER
    if len(words) > _MOST_WORDS or not doubts.isdisjoint(words) or any(map(str.isdigit, words)):
        return False
    begins = words[0] in _STOPS and is_short
    ends = words[-1] in _STOPS and parts[-1] in undenied
    return (begins and score >= SURE_OF_BEGINNING) or (ends and score >= SURE_OF_END)


def _is_keyword(written: str) -> bool:
    return read_keyword(written, keyword_table(())) is Outcome.OPT_OUT
