"""The numbers that head a section of a Chinese official document.

Such as 第N章, 一、, (一), 1., ① and 专栏N.

A number heads a section only at the start of a line and only if it continues its own sequence; a number
inside a sentence, or a cross-reference that a line happens to begin with, does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HAN_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN = "[〇零一二两三四五六七八九十百千]+"
# 第三章规定的… is a reference, no heading.
_TITLE = r"(?=[\s:：]|$|(?!规定|所|的|和|至|或|第|中|内|款|项|明确|之)[\u4e00-\u9fff])"
_NO_ENUMERATION = (
    r"(?![一二三四五六七八九十]+(?:产业|季度|线|级|年|、)|[二三四]?季度|[一二三]产)"  # 二、三产业
)
_GAP = 3  # how many articles may be missing
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Style:
    """A way of numbering. A lower ``rank`` stands higher in the outline.

    ``continuous``: the sequence runs through the whole document instead of beginning anew in each section.
    """

    name: str
    rank: int
    pattern: re.Pattern[str]
    continuous: bool = False
    titled: bool = True  # whether the first sentence of a numbered paragraph may be its title


STYLES = (
    Style("编", 1, re.compile(rf"第\s*({_HAN}|\d+)\s*编{_TITLE}"), continuous=True),
    Style("章", 2, re.compile(rf"第\s*({_HAN}|\d+)\s*章{_TITLE}"), continuous=True),
    Style("节", 3, re.compile(rf"第\s*({_HAN}|\d+)\s*节{_TITLE}")),
    Style(
        "条", 4, re.compile(rf"第\s*({_HAN}|\d+)\s*条(?:之{_HAN})?{_TITLE}"), continuous=True, titled=False
    ),
    Style("一、", 5, re.compile(rf"({_HAN})、{_NO_ENUMERATION}")),
    Style(
        "专栏",
        6,
        re.compile(rf"专栏\s*({_HAN}|\d+)(?=[\s:：.、]|$|(?!所|中|的|列|和|与)[^。;；]+$)"),
        continuous=True,
    ),
    Style("(一)", 7, re.compile(rf"[(\uff08]\s*({_HAN})\s*[)\uff09](?!项(?!目)|款(?!项)|目(?!标|录))")),
    Style("1.", 8, re.compile(r"(\d{1,3})\s*(?:[.．](?!\d)|、)")),
    Style("(1)", 9, re.compile(r"[(\uff08]\s*(\d{1,3})\s*[)\uff09]")),
    Style("①", 10, re.compile(f"([{_CIRCLED}])")),
)
BOX = next(style for style in STYLES if style.name == "专栏")
ITEM = next(style for style in STYLES if style.name == "(一)")


@dataclass(frozen=True)
class Marker:
    """A number at the start of a line: ``length`` characters, of value ``number``.

    ``spaced``: white space or a colon follows, which a cross-reference in running text seldom has.
    ``inserted``: an article put in later, 第七条之一, which has the number of the one before.
    """

    style: Style
    number: int
    length: int
    spaced: bool = False
    inserted: bool = False


def match_marker(line: str) -> Marker | None:
    """The number that ``line`` begins with, or None. ``line`` has no white space at its start."""
    for style in STYLES:
        if match := style.pattern.match(line):
            spaced = line[match.end() : match.end() + 1] in {" ", "\u3000", "\u00a0", "\t", ":", "："}
            inserted = style.name == "条" and "条之" in match.group()
            return Marker(style, parse_number(match.group(1)), match.end(), spaced, inserted)
    return None


def parse_number(text: str) -> int:
    """The value of ``12``, ``十二``, ``一百零三`` or ``⑫``."""
    if text in _CIRCLED:
        return _CIRCLED.index(text) + 1
    if text.isdigit():
        return int(text)
    if not any(char in _HAN_UNITS for char in text):  # 二〇二一
        return int("".join(str(_HAN_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in _HAN_UNITS:
            total += (digit or 1) * _HAN_UNITS[char]
            digit = 0
        else:
            digit = _HAN_DIGITS[char]
    return total + digit


@dataclass
class Sequence:
    """The last number seen in each open numbering, to tell a heading from a mere number.

    A box (专栏) interrupts its section: numbering begun inside belongs to the box, and a number that goes
    on from before the box closes it.
    """

    in_box: bool = False
    _last: dict[int, int] = field(default_factory=dict)
    _continuous: dict[int, int] = field(default_factory=dict)
    _box: dict[int, int] = field(default_factory=dict)

    def accept(self, marker: Marker) -> bool:
        """Whether the marker continues its sequence or begins one; if so it is noted."""
        if marker.style.continuous:
            return self._accept_continuous(marker)
        if self.in_box and marker.style.rank > BOX.rank:
            return self._accept_in_box(marker)
        return self._accept(marker)

    def _accept_continuous(self, marker: Marker) -> bool:
        rank, number = marker.style.rank, marker.number
        last = self._continuous.get(rank)
        begins = number == 1 or (last is None and marker.spaced)
        goes_on = last is not None and 0 < number - last <= (_GAP if marker.spaced else 1)
        if not (begins or goes_on or (marker.inserted and number == last)):
            return False
        self._continuous[rank] = number
        self.in_box = marker.style is BOX
        self._box = {}
        if not self.in_box:  # a new chapter or article closes what was numbered below it
            self._last = {r: n for r, n in self._last.items() if r < rank}
        return True

    def _accept_in_box(self, marker: Marker) -> bool:
        rank, number = marker.style.rank, marker.number
        opens_section = number == 1 and marker.style is ITEM and ITEM.rank not in self._last
        if not opens_section and number in (1, self._box.get(rank, 0) + 1):
            self._box = {r: n for r, n in self._box.items() if r < rank} | {rank: number}
            return True
        return self._accept(marker)

    def _accept(self, marker: Marker) -> bool:
        rank, number = marker.style.rank, marker.number
        if number not in (1, self._last.get(rank, 0) + 1):
            return False
        self._last = {r: n for r, n in self._last.items() if r < rank} | {rank: number}
        self.in_box = False
        return True
