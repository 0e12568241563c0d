"""Ranking: a weighted sum of named scores. ``ipqa.training.ranking`` learns the weights.

They stand in ``resources/ranking.json``. The sum ranks; whether anything answers at all has to be judged by
the scores themselves, which stay with the hit.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ipqa.models import Clause, Hit, Span
from ipqa.retrieval.encoder import Vectors
from ipqa.retrieval.facts import FACTS, SENTENCE_FACTS, Facts, sentence_facts
from ipqa.retrieval.grains import Spans
from ipqa.retrieval.index import ClauseIndex, Pool

WEIGHTS_FILE = Path(__file__).parent / "resources" / "ranking.json"
ASKED = "asked"
SENTENCE_SCORES = ("sentence", "question", "questions")
_ALIKE = 3  # bank questions that count together


@dataclass(frozen=True)
class Weights:
    """What each named score counts.

    ``clause`` weighs the scores of a clause; ``asked[thing][fact]`` is added where the question asks for the
    thing (:mod:`ipqa.text.asking`) and the fact holds for the clause (:data:`~ipqa.retrieval.facts.FACTS`).
    ``sentence`` and ``sentence_asked`` do the same for a clause's sentences: the best is marked, and up to
    ``most_marked`` in all that fall no more than ``margin`` below it. Earlier turns that a question leans on
    count ``context`` as much as the question itself.
    """

    clause: Mapping[str, float]
    asked: Mapping[str, Mapping[str, float]]
    sentence: Mapping[str, float]
    sentence_asked: Mapping[str, Mapping[str, float]]
    margin: float
    most_marked: int
    context: float

    @classmethod
    def load(cls, path: Path = WEIGHTS_FILE) -> Weights:
        """Read the weights file."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Ranker:
    """Orders the candidates by the weights, and marks the sentences that answer."""

    weights: Weights

    def hits(self, index: ClauseIndex, pool: Pool, things: frozenset[str], k: int) -> tuple[Hit, ...]:
        """The ``k`` best candidates, best first; of equals the earlier in the corpus comes first.

        Args:
            index: the index that the pool is from.
            pool: the candidates with their raw scores.
            things: what the question asks for.
            k: how many hits at most.
        """
        scores = {**pool.scores, ASKED: self.asked(index.facts[pool.ordinals], things)}
        total = self.total(scores)
        hits = []
        for i in np.argsort(-total, kind="stable")[:k].tolist():
            clause = index.clauses[int(pool.ordinals[i])]
            parts = {name: float(values[i]) for name, values in scores.items()}
            marks = self._marks(clause, pool.sentences.of(i)[0], pool.questions.of(i), things)
            hits.append(Hit(clause, float(total[i]), parts, marks))
        return tuple(hits)

    def total(self, scores: Mapping[str, Vectors]) -> Vectors:
        """The weighted sum of the named scores; that of ``asked`` is weighted already."""
        total: Vectors = scores[ASKED].copy()
        for name, weight in self.weights.clause.items():
            total += np.float32(weight) * scores[name]
        return total

    def asked(self, facts: Facts, things: Collection[str]) -> Vectors:
        """What the clauses' facts count for a question that asks for ``things``, float32 ``[len(facts)]``."""
        wanted = _wanted(self.weights.asked, FACTS, things)
        if wanted is None:
            return np.zeros(len(facts), dtype=np.float32)
        asked: Vectors = facts @ wanted
        return asked

    def _marks(
        self, clause: Clause, cosines: Vectors, questions: tuple[Vectors, Spans], things: Collection[str]
    ) -> tuple[Span, ...]:
        one, two, three = (self.weights.sentence[name] for name in SENTENCE_SCORES)
        scores = sentence_scores(clause, cosines, *questions)
        total = [one * own + two * best + three * mean for own, best, mean in scores]
        wanted = _wanted(self.weights.sentence_asked, SENTENCE_FACTS, things)
        if wanted is not None:
            facts = (sentence_facts(clause) @ wanted).tolist()
            total = [score + fact for score, fact in zip(total, facts, strict=True)]
        best = sorted(range(len(total)), key=lambda i: -total[i])[: self.weights.most_marked]
        floor = total[best[0]] - self.weights.margin
        return tuple(clause.sentences[i] for i in sorted(best) if total[i] >= floor)


def sentence_scores(
    clause: Clause, cosines: Vectors, asked: Vectors, quotes: Spans
) -> list[tuple[float, float, float]]:
    """The scores of each sentence of a clause, in the order of :data:`SENTENCE_SCORES`.

    ``sentence`` is its own cosine; ``question`` that of the best bank question whose quote overlaps it, and
    ``questions`` the mean of the three best. The sentence itself stands in for questions that it does not
    have.

    Args:
        clause: the clause.
        cosines: of its sentences.
        asked: the cosines of its bank questions.
        quotes: where their quotes stand in the document.
    """
    starts, ends = quotes.T.tolist() if len(quotes) else ([], [])
    rows = sorted(zip(asked.tolist(), starts, ends, strict=True), reverse=True)
    scores = []
    for sentence, own in zip(clause.sentences, cosines.tolist(), strict=True):
        best, total, found = own, 0.0, 0
        for cosine, start, end in rows:
            if cosine <= own or found == _ALIKE:
                break
            if start < sentence.end and sentence.start < end:
                best = max(best, cosine)
                total += cosine
                found += 1
        scores.append((own, best, (total + own * (_ALIKE - found)) / _ALIKE))
    return scores


def _wanted(
    weights: Mapping[str, Mapping[str, float]], facts: Sequence[str], things: Collection[str]
) -> Vectors | None:
    """What each fact counts for a question that asks for ``things``; None if nothing does."""
    rows = [weights[thing] for thing in things if thing in weights]
    return np.array([sum(row.get(f, 0.0) for row in rows) for f in facts], np.float32) if rows else None
