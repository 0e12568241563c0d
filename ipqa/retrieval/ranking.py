"""Ranking: a weighted sum of named scores. The weights stand in ``resources/ranking.json``.

BM25 has no upper bound, so it is taken relative to the best clause of the corpus for the question, filter or
not: a filter changes which clauses come back, never their scores. Such a relative score
ranks; whether anything answers at all has to be judged by the raw scores, which stay in the candidate.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ipqa.models import Clause, Span
from ipqa.retrieval.encoder import Vectors
from ipqa.retrieval.index import Candidate, Pool

WEIGHTS_FILE = Path(__file__).parent / "resources" / "ranking.json"


@dataclass(frozen=True)
class Weights:
    """What each named score counts: for ranking clauses, and for marking sentences in a clause."""

    clause: Mapping[str, float]
    highlight: Mapping[str, float]
    highlight_margin: float
    max_highlights: int

    @classmethod
    def load(cls, path: Path = WEIGHTS_FILE) -> Weights:
        """Read the weights file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["clause"], data["highlight"], data["highlight_margin"], data["max_highlights"])


@dataclass(frozen=True)
class Ranked:
    """A candidate with its place in the order: the higher the score the better."""

    candidate: Candidate
    score: float


def rank(pool: Pool, weights: Weights) -> list[Ranked]:
    """Order candidates, best first; of equals the earlier in the corpus comes first."""
    best = pool.best_lexical or 1.0
    ranked = [
        Ranked(c, _weigh({**c.scores, "lexical": c.scores["lexical"] / best}, weights.clause))
        for c in pool.candidates
    ]
    return sorted(ranked, key=lambda r: -r.score)


def highlight(clause: Clause, scores: Mapping[str, Vectors], weights: Weights) -> tuple[Span, ...]:
    """The sentences of a clause that answer, in text order: the best one, and others close to it.

    Args:
        clause: the clause.
        scores: by grain, a score for each of its sentences (:meth:`ClauseIndex.sentence_scores`).
        weights: what each grain counts, how close the others must be, and how many they may be.
    """
    total = np.zeros(len(clause.sentences), dtype=np.float32)
    for name, weight in weights.highlight.items():
        total += weight * scores[name]
    best = np.argsort(-total, kind="stable")[: weights.max_highlights]
    floor = total[best[0]] - weights.highlight_margin
    return tuple(clause.sentences[i] for i in np.sort(best) if total[i] >= floor)


def _weigh(scores: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weight * scores[name] for name, weight in weights.items())
