"""What each part gives: the whole, and the whole without one part.

    pip install -e ".[eval,train]"
    python -m benchmarks.ablation [--data DATA_DIR] [--encoders DIR] [--out docs/benchmarks]

Measured on the question files of ``tests/data``, and, given ``DATA_DIR`` (``data/README.md``), on the
passages of ``data/train_pairs.jsonl`` without any bank: the documents of a fold are searched with an encoder
that was trained without them. The four encoders are trained first, unless ``--encoders`` has them from
before. The weights of what is left are not learned anew.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import click
import numpy as np

from benchmarks.peers import FILES, QUESTIONS, ROOT, without_bank
from ipqa import PolicySearch
from ipqa.evaluation import evaluate, read_questions
from ipqa.models import Clause
from ipqa.retrieval.build import build_index
from ipqa.retrieval.encoder import Encoder, StaticEncoder, Vectors
from ipqa.retrieval.facts import Facts
from ipqa.retrieval.index import Asked, LocalIndex, Mask, Pool
from ipqa.retrieval.query import QueryReader
from ipqa.retrieval.ranking import Ranker, Weights
from ipqa.retrieval.search import Searcher
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.pinyin import SoundIndex
from ipqa.text.tokens import Tokenizer
from ipqa.training.data import Pair, read_json_pairs
from ipqa.training.examples import passages_document
from ipqa.training.ranking import passage_folds

DEPTH = 10
COSINES = ("clause", "sentence", "question", "questions")
COVERAGES = ("coverage", "bank_coverage")


@dataclass(frozen=True)
class Bm25Ranker(Ranker):
    """Orders by BM25 alone; :class:`Bm25Index` hands it the scores."""

    def total(self, scores: Mapping[str, Vectors]) -> Vectors:
        return scores["bm25"]


@dataclass(frozen=True)
class Bm25Index:
    """An index whose candidates bring their BM25 scores with them."""

    index: LocalIndex

    @property
    def clauses(self) -> Sequence[Clause]:
        return self.index.clauses

    @property
    def facts(self) -> Facts:
        return self.index.facts

    def candidates(self, asked: Asked, limit: int, allowed: Mask | None) -> Pool:
        pool = self.index.candidates(asked, limit, allowed)
        words = self.index.lexical.look_up((*asked.context_words, *asked.words))
        return replace(pool, scores={**pool.scores, "bm25": self.index.lexical.scores(words)[pool.ordinals]})


def weighing(change: Callable[[Weights], Weights]) -> Callable[[Searcher], Searcher]:
    """A change of the weights as a change of the searcher."""
    return lambda searcher: replace(searcher, ranker=Ranker(change(searcher.ranker.weights)))


def without_scores(*names: str) -> Callable[[Searcher], Searcher]:
    """Without some named scores of clauses and sentences."""

    def change(weights: Weights) -> Weights:
        clause = {name: 0.0 if name in names else w for name, w in weights.clause.items()}
        return replace(weights, clause=clause)

    return weighing(change)


def unlearned(weights: Weights) -> Weights:
    """Every score counts the same, and what is asked for counts nothing."""
    return replace(
        weights,
        clause=dict.fromkeys(weights.clause, 1.0),
        asked={},
        sentence=dict.fromkeys(weights.sentence, 1.0),
        sentence_asked={},
    )


def reading(**parts: object) -> Callable[[Searcher], Searcher]:
    """With other parts of the reader."""
    return lambda searcher: replace(searcher, reader=replace(searcher.reader, **parts))


def bm25_alone(searcher: Searcher) -> Searcher:
    """BM25 over the clauses with their bank questions."""
    return replace(searcher, index=Bm25Index(searcher.index), ranker=Bm25Ranker(searcher.ranker.weights))


NOTHING = Lexicon((), "")
VARIANTS: dict[str, Callable[[Searcher], Searcher]] = {
    "whole": lambda searcher: searcher,
    "without bank": lambda searcher: searcher,  # asked of a corpus that has none
    "without encoder (words only)": without_scores(*COSINES),
    "without words (vectors only)": without_scores(*COVERAGES),
    "without sentences": without_scores("sentence"),
    "without learned weights": weighing(unlearned),
    "without what is asked for": weighing(lambda w: replace(w, asked={}, sentence_asked={})),
    "without lexicon": reading(lexicon=NOTHING, asking=Asking.of(NOTHING)),
    "without pinyin": reading(sounds=SoundIndex({}, frozenset(), {})),
    "earlier turns count in full": weighing(lambda w: replace(w, context=1.0)),
    "BM25 alone": bm25_alone,
}
ONLY_WITH_BANK = ("without bank", "earlier turns count in full")


def on_questions(name: str, policy: PolicySearch) -> dict[str, dict[str, float]]:
    """The figures of a variant on each question file."""
    changed = copy.copy(policy)
    changed._searcher = VARIANTS[name](policy._searcher)
    figures = {}
    for file in FILES:
        means = evaluate(changed, read_questions(QUESTIONS / f"{file}.jsonl")).by_type["all"]
        figures[file] = {m: means[m] for m in ("hit@1", "hit@5", "mrr", "highlight@1")}
    return figures


def on_passages(pairs: Sequence[Pair], encoder: Encoder) -> dict[str, list[tuple[float, float]]]:
    """For each variant, by question: whether its passage came first, and one over its rank."""
    passages = list(dict.fromkeys(pair.b for pair in pairs))
    index = build_index([passages_document(passages)], encoder, Tokenizer.with_words(), lambda *_: None)
    lexicon = Lexicon.load()
    reader = QueryReader(index.tokenizer, lexicon, index.sounds, Asking.of(lexicon))
    whole = Searcher(index, encoder, reader, Ranker(Weights.load()))
    places = {passage: clause.id for passage, clause in zip(passages, index.clauses, strict=True)}
    found = {}
    for name, change in VARIANTS.items():
        if name in ONLY_WITH_BANK:
            continue
        searcher = change(whole)
        ranks = []
        for pair in pairs:
            hits = [hit.clause.id for hit in searcher.search(searcher.reader.read(pair.a), DEPTH)]
            ranks.append(hits.index(places[pair.b]) + 1 if places[pair.b] in hits else 0)
        found[name] = [(float(rank == 1), 1 / rank if rank else 0.0) for rank in ranks]
    return found


def fold_encoders(data: Path, folder: Path, folds: Sequence[Sequence[Pair]]) -> list[StaticEncoder]:
    """An encoder for each fold, trained without its documents; kept in ``folder``."""
    from ipqa.training.export import save_encoder
    from ipqa.training.train import Material, Recipe, Training

    training = None
    for i, pairs in enumerate(folds):
        if (folder / f"fold{i}").is_dir():
            continue
        training = training or Training(Material.read(data, ROOT), Recipe())
        left_out = {pair.source for pair in pairs}
        mixture = training.material.mixture(training.recipe, training.known, sources_out=left_out)
        save_encoder(folder / f"fold{i}", training.tokenizer, training.run(mixture, runs=1))
    return [StaticEncoder.load(folder / f"fold{i}") for i in range(len(folds))]


def table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures as a Markdown table."""
    titles = {f: f.removesuffix("_questions") for f in FILES}
    head = "| | " + " | ".join(f"{t} hit@1 | {t} hit@5 | {t} highlight@1" for t in titles.values())
    lines = [head + " | passages hit@1 | passages MRR |", "| --- " + "| ---: " * 11 + "|"]
    for name, row in rows.items():
        cells = [row[f][m] for f in FILES for m in ("hit@1", "hit@5", "highlight@1")]
        cells += [row["passages"][m] if "passages" in row else None for m in ("hit@1", "mrr")]
        lines.append(f"| {name} | " + " | ".join("" if c is None else f"{c:.3f}" for c in cells) + " |")
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="the public sources")
@click.option("--encoders", type=click.Path(path_type=Path), help="where the folds' encoders are kept")
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "docs" / "benchmarks")
def main(data: Path | None, encoders: Path | None, out: Path) -> None:
    """Measure every variant."""
    corpus = ROOT / "corpus"
    whole = PolicySearch.open(corpus, mkdtemp())
    bare = PolicySearch.open(without_bank(corpus), mkdtemp())
    rows: dict[str, dict[str, Any]] = {
        name: on_questions(name, bare if name == "without bank" else whole) for name in VARIANTS
    }
    if data or encoders:
        folds = passage_folds(read_json_pairs(ROOT / "data" / "train_pairs.jsonl", "q", "passage"))
        with TemporaryDirectory() as folder:
            found = [
                on_passages(pairs, encoder)
                for pairs, encoder in zip(
                    folds, fold_encoders(data or Path(), encoders or Path(folder), folds), strict=True
                )
            ]
        for name in found[0]:
            first, reciprocal = np.mean([pair for fold in found for pair in fold[name]], axis=0)
            rows[name]["passages"] = {"hit@1": float(first), "mrr": float(reciprocal)}
    print(table(rows))
    out.mkdir(parents=True, exist_ok=True)
    (out / "ablation.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (out / "ablation.md").write_text(table(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
