"""Which FAISS index for how many rows: flat, inverted file of 8-bit codes, graph of 8-bit codes.

    python -m benchmarks.vectors --data DATA_DIR [--sizes 10000,100000] [--out docs/benchmarks]

The rows are sentences of real law texts, the queries LeCoQA's everyday questions. One thread. Recall is of
the ten nearest rows, against the flat index.
"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import click
import faiss
import numpy as np

from ipqa.retrieval.encoder import load_encoder
from ipqa.text.normalise import normalise
from ipqa.text.sentences import split_sentences
from ipqa.training.sources import LECOQA, read_laws, read_questions, split_articles

ROOT = Path(__file__).parents[1]
QUERIES = 200
DEPTH = 10


def kinds(rows: int) -> dict[str, tuple[str, dict[str, int]]]:
    """FAISS factory strings with the search parameters to try, by name."""
    found: dict[str, tuple[str, dict[str, int]]] = {"flat": ("Flat", {})}
    for per_root in (2, 4):
        lists = int(per_root * rows**0.5)
        for share in (8, 16, 32, 64):
            name = f"ivf sq8, {lists} lists, {max(1, lists // share)} probed"
            found[name] = (f"IVF{lists},SQ8", {"nprobe": max(1, lists // share)})
    if rows <= 300_000:  # a graph of millions takes an hour to build on two cores
        for width in (32, 64, 128):
            found[f"hnsw sq8, {width} wide"] = ("HNSW16_SQ8", {"efSearch": width})
    return found


def measure(vectors: np.ndarray, queries: np.ndarray) -> list[dict[str, Any]]:
    """Build every kind and search it."""
    results, built = [], {}
    threads = faiss.omp_get_max_threads()
    exact = None
    for name, (factory, parameters) in kinds(len(vectors)).items():
        if factory not in built:
            begun = time.perf_counter()
            index = faiss.index_factory(vectors.shape[1], factory, faiss.METRIC_INNER_PRODUCT)
            index.train(vectors[: min(len(vectors), 200_000)])
            index.add(vectors)
            built = {factory: (index, time.perf_counter() - begun)}
        index, seconds = built[factory]
        for parameter, value in parameters.items():
            faiss.ParameterSpace().set_index_parameter(index, parameter, value)
        faiss.omp_set_num_threads(1)
        rows, milliseconds = [], []
        for query in queries:
            begun = time.perf_counter()
            rows.append(index.search(query[None], DEPTH)[1][0])
            milliseconds.append((time.perf_counter() - begun) * 1000)
        faiss.omp_set_num_threads(threads)
        exact = rows if exact is None else exact
        recall = np.mean([len(set(a) & set(b)) / DEPTH for a, b in zip(rows, exact, strict=True)])
        results.append(
            {
                "rows": len(vectors),
                "kind": name,
                "build_s": seconds,
                "p50_ms": float(np.percentile(milliseconds, 50)),
                "recall@10": float(recall),
                "mb": len(faiss.serialize_index(index)) / 1e6,
            }
        )
        row = results[-1]
        print(
            f"{row['rows']:>9,} {name:<36} build {seconds:7.1f} s  p50 {row['p50_ms']:7.2f} ms  "
            f"recall@10 {recall:.3f}  {row['mb']:.0f} MB",
            flush=True,
        )
    return results


def table(rows: list[dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    head = (
        "| 行数 | 索引 | 建 (s) | p50 (ms) | recall@10 | 大小 (MB) |",
        "| ---: | --- | ---: | ---: | ---: | ---: |",
    )
    lines = (
        f"| {r['rows']:,} | {r['kind']} | {r['build_s']:.1f} | {r['p50_ms']:.2f} | {r['recall@10']:.3f} "
        f"| {r['mb']:.0f} |"
        for r in rows
    )
    return "\n".join((*head, *lines)) + "\n"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True)
@click.option("--sizes", default="10000,30000,100000,300000")
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "docs" / "benchmarks")
def main(data: Path, sizes: str, out: Path) -> None:
    """Measure every kind at every size."""
    wanted = list(map(int, sizes.split(",")))
    texts = []
    for law in read_laws(data):
        for article in split_articles(law):
            texts.extend(normalise(article.text[s.start : s.end]) for s in split_sentences(article.text))
    texts = random.Random(0).sample(texts, min(max(wanted), len(texts)))
    encoder = load_encoder()
    vectors = np.concatenate(
        [encoder.encode_document(texts[i : i + 4096]) for i in range(0, len(texts), 4096)]
    )
    questions = random.Random(1).sample([normalise(q) for q, _ in read_questions(data, LECOQA)], QUERIES)
    queries = encoder.encode_query(questions)
    rows = [row for size in wanted for row in measure(vectors[:size], queries)]
    out.mkdir(parents=True, exist_ok=True)
    (out / "vectors.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (out / "vectors.md").write_text(table(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
