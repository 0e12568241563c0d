"""What the readers share: the text that they hand back, clean lines, and when a broken line is joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# Surrogates stand alone only where a decoder went wrong; no UTF-8 file can hold them.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SENTENCE_END = re.compile("[。；：！？!?;:…][”’」』\"'）)》]*$")


@dataclass(frozen=True)
class ReadText:
    """A file's text with line feeds as line ends, and what the file itself says about it.

    ``metadata`` has the names of :class:`ipqa.models.Document`'s fields as keys, and others that only this
    kind of file has. ``stated``: somebody wrote them for this very text, so they count for more than what
    its head gives; otherwise a program wrote them, and they count for less.
    """

    text: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    stated: bool = False


def text_of(lines: Iterable[str]) -> str:
    """The lines as text: without white space at their ends, control characters and empty lines."""
    return "".join(f"{line}\n" for line in _clean(lines))


def _clean(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for part in _LINE_ENDS.sub("\n", line).split("\n"):
            cleaned = without_controls(part)
            if cleaned.strip():
                yield cleaned.strip(" \u00a0\u3000").rstrip()  # a tab in front is an empty cell


def without_controls(text: str) -> str:
    """The text without the characters that nobody sees; white space stays."""
    return _NO_TEXT.sub("", text)


def row_of(cells: Iterable[str]) -> str:
    """A table's row as a line; white space within a cell becomes one space. Empty if no cell has text."""
    row = "\t".join(" ".join(cell.split()) for cell in cells)
    return row.rstrip() if row.strip() else ""


def ends_sentence(line: str) -> bool:
    """Whether a line ends where a sentence or the words before a list end."""
    return bool(_SENTENCE_END.search(line.rstrip()))


def joined(first: str, second: str) -> str:
    """Two parts of a broken line: nothing between them but for words in Latin script."""
    first, second = first.rstrip(), second.lstrip()
    words = first[-1:].isascii() and second[:1].isascii() and first[-1:].isalnum() and second[:1].isalnum()
    return f"{first} {second}" if words else first + second


def width(text: str) -> float:
    """How wide the text is in Chinese characters: ASCII counts half."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)
