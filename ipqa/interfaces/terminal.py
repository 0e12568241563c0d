"""What the command line prints for people: passages, tasks, indicators, reports."""

from __future__ import annotations

import codecs
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import click

from ipqa.documents.topics import units_to_turn_to
from ipqa.engine import PolicySearch
from ipqa.evaluation import ALL, Report
from ipqa.interfaces.payload import to_json
from ipqa.models import (
    KIND_NAMES,
    ROLE_NAMES,
    ROLES,
    Answer,
    Clause,
    Hit,
    Indicator,
    Responsibility,
    Span,
    Topic,
)

_GAP = "  "


def show_json(value: object, *, one_line: bool = False) -> None:
    """JSON that whoever reads standard output can decode: UTF-8 as it is, anything else (GBK) by escapes."""
    encoding = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name
    click.echo(to_json(value, ascii_only=encoding != "utf-8", one_line=one_line))


def show_answer(policy: PolicySearch, answer: Answer) -> None:
    """An answer: how the question was understood, what was composed, then the cited passages."""
    if answer.resolved_question != answer.question:
        click.echo(f"按“{answer.resolved_question}”查找\n")
    for notice in answer.notices:
        click.secho(f"注意:{notice}", fg="yellow")
    if answer.kind != "passages" or not answer.citations:
        click.echo(answer.text)
    elif answer.missing:
        click.secho(";".join(answer.missing) + "。下面是相关的原文:", fg="yellow")
    if answer.kind in ("tasks", "list"):
        for citation in answer.citations:
            click.secho(f"[{citation.number}] {place(policy, policy.clause(citation.clause_id))}", dim=True)
    elif answer.citations:
        if answer.kind != "passages":
            click.echo()
        show_hits(policy, answer.hits)
    if answer.suggestions:
        lead = "接着可以问" if answer.citations else "可以问"
        click.secho(f"{lead}:{' '.join(answer.suggestions)}", dim=True)


def show_explanation(answer: Answer) -> None:
    """How the question was understood, how sure the match is, and each hit's named scores."""
    understood = answer.understanding
    known = {
        "问的是": sorted(understood.asks),
        "单位": understood.units,
        "其他单位": understood.other_units,
        "地方": understood.places,
        "年份": [str(year) for year in understood.years],
        "引号里的名称": understood.names,
    }
    click.secho("理解", bold=True)
    for name, values in known.items():
        if values:
            click.echo(f"  {name}:{'、'.join(values)}")
    click.echo(f"  结论:{answer.status}({answer.kind});与文件有关的把握 {answer.relevance:.2f}")
    for reason in answer.missing:
        click.echo(f"  没有回答,因为:{reason}")
    click.secho("分数", bold=True)
    for number, hit in enumerate(answer.hits, 1):
        parts = " ".join(f"{name} {value:.2f}" for name, value in hit.scores.items())
        click.echo(f"  [{number}] {hit.score:.2f} {hit.clause.id} {parts}")


def show_hits(policy: PolicySearch, hits: Sequence[Hit]) -> None:
    """Hits, numbered, the answering sentences underlined where the terminal can."""
    for number, hit in enumerate(hits, 1):
        click.secho(f"[{number}] {place(policy, hit.clause)}", bold=True, nl=False)
        click.secho(f"{_GAP}{hit.score:.2f}" if hit.scores else "", dim=True)  # what was listed has no score
        if hit.clause.responsibility:
            click.secho(f"    {units(hit.clause.responsibility)}", fg="cyan")
        click.echo(f"    {_marked(policy.document(hit.clause.doc_id).text, hit.clause, hit.highlights)}\n")


def show_tasks(policy: PolicySearch, unit: str, clauses: Sequence[Clause]) -> None:
    """A unit's tasks by section, and their number."""
    name = policy.unit(unit)
    leads = sum(any(policy.unit(r.unit) == name for r in clause.lead) for clause in clauses)
    click.secho(f"{name}:共 {len(clauses)} 项,其中牵头 {leads} 项", bold=True)
    for number, clause in enumerate(clauses, 1):
        click.echo(f"{number:>3}. {place(policy, clause)}")
        click.secho(f"     {units(clause.responsibility)}", fg="cyan")


def show_indicators(indicators: Sequence[Indicator]) -> None:
    """Indicators with base, target and who answers for them."""
    for number, indicator in enumerate(indicators, 1):
        base, target = (value or "未载明" for value in (indicator.base, indicator.target))
        click.secho(f"{number:>3}. {indicator.name}", bold=True, nl=False)
        click.echo(f"({indicator.measure})" if indicator.measure else "")
        click.echo(f"     {_year(indicator.base_year)}{base} → {_year(indicator.target_year)}{target}")
        click.secho(f"     {units(indicator.responsibility)}", fg="cyan")


def show_topics(topics: Sequence[Topic]) -> None:
    """The needs of enterprises, each with how many clauses serve it."""
    if not topics:
        click.echo("没有办事指引。")
    for number, topic in enumerate(topics, 1):
        click.secho(f"{number:>3}. {topic.name}", bold=True, nl=False)
        click.secho(f"{_GAP}{len(topic.hits)} 条", dim=True)
        click.echo(f"     {'、'.join(topic.needs)}")


def show_topic(policy: PolicySearch, topic: Topic) -> None:
    """All that serves a need: tasks and projects first, then whom to turn to and what is left open."""
    kinds = list(KIND_NAMES)
    hits = sorted(topic.hits, key=lambda hit: kinds.index(hit.clause.kind))
    counts = Counter(hit.clause.kind for hit in hits)
    told = "、".join(f"{KIND_NAMES[kind]} {count} 条" for kind, count in counts.items())
    click.secho(f"{topic.name}:共 {len(hits)} 条,{told}", bold=True)
    click.echo(f"{'、'.join(topic.needs)}\n")
    show_hits(policy, hits)
    if contacts := units_to_turn_to(topic, policy.unit):
        click.secho("可以找(牵头几项/写明几项):", bold=True)
        click.secho("    " + "、".join(f"{unit}({led}/{named})" for unit, led, named in contacts), fg="cyan")
    if topic.missing:
        click.secho(f"《{policy.document(topic.doc_id).title}》没有写:", bold=True)
        click.secho("    " + "、".join(topic.missing), fg="yellow")


def show_report(report: Report) -> None:
    """An evaluation as a table: a line for each question type, all of them first."""
    names = list(dict.fromkeys(name for means in report.by_type.values() for name in means))
    names.sort(key=lambda name: name != "questions")
    width = max(map(len, report.by_type))
    click.echo(" " * width + "".join(f"{name:>13}" for name in names))
    for kind, means in sorted(report.by_type.items(), key=lambda item: item[0] != ALL):
        click.echo(f"{kind:<{width}}" + "".join(f"{_figure(name, means):>13}" for name in names))
    click.echo(_GAP.join(f"{name} {value:.1f} ms" for name, value in report.latency.items()))


def place(policy: PolicySearch, clause: Clause) -> str:
    """Where a clause stands: document, headings, kind."""
    path = " › ".join((policy.document(clause.doc_id).title, *clause.section_path))
    return f"{path}({KIND_NAMES[clause.kind]})"


def units(responsibility: Sequence[Responsibility]) -> str:
    """The units of a note by role, those that lead first."""
    groups = ((ROLE_NAMES[role], [r.label for r in responsibility if r.role == role]) for role in ROLES)
    return ";".join(f"{name}:{'、'.join(labels)}" for name, labels in groups if labels)


def _marked(text: str, clause: Clause, marks: Sequence[Span]) -> str:
    parts, cursor = [], clause.start
    for mark in marks:
        parts += [
            text[cursor : mark.start],
            click.style(text[mark.start : mark.end], underline=True, bold=True),
        ]
        cursor = mark.end
    return "".join((*parts, text[cursor : clause.end]))


def _year(year: int | None) -> str:
    return f"{year} 年 " if year else ""


def _figure(name: str, means: Mapping[str, float]) -> str:
    if name not in means:
        return "-"
    return f"{means[name]:.0f}" if name == "questions" else f"{means[name]:.3f}"
