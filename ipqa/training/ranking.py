"""Learn the weights of the ranking: ``python -m ipqa.training.ranking --data DATA_DIR [--out FILE]``.

The weights are those of a conditional logit (McFadden 1974): the chance of a choice is the softmax of the
weighted sums. They are learned from the question banks of ``corpus/``, each question held out of the index
and of the training of the encoder that it is scored with, and from ``data/train_pairs.jsonl``, the documents
of a fold held out of the encoder's training and searched without any bank. The questions of ``tests/data``
are never learned from.

It takes about half an hour on two cores: nine encoders are trained.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
import torch
from numpy.typing import NDArray

from ipqa.documents.corpus import ParsedDocument, list_corpus, parse_document
from ipqa.errors import IpqaError
from ipqa.retrieval.encoder import StaticEncoder
from ipqa.retrieval.facts import FACTS, SENTENCE_FACTS
from ipqa.retrieval.index import SCORES
from ipqa.retrieval.ranking import SENTENCE_SCORES, WEIGHTS_FILE, Weights
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.training.data import Pair, fold_of, source_fold
from ipqa.training.examples import Examples, HeldOutBank, passage_examples
from ipqa.training.export import save_encoder
from ipqa.training.train import PROJECT, Material, Recipe, Training

BANK_FOLDS = 5
_PASSAGE_FOLDS = 4
_PASSAGE_SHARE = 0.3  # of the loss: the plan with its bank comes first, documents without one count too
_PENALTY = 1e-3  # on the squared weights, the scores scaled to a standard deviation of one
_STEPS = 200
_MARGIN, _MOST_MARKED, _CONTEXT = 1.0, 3, 0.8


@dataclass(frozen=True)
class Fitted:
    """Learned weights: ``scores`` (names,) and ``asked`` (things, facts)."""

    scores: NDArray[np.float32]
    asked: NDArray[np.float32]

    def hit(self, examples: Examples, k: int = 1) -> float:
        """The share of questions with a right choice among the first ``k``."""
        total = weigh(examples, self.scores, self.asked)
        total[~examples.real] = -np.inf
        best = np.argsort(-total, axis=1, kind="stable")[:, :k]
        return float(np.take_along_axis(examples.right, best, axis=1).any(axis=1).mean())


def weigh(examples: Examples, scores: NDArray[np.float32], asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """The weighted sums, float32 (questions, choices)."""
    wanted = examples.things @ asked
    total: NDArray[np.float32] = examples.scores @ scores + (examples.facts @ wanted[:, :, None])[:, :, 0]
    return total


def fit(parts: Sequence[tuple[Examples, float]]) -> Fitted:
    """The weights of a conditional logit over several sets of examples, each with its share of the loss.

    Questions without a right choice, or without a wrong one, teach nothing and are left out.
    """
    spread = np.concatenate([e.scores[e.real] for e, _ in parts]).std(axis=0) + 1e-6
    tensors = [(_tensors(examples, spread), share) for examples, share in parts]
    first = parts[0][0]
    scores = torch.zeros(first.scores.shape[2], requires_grad=True)
    asked = torch.zeros(first.things.shape[1], first.facts.shape[2], requires_grad=True)
    optimiser = torch.optim.LBFGS([scores, asked], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        total = _PENALTY * (scores.square().sum() + asked.square().sum())
        for (x, facts, things, right, real), share in tensors:
            sums = x @ scores + torch.einsum("qcf,qf->qc", facts.expand(len(x), -1, -1), things @ asked)
            sums = sums.masked_fill(~real, -torch.inf)
            chance = sums.masked_fill(~right, -torch.inf).logsumexp(1) - sums.logsumexp(1)
            total = total - share * chance.mean()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return Fitted((scores.detach().numpy() / spread).astype(np.float32), asked.detach().numpy())


def _tensors(examples: Examples, spread: NDArray[np.float32]) -> tuple[torch.Tensor, ...]:
    teaches = examples.right.any(axis=1) & (examples.real & ~examples.right).any(axis=1)
    facts = examples.facts if len(examples.facts) == 1 else examples.facts[teaches]
    return (
        torch.from_numpy((examples.scores[teaches] / spread).astype(np.float32)),
        torch.from_numpy(facts.astype(np.float32)),
        torch.from_numpy(examples.things[teaches].astype(np.float32)),
        torch.from_numpy(examples.right[teaches]),
        torch.from_numpy(examples.real[teaches]),
    )


def passage_folds(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The pairs of ``train_pairs.jsonl`` by fold, each document in one of them."""
    return [[p for p in pairs if source_fold(p.source, _PASSAGE_FOLDS) == f] for f in range(_PASSAGE_FOLDS)]


def bank_encoders(data: Path, folder: Path | None) -> Iterator[StaticEncoder]:
    """An encoder for each fold of the bank questions, trained without them; kept in ``folder``, if given."""
    training = None
    for fold in range(BANK_FOLDS):
        place = folder / f"bank{fold}" if folder else None
        if place and place.is_dir():
            yield StaticEncoder.load(place)
            continue
        training = training or Training(Material.read(data, PROJECT), Recipe())
        held_out = {p.a for p in training.material.bank if fold_of(p.a, BANK_FOLDS) == fold}
        rows = _rows_without(training, questions_out=held_out)
        with TemporaryDirectory() as temporary:
            save_encoder(place or Path(temporary), training.tokenizer, rows)
            yield StaticEncoder.load(place or Path(temporary))


def _rows_without(training: Training, **left_out: set[str]) -> NDArray[np.float32]:
    """The tokens' rows of one training without some documents or questions."""
    return training.run(training.material.mixture(training.recipe, training.known, **left_out), runs=1)


class CrossFit:
    """Examples, each scored with an encoder that was trained without it."""

    def __init__(self, training: Training, parsed: Sequence[ParsedDocument], asking: Asking) -> None:
        self._training = training
        self._parsed = parsed
        self._asking = asking
        self._things = tuple(asking.patterns)

    def bank(self) -> Iterator[tuple[Examples, Examples]]:
        """For each fold of the bank questions, the examples for clauses and for sentences."""
        questions = dict.fromkeys(pair.a for pair in self._training.material.bank)
        for fold in range(BANK_FOLDS):
            held_out = {q for q in questions if fold_of(q, BANK_FOLDS) == fold}
            bank = HeldOutBank(self._parsed, self._encoder(questions_out=held_out), self._asking)
            yield bank.ask([q for q in bank.questions if q in held_out], self._things)

    def passages(self) -> Iterator[Examples]:
        """For each fold of the documents of ``train_pairs.jsonl``, the examples without a bank."""
        for pairs in passage_folds(self._training.material.train):
            encoder = self._encoder(sources_out={pair.source for pair in pairs})
            yield passage_examples(pairs, encoder, self._asking, self._things)

    def _encoder(self, **left_out: set[str]) -> StaticEncoder:
        rows = _rows_without(self._training, **left_out)
        with TemporaryDirectory() as folder:
            save_encoder(Path(folder), self._training.tokenizer, rows)
            return StaticEncoder.load(Path(folder))


def learn(
    bank: Sequence[tuple[Examples, Examples]], passages: Sequence[Examples], things: Sequence[str]
) -> tuple[Weights, Mapping[str, float]]:
    """The weights from all folds, and how well weights from the other folds rank each fold.

    Args:
        bank: by fold, the examples for clauses and for sentences.
        passages: by fold, the examples without a bank.
        things: what questions may ask for, in the examples' order.
    """
    figures: dict[str, list[float]] = {
        "bank hit@1": [],
        "bank hit@5": [],
        "sentence": [],
        "passages hit@1": [],
    }
    for fold in range(BANK_FOLDS):
        clauses, sentences = (_without(fold, [b[i] for b in bank]) for i in (0, 1))
        fitted = _fit_clauses(clauses, passages)
        figures["bank hit@1"].append(fitted.hit(bank[fold][0]))
        figures["bank hit@5"].append(fitted.hit(bank[fold][0], 5))
        figures["sentence"].append(fit([(sentences, 1.0)]).hit(bank[fold][1]))
    clauses, sentences = (Examples.join([b[i] for b in bank]) for i in (0, 1))
    for fold in range(_PASSAGE_FOLDS):
        rest = [p for i, p in enumerate(passages) if i != fold]
        figures["passages hit@1"].append(_fit_clauses(clauses, rest).hit(passages[fold]))
    by_clause, by_sentence = _fit_clauses(clauses, passages), fit([(sentences, 1.0)])
    weights = Weights(
        _named(by_clause.scores, SCORES),
        _named_asked(by_clause.asked, things, FACTS),
        _named(by_sentence.scores, SENTENCE_SCORES),
        _named_asked(by_sentence.asked, things, SENTENCE_FACTS),
        _MARGIN,
        _MOST_MARKED,
        _CONTEXT,
    )
    return weights, {name: float(np.mean(values)) for name, values in figures.items()}


def _fit_clauses(bank: Examples, passages: Sequence[Examples]) -> Fitted:
    share = _PASSAGE_SHARE / len(passages)
    return fit([(bank, 1 - _PASSAGE_SHARE), *((p, share) for p in passages)])


def _without(fold: int, parts: Sequence[Examples]) -> Examples:
    return Examples.join([part for i, part in enumerate(parts) if i != fold])


def _named(weights: NDArray[np.float32], names: Sequence[str]) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}


def _named_asked(
    weights: NDArray[np.float32], things: Sequence[str], facts: Sequence[str]
) -> dict[str, dict[str, float]]:
    return {thing: _named(row, facts) for thing, row in zip(things, weights, strict=True)}


@click.command(help="学习排序的权重。")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="公开语料所在的文件夹,内容见 data/README.md。",
)
@click.option("--out", type=click.Path(path_type=Path), default=WEIGHTS_FILE, help="写入权重的 JSON 文件。")
def main(data: Path, out: Path) -> None:
    """Cross-fit the encoders, fit the weights, write them."""
    try:
        training = Training(Material.read(data, PROJECT), Recipe())
        parsed = [parse_document(files) for files in list_corpus(PROJECT / "corpus")]
    except IpqaError as error:
        click.echo(f"错误:{error}", err=True)
        sys.exit(2)
    asking = Asking.of(Lexicon.load())
    crossfit = CrossFit(training, parsed, asking)
    weights, figures = learn(list(crossfit.bank()), list(crossfit.passages()), tuple(asking.patterns))
    for name, value in figures.items():
        training.report(f"{name} {value:.3f}(交叉验证)")
    out.write_text(json.dumps(asdict(weights), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    training.report(f"已写入 {out}")


if __name__ == "__main__":
    main()
