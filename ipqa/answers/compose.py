"""From hits to an answer: verbatim quotes, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from ipqa.errors import IpqaError
from ipqa.models import Answer, Citation, Document, Hit

DocumentById = Callable[[str], Document]


def compose(question: str, resolved_question: str, hits: Sequence[Hit], document: DocumentById) -> Answer:
    """The answer that the hits give: a citation for each stretch of answering sentences, in order of rank.

    Args:
        question: as the user put it.
        resolved_question: as it was searched.
        hits: best first.
        document: finds a document by its id.

    Raises:
        IpqaError: if a quote does not stand in its document, which would be an error of this program.
    """
    citations: list[Citation] = []
    for hit in hits:
        for start, end in _stretches(hit):
            quote = document(hit.clause.doc_id).text[start:end]
            if quote not in hit.clause.text:
                raise IpqaError(f"引文不在条款 {hit.clause.id} 的原文里:{quote[:40]!r}")
            number = len(citations) + 1
            citations.append(Citation(number, hit.clause.doc_id, hit.clause.id, start, end, quote))
    first = hits[0].clause if hits else None
    of_first = [c for c in citations if first and c.clause_id == first.id]
    return Answer(
        question=question,
        resolved_question=resolved_question,
        status="answered" if hits else "not_found",
        kind="passages",
        text="\n".join(f"{c.quote}[{c.number}]" for c in of_first) if hits else "没有找到相关的条款。",
        hits=tuple(hits),
        citations=tuple(citations),
        responsibility=first.responsibility if first else (),
        total=len(hits),
    )


def verify(citation: Citation, document: Document) -> bool:
    """Whether the quote still stands where the citation says."""
    return document.text[citation.start : citation.end] == citation.quote


def _stretches(hit: Hit) -> list[tuple[int, int]]:
    """The marked sentences, neighbours joined into one stretch."""
    order = {sentence: i for i, sentence in enumerate(hit.clause.sentences)}
    marks = sorted(hit.highlights, key=lambda s: s.start)
    runs = groupby(enumerate(marks), key=lambda pair: order[pair[1]] - pair[0])
    return [(run[0].start, run[-1].end) for _, group in runs if (run := [mark for _, mark in group])]
