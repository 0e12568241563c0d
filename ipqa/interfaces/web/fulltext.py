"""The full text of a document as HTML: outline, clauses with anchors, the indicator table as a table.

What is not white space stands on the page in the document's order, character for character; only what bears
the class ``ipqa-added`` is not in the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from ipqa.interfaces.web.marks import copy_button
from ipqa.models import Clause, Document, Indicator

_DEEPEST = 6  # HTML has six levels of headings; h1 is the page's, h2 the document's


@dataclass(frozen=True)
class Heading:
    """A heading of the outline: its level from 1, as written, and the first clause below it."""

    level: int
    label: str
    clause_id: str


def outline(clauses: Sequence[Clause]) -> tuple[Heading, ...]:
    """The headings above the clauses, each once, in document order."""
    found: dict[tuple[str, ...], Heading] = {}
    for clause in clauses:
        for level in range(1, len(clause.section_path) + 1):
            above = clause.section_path[:level]
            found.setdefault(above, Heading(level, above[-1], clause.id))
    return tuple(found.values())


def full_text(document: Document, clauses: Sequence[Clause], indicators: Mapping[str, Indicator]) -> str:
    """The document with its outline.

    Args:
        document: the document.
        clauses: its clauses, in document order.
        indicators: the parsed indicator of each indicator row, by the clause's id.
    """
    about = " · ".join(filter(None, (document.issuer, document.published, document.source)))
    return (
        f'<div class="ipqa-document" data-doc="{escape(document.id)}">'
        f'<nav class="ipqa-outline" aria-label="目录"><details open><summary>目录</summary>'
        f"{_outline(outline(clauses))}</details></nav>"
        f'<div class="ipqa-body" lang="zh-CN">'
        f'<p class="ipqa-added ipqa-about">{escape(about)}</p>'
        f"{''.join(_body(document, clauses, indicators))}</div></div>"
    )


def _outline(headings: Sequence[Heading]) -> str:
    items = "".join(
        f'<li class="ipqa-level-{h.level}"><a href="#" data-jump="{escape(h.clause_id)}" '
        f'data-label="{escape(h.label)}">{escape(h.label)}</a></li>'
        for h in headings
    )
    return f"<ul>{items}</ul>"


def _body(
    document: Document, clauses: Sequence[Clause], indicators: Mapping[str, Indicator]
) -> Iterator[str]:
    labels = {h.label: h.level for h in outline(clauses)}
    done = 0
    for is_row, group in groupby(clauses, key=lambda c: c.id in indicators):
        members = list(group)
        if is_row:
            yield from _between(document.text[done : members[0].start], document.title, labels)
            yield _table(members, indicators)
            done = members[-1].end
            continue
        for clause in members:
            yield from _between(document.text[done : clause.start], document.title, labels)
            yield _clause(document, clause)
            done = clause.end
    yield from _between(document.text[done:], document.title, labels)


def _between(text: str, title: str, labels: Mapping[str, int]) -> Iterator[str]:
    """What stands between two clauses: headings, the title, page furniture; a line each."""
    for line in filter(None, map(str.strip, text.split("\n"))):
        if line == title:
            yield f'<h2 class="ipqa-title">{escape(line)}</h2>'
        elif line in labels:
            tag = f"h{min(labels[line] + 2, _DEEPEST)}"
            yield f'<{tag} class="ipqa-heading" data-heading="{escape(line)}">{escape(line)}</{tag}>'
        else:
            yield f'<p class="ipqa-furniture">{escape(line)}</p>'


def _clause(document: Document, clause: Clause) -> str:
    return (
        f'<section class="ipqa-clause" data-clause="{escape(clause.id)}" tabindex="-1">'
        f'<p class="ipqa-text">{escape(clause.text)}</p>'
        f'<div class="ipqa-added">{copy_button(document, clause, clause.text, "复制本条")}</div></section>'
    )


def _table(rows: Sequence[Clause], indicators: Mapping[str, Indicator]) -> str:
    first = indicators[rows[0].id]
    names = (
        "指标名称",
        f"{first.base_year} 年基期值" if first.base_year else "基期值",
        f"{first.target_year} 年目标值" if first.target_year else "目标值",
        "责任单位",
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(
        f'<tr class="ipqa-clause" data-clause="{escape(row.id)}" tabindex="-1">'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in cells(row, indicators[row.id]))}</tr>"
        for row in rows
    )
    return (
        '<div class="ipqa-scroll" tabindex="0" role="region" aria-label="指标表"><table class="ipqa-table">'
        '<caption class="ipqa-added">原文各格连写,这里由程序分开,文字未改</caption>'
        f'<thead class="ipqa-added"><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def cells(row: Clause, indicator: Indicator) -> tuple[str, str, str, str]:
    """A row's text cut into name, base, target and units; joined again they are the row's text.

    Where a value is not found in the row, all of it is the first cell's.
    """
    text, cuts = row.text, [0]
    start = len(indicator.name)
    for value in (indicator.base, indicator.target, *(r.unit for r in indicator.responsibility[:1])):
        at = text.find(value, start) if value is not None else cuts[-1] if len(cuts) > 1 else start
        if at < 0:
            return text, "", "", ""
        cuts.append(at)
        start = at + len(value or "")
    if indicator.base is None:  # an empty cell stands where the next one begins
        cuts[1] = cuts[2]
    cuts += [len(text)] * (5 - len(cuts))
    return text[: cuts[1]], text[cuts[1] : cuts[2]], text[cuts[2] : cuts[3]], text[cuts[3] :]
