"""The commands that search, answer, list, check and serve."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ipqa.documents.topics import topics_named
from ipqa.errors import QuestionError
from ipqa.evaluation import evaluate, read_questions
from ipqa.interfaces import terminal
from ipqa.interfaces.cli.options import Places, filter_options, json_option
from ipqa.interfaces.payload import read_citations
from ipqa.interfaces.picture import draw_calibration
from ipqa.models import ROLES, Role
from ipqa.settings import load_settings

_TURNS = 50  # of a long conversation, so many are handed on


@click.command(help="重建索引。")
@json_option
@click.pass_obj
def build(places: Places, as_json: bool) -> None:
    """Rebuild the index."""
    begun = time.perf_counter()
    policy = places.open(rebuild=True)
    seconds = time.perf_counter() - begun
    for warning in policy.warnings:
        click.echo(f"注意:{warning}", err=True)
    if as_json:
        terminal.show_json(
            {"counts": policy.manifest.counts, "seconds": seconds, "warnings": policy.warnings}
        )
        return
    counts = policy.manifest.counts
    click.echo(
        f"已建索引:{counts['documents']} 份文件,{counts['clauses']} 条条款,"
        f"{counts['sentence_vectors']} 句,{counts['question_vectors']} 个问题,用时 {seconds:.1f} 秒"
    )


@click.command(help="检索条款。")
@click.argument("question", metavar="问题")
@filter_options
@json_option
@click.pass_obj
def search(
    places: Places,
    /,
    question: str,
    as_json: bool,
    k: int,
    **filters: Any,  # noqa: ANN401  typed where they arrive
) -> None:
    """Search clauses."""
    policy = places.open()
    hits = policy.search(question, k, **filters)
    if as_json:
        terminal.show_json(hits)
    elif hits:
        terminal.show_hits(policy, hits)
    else:
        click.echo("没有符合条件的条款。")


@click.command(help="提问,得到带出处的原文。")
@click.argument("question", metavar="问题")
@click.option("--history", multiple=True, metavar="问题", help="此前问过的问题,可多次给出,先问的在前。")
@click.option("--explain", is_flag=True, help="说明怎样理解问题、各项分数,以及为什么没有回答。")
@filter_options
@json_option
@click.pass_obj
def ask(
    places: Places,
    /,
    question: str,
    history: Sequence[str],
    explain: bool,
    as_json: bool,
    k: int,
    **filters: Any,  # noqa: ANN401  typed where they arrive
) -> None:
    """Answer a question."""
    policy = places.open()
    answer = policy.ask(question, history, k, **filters)
    if as_json:
        terminal.show_json(answer)
        return
    terminal.show_answer(policy, answer)
    if explain:
        terminal.show_explanation(answer)


@click.command(help="连续问答:追问会连同前文理解;空行或 Ctrl-D 结束。")
@json_option
@click.pass_obj
def chat(places: Places, as_json: bool) -> None:
    """Talk: questions from standard input, one a line."""
    policy = places.open()
    history: list[str] = []
    while question := _next_question(as_json):
        try:
            answer = policy.ask(question, history[-_TURNS:])
        except QuestionError as error:
            click.echo(f"错误:{error}", err=True)
            continue
        history.append(question)
        if as_json:
            terminal.show_json(answer, one_line=True)
        else:
            terminal.show_answer(policy, answer)


@click.command(help="列出一个单位的全部任务和专栏项目。")
@click.argument("unit", metavar="单位")
@click.option("--role", type=click.Choice(ROLES), help="只列该单位担任此角色的。")
@click.option("--doc", help="只看这份文件。")
@json_option
@click.pass_obj
def tasks(places: Places, unit: str, as_json: bool, role: Role | None, doc: str | None) -> None:
    """List a unit's tasks, all of them."""
    policy = places.open()
    clauses = policy.tasks(unit, role, doc=doc)
    if as_json:
        terminal.show_json(clauses)
    else:
        terminal.show_tasks(policy, unit, clauses)


@click.command(help="列出指标。")
@click.option("--unit", help="只列该单位负责的。")
@click.option("--doc", help="只看这份文件。")
@json_option
@click.pass_obj
def indicators(places: Places, as_json: bool, unit: str | None, doc: str | None) -> None:
    """List indicators."""
    policy = places.open()
    found = policy.indicators(unit, doc=doc)
    if as_json:
        terminal.show_json(found)
    else:
        terminal.show_indicators(found)


@click.command(
    help="办事指引:列出企业的各种需要;给出名称,则列出为它服务的全部条款、可以找的单位和原文没有写的。"
)
@click.argument("name", metavar="[名称]", required=False)
@click.option("--doc", help="只看这份文件。")
@json_option
@click.pass_obj
def topics(places: Places, name: str | None, as_json: bool, doc: str | None) -> None:
    """List the needs of enterprises, or all that serves one of them."""
    policy = places.open()
    listed = policy.topics(doc=doc)
    found = listed if name is None else topics_named(listed, name)
    if as_json:
        terminal.show_json(found)
    elif name is None:
        terminal.show_topics(found)
    else:
        for topic in found:
            terminal.show_topic(policy, topic)


@click.command(help="核对引文:FILE 是 ipqa ask --json 的输出;不给 FILE 则核对索引里的每一条条款。")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def verify(places: Places, as_json: bool, file: Path | None) -> None:
    """Check that quotes still stand where they are cited from."""
    policy = places.open()
    if file is None:
        checks = [
            (clause.id, policy.document(clause.doc_id).text[clause.start : clause.end] == clause.text)
            for clause in policy.clauses
        ]
    else:
        checks = [(f"[{c.number}] {c.clause_id}", policy.verify(c)) for c in read_citations(file)]
    wrong = [name for name, right in checks if not right]
    if as_json:
        terminal.show_json({"checked": len(checks), "wrong": wrong})
    else:
        for name in wrong:
            click.echo(f"与原文不符:{name}")
        click.echo(f"核对 {len(checks)} 条,{len(wrong)} 条与原文不符")
    if wrong:
        sys.exit(1)


@click.command(name="eval", help="用带标注的题目文件(JSON Lines)评测检索质量和速度。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--errors", is_flag=True, help="逐题列出第一条不对、误拒、该拒未拒的题目。")
@click.option("--calibration", type=click.Path(path_type=Path), help="把校准曲线画成图片(.png、.svg)。")
@json_option
@click.pass_obj
def evaluate_file(places: Places, file: Path, as_json: bool, errors: bool, calibration: Path | None) -> None:
    """Measure quality and speed over a question file."""
    questions = read_questions(file)
    report = evaluate(places.open(), questions)
    for quote in report.unfound:
        click.echo(f"注意:没有条款含有引文 {quote}", err=True)
    if calibration:
        draw_calibration(report.outcomes, calibration)
    if as_json:
        terminal.show_json(report)
        return
    terminal.show_report(report)
    if errors:
        for outcome in report.outcomes:
            measures = outcome.measures
            wrong = [name for name in ("hit@1", "answered", "refused") if measures.get(name) == 0]
            if wrong:
                click.echo(f"{outcome.id}\t{outcome.type}\t{'、'.join(wrong)} 0\t{outcome.question}")


@click.command(help="打开问答网页。")
@click.option("--host", help="监听地址,默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(1, 65535), help="端口,默认 7860。")
@click.option("--json", "as_json", is_flag=True, help="启动时输出一行 JSON,说明地址和索引规模。")
@click.pass_obj
def serve(places: Places, as_json: bool, host: str | None, port: int | None) -> None:
    """Serve the chat page."""
    from ipqa.interfaces.web import serve as serve_page

    settings = load_settings()
    given = {"host": host or settings.host, "port": port or settings.port}
    policy = places.open()

    def started(url: str) -> None:
        click.echo(f"网页已启动:{url}(按 Ctrl+C 结束)", err=True)
        if as_json:
            terminal.show_json({"url": url, "counts": policy.manifest.counts}, one_line=True)

    serve_page(policy, settings.model_copy(update=given), started)


def _next_question(quiet: bool) -> str:
    """The next line of standard input; empty at its end. ``quiet`` keeps the prompt off standard output."""
    try:
        line: str = click.prompt("问", default="", show_default=False, prompt_suffix="> ", err=quiet)
    except click.Abort:
        return ""
    return line.strip()


COMMANDS = (build, search, ask, chat, tasks, indicators, topics, verify, evaluate_file, serve)
