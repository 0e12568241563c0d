"""The searchable form of a corpus: three grains of vectors and the words, all pointing to clauses.

:class:`ClauseIndex` is what an engine must offer; :class:`LocalIndex` offers it with FAISS and bm25s on one
machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ipqa.models import Clause, Indicator
from ipqa.retrieval.encoder import Vectors
from ipqa.retrieval.facts import Facts
from ipqa.retrieval.grains import Grain, RowScores
from ipqa.retrieval.lexical import AskedWords, LexicalIndex
from ipqa.retrieval.vectors import Rows
from ipqa.text.pinyin import SoundIndex
from ipqa.text.tokens import Tokenizer

GRAINS = ("clause", "sentence", "question")
SCORES = ("clause", "sentence", "question", "questions", "coverage", "bank_coverage")
KNOWN = "known"  # does not rank: it is the same for every clause
Mask = npt.NDArray[np.bool_]

_FEWEST = 64  # clauses taken from each grain and from BM25 where not all are looked at
_ROWS_PER_CLAUSE = {"clause": 1, "sentence": 2, "question": 4}  # rows looked at for each clause taken
_ALIKE = 3  # bank questions that count together
NEAREST = 128  # bank questions that are looked at
EXACT_QUESTIONS = 10_000  # beyond so many, the nearest are looked for in a part of them


@dataclass(frozen=True)
class Pool:
    """Clauses that may answer, in the order of the corpus, with their raw named scores.

    ``scores`` holds for each name of :data:`SCORES` one number a clause, higher is better: ``clause``,
    ``sentence`` and ``question`` are the best cosine at that grain, ``questions`` the mean of the three best
    bank questions, ``coverage`` and ``bank_coverage`` the share of the question's weighty words in the
    clause,
    alone and with its bank questions. :data:`KNOWN`, the same for all, is the share of them that the corpus
    uses at all. The clause itself stands in for bank questions that it does not have.
    """

    ordinals: Rows
    scores: Mapping[str, Vectors]
    sentences: RowScores
    questions: RowScores

    def only(self, places: Rows) -> Pool:
        """The pool's clauses at some places."""
        scores = {name: values[places] for name, values in self.scores.items()}
        return Pool(self.ordinals[places], scores, self.sentences.only(places), self.questions.only(places))


@dataclass(frozen=True)
class Asked:
    """What an index is asked.

    ``vector`` is the question's unit vector, float32 ``[dim]``; ``words`` are its words as the tokenizer cuts
    them for search, ``context_words`` those of earlier turns; each of them weighs ``context`` as much.
    """

    vector: Vectors
    words: Sequence[str]
    context_words: Sequence[str] = ()
    context: float = 0.0
    weights: Mapping[str, float] | None = None


class ClauseIndex(Protocol):
    """What the search asks of an engine."""

    @property
    def tokenizer(self) -> Tokenizer:
        """Cuts questions as the clauses were cut."""

    @property
    def sounds(self) -> SoundIndex:
        """What typing errors are mended with."""

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators of all clauses."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be read for certain."""

    def holds(self, word: str) -> bool:
        """Whether a clause or a bank question holds a word."""

    @property
    def clauses(self) -> Sequence[Clause]:
        """Every clause, in document order."""

    @property
    def facts(self) -> Facts:
        """What each clause holds (:func:`ipqa.retrieval.facts.clause_facts`)."""

    def candidates(self, asked: Asked, limit: int, allowed: Mask | None) -> Pool:
        """The clauses worth ranking.

        Args:
            asked: the question.
            limit: how many clauses are wanted in the end.
            allowed: a mask over the clauses; None allows all.
        """


@dataclass(frozen=True)
class LocalIndex:
    """FAISS and bm25s on one machine.

    While clauses and sentences are few enough to be looked at one and all, every clause is a candidate;
    beyond, those that are near at some grain or share telling words.
    """

    clauses: Sequence[Clause]
    facts: Facts
    indicators: tuple[Indicator, ...]
    grains: Mapping[str, Grain]
    lexical: LexicalIndex
    tokenizer: Tokenizer
    sounds: SoundIndex
    warnings: tuple[str, ...]

    def candidates(self, asked: Asked, limit: int, allowed: Mask | None) -> Pool:
        """As :meth:`ClauseIndex.candidates`."""
        vector = asked.vector
        words = self.lexical.look_up(asked.words, asked.context_words, asked.context, asked.weights)
        if self.is_exact:
            return self._all(vector, words, allowed)
        count = max(_FEWEST, 2 * limit)
        found = set(self.lexical.best(words, count, allowed).tolist())
        for name, grain in self.grains.items():
            rows = None if allowed is None else np.flatnonzero(allowed[grain.clauses])
            found.update(grain.nearest(vector, count, count * _ROWS_PER_CLAUSE[name], rows))
        ordinals = np.array(sorted(found), dtype=np.int64)
        scored = {name: grain.score_clauses(vector, ordinals) for name, grain in self.grains.items()}
        return make_pool(ordinals, scored, self.lexical.coverage(words, ordinals), self.lexical.known(words))

    def holds(self, word: str) -> bool:
        """Whether a clause or a bank question holds a word."""
        return word in self.lexical

    @property
    def is_exact(self) -> bool:
        """Whether every clause is a candidate."""
        return all(self.grains[name].vectors.is_exact for name in ("clause", "sentence"))

    def _all(self, vector: Vectors, words: AskedWords, allowed: Mask | None) -> Pool:
        scored = {name: self.grains[name].score_all(vector) for name in ("clause", "sentence")}
        scored["question"] = self.grains["question"].score_nearest(vector, NEAREST)
        pool = make_pool(
            np.arange(len(self.clauses)), scored, self.lexical.coverage(words), self.lexical.known(words)
        )
        return pool if allowed is None else pool.only(np.flatnonzero(allowed))


def make_pool(
    ordinals: Rows, scored: Mapping[str, RowScores], coverage: tuple[Vectors, Vectors], known: float
) -> Pool:
    """The named scores of some clauses from those of their rows, by grain, and from what they cover."""
    clause = scored["clause"].scores
    alike = [np.maximum(best, clause) for best in scored["question"].best(_ALIKE)]
    scores = {
        "clause": clause,
        "sentence": scored["sentence"].best(1)[0],
        "question": alike[0],
        "questions": sum(alike) / np.float32(_ALIKE),
        "coverage": coverage[0],
        "bank_coverage": coverage[1],
        KNOWN: np.full(len(clause), known, dtype=np.float32),
    }
    return Pool(ordinals, scores, scored["sentence"], scored["question"])
