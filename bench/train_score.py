"""Training of the score of opt-outs, `python -m bench.train_score`: writes optout/reader/score_weights.json.

A logistic regression by scikit-learn over the texts of bench/opt_out_texts/training. Input and order are fixed, so the
same texts give the same file; `--check` compares only. First it shows what the score holds of writers that it was not
trained on (five folds, apart by writer), for the choice of THRESHOLD.
"""

import argparse
import re
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from optout.labelled_texts import LabelledText, corpus_hash, read_labelled_texts
from optout.reader.score_pieces import buckets_of
from optout.reader.score_weights import FILE, ScoreWeights, read_weights
from optout.reader.score_words import BUCKETS, words_and_clauses

FOLDER = Path(__file__).with_name("opt_out_texts") / "training"
THRESHOLD = 650  # thousandths
SHOWN_THRESHOLDS = (300, 400, 500, 600, 650, 700, 750, 800)
LARGEST_WEIGHT = 127
FOLDS = 5
# Ambiguous texts count as opt-outs, but little: they differ from ordinary ones in a word only, and rules hold most.
SHARES = {"opt-out": 1.0, "ambiguous": 0.1, "not-opt-out": 1.0, "opt-in": 1.0, "help": 0.5}
# Texts of writers who were asked how people really text count more. Their names begin with a capital letter.
NATURAL = 3.0
ASKS_TO_STOP = ("opt-out", "ambiguous")
STRENGTH = 0.2  # of the data against the wish for small weights: scikit-learn's C, chosen on the folds
TELLING = (
    0.7  # how much the difference of a bucket between opt-outs and other texts counts, chosen on the folds
)
SMOOTHING = 0.3  # occurrences
FEWEST_WRITERS = 3  # of a piece that gets a weight
# Ordinary texts with these are hard; texts without them stand for everyday ones.
_HARD = re.compile(
    r"stop|end|cancel|quit|remov|\boff\b|\bout\b|no more|leave|unsub|\blist|number|text|messag|baja|parar?|alto"
    r"|arr[eê]t|fin|abmeld|afmeld|halt|aufh|cancell|basta|sms|nachricht|bericht|mensaj|mensag|numer|númer|nummer"
    r"|salir|sair|borr|elimin|supprim|lösch|verwijd|\bno |\bnot\b|n't|\bdont|\bnao |\bnão |\bnada|\bpas\b|\bkein"
    r"|\bnicht\b|\bgeen|\bniet\b|\bnon\b|\bsenza|\bplus\b",
    re.IGNORECASE,
)


def training_texts() -> list[LabelledText]:
    """All texts for training, in one order."""
    rows = [row for path in sorted(FOLDER.glob("*.tsv")) for row in read_labelled_texts(path)]
    return sorted(rows, key=lambda row: (row.language, row.writer, row.text))


def matrix_of(rows: list[LabelledText]) -> csr_matrix:
    """Which buckets each text has."""
    found = [sorted(buckets_of(words_and_clauses(row.text))) for row in rows]
    ends = np.cumsum([0, *map(len, found)])
    places = np.fromiter((bucket for buckets in found for bucket in buckets), dtype=np.int32)
    return csr_matrix((np.ones(len(places)), places, ends), shape=(len(rows), BUCKETS))


def weighed_buckets(matrix: csr_matrix, rows: list[LabelledText]) -> np.ndarray:
    """The buckets that get a weight: those that FEWEST_WRITERS use. What fewer use says nothing of others."""
    writers = {writer: at for at, writer in enumerate(sorted({row.writer for row in rows}))}
    of_row = csr_matrix(
        (np.ones(len(rows)), ([writers[row.writer] for row in rows], range(len(rows)))),
        shape=(len(writers), len(rows)),
    )
    return np.flatnonzero(np.bincount((of_row @ matrix).nonzero()[1], minlength=BUCKETS) >= FEWEST_WRITERS)


class Regression(NamedTuple):
    """A weight for each bucket, and the bias, in units of the logarithm of the odds."""

    weights: np.ndarray
    bias: float

    def scores(self, matrix: csr_matrix) -> np.ndarray:
        """The score of each text in thousandths."""
        return 1000 / (1 + np.exp(-(matrix @ self.weights + self.bias)))


def fitted(matrix: csr_matrix, rows: list[LabelledText]) -> Regression:
    """The regression of these rows.

    A bucket counts by how differently often opt-outs and other texts have it (Wang and Manning, "Baselines and
    Bigrams", 2012), so that a rare but telling piece may weigh as much as a frequent one.
    """
    weighed = weighed_buckets(matrix, rows)
    asks = np.array([row.label in ASKS_TO_STOP for row in rows])
    shares = np.array([_share(row) for row in rows])
    counted = matrix[:, weighed]
    difference = np.abs(_log_share(counted[asks], shares[asks]) - _log_share(counted[~asks], shares[~asks]))
    telling = TELLING * difference + (1 - TELLING) * difference.mean()
    model = LogisticRegression(
        C=STRENGTH, solver="liblinear", dual=True, random_state=0, tol=1e-4, max_iter=5000
    )
    model.fit(counted @ diags(telling), asks, sample_weight=shares)
    weights = np.zeros(BUCKETS)
    weights[weighed] = model.coef_[0] * telling
    return Regression(weights, model.intercept_[0])


def _share(row: LabelledText) -> float:
    """How much a text counts."""
    return SHARES[row.label] * (NATURAL if row.writer[:1].isupper() else 1.0)


def _log_share(matrix: csr_matrix, shares: np.ndarray) -> np.ndarray:
    """The logarithm of how much of all the texts' pieces each is, if each occurred SMOOTHING times more."""
    counts = SMOOTHING + matrix.T @ shares
    return np.log(counts / counts.sum())


def weights_of(model: Regression, rows: list[LabelledText]) -> ScoreWeights:
    """The weights as small integers."""
    scale = int(LARGEST_WEIGHT / np.abs(model.weights).max())
    weights = array("b", [int(weight) for weight in np.rint(model.weights * scale)])
    return ScoreWeights(weights, round(model.bias * scale), scale, THRESHOLD, corpus_hash(rows))


def fold_models(matrix: csr_matrix, rows: list[LabelledText]) -> Iterator[tuple[Regression, list[int]]]:
    """For each fold the regression that knows no text of its writers, and the places of its texts."""
    for known, new in GroupKFold(FOLDS).split(matrix, groups=[row.writer for row in rows]):
        others = [rows[place] for place in known]
        yield fitted(matrix[known], others), list(new)


def fold_scores(matrix: csr_matrix, rows: list[LabelledText]) -> np.ndarray:
    """The score of each text in thousandths, by a regression that knew no text of its writer."""
    scores = np.zeros(len(rows))
    for model, new in fold_models(matrix, rows):
        scores[new] = model.scores(matrix[new])
    return scores


def show_folds(rows: list[LabelledText], scores: np.ndarray) -> None:
    """Prints the share of texts above each threshold, by kind of text."""
    kinds = np.array([_kind(row) for row in rows])
    print(f"{'threshold':>12}" + "".join(f"{kind:>15}" for kind in sorted(set(kinds))))
    for threshold in SHOWN_THRESHOLDS:
        shares = [np.mean(scores[kinds == kind] > threshold) for kind in sorted(set(kinds))]
        print(f"{threshold:>12}" + "".join(f"{share:>15.2%}" for share in shares))


def _kind(row: LabelledText) -> str:
    if row.label == "not-opt-out":
        return "hard" if _HARD.search(row.text) else "everyday"
    return row.label


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.train_score", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the file, and write nothing")
    options = parser.parse_args()
    rows = training_texts()
    matrix = matrix_of(rows)
    show_folds(rows, fold_scores(matrix, rows))
    weights = weights_of(fitted(matrix, rows), rows)
    same = FILE.exists() and read_weights() == weights
    if not options.check:
        FILE.write_text(weights.as_text(), encoding="utf-8")
    print(f"Version {weights.version}, {'as before' if same else 'different from the file before'}")
    return 1 if options.check and not same else 0


if __name__ == "__main__":
    sys.exit(main())
