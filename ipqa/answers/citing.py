"""Citations: verbatim stretches of clauses, numbered as they are used, each checked before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ipqa.errors import IpqaError
from ipqa.models import Citation, Clause, Document, Hit, Span
from ipqa.retrieval.facts import is_note

DocumentById = Callable[[str], Document]

_LONGEST_TITLE = 40  # characters; a longer first sentence is no name


class Citer:
    """Numbers the stretches that an answer cites; the same stretch has one number."""

    def __init__(self, document: DocumentById) -> None:
        self._document = document
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.citations: list[Citation] = []
        self.hits: list[Hit] = []

    def cite(self, hit: Hit, span: Span | None = None) -> str:
        """The mark ``[n]`` for a stretch of a hit's clause; by default from its first mark to its last.

        Raises:
            IpqaError: if the stretch does not stand in its clause, which would be an error of this program.
        """
        clause = hit.clause
        span = span or Span(
            min(mark.start for mark in hit.highlights), max(mark.end for mark in hit.highlights)
        )
        key = (clause.id, span.start, span.end)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            quote = self._document(clause.doc_id).text[span.start : span.end]
            if not quote or quote != clause.text[span.start - clause.start : span.end - clause.start]:
                raise IpqaError(f"引文与条款 {clause.id} 的原文不符:{quote[:40]!r}")
            self.citations.append(
                Citation(len(self._numbers), clause.doc_id, clause.id, span.start, span.end, quote)
            )
            self.hits.append(hit)
        return f"[{self._numbers[key]}]"


def whole(clause: Clause) -> Span:
    """The clause as a stretch."""
    return Span(clause.start, clause.end)


def note_of(clause: Clause) -> Span:
    """The sentence that notes who is responsible; the whole clause where it has none of its own."""
    for span in reversed(clause.sentences):
        if is_note(clause.text[span.start - clause.start : span.end - clause.start]):
            return span
    return whole(clause)


def title_of(clause: Clause) -> str:
    """What a clause is called: its own heading, or its first sentence."""
    if clause.section_path and clause.text.startswith(clause.section_path[-1][:8]):
        return clause.section_path[-1]
    first = clause.sentences[0]
    text = clause.text[first.start - clause.start : first.end - clause.start].strip("。;； ")
    if clause.kind in ("task", "project") and clause.section_path and len(text) > _LONGEST_TITLE:
        return clause.section_path[-1]
    return text


def heading_span(clause: Clause) -> Span:
    """The first sentence of a clause, which holds its name."""
    return clause.sentences[0]


def with_marks(clause: Clause, spans: Sequence[Span]) -> Hit:
    """A clause that was listed, not ranked, as a hit."""
    return Hit(clause, 0.0, {}, tuple(spans))
