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
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray

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
    dictionary_pairs,
    heading_pairs,
    lexicon_pairs,
    make_pair,
    read_json_pairs,
    source_fold,
)
from ipqa.training.export import reduce_dim, save_encoder
from ipqa.training.initial import initial_values, learn_word_vectors
from ipqa.training.measure import measure_bm25, measure_rows
from ipqa.training.model import ComposedEmbedding, Schedule, Trainer
from ipqa.training.vocabulary import build_features, build_tokenizer, choose_words, token_list

PROJECT = Path(__file__).parents[2]
_COMMON_WORD = 30  # times that the texts use it
_ENGLISH_WORD = 4  # meanings that it stands in


@dataclass(frozen=True)
class Recipe:
    """The figures of the training; the defaults made the encoder that ships.

    ``vector_dim`` is the length trained with, ``dim`` what is kept of it; ``runs`` trainings from one start,
    each in its own order, are averaged; ``often`` is how many times ``train_pairs.jsonl`` and
    ``paraphrase_pairs.jsonl`` stand in an epoch, ``headings`` how many law articles are paired with their
    heading, ``glosses`` the share of the dictionary's English meanings that are paired with their words. Of
    ``train_pairs.jsonl`` one in ``folds`` documents is measured on.
    """

    vector_dim: int = 256
    dim: int = 192
    runs: int = 3
    tokens: int = 40_000
    vector_epochs: int = 3
    often: int = 4
    headings: int = 15_000
    glosses: float = 0.5
    folds: int = 8
    workers: int = 2
    seed: int = 7
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(frozen=True)
class Material:
    """All that is trained on; from ``general`` on it comes from the public sources."""

    train: tuple[Pair, ...]
    paraphrases: tuple[Pair, ...]
    bank: tuple[Pair, ...]
    lexicon: tuple[Pair, ...]
    general: tuple[Pair, ...]
    dictionary: tuple[sources.DictionaryEntry, ...]
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
            dictionary=tuple(sources.read_dictionary(data)),
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

    def mixture(
        self,
        recipe: Recipe,
        known: Collection[str],
        sources_out: Collection[str] = (),
        questions_out: Collection[str] = (),
    ) -> list[Pair]:
        """The pairs of an epoch.

        Args:
            recipe: how often each kind stands in it.
            known: the words that the dictionary's pairs are made for.
            sources_out: documents of ``train_pairs.jsonl`` that are left out, their headings too.
            questions_out: bank questions, in normal form, that are left out.
        """
        train = [pair for pair in self.train if pair.source not in sources_out]
        laws = {name.removesuffix(".md").split("(")[0] for name in sources_out}
        articles = [a for a in self.articles if not any(law in a.law for law in laws)]
        own = [*train, *self.paraphrases] * recipe.often
        bank = [p for p in self.bank if p.a not in questions_out and p.b not in questions_out]
        alike, glosses = dictionary_pairs(self.dictionary, known, recipe.glosses, recipe.seed)
        headings = heading_pairs(articles, recipe.headings, recipe.seed)
        return [*own, *bank, *self.lexicon, *self.general, *headings, *alike, *glosses]


class Training:
    """The stages of a training, each reported with the seconds since the start.

    Made with the vocabulary and the word vectors, which every training of the same material starts from.
    """

    def __init__(self, material: Material, recipe: Recipe) -> None:
        self.material = material
        self.recipe = recipe
        self._start = time.monotonic()
        torch.set_num_threads(recipe.workers)
        texts = material.texts()
        words, counts = self._words(texts)
        self.known = words
        glosses = [f"{entry.word} {gloss}" for entry in material.dictionary for gloss in entry.glosses]
        english = Counter(word for text in glosses for word in text.split()[1:])
        wanted = sorted(words | {word for word, count in english.items() if count >= _ENGLISH_WORD})
        self.tokenizer = build_tokenizer(choose_words(counts + english, wanted, recipe.tokens))
        self.report(f"词表 {self.tokenizer.get_vocab_size()} 个词,学习词向量")
        self._vectors, self._counts = learn_word_vectors(
            self.tokenizer,
            [*texts, *glosses],
            recipe.vector_dim,
            recipe.vector_epochs,
            recipe.workers,
            recipe.seed,
        )

    def run(self, pairs: Sequence[Pair], runs: int | None = None) -> NDArray[np.float32]:
        """Train on pairs.

        Args:
            pairs: an epoch of them.
            runs: how many trainings to average; the recipe's number if None.

        Returns:
            The tokens' rows, shape (tokens, dim).
        """
        recipe = self.recipe
        features = build_features(token_list(self.tokenizer))
        self.report(f"{len(features.names)} 个特征,{len(pairs)} 对文本")
        start = initial_values(features, self._vectors, self._counts, recipe.vector_dim, recipe.seed)
        rows = []
        for seed in range(recipe.seed, recipe.seed + (runs or recipe.runs)):
            model = ComposedEmbedding(features, *start)
            schedule = replace(recipe.schedule, seed=seed)
            rows.append(Trainer(model, self.tokenizer, pairs, schedule).run(self.report))
        return reduce_dim(np.mean(rows, axis=0), recipe.dim)

    def measure(self) -> None:
        """Train without some documents and report the figures on them."""
        held_out = [p for p in self.material.train if source_fold(p.source, self.recipe.folds) == 0]
        names = {pair.source for pair in held_out}
        rows = self.run(self.material.mixture(self.recipe, self.known, names))
        figures = measure_rows(self.tokenizer, rows, held_out)
        self.report(f"未见的 {len(names)} 份文件上 {len(held_out)} 个问题:{figures}")
        self.report(f"同上,BM25:{measure_bm25(held_out)}")

    def report(self, message: str) -> None:
        """Tell what is being done, with the seconds since the start."""
        click.echo(f"[{time.monotonic() - self._start:4.0f} 秒] {message}")

    def _words(self, texts: Sequence[str]) -> tuple[set[str], Counter[str]]:
        """The words that the vocabulary and the dictionary's pairs must hold, and the counts of all words."""
        self.report("统计词频")
        words = Words.with_words()
        counts = Counter(word for text in texts for word in words.words(text))
        own = (text for pair in self.material.own() for text in (pair.a, pair.b))
        wanted = {word for text in own for word in words.words(text)}
        common = {entry.word for entry in self.material.dictionary if counts[entry.word] >= _COMMON_WORD}
        return wanted | common, counts


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
        training = Training(material, recipe)
        if measure:
            training.measure()
        rows = training.run(material.mixture(recipe, training.known))
        save_encoder(out, training.tokenizer, rows)
    except IpqaError as error:
        click.echo(f"错误:{error}", err=True)
        sys.exit(2)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    click.echo(f"已写入 {out}:{len(rows)} × {rows.shape[1]},{size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
