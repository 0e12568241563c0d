"""From passages to clauses: the units of citation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ipqa.documents.duties import read_duties
from ipqa.documents.outline import Outline, Passage
from ipqa.documents.responsibility import find_note, first_unit_leads, lead_first, split_at_notes
from ipqa.models import Clause, ClauseKind, Document, Responsibility, Span
from ipqa.text.sentences import split_sentences

MAX_CLAUSE_LENGTH = 700


def build_clauses(document: Document, outline: Outline) -> tuple[Clause, ...]:
    """The document's clauses in order; table rows get their responsibilities from ``indicators.py``."""
    clauses: list[Clause] = []
    first_leads = first_unit_leads(document.text)
    for passage in outline.passages:
        for piece, units in _pieces(document.text, outline, passage):
            kind = _kind(passage, bool(units))
            responsibility = lead_first(units) if first_leads else units
            clauses.extend(_clauses_of(document, passage, piece, kind, responsibility, len(clauses) + 1))
    return tuple(clauses)


def _pieces(
    text: str, outline: Outline, passage: Passage
) -> Iterator[tuple[Span, tuple[Responsibility, ...]]]:
    """A passage, cut behind each note within it, with the units of each piece."""
    span = Span(passage.start, passage.end)
    if passage.kind == "row":
        yield span, ()
    elif passage.kind == "duty" and passage.table is not None:
        header = outline.table_headers[passage.table]
        yield span, read_duties(text[header.start : header.end], text[span.start : span.end])
    elif passage.kind == "article":  # the unit of reference, whole
        note = find_note(text, span.start, span.end)
        yield span, note.responsibility if note else ()
    else:
        yield from split_at_notes(text, span.start, span.end)


def _clauses_of(
    document: Document,
    passage: Passage,
    piece: Span,
    kind: ClauseKind,
    responsibility: tuple[Responsibility, ...],
    ordinal: int,
) -> Iterator[Clause]:
    text = document.text
    first_id = f"{document.id}#{ordinal}"
    for i, part in enumerate(_parts(text, piece)):
        start, end = part[0].start, part[-1].end
        yield Clause(
            id=f"{document.id}#{ordinal + i}",
            doc_id=document.id,
            kind=kind,
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
    return "task" if has_note or passage.kind == "duty" else "paragraph"


def _parts(text: str, piece: Span) -> Iterator[tuple[Span, ...]]:
    """The piece's sentences, in as many parts as the length limit asks for; parts begin with lines."""
    part: list[Span] = []
    for sentence in _short_sentences(text, piece):
        while part and sentence.end - part[0].start > MAX_CLAUSE_LENGTH:
            cut = _last_line(text, [*part, sentence])
            yield tuple(part[:cut])
            part = part[cut:]
        part.append(sentence)
    if part:
        yield tuple(part)


def _last_line(text: str, sentences: Sequence[Span]) -> int:
    """Which sentence begins the last of several lines; the last sentence if there is but one line."""
    for i in range(len(sentences) - 1, 0, -1):
        if "\n" in text[sentences[i - 1].end : sentences[i].start]:
            return i
    return len(sentences) - 1


def _short_sentences(text: str, piece: Span) -> Iterator[Span]:
    """Sentences, those beyond the limit cut behind a comma, or anywhere if there is none."""
    for sentence in split_sentences(text, piece.start, piece.end):
        start = sentence.start
        while sentence.end - start > MAX_CLAUSE_LENGTH:
            limit = start + MAX_CLAUSE_LENGTH
            comma = max(text.rfind(mark, start, limit) for mark in ",，、")
            cut = comma + 1 if comma > start else limit
            yield Span(start, cut)
            start = cut
        yield Span(start, sentence.end)
