"""Word documents made for the tests: python-docx for the package, hand-made XML for what it cannot write."""

from __future__ import annotations

from pathlib import Path

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

W = nsdecls("w")


def level(index, style, text, *, start=1, suffix="tab", more=""):
    """A level of a list, as numbering.xml has it."""
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{text}"/></w:lvl>'
    )


def restarted(index, start=1):
    return f'<w:lvlOverride w:ilvl="{index}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


PLAN = "".join(
    (
        level(0, "chineseCountingThousand", "%1、", suffix="nothing"),
        level(1, "chineseCounting", "(%2)", suffix="nothing"),
        level(2, "decimal", "%3."),
        level(3, "decimal", "（%4）"),
        level(4, "decimalEnclosedCircle", "%5"),
    )
)


class Word:
    """A document that is written paragraph by paragraph."""

    def __init__(self, abstract=(), lists=(), styles=()):
        self.document: Document = docx.Document()
        numbering = self.document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
        for child in list(numbering):
            numbering.remove(child)
        for i, levels in enumerate(abstract):
            numbering.append(parse_xml(f'<w:abstractNum {W} w:abstractNumId="{i}">{levels}</w:abstractNum>'))
        for i, (which, overrides) in enumerate(lists, 1):
            numbering.append(
                parse_xml(f'<w:num {W} w:numId="{i}"><w:abstractNumId w:val="{which}"/>{overrides}</w:num>')
            )
        for style in styles:
            self.document.styles.element.append(parse_xml(style.replace("<w:style", f"<w:style {W}", 1)))

    def add(self, text, list_id=None, index=None, style=None):
        """A paragraph; ``list_id`` and ``index`` are its numPr, each left out if None."""
        paragraph = self.document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr()
        if style:
            properties.insert(0, parse_xml(f'<w:pStyle {W} w:val="{style}"/>'))
        if list_id is not None or index is not None:
            place = "" if index is None else f'<w:ilvl w:val="{index}"/>'
            place += "" if list_id is None else f'<w:numId w:val="{list_id}"/>'
            properties.append(parse_xml(f"<w:numPr {W}>{place}</w:numPr>"))
        return paragraph

    def add_xml(self, content):
        """A paragraph or table as XML, its namespace left out."""
        body = self.document.element.body
        element = parse_xml(content.replace(">", f" {W}>", 1))
        body.insert(len(body) - 1, element)

    def save(self, path: Path) -> Path:
        self.document.save(str(path))
        return path
