"""Words by jieba's dictionary, with a domain's own terms. The only module that imports jieba."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Mapping
from functools import cache

with warnings.catch_warnings():  # jieba 0.42 has invalid escapes and asks for pkg_resources
    warnings.simplefilter("ignore")
    import jieba

from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise

jieba.setLogLevel(60)  # no "Building prefix dict" lines on the terminal

_RUN = re.compile(r"\d+(?:\.\d+)?%?|[a-z]+|[\u4e00-\u9fff\u3400-\u4dbf]+|[^\W_]")
_DOMAIN_WORD = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z0-9]+")
_DOMAIN_FREQUENCY = 1000  # well above a rare word's, so that a term is kept whole
_SUBWORD_LENGTHS = (2, 3, 4)


@cache
def _base_dictionary() -> tuple[dict[str, int], int]:
    """The dictionary that comes with jieba, read once a process: that takes half a second.

    Read from jieba's own file; the cache that jieba keeps in the system's temporary folder is left alone,
    since anybody on the machine could have written it.
    """
    base = jieba.Tokenizer()
    frequencies, total = base.gen_pfdict(base.get_dict_file())
    return frequencies, total


class Tokenizer:
    """Cuts text in normal form into words for the lexical index.

    jieba's search mode yields the sub-words of two and three characters of a long word; official terms are
    often four (知识产权), so sub-words of four are yielded too.

    Args:
        weights: each word's log-probability by jieba's dictionary, and 0 for what only begins words.
        total: the sum of the dictionary's frequencies.
    """

    def __init__(self, weights: dict[str, float], total: int) -> None:
        self.weights = weights
        self.total = total
        self._rarest = -math.log(total)

    @classmethod
    def of_frequencies(cls, frequencies: Mapping[str, int], total: int) -> Tokenizer:
        """From jieba's prefix dictionary: words with their frequencies, beginnings of words with 0."""
        log_total = math.log(total)
        logs = {count: math.log(count) - log_total for count in set(frequencies.values()) if count}
        return cls({word: logs.get(count, 0.0) for word, count in frequencies.items()}, total)

    @classmethod
    def with_words(cls, words: Iterable[str] = ()) -> Tokenizer:
        """A tokenizer with jieba's dictionary, the lexicon's terms and a corpus' own ``words``."""
        frequencies, total = _base_dictionary()
        base = jieba.Tokenizer()
        base.FREQ, base.total, base.initialized = dict(frequencies), total, True
        for word in map(normalise, (*Lexicon.load().terms(), *words)):
            if _DOMAIN_WORD.fullmatch(word) and not base.FREQ.get(word):
                base.add_word(word, _DOMAIN_FREQUENCY)
        return cls.of_frequencies(base.FREQ, int(base.total))

    def extended(self, words: Iterable[str]) -> Tokenizer:
        """A tokenizer that knows further words, as those of a document that came later."""
        weights = dict(self.weights)
        weight = math.log(_DOMAIN_FREQUENCY) - math.log(self.total)
        for word in map(normalise, words):
            if _DOMAIN_WORD.fullmatch(word) and not weights.get(word):
                weights[word] = weight
                for end in range(1, len(word)):
                    weights.setdefault(word[:end], 0.0)
        return Tokenizer(weights, self.total)

    def words(self, text: str) -> list[str]:
        """The words of ``text``, which is in normal form, in order, repeats too, without punctuation."""
        words: list[str] = []
        for run in _RUN.findall(text):
            # Numbers and Latin words are words as they stand; jieba would cut 3.7 in two.
            words.extend(self._cut(run) if run[0] > "\u33ff" else (run,))
        return words

    def search_words(self, text: str) -> list[str]:
        """The words of a text and the dictionary words inside them: what an index stores and looks up."""
        return self.with_subwords(self.words(text))

    def with_subwords(self, words: Iterable[str]) -> list[str]:
        """The words, each after the dictionary words inside it."""
        tokens: list[str] = []
        for word in words:
            if len(word) > _SUBWORD_LENGTHS[0]:
                tokens.extend(self._subwords(word))
            tokens.append(word)
        return tokens

    def share(self, word: str) -> float:
        """How often a word is used in general, as a share of all words; an unknown word as the rarest."""
        return math.exp(self.weights.get(word) or self._rarest)

    def _cut(self, run: str) -> list[str]:
        """The most probable cut of a run of characters: jieba's without its hidden Markov model.

        jieba first lists every word at every place and then weighs the paths; here both are one pass from
        the end, which is twice as fast. Of paths alike, the longer first word is taken, as jieba does.
        """
        lookup, rarest, length = self.weights.get, self._rarest, len(run)
        best = [0.0] * (length + 1)
        ends = [0] * length
        for start in range(length - 1, -1, -1):
            end = start + 1
            weight = lookup(run[start:end])
            # A character that only begins words (weight 0) is a word of its own if nothing else fits.
            alone = (weight or rarest) + best[end]
            top, top_end = (-math.inf if weight == 0.0 else alone), end
            while weight is not None and end < length:  # None: no word begins like this
                end += 1
                weight = lookup(run[start:end])
                if weight:
                    score = weight + best[end]
                    if score >= top:
                        top, top_end = score, end
            best[start], ends[start] = (alone if top == -math.inf else top), top_end
        words, start = [], 0
        while start < length:
            words.append(run[start : ends[start]])
            start = ends[start]
        return words

    def _subwords(self, word: str) -> Iterable[str]:
        lookup = self.weights.get
        for length in _SUBWORD_LENGTHS:
            if length < len(word):
                for i in range(len(word) - length + 1):
                    if lookup(part := word[i : i + length]):
                        yield part
