"""Vectors of one grain (clause, sentence, bank question), each row pointing to its clause."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ipqa.retrieval.encoder import Vectors
from ipqa.retrieval.vectors import Rows, VectorIndex

Spans = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Grain:
    """Vectors of one grain, in the order of their clauses.

    Row ``r`` belongs to clause ``clauses[r]`` (its ordinal) and stands for the document's stretch
    ``spans[r]`` (start and end); the rows of clause ``i`` are ``offsets[i]`` to ``offsets[i + 1]``.
    """

    vectors: VectorIndex
    clauses: Rows
    spans: Spans
    offsets: Rows

    @classmethod
    def from_rows(cls, vectors: VectorIndex, clauses: Rows, spans: Spans, clause_count: int) -> Grain:
        """Put the parts together; ``clauses`` must ascend.

        Raises:
            ValueError: if the lengths do not agree.
        """
        if not len(vectors) == len(clauses) == len(spans):
            raise ValueError(f"{len(vectors)} vectors, {len(clauses)} clauses, {len(spans)} spans")
        return cls(vectors, clauses, spans, np.searchsorted(clauses, np.arange(clause_count + 1)))

    def score_all(self, vector: Vectors) -> RowScores:
        """The cosine of every row; of an exact index only."""
        return RowScores(self.vectors.all_scores(vector), self.spans, self.offsets)

    def score_nearest(self, vector: Vectors, count: int, left_out: Collection[int] = ()) -> RowScores:
        """The cosines of the ``count`` nearest rows, as the only rows of their clauses.

        Args:
            vector: float32 ``[dim]``.
            count: how many rows.
            left_out: rows that do not count, as if they were not there.
        """
        rows, scores = self.vectors.search(vector, count + len(left_out))
        if left_out:
            kept = ~np.isin(rows, list(left_out))
            rows, scores = rows[kept], scores[kept]
        order = np.argsort(self.clauses[rows], kind="stable")
        rows = rows[order]
        held = np.bincount(self.clauses[rows], minlength=len(self.offsets) - 1)
        return RowScores(scores[order], self.spans[rows], np.concatenate(([0], np.cumsum(held))))

    def score_clauses(self, vector: Vectors, ordinals: Rows) -> RowScores:
        """The cosines of the rows of the given clauses."""
        rows, offsets = _rows_of(self.offsets, ordinals)
        return RowScores(self.vectors.scores(vector, rows), self.spans[rows], offsets)

    def nearest(self, vector: Vectors, count: int, rows: int, allowed: Rows | None) -> Sequence[int]:
        """The first ``count`` different clauses among the ``rows`` nearest rows."""
        found, _ = self.vectors.search(vector, rows, allowed)
        return list(dict.fromkeys(self.clauses[found].tolist()))[:count]


@dataclass(frozen=True)
class RowScores:
    """Cosines of the rows of some clauses: the ``i``-th clause has ``scores[offsets[i]:offsets[i + 1]]``."""

    scores: Vectors
    spans: Spans
    offsets: Rows

    def best(self, count: int) -> list[Vectors]:
        """For each clause its best score, its second best …, ``count`` in all; -1 where it has no more rows.

        Scores that are exactly alike count once: the same question may stand in the bank twice.
        """
        lengths = np.diff(self.offsets)
        some = lengths > 0
        starts, lengths = self.offsets[:-1][some], lengths[some]
        ranked = [np.full(len(some), -1, dtype=np.float32) for _ in range(count)]
        scores = self.scores
        for i, best in enumerate(ranked if len(starts) else []):
            if i:
                scores = np.where(scores == np.repeat(ranked[i - 1][some], lengths), np.float32(-1), scores)
            best[some] = np.maximum.reduceat(scores, starts)
        return ranked

    def only(self, places: Rows) -> RowScores:
        """The rows of the clauses at some places."""
        rows, offsets = _rows_of(self.offsets, places)
        return RowScores(self.scores[rows], self.spans[rows], offsets)

    def of(self, i: int) -> tuple[Vectors, Spans]:
        """The scores of the ``i``-th clause's rows and the stretches that they stand for."""
        rows = slice(int(self.offsets[i]), int(self.offsets[i + 1]))
        return self.scores[rows], self.spans[rows]


def _rows_of(offsets: Rows, clauses: Rows) -> tuple[Rows, Rows]:
    """The rows of some clauses, clause by clause, and where each clause's begin among them."""
    lengths = offsets[clauses + 1] - offsets[clauses]
    ends = np.concatenate(([0], np.cumsum(lengths)))
    rows = np.repeat(offsets[clauses] - ends[:-1], lengths) + np.arange(ends[-1])
    return rows, ends
