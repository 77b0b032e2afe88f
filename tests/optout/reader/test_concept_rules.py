"""Tests of the rules of concepts: requests that all languages make alike, and that the score may doubt."""

import pytest

from optout.reader.concept_rules import named_request_in, request_in, scattered_request_in
from optout.reader.concepts import concepts_of
from optout.reader.languages.all_languages import read_grammars
from optout.reader.outcome import Outcome
from optout.reader.reading import DISMISSED, DOUBTED, HELD_IF_NAMED, SURE, UNLIKELY, read
from optout.reader.score import THRESHOLD, score_of
from optout.reader.words import sentences


@pytest.mark.parametrize(
    ("word", "concepts"),
    [
        ("stop", {"stop"}),
        ("darreter", {"stop"}),
        ("menvoyez", {"send"}),
        ("quitenme", {"remove", "me"}),
        ("toglietemi", {"remove", "me"}),
        ("nachrichten", {"text"}),
        ("banana", set()),
        ("welcome", set()),
    ],
)
def test_a_word_has_the_concepts_of_its_beginning(word: str, concepts: set[str]) -> None:
    assert set(concepts_of(word)) == concepts


@pytest.mark.parametrize(
    ("text", "rule", "found"),
    [
        ("Hi. Please discontinue the bulletins", "asks to stop texting", "Please discontinue"),
        ("smijt mij van die lijst", "asks to be removed from a list", "smijt mij"),
        ("ya sáquenme", "asks to be removed from a list", "sáquenme"),
        ("never, ever text", "asks not to text", "never, ever"),
    ],
)
def test_two_concepts_in_a_row_are_a_request_with_its_words(text: str, rule: str, found: str) -> None:
    request = request_in(sentences(text))
    assert request is not None
    assert (request.rule, request.found) == (rule, found)


@pytest.mark.parametrize("text", ["", "See you at five", "The weather is nice. Stop"])
def test_one_concept_is_no_request(text: str) -> None:
    assert request_in(sentences(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Kindly discontinue these bulletins to my mobile",
        "dégage-moi de ta liste de sms",
        "smijt mij nu eens van die lijst met sms'jes",
    ],
)
def test_a_request_opts_out_where_the_score_is_sure(text: str) -> None:
    found = read(text)
    assert (found.outcome, found.score) == (Outcome.OPT_OUT, None)
    assert found.rule and found.found in text


@pytest.mark.parametrize(
    "text", ["Please don't text before 8am", "Comment ne plus recevoir vos messages, sauf les rappels de rdv"]
)
def test_a_request_for_some_texts_holds(text: str) -> None:
    assert read(text).outcome is Outcome.HOLD


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Please stop sending me these texts", Outcome.OPT_OUT),
        ("STOP SENDING THE BILL TO MY DAUGHTERS HOUSE SEND IT TO MINE", Outcome.HOLD),
        ("They shut me down at the weigh station, back at 6", Outcome.CONVERSATION),
    ],
)
def test_the_score_may_doubt_or_dismiss_what_a_rule_of_a_language_found(text: str, outcome: Outcome) -> None:
    finding = read_grammars(sentences(text)).finding
    assert finding and finding.outcome is Outcome.OPT_OUT
    expected = score_of(text)
    assert (expected >= DOUBTED, expected < DISMISSED) == (
        outcome is Outcome.OPT_OUT, outcome is Outcome.CONVERSATION,
    )  # fmt: skip
    assert read(text).outcome is outcome


def test_words_apart_opt_out_where_the_score_is_very_sure() -> None:
    text = "You have my permission revoked"
    assert request_in(sentences(text)) is None and score_of(text) >= SURE
    assert (read(text).outcome, read(text).rule) == (Outcome.OPT_OUT, "asks to stop, in words apart")


@pytest.mark.parametrize("text", ["See you at five", "The weather is nice. Stop"])
def test_words_apart_need_both_concepts_in_one_sentence(text: str) -> None:
    assert scattered_request_in(sentences(text)) is None


@pytest.mark.parametrize("text", ["take. me. off.", "DELETE DELETE DELETE"])
def test_one_word_for_stopping_opts_out_where_the_score_is_surest(text: str) -> None:
    assert score_of(text) >= SURE
    assert named_request_in(sentences(text)) is not None
    assert read(text).outcome is Outcome.OPT_OUT


def test_a_text_without_a_word_for_stopping_names_no_request() -> None:
    assert named_request_in(sentences("See you at five. Thank you")) is None


@pytest.mark.parametrize(
    ("text", "names", "outcome"),
    [
        ("my phone has no room for your texts", True, Outcome.HOLD),
        ("my inbox is full of you", False, Outcome.CONVERSATION),
    ],
)
def test_a_text_that_names_to_stop_holds_above_a_lower_score(
    text: str, names: bool, outcome: Outcome
) -> None:
    assert HELD_IF_NAMED < score_of(text) <= THRESHOLD
    assert (named_request_in(sentences(text)) is not None) is names
    assert read(text).outcome is outcome


def test_what_a_rule_of_a_language_would_hold_needs_some_score() -> None:
    text = "wrong guy for the job"
    finding = read_grammars(sentences(text)).finding
    assert finding and finding.outcome is Outcome.HOLD
    assert DISMISSED <= score_of(text) < UNLIKELY
    assert read(text).outcome is Outcome.CONVERSATION


@pytest.mark.parametrize("text", ["Bye", "Well, it is over", "Use the side door"])
def test_an_everyday_word_names_no_request(text: str) -> None:
    assert named_request_in(sentences(text)) is None
    assert read(text).outcome is not Outcome.OPT_OUT
