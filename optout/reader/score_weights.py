"""Weights of the score, as `python -m bench.train_score` writes them into score_weights.json: one file, frozen."""

import base64
import hashlib
import json
import zlib
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FORMAT = 5  # of the pieces and of the file
FILE = Path(__file__).with_name("score_weights.json")


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """A weight for each bucket of pieces, -127 to 127. `scale` of them are one unit of the logarithm of the odds."""

    weights: "array[int]"  # signed bytes
    bias: int  # in the unit of the weights
    scale: int
    threshold: int  # thousandths; a text with a higher score is held
    corpus: str  # the hash of the texts that they were trained on

    @property
    def version(self) -> str:
        """The format and a hash of everything that decides, such as "1-3f9a0c12"."""
        decides = f"{self.bias} {self.scale} {self.threshold} ".encode() + self.weights.tobytes()
        return f"{FORMAT}-{hashlib.sha256(decides).hexdigest()[:8]}"

    def as_text(self) -> str:
        """The content of the file."""
        values = {
            "version": self.version,
            "threshold": self.threshold,
            "bias": self.bias,
            "scale": self.scale,
            "corpus": self.corpus,
            "weights": base64.b64encode(zlib.compress(self.weights.tobytes(), 9)).decode(),
        }
        return json.dumps(values, indent=1) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The weights in a text of as_text."""
        values = json.loads(text)
        weights = array("b", zlib.decompress(base64.b64decode(values["weights"])))
        return cls(weights, values["bias"], values["scale"], values["threshold"], values["corpus"])


def read_weights() -> ScoreWeights:
    """The weights of the file."""
    return ScoreWeights.from_text(FILE.read_text(encoding="utf-8"))
