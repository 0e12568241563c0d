"""Word: the text as Word shows it, with automatic numbers, without what revisions took out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from ipqa.documents.readers.base import ReadText, row_of, text_of
from ipqa.documents.readers.docx_numbering import Numbering
from ipqa.errors import DocumentError

MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 100
_OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0"
# Inline content that is looked into; all else within a paragraph is left out: pictures and text boxes,
# notes and comments, what was deleted or moved away.
_CONTENT = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo")))
_CONTAINERS = _CONTENT | set(map(qn, ("w:hyperlink", "w:smartTag", "w:fldSimple", "w:dir", "w:bdo")))
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_CHARACTERS: Mapping[str, str] = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
_CONTENTS_STYLES = ("toc ", "table of figures")  # made by Word, with page numbers


def read_docx(path: Path) -> ReadText:
    """Read a Word document; its properties are metadata.

    Raises:
        DocumentError: if it is no .docx, is encrypted, unpacks to more than is sensible or holds no text;
            names the file.
        OSError: if the file cannot be read.
    """
    _check_package(path)
    document = docx.Document(str(path))
    text = text_of(_Reader.of(document).lines(document.element.body))
    if not text:
        raise DocumentError(f"文件 {path} 里没有文字:正文可能是图片或在文本框里")
    return ReadText(text, _read_properties(document))


def _check_package(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) == _OLD_OR_ENCRYPTED:
            raise DocumentError(
                f"文件 {path} 加了密码,或是改了扩展名的旧格式(.doc):请用 Word 或 WPS 去掉密码,另存为 .docx"
            )
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
    except zipfile.BadZipFile as error:
        raise DocumentError(f"文件 {path} 不是有效的 .docx,可能已损坏:请用 Word 或 WPS 打开后另存") from error
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * path.stat().st_size:
        raise DocumentError(
            f"文件 {path} 解开后有 {unpacked / 2**20:.0f} MB,超过上限 {MAX_UNPACKED // 2**20} MB"
            f"或本身的 {MAX_RATIO} 倍,没有读取"
        )


def _read_properties(document: Document) -> Mapping[str, str]:
    properties = document.core_properties
    created = properties.created
    found = {
        "title": " ".join(properties.title.split()),
        "author": properties.author.strip(),
        "created": created.date().isoformat() if created else "",
    }
    return {key: value for key, value in found.items() if value}


@dataclass
class _Reader:
    """Walks through a document once, in order. ``carried``: the text of a paragraph whose end is deleted."""

    numbering: Numbering
    contents_styles: frozenset[str]
    carried: str = field(default="")

    @classmethod
    def of(cls, document: Document) -> _Reader:
        styles = _root_of(document, RELATIONSHIP_TYPE.STYLES)
        numbering = _root_of(document, RELATIONSHIP_TYPE.NUMBERING)
        return cls(Numbering.of(numbering, styles), frozenset(_styles_of_contents(styles)))

    def lines(self, parent: Element) -> Iterator[str]:
        for child in parent:
            if child.tag == qn("w:p"):
                yield from self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                yield from self._table(child)
            elif child.tag in _CONTENT:
                yield from self.lines(child)
        if self.carried and parent.tag == qn("w:body"):
            yield self.carried

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        properties = paragraph.find(qn("w:pPr"))
        text = self.carried + "".join(_words(paragraph))
        if _is_end_deleted(properties):
            self.carried = text
            return
        self.carried = ""
        number = self.numbering.number(properties)  # counted whether shown or not
        if text.strip() and self._style(properties) not in self.contents_styles:
            yield _numbered(number, text.strip(" \u3000\u00a0"))

    def _style(self, properties: Element | None) -> str:
        style = None if properties is None else properties.find(qn("w:pStyle"))
        return "" if style is None else str(style.get(qn("w:val")))

    def _table(self, table: Element) -> Iterator[str]:
        for row in _rows(table):
            cells = [self._cell(cell) for cell in _cells(row)]
            if len(cells) == 1:  # a box around text
                yield from cells[0]
            else:
                yield row_of(" ".join(lines) for lines in cells)

    def _cell(self, cell: Element) -> list[str]:
        merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        goes_on = merged is not None and merged.get(qn("w:val")) != "restart"
        return [] if goes_on else list(self.lines(cell))


def _root_of(document: Document, relation: str) -> Element | None:
    """The root of a part that the document may do without."""
    try:
        part = document.part.part_related_by(relation)
    except KeyError:
        return None
    return getattr(part, "element", None)


def _styles_of_contents(styles: Element | None) -> Iterator[str]:
    for style in [] if styles is None else styles.findall(qn("w:style")):
        name = style.find(qn("w:name"))
        if name is not None and str(name.get(qn("w:val"))).lower().startswith(_CONTENTS_STYLES):
            yield str(style.get(qn("w:styleId")))


def _is_end_deleted(properties: Element | None) -> bool:
    """Whether a revision took out the paragraph's end, so that it goes on in the next."""
    if properties is None:
        return False
    marks = properties.find(qn("w:rPr"))
    return marks is not None and any(marks.find(qn(name)) is not None for name in ("w:del", "w:moveFrom"))


def _words(parent: Element) -> Iterator[str]:
    for child in parent:
        if child.tag == qn("w:r"):
            yield from _run(child)
        elif child.tag in _CONTAINERS:
            yield from _words(child)
        elif str(child.tag).startswith(_MATHS):
            yield from (str(part.text or "") for part in child.iter(f"{_MATHS}t"))


def _run(run: Element) -> Iterator[str]:
    if _is_hidden(run):
        return
    for child in run:
        if child.tag == qn("w:t"):
            yield str(child.text or "")
        elif child.tag == qn("w:br"):
            yield "\n" if child.get(qn("w:type")) in (None, "textWrapping") else ""
        elif child.tag == qn("w:ruby"):
            for base in child.findall(qn("w:rubyBase")):
                yield from _words(base)
        else:
            yield _CHARACTERS.get(str(child.tag), "")


def _is_hidden(run: Element) -> bool:
    hidden = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return hidden is not None and hidden.get(qn("w:val")) not in ("0", "false", "off")


def _numbered(number: str, text: str) -> str:
    # 1 and 2022年 would read as one number
    apart = number[-1:].isascii() and number[-1:].isalnum() and text[:1].isascii() and text[:1].isalnum()
    return f"{number} {text}" if apart else number + text


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == qn("w:tr"):
            if child.find(f"{qn('w:trPr')}/{qn('w:del')}") is None:
                yield child
        elif child.tag in _CONTENT:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    """A row's cells, those merged into the cell before them left out."""
    for child in row:
        if child.tag == qn("w:tc"):
            merged = child.find(f"{qn('w:tcPr')}/{qn('w:hMerge')}")
            if merged is None or merged.get(qn("w:val")) == "restart":
                yield child
        elif child.tag in _CONTENT:
            yield from _cells(child)
