"""Tables as CSV and Markdown, and what text a file can carry at all."""

from __future__ import annotations

import csv
import io
import re

from ipqa.interfaces.export.tables import Cell, Table

# What XML 1.0 cannot carry; surrogates, which an argument that is no UTF-8 has, no file can.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_INLINE = re.compile(r"[\\`*_<>|~&$]|\](?=[(:])")
_BLOCK = re.compile(r"^(?:[#+=-]|\d+(?=[.)](?:\s|$)))")


def printable(text: str) -> str:
    """The text without the characters that neither XML nor UTF-8 can carry."""
    return _UNPRINTABLE.sub("", text)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula."""
    return text.startswith(_FORMULA)


def to_csv(table: Table) -> bytes:
    """The columns' names and the rows as CSV that Excel opens: UTF-8 with its mark, CRLF.

    A text that a spreadsheet would take for a formula gets a single quote before it.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([_csv_cell(column.name) for column in table.columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    return buffer.getvalue().encode("utf-8-sig")


def to_markdown(table: Table) -> str:
    """The title, the table as GitHub writes tables, and the notes as a list."""
    head = [column.name for column in table.columns]
    lines = [
        f"# {inline(table.title)}",
        "",
        _markdown_row(head),
        "|" + " --- |" * len(head),
        *map(_markdown_row, table.rows),
        "",
        *(f"- {block(note)}" for note in table.notes),
    ]
    return "\n".join(lines) + "\n"


def inline(text: str) -> str:
    """The text as Markdown that shows it as it is, on one line: for cells and headings."""
    escaped = _INLINE.sub(r"\\\g<0>", printable(text))
    return re.sub("\r\n|\r|\n", "<br>", escaped)


def block(text: str) -> str:
    """The text as Markdown where a block may begin: no line of it becomes a heading or a list."""
    return "<br>\n".join(_BLOCK.sub(_escape_mark, line) for line in inline(text).split("<br>"))


def _escape_mark(match: re.Match[str]) -> str:
    """``# `` would be a heading, ``1. `` a list: the backslash goes before what is no digit."""
    mark = match.group()
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"


def _csv_cell(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = printable(cell)
    return f"'{text}" if is_formula(text) else text


def _markdown_row(cells: tuple[Cell, ...] | list[str]) -> str:
    return "| " + " | ".join("" if cell is None else inline(str(cell)) for cell in cells) + " |"
