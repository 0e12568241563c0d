"""From an element of a web page to the lines that a browser would show it in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4 import Tag
from bs4.element import NavigableString, PreformattedString

from ipqa.documents.readers.base import row_of

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_SOURCE_BREAK = "\x00"  # a line end of the source, which no Chinese reader sees
_WRAPPED = re.compile(r"[ \t\r\f]*\n[ \t\r\n\f]*")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\u2010-\u2027\U00020000-\U0003ffff]"
_BETWEEN_WIDE = re.compile(rf"(?<={_WIDE}) ?{_SOURCE_BREAK} ?(?={_WIDE})")
# A table whose cells hold whole texts only sets out the page.
_MAX_CELL_LINES = 15
_MAX_CELL_LENGTH = 1500


def lines_of(tag: Tag) -> Iterator[str]:
    """The lines of an element: one for each block, break and table row, with white space as shown."""
    parts: list[str] = []
    _gather(tag, parts)
    for line in "".join(parts).split("\n"):
        shown = _BETWEEN_WIDE.sub("", line).replace(_SOURCE_BREAK, " ")
        yield re.sub("  +", " ", shown).strip(" ")  # a tab in front is an empty cell


def _gather(tag: Tag, parts: list[str], preformatted: bool = False) -> None:
    for child in tag.children:
        if isinstance(child, Tag):
            _gather_tag(child, parts, preformatted)
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            text = child.replace(_SOURCE_BREAK, "")
            parts.append(text if preformatted else _BLANKS.sub(" ", _WRAPPED.sub(_SOURCE_BREAK, text)))


def _gather_tag(tag: Tag, parts: list[str], preformatted: bool) -> None:
    if tag.name == "br":
        parts.append("\n")
        return
    if tag.name == "table" and (rows := _rows(tag)) is not None:
        parts.extend(["\n", *(f"{row}\n" for row in rows)])
        return
    if tag.name in ("rt", "rp"):  # how a character is read
        return
    edge = ["\n"] if tag.name in _BLOCKS else []
    parts.extend(edge)
    _gather(tag, parts, preformatted or tag.name == "pre")
    parts.extend(edge)


def _rows(table: Tag) -> Sequence[str] | None:
    """The rows of a table of data as lines; None for a table that only sets out the page."""
    if table.find("table") or table.find(["h1", "h2"]):
        return None
    rows = [row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr")]
    if all(len(cells) < 2 for cells in rows):
        return None
    captions = [line for caption in table.find_all("caption") for line in lines_of(caption)]
    texts = [[_cell(cell) for cell in cells] for cells in rows]
    if any(text is None for row in texts for text in row):
        return None
    aligned = _aligned(rows, [[text or "" for text in row] for row in texts])
    return [line for line in (*captions, *map(row_of, aligned)) if line]


def _cell(cell: Tag) -> str | None:
    lines = [line for line in lines_of(cell) if line]
    if len(lines) > _MAX_CELL_LINES or sum(map(len, lines)) > _MAX_CELL_LENGTH:
        return None
    return " ".join(lines)


def _aligned(rows: Sequence[Sequence[Tag]], texts: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The rows with an empty cell wherever a cell of a row above reaches down."""
    reaching: dict[int, int] = {}  # by column, how many rows more
    for cells, row in zip(rows, texts, strict=True):
        aligned: list[str] = []
        column = 0
        for cell, text in zip(cells, row, strict=True):
            while reaching.get(column, 0):
                reaching[column] -= 1
                column += 1
                aligned.append("")
            aligned.append(text)
            reaching[column] = _span(cell, "rowspan") - 1
            column += _span(cell, "colspan")
        for rest in [c for c, n in reaching.items() if c >= column and n]:
            reaching[rest] -= 1
        yield aligned


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1")
    return max(1, min(int(value), 1000)) if value.isdecimal() else 1
