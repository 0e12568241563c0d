"""Documents and articles that a question names: 专利法第七十一条 is looked for in that law, there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ipqa.documents.numbering import match_marker, parse_number
from ipqa.models import Clause, Document
from ipqa.text.normalise import normalise, without_spaces

_STATE = "中华人民共和国"
_EDITION = re.compile(r"\([^()]*\)$")  # 专利法(2020年修正)
_ARTICLE = re.compile(r"第\s*([〇零一二两三四五六七八九十百千]+|\d+)\s*条")
_SHORTEST = 3  # characters of a title; shorter ones are words of everyday
_SHORT_LAWS = frozenset({"刑法", "宪法"})

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Named:
    """Where to look for what a question names: the clauses, and whether nothing else is wanted."""

    clauses: Mask
    only: bool


@dataclass(frozen=True)
class DocumentNames:
    """Documents by what questions call them.

    ``titles`` maps titles in normal form, with and without 中华人民共和国 and the edition, to ids;
    ``owners[i]`` is the number of the document that holds clause ``i``, by ``numbers``.
    """

    titles: Mapping[str, frozenset[str]]
    clauses: Sequence[Clause]
    numbers: Mapping[str, int]
    owners: npt.NDArray[np.int32]

    @classmethod
    def of(cls, documents: Iterable[Document], clauses: Sequence[Clause]) -> DocumentNames:
        """The names of documents, and where their clauses stand."""
        titles: dict[str, set[str]] = {}
        numbers = {}
        for number, document in enumerate(documents):
            numbers[document.id] = number
            for name in _names(document.title):
                titles.setdefault(name, set()).add(document.id)
        owners = np.fromiter((numbers[c.doc_id] for c in clauses), np.int32, len(clauses))
        longest_first = sorted(titles, key=lambda title: (-len(title), title))
        return cls({t: frozenset(titles[t]) for t in longest_first}, clauses, numbers, owners)

    def find(self, text: str) -> frozenset[str]:
        """The documents that a text in normal form names; of names within each other the longest counts."""
        bare = without_spaces(text)
        if len(self.numbers) < 2:
            return frozenset(self.numbers)  # there is but one to mean
        return next((ids for title, ids in self.titles.items() if title in bare), frozenset())

    def look(self, text: str, allowed: Mask | None) -> Named | None:
        """Where to look first for a question; None if it names no document, or nothing of it is allowed.

        Args:
            text: the question in normal form.
            allowed: the clauses that may be found; all if None.
        """
        ids = self.find(text)
        articles = {parse_number(number) for number in _ARTICLE.findall(text)}
        if not ids or (len(self.numbers) < 2 and not articles):
            return None
        mask = np.isin(self.owners, [self.numbers[doc_id] for doc_id in ids])
        if allowed is not None:
            mask &= allowed
        if articles:
            exact = np.zeros_like(mask)
            for i in np.flatnonzero(mask).tolist():
                exact[i] = bool(articles & set(_articles(self.clauses[i])))
            if exact.any():
                return Named(exact, only=True)
        return Named(mask, only=False) if mask.any() and len(self.numbers) > 1 else None


def _names(title: str) -> Iterable[str]:
    name = without_spaces(normalise(title)).strip("《》")
    for whole in (name, name.removeprefix(_STATE)):
        for short in dict.fromkeys((whole, _EDITION.sub("", whole))):
            if len(short) >= _SHORTEST or short in _SHORT_LAWS:
                yield short


def _articles(clause: Clause) -> Iterable[int]:
    """The number of the article that a clause is, or is a part of."""
    for heading in (*clause.section_path[-1:], clause.text):
        marker = match_marker(heading)
        if marker and marker.style.name == "条":
            yield marker.number
