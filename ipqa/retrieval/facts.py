"""What a clause holds, told apart as far as questions ask for it: a number, a note of units, a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ipqa.models import CLAUSE_KINDS, Clause

Facts = npt.NDArray[np.bool_]

FACTS = (*CLAUSE_KINDS, "number", "units", "list")
SENTENCE_FACTS = ("number", "units")
_NUMBER = re.compile(r"\d[\d.]*\s*(?:%|[万亿]?(?:件|家|个|项|元|户|人|名|处|次|倍|篇))")
_NOTE = re.compile(r"责任单位|牵头|按职责分工")
_LIST = re.compile(r"一是|(?:[^、。;；]{1,14}、){3}")


def clause_facts(clauses: Sequence[Clause]) -> Facts:
    """Which of :data:`FACTS` hold for each clause, shape ``[len(clauses), len(FACTS)]``."""
    rows = [(*(clause.kind == kind for kind in CLAUSE_KINDS), *_contents(clause)) for clause in clauses]
    return np.array(rows, dtype=np.bool_).reshape(len(clauses), len(FACTS))


def _contents(clause: Clause) -> tuple[bool, bool, bool]:
    number = clause.kind == "indicator" or bool(_NUMBER.search(clause.text))
    return number, bool(clause.responsibility), bool(_LIST.search(clause.text))


def is_note(sentence: str) -> bool:
    """Whether a sentence notes who is responsible."""
    return bool(_NOTE.search(sentence))


def sentence_facts(clause: Clause) -> Facts:
    """Which of :data:`SENTENCE_FACTS` hold for each sentence, shape ``[len(clause.sentences), 2]``."""
    texts = (clause.text[s.start - clause.start : s.end - clause.start] for s in clause.sentences)
    return np.array([(bool(_NUMBER.search(text)), is_note(text)) for text in texts])
