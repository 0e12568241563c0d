"""A question through the index: read, encoded, ranked, highlighted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipqa.errors import ArgumentError
from ipqa.models import Hit
from ipqa.retrieval.encoder import Encoder, Vectors, unit_length
from ipqa.retrieval.index import Asked, ClauseIndex, Mask
from ipqa.retrieval.naming import DocumentNames
from ipqa.retrieval.query import Query, QueryReader
from ipqa.retrieval.ranking import Ranker


@dataclass(frozen=True)
class Searcher:
    """An index with the encoder that it was built with."""

    index: ClauseIndex
    encoder: Encoder
    reader: QueryReader
    ranker: Ranker
    names: DocumentNames | None = None

    def search(self, query: Query, k: int, allowed: Mask | None = None) -> tuple[Hit, ...]:
        """The ``k`` best clauses for a question, best first; those of a document that it names come first.

        Args:
            query: the question, read by ``reader``.
            k: how many hits at most.
            allowed: which clauses may be hits; all if None.

        Raises:
            ArgumentError: if ``k`` is no whole number from 1.
        """
        if not isinstance(k, int) or isinstance(k, bool) or k < 1:
            raise ArgumentError(f"k 应至少为 1,并且是整数,而不是 {k!r}")
        asked = Asked(self._vector(query), query.words, query.context_words, self.ranker.weights.context)
        text = f"{query.context} {query.text}" if query.context else query.text
        named = self.names.look(text, allowed) if self.names else None
        if named is None:
            return self._ranked(asked, query, k, allowed)
        first = self._ranked(asked, query, k, named.clauses)
        if named.only or len(first) == k:
            return first
        shown = {hit.clause.id for hit in first}
        rest = (h for h in self._ranked(asked, query, k, allowed) if h.clause.id not in shown)
        return (*first, *rest)[:k]

    def _ranked(self, asked: Asked, query: Query, k: int, allowed: Mask | None) -> tuple[Hit, ...]:
        return self.ranker.hits(self.index, self.index.candidates(asked, k, allowed), query.things, k)

    def _vector(self, query: Query) -> Vectors:
        """The question's vector; that of the earlier turns it leans on counts for less."""
        if not query.context:
            vector: Vectors = self.encoder.encode_query([query.text])[0]
            return vector
        question, context = self.encoder.encode_query([query.text, query.context])
        vector = unit_length((question + np.float32(self.ranker.weights.context) * context)[None])[0]
        return vector
