"""Train the default encoder: ``python -m ipqa.training.train --data DATA_DIR [--out DIR]``.

``DATA_DIR`` holds the public sources (:mod:`ipqa.training.sources` lists them, ``data/README.md`` says where
each is published); the pairs of ``data/``, the question banks of ``corpus/`` and the lexicon are read from
the project. It takes some ten minutes on two cores. Two runs differ slightly: word vectors are learned by
two threads at once.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ipqa.documents.corpus import list_corpus, parse_document
from ipqa.errors import IpqaError
from ipqa.retrieval.encoder import DEFAULT_ENCODER_PATH
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise
from ipqa.text.tokens import Tokenizer as Words
from ipqa.training import sources
from ipqa.training.data import (
    Pair,
    bank_pairs,
    heading_pairs,
    lexicon_pairs,
    make_pair,
    read_json_pairs,
    split_by_source,
)
from ipqa.training.export import reduce_dim, save_encoder
from ipqa.training.initial import initial_values, learn_word_vectors
from ipqa.training.measure import measure_bm25, measure_rows
from ipqa.training.model import ComposedEmbedding, Schedule, Trainer
from ipqa.training.vocabulary import build_features, build_tokenizer, choose_words, token_list

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Recipe:
    """The figures of the training; the defaults made the encoder that ships.

    ``vector_dim`` is the length trained with, ``dim`` what is kept of it; ``runs`` trainings from one start,
    each in its own order, are averaged; ``often`` is how many times ``train_pairs.jsonl`` and
    ``paraphrase_pairs.jsonl`` stand in an epoch, ``headings`` how many law articles are paired with their
    heading, ``held_out`` the share of ``train_pairs.jsonl`` measured on.
    """

    vector_dim: int = 256
    dim: int = 192
    runs: int = 3
    tokens: int = 40_000
    vector_epochs: int = 3
    often: int = 4
    headings: int = 15_000
    held_out: float = 0.12
    workers: int = 2
    seed: int = 7
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(frozen=True)
class Material:
    """All that is trained on; ``general`` pairs, ``articles`` and ``lines`` come from the public sources."""

    train: tuple[Pair, ...]
    paraphrases: tuple[Pair, ...]
    bank: tuple[Pair, ...]
    lexicon: tuple[Pair, ...]
    general: tuple[Pair, ...]
    articles: tuple[sources.Article, ...]
    lines: tuple[str, ...]

    @classmethod
    def read(cls, data: Path, project: Path) -> Material:
        """Read the public sources and the project's own data.

        Args:
            data: the folder of the public sources.
            project: the checkout, with ``data/`` and ``corpus/``.

        Raises:
            CorpusError: if a folder or a source is missing.
            DocumentError: if a file is missing or a line in it is wrong.
        """
        sources.check_sources(data)
        parsed = [parse_document(files) for files in list_corpus(project / "corpus")]
        lay, factual = (sources.read_questions(data, name) for name in (sources.LECOQA, sources.CMRC))
        laws = tuple(sources.read_laws(data))
        official = (*sources.read_reports(data), *sources.read_notices(data))
        plain = (*laws, *official, *(p.document.text for p in parsed))
        return cls(
            train=tuple(read_json_pairs(project / "data" / "train_pairs.jsonl", "q", "passage")),
            paraphrases=tuple(read_json_pairs(project / "data" / "paraphrase_pairs.jsonl", "a", "b")),
            bank=tuple(pair for document in parsed for pair in bank_pairs(document)),
            lexicon=tuple(lexicon_pairs(Lexicon.load())),
            general=tuple(make_pair(a, b) for a, b in (*lay, *factual, *sources.read_abstracts(data))),
            articles=tuple(article for law in laws for article in sources.split_articles(law)),
            lines=tuple(normalise(line) for text in plain for line in text.split("\n") if line.strip()),
        )

    def own(self) -> Iterator[Pair]:
        """The pairs written for the project."""
        yield from (*self.train, *self.paraphrases, *self.bank, *self.lexicon)

    def texts(self) -> list[str]:
        """Every text once: the plain lines and those of the pairs."""
        pairs = (*self.train, *self.paraphrases, *self.bank, *self.general)
        return list(dict.fromkeys((*self.lines, *(text for pair in pairs for text in (pair.a, pair.b)))))

    def mixture(self, recipe: Recipe, held_out: Sequence[Pair] = ()) -> list[Pair]:
        """The pairs of an epoch, without the documents of ``held_out``."""
        names = {pair.source for pair in held_out}
        train = [pair for pair in self.train if pair.source not in names]
        laws = {name.removesuffix(".md").split("(")[0] for name in names}
        articles = [a for a in self.articles if not any(law in a.law for law in laws)]
        own = [*train, *self.paraphrases] * recipe.often
        headings = heading_pairs(articles, recipe.headings, recipe.seed)
        return [*own, *self.bank, *self.lexicon, *self.general, *headings]


class Training:
    """The stages of a training, each reported with the seconds since the start."""

    def __init__(self, material: Material, recipe: Recipe) -> None:
        self._material = material
        self._recipe = recipe
        self._start = time.monotonic()
        torch.set_num_threads(recipe.workers)

    def run(self, measure: bool) -> tuple[Tokenizer, NDArray[np.float32]]:
        """Train on everything.

        Args:
            measure: first train without the held-out documents and report the figures on them.

        Returns:
            The tokenizer and its rows, shape (tokens, dim).
        """
        recipe, material = self._recipe, self._material
        texts = material.texts()
        tokenizer = self._vocabulary(texts)
        self._report("学习词向量")
        vectors, counts = learn_word_vectors(
            tokenizer, texts, recipe.vector_dim, recipe.vector_epochs, recipe.workers, recipe.seed
        )
        if measure:
            _, held_out = split_by_source(material.train, recipe.held_out)
            rows = self._train(tokenizer, vectors, counts, material.mixture(recipe, held_out))
            self._report(f"未见文件上 {len(held_out)} 个问题:{measure_rows(tokenizer, rows, held_out)}")
            self._report(f"同上,BM25:{measure_bm25(held_out)}")
        return tokenizer, self._train(tokenizer, vectors, counts, material.mixture(recipe))

    def _vocabulary(self, texts: Iterable[str]) -> Tokenizer:
        self._report("统计词频")
        words = Words.with_words()
        counts = Counter(word for text in texts for word in words.words(text))
        own = (text for pair in self._material.own() for text in (pair.a, pair.b))
        wanted = {word for text in own for word in words.words(text)}
        tokenizer = build_tokenizer(choose_words(counts, sorted(wanted), self._recipe.tokens))
        self._report(f"词表 {tokenizer.get_vocab_size()} 个词")
        return tokenizer

    def _train(
        self,
        tokenizer: Tokenizer,
        vectors: dict[str, NDArray[np.float32]],
        counts: Counter[str],
        pairs: Sequence[Pair],
    ) -> NDArray[np.float32]:
        recipe = self._recipe
        features = build_features(token_list(tokenizer))
        self._report(f"{len(features.names)} 个特征,{len(pairs)} 对文本")
        start = initial_values(features, vectors, counts, recipe.vector_dim, recipe.seed)
        runs = []
        for seed in range(recipe.seed, recipe.seed + recipe.runs):
            model = ComposedEmbedding(features, *start)
            schedule = replace(recipe.schedule, seed=seed)
            runs.append(Trainer(model, tokenizer, pairs, schedule).run(self._report))
        return reduce_dim(np.mean(runs, axis=0), recipe.dim)

    def _report(self, message: str) -> None:
        click.echo(f"[{time.monotonic() - self._start:4.0f} 秒] {message}")


@click.command(help="训练默认的句向量编码器。")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="公开语料所在的文件夹,内容见 data/README.md。",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=DEFAULT_ENCODER_PATH, help="写入模型的文件夹。"
)
@click.option(
    "--measure/--no-measure", default=True, help="先留出一部分文件训练一次,报告在未见文件上的成绩。"
)
def main(data: Path, out: Path, measure: bool) -> None:
    """Train, fold, quantise, save."""
    recipe = Recipe()
    try:
        material = Material.read(data, PROJECT)
        tokenizer, rows = Training(material, recipe).run(measure)
        save_encoder(out, tokenizer, rows)
    except IpqaError as error:
        click.echo(f"错误:{error}", err=True)
        sys.exit(2)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    click.echo(f"已写入 {out}:{len(rows)} × {rows.shape[1]},{size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
