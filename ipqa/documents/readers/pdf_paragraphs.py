"""From the lines of a PDF's pages to paragraphs: page numbers and running heads go, broken lines are joined.

The place of a line on its page tells most: a paragraph's lines reach the right margin but for the last, and
in a Chinese document the first is indented.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise, product
from statistics import median

from ipqa.documents.numbering import match_marker
from ipqa.documents.readers.base import ends_sentence, joined

_PAGE_NUMBER = re.compile(
    r"^(?:[—–\-－─·•~\s]*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,6}|[IVXLC]{1,6})\s*页?"
    r"(?:\s*[/／,，、|(（]?\s*(?:共\s*)?\d{1,4}\s*页?\s*[)）]?)?[—–\-－─·•~\s]*)$"
)
_CONTENTS_ENTRY = re.compile(r"(?:[.．·•…‥]\s?){4,}[\s(（\-—]*(?:\d{1,4}|[ivxlIVXL]+)[\s)）\-—]*$")
_MOST_NUMBERS = 3  # of a running head, that may count the pages
_EDGE_LINES = 2  # how many lines at each end of a page may be running heads
_LEAST_REPEATS = 3
_SHARE_OF_PAGES = 0.4  # left and right pages may have heads of their own
_UNBREAKABLE = re.compile(r"[!-~]*")
_SAME_SIZE = 1.15
_SHORTEST = 10  # characters in a line that was broken
_FIRST_INDENT = (1.2, 3.2)  # the indent of a paragraph's first line, in characters: two as a rule


@dataclass(frozen=True)
class Line:
    """A line on a page, in points from its top left corner; ``size`` is that of its characters.

    ``is_row``: a row of a table, its cells joined by tabs. ``block``: which part of the page it stands in,
    where that has columns.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    is_row: bool = False
    block: int = 0


@dataclass(frozen=True)
class Page:
    """A page's lines in reading order. ``is_picture``: the words are in a picture, if there are any."""

    height: float
    lines: tuple[Line, ...]
    is_picture: bool = False


@dataclass(frozen=True)
class _Column:
    """Where the text of a page stands. ``indented``: the document's paragraphs begin with an indent."""

    left: float
    right: float
    pitch: float
    indented: bool


def paragraphs(pages: Sequence[Page]) -> Iterator[str]:
    """The paragraphs, headings and table rows of a document, in order."""
    bodies = [
        tuple(lines)
        for page in without_heads(pages)
        for _, lines in groupby(page.lines, key=lambda line: line.block)
    ]
    indented = _is_indented(bodies)
    wide = max((_width(lines) for lines in bodies), default=0.0)
    held = ""
    last: Line | None = None
    previous_column: _Column | None = None
    for lines in bodies:
        column = _column(lines, wide, indented)
        for i, line in enumerate(lines):
            if _CONTENTS_ENTRY.search(line.text):
                continue
            turned = i == 0
            if last and previous_column and _goes_on(last, line, previous_column, column, turned):
                held = joined(held, line.text)
            else:
                yield held
                held = line.text
            last, previous_column = line, column
    yield held


def without_heads(pages: Sequence[Page]) -> Iterator[Page]:
    """The pages without page numbers and without what stands at the head or foot of many of them."""
    forms = [{i: _forms(page.lines[i], index) for i in _edges(page)} for index, page in enumerate(pages)]
    counts = Counter(form for edges in forms for form in set(chain(*edges.values())))
    least = max(_LEAST_REPEATS, _SHARE_OF_PAGES * len(pages))
    for page, edges in zip(pages, forms, strict=True):
        heads = {
            i
            for i, found in edges.items()
            if _is_page_number(page.lines[i], page) or any(counts[form] >= least for form in found)
        }
        yield replace(page, lines=tuple(line for i, line in enumerate(page.lines) if i not in heads))


def _edges(page: Page) -> frozenset[int]:
    """Which lines are the first and last of a page, those beside them among them."""
    heights = sorted({round(line.top) for line in page.lines})
    ends = {*heights[:_EDGE_LINES], *heights[-_EDGE_LINES:]}
    return frozenset(i for i, line in enumerate(page.lines) if round(line.top) in ends and not line.is_row)


def _forms(line: Line, index: int) -> frozenset[str]:
    """What may be alike in running heads: place and words, each number as it is or as far ahead of the page.

    Annexes of a page each are no running heads, though 附件1 and 附件2 stand in one place.
    """
    words = re.split(r"(\d+)", "".join(line.text.split()))
    if words[0].startswith(("附件", "附表", "附录")):
        return frozenset()
    numbers = words[1::2]
    ways: list[tuple[str, ...]] = [(number, f"#{int(number) - index}") for number in numbers[:_MOST_NUMBERS]]
    ways += [(number,) for number in numbers[_MOST_NUMBERS:]]
    shape = f"{round(line.top / 4)} {'#'.join(words[::2])} "
    return frozenset(shape + " ".join(way) for way in product(*ways))


def _is_page_number(line: Line, page: Page) -> bool:
    if not _PAGE_NUMBER.match(line.text):
        return False
    bare = line.text.strip().isalnum()  # 2022 may stand in a text that ends with the page
    return not bare or line.top > 0.88 * page.height or line.bottom < 0.12 * page.height


def _goes_on(last: Line, line: Line, last_column: _Column, column: _Column, turned: bool) -> bool:
    """Whether a line is broken by the width of the page only, and goes on in the next."""
    if last.is_row or line.is_row or max(last.size, line.size) > _SAME_SIZE * min(last.size, line.size):
        return False
    if not _is_filled(last, line, last_column):
        return False
    if not _is_at_margin(line.left - column.left, last.left - last_column.left, line.size, column.indented):
        return False
    if not turned and line.top - last.top > 1.6 * column.pitch:
        return False
    if ends_sentence(last.text):
        flush = line.left <= column.left + 0.8 * line.size
        return column.indented and flush and not match_marker(line.text)
    return not match_marker(line.text)


def _is_at_margin(indent: float, last_indent: float, size: float, indented: bool) -> bool:
    """Whether a line begins where the lines of a paragraph do, not where its first line does."""
    if indent <= 0.8 * size:
        return True
    if indented and _FIRST_INDENT[0] < indent / size < _FIRST_INDENT[1] and indent > last_indent - 0.8 * size:
        return False
    return indent <= last_indent + 0.3 * size  # all of the paragraph stands off the margin


def _is_filled(last: Line, line: Line, column: _Column) -> bool:
    """Whether the next line's first word had no room left at the line's end."""
    if last.right - last.left < _SHORTEST * last.size:
        return False  # a page of short lines has no width that would break them
    first_word = len(_UNBREAKABLE.match(line.text).group()) * line.size / 2  # type: ignore[union-attr]
    room = column.right - last.right
    return room < max(2.2 * last.size, first_word + 0.5 * last.size)


def _is_indented(bodies: Sequence[Sequence[Line]]) -> bool:
    """Whether a document's paragraphs begin with an indent: many lines are, by about two characters."""
    indents: list[float] = []
    for lines in bodies:
        plain = [line for line in lines if not line.is_row]
        left = min((line.left for line in plain), default=0.0)
        indents.extend((line.left - left) / line.size for line in plain)
    by_two = sum(_FIRST_INDENT[0] < indent < _FIRST_INDENT[1] for indent in indents)
    flush = sum(indent <= 0.8 for indent in indents)
    return by_two >= 3 and flush >= 3 and by_two + flush > 0.6 * len(indents)


def _width(lines: Sequence[Line]) -> float:
    plain = [line for line in lines if not line.is_row]
    return max((line.right for line in plain), default=0.0) - min((line.left for line in plain), default=0.0)


def _column(lines: Sequence[Line], wide: float, indented: bool) -> _Column:
    plain = [line for line in lines if not line.is_row]
    left = min((line.left for line in plain), default=0.0)
    right = max((line.right for line in plain), default=0.0)
    if right - left < 0.7 * wide:  # a page with few lines
        right = left + wide
    steps = [b.top - a.top for a, b in pairwise(plain) if b.top > a.top]
    return _Column(left, right, median(steps) if steps else 0.0, indented)
