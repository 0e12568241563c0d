"""Answers as HTML: pure functions. What comes from outside is escaped here and nowhere else.

The passage element of a card holds the clause's text and nothing but it: its ``textContent`` is
``clause.text``, character for character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from ipqa.models import (
    KIND_NAMES,
    ROLE_NAMES,
    ROLES,
    Answer,
    Clause,
    Document,
    Hit,
    Indicator,
    Responsibility,
    Span,
)

DocumentById = Callable[[str], Document]
IndicatorByClause = Mapping[str, Indicator]

NOT_FOUND = "没有找到相关的条款。换个说法,或者只问一件事再试试。"
NO_VALUE = "未列"
_LISTS = ("tasks", "list")  # long: their passages are folded away


@dataclass(frozen=True)
class Renderer:
    """Renders answers over one corpus.

    ``document`` finds a document by id; ``indicators`` holds the parsed indicator of each indicator row.
    """

    document: DocumentById
    indicators: IndicatorByClause

    def answer(self, answer: Answer) -> str:
        """The reply: how the question was read, the answer, what is missing, the cited passages in order."""
        missing = "" if answer.status == "not_found" else _missing(answer.missing)
        parts = (self._resolved(answer), missing, _said(answer), self._body(answer))
        return f'<div class="ipqa-answer ipqa-{answer.status}">{"".join(parts)}{_suggestions(answer)}</div>'

    def card(self, number: int, hit: Hit) -> str:
        """One cited passage: its number, its place, its verbatim text, the units that answer for it."""
        clause = hit.clause
        indicator = self.indicators.get(clause.id)
        return (
            f'<article class="ipqa-card" data-clause="{escape(clause.id)}">'
            f'<header><span class="ipqa-number">[{number}]</span> '
            f'<span class="ipqa-kind">{KIND_NAMES[clause.kind]}</span> '
            f"{self._place(clause)}</header>"
            f'<blockquote class="ipqa-text">{passage(clause, hit.highlights)}</blockquote>'
            f"{reading(indicator) if indicator else ''}"
            f"{units(clause.responsibility)}"
            "</article>"
        )

    def _body(self, answer: Answer) -> str:
        if not answer.hits or answer.status == "not_found":
            return "" if answer.text else notice(NOT_FOUND)
        cards = "".join(f"<li>{self.card(i, hit)}</li>" for i, hit in enumerate(answer.hits, 1))
        cards = f'<ol class="ipqa-cards">{cards}</ol>'
        if answer.kind in _LISTS:
            summary = f"<summary>出处:{len(answer.hits)} 段原文</summary>"
            return f'<details class="ipqa-more">{summary}{cards}</details>'
        how = "与所问最接近的句子已标出" if answer.status == "answered" else "没有直接回答所问,供参考"
        return f'<p class="ipqa-lead">找到 {len(answer.hits)} 段原文,{how}:</p>{cards}'

    def _place(self, clause: Clause) -> str:
        steps = (self.document(clause.doc_id).title, *clause.section_path)
        return f'<cite class="ipqa-place">{" › ".join(map(escape, steps))}</cite>'

    @staticmethod
    def _resolved(answer: Answer) -> str:
        if answer.resolved_question == answer.question:
            return ""
        return f'<p class="ipqa-resolved">按「{escape(answer.resolved_question)}」查找</p>'


def _said(answer: Answer) -> str:
    """What was composed; plain passages speak for themselves."""
    if not answer.hits or answer.status == "not_found":
        return notice(answer.text) if answer.text else ""
    if answer.kind == "passages":
        return ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in answer.text.split("\n") if line)
    return f'<div class="ipqa-said">{lines}</div>' if lines else ""


def _suggestions(answer: Answer) -> str:
    items = "".join(f"<li>{escape(question)}</li>" for question in answer.suggestions)
    return f'<div class="ipqa-suggestions">可以问:<ul>{items}</ul></div>' if items else ""


def notice(message: str) -> str:
    """A plain message: an error, or that nothing was found."""
    return f'<p class="ipqa-notice">{escape(message)}</p>'


def passage(clause: Clause, highlights: Iterable[Span]) -> str:
    """The clause's text with the highlights, which are spans in the document, in ``<mark>``.

    Highlights may overlap or reach beyond the clause: what lies within it is marked once.
    """
    pieces, done = [], 0
    for start, end in _within(clause, highlights):
        pieces.append(f"{escape(clause.text[done:start])}<mark>{escape(clause.text[start:end])}</mark>")
        done = end
    return "".join(pieces) + escape(clause.text[done:])


def units(responsibility: Sequence[Responsibility]) -> str:
    """The units by role, those that lead (牵头) first; empty where the clause names none."""
    if not responsibility:
        return ""
    ordered = sorted(responsibility, key=lambda r: ROLES.index(r.role))
    groups = "".join(
        f'<div class="ipqa-role ipqa-role-{role}"><dt>{ROLE_NAMES[role]}</dt>'
        f"{''.join(f'<dd>{escape(r.label)}</dd>' for r in members)}</div>"
        for role, members in groupby(ordered, key=lambda r: r.role)
    )
    return f'<dl class="ipqa-units" aria-label="责任单位">{groups}</dl>'


def reading(indicator: Indicator) -> str:
    """The parsed values of an indicator row, whose cells run together in the source."""
    measure = f"({indicator.measure})" if indicator.measure else ""
    base = _value(indicator.base_year, "基期", indicator.base)
    target = _value(indicator.target_year, "目标", indicator.target)
    values = escape(f"{indicator.name}{measure}:{base} → {target}")
    return f'<p class="ipqa-reading"><b>读作</b>:{values}<small>(程序拆分,以上面的原文为准)</small></p>'


def _value(year: int | None, name: str, value: str | None) -> str:
    return f"{f'{year} 年' if year else name} {NO_VALUE if value is None else value}"


def _missing(lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="ipqa-missing">{items}</ul>' if items else ""


def _within(clause: Clause, highlights: Iterable[Span]) -> list[tuple[int, int]]:
    """The highlights as disjoint stretches of the clause's text, in order."""
    stretches: list[tuple[int, int]] = []
    for span in sorted(highlights, key=lambda s: s.start):
        start = max(span.start - clause.start, stretches[-1][1] if stretches else 0)
        end = min(span.end - clause.start, len(clause.text))
        if start < end:
            stretches.append((start, end))
    return stretches
