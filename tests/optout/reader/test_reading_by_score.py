"""Tests of the score within the reader: it holds what the rules leave to it, and does nothing else."""

from pathlib import Path

import pytest

from optout.labelled_texts import read_labelled_texts
from optout.reader.outcome import Outcome, ReaderSettings, ReadingMode, TextReading
from optout.reader.reading import HELD_IF_NAMED, read
from optout.reader.score import VERSION

TEXTS = Path(__file__).parents[3] / "bench" / "opt_out_texts" / "training"


@pytest.fixture(scope="module")
def held() -> dict[str, TextReading]:
    """Of every tenth text for training those that the score decides. Which ones these are changes with the rules."""
    bodies = [row.text for path in sorted(TEXTS.glob("*.tsv")) for row in read_labelled_texts(path)]
    return {body: reading for body in bodies[::10] if (reading := read(body)).score is not None}


def test_the_score_holds_above_the_threshold_with_its_version(held: dict[str, TextReading]) -> None:
    assert len(held) > 20
    for reading in held.values():
        assert (reading.outcome, reading.rule, reading.version) == (
            Outcome.HOLD,
            "reads like an opt-out",
            VERSION,
        )
        assert reading.score is not None
        assert reading.score > HELD_IF_NAMED
        assert not reading.wants_texts


def test_an_inbox_that_only_holds_treats_the_score_alike(held: dict[str, TextReading]) -> None:
    assert {read(body, ReaderSettings(ReadingMode.HOLD)) for body in held} == set(held.values())


def test_an_inbox_that_reads_keywords_only_marks_what_the_score_would_hold(
    held: dict[str, TextReading],
) -> None:
    readings = [read(body, ReaderSettings(ReadingMode.KEYWORDS)) for body in held]
    assert {reading.outcome for reading in readings} == {Outcome.CONVERSATION}
    assert all(reading.may_be_opt_out for reading in readings)


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        "START",
        "HELP",
        "take me off your list",  # the grammar opts out
        "wrong number",  # the grammar holds
        "Liked “Sale today. Reply STOP to opt out”",  # a reaction
        "don't stop texting me",  # a denial
        "sorry, you can text me again",  # a wish to be texted again
        "See you at 5",
    ],
)
def test_the_score_says_nothing_where_a_rule_decides_or_it_is_low(body: str) -> None:
    reading = read(body)
    assert (reading.score, reading.version) == (None, "")
