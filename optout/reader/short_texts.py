"""Short texts as a whole: STOP among words that change nothing, and phrases that may ask to stop.

Few words give the score little to go by, and a person who is sent what they do not want often writes no more than
"go away" or "you have the wrong number". So a text of a few words is also compared as a whole.
"""

import re
from collections.abc import Sequence
from functools import cache

from optout.reader.grammar import Finding
from optout.reader.languages.english_whole_texts import AROUND_STOP, BESIDE_STOP, SAID_STOP
from optout.reader.languages.whole_texts import COURTESIES, HOLDS
from optout.reader.outcome import Outcome
from optout.reader.words import Sentence, sentences

_MOST_WORDS = 10
# "STOP to end" alone may be copied out of a text of ours, or be the answer to it.
_MOST_COPIED = 40  # characters
# Thanks and the like around a goodbye.
_THANKS = (
    r"thanks|thank you|thank u|thx|ty|ok|okay|great|perfect|got it|will do|all done|sounds good|so much"
    r"|see (?:you|u|ya)(?: \w+)?|talk (?:soon|later)|gracias|merci|obrigad[oa]|danke|bedankt|dankjewel|grazie"
)
_FAREWELL = re.compile(
    rf"(?:(?:{_THANKS}) )*(?:bye|goodbye|bye bye|tschuss|tschau|chau|chao|ciao|adios|au revoir|tchau|doei|dag"
    rf"|arrivederci)(?: (?:{_THANKS}|now))*"
)
_COPIED = re.compile(r"stop ?(?:to |2 ?)(?:end|stop|opt ?out|quit|cancel|unsub\w*)")


def short_opt_out(parts: Sequence[Sentence]) -> Finding | None:
    """The reading of STOP or UNSUBSCRIBE among words that change nothing: "ok stop", "text stop", "stop right now"."""
    if _asking().fullmatch(_words_of(parts)):
        return Finding(Outcome.OPT_OUT, "asks to stop", _written(parts), "en")
    return None


def is_farewell(parts: Sequence[Sentence]) -> bool:
    """Whether a text is a goodbye, with thanks or alone: "Thank you, bye". The score takes it for leaving a list."""
    return _FAREWELL.fullmatch(_words_of(parts)) is not None


def doubtful_stop(parts: Sequence[Sentence]) -> Finding | None:
    """The reading of STOP beside banter or doubt: "lol stop", "no stop"."""
    if _doubtful().fullmatch(_words_of(parts)):
        return Finding(Outcome.HOLD, "may be a keyword", _written(parts), "en")
    return None


def short_hold(parts: Sequence[Sentence]) -> Finding | None:
    """The reading of a text that as a whole may ask to stop, with the rule and the language that has the phrase."""
    words = _words_of(parts)
    if not words:
        return None
    for text in dict.fromkeys((words, _without_courtesies(words))):
        if _any_hold().fullmatch(text):
            return _hold(text, parts)
    return None


def _hold(text: str, parts: Sequence[Sentence]) -> Finding | None:
    for language, rules in HOLDS.items():
        for rule, pattern in rules.items():
            if re.fullmatch(pattern, text):
                return Finding(Outcome.HOLD, rule, _written(parts), language)
    return None


def copied_stop(body: str) -> Finding | None:
    """The reading of "STOP to end" and the like, which otherwise count as words of ours that the person quotes."""
    parts = sentences(body[:_MOST_COPIED])
    if len(body) <= _MOST_COPIED and _COPIED.fullmatch(_words_of(parts)):
        return Finding(Outcome.HOLD, "may be a keyword", _written(parts), "en")
    return None


def _words_of(parts: Sequence[Sentence]) -> str:
    """All words with single spaces between; empty for a longer text."""
    if len(parts) > _MOST_WORDS:
        return ""
    words = " ".join(sentence.words for sentence in parts)
    return words if words.count(" ") < _MOST_WORDS else ""


def _written(parts: Sequence[Sentence]) -> str:
    return ". ".join(sentence.written.strip() for sentence in parts)


def _without_courtesies(words: str) -> str:
    return _courtesies().sub("", words)


@cache
def _courtesies() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{COURTESIES}) )+|(?: (?:{COURTESIES}))+$")


@cache
def _asking() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?:{AROUND_STOP}) )*(?:stop|unsubscribe|unsub)(?: (?:{AROUND_STOP}))*|{SAID_STOP}"
    )


@cache
def _doubtful() -> re.Pattern[str]:
    around = f"{AROUND_STOP}|{BESIDE_STOP}"
    return re.compile(rf"(?:(?:{around}) )*(?:stop|unsubscribe|unsub)(?: (?:{around}))*")


@cache
def _any_hold() -> re.Pattern[str]:
    """All patterns in one, which is faster: most texts have none of them."""
    return re.compile("|".join(pattern for rules in HOLDS.values() for pattern in rules.values()))
