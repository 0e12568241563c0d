"""Where training starts from: word vectors of the plain texts, and weights by how rare a feature is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from gensim.models import Word2Vec
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ipqa.training.vocabulary import UNKNOWN, Features, token_list

_LENGTH = 2.0  # of a feature's vector, before its weight
_NOISE = 0.01
_FREQUENT = 1e-3  # a feature of this share of the text gets half the weight of a rare one


def learn_word_vectors(
    tokenizer: Tokenizer, lines: Sequence[str], dim: int, epochs: int, workers: int, seed: int
) -> tuple[dict[str, NDArray[np.float32]], Counter[str]]:
    """Skip-gram vectors of the tokens.

    Args:
        tokenizer: cuts the lines into words.
        lines: texts in normal form.
        dim: the vectors' length.
        epochs: passes over the lines.
        workers: threads; with more than one, two runs differ slightly.
        seed: of the random start.

    Returns:
        The vector of each token that occurs twice or more, and how often each token occurs.
    """
    encodings = tokenizer.encode_batch_fast(list(lines), add_special_tokens=False)
    names = token_list(tokenizer)  # the fast encodings hold ids alone
    sentences = [[names[i] for i in encoding.ids if names[i] != UNKNOWN] for encoding in encodings]
    counts = Counter(token for sentence in sentences for token in sentence)
    model = Word2Vec(
        sentences,
        vector_size=dim,
        window=6,
        sg=1,
        negative=5,
        sample=1e-4,
        min_count=2,
        epochs=epochs,
        workers=workers,
        seed=seed,
    )
    return {word: model.wv[word] for word in model.wv.index_to_key}, counts


def initial_values(
    features: Features, vectors: Mapping[str, NDArray[np.float32]], counts: Counter[str], dim: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors and weights of the features for training to start from.

    A word starts from its word vector, a character from the mean of the words that it stands in, a character
    bigram from next to nothing; weights fall with frequency, a / (a + p).

    Args:
        features: the feature table.
        vectors: word vectors.
        counts: how often each token occurs.
        dim: the vectors' length.
        seed: of the noise.

    Returns:
        Vectors, shape (features, dim), and positive weights, shape (features,).
    """
    centre = np.mean(np.stack(list(vectors.values())), axis=0)
    characters, frequency = _parts(vectors, counts, centre)
    start = np.random.default_rng(seed).normal(0, _NOISE, (len(features.names), dim)).astype(np.float32)
    weights = np.empty(len(features.names), np.float32)
    total = sum(counts.values())
    for i, name in enumerate(features.names):
        kind, part = name[0], name[1:]
        if kind == "=" and part in vectors:
            start[i] = _stretch(vectors[part] - centre)
        elif kind == "." and part in characters:
            start[i] = _stretch(characters[part])
        share = (counts[part] if kind == "=" else frequency[part]) / total
        weights[i] = _FREQUENT / (_FREQUENT + share)
    return start, weights


def _parts(
    vectors: Mapping[str, NDArray[np.float32]], counts: Counter[str], centre: NDArray[np.float32]
) -> tuple[dict[str, NDArray[np.float32]], Counter[str]]:
    """For each character the sum of its words' vectors; the counts of characters and bigrams in words."""
    sums: dict[str, NDArray[np.float32]] = {}
    frequency: Counter[str] = Counter()
    for word, vector in vectors.items():
        moved = (vector - centre) * counts[word]
        for char in word:
            sums[char] = sums[char] + moved if char in sums else moved
            frequency[char] += counts[word]
        for i in range(len(word) - 1):
            frequency[word[i : i + 2]] += counts[word]
    return sums, frequency


def _stretch(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    stretched: NDArray[np.float32] = vector * np.float32(_LENGTH / max(float(np.linalg.norm(vector)), 1e-9))
    return stretched
