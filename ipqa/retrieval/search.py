"""Search: a question's words and vector, the candidates of the index, ranked, filtered, highlighted."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ipqa.errors import ArgumentError, QuestionError
from ipqa.models import Hit
from ipqa.retrieval.encoder import Encoder
from ipqa.retrieval.filters import ClauseFilter
from ipqa.retrieval.index import ClauseIndex
from ipqa.retrieval.ranking import Weights, highlight, rank
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import has_letters, normalise
from ipqa.text.tokens import Tokenizer

MAX_QUESTION_LENGTH = 500
_ENGLISH_WORD = re.compile(r"[a-z]{2,}")
_HAN_CHARACTER = re.compile(r"[\u4e00-\u9fff]")


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


@dataclass(frozen=True)
class Searcher:
    """An index with the encoder, the tokenizer and the lexicon that it was built with."""

    index: ClauseIndex
    encoder: Encoder
    tokenizer: Tokenizer
    lexicon: Lexicon
    weights: Weights

    def search(self, question: str, k: int, accept: ClauseFilter | None = None) -> tuple[Hit, ...]:
        """The ``k`` best clauses for a question, best first.

        Args:
            question: checked by :func:`check_question`; earlier turns may stand before it.
            k: how many hits at most.
            accept: looks at a clause and says whether it may be a hit.

        Raises:
            ArgumentError: if ``k`` is no whole number from 1.
        """
        if not isinstance(k, int) or isinstance(k, bool) or k < 1:
            raise ArgumentError(f"k 应至少为 1,并且是整数,而不是 {k!r}")
        text = self._in_chinese(normalise(question))
        vector = self.encoder.encode_query([text])[0]
        allowed = None
        if accept is not None:
            allowed = np.fromiter(map(accept, self.index.clauses), dtype=bool, count=len(self.index.clauses))
        pool = self.index.candidates(vector, self.tokenizer.search_words(text), k, allowed)
        hits = []
        for ranked in rank(pool, self.weights)[:k]:
            clause = ranked.candidate.clause
            marks = highlight(clause, self.index.sentence_scores(clause, vector), self.weights)
            hits.append(Hit(clause, ranked.score, ranked.candidate.scores, marks))
        return tuple(hits)

    def _in_chinese(self, text: str) -> str:
        """An English question with the lexicon's Chinese terms behind it; any other text as it is."""
        if len(_ENGLISH_WORD.findall(text)) <= len(_HAN_CHARACTER.findall(text)):
            return text
        return " ".join((text, *self.lexicon.chinese_terms(text)))
