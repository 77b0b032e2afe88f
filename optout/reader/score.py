"""Score of a text: how much it reads like an opt-out, by a frozen logistic regression over pieces of its words.

`python -m bench.train_score` makes the weights; docs/reading-texts.md describes them. The score learns nothing in use.
It holds a text, and doubts or dismisses what a rule found (optout.reader.reading). Alone it never opts out. It never
lifts.
"""

import math

from optout.reader.score_pieces import buckets_of
from optout.reader.score_weights import ScoreWeights, read_weights
from optout.reader.score_words import words_and_clauses

_MOST_ODDS = (
    30.0  # of the logarithm: beyond it a probability is 0 or 1 in thousandths, and exp() could overflow
)


def score_by(frozen: ScoreWeights, body: str) -> int:
    """The score of a text by these weights; 0 without a word."""
    text = words_and_clauses(body)
    if not text.words:
        return 0
    total = frozen.bias + sum(map(frozen.weights.__getitem__, buckets_of(text)))
    odds = max(-_MOST_ODDS, min(_MOST_ODDS, total / frozen.scale))
    return round(1000 / (1 + math.exp(-odds)))


_FROZEN = read_weights()
VERSION = _FROZEN.version
THRESHOLD = _FROZEN.threshold


def score_of(body: str) -> int:
    """How probably a text asks to stop or may ask for it, in thousandths. With more than THRESHOLD it is held.

    Pure; never raises; the same on every machine. It reads the beginning of a text only, so its time is bounded.
    """
    return score_by(_FROZEN, body)
