"""Extra keywords of a team: every rule that refuses a word, as tables."""

import pytest

from optout.extra_words import MOST_WORDS, RESERVED_WORDS, common_errors, split_words, word_errors
from optout.keywords import read_keyword
from optout.reader.outcome import Outcome

STOP, START, HELP = Outcome.OPT_OUT, Outcome.OPT_IN, Outcome.HELP


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("parada\n  dar   de baja ", ["PARADA", "DAR DE BAJA"]),
        ("out, leave; bye", ["OUT", "LEAVE", "BYE"]),
        ("baja\nBAJA\nb-a-j-a", ["BAJA"]),  # the same keyword
    ],
)
def test_words_of_a_field(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("meaning", "word", "error"),
    [
        (STOP, "PARADA", ""),
        (STOP, "9", ""),
        (STOP, "X" * 40, ""),
        (STOP, "X" * 41, "longer than 40"),
        (STOP, "!!!", "neither a letter nor a digit"),
        (STOP, "YES", "always means opting in"),
        (STOP, "HELP", "always means help"),
        (START, "STOP", "always means opting out"),
        (START, "Opt-Out", "always means opting out"),
        (START, "START", "always means opting in"),
        (HELP, "UNSUBSCRIBE", "always means opting out"),
        (HELP, "AIDE", "always means help"),
        (START, "OK", "everyday answer"),
        (START, "Sí", "everyday answer"),
        (START, "JOIN", ""),
        (START, "NO MORE TEXTS", "opt"),
        (HELP, "SOS", ""),
    ],
)
def test_refused_words(meaning: Outcome, word: str, error: str) -> None:
    errors = list(word_errors(meaning, [word]))
    assert (error in errors[0]) if error else not errors, errors


def test_a_word_has_one_meaning() -> None:
    (error,) = common_errors({STOP: ["PARADA"], HELP: ["parada!"]})
    assert "for opting out and for help" in error
    assert not list(common_errors({STOP: ["PARADA"], HELP: ["AYUDA"]}))


@pytest.mark.parametrize(("count", "refused"), [(MOST_WORDS, False), (MOST_WORDS + 1, True)])
def test_number_of_words(count: int, refused: bool) -> None:
    words = [f"WORD{number}" for number in range(count)]
    assert bool(list(common_errors({STOP: words[:20], HELP: words[20:]}))) == refused


def test_reserved_words_are_keywords() -> None:
    for meaning, words in RESERVED_WORDS.items():
        for word in words:
            assert read_keyword(word) is (Outcome.YES if word == "YES" else meaning), word
