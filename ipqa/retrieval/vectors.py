"""Nearest vectors by inner product. The only module that imports faiss.

Vectors are of length one, so the inner product is the cosine: higher is better. The index is exact (flat);
it is written as bytes by Python, since FAISS cannot open paths with Chinese characters on Windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from ipqa.retrieval.encoder import Vectors

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class VectorIndex:
    """Vectors by row, from 0."""

    _index: Any

    @classmethod
    def from_vectors(cls, vectors: Vectors) -> VectorIndex:
        """Index ``vectors``, float32 ``[n, dim]``, each of length one or zero.

        Raises:
            ValueError: if the array has another shape or type.
        """
        if vectors.ndim != 2 or vectors.dtype != np.float32:
            raise ValueError(f"vectors must be float32 [n, dim], not {vectors.dtype} {vectors.shape}")
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    @classmethod
    def from_bytes(cls, data: bytes) -> VectorIndex:
        """The index that :meth:`to_bytes` gave.

        Raises:
            ValueError: if the bytes are no index.
        """
        try:
            return cls(faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)))
        except RuntimeError as error:
            raise ValueError(f"not a FAISS index: {error}") from error

    def to_bytes(self) -> bytes:
        """The index as bytes."""
        data: bytes = faiss.serialize_index(self._index).tobytes()
        return data

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """The vectors' length."""
        return int(self._index.d)

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """The ``k`` rows nearest to ``query``, best first, and their cosines.

        Args:
            query: float32 ``[dim]``.
            k: how many; fewer come back if there are fewer.
            allowed: the only rows to look at; all if None.
        """
        limit = len(self) if allowed is None else len(allowed)
        if not (k := min(k, limit)):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = faiss.IDSelectorBatch(allowed)
        scores, rows = self._index.search(query[None, :], k, params=parameters)
        return rows[0], scores[0]

    def scores(self, query: Vectors, rows: Rows) -> Vectors:
        """The cosines of ``query`` with the given rows, float32 ``[len(rows)]``."""
        if not len(rows):
            return np.empty(0, dtype=np.float32)
        # Not @: BLAS would wake its threads for so little, and wait for them on a busy machine.
        scores: Vectors = np.einsum("ij,j->i", self._matrix()[rows], query)
        return scores

    def _matrix(self) -> Vectors:
        """A view of the flat index's own vectors, without a copy."""
        flat = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self.dim)
        matrix: Vectors = flat.reshape(len(self), self.dim)
        return matrix
