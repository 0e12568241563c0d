"""The encoder's vocabulary: a Unigram tokenizer of words and characters, and the features of each token.

A Unigram tokenizer takes the most probable cut of a run of characters into known words, which is how jieba
cuts. It emits each stretch of text once, so what overlaps (the words inside a long word, its characters, its
character bigrams) is not tokens of its own but features of the token, summed into its row after training.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram

UNKNOWN = "<unk>"
# Numbers, Latin words and runs of Chinese characters; everything between them is dropped.
_RUNS = r"\d+(?:\.\d+)?%?|[a-z]+|[〇一-鿿㐀-䶿]+"
_LONGEST_TOKEN = 10
_LONGEST_SUBWORD = 4
_PRIOR_COUNT = 0.5  # of a single character or an added word that the texts never show alone


@dataclass(frozen=True)
class Features:
    """What each token's row is the sum of.

    ``ids[offsets[t]:offsets[t + 1]]`` are the features of token ``t``; ``names[f]`` tells feature ``f``:
    ``=word`` the token itself or a word inside it, ``.x`` a character of it, ``:xy`` two in a row.
    """

    names: tuple[str, ...]
    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def of(self, token: int) -> NDArray[np.int64]:
        """The ids of the features of ``token``."""
        return self.ids[self.offsets[token] : self.offsets[token + 1]]


def choose_words(counts: Counter[str], wanted: Iterable[str], size: int) -> dict[str, float]:
    """The vocabulary and the count that each of its words is scored by.

    Every character comes in, so that no Chinese text is unknown; then the ``wanted`` words; then words by
    count until ``size`` is reached.

    Args:
        counts: how often each word stands in the training texts.
        wanted: words to have whatever their count: the words of the question pairs and of the lexicon.
        size: how many words to take; more if characters and ``wanted`` alone are more.

    Returns:
        Word to count, ordered by falling count, then by word.
    """
    chars = {char for word in counts for char in word if "㐀" <= char <= "鿿" or char.isascii()}
    chosen = {char: max(float(counts[char]), _PRIOR_COUNT) for char in chars if char.isalnum()}
    for word in wanted:
        if len(word) <= _LONGEST_TOKEN:
            chosen.setdefault(word, max(float(counts[word]), _PRIOR_COUNT))
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(chosen) >= size:
            break
        if len(word) <= _LONGEST_TOKEN:
            chosen.setdefault(word, float(count))
    return dict(sorted(chosen.items(), key=lambda item: (-item[1], item[0])))


def build_tokenizer(words: dict[str, float]) -> Tokenizer:
    """A Unigram tokenizer over ``words`` scored by their counts; token 0 is the unknown one."""
    total = math.log(sum(words.values()))
    scored = [(word, round(math.log(count) - total, 3)) for word, count in words.items()]
    tokenizer = Tokenizer(Unigram([(UNKNOWN, 0.0), *scored], unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_RUNS), "removed", invert=True)
    return tokenizer


def token_list(tokenizer: Tokenizer) -> list[str]:
    """The tokens by id."""
    ids = tokenizer.get_vocab()
    return sorted(ids, key=ids.__getitem__)


def build_features(tokens: Sequence[str]) -> Features:
    """The features of every token, ``tokens[0]`` being the unknown one, which has none."""
    words = set(tokens[1:])
    index: dict[str, int] = {}
    ids: list[int] = []
    offsets = [0, 0]
    for token in tokens[1:]:
        ids.extend(index.setdefault(name, len(index)) for name in _feature_names(token, words))
        offsets.append(len(ids))
    return Features(tuple(index), np.array(ids, np.int64), np.array(offsets, np.int64))


def _feature_names(token: str, words: set[str]) -> list[str]:
    names = ["=" + token]
    if token.isascii():
        return names
    for length in range(2, min(_LONGEST_SUBWORD, len(token) - 1) + 1):
        parts = (token[i : i + length] for i in range(len(token) - length + 1))
        names.extend("=" + part for part in parts if part in words)
    names.extend("." + char for char in token)
    bigrams = (token[i : i + 2] for i in range(len(token) - 1))
    names.extend(":" + pair for pair in bigrams if pair not in words)
    return names


def row_features(
    features: Features, tokens: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The features of some tokens end to end, and where each token's begin.

    Args:
        features: the feature table.
        tokens: token ids, shape (n,).

    Returns:
        Feature ids, shape (m,), and offsets into them, shape (n,).
    """
    starts, ends = features.offsets[tokens], features.offsets[tokens + 1]
    lengths = ends - starts
    offsets = np.cumsum(lengths) - lengths
    positions = np.arange(lengths.sum()) - np.repeat(offsets, lengths) + np.repeat(starts, lengths)
    return features.ids[positions], offsets
