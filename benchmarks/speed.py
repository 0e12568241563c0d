"""How fast it is on this machine: a warm search, a cold ``ipqa ask``, a build of the index.

    python benchmarks/speed.py

Times depend on the machine; the last column relates each to a plain NumPy product timed in the same run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ipqa import PolicySearch
from ipqa.evaluation import read_questions

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "tests" / "data" / "dev_questions.jsonl"
COLD_RUNS = 5


def milliseconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def reference() -> float:
    """Milliseconds of a 1000 x 1000 product in NumPy, the best of twenty: what this machine can do."""
    matrix = np.random.default_rng(0).standard_normal((1000, 1000), dtype=np.float32)
    return min(milliseconds(lambda: matrix @ matrix) for _ in range(20))


def main() -> None:
    """Measure and print."""
    unit = reference()
    questions = [q.question for q in read_questions(QUESTIONS)]
    with tempfile.TemporaryDirectory() as folder:
        places = {"corpus": ROOT / "corpus", "index": Path(folder)}
        PolicySearch.open(**places)  # loads the dictionaries, so that the build alone is timed below
        build = milliseconds(lambda: PolicySearch.open(**places, rebuild=True))
        policy = PolicySearch.open(**places)
        for question in questions:
            policy.search(question)
        warm = [milliseconds(lambda q=q: policy.search(q)) for _ in range(5) for q in questions]
        command = [sys.executable, "-m", "ipqa", "--corpus", str(places["corpus"]), "--index", folder, "ask"]
        cold = [
            milliseconds(lambda q=q: subprocess.run([*command, q], check=True, capture_output=True))
            for q in questions[:COLD_RUNS]
        ]
    rows = {
        "search, warm, p50": np.percentile(warm, 50),
        "search, warm, p95": np.percentile(warm, 95),
        "search, warm, p99": np.percentile(warm, 99),
        f"ipqa ask, cold process, median of {COLD_RUNS}": np.median(cold),
        f"ipqa ask, cold process, slowest of {COLD_RUNS}": max(cold),
        "build of the plan's index": build,
    }
    print(f"{'':<42}{'ms':>10}{'x NumPy':>10}")
    for name, value in rows.items():
        print(f"{name:<42}{value:>10.1f}{value / unit:>10.1f}")


if __name__ == "__main__":
    main()
