"""Several segments searched as one index: each holds some documents, and a few of them no longer count.

A segment is never changed once it is written: a document that changes goes into a new one, and what the old
one holds of it is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np

from ipqa.models import Clause, Indicator
from ipqa.retrieval.facts import Facts
from ipqa.retrieval.grains import RowScores
from ipqa.retrieval.index import KNOWN, Asked, LocalIndex, Mask, Pool
from ipqa.retrieval.lexical import known_share, word_weight
from ipqa.retrieval.vectors import Rows
from ipqa.text.pinyin import SoundIndex
from ipqa.text.tokens import Tokenizer


@dataclass(frozen=True)
class Part:
    """A segment's index, and which of its clauses still count; None if all do."""

    index: LocalIndex
    alive: Mask | None = None

    @cached_property
    def places(self) -> Rows:
        """The ordinals, within the segment, of the clauses that count."""
        if self.alive is None:
            return np.arange(len(self.index.clauses))
        return np.flatnonzero(self.alive)

    @cached_property
    def clauses(self) -> Sequence[Clause]:
        """The clauses that count."""
        if self.alive is None:
            return self.index.clauses
        return [self.index.clauses[i] for i in self.places.tolist()]

    def candidates(self, asked: Asked, limit: int, allowed: Mask | None) -> Pool:
        """As :meth:`ClauseIndex.candidates`, over the clauses that count; ``ordinals`` count them only."""
        mask = self.alive
        if allowed is not None:
            mask = np.zeros(len(self.index.clauses), dtype=np.bool_)
            mask[self.places[allowed]] = True
        pool = self.index.candidates(asked, limit, mask)
        return replace(pool, ordinals=np.searchsorted(self.places, pool.ordinals))


@dataclass(frozen=True)
class SegmentedIndex:
    """Parts as one index; words weigh by how often all parts hold them."""

    parts: tuple[Part, ...]
    tokenizer: Tokenizer
    sounds: SoundIndex

    @cached_property
    def clauses(self) -> Sequence[Clause]:
        """The clauses that count, part by part."""
        return tuple(chain.from_iterable(part.clauses for part in self.parts))

    @cached_property
    def facts(self) -> Facts:
        """What each clause holds."""
        return np.concatenate([part.index.facts[part.places] for part in self.parts])

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators of the clauses that count."""
        alive = {clause.id for part in self.parts if part.alive is not None for clause in part.clauses}
        return tuple(
            indicator
            for part in self.parts
            for indicator in part.index.indicators
            if part.alive is None or indicator.clause_id in alive
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be read for certain."""
        return tuple(chain.from_iterable(part.index.warnings for part in self.parts))

    def holds(self, word: str) -> bool:
        """Whether a clause or a bank question holds a word."""
        return any(part.index.holds(word) for part in self.parts)

    def candidates(self, asked: Asked, limit: int, allowed: Mask | None) -> Pool:
        """As :meth:`ClauseIndex.candidates`."""
        count = sum(part.index.lexical.count for part in self.parts)
        held = {
            word: sum(part.index.lexical.frequency(word) for part in self.parts)
            for word in (*asked.context_words, *asked.words)
        }
        weighed = replace(asked, weights={word: word_weight(n, count) for word, n in held.items()})
        pools, offset = [], 0
        for part in self.parts:
            end = offset + len(part.places)
            pool = part.candidates(weighed, limit, None if allowed is None else allowed[offset:end])
            pools.append(replace(pool, ordinals=pool.ordinals + offset))
            offset = end
        return _joined(pools, _known(weighed, held, count))


def join_sounds(sounds: Sequence[SoundIndex]) -> SoundIndex:
    """The words of several parts, as often as all of them use them."""
    counts: dict[str, int] = {}
    known: dict[str, str] = {}
    for part in sounds:
        for word, count in part.counts.items():
            counts[word] = counts.get(word, 0) + count
        known.update(part.sounds)
    return SoundIndex(counts, frozenset().union(*(part.pairs for part in sounds)), known)


def _known(asked: Asked, held: Mapping[str, int], count: int) -> float:
    """As :meth:`LexicalIndex.known`, over all parts."""
    shares = {**dict.fromkeys(asked.context_words, asked.context), **dict.fromkeys(asked.words, 1.0)}
    weights = asked.weights or {}
    weighed = {word: weights[word] * share for word, share in shares.items()}
    used = np.array([weight for word, weight in weighed.items() if held[word]], dtype=np.float32)
    return known_share(used, sum(weighed.values()), count)


def _joined(pools: Sequence[Pool], known: float) -> Pool:
    scores = {name: np.concatenate([pool.scores[name] for pool in pools]) for name in pools[0].scores}
    scores[KNOWN] = np.full(len(scores[KNOWN]), known, dtype=np.float32)
    return Pool(
        np.concatenate([pool.ordinals for pool in pools]),
        scores,
        _joined_rows([pool.sentences for pool in pools]),
        _joined_rows([pool.questions for pool in pools]),
    )


def _joined_rows(rows: Sequence[RowScores]) -> RowScores:
    starts = np.cumsum([0, *(len(part.scores) for part in rows)])
    offsets = [part.offsets[:-1] + start for part, start in zip(rows, starts, strict=False)]
    return RowScores(
        np.concatenate([part.scores for part in rows]),
        np.concatenate([part.spans for part in rows]),
        np.concatenate([*offsets, starts[-1:]]),
    )
