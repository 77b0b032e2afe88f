"""Extra keywords of a team: what may be added to the reserved words, and why other words may not. Pure functions."""

import re
from collections.abc import Iterator, Mapping

from optout.keywords import fold_keyword
from optout.reader.outcome import Outcome
from optout.reader.reading import read

MOST_WORDS = 50  # of a team
LONGEST_WORD = 40  # characters

# Words that mean the same in every team, because carriers or the law say so.
RESERVED_WORDS = {
    Outcome.OPT_OUT: ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPT OUT"),
    Outcome.OPT_IN: ("START", "UNSTOP", "YES"),
    Outcome.HELP: ("HELP", "INFO", "AIDE"),
}
_NAMES = {
    Outcome.OPT_OUT: "opting out",
    Outcome.OPT_IN: "opting in",
    Outcome.YES: "opting in",
    Outcome.HELP: "help",
}

# Everyday answers, folded. A person who answers a question with one of them has not asked for texts.
_EVERYDAY = frozenset(
    "Y YEA YEAH YEP YUP OK OKAY OKEY K KK SURE FINE GOOD GREAT THANKS THANKYOU HI HELLO HEY NO N C CONFIRM AGREE"
    " SI CLARO VALE BUENO GRACIAS OUI DACCORD MERCI SIM TABOM OBRIGADO OBRIGADA JA GUT GERN DANKE GOED BEDANKT"
    " VABENE GRAZIE CERTO".split()
)


def split_words(text: str) -> list[str]:
    """The words of a field, one a line or between commas, in capitals and each once."""
    words: dict[str, str] = {}
    for part in re.split(r"[\n,;]", text):
        word = " ".join(part.upper().split())
        if word:
            words.setdefault(fold_keyword(word) or word, word)
    return list(words.values())


def word_errors(meaning: Outcome, words: list[str]) -> Iterator[str]:
    """A sentence for each word that may not get this meaning."""
    for word in words:
        if error := _word_error(meaning, word):
            yield error


def _word_error(meaning: Outcome, word: str) -> str:
    folded = fold_keyword(word)
    if len(word) > LONGEST_WORD:
        return f"“{word[:LONGEST_WORD]}…” is longer than {LONGEST_WORD} characters."
    if not folded:
        return f"“{word}” has neither a letter nor a digit."
    if meaning is Outcome.OPT_IN and folded in _EVERYDAY:
        return f"“{word}” is an everyday answer. People would opt in without meaning to."
    found = read(word).outcome
    if found in _NAMES:
        return f"“{word}” is reserved: it always means {_NAMES[found]}."
    if found is Outcome.HOLD and meaning is not Outcome.OPT_OUT:
        return f"“{word}” may be an opt-out and cannot mean {_NAMES[meaning]}."
    return ""


def common_errors(words_of: Mapping[Outcome, list[str]]) -> Iterator[str]:
    """A sentence for each word with two meanings, and one if there are too many words."""
    meanings: dict[str, Outcome] = {}
    for meaning, words in words_of.items():
        for word in words:
            other = meanings.setdefault(fold_keyword(word), meaning)
            if other is not meaning:
                yield f"“{word}” is listed for {_NAMES[other]} and for {_NAMES[meaning]}. Choose one."
    if sum(map(len, words_of.values())) > MOST_WORDS:
        yield f"A team may add at most {MOST_WORDS} words."
