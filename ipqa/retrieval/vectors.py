"""Nearest vectors by inner product. The only module that imports faiss.

Vectors are of length one, so the inner product is the cosine: higher is better. Up to a number of rows the
index is flat and exact; beyond, it is an inverted file of 8-bit codes, which looks at a part of the rows
(``docs/benchmarks.md`` has the measurement that kind and limit were chosen by). It is written as bytes by
Python, since FAISS cannot open paths with Chinese characters on Windows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from ipqa.retrieval.encoder import Vectors

Rows = npt.NDArray[np.int64]
Sample = Callable[[int], Vectors]

EXACT_ROWS = 50_000
_LISTS_PER_ROOT = 2  # lists of the inverted file for each square root of the rows
_TRAINING_ROWS_PER_LIST = 20
_ROUNDS = 6  # of k-means: further ones move little
_PROBED_SHARE = 1 / 32  # of the lists, looked at for a query
_FEWEST_PROBED = 32


@dataclass(frozen=True)
class VectorIndex:
    """Vectors by row, from 0."""

    _index: Any

    @classmethod
    def empty(cls, dim: int, rows: int, sample: Sample, exact_rows: int | None = None) -> VectorIndex:
        """An index that :meth:`add` fills.

        Args:
            dim: the vectors' length.
            rows: how many there will be; decides on the kind of index.
            sample: gives about so many of the vectors, drawn at random; only a large index asks for them.
            exact_rows: how many rows are still looked at one and all; :data:`EXACT_ROWS` if None.
        """
        if rows <= (EXACT_ROWS if exact_rows is None else exact_rows):
            return cls(faiss.IndexFlatIP(dim))
        lists = int(_LISTS_PER_ROOT * math.sqrt(rows))
        index = faiss.index_factory(dim, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        clustering = index.cp  # type: ignore[attr-defined]  # the factory promises no more than an index
        clustering.niter, clustering.min_points_per_centroid = _ROUNDS, 1
        index.train(sample(_TRAINING_ROWS_PER_LIST * lists))
        return cls(index)._ready()

    @classmethod
    def from_vectors(cls, vectors: Vectors) -> VectorIndex:
        """Index ``vectors``, float32 ``[n, dim]``, each of length one or zero.

        Raises:
            ValueError: if the array has another shape or type.
        """
        if vectors.ndim != 2:
            raise ValueError(f"vectors must be float32 [n, dim], not {vectors.dtype} {vectors.shape}")
        draw = np.random.default_rng(0).choice
        index = cls.empty(
            vectors.shape[1],
            len(vectors),
            lambda n: vectors[draw(len(vectors), min(n, len(vectors)), replace=False)],
        )
        index.add(vectors)
        return index

    @classmethod
    def from_bytes(cls, data: bytes) -> VectorIndex:
        """The index that :meth:`to_bytes` gave.

        Raises:
            ValueError: if the bytes are no index.
        """
        try:
            return cls(faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)))._ready()
        except RuntimeError as error:
            raise ValueError(f"not a FAISS index: {error}") from error

    def add(self, vectors: Vectors) -> None:
        """Append rows: float32 ``[n, dim]``, each of length one or zero.

        Raises:
            ValueError: if the array has another shape or type.
        """
        if vectors.ndim != 2 or vectors.dtype != np.float32:
            raise ValueError(f"vectors must be float32 [n, dim], not {vectors.dtype} {vectors.shape}")
        self._index.add(np.ascontiguousarray(vectors))

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

    @property
    def is_exact(self) -> bool:
        """Whether every row is looked at."""
        return isinstance(self._index, faiss.IndexFlat)

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
        if allowed is not None and not self.is_exact and limit <= EXACT_ROWS:
            return _best(allowed, self.scores(query, allowed), k)  # the lists looked at may hold none of them
        scores, rows = self._index.search(query[None, :], k, params=self._only(allowed))
        found = rows[0] >= 0  # an inverted file may find fewer in the lists that it looks at
        return rows[0][found], scores[0][found]

    def scores(self, query: Vectors, rows: Rows) -> Vectors:
        """The cosines of ``query`` with the given rows, float32 ``[len(rows)]``."""
        if not len(rows):
            return np.empty(0, dtype=np.float32)
        vectors = self._matrix()[rows] if self.is_exact else self._index.reconstruct_batch(rows)
        # Not @: BLAS would wake its threads for so little, and wait for them on a busy machine.
        scores: Vectors = np.einsum("ij,j->i", vectors, query)
        return scores

    def all_scores(self, query: Vectors) -> Vectors:
        """The cosine of ``query`` with every row, float32 ``[len(self)]``; of an exact index only."""
        scores = np.empty(len(self), dtype=np.float32)
        query = np.ascontiguousarray(query)
        faiss.fvec_inner_products_ny(  # type: ignore[attr-defined]
            faiss.swig_ptr(scores), faiss.swig_ptr(query), self._index.get_xb(), self.dim, len(self)
        )
        return scores

    def _only(self, allowed: Rows | None) -> Any:  # noqa: ANN401  faiss has no common type
        if allowed is None:
            return None
        selector = faiss.IDSelectorBatch(allowed)
        if self.is_exact:
            return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        return faiss.SearchParametersIVF(sel=selector, nprobe=self._index.nprobe)  # type: ignore[call-arg]

    def _matrix(self) -> Vectors:
        """A view of the flat index's own vectors, without a copy."""
        flat = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self.dim)
        matrix: Vectors = flat.reshape(len(self), self.dim)
        return matrix

    def _ready(self) -> VectorIndex:
        """What FAISS does not keep with an inverted file: how much to look at, and where each row lies."""
        if not self.is_exact:
            self._index.nprobe = max(_FEWEST_PROBED, int(self._index.nlist * _PROBED_SHARE))
            self._index.set_direct_map_type(faiss.DirectMap.Array)  # type: ignore[attr-defined]
        return self


def _best(rows: Rows, scores: Vectors, k: int) -> tuple[Rows, Vectors]:
    best = np.argsort(-scores, kind="stable")[:k]
    return rows[best], scores[best]
