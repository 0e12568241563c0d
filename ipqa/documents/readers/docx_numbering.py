"""Word's automatic numbers: what stands before a paragraph without being part of its text.

A paragraph belongs to a level of a list (``w:num``), by itself or by its style. The list takes its levels
from an abstract list (``w:abstractNum``), which counts for all lists that are made from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from ipqa.documents.readers.number_formats import format_number

_PLACE = re.compile(r"%([1-9])")
_TITLED = re.compile(r"第[^第]*[编章节条]$")
_LEVELS = 9
_MAX_BASES = 20  # a chain of styles that is longer goes in a circle
_Key = tuple[str, int]


@dataclass(frozen=True)
class Level:
    """A level of a list. ``restart`` is the level from 1 after which it begins anew, 0 for never."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False  # all numbers in plain digits
    paragraph_style: str = ""


@dataclass(frozen=True)
class _List:
    """``counter`` is the abstract list; ``starts`` are where its levels begin if not as there."""

    counter: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int]


@dataclass(frozen=True)
class _Style:
    base: str
    list_id: str | None
    level: int | None


@dataclass
class Numbering:
    """Gives each paragraph its number; to be asked once for each, in the order of the document."""

    _lists: Mapping[str, _List]
    _styles: Mapping[str, _Style]
    _default_style: str
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[_Key] = field(default_factory=set)

    @classmethod
    def of(cls, numbering: Element | None, styles: Element | None) -> Numbering:
        """The numbering of a document.

        Args:
            numbering: the root of its ``numbering.xml``; None if it has none.
            styles: the root of its ``styles.xml``; None if it has none.
        """
        read = {} if styles is None else _read_styles(styles)
        lists = {} if numbering is None else _read_lists(numbering, read)
        default = "" if styles is None else _default_style(styles)
        return cls(lists, read, default)

    def number(self, properties: Element | None) -> str:
        """The number of the paragraph with these properties (``w:pPr``), and the blank behind it if any."""
        place = self._place(properties)
        if place is None:
            return ""
        list_id, level_index = place
        numbered = self._lists[list_id]
        level = numbered.levels.get(level_index)
        if level is None:
            return ""
        counts = self._count(list_id, numbered, level_index)
        return _written(numbered, level, level_index, counts)

    def _place(self, properties: Element | None) -> _Key | None:
        """The list and level of a paragraph: its own, or else its style's."""
        list_id, level = _list_of(properties)
        style_id = _value(properties, "w:pStyle") or self._default_style
        if list_id is None:
            list_id, styled = self._place_of_style(style_id)
            level = styled if level is None else level
        if list_id is None or list_id not in self._lists:
            return None  # 「0」 takes the number of the style away
        return list_id, max(0, min(level or 0, _LEVELS - 1))

    def _place_of_style(self, style_id: str) -> tuple[str | None, int | None]:
        current, level = style_id, None
        for _ in range(_MAX_BASES):
            style = self._styles.get(current)
            if style is None:
                break
            level = style.level if level is None else level
            if style.list_id is not None:
                return style.list_id, self._linked_level(style.list_id, style_id, current, level)
            current = style.base
        return None, None

    def _linked_level(self, list_id: str, style_id: str, giver: str, level: int | None) -> int | None:
        """The level that names the style, or the one that gave it its list; else what the style says."""
        levels = self._lists[list_id].levels if list_id in self._lists else {}
        by_style = {entry.paragraph_style: index for index, entry in levels.items() if entry.paragraph_style}
        return by_style.get(style_id, by_style.get(giver, level) if level is None else level)

    def _count(self, list_id: str, numbered: _List, index: int) -> Mapping[int, int]:
        counts = self._counts.setdefault(numbered.counter, {})
        begins = index in numbered.starts and (list_id, index) not in self._begun
        self._begun.add((list_id, index))
        counts[index] = _start(numbered, index) if begins or index not in counts else counts[index] + 1
        for deeper in [i for i in counts if i > index]:
            level = numbered.levels.get(deeper, Level())
            if level.restart is None or index < level.restart:
                del counts[deeper]
        return counts


def _written(numbered: _List, level: Level, index: int, counts: Mapping[int, int]) -> str:
    def of(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        if place > index:
            return ""
        style = numbered.levels.get(place, Level()).style
        plain = level.legal and style not in ("none", "bullet")
        return format_number(counts.get(place, _start(numbered, place)), "decimal" if plain else style)

    if level.style == "bullet":
        return ""
    written = _PLACE.sub(of, level.text)
    spaced = level.suffix != "nothing" or written != written.rstrip()
    written = written.strip()
    return f"{written} " if _TITLED.search(written) and spaced else written


def _start(numbered: _List, index: int) -> int:
    level = numbered.levels.get(index, Level())
    return numbered.starts.get(index, level.start)


def _read_lists(root: Element, styles: Mapping[str, _Style]) -> Mapping[str, _List]:
    abstract = {_attribute(entry, "w:abstractNumId"): entry for entry in root.findall(qn("w:abstractNum"))}
    lists: dict[str, _List] = {}
    for entry in root.findall(qn("w:num")):
        counter = _value(entry, "w:abstractNumId")
        levels = _read_levels(_resolved(counter, abstract, root, styles))
        starts: dict[int, int] = {}
        for override in entry.findall(qn("w:lvlOverride")):
            index = _integer(_attribute(override, "w:ilvl"), 0)
            levels |= _read_levels(override)
            if start := _value(override, "w:startOverride"):
                starts[index] = _integer(start, 1)
        lists[_attribute(entry, "w:numId")] = _List(counter, levels, starts)
    lists.pop("0", None)
    return lists


def _resolved(
    abstract_id: str, abstract: Mapping[str, Element], root: Element, styles: Mapping[str, _Style]
) -> Element | None:
    """The abstract list, or the one that it borrows its levels from by a style of lists."""
    entry = abstract.get(abstract_id)
    link = _value(entry, "w:numStyleLink")
    if not link:
        return entry
    by_link = next((a for a in abstract.values() if _value(a, "w:styleLink") == link), None)
    if by_link is not None:
        return by_link
    list_id = styles[link].list_id if link in styles else None
    for num in root.findall(qn("w:num")):
        if _attribute(num, "w:numId") == list_id:
            return abstract.get(_value(num, "w:abstractNumId"))
    return entry


def _read_levels(parent: Element | None) -> dict[int, Level]:
    levels = [] if parent is None else parent.findall(qn("w:lvl"))
    return {_integer(_attribute(level, "w:ilvl"), 0): _read_level(level) for level in levels}


def _read_level(entry: Element) -> Level:
    level = Level(
        start=_integer(_value(entry, "w:start"), 0),
        style=_value(entry, "w:numFmt") or "decimal",
        text=_value(entry, "w:lvlText"),
        suffix=_value(entry, "w:suff") or "tab",
        legal=_is_on(entry, "w:isLgl"),
        paragraph_style=_value(entry, "w:pStyle"),
    )
    restart = _value(entry, "w:lvlRestart")
    return replace(level, restart=_integer(restart, 0)) if restart else level


def _read_styles(root: Element) -> dict[str, _Style]:
    styles: dict[str, _Style] = {}
    for entry in root.findall(qn("w:style")):
        list_id, level = _list_of(entry.find(qn("w:pPr")))
        styles[_attribute(entry, "w:styleId")] = _Style(_value(entry, "w:basedOn"), list_id, level)
    return styles


def _default_style(root: Element) -> str:
    for entry in root.findall(qn("w:style")):
        is_default = _attribute(entry, "w:default") in ("1", "true", "on")
        if is_default and _attribute(entry, "w:type") == "paragraph":
            return _attribute(entry, "w:styleId")
    return ""


def _list_of(properties: Element | None) -> tuple[str | None, int | None]:
    entry = None if properties is None else properties.find(qn("w:numPr"))
    list_id = _value(entry, "w:numId") or None
    level = _value(entry, "w:ilvl")
    return list_id, _integer(level, 0) if level else None


def _is_on(parent: Element, name: str) -> bool:
    entry = parent.find(qn(name))
    return entry is not None and _attribute(entry, "w:val") not in ("0", "false", "off")


def _value(parent: Element | None, name: str) -> str:
    entry = None if parent is None else parent.find(qn(name))
    return "" if entry is None else _attribute(entry, "w:val")


def _attribute(entry: Element, name: str) -> str:
    return str(entry.get(qn(name)) or "")


def _integer(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default
