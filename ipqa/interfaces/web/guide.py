"""办事指引 as HTML: needs in everyday words, the clauses that serve them, whom to ask, what is left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from ipqa.documents.topics import units_to_turn_to
from ipqa.engine import PolicySearch
from ipqa.interfaces.web.marks import copy_button, notice, reading, source_link
from ipqa.interfaces.web.render import asking_buttons
from ipqa.models import Clause, Hit, Indicator, Topic

_GROUPS = {
    "task": "任务和专栏项目",
    "project": "任务和专栏项目",
    "indicator": "指标",
    "paragraph": "现状与目标",
}
_CONTACTS = 4


def guide(policy: PolicySearch) -> str:
    """All topics of the corpus: a list to pick from, and each with its clauses.

    Raises:
        TopicsError: if a topics file is wrong; names file and topic.
    """
    topics = policy.topics()
    if not topics:
        return notice("语料里还没有办事指引:在文件旁边放一个 .topics.yaml,写下需要和为它服务的条款。")
    indicators = {i.clause_id: i for i in policy.indicators()}
    picks = "".join(
        f'<li><a href="#" data-topic="{i}"><b>{escape(topic.name)}</b>'
        f"<span>{escape('、'.join(topic.needs))}</span></a></li>"
        for i, topic in enumerate(topics)
    )
    sections = "".join(_topic(policy, indicators, i, topic) for i, topic in enumerate(topics))
    return (
        '<div class="ipqa-guide"><h2>您想办什么?</h2>'
        '<label class="ipqa-find">找一找 <input type="search" data-find-topic '
        'placeholder="用平常话写,例如 贷款、被抄袭、出口"></label>'
        '<p class="ipqa-none" role="status" hidden>没有写到这个词的事项;可以到「问答」里直接问。</p>'
        f'<ul class="ipqa-topics">{picks}</ul>{sections}</div>'
    )


def _topic(policy: PolicySearch, indicators: Mapping[str, Indicator], number: int, topic: Topic) -> str:
    ordered = sorted(topic.hits, key=lambda hit: list(_GROUPS).index(hit.clause.kind))
    groups = "".join(
        f"<h4>{name}</h4><ol>{''.join(_clause(policy, h, indicators.get(h.clause.id)) for h in members)}</ol>"
        for name, members in groupby(ordered, key=lambda hit: _GROUPS[hit.clause.kind])
    )
    missing = "、".join(topic.missing)
    document = policy.document(topic.doc_id)
    return (
        f'<section class="ipqa-topic" id="topic-{number}" tabindex="-1" aria-label="{escape(topic.name)}">'
        f"<h3>{escape(topic.name)}</h3>"
        f"{asking_buttons(topic.needs, '这样问')}"
        f"{_contacts(policy, topic)}"
        + (
            f'<p class="ipqa-open-points"><b>规划未载明</b>:{escape(missing)}。请向上面的单位核实。</p>'
            if missing
            else ""
        )
        + f'<details class="ipqa-more" open><summary>《{escape(document.title)}》里为它服务的 '
        f"{len(topic.hits)} 条</summary>{groups}</details></section>"
    )


def _contacts(policy: PolicySearch, topic: Topic) -> str:
    units = units_to_turn_to(topic, policy.unit)
    if not units:
        return ""
    told = "".join(
        f"<li><b>{escape(name)}</b><small>{_counts(lead, named)}</small></li>"
        for name, lead, named in units[:_CONTACTS]
    )
    rest = "、".join(name for name, _, _ in units[_CONTACTS:])
    more = f"<p><small>还涉及:{escape(rest)}</small></p>" if rest else ""
    return f'<div class="ipqa-contacts"><b>找谁</b><ul>{told}</ul>{more}</div>'


def _counts(lead: int, named: int) -> str:
    return f"牵头 {lead} 条,共 {named} 条" if lead else f"负责 {named} 条"


def _clause(policy: PolicySearch, hit: Hit, indicator: Indicator | None) -> str:
    """A clause by the sentences that speak of the need, verbatim, with its place."""
    clause = hit.clause
    document = policy.document(clause.doc_id)
    name = clause.section_path[-1] if clause.section_path else document.title
    quotes = _sentences(clause, hit)
    text = "…".join(quotes)
    body = "".join(f"<blockquote>{escape(quote)}</blockquote>" for quote in quotes)
    if indicator:
        body += reading(indicator)
    link = source_link(clause, name, f"在原文中查看:{name}")
    return (
        f'<li data-clause="{escape(clause.id)}">{body}<footer class="ipqa-actions">'
        f"{link}{copy_button(document, clause, text)}</footer></li>"
    )


def _sentences(clause: Clause, hit: Hit) -> Sequence[str]:
    """The marked sentences; those that follow each other in the text as one stretch."""
    stretches: list[tuple[int, int]] = []
    for span in sorted(hit.highlights, key=lambda s: s.start):
        start, end = span.start - clause.start, span.end - clause.start
        if stretches and not clause.text[stretches[-1][1] : start].strip():
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return [clause.text[start:end] for start, end in stretches]
