"""Compositional embeddings: a token is the weighted sum of its features, a text the sum of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from ipqa.training.data import Pair
from ipqa.training.vocabulary import Features, row_features

_CHUNK = 32


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train.

    ``rates`` are the learning rates of the first and of the ``slow_epochs`` last epochs; ``drop`` is the
    share of tokens left out at random; ``grouped`` is the share of pairs that meet others of their own
    document in a batch, which makes the harder negatives; rows are averaged over the epochs after the first
    ``skipped``.
    """

    epochs: int = 5
    slow_epochs: int = 2
    skipped: int = 1
    rates: tuple[float, float] = (0.002, 0.0006)
    batch: int = 256
    temperature: float = 0.06
    drop: float = 0.3
    grouped: float = 0.5
    seed: int = 7


class TokenTable:
    """The tokens of many texts, each text once; ``ids[offsets[i]:offsets[i + 1]]`` are text ``i``'s."""

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[str], longest: int = 256) -> None:
        self.index = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        encodings = tokenizer.encode_batch(list(self.index), add_special_tokens=False)
        tokens = [encoding.ids[:longest] for encoding in encodings]
        self.ids = np.fromiter((t for row in tokens for t in row), np.int64)
        self.offsets = np.cumsum([0, *map(len, tokens)])

    def gather(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The tokens of some texts end to end, and the place in ``rows`` that each belongs to."""
        starts, lengths = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        owners = np.repeat(np.arange(len(rows)), lengths)
        first = np.cumsum(lengths) - lengths
        return self.ids[np.arange(lengths.sum()) - first[owners] + starts[owners]], owners


class ComposedEmbedding(nn.Module):
    """Feature vectors and a learned weight for each.

    Args:
        features: what each token is the sum of.
        vectors: the features' vectors to start from, shape (features, dim).
        weights: the features' weights to start from, all positive, shape (features,).
    """

    def __init__(
        self, features: Features, vectors: NDArray[np.float32], weights: NDArray[np.float32]
    ) -> None:
        super().__init__()
        self._features = features
        self.vectors = nn.Parameter(torch.tensor(vectors))  # a copy: the caller starts others from it
        self.log_weights = nn.Parameter(torch.from_numpy(np.log(weights)))

    def rows(self, tokens: NDArray[np.int64]) -> Tensor:
        """One row for each of ``tokens``: the weighted sum of its features, shape (n, dim)."""
        ids, offsets = row_features(self._features, tokens)
        index = torch.from_numpy(ids)
        rows: Tensor = functional.embedding_bag(
            index,
            self.vectors,
            torch.from_numpy(offsets),
            mode="sum",
            sparse=True,
            per_sample_weights=self.log_weights[index].exp(),
        )
        return rows

    def forward(self, tokens: NDArray[np.int64], owners: NDArray[np.int64], texts: int) -> Tensor:
        """Unit vectors of texts.

        Args:
            tokens: the tokens of all the texts end to end.
            owners: the text that each token belongs to, rising.
            texts: how many texts there are.

        Returns:
            Shape (texts, dim).
        """
        unique, inverse = np.unique(tokens, return_inverse=True)
        offsets = np.searchsorted(owners, np.arange(texts))
        sums = functional.embedding_bag(
            torch.from_numpy(inverse), self.rows(unique), torch.from_numpy(offsets), mode="sum"
        )
        return functional.normalize(sums, dim=1)

    @torch.no_grad()
    def fold(self) -> NDArray[np.float32]:
        """Every token's row, shape (tokens, dim): what the finished encoder stores."""
        count = len(self._features.offsets) - 1
        parts = [self.rows(np.arange(i, min(i + 4096, count))).numpy() for i in range(0, count, 4096)]
        return np.concatenate(parts)


class Trainer:
    """Draws the two texts of each pair together and away from the other texts of their batch.

    Args:
        model: trained in place.
        tokenizer: cuts the texts.
        pairs: the mixture of an epoch; a pair that counts three times stands in it three times.
        schedule: epochs, rates, batch.
    """

    def __init__(
        self, model: ComposedEmbedding, tokenizer: Tokenizer, pairs: Sequence[Pair], schedule: Schedule
    ) -> None:
        self._model = model
        self._schedule = schedule
        self._table = TokenTable(tokenizer, [text for pair in pairs for text in (pair.a, pair.b)])
        topics = _numbered(pair.topic for pair in pairs)
        index = self._table.index
        self._rows = np.array([(index[p.a], index[p.b], topics[p.topic]) for p in pairs])
        sources = _numbered(pair.source for pair in pairs)
        self._sources = np.array([sources[pair.source] for pair in pairs])
        self._random = np.random.default_rng(schedule.seed)
        rate = schedule.rates[0]
        self._optimisers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.SparseAdam([model.vectors], lr=rate),
            torch.optim.Adam([model.log_weights], lr=rate),
        )

    def run(self, report: Callable[[str], None]) -> NDArray[np.float32]:
        """Train through the schedule.

        Args:
            report: told the loss of every epoch.

        Returns:
            The tokens' rows, shape (tokens, dim), averaged over the later epochs.
        """
        schedule = self._schedule
        rows: list[NDArray[np.float32]] = []
        for epoch in range(schedule.epochs):
            rate = schedule.rates[epoch >= schedule.epochs - schedule.slow_epochs]
            for optimiser in self._optimisers:
                optimiser.param_groups[0]["lr"] = rate
            loss = np.mean([self._step(batch) for batch in self._batches()])
            report(f"第 {epoch + 1}/{schedule.epochs} 轮,平均损失 {loss:.4f}")
            if epoch >= schedule.skipped:
                rows.append(self._model.fold())
        averaged: NDArray[np.float32] = np.mean(rows, axis=0)
        return averaged

    def _batches(self) -> Iterator[NDArray[np.int64]]:
        """The pairs in random order; of the grouped share, 32 at a time from one source."""
        order = self._random.permutation(len(self._rows))
        cut = int(len(order) * self._schedule.grouped)
        grouped = order[:cut][np.argsort(self._sources[order[:cut]], kind="stable")]
        parts = (grouped, order[cut:])
        chunks = [part[i : i + _CHUNK] for part in parts for i in range(0, len(part), _CHUNK)]
        order = np.concatenate([chunks[i] for i in self._random.permutation(len(chunks))])
        size = self._schedule.batch
        for start in range(0, max(len(order) - size // 2, 1), size):
            yield self._rows[order[start : start + size]]

    def _step(self, batch: NDArray[np.int64]) -> float:
        loss = self._loss(batch)
        for optimiser in self._optimisers:
            optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for optimiser in self._optimisers:
            optimiser.step()
        return loss.item()

    def _loss(self, batch: NDArray[np.int64]) -> Tensor:
        """Cross entropy of finding each text's partner among the batch, both ways."""
        size = len(batch)
        tokens, owners = self._table.gather(np.concatenate([batch[:, 0], batch[:, 1]]))
        kept = self._random.random(len(tokens)) >= self._schedule.drop
        vectors = self._model(tokens[kept], owners[kept], 2 * size)
        scores = vectors[:size] @ vectors[size:].T / self._schedule.temperature
        same = (batch[:, 2][:, None] == batch[:, 2]) | (batch[:, 0][:, None] == batch[:, 0])
        np.fill_diagonal(same, False)
        scores = scores.masked_fill(torch.from_numpy(same), -torch.inf)
        partners = torch.arange(size)
        both = functional.cross_entropy(scores, partners) + functional.cross_entropy(scores.T, partners)
        return both / 2


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(dict.fromkeys(names))}
