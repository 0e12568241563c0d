"""A question as it is searched: in normal form, with typing errors mended and English terms in Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ipqa.errors import QuestionError
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import has_letters, normalise
from ipqa.text.pinyin import Correction, SoundIndex
from ipqa.text.tokens import Tokenizer

MAX_QUESTION_LENGTH = 500
_ENGLISH_WORD = re.compile(r"[a-z]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Query:
    """What is searched for.

    ``text`` is the question in normal form, mended; ``words`` its words as the index stores them; ``things``
    what it asks for (:mod:`ipqa.text.asking`); ``corrections`` are places in the normal form before mending.
    """

    text: str
    words: tuple[str, ...]
    things: frozenset[str]
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class QueryReader:
    """Reads questions with the words of a corpus in mind."""

    tokenizer: Tokenizer
    lexicon: Lexicon
    sounds: SoundIndex
    asking: Asking

    def read(self, question: str) -> Query:
        """Read a question that :func:`check_question` let through; earlier turns may stand before it."""
        text = normalise(question)
        words = self.tokenizer.words(text)
        corrections = self.sounds.correct(_with_places(words, text), self.tokenizer.share)
        mended = _mend(text, corrections)
        if len(_ENGLISH_WORD.findall(mended)) > len(_CHINESE.findall(mended)):
            mended = " ".join((mended, *self.lexicon.chinese_terms(mended)))
        if mended != text:
            words = self.tokenizer.words(mended)
        terms = tuple(self.tokenizer.with_subwords(words))
        return Query(mended, terms, self.asking.things(mended), tuple(corrections))


def _with_places(words: Sequence[str], text: str) -> list[tuple[int, str]]:
    """The Chinese words of a text with their places."""
    placed, end = [], 0
    for word in words:
        start = text.index(word, end)
        end = start + len(word)
        if word[0] >= "\u4e00":
            placed.append((start, word))
    return placed


def check_question(question: str) -> str:
    """The question without white space at its ends.

    Raises:
        QuestionError: if it is no string, blank, longer than 500 characters, or has no letter or digit.
    """
    if not isinstance(question, str):
        raise QuestionError(f"问题应是一段文字(字符串),而不是 {type(question).__name__}")
    stripped = question.strip()
    if not stripped:
        raise QuestionError("请输入问题:问题是空的")
    if len(stripped) > MAX_QUESTION_LENGTH:
        raise QuestionError(f"问题太长:{len(stripped)} 字,最多 {MAX_QUESTION_LENGTH} 字")
    if not has_letters(stripped):
        raise QuestionError("问题里没有文字或数字,请换个说法")
    return stripped


def _mend(text: str, corrections: Sequence[Correction]) -> str:
    for c in reversed(corrections):
        text = text[: c.start] + c.meant + text[c.end :]
    return text
