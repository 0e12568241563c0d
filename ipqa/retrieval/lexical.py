"""BM25 over the words of clauses. Words come from :mod:`ipqa.text.tokens`; scores from bm25s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class LexicalIndex:
    """BM25 (Lucene's variant, k1 = 1.5, b = 0.75) of documents given as words."""

    _bm25: bm25s.BM25

    @classmethod
    def from_words(cls, documents: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index documents; document ``i`` is row ``i``. At least one word must be in one of them."""
        bm25 = bm25s.BM25(method="lucene", k1=1.5, b=0.75, backend="numpy")
        bm25.index([list(words) for words in documents], show_progress=False)
        return cls(bm25)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """The index that :meth:`save` wrote."""
        return cls(bm25s.BM25.load(str(folder), load_vocab=True))

    def save(self, folder: Path) -> None:
        """Write npy and JSON files into ``folder``."""
        self._bm25.save(str(folder), show_progress=False)

    def scores(self, words: Sequence[str]) -> npt.NDArray[np.float32]:
        """The BM25 score of every row for the question's words; 0 where none occurs."""
        known = self._bm25.get_tokens_ids(list(words))
        scores: npt.NDArray[np.float32] = self._bm25.get_scores_from_ids(known)
        return scores
