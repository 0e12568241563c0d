"""From passages to clauses: the units of citation."""

from __future__ import annotations

from collections.abc import Iterator

from ipqa.documents.outline import Outline, Passage
from ipqa.documents.responsibility import find_note
from ipqa.models import Clause, ClauseKind, Document, Span
from ipqa.text.sentences import split_sentences

MAX_CLAUSE_LENGTH = 700


def build_clauses(document: Document, outline: Outline) -> tuple[Clause, ...]:
    """The document's clauses in order; table rows get their responsibilities from ``indicators.py``."""
    clauses: list[Clause] = []
    for passage in outline.passages:
        clauses.extend(_clauses_of(document, passage, len(clauses) + 1))
    return tuple(clauses)


def _clauses_of(document: Document, passage: Passage, ordinal: int) -> Iterator[Clause]:
    text = document.text
    note = None if passage.kind == "row" else find_note(text, passage.start, passage.end)
    responsibility = note.responsibility if note else ()
    first_id = f"{document.id}#{ordinal}"
    for i, part in enumerate(_parts(text, passage)):
        start, end = part[0].start, part[-1].end
        yield Clause(
            id=f"{document.id}#{ordinal + i}",
            doc_id=document.id,
            kind=_kind(passage, bool(note)),
            start=start,
            end=end,
            text=text[start:end],
            section_path=passage.section_path,
            sentences=part,
            responsibility=responsibility,
            continues=first_id if i else None,
        )


def _kind(passage: Passage, has_note: bool) -> ClauseKind:
    if passage.kind == "row":
        return "indicator"
    if passage.kind == "project":
        return "project"
    return "task" if has_note else "paragraph"


def _parts(text: str, passage: Passage) -> Iterator[tuple[Span, ...]]:
    """The passage's sentences, in as many parts as the length limit asks for."""
    part: list[Span] = []
    for sentence in _short_sentences(text, passage):
        if part and sentence.end - part[0].start > MAX_CLAUSE_LENGTH:
            yield tuple(part)
            part = []
        part.append(sentence)
    if part:
        yield tuple(part)


def _short_sentences(text: str, passage: Passage) -> Iterator[Span]:
    """Sentences, those beyond the limit cut behind a comma, or anywhere if there is none."""
    for sentence in split_sentences(text, passage.start, passage.end):
        start = sentence.start
        while sentence.end - start > MAX_CLAUSE_LENGTH:
            limit = start + MAX_CLAUSE_LENGTH
            comma = max(text.rfind(mark, start, limit) for mark in ",，、")
            cut = comma + 1 if comma > start else limit
            yield Span(start, cut)
            start = cut
        yield Span(start, sentence.end)
