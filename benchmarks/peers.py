"""ipqa beside its peers: quality, speed, memory, in one run on the same clauses and questions.

    pip install -e ".[bench]"
    python -m benchmarks.peers [--out docs/benchmarks]
    python -m benchmarks.peers --data DATA_DIR --clauses 100000

Each system runs in a process of its own, on one core and one thread. It is built from the plan's clauses,
each under its headings, and asked every answerable question of the question files; a follow-up is asked with
the earlier turns before it. Written are a table (Markdown, JSON) and a plot. With ``--clauses`` the passages
are articles of real laws and the questions LeCoQA's (``data/README.md``), and only speed is measured.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from benchmarks.systems import Bm25, Haystack, Ipqa, LangChain, System, Txtai

if TYPE_CHECKING:
    from ipqa.models import Clause

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "tests" / "data"
FILES = ("dev_questions", "hard_questions", "unseen_questions")
DEPTH = 10
LAW_QUESTIONS = 100
ONE_THREAD = {
    name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
} | {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}

SYSTEMS: dict[str, Callable[[Path], System]] = {
    "ipqa": Ipqa,
    "ipqa, no bank": lambda corpus: Ipqa(without_bank(corpus)),
    "BM25 (bm25s, jieba)": lambda corpus: Bm25(),
    "BM25, clauses with their bank questions": lambda corpus: Bm25(),
    "LangChain ensemble, defaults": lambda corpus: LangChain(jieba=False),
    "LangChain ensemble, jieba": lambda corpus: LangChain(jieba=True),
    "LangChain ensemble, jieba, with bank questions": lambda corpus: LangChain(jieba=True),
    "Haystack hybrid, defaults": lambda corpus: Haystack(jieba=False),
    "Haystack hybrid, jieba": lambda corpus: Haystack(jieba=True),
    "txtai hybrid, defaults": lambda corpus: Txtai(jieba=False),
    "txtai hybrid, jieba": lambda corpus: Txtai(jieba=True),
}
EXPANDED = ("BM25, clauses with their bank questions", "LangChain ensemble, jieba, with bank questions")


def measure(name: str, corpus: Path, task: Path) -> dict[str, Any]:
    """Build one system in this process and ask it everything."""
    import psutil

    process = psutil.Process()
    work = json.loads(task.read_text(encoding="utf-8"))
    passages = work["expanded" if name in EXPANDED else "passages"]
    system = SYSTEMS[name](corpus)
    before = process.memory_info().rss
    begun = time.perf_counter()
    system.build(passages)
    built = time.perf_counter() - begun
    questions = work["questions"]
    system.search(questions[0]["q"], DEPTH)
    cold = time.time() - process.create_time()
    for question in questions[: len(questions) // 10]:
        system.search(question["q"], DEPTH)
    ranks, milliseconds = [], []
    for question in questions:
        begun = time.perf_counter()
        found = system.search(question["q"], DEPTH)
        milliseconds.append((time.perf_counter() - begun) * 1000)
        right = set(question["right"])
        ranks.append(next((rank for rank, i in enumerate(found, 1) if i in right), 0))
    by_file = {}
    for file in dict.fromkeys(q["file"] for q in questions if q["right"]):
        own = np.array([r for r, q in zip(ranks, questions, strict=True) if q["file"] == file])
        by_file[file] = {
            "questions": len(own),
            "hit@1": float(np.mean(own == 1)),
            "hit@5": float(np.mean((own > 0) & (own <= 5))),
            "mrr": float(np.mean([1 / r if r else 0 for r in own])),
        }
    return {
        "system": name,
        "passages": len(passages),
        "quality": by_file,
        "p50_ms": float(np.percentile(milliseconds, 50)),
        "p99_ms": float(np.percentile(milliseconds, 99)),
        "queries_per_second": 1000 / float(np.mean(milliseconds)),
        "build_s": built,
        "cold_start_s": cold,
        "memory_mb": (process.memory_info().rss - before) / 1e6,
    }


def plan_task(corpus: Path) -> dict[str, Any]:
    """The plan's clauses as passages, alone and with their bank questions, and what is right.

    A follow-up is asked with its earlier turns before it.
    """
    from ipqa.documents.corpus import list_corpus, parse_document
    from ipqa.evaluation import read_questions, shows

    clauses, passages = _clauses(corpus)
    ordinals = {clause.id: i for i, clause in enumerate(clauses)}
    expanded = list(passages)
    for document in list_corpus(corpus):
        for entry in parse_document(document).questions:
            for clause_id, _ in entry.places:
                expanded[ordinals[clause_id]] += " " + entry.question
    questions = [
        {
            "file": file,
            "q": " ".join((*q.history, q.question)),
            "right": [i for i, c in enumerate(clauses) if any(shows(c, g) for g in q.gold)],
        }
        for file in FILES
        for q in read_questions(QUESTIONS / f"{file}.jsonl")
        if q.answerable and q.gold
    ]
    return {"passages": passages, "expanded": expanded, "questions": questions}


def law_task(data: Path, corpus: Path, size: int) -> dict[str, Any]:
    """``size`` articles of real laws, written to ``corpus``, and everyday questions about the law."""
    from benchmarks.laws import write_corpus
    from ipqa.training.sources import LECOQA, read_questions

    write_corpus(data, corpus, size)
    _, passages = _clauses(corpus)
    asked = random.Random(0).sample([q for q, _ in read_questions(data, LECOQA)], LAW_QUESTIONS)
    return {"passages": passages, "questions": [{"file": LECOQA, "q": q, "right": []} for q in asked]}


def _clauses(corpus: Path) -> tuple[list[Clause], list[str]]:
    from ipqa.documents.corpus import list_corpus, parse_document
    from ipqa.retrieval.build import clause_passage

    clauses = [clause for document in list_corpus(corpus) for clause in parse_document(document).clauses]
    return clauses, [clause_passage(clause) for clause in clauses]


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The figures as a Markdown table; quality over all questions, and p50 as a multiple of ipqa's."""
    head = (
        "| | hit@1 | hit@5 | MRR | p50 (ms) | × ipqa | p99 (ms) | 问/秒 | 建索引 (s) | 冷启动 (s) "
        "| 内存 (MB) |",
        "| --- " + "| ---: " * 10 + "|",
    )
    ours = next((row["p50_ms"] for row in rows if row["system"] == "ipqa"), None)
    lines = []
    for row in rows:
        quality = (f"{_all(row, m):.3f}" if row["quality"] else "" for m in ("hit@1", "hit@5", "mrr"))
        times = f"{row['p50_ms'] / ours:.1f}" if ours else ""
        lines.append(
            f"| {row['system']} | {' | '.join(quality)} | {row['p50_ms']:.2f} | {times} "
            f"| {row['p99_ms']:.2f} | {row['queries_per_second']:.0f} | {row['build_s']:.2f} "
            f"| {row['cold_start_s']:.1f} | {row['memory_mb']:.0f} |"
        )
    return "\n".join((*head, *lines)) + "\n"


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Quality as bars (hit@5 behind hit@1), the time of a query beside each."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    ordered = sorted(rows, key=lambda row: _all(row, "hit@1"))
    names = [row["system"] for row in ordered]
    colours = ["#b5301f" if name.startswith("ipqa") else "#5b7083" for name in names]
    figure, axes = pyplot.subplots(figsize=(9, 4.2), dpi=130)
    axes.barh(names, [_all(row, "hit@5") for row in ordered], color=colours, alpha=0.3, label="hit@5")
    axes.barh(names, [_all(row, "hit@1") for row in ordered], color=colours, label="hit@1")
    for i, row in enumerate(ordered):
        axes.text(1.01, i, f"{row['p50_ms']:.2f} ms", va="center", fontsize=8)
    axes.set_xlim(0, 1)
    axes.set_xlabel("right clause first (dark), among the first five (light); p50 of a query, one core")
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path)


def _all(row: dict[str, Any], measure: str) -> float:
    """A measure over all questions: the files weigh by how many questions they hold."""
    files = row["quality"].values()
    return float(sum(f[measure] * f["questions"] for f in files) / sum(f["questions"] for f in files))


def without_bank(corpus: Path) -> Path:
    """A copy of a corpus that has no question bank."""
    folder = Path(tempfile.mkdtemp())
    for path in corpus.iterdir():
        if not path.name.endswith(".questions.jsonl"):
            shutil.copy(path, folder)
    return folder


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "docs" / "benchmarks")
@click.option("--data", type=click.Path(path_type=Path), help="the public sources, for --clauses")
@click.option("--clauses", type=int, help="so many law articles instead of the plan; speed only")
@click.option("--only", help="measure one system in this process and print JSON", hidden=True)
@click.option("--task", type=click.Path(path_type=Path), hidden=True)
@click.option("--corpus", type=click.Path(path_type=Path), default=ROOT / "corpus", hidden=True)
def main(
    out: Path, data: Path | None, clauses: int | None, only: str | None, task: Path | None, corpus: Path
) -> None:
    """Measure every system in its own process."""
    if only and task:
        print(json.dumps(measure(only, corpus, task)))
        return
    with tempfile.TemporaryDirectory() as folder:
        if clauses and data:
            corpus = Path(folder) / "laws"
            work = law_task(data, corpus, clauses)
        elif clauses:
            raise click.UsageError("--clauses needs --data")
        else:
            work = plan_task(corpus)
        task = Path(folder) / "task.json"
        task.write_text(json.dumps(work, ensure_ascii=False), encoding="utf-8")
        rows = []
        for name in SYSTEMS:
            if not (clauses and "bank" in name) and (row := _in_a_process(name, corpus, task)):
                rows.append(row)
                print(table(rows).splitlines()[-1], flush=True)
    out.mkdir(parents=True, exist_ok=True)
    file = f"peers-{clauses}" if clauses else "peers"
    (out / f"{file}.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (out / f"{file}.md").write_text(table(rows), encoding="utf-8")
    if not clauses:
        plot(rows, out / f"{file}.png")


def _in_a_process(name: str, corpus: Path, task: Path) -> dict[str, Any] | None:
    """One system's figures; None, and the reason on the terminal, if it fails."""
    command = [sys.executable, "-m", "benchmarks.peers", "--only", name, "--task", str(task)]
    command += ["--corpus", str(corpus)]
    if shutil.which("taskset"):
        command = ["taskset", "-c", "0", *command]
    environment = {**os.environ, **ONE_THREAD}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")
    if run.returncode:
        print(f"{name}: {(run.stderr.strip() or '?').splitlines()[-1]}", file=sys.stderr)
        return None
    row: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return row


if __name__ == "__main__":
    main()
