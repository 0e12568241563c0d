"""Pieces of HTML that several tabs share: pure functions. What comes from outside is escaped here.

An element that shows a passage holds the clause's text and nothing but it: its ``textContent`` is
``clause.text``, character for character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

from ipqa.documents.places import cited_place
from ipqa.models import ROLE_NAMES, ROLES, Clause, Document, Indicator, Responsibility, Span

DocumentById = Callable[[str], Document]

NO_VALUE = "未列"


def notice(message: str) -> str:
    """A plain message: an error, or that nothing was found."""
    return f'<p class="ipqa-notice" role="status">{escape(message)}</p>'


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


def path(document: Document, clause: Clause) -> str:
    """The breadcrumb of a clause: its document's title and the headings above it."""
    steps = (document.title, *clause.section_path)
    return f'<cite class="ipqa-place">{" › ".join(map(escape, steps))}</cite>'


def source_link(clause: Clause, text: str = "在原文中查看", name: str = "") -> str:
    """A link that opens the full text at the clause; ``name`` tells it apart for who cannot see."""
    label = f' aria-label="{escape(name)}"' if name else ""
    return (
        f'<a class="ipqa-open" href="?clause={quote(clause.id, safe="")}" '
        f'data-clause="{escape(clause.id)}" data-doc="{escape(clause.doc_id)}"{label}>{escape(text)}</a>'
    )


def copy_button(document: Document, clause: Clause, text: str, name: str = "复制引用") -> str:
    """A button that copies a passage with its place: ``…(《…规划》五、(一)3)``."""
    copied = f"{text.strip()}({cited_place(document, clause)})"
    return f'<button type="button" class="ipqa-link" data-copy="{escape(copied)}">{escape(name)}</button>'


def downloads(base: str, name: str, formats: Iterable[tuple[str, str]], query: str = "") -> str:
    """Links that export a list: ``formats`` are pairs of suffix and what it is called."""
    links = "".join(
        f'<a class="ipqa-link" href="{escape(f"{base}/export/{name}{suffix}{query}")}" download>{label}</a>'
        for suffix, label in formats
    )
    return f'<p class="ipqa-exports"><span>导出</span>{links}</p>'


TABLE_FORMATS = ((".xlsx", "Excel"), (".csv", "CSV"), (".md", "Markdown"))


def reading(indicator: Indicator) -> str:
    """The parsed values of an indicator row, whose cells run together in the source."""
    measure = f"({indicator.measure})" if indicator.measure else ""
    base = _value(indicator.base_year, "基期", indicator.base)
    target = _value(indicator.target_year, "目标", indicator.target)
    values = escape(f"{indicator.name}{measure}:{base} → {target}")
    return f'<p class="ipqa-reading"><b>读作</b>:{values}<small>(程序拆分,以原文为准)</small></p>'


def _value(year: int | None, name: str, value: str | None) -> str:
    return f"{f'{year} 年' if year else name} {NO_VALUE if value is None else value}"


def _within(clause: Clause, highlights: Iterable[Span]) -> list[tuple[int, int]]:
    """The highlights as disjoint stretches of the clause's text, in order."""
    stretches: list[tuple[int, int]] = []
    for span in sorted(highlights, key=lambda s: s.start):
        start = max(span.start - clause.start, stretches[-1][1] if stretches else 0)
        end = min(span.end - clause.start, len(clause.text))
        if start < end:
            stretches.append((start, end))
    return stretches
