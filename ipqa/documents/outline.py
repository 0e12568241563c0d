"""A document's outline: which lines are headings, body, indicator tables, or furniture of a web page.

Decided by line starts and number sequences, never by a number inside a sentence. Every character that is
not white space ends up in exactly one heading, passage or piece of furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from ipqa.documents.numbering import BOX, Marker, Sequence, match_marker
from ipqa.documents.responsibility import is_note, split_notes
from ipqa.models import Span
from ipqa.text.normalise import without_spaces
from ipqa.text.sentences import strip_span

_MAX_HEADING = 60
_MAX_RUN_IN_TITLE = 40
_TABLE_RANK = 99  # below every numbered section
_SENTENCE_MARK = re.compile("[。;；!！?？]")
_BREADCRUMB = re.compile(r"^(?:您|你)?(?:现在|当前|所在)?的?(?:所在)?(?:的)?位置\s*[:：]")
_FURNITURE = re.compile(
    r"^(?:(?:浏览|阅读|点击|访问)(?:量|次数|数)\s*[:：]?\s*\d*\s*次?"
    r"|(?:上一篇|下一篇|责任编辑|扫一扫|分享到|字体)\s*[:：]?.*"
    r"|[【\[]?(?:打印|关闭|关闭窗口|返回顶部)(?:本页)?[】\]]?)$"
)
# A pointer to other texts at the foot of a page belongs to the document, but to none of its sections.
_POINTER = re.compile(r"^(?:相关|附件|政策)(?:解读|链接|下载|文件|阅读|新闻)\s*[:：]")
_ROW_VALUES = re.compile(r"\t|[)）]\s*[\d\[<>≥≤+-]")
_COLUMN = re.compile(r"指标|基期|基数|现状|目标|属性|责任单位|牵头单位|计量单位|\d{4}\s*年")
# The chapter on where things stand commonly closes with what is wanting; such a paragraph sums up the
# chapter and does not belong to the numbered paragraph that it happens to follow.
_SUMMING_UP = re.compile(
    r"^[^。]{0,60}(?:但|仍|还|也)[^。]{0,12}(?:存在|面临)[^。]{0,20}(?:问题|短板|不足|差距|困难|挑战|薄弱)"
)

PassageKind = Literal["paragraph", "project", "row"]


@dataclass(frozen=True)
class Passage:
    """Body text under its headings; ``section_path`` as in :class:`ipqa.models.Clause`."""

    start: int
    end: int
    section_path: tuple[str, ...]
    kind: PassageKind = "paragraph"
    table: int | None = None  # which of the outline's table headers a row belongs to


@dataclass(frozen=True)
class Outline:
    """Headings (the title among them), passages and furniture, each in document order.

    ``table_headers`` lie within passages.
    """

    headings: tuple[Span, ...]
    passages: tuple[Passage, ...]
    furniture: tuple[Span, ...]
    table_headers: tuple[Span, ...]


@dataclass(frozen=True)
class _Section:
    rank: int
    label: str
    run_in: bool = False


@dataclass
class _Builder:
    """Walks the lines once, holding the open sections."""

    text: str
    title: str
    headings: list[Span] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    furniture: list[Span] = field(default_factory=list)
    table_headers: list[Span] = field(default_factory=list)
    sequence: Sequence = field(default_factory=Sequence)
    sections: list[_Section] = field(default_factory=list)
    outside: list[_Section] = field(default_factory=list)  # what was open where the box began
    in_table: bool = False
    bodiless: tuple[Span, int] | None = None  # a heading just read, and its rank
    breadcrumb_end: str = ""

    def read(self, span: Span) -> None:
        line = self.text[span.start : span.end]
        if self._is_furniture(line):
            self.furniture.append(span)
        elif without_spaces(line) == without_spaces(self.title) and not self.passages:
            self.headings.append(span)
        elif self.in_table and _ROW_VALUES.search(line) and not _SENTENCE_MARK.search(line):
            self._read_row(span)  # before markers: rows may be numbered
        elif self._read_marker(span, line):
            pass
        elif _is_table_header(line):
            self._open_table(span)
        elif self.in_table and not _SENTENCE_MARK.search(line):
            self._read_row(span)
        elif is_note(line) and self.passages and not self.bodiless:
            self.passages[-1] = replace(self.passages[-1], end=span.end)  # a note on a line of its own
        else:
            self._close_table()
            self._read_body(span, line)

    def close(self) -> Outline:
        self._heading_without_body(0)
        return Outline(
            tuple(self.headings), tuple(self.passages), tuple(self.furniture), tuple(self.table_headers)
        )

    def _is_furniture(self, line: str) -> bool:
        if _BREADCRUMB.match(line):
            self.breadcrumb_end = re.split(r"[>＞»/]", line)[-1].strip()
            return True
        return bool(_FURNITURE.match(line)) or (not self.passages and line == self.breadcrumb_end)

    def _read_row(self, span: Span) -> None:
        self._add(Passage(span.start, span.end, self._path(), "row", len(self.table_headers) - 1))

    def _read_marker(self, span: Span, line: str) -> bool:
        marker = match_marker(line)
        was_in_box = self.sequence.in_box
        if not marker or not self.sequence.accept(marker):
            return False
        self.in_table = False
        self._heading_without_body(marker.style.rank)
        if marker.style is BOX:
            self.outside = self.outside if was_in_box else self.sections
        elif was_in_box and not self.sequence.in_box:
            self.sections = self.outside
        self._read_numbered(span, line, marker)
        return True

    def _read_numbered(self, span: Span, line: str, marker: Marker) -> None:
        rank = marker.style.rank
        self.sections = [s for s in self.sections if s.rank < rank]
        if len(line) <= _MAX_HEADING and not _SENTENCE_MARK.search(line) and not _is_lead_in(line, marker):
            self.sections.append(_Section(rank, line))
            self.headings.append(span)
            self.bodiless = (span, rank)
            return
        self.sections.append(_Section(rank, _run_in_label(line, marker), run_in=True))
        self._read_body(span, line)

    def _read_body(self, span: Span, line: str) -> None:
        if _POINTER.match(line):
            self._heading_without_body(0)
            self.sections = []
        elif self.sections and self.sections[-1].run_in and _SUMMING_UP.match(line):
            self.sections.pop()
        if not any(section.rank == BOX.rank for section in self.sections):
            self._add(Passage(span.start, span.end, self._path()))
            return
        numbered = self.sections[-1].rank != BOX.rank
        for project in split_notes(self.text, span.start, span.end):
            project = strip_span(self.text, project.start, project.end)
            title = "" if numbered else _first_sentence(self.text[project.start : project.end])
            path = (*self._path(), title) if title else self._path()
            self._add(Passage(project.start, project.end, path, "project"))

    def _open_table(self, header: Span) -> None:
        """The table's title and header are one passage; its rows stand under the title."""
        self._close_table()
        last = self.passages[-1] if self.passages else None
        if last and self._is_table_title(last, header):
            self.passages[-1] = replace(last, end=header.end)
            self.sections.append(_Section(_TABLE_RANK, self.text[last.start : last.end]))
        else:
            self._add(Passage(header.start, header.end, self._path()))
        self.table_headers.append(header)
        self.in_table = True

    def _is_table_title(self, last: Passage, header: Span) -> bool:
        line = self.text[last.start : last.end]
        return (
            len(line) <= _MAX_HEADING
            and not _SENTENCE_MARK.search(line)
            and not self.text[last.end : header.start].strip()
        )

    def _close_table(self) -> None:
        self.in_table = False
        self.sections = [s for s in self.sections if s.rank < _TABLE_RANK]

    def _heading_without_body(self, next_rank: int) -> None:
        """A numbered line that nothing stands under is an item of a list, not a heading."""
        if self.bodiless and self.bodiless[1] >= next_rank:
            span = self.bodiless[0]
            self.headings.remove(span)
            self._add(Passage(span.start, span.end, self._path()[:-1]))
        self.bodiless = None

    def _add(self, passage: Passage) -> None:
        self.passages.append(passage)
        self.bodiless = None

    def _path(self) -> tuple[str, ...]:
        return tuple(section.label for section in self.sections)


def parse_outline(text: str, title: str) -> Outline:
    """Sort the lines of ``text`` into headings, passages and furniture.

    Args:
        text: the document's text.
        title: its title; a line that equals it, white space aside, is a heading.
    """
    builder = _Builder(text, title)
    for line in _lines(text):
        builder.read(line)
    outline = builder.close()
    return replace(outline, passages=tuple(sorted(outline.passages, key=lambda p: p.start)))


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        span = strip_span(text, start, start + len(line))
        if span.start < span.end:
            yield span
        start += len(line) + 1


def _run_in_label(line: str, marker: Marker) -> str:
    """The heading that a numbered paragraph opens with, or its bare number."""
    title = _first_sentence(line) if marker.style.titled else ""
    return title or line[: marker.length].strip()


def _first_sentence(line: str) -> str:
    head, mark, rest = line.partition("。")
    return head if mark and rest.strip() and len(head) <= _MAX_RUN_IN_TITLE else ""


def _is_lead_in(line: str, marker: Marker) -> bool:
    """第三条 …履行下列职责: is the article's text, and its items follow."""
    return not marker.style.titled and line[-1] in ":："


def _is_table_header(line: str) -> bool:
    columns = {match.group() for match in _COLUMN.finditer(line)}
    return len(columns) >= 3 and "指标" in columns and not _SENTENCE_MARK.search(line)
