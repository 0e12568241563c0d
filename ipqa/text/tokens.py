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
    """The dictionary that comes with jieba, read once a process: that takes half a second.

    Read from jieba's own file; the cache that jieba keeps in the system's temporary folder is left alone,
    since anybody on the machine could have written it.
    """
    base = jieba.Tokenizer()
    frequencies, total = base.gen_pfdict(base.get_dict_file())
    return frequencies, total


class Tokenizer:
    """Cuts text into words for the lexical index.

    jieba's search mode yields the sub-words of two and three characters of a long word; official terms are
    often four (知识产权), so sub-words of four are yielded too.

    Args:
        frequencies: jieba's prefix dictionary: words with their frequencies, and beginnings of words with 0.
        total: the sum of the frequencies.
    """

    def __init__(self, frequencies: dict[str, int], total: int) -> None:
        self._jieba = jieba.Tokenizer()
        self._jieba.FREQ = frequencies
        self._jieba.total = total
        self._jieba.initialized = True

    @classmethod
    def with_words(cls, words: Iterable[str] = ()) -> Tokenizer:
        """A tokenizer with jieba's dictionary, the lexicon's terms and a corpus' own ``words``."""
        frequencies, total = _base_dictionary()
        tokenizer = cls(dict(frequencies), total)
        for word in map(normalise, (*Lexicon.load().terms(), *words)):
            if _DOMAIN_WORD.fullmatch(word) and not tokenizer._jieba.FREQ.get(word):
                tokenizer._jieba.add_word(word, _DOMAIN_FREQUENCY)
        return tokenizer

    @property
    def total(self) -> int:
        """The sum of the frequencies."""
        return int(self._jieba.total)

    @property
    def frequencies(self) -> dict[str, int]:
        """The prefix dictionary; with it the same tokenizer can be made again."""
        known: dict[str, int] = self._jieba.FREQ
        return known

    def words(self, text: str) -> list[str]:
        """The words of ``text`` in order, repeats too, without sub-words or punctuation."""
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
        known = self.frequencies
        for length in _SUBWORD_LENGTHS:
            if length < len(word):
                for i in range(len(word) - length + 1):
                    if known.get(part := word[i : i + length]):
                        yield part
