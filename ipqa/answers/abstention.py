"""Whether the plan speaks of the matter at all: judged on raw scores, never on fused or normalised ones.

The chance comes from a logistic function of the best hit's scores. ``ipqa.training.calibrate`` fits it and
chooses the threshold; both stand in ``resources/relevance.json``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CERTAIN = 50.0
RELEVANCE_FILE = Path(__file__).parent / "resources" / "relevance.json"


@dataclass(frozen=True)
class Relevance:
    """``1 / (1 + exp(-(bias + sum of weight x score)))``, and how it is judged.

    Below ``threshold`` a question is not about the corpus; below ``doubt`` it is not if it holds words that
    the corpus lacks.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float
    doubt: float

    @classmethod
    def load(cls, encoder: str, path: Path = RELEVANCE_FILE) -> Relevance:
        """Read the file.

        Args:
            encoder: the fingerprint of the encoder in use. Cosines of another encoder than the one that was
                calibrated say nothing here: then every question counts as one about the corpus.
            path: the file.
        """
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["encoder"] != encoder:
            return cls({}, _CERTAIN, 0.0, 0.0)
        return cls(record["weights"], record["bias"], record["threshold"], record["doubt"])

    def of(self, scores: Mapping[str, float]) -> float:
        """How likely a question is about the plan, 0 to 1.

        Args:
            scores: the raw named scores of its best hit.
        """
        total = self.bias + sum(weight * scores[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-_CERTAIN, min(_CERTAIN, total))))
