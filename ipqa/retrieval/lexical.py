"""Which clauses use the question's words: BM25, and how much of the question a clause covers.

Words come from :mod:`ipqa.text.tokens`. BM25 (Lucene's variant, k1 = 1.5, b = 0.75) comes from bm25s; it
finds candidates in a large corpus. Coverage ranks them: how much of the question's weight the clause holds,

    coverage = sum of w(t) over the question's words t in the clause / sum of w(t) over all its words,
    w(t) = ln(1 + (N - n + 0.5) / (n + 0.5)),

where ``n`` of ``N`` clauses and bank questions hold the word (Robertson & Zaragoza 2009, as Lucene has it).
Unlike BM25 it lies between 0 and 1, whatever the size of the corpus, and it tells a question that is half
unknown from one that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
Words = Sequence[str]

_K1, _B = 1.5, 0.75
_SELDOM = 3  # clauses and bank questions; a word that fewer hold may be a slip
_ENOUGH = 30_000  # places of words that are looked at for candidates


@dataclass(frozen=True)
class Postings:
    """For each word the clauses that hold it, ascending: ``clauses[starts[w]:starts[w + 1]]``."""

    clauses: Ids
    starts: npt.NDArray[np.int64]

    def of(self, word: int) -> Ids:
        """The clauses that hold a word."""
        return self.clauses[self.starts[word] : self.starts[word + 1]]


class WordRows:
    """Texts as word numbers, one row each: a million rows of strings would not fit in memory.

    The rows are read like a list of lists, as bm25s wants them.
    """

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self.vocabulary = vocabulary
        self.rows: list[Ids] = []

    def add(self, words: Iterable[str]) -> None:
        """Append a text; words that are new get the next numbers."""
        numbers = self.vocabulary
        self.rows.append(np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int32))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[list[int]]:
        return (row.tolist() for row in self.rows)

    def holders(self) -> Postings:
        """The rows that hold each word."""
        distinct = [np.unique(row) for row in self.rows]
        words = np.concatenate(distinct) if distinct else np.empty(0, dtype=np.int32)
        rows = np.repeat(np.arange(len(distinct), dtype=np.int32), [len(d) for d in distinct])
        order = np.argsort(words, kind="stable")
        starts = np.searchsorted(words[order], np.arange(len(self.vocabulary) + 1))
        return Postings(rows[order], starts)


@dataclass(frozen=True)
class AskedWords:
    """A question's words as the index knows them, each once, with their weights.

    ``total`` is the weight of all its words, unknown ones too.
    """

    ids: tuple[int, ...]
    weights: Scores
    total: float


@dataclass(frozen=True)
class LexicalIndex:
    """The words of clauses, alone (``plain``) and together with those of their bank questions (in BM25).

    ``plain`` is None where there is no bank: the two are the same. ``held[w]`` of ``count`` clauses and bank
    questions hold word ``w``.
    """

    _bm25: bm25s.BM25
    plain: Postings | None
    held: Ids
    count: int

    @classmethod
    def build(cls, clauses: WordRows, questions: WordRows, owners: Sequence[int]) -> LexicalIndex:
        """Index clauses and bank questions.

        Args:
            clauses: the clauses' words; at least one word in one of them.
            questions: the bank questions' words, over the same vocabulary.
            owners: for each question the clause that it belongs to.
        """
        plain = clauses.holders() if len(questions) else None
        asked = np.diff(questions.holders().starts)
        for owner, row in zip(owners, questions.rows, strict=True):
            clauses.rows[owner] = np.concatenate((clauses.rows[owner], row))
        bm25 = bm25s.BM25(method="lucene", k1=_K1, b=_B, backend="numpy")
        bm25.index(bm25s.tokenization.Tokenized(clauses, clauses.vocabulary), show_progress=False)
        held = np.diff((plain or _postings(bm25)).starts)
        total = (held[: len(asked)] + asked).astype(np.int32)
        return cls(bm25, plain, total, len(clauses) + len(questions))

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """The index that :meth:`save` wrote."""
        held = np.load(folder / _HELD, allow_pickle=False)
        plain = None
        if (folder / _PLAIN[0]).exists():
            plain = Postings(*(np.load(folder / name, allow_pickle=False) for name in _PLAIN))
        return cls(bm25s.BM25.load(str(folder), load_vocab=True), plain, held[:-1], int(held[-1]))

    def save(self, folder: Path) -> None:
        """Write npy and JSON files into ``folder``."""
        self._bm25.save(str(folder), show_progress=False)
        np.save(folder / _HELD, np.append(self.held, np.int32(self.count)), allow_pickle=False)
        if self.plain:
            np.save(folder / _PLAIN[0], self.plain.clauses, allow_pickle=False)
            np.save(folder / _PLAIN[1], self.plain.starts, allow_pickle=False)

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    def __contains__(self, word: str) -> bool:
        return word in self._bm25.vocab_dict

    @cached_property
    def weights(self) -> Scores:
        """The weight of each word."""
        return _weight(self.held, self.count).astype(np.float32)

    @cached_property
    def unknown(self) -> float:
        """The weight of a word that nothing holds."""
        return float(_weight(np.zeros(1), self.count).astype(np.float32)[0])

    def frequency(self, word: str) -> int:
        """How many clauses and bank questions hold a word."""
        number = self._bm25.vocab_dict.get(word)
        return 0 if number is None else int(self.held[number])

    def look_up(
        self,
        words: Words,
        context: Words = (),
        share: float = 0.0,
        weights: Mapping[str, float] | None = None,
    ) -> AskedWords:
        """A question's words, as the tokenizer cuts them for search.

        Args:
            words: the question's own.
            context: those of earlier turns.
            share: how much of its weight a word has that stands in ``context`` only.
            weights: what each of the words weighs where this index is a part of a larger one; its own
                weights if None.
        """
        shares = {**dict.fromkeys(context, share), **dict.fromkeys(words, 1.0)}
        numbers = self._bm25.vocab_dict
        known = {numbers[word]: share for word, share in shares.items() if word in numbers}
        if weights is None:
            own = self.weights[list(known)]
            unknown = self.unknown * sum(share for word, share in shares.items() if word not in numbers)
        else:
            own = np.array([weights[word] for word in shares if word in numbers], dtype=np.float32)
            unknown = sum(weights[word] * share for word, share in shares.items() if word not in numbers)
        shared = own * np.array(list(known.values()), dtype=np.float32)
        return AskedWords(tuple(known), shared, float(shared.sum()) + unknown)

    def scores(self, asked: AskedWords) -> Scores:
        """The BM25 score of every clause with its bank questions; 0 where no word occurs."""
        scores: Scores = self._bm25.get_scores_from_ids(list(asked.ids))
        return scores

    def best(self, asked: AskedWords, k: int, allowed: npt.NDArray[np.bool_] | None) -> Ids:
        """The ``k`` clauses with the highest BM25 scores, in no order.

        The rarer words come first; common ones do not count once the others stand in enough clauses.
        """
        held = self._bm25.scores
        starts = held["indptr"]
        ranges: list[tuple[int, int]] = []
        looked_at = 0
        for start, end in sorted(((starts[w], starts[w + 1]) for w in asked.ids), key=lambda r: r[1] - r[0]):
            looked_at += end - start
            if ranges and looked_at > _ENOUGH:
                break
            ranges.append((start, end))
        holders = np.concatenate([held["indices"][a:b] for a, b in ranges] or [_NONE])
        scores = np.concatenate([held["data"][a:b] for a, b in ranges] or [_NONE])
        if allowed is not None:
            kept = allowed[holders]
            holders, scores = holders[kept], scores[kept]
        found, places = np.unique(holders, return_inverse=True)
        if len(found) <= k:
            return found
        return found[np.argpartition(-np.bincount(places, scores), k - 1)[:k]]

    def known(self, asked: AskedWords) -> float:
        """How much of the question's weight stands in words that the corpus uses more than seldom, 0 to 1."""
        return known_share(asked.weights, asked.total, self.count)

    def coverage(self, asked: AskedWords, clauses: Rows | None = None) -> tuple[Scores, Scores]:
        """How much of the question's weight each clause covers, 0 to 1: alone, and with its bank questions.

        Args:
            asked: the question's words.
            clauses: the clauses to look at, ascending; all if None.
        """
        with_bank = self._covered(self._expanded, asked, clauses)
        return self._covered(self.plain, asked, clauses) if self.plain else with_bank, with_bank

    def _covered(self, postings: Postings, asked: AskedWords, clauses: Rows | None) -> Scores:
        holders = [postings.of(word) for word in asked.ids]
        weights = asked.weights / np.float32(asked.total or 1)
        if clauses is None:
            found = np.concatenate(holders or [_NONE])
            each = np.repeat(weights, [len(h) for h in holders])
            return np.bincount(found, each, minlength=len(self)).astype(np.float32)
        covered = np.zeros(len(clauses), dtype=np.float32)
        for held, weight in zip(holders, weights, strict=True):
            if len(held):
                places = np.minimum(np.searchsorted(held, clauses), len(held) - 1)
                covered[held[places] == clauses] += weight
        return covered

    @cached_property
    def _expanded(self) -> Postings:
        """The words of clauses with their bank questions: BM25 keeps them word by word."""
        return _postings(self._bm25)


_PLAIN, _HELD = ("plain.clauses.npy", "plain.starts.npy"), "held.npy"
_NONE = np.empty(0, dtype=np.int32)


def word_weight(held: int, count: int) -> float:
    """What a word weighs that ``held`` of ``count`` clauses and bank questions hold."""
    return float(_weight(np.array([held]), count).astype(np.float32)[0])


def known_share(weights: Scores, total: float, count: int) -> float:
    """The share of a question's weight in words that the corpus uses more than seldom, 0 to 1.

    Args:
        weights: of the words that the corpus uses.
        total: of all the question's words.
        count: of the corpus' clauses and bank questions.
    """
    seldom = _weight(np.array([_SELDOM]), count)[0]
    return float(weights[weights <= seldom].sum() / (total or 1))


def _postings(bm25: bm25s.BM25) -> Postings:
    return Postings(bm25.scores["indices"], bm25.scores["indptr"])


def _weight(held: npt.NDArray[Any], count: int) -> npt.NDArray[np.float64]:
    weight: npt.NDArray[np.float64] = np.log1p((count - held + 0.5) / (held + 0.5))
    return weight
