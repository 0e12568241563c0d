"""Answers as a Word document in the layout of Chinese official documents (GB/T 9704)."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any, cast

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle
from docx.text.paragraph import Paragraph

from ipqa.engine import PolicySearch
from ipqa.interfaces.export.digest import PASSAGES, TITLE, Entry, digest
from ipqa.interfaces.export.text import printable
from ipqa.models import Answer

_LATIN = "Times New Roman"
_SONG, _HEI, _FANG, _KAI = "宋体", "黑体", "仿宋", "楷体"
_TWO, _THREE, _SMALL_THREE, _FOUR = 22.0, 16.0, 15.0, 14.0  # points of the sizes 二号, 三号, 小三, 四号
_LINE = 28.0  # points from line to line, of text in 三号
_LINE_OF_FOUR = 24.0
_INDENT = 2  # characters
_SHADE = "FFF2CC"
_THEME = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")

# The names of the document's own styles, as Word lists them.
NOTE, BODY, PLACE = "问答说明", "问答正文", "问答出处"
QUOTE, UNITS, MARKED = "问答引文", "问答单位", "问答标出"


def answers_docx(policy: PolicySearch, answers: Sequence[Answer]) -> bytes:
    """The excerpt as a Word document; the sentences that answer are bold on a shade.

    Characters that XML cannot carry are left out; a line feed inside a clause becomes a line break.
    """
    excerpt = digest(policy, answers)
    document = docx.Document()
    _set_up(document)
    _add(document, TITLE, "Title")
    for note in excerpt.notes:
        _add(document, note, NOTE)
    for entry in excerpt.entries:
        _add_entry(document, entry)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_entry(document: WordDocument, entry: Entry) -> None:
    _add(document, entry.heading, "Heading 1")
    for paragraph in entry.paragraphs:
        _add(document, paragraph, BODY)
    if entry.passages:
        _add(document, PASSAGES, "Heading 2")
    for passage in entry.passages:
        head = f"[{passage.number}] {passage.place} {passage.title}".rstrip()
        _add(document, head, PLACE)
        quote = document.add_paragraph(style=QUOTE)
        for text, answers in passage.pieces:
            _add_run(quote, text, MARKED if answers else None)
        if passage.units:
            _add(document, passage.units, UNITS)


def _add(document: WordDocument, text: str, style: str) -> None:
    _add_run(document.add_paragraph(style=style), text)


def _add_run(paragraph: Paragraph, text: str, style: str | None = None) -> None:
    """The hint, which Word gives to what is typed in Chinese, sets “”, — and … in the Chinese font."""
    run = paragraph.add_run(printable(text), style)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _set_up(document: WordDocument) -> None:
    """Page, styles, page number and properties."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.footer_distance = Cm(2.5)
    _define_styles(document)
    number = section.footer.paragraphs[0]
    _add_run(number, "— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number._p.append(field)
    shown = OxmlElement("w:r")
    field.append(shown)
    text = OxmlElement("w:t")
    text.text = "1"
    shown.append(text)
    _add_run(number, " —")
    properties = document.core_properties
    properties.title, properties.author, properties.comments = TITLE, "", ""
    properties.language = "zh-CN"
    properties.created = properties.modified = datetime.datetime.now(datetime.timezone.utc)


def _define_styles(document: WordDocument) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    _style(document, "Normal", _FANG, _THREE, _LINE)
    title = _style(document, "Title", _SONG, _TWO, 36.0, bold=True)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(_LINE)
    _drop(title.element.get_or_add_pPr(), "w:pBdr")
    for name, size in (("Heading 1", _THREE), ("Heading 2", _SMALL_THREE)):
        heading = _style(document, name, _HEI, size, _LINE, above=12.0, bold=False)
        heading.paragraph_format.keep_with_next = True
    footer = _style(document, "Footer", _SONG, _FOUR, 18.0)
    footer.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER

    note = _style(document, NOTE, _KAI, _FOUR, _LINE_OF_FOUR)
    note.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _indent(_style(document, BODY, _FANG, _THREE, _LINE), "firstLine", _THREE)
    place = _style(document, PLACE, _KAI, _FOUR, _LINE_OF_FOUR, above=6.0)
    place.paragraph_format.keep_with_next = True
    for name, font in ((QUOTE, _FANG), (UNITS, _KAI)):
        _indent(_style(document, name, font, _FOUR, _LINE_OF_FOUR), "left", _FOUR)
    answering: CharacterStyle = document.styles.add_style("IpqaMarked", WD_STYLE_TYPE.CHARACTER)
    answering.name = MARKED
    answering.font.bold = True
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
        shade.set(qn(f"w:{key}"), value)
    answering.element.get_or_add_rPr().append(shade)


def _style(
    document: WordDocument,
    name: str,
    font: str,
    points: float,
    line: float,
    *,
    bold: bool | None = None,
    above: float = 0.0,
) -> ParagraphStyle:
    """A paragraph style of this name, made if there is none: Chinese and Latin font, size, line spacing."""
    styles = document.styles
    if name not in styles:  # Word's own ids are ASCII; the name that people see is not
        made = styles.add_style(f"Ipqa{len(styles)}", WD_STYLE_TYPE.PARAGRAPH)
        made.name, made.base_style, made.quick_style = name, styles["Normal"], True
    style = cast(ParagraphStyle, styles[name])
    _unlink(document, style)
    style.font.name, style.font.size, style.font.bold = _LATIN, Pt(points), bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in _THEME:  # a theme's font goes before the one that is named
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)
    layout = style.paragraph_format
    layout.space_before, layout.space_after, layout.line_spacing = Pt(above), Pt(0), Pt(line)
    return style


def _indent(style: ParagraphStyle, side: str, points: float) -> None:
    """Indent by two characters, whatever their size; readers that count in points get those."""
    indent = style.element.get_or_add_pPr().get_or_add_ind()
    indent.set(qn(f"w:{side}Chars"), str(_INDENT * 100))
    indent.set(qn(f"w:{side}"), str(int(points * _INDENT * 20)))


def _unlink(document: WordDocument, style: ParagraphStyle) -> None:
    """Take away the template's character style of the same name, which would keep its blue."""
    styles = document.styles.element
    for link in style.element.findall(qn("w:link")):
        style.element.remove(link)
        for twin in styles.xpath(f'w:style[@w:styleId="{link.get(qn("w:val"))}"]'):
            styles.remove(twin)


def _drop(parent: Any, tag: str) -> None:  # noqa: ANN401  lxml's elements have no type of their own
    for element in parent.findall(qn(tag)):
        parent.remove(element)
