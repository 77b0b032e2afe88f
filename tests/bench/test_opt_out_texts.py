"""Tests of the labelled texts: their labels and languages, and that no text or writer is in both sets."""

from collections import Counter
from pathlib import Path

import pytest

from optout.labelled_texts import LABELS, LabelledText, corpus_hash, read_labelled_texts
from optout.reader.score_weights import read_weights

FOLDER = Path(__file__).parents[2] / "bench" / "opt_out_texts"
LANGUAGES = {"en", "es", "fr", "pt", "de", "nl", "it"}


def texts_of(name: str) -> list[LabelledText]:
    return [row for path in sorted((FOLDER / name).glob("*.tsv")) for row in read_labelled_texts(path)]


@pytest.fixture(scope="module")
def training() -> list[LabelledText]:
    return texts_of("training")


@pytest.fixture(scope="module")
def scored() -> list[LabelledText]:
    return texts_of("scored")


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*/*.tsv")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_a_file_has_one_language_and_all_labels(path: Path) -> None:
    rows = read_labelled_texts(path)
    assert {row.language for row in rows} == {path.stem.partition("-")[0]}
    assert {row.label for row in rows} == set(LABELS) or path.stem.endswith(("-harder", "-natural"))
    assert all(row.writer and row.text.strip() == row.text for row in rows)


def test_both_sets_have_all_languages_and_the_sizes_that_the_docs_name(
    training: list[LabelledText], scored: list[LabelledText]
) -> None:
    assert {row.language for row in training} == {row.language for row in scored} == LANGUAGES
    assert len(training) >= 28_000
    assert len(scored) >= 4_000


def test_no_text_occurs_twice(training: list[LabelledText], scored: list[LabelledText]) -> None:
    counts = Counter(" ".join(row.text.casefold().split()) for row in training + scored)
    assert [text for text, count in counts.items() if count > 1] == []


def test_a_writer_is_in_one_set_only(training: list[LabelledText], scored: list[LabelledText]) -> None:
    assert {row.writer for row in training}.isdisjoint(row.writer for row in scored)


def test_the_weights_of_the_score_were_trained_on_these_texts(training: list[LabelledText]) -> None:
    """Fails after a change of the training set until `python -m bench.train_score` has run."""
    assert read_weights().corpus == corpus_hash(training)
