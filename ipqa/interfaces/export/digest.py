"""Answers as an excerpt: what it holds, in order, whatever kind of file it goes into; and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ipqa.answers.citing import title_of
from ipqa.answers.compose import in_words
from ipqa.documents.places import cited_place
from ipqa.engine import PolicySearch
from ipqa.interfaces.export.sources import date_line, source_lines
from ipqa.interfaces.export.text import block, inline
from ipqa.models import KIND_NAMES, Answer, Citation, Clause, Hit, Span

TITLE = "政策规划问答摘录"
PASSAGES = "原文"

_VERBATIM = "引文均逐字引自原文,出处见各条。"
_LONG_LISTS = ("tasks", "list")

Piece = tuple[str, bool]  # a stretch of text, and whether it is one of those that answer


@dataclass(frozen=True)
class Passage:
    """A cited passage; ``pieces``, put together, are its text. ``title`` and ``units`` may be empty."""

    number: int
    place: str
    title: str
    pieces: tuple[Piece, ...]
    units: str


@dataclass(frozen=True)
class Entry:
    """A question with what was answered and the passages that this rests on."""

    heading: str
    paragraphs: tuple[str, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Digest:
    """An excerpt: what it says about itself, and its questions."""

    notes: tuple[str, ...]
    entries: tuple[Entry, ...]


def digest(policy: PolicySearch, answers: Sequence[Answer]) -> Digest:
    """The answers in order, small talk left out, numbered from 1."""
    told = [answer for answer in answers if answer.status != "chat"]
    cited = {citation.doc_id for answer in told for citation in answer.citations}
    documents = [d for d in policy.documents if d.id in cited] or policy.documents
    entries = tuple(_entry(policy, number, answer) for number, answer in enumerate(told, 1))
    return Digest((_VERBATIM, *source_lines(documents), date_line()), entries)


def answers_markdown(policy: PolicySearch, answers: Sequence[Answer]) -> str:
    """The excerpt as Markdown; the sentences that answer are strong."""
    excerpt = digest(policy, answers)
    blocks = [f"# {TITLE}", *(block(note) for note in excerpt.notes)]
    for entry in excerpt.entries:
        blocks.append(f"## {inline(entry.heading)}")
        blocks += [block(paragraph) for paragraph in entry.paragraphs]
        blocks += [f"### {PASSAGES}"] * bool(entry.passages)
        for passage in entry.passages:
            head = f"[{passage.number}] {passage.place} {passage.title}".rstrip()
            blocks += [block(head), _quoted(passage.pieces)]
            blocks += [block(passage.units)] * bool(passage.units)
    return "\n\n".join(blocks) + "\n"


def marked(clause: Clause, spans: Sequence[Span]) -> Iterator[Piece]:
    """The clause's text in pieces, parted where the spans begin and end; together they are its text."""
    cursor = clause.start
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        start, end = max(span.start, cursor), min(span.end, clause.end)
        if start < end:
            yield from _piece(clause, cursor, start, False)
            yield from _piece(clause, start, end, True)
            cursor = end
    yield from _piece(clause, cursor, clause.end, False)


def _entry(policy: PolicySearch, number: int, answer: Answer) -> Entry:
    heading = f"{number}. {' '.join(answer.question.split())}"
    paragraphs = []
    if answer.resolved_question != answer.question:
        paragraphs.append(f"按「{answer.resolved_question}」理解。")
    if answer.status == "not_found":
        return Entry(heading, (*paragraphs, *_lines(answer.text)), ())
    if answer.missing:
        paragraphs.append(
            f"{';'.join(answer.missing)}。" + ("下面是相关的原文。" if answer.citations else "")
        )
    if answer.kind != "passages":
        paragraphs += _lines(answer.text)
    brief = answer.kind in _LONG_LISTS
    passages = (
        _passage(policy, citation, hit, brief)
        for citation, hit in zip(answer.citations, answer.hits, strict=True)
    )
    return Entry(heading, tuple(paragraphs), tuple(passages))


def _passage(policy: PolicySearch, citation: Citation, hit: Hit, brief: bool) -> Passage:
    """The whole clause with what answers marked; of a long list's items only what is quoted."""
    clause = hit.clause
    place = f"{cited_place(policy.document(clause.doc_id), clause)}({KIND_NAMES[clause.kind]})"
    if not brief:
        pieces = tuple(marked(clause, hit.highlights))
        return Passage(citation.number, place, "", pieces, in_words(clause.responsibility))
    title = title_of(clause)
    told = title in place or title in citation.quote
    return Passage(citation.number, place, "" if told else title, ((citation.quote, False),), "")


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def _piece(clause: Clause, start: int, end: int, answers: bool) -> Iterator[Piece]:
    if start < end:
        yield clause.text[start - clause.start : end - clause.start], answers


def _quoted(pieces: Sequence[Piece]) -> str:
    """A block quote. ``**`` would not hold where a Chinese full stop stands before it, so tags mark."""
    text = "".join(f"<strong>{block(t)}</strong>" if answers else block(t) for t, answers in pieces)
    return "> " + text.replace("\n", "\n> ")
