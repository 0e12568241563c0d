"""How fast the page is on this machine: an answer in the browser, twenty people at once, the start.

    python -m benchmarks.web [--out docs/benchmarks]

Needs ``pip install -e ".[bench,test]"`` and Chromium (``IPQA_CHROMIUM``, or ``chromium`` on the path). All is
on the loopback. The servers run in processes of their own, but on the same cores as whoever asks them, so the
processor time of both is told. From Enter to the answer is timed within the page, from the key to two
animation frames after the reply is there, beside a bare Gradio chat that echoes.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import psutil
from gradio_client import Client
from playwright.async_api import Browser, Page, async_playwright

from ipqa import PolicySearch
from ipqa.evaluation import read_questions

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "tests" / "data" / "dev_questions.jsonl"
ASKED, CLEARED_AFTER = 30, 10
PEOPLE, EACH = 20, 5
STARTS = 5
ECHO = ("-m", "benchmarks.web", "--echo", "PORT")
PATIENCE = 60.0  # seconds until something counts as failed
PAUSE = 0.3  # seconds between two questions, so that what a page does after an answer is over
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
Ask = Callable[[str], Awaitable[dict[str, float]]]  # asks a question, and returns its times
# Times in milliseconds since the key: the request left, the reply's element was there, two frames later.
MEASURE = """() => { window.measured = new Promise(done => {
    const rows = document.getElementsByClassName("bot-row"), before = rows.length;
    let key;
    performance.clearResourceTimings();
    addEventListener("keydown", () => { key = performance.now(); }, {capture: true, once: true});
    const observer = new MutationObserver(() => {
        const row = rows[rows.length - 1];
        if (key === undefined || rows.length <= before || !row.textContent.trim()) return;
        observer.disconnect();
        const present = performance.now() - key;
        requestAnimationFrame(() => requestAnimationFrame(() => {
            const shown = performance.now() - key;
            const join = performance.getEntriesByType("resource").find(e => e.name.includes("/queue/join"));
            const refused = document.querySelector("#ipqa-tabs") && !row.querySelector(".ipqa-answer");
            done({sent: join.startTime - key, present, shown, refused});
        }));
    });
    observer.observe(document.body, {childList: true, subtree: true, characterData: true});
}); }"""


def echo(port: int) -> None:
    """Serve a bare Gradio chat that says what it is told, in the way the page is served."""
    import gradio as gr
    from fastapi import FastAPI

    from ipqa.interfaces.web.page import QUEUE_SIZE
    from ipqa.interfaces.web.server import listen, make_server
    from ipqa.settings import Settings

    def turn(message: str, history: list[Any]) -> tuple[str, list[Any]]:
        return "", [*history, *({"role": role, "content": message} for role in ("user", "assistant"))]

    with gr.Blocks(analytics_enabled=False) as page:
        talk = gr.Chatbot(elem_id="ipqa-talk")
        box = gr.Textbox(elem_id="ipqa-input", show_label=False, submit_btn=True)
        clear = gr.Button("clear", elem_id="ipqa-clear")
        box.submit(turn, [box, talk], [box, talk], show_progress="hidden")
        clear.click(lambda: ("", []), None, [box, talk], queue=False, show_progress="hidden")
    page.queue(default_concurrency_limit=Settings().concurrency, max_size=QUEUE_SIZE)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(app, page, "/", footer_links=[], run_history=False, ssr_mode=False, pwa=False)
    with closing(listen("127.0.0.1", port)) as connection:
        make_server(app).run(sockets=[connection])


class Server(NamedTuple):
    """A server in a process of its own; when it was started, and the seconds until it answered."""

    url: str
    process: psutil.Process
    started: float
    seconds: float


@contextmanager
def serving(index: Path, *command: str) -> Iterator[Server]:
    """Start ``command`` with the environment of the page; ``PORT`` in it becomes a free port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = str(probe.getsockname()[1])
    environment = {name: v for name, v in os.environ.items() if not name.startswith(("IPQA_", "GRADIO_"))}
    environment |= {"IPQA_PORT": port, "IPQA_INDEX": str(index), "GRADIO_ANALYTICS_ENABLED": "False"}
    words = [sys.executable, *(port if word == "PORT" else word for word in command)]
    url = f"http://127.0.0.1:{port}/"
    started = time.perf_counter()
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        status = 0
        while status != 200 and process.poll() is None and time.perf_counter() - started < PATIENCE:
            with suppress(OSError), urllib.request.urlopen(url, timeout=PATIENCE) as reply:
                status = reply.status
            time.sleep(0 if status else 0.01)
        if status != 200:
            raise click.ClickException(f"does not answer: {' '.join(words)}")
        yield Server(url, psutil.Process(process.pid), started, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def processor_use(server: Server) -> Iterator[dict[str, float]]:
    """Afterwards: seconds, of the clock and of the processors, by the server and by us with the browser."""

    def read() -> dict[str, float]:
        cpu = {name: sum(sum(p.cpu_times()[:2]) for p in each if p.is_running()) for name, each in groups}
        return {"seconds": time.perf_counter(), **cpu}

    browser = [p for p in psutil.Process().children(recursive=True) if not p.name().startswith("python")]
    groups = (("server_cpu_s", [server.process]), ("clients_cpu_s", [psutil.Process(), *browser]))
    used, before = dict[str, float](), read()
    yield used
    used.update((name, value - before[name]) for name, value in read().items())


def summary(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and the slowest."""
    p50, p95, slowest = np.percentile(milliseconds or [np.nan], [50, 95, 100])
    return {"p50_ms": float(p50), "p95_ms": float(p95), "max_ms": float(slowest)}


async def open_chat(browser: Browser, url: str) -> Page:
    """The page in a browser context of its own, ready for a question."""
    page = await browser.new_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    await page.goto(url)
    await page.locator("#ipqa-input textarea").wait_for(timeout=PATIENCE * 1000)
    return page


async def ask(page: Page, question: str) -> dict[str, float]:
    """Ask, wait for the reply, and return its times."""
    await page.locator("#ipqa-input textarea").fill(question)
    await page.evaluate(MEASURE)
    await page.keyboard.press("Enter")
    times: dict[str, float] = await asyncio.wait_for(page.evaluate("() => window.measured"), PATIENCE)
    if times.pop("refused"):
        raise ValueError(f"no answer: {question}")
    return times


async def answer_times(browser: Browser, urls: dict[str, str], questions: Sequence[str]) -> dict[str, Any]:
    """From Enter to the answer: one question here, one there."""
    pages = {name: await open_chat(browser, url) for name, url in urls.items()}
    told: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
    for i, question in enumerate([questions[-1], *questions[:ASKED]]):  # the first is told by itself
        for name, page in pages.items():
            if i % CLEARED_AFTER == 1:
                await page.locator("#ipqa-clear").click()
                await page.locator(".bot-row").first.wait_for(state="detached")
            await asyncio.sleep(PAUSE)
            told[name].append(await ask(page, question))
    results = {}
    for name, (first, *rest) in told.items():
        await pages[name].close()
        steps = {f"{step}_p50_ms": float(np.median([t[step] for t in rest])) for step in ("sent", "present")}
        results[name] = summary([t["shown"] for t in rest]) | steps | {"first_ms": first["shown"]}
    return results


async def at_once(server: Server, asks: Sequence[Ask], questions: Sequence[str]) -> dict[str, Any]:
    """All ask at the same time, each five questions one after the other."""
    milliseconds, errors = [], []

    async def talk(person: int, ask: Ask) -> None:
        for i in range(person * EACH, person * EACH + EACH):
            try:
                milliseconds.append((await ask(questions[i % len(questions)]))["shown"])
            except Exception as error:  # whatever goes wrong is told in the results
                errors.append(repr(error))

    with processor_use(server) as used:
        await asyncio.gather(*(talk(person, ask) for person, ask in enumerate(asks)))
    return {"answers": len(milliseconds), "errors": errors, **summary(milliseconds), **used}


async def programs_at_once(server: Server, questions: Sequence[str]) -> dict[str, Any]:
    """Twenty programs, each with a session of its own, ask the endpoint ``/ask``."""

    def call(client: Client, question: str) -> dict[str, float]:
        begun = time.perf_counter()
        answer = client.predict(question, api_name="/ask")
        if answer["question"] != question:
            raise ValueError(f"the answer to another question: {answer['question']}")
        return {"shown": (time.perf_counter() - begun) * 1000}

    clients = [Client(server.url, verbose=False, analytics_enabled=False) for _ in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        run = asyncio.get_running_loop().run_in_executor
        return await at_once(server, [partial(run, pool, call, client) for client in clients], questions)


async def people_at_once(browser: Browser, server: Server, questions: Sequence[str]) -> dict[str, Any]:
    """Twenty people, in browser contexts of their own, ask on the page."""
    pages = [await open_chat(browser, server.url) for _ in range(PEOPLE)]
    await asyncio.sleep(PAUSE)
    result = await at_once(server, [partial(ask, page) for page in pages], questions)
    for page in pages:
        await page.close()
    return result


async def start_times(browser: Browser, index: Path) -> dict[str, list[float]]:
    """Seconds from the start of the process to the first answer, and to the box in a browser."""
    times: dict[str, list[float]] = {"first answer": [], "box visible": []}
    for _ in range(STARTS):
        with serving(index, "app.py") as server:
            page = await open_chat(browser, server.url)
            times["box visible"].append(time.perf_counter() - server.started)
            times["first answer"].append(server.seconds)
            await page.close()
    return times


def table(results: dict[str, Any]) -> str:
    """The figures, and what was asked for."""
    lines = [f"{'milliseconds':<20}{'p50':>7}{'p95':>7}{'max':>7}"]
    for name, got in results["milliseconds"].items():
        lines.append(f"{name:<20}{got['p50_ms']:>7.0f}{got['p95_ms']:>7.0f}{got['max_ms']:>7.0f}")
        if "errors" in got:
            lines[-1] += (
                f"   {got['answers']} answers, {len(got['errors'])} errors in {got['seconds']:.1f} s;"
            )
            lines[-1] += f" CPU: server {got['server_cpu_s']:.1f} s, asking {got['clients_cpu_s']:.1f} s"
    lines.append(f"ratio of page to echo, p50: {results['ratio']:.2f} (asked: ≤ 1.5); at once: p95 ≤ 2000 ms")
    for name, seconds in results["start_s"].items():
        lines.append(f"start, {name}, median of {STARTS}: {np.median(seconds):.2f} s (asked: ≤ 6)")
    return "\n".join(lines)


async def measure(index: Path) -> dict[str, Any]:
    """Everything, one after the other."""
    found = os.environ.get("IPQA_CHROMIUM") or shutil.which("chromium")
    questions = [q.question for q in read_questions(QUESTIONS) if q.answerable and not q.history]
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        kind = {"cores": os.cpu_count(), "load before": os.getloadavg()[0], "chromium": browser.version}
        kind |= {"python": platform.python_version(), "gradio": version("gradio")}
        results: dict[str, Any] = {"date": date.today().isoformat(), "machine": kind}
        with serving(index, "app.py") as server, serving(index, *ECHO) as bare:
            times = await answer_times(browser, {"page": server.url, "echo": bare.url}, questions)
            results["ratio"] = times["page"]["p50_ms"] / times["echo"]["p50_ms"]
            times[f"page, {PEOPLE} programs"] = await programs_at_once(server, questions)
            times[f"page, {PEOPLE} people"] = await people_at_once(browser, server, questions)
            times[f"echo, {PEOPLE} people"] = await people_at_once(browser, bare, questions)
            results["milliseconds"] = times
        results["start_s"] = await start_times(browser, index)
        await browser.close()
    return results


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "docs" / "benchmarks")
@click.option("--echo", "port", type=int, hidden=True)
def main(out: Path, port: int | None) -> None:
    """Measure, print and save."""
    if port:
        return echo(port)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        PolicySearch.open(ROOT / "corpus", index)
        results = asyncio.run(measure(index))
    print(table(results))
    out.mkdir(parents=True, exist_ok=True)
    (out / "web.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
