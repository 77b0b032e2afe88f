"""Training of the score of opt-outs, `python -m bench.train_score`: writes optout/reader/score_weights.json.

A logistic regression by scikit-learn over the texts of bench/opt_out_texts/training. Input and order are fixed, so the
same texts give the same file; `--check` compares only. First it shows what the score holds of writers that it was not
trained on (five folds, apart by writer), for the choice of THRESHOLD.
"""

import argparse
import re
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from optout.labelled_texts import LabelledText, corpus_hash, read_labelled_texts
from optout.reader.score_pieces import BUCKETS, buckets_of, words_of
from optout.reader.score_weights import FILE, ScoreWeights

FOLDER = Path(__file__).with_name("opt_out_texts") / "training"
THRESHOLD = 550  # thousandths
SHOWN_THRESHOLDS = (400, 500, 550, 600, 650, 700, 750, 800)
LARGEST_WEIGHT = 127
FOLDS = 5
# Ambiguous texts count as opt-outs, but little: they differ from ordinary ones in a word only, and rules hold most.
SHARES = {"opt-out": 1.0, "ambiguous": 0.1, "not-opt-out": 1.0, "opt-in": 1.0, "help": 0.5}
ASKS_TO_STOP = ("opt-out", "ambiguous")
STRENGTH = 0.1  # of the data against the wish for small weights: scikit-learn's C, chosen on the folds
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
    found = [sorted(buckets_of(words_of(row.text))) for row in rows]
    ends = np.cumsum([0, *map(len, found)])
    places = np.fromiter((bucket for buckets in found for bucket in buckets), dtype=np.int32)
    return csr_matrix((np.ones(len(places)), places, ends), shape=(len(rows), BUCKETS))


def fitted(matrix: csr_matrix, rows: list[LabelledText]) -> LogisticRegression:
    """The regression of these rows."""
    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0, tol=1e-4, max_iter=1000)
    asks = [row.label in ASKS_TO_STOP for row in rows]
    return model.fit(matrix, asks, sample_weight=[SHARES[row.label] for row in rows])


def weights_of(model: LogisticRegression, rows: list[LabelledText]) -> ScoreWeights:
    """The weights as small integers."""
    scale = int(LARGEST_WEIGHT / np.abs(model.coef_).max())
    weights = tuple(int(weight) for weight in np.rint(model.coef_[0] * scale))
    return ScoreWeights(weights, round(model.intercept_[0] * scale), scale, THRESHOLD, corpus_hash(rows))


def fold_scores(matrix: csr_matrix, rows: list[LabelledText]) -> np.ndarray:
    """The score of each text in thousandths, by a regression that knew no text of its writer."""
    scores = np.zeros(len(rows))
    for known, new in GroupKFold(FOLDS).split(matrix, groups=[row.writer for row in rows]):
        model = fitted(matrix[known], [rows[place] for place in known])
        scores[new] = 1000 * model.predict_proba(matrix[new])[:, 1]
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
    same = FILE.exists() and FILE.read_text(encoding="utf-8") == weights.as_text()
    if not options.check:
        FILE.write_text(weights.as_text(), encoding="utf-8")
    print(f"Version {weights.version}, {'as before' if same else 'different from the file before'}")
    return 1 if options.check and not same else 0


if __name__ == "__main__":
    sys.exit(main())
