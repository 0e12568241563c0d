"""A question as it is searched: in normal form, with typing errors mended and English terms in Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ipqa.errors import QuestionError
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import has_letters, normalise, normalise_with_offsets
from ipqa.text.pinyin import Correction, SoundIndex
from ipqa.text.tokens import Tokenizer

MAX_QUESTION_LENGTH = 500
_ENGLISH_WORD = re.compile(r"[a-z]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Query:
    """What is searched for.

    ``text`` is the question in normal form, mended, and ``words`` are its words as the index stores them;
    ``context`` and ``context_words`` are those of the earlier turns that it leans on. ``things`` is what it
    asks for (:mod:`ipqa.text.asking`), ``reading`` how it was read: with the earlier turns, mended, with the
    Chinese terms for English ones, and otherwise as typed.
    """

    text: str
    words: tuple[str, ...]
    context: str
    context_words: tuple[str, ...]
    things: frozenset[str]
    reading: str


@dataclass(frozen=True)
class QueryReader:
    """Reads questions with the words of a corpus in mind."""

    tokenizer: Tokenizer
    lexicon: Lexicon
    sounds: SoundIndex
    asking: Asking

    def read(self, question: str, turns: Sequence[str] = ()) -> Query:
        """Read a question that :func:`check_question` let through.

        Args:
            question: as the user put it.
            turns: the earlier turns that it leans on.
        """
        text, words, reading = self._read(question)
        if not turns:
            return Query(text, words, "", (), self.asking.things(text), reading)
        heard = [self._read(turn) for turn in turns]
        return Query(
            text,
            words,
            " ".join(text for text, _, _ in heard),
            tuple(word for _, words, _ in heard for word in words),
            self.asking.things(text),
            " ".join((*(reading for _, _, reading in heard), reading)),
        )

    def _read(self, question: str) -> tuple[str, tuple[str, ...], str]:
        """The text to encode, the words to look up, and the question as it was read."""
        text = normalise(question)
        words = self.tokenizer.words(text)
        found = self.sounds.correct(_with_places(words, text), self.tokenizer.share)
        corrections = [c for c in found if not self._holds_term(c.typed)]
        mended, reading = text, question
        if corrections:
            mended = _mend(text, [(c.start, c.end, c.meant) for c in corrections])
            reading = _mend(question, [_original(question, c) for c in corrections])
        if len(_ENGLISH_WORD.findall(mended)) > len(_CHINESE.findall(mended)):
            terms = self.lexicon.chinese_terms(mended)
            mended = " ".join((mended, *terms))
            reading = f"{reading}({'、'.join(terms)})" if terms else reading
        if mended != text:
            words = self.tokenizer.words(mended)
        return mended, tuple(self.tokenizer.with_subwords(words)), reading

    def _holds_term(self, typed: str) -> bool:
        """Whether what was typed ends in a term of the lexicon: 市水务局 is no slip for 市税务局."""
        return any(typed[i:] in self.lexicon.known for i in range(len(typed) - 2))


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


def _original(question: str, correction: Correction) -> tuple[int, int, str]:
    """The stretch of the question as typed that a correction of its normal form is about."""
    normal = normalise_with_offsets(question)
    lead = len(normal.text) - len(normal.text.lstrip())  # the normal form is without white space at its ends
    span = normal.to_original(correction.start + lead, correction.end + lead)
    return span.start, span.end, correction.meant


def _mend(text: str, changes: Sequence[tuple[int, int, str]]) -> str:
    for start, end, meant in reversed(changes):
        text = text[:start] + meant + text[end:]
    return text
