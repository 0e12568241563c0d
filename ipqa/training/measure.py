"""How well question → passage works on documents that training has not seen, beside BM25."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bm25s
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ipqa.text.tokens import Tokenizer as Words
from ipqa.training.data import Pair


@dataclass(frozen=True)
class Recall:
    """Share of questions whose passage comes first, or among the first five, and the mean reciprocal rank."""

    first: float
    five: float
    mrr: float

    def __str__(self) -> str:
        return f"hit@1 {self.first:.3f}  hit@5 {self.five:.3f}  MRR {self.mrr:.3f}"


def measure_rows(tokenizer: Tokenizer, rows: NDArray[np.float32], pairs: Sequence[Pair]) -> Recall:
    """Rank each question's passage among the passages of all ``pairs`` by cosine."""
    passages = list(dict.fromkeys(pair.b for pair in pairs))
    questions = [pair.a for pair in pairs]
    scores = encode(tokenizer, rows, questions) @ encode(tokenizer, rows, passages).T
    return _recall(scores, pairs, passages)


def measure_bm25(pairs: Sequence[Pair]) -> Recall:
    """The same by BM25 over jieba words."""
    passages = list(dict.fromkeys(pair.b for pair in pairs))
    words = Words.with_words()
    index = bm25s.BM25()
    index.index([words.search_words(passage) for passage in passages], show_progress=False)
    scores = np.stack([index.get_scores(words.search_words(pair.a)) for pair in pairs])
    return _recall(scores, pairs, passages)


def encode(tokenizer: Tokenizer, rows: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of texts in normal form, shape (texts, dim); zeros for a text without a known token."""
    vectors = np.zeros((len(texts), rows.shape[1]), np.float32)
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    for vector, encoding in zip(vectors, encodings, strict=True):
        vector[:] = rows[encoding.ids].sum(axis=0)
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


def _recall(scores: NDArray[np.float32], pairs: Sequence[Pair], passages: Sequence[str]) -> Recall:
    places = {passage: i for i, passage in enumerate(passages)}
    right = scores[np.arange(len(pairs)), [places[pair.b] for pair in pairs]]
    # Of passages that score alike, half are taken to come before the right one.
    ranks = 0.5 + ((scores > right[:, None]).sum(axis=1) + (scores >= right[:, None]).sum(axis=1)) / 2
    return Recall(float(np.mean(ranks <= 1)), float(np.mean(ranks <= 5)), float(np.mean(1 / ranks)))
