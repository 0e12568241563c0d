"""Words by jieba in search mode, with a domain dictionary. The only module that imports jieba."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
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
    """The dictionary of jieba itself, loaded once a process: that takes half a second."""
    base = jieba.Tokenizer()
    base.initialize()
    return base.FREQ, base.total


@cache
def _lexicon_words() -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise(term) for term in Lexicon.load().terms()))


class Tokenizer:
    """Cuts text into words for the lexical index.

    jieba's search mode yields the sub-words of two and three characters of a long word; official terms are
    often four (知识产权), so sub-words of four are yielded too.

    Args:
        words: domain words besides the lexicon's: units, the terms of headings.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        frequencies, total = _base_dictionary()
        self._jieba = jieba.Tokenizer()
        self._jieba.FREQ = dict(frequencies)
        self._jieba.total = total
        self._jieba.initialized = True
        for word in (*_lexicon_words(), *(normalise(w) for w in words)):
            if _DOMAIN_WORD.fullmatch(word) and not self._jieba.FREQ.get(word):
                self._jieba.add_word(word, _DOMAIN_FREQUENCY)

    def words(self, text: str) -> list[str]:
        """The words of ``text`` in order, each once, without sub-words or punctuation."""
        words: list[str] = []
        for run in _RUN.findall(normalise(text)):
            # Numbers and Latin words are words as they stand; jieba would cut 3.7 in two.
            words.extend(self._jieba.cut(run, HMM=False) if run[0] > "\u33ff" else (run,))
        return words

    def search_words(self, text: str) -> list[str]:
        """The words of ``text`` and the dictionary words inside them: what an index stores and looks up."""
        tokens: list[str] = []
        for word in self.words(text):
            tokens.extend(self._subwords(word))
            tokens.append(word)
        return tokens

    def _subwords(self, word: str) -> Iterable[str]:
        known = self._jieba.FREQ
        for length in _SUBWORD_LENGTHS:
            if length < len(word):
                for i in range(len(word) - length + 1):
                    if known.get(part := word[i : i + length]):
                        yield part
