"""Markdown: the words without the marks, a line for each paragraph, heading, item and table row.

What looks like markup only to a strict parser stays: 5*3*2 is no emphasis, an indented paragraph is no code,
and a note that begins with [注]: is no link.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ipqa.documents.numbering import match_marker
from ipqa.documents.reader import read_text
from ipqa.documents.readers.base import ReadText, ends_sentence, joined, row_of, text_of, width
from ipqa.errors import DocumentError

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?=[A-Za-z_]\w*[ \t]*:)(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
# **要求：**全文 is no emphasis to CommonMark, which wants a space behind the colon's mark.
_STRONG = re.compile(r"\*\*(?=[^\s*])(.+?)(?<=[^\s*])\*\*")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NARROWEST = 25.0  # no narrower paragraph was broken by its width


def read_markdown(path: Path) -> ReadText:
    """Read a Markdown file; its front matter, or else its first heading, is metadata.

    Raises:
        DocumentError: as :func:`ipqa.documents.reader.read_text`, or if the front matter is no YAML; names
            the file.
    """
    source = read_text(path)
    metadata: Mapping[str, str] = {}
    if front := _FRONT_MATTER.match(source):
        metadata = _read_front_matter(front.group(1), path)
        source = source[front.end() :]
    tokens = _parse(source)
    text = text_of(_lines_of(tokens))
    title = _first_heading(tokens)
    if metadata:
        return ReadText(text, {"title": title, **metadata} if title else metadata, stated=True)
    return ReadText(text, {"title": title} if title else {})


def _read_front_matter(source: str, path: Path) -> Mapping[str, str]:
    try:
        content: Any = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # 2022-02-30 is a ValueError
        raise DocumentError(f"文件 {path} 开头的元数据不是有效的 YAML:{error}") from error
    if not isinstance(content, Mapping):
        raise DocumentError(f"文件 {path} 开头的元数据应是“键: 值”的形式")
    plain = {str(key): _as_written(value) for key, value in content.items()}
    return {key: value for key, value in plain.items() if value}


def _as_written(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _parse(source: str) -> Sequence[Token]:
    """The tokens; once more without link definitions where one of them is a line of the text."""
    # 「code」: four blanks in front are the indentation of a paragraph, not code.
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").disable("code")
    env: dict[str, Any] = {}
    tokens = parser.parse(source, env)
    if any("%" in reference["href"] for reference in env.get("references", {}).values()):
        tokens = parser.disable("reference").parse(source)
    return tokens


def _lines_of(tokens: Sequence[Token]) -> Iterator[str]:
    prefix = ""
    wrap = _wrapping_width(tokens)
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "list_item_open":
            prefix = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "list_item_close":
            prefix = ""
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            yield row_of(cells)
            cells = None
        elif token.type == "inline" and cells is not None:
            cells.append(_inline(token))
        elif token.type == "inline":
            yield prefix + "\n".join(_unwrapped(_inline(token).split("\n"), wrap))
            prefix = ""
        elif token.type in ("fence", "code_block"):
            yield token.content
        elif token.type == "html_block":
            yield _html_text(token.content)


def _inline(token: Token) -> str:
    """The words of a paragraph, its breaks as line feeds."""
    children = token.children or []
    parts = [_words(child) for child in children]
    for i, child in enumerate(children):
        if child.type in ("em_open", "em_close", "strong_open", "strong_close") and _between_digits(parts, i):
            parts[i] = child.markup
    return _STRONG.sub(r"\1", "".join(parts))


def _words(token: Token) -> str:
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return "\n" if token.type == "html_inline" and _BREAK.fullmatch(token.content) else ""


def _between_digits(parts: Sequence[str], i: int) -> bool:
    """Whether the mark stands between digits, as in 5*3*2: then it is a times sign."""
    before = next((part for part in reversed(parts[:i]) if part), "")
    after = next((part for part in parts[i + 1 :] if part), "")
    return before[-1:].isdigit() and after[:1].isdigit()


def _wrapping_width(tokens: Sequence[Token]) -> float:
    """How wide the widest line is that is not a paragraph of its own, the width that lines are broken at."""
    paragraphs = [_inline(token).split("\n") for token in tokens if token.type == "inline"]
    return max((width(line) for lines in paragraphs if len(lines) > 1 for line in lines), default=0.0)


def _unwrapped(lines: Sequence[str], wrap: float) -> Iterator[str]:
    """The lines of a paragraph; those that go on in the next line, for want of width, joined with it.

    Many write a Chinese text in Markdown line by line without blank lines between: such lines stay.
    """
    held = lines[0]
    for previous, line in pairwise(lines):
        filled = width(previous) >= max(0.9 * wrap, _NARROWEST)
        if filled and not ends_sentence(previous) and not match_marker(line.lstrip()):
            held = joined(held, line)
        else:
            yield held
            held = line
    yield held


def _html_text(source: str) -> str:
    from ipqa.documents.readers.html import text_of_fragment

    return text_of_fragment(source)


def _first_heading(tokens: Sequence[Token]) -> str:
    """The first heading, if it is of the first level and the only one of it."""
    headings = [
        (token.tag, " ".join(_inline(tokens[i + 1]).split()))
        for i, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    first = [text for tag, text in headings if tag == "h1"]
    alone = len(first) == 1 and headings[0][0] == "h1"
    return first[0] if alone and not match_marker(first[0]) else ""
