"""Answers as HTML: pure functions. The answer first, then its numbered sources, then what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, zip_longest

from ipqa.interfaces.feedback import REASONS
from ipqa.interfaces.web.desk import NO_FILTERS, Filters
from ipqa.interfaces.web.marks import (
    DocumentById,
    copy_button,
    notice,
    passage,
    path,
    reading,
    source_link,
    units,
)
from ipqa.models import KIND_NAMES, Answer, Citation, Hit, Indicator

NOT_FOUND = "没有找到相关的条款。换个说法,或者只问一件事再试试。"
STATUS_NAMES = {"answered": "规划写明", "related": "没有直接写", "not_found": "没有找到"}
_LISTS = ("tasks", "list")  # long: their passages are folded away
_ITEM = "· "
_MARK = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Renderer:
    """Renders answers over one corpus.

    ``document`` finds a document by id; ``indicators`` holds the parsed indicator of each indicator row;
    ``votes`` tells whether one can vote on an answer.
    """

    document: DocumentById
    indicators: Mapping[str, Indicator]
    votes: bool = False

    def answer(self, answer: Answer, filters: Filters = NO_FILTERS) -> str:
        """The reply: how the question was read, the answer, what is missing, the cited passages in order."""
        parts = (
            self._read_as(answer, filters),
            "".join(f'<p class="ipqa-validity" role="note">{escape(n)}</p>' for n in answer.notices),
            _missing(answer),
            self._said(answer),
            self._sources(answer),
            "" if answer.status == "chat" else self._tools(answer),
            _suggestions(answer),
        )
        clauses = " ".join(hit.clause.id for hit in answer.hits[: len(answer.citations)])
        limits = "".join(
            f' data-{name}="{escape(value)}"' for name, value in vars(filters).items() if value is not None
        )
        return (
            f'<div class="ipqa-answer ipqa-{answer.status}" data-status="{answer.status}" '
            f'data-question="{escape(answer.question)}" data-resolved="{escape(answer.resolved_question)}" '
            f'data-clauses="{escape(clauses)}"{limits}>{"".join(parts)}</div>'
        )

    def card(self, number: int, hit: Hit, citation: Citation | None = None) -> str:
        """One cited passage: its number, its place, the units that answer for it, its verbatim text."""
        clause = hit.clause
        indicator = self.indicators.get(clause.id)
        document = self.document(clause.doc_id)
        quoted = citation.quote if citation else clause.text
        return (
            f'<article class="ipqa-card" data-clause="{escape(clause.id)}" data-number="{number}" '
            'tabindex="-1">'
            f'<header><span class="ipqa-number">[{number}]</span> '
            f'<span class="ipqa-kind">{KIND_NAMES[clause.kind]}</span> '
            f"{path(document, clause)}</header>"
            f"{units(clause.responsibility)}"
            f'<blockquote class="ipqa-text">{passage(clause, hit.highlights)}</blockquote>'
            f"{reading(indicator) if indicator else ''}"
            f'<footer class="ipqa-actions">{source_link(clause, name=f"在原文中查看第 {number} 条")}'
            f"{copy_button(document, clause, quoted)}</footer>"
            "</article>"
        )

    def _said(self, answer: Answer) -> str:
        """What was composed; of plain passages the sentences that answer."""
        if not answer.hits or answer.status == "not_found":
            return notice(answer.text or NOT_FOUND)
        if answer.status == "related" and answer.kind == "passages":
            return ""
        count = len(answer.citations)
        lines = [_with_links(line, count) for line in answer.text.split("\n") if line]
        told = _as_list(lines) if answer.kind in _LISTS else "".join(f"<p>{line}</p>" for line in lines)
        badge = f'<span class="ipqa-badge">{STATUS_NAMES[answer.status]}</span>' if answer.hits else ""
        return f'<div class="ipqa-said">{badge}{told}</div>'

    def _sources(self, answer: Answer) -> str:
        if not answer.hits or answer.status == "not_found":
            return ""
        pairs = zip_longest(answer.hits, answer.citations[: len(answer.hits)])
        cards = "".join(f"<li>{self.card(i, hit, cited)}</li>" for i, (hit, cited) in enumerate(pairs, 1))
        cards = f'<ol class="ipqa-cards">{cards}</ol>'
        if answer.kind in _LISTS:
            summary = f"<summary>出处:{len(answer.hits)} 段原文</summary>"
            return f'<details class="ipqa-more">{summary}{cards}</details>'
        how = "回答所问的句子已标出" if answer.status == "answered" else "没有直接回答所问,供参考"
        return f'<p class="ipqa-lead">出处 {len(answer.hits)} 段,{how}:</p>{cards}'

    def _tools(self, answer: Answer) -> str:
        votes = _VOTES if self.votes else ""
        pick = ""
        if answer.citations:
            pick = '<label><input type="checkbox" class="ipqa-pick"> 选入导出</label>'
        link = '<button type="button" class="ipqa-link" data-share>复制本问链接</button>'
        return f'<div class="ipqa-tools">{pick}{link}{votes}</div>'

    @staticmethod
    def _read_as(answer: Answer, filters: Filters) -> str:
        told = []
        if answer.resolved_question not in ("", answer.question):
            told.append(f"按「{escape(answer.resolved_question)}」查找")
        limits = [value for value in vars(filters).values() if value is not None]
        if limits and answer.status != "chat":
            told.append(f"只查{escape('、'.join(f'「{limit}」' for limit in limits))}")
        return f'<p class="ipqa-resolved">{";".join(told)}</p>' if told else ""


def _with_links(line: str, count: int) -> str:
    """A line of the answer with its marks [n] as buttons that lead to the source."""

    def link(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 1 <= number <= count:
            return match[0]
        return (
            f'<button type="button" class="ipqa-cite" data-cite="{number}" '
            f'aria-label="看出处 {number}">[{number}]</button>'
        )

    return _MARK.sub(link, escape(line))


def _as_list(lines: Sequence[str]) -> str:
    """A composed list: its first line, then headings and the items (·) below them."""
    parts = [f"<p>{lines[0]}</p>"]
    for is_item, group in groupby(lines[1:], key=lambda line: line.startswith(_ITEM)):
        if is_item:
            parts.append(f"<ul>{''.join(f'<li>{line.removeprefix(_ITEM)}</li>' for line in group)}</ul>")
        else:
            parts += [f"<p><b>{line}</b></p>" for line in group]
    return "".join(parts)


def _missing(answer: Answer) -> str:
    if answer.status != "related" or not answer.missing:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in answer.missing)
    badge = f'<span class="ipqa-badge">{STATUS_NAMES["related"]}</span>'
    return f'<div class="ipqa-missing" role="note">{badge}<ul>{items}</ul></div>'


def _suggestions(answer: Answer) -> str:
    return asking_buttons(answer.suggestions, "接着可以问" if answer.status == "answered" else "可以问")


def asking_buttons(questions: Iterable[str], lead: str) -> str:
    """Buttons that ask in the chat what stands on them; empty without questions."""
    items = "".join(
        f'<li><button type="button" class="ipqa-ask" data-ask="{escape(q)}">{escape(q)}</button></li>'
        for q in questions
    )
    return f'<div class="ipqa-suggestions"><span>{lead}:</span><ul>{items}</ul></div>' if items else ""


_THUMB = (  # drawn, since many machines have no font with the sign
    '<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linejoin="round" aria-hidden="true"{turn}><path d="M3 10h4v10H3zM7 11l4-8c1.7 0 2.5 1.2 2.2 '
    '2.8L12.6 9H19c1.3 0 2.2 1.2 1.9 2.4l-1.7 7A2 2 0 0 1 17.3 20H7"/></svg>'
)
_TURNED = ' transform="rotate(180)"'
_VOTES = (
    '<span class="ipqa-votes" role="group" aria-label="这个回答有用吗">'
    f'<button type="button" class="ipqa-link" data-vote="1">{_THUMB.format(turn="")} 有用</button>'
    '<button type="button" class="ipqa-link" data-vote="0" aria-expanded="false">'
    f"{_THUMB.format(turn=_TURNED)} 没用</button>"
    '<span class="ipqa-thanks" role="status"></span></span>'
    '<form class="ipqa-why" hidden><fieldset><legend>哪里不好?</legend>'
    + "".join(
        f'<label><input type="radio" name="reason" value="{code}"> {name}</label>'
        for code, name in REASONS.items()
    )
    + '</fieldset><label class="ipqa-comment">补充(可不填,请勿写个人信息)'
    '<textarea name="comment" maxlength="500" rows="2"></textarea></label>'
    '<button type="submit" class="ipqa-ask">提交</button></form>'
)
