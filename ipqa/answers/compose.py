"""From hits to an answer: verbatim quotes, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ipqa.errors import IpqaError
from ipqa.models import Answer, Citation, Clause, Document, Hit

DocumentById = Callable[[str], Document]


def compose(question: str, resolved_question: str, hits: Sequence[Hit], document: DocumentById) -> Answer:
    """The answer that the hits give: for each hit one citation, with the hit's number.

    Args:
        question: as the user put it.
        resolved_question: as it was searched.
        hits: best first.
        document: finds a document by its id.

    Raises:
        IpqaError: if a quote does not stand in its clause, which would be an error of this program.
    """
    citations = tuple(_cite(hit, number, document) for number, hit in enumerate(hits, 1))
    if not hits:
        return Answer(question, resolved_question, "not_found", "passages", "没有找到相关的条款。")
    return Answer(
        question=question,
        resolved_question=resolved_question,
        status="answered",
        kind="passages",
        text=f"{citations[0].quote}[1]",
        hits=tuple(hits),
        citations=citations,
        responsibility=hits[0].clause.responsibility,
        total=len(hits),
    )


def verify(citation: Citation, document: Document, clause: Clause | None) -> bool:
    """Whether the quote still stands where the citation says: there in the document, and in the clause.

    Args:
        citation: what is cited.
        document: the document that the citation names.
        clause: the clause that the citation names; None if there is none of that id.
    """
    start, end = citation.start, citation.end
    if clause is None or clause.doc_id != document.id:
        return False
    # Python's slices take any numbers, negative ones too: the place has to be checked on its own.
    within = 0 <= clause.start <= start < end <= clause.end and end <= len(document.text)
    return within and document.text[start:end] == citation.quote


def _cite(hit: Hit, number: int, document: DocumentById) -> Citation:
    """The stretch of the clause from its first marked sentence to its last."""
    clause = hit.clause
    start = min(mark.start for mark in hit.highlights)
    end = max(mark.end for mark in hit.highlights)
    quote = document(clause.doc_id).text[start:end]
    if quote != clause.text[start - clause.start : end - clause.start]:
        raise IpqaError(f"引文与条款 {clause.id} 的原文不符:{quote[:40]!r}")
    return Citation(number, clause.doc_id, clause.id, start, end, quote)
