"""A question through the index: read, encoded, ranked, highlighted."""

from __future__ import annotations

from dataclasses import dataclass

from ipqa.errors import ArgumentError
from ipqa.models import Hit
from ipqa.retrieval.encoder import Encoder
from ipqa.retrieval.index import ClauseIndex, Mask
from ipqa.retrieval.query import QueryReader
from ipqa.retrieval.ranking import Ranker


@dataclass(frozen=True)
class Searcher:
    """An index with the encoder that it was built with."""

    index: ClauseIndex
    encoder: Encoder
    reader: QueryReader
    ranker: Ranker

    def search(self, question: str, k: int, allowed: Mask | None = None) -> tuple[Hit, ...]:
        """The ``k`` best clauses for a question, best first.

        Args:
            question: let through by :func:`~ipqa.retrieval.query.check_question`; earlier turns may stand
                before it.
            k: how many hits at most.
            allowed: which clauses may be hits; all if None.

        Raises:
            ArgumentError: if ``k`` is no whole number from 1.
        """
        if not isinstance(k, int) or isinstance(k, bool) or k < 1:
            raise ArgumentError(f"k 应至少为 1,并且是整数,而不是 {k!r}")
        query = self.reader.read(question)
        vector = self.encoder.encode_query([query.text])[0]
        pool = self.index.candidates(vector, query.words, k, allowed)
        return self.ranker.hits(self.index, pool, query.things, k)
