"""A deterministic encoder whose vectors can be reasoned about: no model, no download."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ipqa.retrieval.encoder import Vectors, unit_length


class HashEncoder:
    """Adds up a fixed random vector for each character pair: texts that share pairs are alike."""

    name = "hash"
    fingerprint = "hash-1"
    dim = 64

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self.encode_document(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for i in range(len(text) - 1):
                seed = int.from_bytes(hashlib.sha256(text[i : i + 2].encode()).digest()[:8], "big")
                vector += np.random.default_rng(seed).standard_normal(self.dim, dtype=np.float32)
        return unit_length(vectors)
