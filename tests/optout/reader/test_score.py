"""Tests of the score: fixed values, no errors, bounded time, and weights that belong to the training texts."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.reader.clause_pieces import pieces_of_clauses, pieces_of_ends
from optout.reader.known_words import pieces_of_word
from optout.reader.reading import HELD_IF_NAMED
from optout.reader.score import THRESHOLD, VERSION, score_of
from optout.reader.score_pieces import (
    buckets_of,
    pieces_in_order,
    pieces_in_order_by_name,
    pieces_of,
    pieces_of_length,
    pieces_of_run,
)
from optout.reader.score_weights import FILE, ScoreWeights, read_weights
from optout.reader.score_words import (
    BUCKETS,
    MOST_CHARACTERS,
    Clause,
    bucket_of,
    length_step,
    words_and_clauses,
    words_of,
)
from optout.reader.topics import topic_of

OPT_OUTS = [
    "please make these stop already, I never asked for this",
    "I do not wish to receive any more of your messages",
    "quiten mi numero de su lista por favor",
    "merci de ne plus m'envoyer vos messages",
    "não quero mais receber essas mensagens",
    "bitte keine weiteren Nachrichten mehr an mich schicken",
    "stuur me geen berichten meer aub",
    "non voglio più ricevere i vostri messaggi",
]
ORDINARY = [
    "",
    "  \n ",
    "See you at 5",
    "Thank you so much, we are on our way",
    "Yes",
    "What time do you open tomorrow?",
    "Gracias, nos vemos el lunes",
    "À demain !",
    "Obrigada, até amanhã",
    "Danke, bis morgen um 10",
    "Tot morgen!",
    "Grazie mille, a domani",
    "😀😀😀",
    "1234567",
]


@pytest.mark.parametrize("body", OPT_OUTS)
def test_what_reads_like_an_opt_out_is_above_the_threshold(body: str) -> None:
    assert score_of(body) > THRESHOLD


@pytest.mark.parametrize("body", ORDINARY)
def test_everyday_texts_are_far_below_the_threshold(body: str) -> None:
    assert score_of(body) < THRESHOLD / 2


@given(st.text(alphabet=st.characters(), max_size=2 * MOST_CHARACTERS))
def test_any_text_has_a_score_in_thousandths(body: str) -> None:
    assert 0 <= score_of(body) <= 1000
    assert score_of(body) == score_of(body)


@given(st.text(max_size=1000))
def test_only_the_beginning_is_read(ending: str) -> None:
    beginning = "word " * (MOST_CHARACTERS // 5)
    assert score_of(beginning + ending) == score_of(beginning)


@given(st.text(alphabet=st.characters(), max_size=5_000))
def test_the_number_of_pieces_is_bounded(body: str) -> None:
    text = words_and_clauses(body)
    words = text.words
    # One character may be up to 18 after normalization (U+FDFA); the text is cut again before.
    assert sum(len(word) for word in words) <= 18 * MOST_CHARACTERS
    characters = sum(len(word) + 2 for word in words)
    assert len(buckets_of(text)) <= 30 * characters + 500  # 500: each two concepts


def test_words_are_small_letters_without_accents_apostrophes_and_figures() -> None:
    assert words_of("Don’t ARRÊTEZ: 12,50 à 5pm?! 🛑") == [
        "dont", "arretez", "0", "0", "a", "0", "pm", "?", "!", "🛑",
    ]  # fmt: skip


def test_pieces_are_words_runs_of_characters_and_words_in_order() -> None:
    assert list(pieces_of_word("no")) == ["no", "<no", "no>", "<no>", "#not"]
    assert list(pieces_in_order(["^", "stop", "it", "$"])) == [
        "^ stop",
        "stop it",
        "it $",
        "^ _ it",
        "stop _ $",
    ]
    assert list(pieces_in_order_by_name(["^", "stop", "these", "$"])) == [
        "~^ stop", "~stop these", "~these $", "~^ stop these", "~^ _ these", "~stop these $", "~stop _ $",
        "~^ _ _ $",
    ]  # fmt: skip
    assert list(pieces_of_run((("remove", "me"), ("text",)))) == ["#remove text", "#me text"]


def test_a_text_has_its_length_in_steps_alone_and_with_its_concepts() -> None:
    assert list(pieces_of_length(8, ["stop", "me"])) == ["|8", "|8 stop", "|8 me"]
    for words, step in ((1, 1), (6, 6), (7, 8), (8, 8), (9, 11), (30, 30), (31, 31), (200, 31)):
        assert length_step(words) == step
        assert f"|{step}" in set(pieces_of(words_and_clauses("go " * words)))


def test_a_text_has_pieces_of_concepts_and_of_topics() -> None:
    assert [topic_of(word) for word in ("onions", "zwiebeln", "0", "bibliography")] == [
        "food",
        "food",
        "0",
        None,
    ]
    assert {"~remove food", "&remove food", "@food", "#^ remove"} <= set(
        pieces_of(words_and_clauses("remove onions"))
    )


@given(st.text(alphabet=st.characters(), max_size=400))
def test_the_buckets_of_a_text_are_those_of_its_pieces(body: str) -> None:
    text = words_and_clauses(body)
    assert buckets_of(text) == set(map(bucket_of, pieces_of(text)))


def test_a_clause_stands_between_punctuation_marks() -> None:
    assert words_and_clauses("Ok, see you at 5. Stop?! - 🛑") == (
        ["ok", "see", "you", "at", "0", "stop", "?", "!", "🛑"],
        [Clause(0, 1, False), Clause(1, 5, False), Clause(5, 6, True), Clause(8, 9, False)],
    )
    assert words_and_clauses("?!") == (["?", "!"], [])


def test_a_clause_has_pieces_of_what_it_names_and_of_its_ends() -> None:
    text = words_and_clauses("Remove onions? Thanks")
    assert set(pieces_of_clauses(*text)) == {
        "%^ remove", "%q? remove", "%tremove food", "%oremove|1", "%l^2?", "%3 remove food", "%e remove food",
        "%$ onions", "%w remove onions", "%v remove onions",
        "%o|0", "%l$1", "%n$1", "%3 thanks", "%e thanks", "%^ thanks", "%$ thanks", "%w thanks", "%v thanks",
    }  # fmt: skip
    assert "%e have a day" in list(pieces_of_ends(["have", "a", "nice", "day"], ["0", "have", "a", "day"]))


def test_the_documentation_names_the_threshold() -> None:
    documented = (Path(__file__).parents[3] / "docs" / "reading-texts.md").read_text(encoding="utf-8")
    assert f"| nothing | above {THRESHOLD} | hold" in documented
    assert f"| | above {HELD_IF_NAMED}, and a word for stopping" in documented


def test_a_piece_counts_once() -> None:
    assert buckets_of(words_and_clauses("go " * 7)) == buckets_of(words_and_clauses("go " * 8))


def test_the_version_is_the_one_of_the_file_and_changes_with_what_decides() -> None:
    frozen = read_weights()
    assert json.loads(FILE.read_text())["version"] == VERSION == frozen.version
    assert ScoreWeights.from_text(frozen.as_text()) == frozen
    assert len(frozen.weights) == BUCKETS
    assert FILE.stat().st_size < 600_000


@pytest.mark.parametrize(
    ("body", "score"),
    [
        ("please make these stop already, I never asked for this", 1000),
        ("See you at 5", 0),
        ("no quiero más mensajes", 998),
    ],
)
def test_scores_are_the_same_on_every_machine(body: str, score: int) -> None:
    """The figures change only with the file of weights."""
    assert score_of(body) == score
