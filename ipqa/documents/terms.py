"""A corpus' own words, for the tokenizer's dictionary: its units and the terms of its headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ipqa.documents.numbering import match_marker
from ipqa.models import Clause

_SEPARATORS = re.compile(r"[,，、;；:：\s“”《》()（）]|以及|和|与|的")
_LEADING_VERB = re.compile(
    r"^(?:(?:深入|全面|大力|积极|稳妥|加快|着力|组织|持续|进一步)*"
    r"(?:推进|推动|强化|加强|完善|健全|构建|建设|建立|培育|激励|激发|提升|优化|促进|深化|开展|实施|支持|发展|扩大|打造|加大|增强))+"
)
_MIN_LENGTH, _MAX_LENGTH = 3, 10


def domain_words(clauses: Iterable[Clause]) -> tuple[str, ...]:
    """The units and heading terms of the clauses, each once, in order of appearance."""
    words: dict[str, None] = {}
    for clause in clauses:
        words.update(dict.fromkeys(r.unit for r in clause.responsibility))
        for heading in clause.section_path:
            words.update(dict.fromkeys(_terms(heading)))
    return tuple(words)


def _terms(heading: str) -> Iterator[str]:
    """Noun phrases of a heading: 1.实施高价值专利培育计划 → 高价值专利培育计划."""
    marker = match_marker(heading)
    for part in _SEPARATORS.split(heading[marker.length :] if marker else heading):
        term = _LEADING_VERB.sub("", part)
        if _MIN_LENGTH <= len(term) <= _MAX_LENGTH:
            yield term
