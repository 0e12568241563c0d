"""A document's outline: which lines are headings, body, tables, or furniture of a web page.

Decided by line starts and number sequences, never by a number inside a sentence. Every character that is
not white space ends up in exactly one heading, passage or piece of furniture.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ipqa.documents.duties import is_duty_header
from ipqa.documents.lines import (
    MAX_WHOLE,
    breadcrumb_end,
    broken_lines,
    first_sentence,
    has_articles,
    has_values,
    is_furniture,
    is_pointer,
    is_table_header,
    is_unnumbered_chapter,
    split_lines,
    sums_up,
)
from ipqa.documents.numbering import (
    ARTICLE,
    BOX,
    HAN_COMMA,
    WHOLE,
    Marker,
    Sequence,
    counts_in_decimals,
    match_marker,
)
from ipqa.documents.passages import Outline, Passage, PassageKind
from ipqa.documents.responsibility import is_note, split_notes
from ipqa.documents.sections import MAX_HEADING, SENTENCE_MARK, Section, read_section, settle
from ipqa.documents.titles import Block, find_blocks
from ipqa.models import Span
from ipqa.text.sentences import strip_span

__all__ = ["Outline", "Passage", "parse_outline"]

_TEXT_RANK = 0  # an annex, or a text that the document prints: above every numbered section
_CHAPTER_RANK = 20
_TABLE_RANK = 200  # below every numbered section
_MAX_ARTICLE_TITLE = 25


@dataclass(slots=True)
class _Draft:
    """A passage whose sections have yet to find their labels. ``title`` is a project's in a box."""

    start: int
    end: int
    sections: tuple[Section, ...]
    kind: PassageKind = "paragraph"
    table: int | None = None
    title: str = ""

    def finish(self) -> Passage:
        labels = [section.label for section in self.sections if section.label]
        if self.title:
            labels.append(self.title)
        return Passage(self.start, self.end, tuple(labels), self.kind, self.table)


@dataclass
class _Builder:
    """Walks the lines once, holding the open sections."""

    text: str
    decimals: bool
    has_articles: bool
    headings: list[Span] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)
    furniture: list[Span] = field(default_factory=list)
    table_headers: list[Span] = field(default_factory=list)
    sequence: Sequence = field(default_factory=Sequence)
    sections: tuple[Section, ...] = ()
    lists: dict[int, list[Section]] = field(default_factory=dict)  # by rank, those that may go on
    settled: list[list[Section]] = field(default_factory=list)  # all lists
    outside: tuple[tuple[Section, ...], dict[int, list[Section]]] = ((), {})  # where the box began
    article: _Draft | None = None
    article_rank: int = ARTICLE.rank
    noted: _Draft | None = None  # a heading with its note, whose text has yet to come
    table: PassageKind | None = None
    breadcrumb_end: str = ""

    def read(self, span: Span, line: str) -> None:
        if self._is_furniture(line):
            self.furniture.append(span)
        elif self.table and self._is_row(line):  # before markers: rows may be numbered
            self._add(span, self.table, len(self.table_headers) - 1)
        elif self._read_marker(span, line):
            pass
        elif is_table_header(line) or is_duty_header(line):
            self._open_table(span, line)
        elif self.table == "row" and not SENTENCE_MARK.search(line):
            self._add(span, "row", len(self.table_headers) - 1)
        elif self.article:
            self._extend(self.article, span)
        elif (self.drafts or self.sections) and is_note(line):
            self._read_note(span)
        else:
            self._close_table()
            self._read_body(span, line)

    def read_block(self, block: Block, span: Span) -> None:
        """What stands outside the numbering: it closes whatever is open."""
        if block.kind == "title":
            self.headings.append(span)
            self._close(tuple(s for s in self.sections if s.rank == _TEXT_RANK))
        elif block.kind == "contents":
            self.furniture.append(span)
        elif block.kind == "heading":
            self._close(())
            self.sequence, self.article_rank = Sequence(), ARTICLE.rank
            self._open(Section(_TEXT_RANK, "", span=span, number=1, title=block.label), [])
        else:
            self._close(tuple(s for s in self.sections if s.rank == _TEXT_RANK))
            self._add(span)

    def finish(self) -> Outline:
        for siblings in self.settled:
            for section in settle(siblings):
                if section.span:
                    sections = (*section.above, section)
                    self.drafts.append(_Draft(section.span.start, section.span.end, sections))
                    section.span = None
            self.headings.extend(section.span for section in siblings if section.span)
        passages = sorted((draft.finish() for draft in self.drafts), key=lambda passage: passage.start)
        headings = sorted(self.headings, key=lambda span: span.start)
        return Outline(tuple(headings), tuple(passages), tuple(self.furniture), tuple(self.table_headers))

    def _is_furniture(self, line: str) -> bool:
        if len(line) > 2 * MAX_HEADING:
            return False
        if (end := breadcrumb_end(line)) is not None:
            self.breadcrumb_end = end
            return True
        return is_furniture(line) or (not self.drafts and line == self.breadcrumb_end)

    def _is_row(self, line: str) -> bool:
        if self.table == "duty":
            return "\t" in line
        return has_values(line)

    def _read_marker(self, span: Span, line: str) -> bool:
        if is_unnumbered_chapter(line):
            self._close(tuple(s for s in self.sections if s.rank < _CHAPTER_RANK))
            self._open(Section(_CHAPTER_RANK, "", self.sections, span, title=line, number=1), [])
            return True
        marker = match_marker(line, self.decimals)
        if not marker or (self.article and marker.style.rank > self.article_rank):
            return False  # an article keeps its paragraphs and items
        if marker.style is ARTICLE and not marker.spaced and not self.has_articles:
            return False
        if marker.style is WHOLE and (len(line) > MAX_WHOLE or SENTENCE_MARK.search(line)):
            return False
        was_in_box = self.sequence.in_box
        if not self.sequence.accept(marker):
            return False
        self.table = None
        if marker.style is BOX:
            if not was_in_box:
                self.outside = self.sections, dict(self.lists)
        elif was_in_box and not self.sequence.in_box:
            self.sections, self.lists = self.outside
        if marker.style is ARTICLE:
            self._read_article(span, line, marker)
        else:
            self._read_numbered(span, line, marker)
        return True

    def _read_article(self, span: Span, line: str, marker: Marker) -> None:
        if marker.number == 1:  # 一、 of an interpretation stands above its articles
            above = any(s.rank == HAN_COMMA.rank and s.span for s in self.sections)
            self.article_rank = HAN_COMMA.rank + 1 if above else ARTICLE.rank
        self._close(tuple(s for s in self.sections if s.rank < self.article_rank))
        section = read_section(line, marker, span, self.sections)
        section.rank = self.article_rank
        self._open(section, [])
        self.article = self._add(span, "article")

    def _read_numbered(self, span: Span, line: str, marker: Marker) -> None:
        rank = marker.style.rank
        self._close(tuple(s for s in self.sections if s.rank < rank))
        goes_on = marker.number != 1 and rank in self.lists
        section = read_section(line, marker, span, self.sections)
        self._open(section, self.lists[rank] if goes_on else [])
        if section.span is None:
            self._read_body(span, line)

    def _open(self, section: Section, siblings: list[Section]) -> None:
        if section.above:
            section.above[-1].body = section.above[-1].items = True
        if section.rank == self.article_rank:
            pass
        elif not siblings:
            self.settled.append(siblings)
            self.lists[section.rank] = siblings
        siblings.append(section)
        self.sections = (*section.above, section)

    def _read_note(self, span: Span) -> None:
        """A note on a line of its own belongs to what it stands below: a paragraph or a task's heading."""
        section = self.sections[-1] if self.sections else None
        heading = section.span if section and not section.body else None
        if section is None or heading is None:
            self._extend(self.noted or self.drafts[-1], span)
        elif self.text[heading.end : span.start].strip() or section.rank == _TEXT_RANK:
            self._add(span)
        else:
            section.span = None
            self.noted = self._add(Span(heading.start, span.end))

    def _read_body(self, span: Span, line: str) -> None:
        if self.noted:
            self._extend(self.noted, span)
            self.noted = None
            return
        if is_pointer(line):
            self._close(())
        elif self._is_below_the_list(line):
            self.sections = self.sections[:-1]
        if not any(section.rank == BOX.rank for section in self.sections):
            self._add(span)
            return
        numbered = self.sections[-1].rank != BOX.rank
        for project in split_notes(self.text, span.start, span.end):
            project = strip_span(self.text, project.start, project.end)
            draft = self._add(project, "project")
            draft.title = "" if numbered else first_sentence(self.text[project.start : project.end])

    def _is_below_the_list(self, line: str) -> bool:
        """Whether a paragraph goes with the section above rather than with the item that it follows."""
        item = self.sections[-1] if self.sections else None
        if item is None or not (item.span is None or (item.sentence and not item.body)):
            return False
        if item.span is None and sums_up(line):
            return True
        siblings = self.lists.get(item.rank, [])
        # …;\n(三)…。 ends a list within a sentence, as articles have them
        return item.last == "。" and len(siblings) > 1 and siblings[-1] is item and siblings[-2].last in ";；"

    def _open_table(self, header: Span, line: str) -> None:
        """The table's title and header are one passage; its rows stand under the title."""
        self._close_table()
        self.article = None
        last = self.drafts[-1] if self.drafts else None
        if last and self._is_table_title(last, header):
            self._extend(last, header)
            title = self.text[last.start : last.end].partition("\n")[0].strip()
            self.sections = (*self.sections, Section(_TABLE_RANK, title, self.sections))
        else:
            self._add(header)
        self.table_headers.append(header)
        self.table = "row" if is_table_header(line) else "duty"

    def _is_table_title(self, last: _Draft, header: Span) -> bool:
        line = self.text[last.start : last.end]
        return (
            len(line) <= MAX_HEADING
            and not SENTENCE_MARK.search(line)
            and not self.text[last.end : header.start].strip()
        )

    def _close_table(self) -> None:
        self.table = None
        if self.sections and self.sections[-1].rank == _TABLE_RANK:
            self.sections = self.sections[:-1]

    def _close(self, sections: tuple[Section, ...]) -> None:
        self.sections = sections
        self.article = self.noted = self.table = None

    def _add(self, span: Span, kind: PassageKind = "paragraph", table: int | None = None) -> _Draft:
        draft = _Draft(span.start, span.end, self.sections, kind, table)
        if self.sections:
            self.sections[-1].body = True
        self.drafts.append(draft)
        return draft

    def _extend(self, draft: _Draft, span: Span) -> None:
        if self.text[draft.end : span.start].strip():  # furniture, say, stands between
            following = self._add(span, draft.kind)
            self.article = following if draft is self.article else None
            return
        draft.end = span.end
        if draft is self.article and 0 < len(draft.sections[-1].title) <= _MAX_ARTICLE_TITLE:
            draft.sections[-1].label = draft.sections[-1].title  # 第一条 立法目的, and its text below


def parse_outline(text: str, title: str) -> Outline:
    """Sort the lines of ``text`` into headings, passages and furniture.

    Args:
        text: the document's text.
        title: its title; lines that together equal it, white space aside, are a heading.
    """
    spans = list(split_lines(text))
    lines = [text[span.start : span.end] for span in spans]
    blocks = find_blocks(lines, title)
    builder = _Builder(text, counts_in_decimals(text), has_articles(lines))
    i = 0
    while i < len(lines):
        block = blocks.get(i)
        count = block.lines if block else broken_lines(lines, i)
        if block is None and any(k in blocks for k in range(i + 1, i + count)):
            count = 1
        span = Span(spans[i].start, spans[i + count - 1].end)
        if block:
            builder.read_block(block, span)
        else:
            builder.read(span, "".join(lines[i : i + count]))
        i += count
    return builder.finish()
