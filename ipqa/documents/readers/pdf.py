"""PDF: the characters where they stand on the page, put together to lines, rows and paragraphs."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException

from ipqa.documents.readers.base import ReadText, row_of, text_of
from ipqa.documents.readers.pdf_columns import blocks
from ipqa.documents.readers.pdf_paragraphs import Line, Page, paragraphs
from ipqa.errors import DocumentError

MAX_PAGES = 2000
_LEAST_BESIDE_PICTURE = 20  # characters; a scanned page may have a stamp or a number on it
_MOST_UNREADABLE = 0.2
_MOST_ASLANT = 0.1
_WIDE_GAP = 0.9  # of a character: between columns, wider than between justified words
_WORD_GAP = 0.15
_Char = Mapping[str, Any]
_UNKNOWN = re.compile(r"\(cid:\d+\)")
_OTHER_FORM = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06]")
# What Unicode gives no decomposition for, or one in traditional script only.
_RADICALS = dict(
    zip(
        "⺇⺊⺌⺒⺛⺜⺝⺞⺟⺠⺧⺩⺪⺬⺮⺶⺷⺸⺼⺽⻁⻄⻅⻆⻇⻉⻊⻋⻑⻓⻔⻕⻗⻘⻙⻚⻛⻜⻝⻞⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳⼾⾭",
        "几卜小巳旡日月歹母民牛王疋示竹羊羊羊肉臼虎西见角角贝足车長长门阜雨青韦页风飞食食首马骨鬼鱼鸟卤麦黄黾齐齿龙龟户青",
        strict=True,
    )
)

# It warns of every font that lacks an entry nobody needs.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


def read_pdf(path: Path) -> ReadText:
    """Read a PDF that has text; pages of pictures need OCR first.

    Raises:
        DocumentError: if it is encrypted, has too many pages, or no text; names the file.
        OSError: if the file cannot be read.
    """
    try:
        with pdfplumber.open(path) as pdf:
            pages = _read_pages(pdf, path)
            title = str(pdf.metadata.get("Title") or "").strip()
    except (PdfminerException, PDFPasswordIncorrect, PDFEncryptionError) as error:
        if _is_locked(error):
            raise DocumentError(f"文件 {path} 加了密码,请去掉密码后另存") from error
        raise
    _check_text(pages, path)
    text = text_of(paragraphs(pages))
    if not text:
        raise DocumentError(f"文件 {path} 里没有正文,只有页码或页眉")
    # What programs put there is mostly the name of another file.
    return ReadText(text, {"title": title} if title and title in text else {})


def _read_pages(pdf: PDF, path: Path) -> list[Page]:
    if (count := len(pdf.pages)) > MAX_PAGES:
        raise DocumentError(f"文件 {path} 有 {count} 页,超过上限 {MAX_PAGES} 页,请拆成几份")
    pages: list[Page] = []
    for page in pdf.pages:
        pages.append(_read_page(page))
        page.close()  # else all pages stay in memory
    return pages


def _is_locked(error: BaseException) -> bool:
    causes = (error, *error.args, error.__context__)
    return any(isinstance(cause, (PDFPasswordIncorrect, PDFEncryptionError)) for cause in causes)


def _check_text(pages: Sequence[Page], path: Path) -> None:
    empty = sum(page.is_picture for page in pages)
    if empty > len(pages) / 2 or not pages:
        raise DocumentError(
            f"文件 {path} 没有文字(共 {len(pages)} 页,{empty} 页只有图像),多半是扫描件:"
            "请先用 OCR 软件识别,另存为有文字的 PDF 或 .docx"
        )
    whole = "".join("".join(line.text.split()) for page in pages for line in page.lines)
    if sum(map(_is_unreadable, whole)) > _MOST_UNREADABLE * len(whole):
        raise DocumentError(f"文件 {path} 里的字没有对应的编码,读不出文字:请先用 OCR 软件识别")


def _is_unreadable(char: str) -> bool:
    return char == "\ufffd" or unicodedata.category(char) in ("Co", "Cn", "Cc")


def _read_page(page: pdfplumber.page.Page) -> Page:
    found = [_readable(char) for char in page.dedupe_chars().chars if char["text"]]
    chars = [char for char in found if _is_level(char)] or found  # a watermark stands aslant
    parts = blocks(chars, page.width)
    if len(parts) > 1:
        lines = [replace(line, block=i) for i, part in enumerate(parts) for line in _lines(part)]
    else:
        lines = sorted(_lines_and_rows(page, chars), key=lambda line: line.top)
    seen = sum(len("".join(line.text.split())) for line in lines)
    return Page(
        float(page.height), tuple(lines), not seen or (seen < _LEAST_BESIDE_PICTURE and bool(page.images))
    )


def _readable(char: _Char) -> _Char:
    """The character with U+FFFD for its text if the font does not tell what it means."""
    return {**char, "text": "\ufffd"} if _UNKNOWN.fullmatch(char["text"]) else char


def _is_level(char: _Char) -> bool:
    across, up, *_ = char["matrix"]
    return bool(across > 0 and abs(up) < _MOST_ASLANT * across)


def _lines_and_rows(page: pdfplumber.page.Page, chars: list[_Char]) -> list[Line]:
    rows: list[Line] = []
    for table in page.find_tables():
        cells = [[_within(chars, cell) if cell else [] for cell in row.cells] for row in table.rows]
        if len(cells) > 1 and max(map(len, cells)) > 1:  # else a box around text, or a line under it
            rows.extend(_rows(cells, table))
            inside = _inside(table.bbox)
            chars = [char for char in chars if not inside(char)]
    return [*rows, *_lines(chars)]


def _rows(rows: Sequence[Sequence[Sequence[_Char]]], table: pdfplumber.table.Table) -> Iterator[Line]:
    left, _, right, _ = table.bbox
    for cells, row in zip(rows, table.rows, strict=True):
        text = row_of("".join(line.text for line in _lines(cell)) for cell in cells)
        if text:
            yield Line(text, left, right, row.bbox[1], row.bbox[3], 10.0, is_row=True)


def _within(chars: Iterable[_Char], box: tuple[float, float, float, float]) -> list[_Char]:
    inside = _inside(box)
    return [char for char in chars if inside(char)]


def _inside(box: tuple[float, float, float, float]) -> Callable[[_Char], bool]:
    left, top, right, bottom = box

    def is_inside(char: _Char) -> bool:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        return bool(left <= x <= right and top <= y <= bottom)

    return is_inside


def _lines(chars: Sequence[_Char]) -> list[Line]:
    """The lines that the characters stand in, from top to bottom."""
    rows: list[list[_Char]] = []
    for char in sorted(chars, key=lambda c: (c["top"] + c["bottom"]) / 2):
        middle = (char["top"] + char["bottom"]) / 2
        if rows and middle - _middle(rows[-1]) < 0.5 * max(char["size"], rows[-1][0]["size"]):
            rows[-1].append(char)
        else:
            rows.append([char])
    lines = (_line(sorted(row, key=lambda c: c["x0"])) for row in rows)
    return [line for line in lines if line is not None]


def _middle(row: Sequence[_Char]) -> float:
    largest = max(row, key=lambda c: c["size"])
    return float(largest["top"] + largest["bottom"]) / 2


def _line(chars: Sequence[_Char]) -> Line | None:
    seen = [char for char in chars if char["text"].strip()]
    if not seen:
        return None
    size = median(char["size"] for char in seen)
    gaps = [(b["x0"] - a["x1"]) / size for a, b in pairwise(seen)]
    usual = max(0.0, median(gaps)) if gaps else 0.0  # a justified line is stretched evenly
    typed = _typed_blanks(chars)
    text = seen[0]["text"]
    for i, (gap, char) in enumerate(zip(gaps, seen[1:], strict=True), 1):
        text += _between(seen[i - 1]["text"], char["text"], gap - usual, i in typed) + char["text"]
    return Line(
        _unified(text),
        float(seen[0]["x0"]),
        float(max(char["x1"] for char in seen)),
        float(min(char["top"] for char in seen)),
        float(max(char["bottom"] for char in seen)),
        float(size),
    )


def _typed_blanks(chars: Sequence[_Char]) -> frozenset[int]:
    """Before which of the visible characters a blank stands that is a character itself."""
    typed: set[int] = set()
    count = 0
    for i, char in enumerate(chars):
        if char["text"].strip():
            if i and not chars[i - 1]["text"].strip():
                typed.add(count)
            count += 1
    return frozenset(typed)


def _between(before: str, after: str, gap: float, typed: bool) -> str:
    """The blank between two characters: typed, as wide as one, or between words in Latin script.

    Programs set Chinese a little apart from digits and Latin letters; that is no blank.
    """
    words = before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum()
    return " " if typed or gap > _WIDE_GAP or (words and gap > _WORD_GAP) else ""


def _unified(text: str) -> str:
    """The text with the characters meant where fonts have radicals (⼀, ⻔) or ligatures (ﬁ)."""
    return "".join(map(_unified_character, text)) if _OTHER_FORM.search(text) else text


def _unified_character(char: str) -> str:
    return _RADICALS.get(char) or (unicodedata.normalize("NFKC", char) if _OTHER_FORM.match(char) else char)
