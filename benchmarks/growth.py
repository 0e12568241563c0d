"""How it grows: 10³, 10⁴, 10⁵ and 10⁶ clauses out of real law texts.

    python -m benchmarks.growth --data DATA_DIR [--sizes 1000,10000] [--work DIR] [--out docs/benchmarks]

``DATA_DIR`` holds ``laws.tar.xz`` and ``lecoqa_train.jsonl`` (``data/README.md`` says where they are
published); the questions are LeCoQA's everyday questions about the law. Building and searching are measured
in processes of their own. Recall compares the first ten hits with those of the same scores over every clause,
by brute force.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.laws import write_corpus
from ipqa import PolicySearch
from ipqa.models import Clause
from ipqa.retrieval.build import clause_passage, sentence_texts
from ipqa.retrieval.ranking import ASKED
from ipqa.training.sources import LECOQA, read_questions

ROOT = Path(__file__).parents[1]
QUERIES, CHECKED = 300, 60
BATCH = 4096
DEPTH = 10


def build(corpus: Path, index: Path) -> dict[str, Any]:
    """Build the index in this process."""
    import psutil
    from rich.progress import Progress

    with Progress() as bar:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        begun = time.perf_counter()
        policy = PolicySearch.open(corpus, index, rebuild=True, progress=show)
        seconds = time.perf_counter() - begun
    count = len(policy.clauses)
    peak = psutil.Process().memory_info()
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    return {
        "clauses": count,
        "build_s": seconds,
        "clauses_per_s": count / seconds,
        "build_peak_mb": getattr(peak, "peak_wset", 0) / 1e6 or _high_water_mb(),
        "index_mb": size / 1e6,
    }


def search(corpus: Path, index: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Open the index in this process and ask it."""
    import psutil

    begun = time.perf_counter()
    policy = PolicySearch.open(corpus, index)
    opened = time.perf_counter() - begun
    for question in questions[:20]:
        policy.search(question, DEPTH)
    milliseconds, found = [], []
    for question in questions:
        begun = time.perf_counter()
        hits = policy.search(question, DEPTH)
        milliseconds.append((time.perf_counter() - begun) * 1000)
        found.append([hit.clause.id for hit in hits])
    memory = psutil.Process().memory_info().rss / 1e6
    exact = _exact(policy, questions[:CHECKED])
    shared = [len(set(a) & set(b)) / len(b) for a, b in zip(found, exact, strict=False)]
    return {
        "open_s": opened,
        "p50_ms": float(np.percentile(milliseconds, 50)),
        "p99_ms": float(np.percentile(milliseconds, 99)),
        "memory_mb": memory,
        "recall@10": float(np.mean(shared)),
    }


def _exact(policy: PolicySearch, questions: Sequence[str]) -> list[list[str]]:
    """The first ten by the same scores, every clause looked at."""
    searcher, index = policy._searcher, policy._index
    queries = [searcher.reader.read(question) for question in questions]
    vectors = searcher.encoder.encode_query([query.text for query in queries])
    clause = np.empty((len(policy.clauses), len(queries)), np.float32)
    sentence = np.empty_like(clause)
    done = 0
    for batch in _batches(policy.clauses):
        passages = searcher.encoder.encode_document([clause_passage(c) for c in batch])
        sentences = searcher.encoder.encode_document(list(chain.from_iterable(map(sentence_texts, batch))))
        starts = np.cumsum([0, *(len(c.sentences) for c in batch)])[:-1]
        clause[done : done + len(batch)] = passages @ vectors.T
        sentence[done : done + len(batch)] = np.maximum.reduceat(sentences @ vectors.T, starts)
        done += len(batch)
    best = []
    for i, query in enumerate(queries):
        plain, with_bank = index.lexical.coverage(index.lexical.look_up(query.words))
        scores = {
            "clause": clause[:, i],
            "sentence": sentence[:, i],
            "question": clause[:, i],
            "questions": clause[:, i],
            "coverage": plain,
            "bank_coverage": with_bank,
            ASKED: searcher.ranker.asked(index.facts, query.things),
        }
        order = np.argsort(-searcher.ranker.total(scores), kind="stable")[:DEPTH]
        best.append([policy.clauses[int(ordinal)].id for ordinal in order])
    return best


def _batches(clauses: Sequence[Clause]) -> Iterator[list[Clause]]:
    iterator = iter(clauses)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _high_water_mb() -> float:
    """The most memory that this process ever held (Linux)."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")), 0.0)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    head = (
        "| 条款 | 建索引 (s) | 条/秒 | 建索引时内存 (MB) | 索引 (MB) | 打开 (s) | 检索时内存 (MB) | p50 (ms) "
        "| p99 (ms) | recall@10 |",
        "| ---: " * 10 + "|",
    )
    lines = (
        f"| {row['clauses']:,} | {row['build_s']:.1f} | {row['clauses_per_s']:.0f} "
        f"| {row['build_peak_mb']:.0f} | {row['index_mb']:.0f} | {row['open_s']:.1f} "
        f"| {row['memory_mb']:.0f} | {row['p50_ms']:.1f} | {row['p99_ms']:.1f} | {row['recall@10']:.3f} |"
        for row in rows
    )
    return "\n".join((*head, *lines)) + "\n"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True)
@click.option("--sizes", default="1000,10000,100000,1000000")
@click.option("--work", type=click.Path(path_type=Path), help="where corpora and indexes go; kept if given")
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "docs" / "benchmarks")
@click.option("--step", hidden=True)
def main(data: Path, sizes: str, work: Path | None, out: Path, step: str | None) -> None:
    """Measure every size, each step in its own process."""
    work = work or Path(tempfile.mkdtemp())
    if step:
        corpus, index = work / "corpus", work / "index"
        questions = [q for q, _ in read_questions(data, LECOQA)]
        chosen = random.Random(0).sample(questions, QUERIES)
        print(json.dumps(build(corpus, index) if step == "build" else search(corpus, index, chosen)))
        return
    rows = []
    for size in map(int, sizes.split(",")):
        place = work / str(size)
        write_corpus(data, place / "corpus", size)
        row: dict[str, Any] = {}
        for name in ("build", "search"):
            command = [sys.executable, "-m", "benchmarks.growth", "--data", str(data), "--work", str(place)]
            run = subprocess.run([*command, "--step", name], cwd=ROOT, stdout=subprocess.PIPE, check=True)
            row |= json.loads(run.stdout.decode("utf-8").strip().splitlines()[-1])
        rows.append(row)
        print(table(rows[-1:]).splitlines()[-1], flush=True)
        shutil.rmtree(place)
    out.mkdir(parents=True, exist_ok=True)
    (out / "growth.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (out / "growth.md").write_text(table(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
