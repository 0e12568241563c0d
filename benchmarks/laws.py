"""A corpus of any size out of real law texts (GitHub LawRefBook/Laws; ``data/README.md``).

The laws come first, as they are: some 150,000 articles. Beyond, articles are composed: two to four sentences
of one law, drawn at random, so that they are as long and use the same words as real ones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from ipqa.training.sources import read_laws, split_articles

_SENTENCE = re.compile(r"[^。;；]+[。;；]?")
_ARTICLES_PER_DOCUMENT = 500


def write_corpus(data: Path, folder: Path, clauses: int, seed: int = 1) -> int:
    """Write documents with about ``clauses`` articles in all.

    Args:
        data: the folder with the law texts.
        folder: where the documents go; made if missing.
        clauses: how many articles.
        seed: of the order of the laws and of the composed articles.

    Returns:
        How many articles were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    laws = list(read_laws(data))
    random.Random(seed).shuffle(laws)
    written = 0
    for i, (title, articles) in enumerate(_documents(laws, seed)):
        articles = articles[: clauses - written]
        lines = [f"第{n}条 {article}" for n, article in enumerate(articles, 1)]
        (folder / f"law-{i:06d}.txt").write_text("\n".join([title, "", *lines]) + "\n", encoding="utf-8")
        written += len(articles)
        if written >= clauses:
            break
    return written


def read_articles(folder: Path) -> Iterator[str]:
    """The articles of a corpus that :func:`write_corpus` wrote, without their numbers."""
    for path in sorted(folder.glob("law-*.txt")):
        for line in path.read_text(encoding="utf-8").split("\n")[2:]:
            if line:
                yield line.partition(" ")[2]


def _documents(laws: list[str], seed: int) -> Iterator[tuple[str, list[str]]]:
    """Titles and articles: the laws, and then, without end, composed ones."""
    kept = []
    for law in laws:
        articles = list(split_articles(law))
        if articles:
            kept.append(articles)
            yield articles[0].law, [article.text for article in articles]
    rng = random.Random(seed)
    while True:
        articles = rng.choice(kept)
        sentences = [s for article in articles for s in _SENTENCE.findall(article.text) if len(s) > 5]
        if len(sentences) > 8:
            composed = (rng.sample(sentences, rng.randint(2, 4)) for _ in range(_ARTICLES_PER_DOCUMENT))
            yield articles[0].law, ["".join(parts) for parts in composed]
