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
_TITLE = r"(?=[\s:：]|$|(?!规定|所|的|和|至|或|第|中|内)[\u4e00-\u9fff])"  # 第三章规定的… is a reference
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
    Style("条", 4, re.compile(rf"第\s*({_HAN}|\d+)\s*条(?=[\s:：])"), continuous=True, titled=False),
    Style("一、", 5, re.compile(rf"({_HAN})、")),
    Style("专栏", 6, re.compile(rf"专栏\s*({_HAN}|\d+)(?=[\s:：.、]|[\u4e00-\u9fff]|$)"), continuous=True),
    Style("(一)", 7, re.compile(rf"[(\uff08]\s*({_HAN})\s*[)\uff09]")),
    Style("1.", 8, re.compile(r"(\d{1,3})\s*(?:[.．](?!\d)|、)")),
    Style("(1)", 9, re.compile(r"[(\uff08]\s*(\d{1,3})\s*[)\uff09]")),
    Style("①", 10, re.compile(f"([{_CIRCLED}])")),
)
BOX = next(style for style in STYLES if style.name == "专栏")


@dataclass(frozen=True)
class Marker:
    """A number at the start of a line: ``length`` characters, of value ``number``."""

    style: Style
    number: int
    length: int


def match_marker(line: str) -> Marker | None:
    """The number that ``line`` begins with, or None. ``line`` has no white space at its start."""
    for style in STYLES:
        if match := style.pattern.match(line):
            return Marker(style, parse_number(match.group(1)), match.end())
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
    """The last number seen in each open numbering, to tell a heading from a mere number."""

    _last: dict[int, int] = field(default_factory=dict)
    _continuous: dict[int, int] = field(default_factory=dict)

    def accept(self, marker: Marker) -> bool:
        """Whether the marker continues its sequence or begins one; if so it is noted."""
        rank, number = marker.style.rank, marker.number
        last = (self._continuous if marker.style.continuous else self._last).get(rank)
        begins = number == 1 or (last is None and marker.style.continuous)
        if not begins and number != (last or 0) + 1:
            return False
        # A new section closes what was numbered below it.
        self._last = {r: n for r, n in self._last.items() if r < rank} | {rank: number}
        if marker.style.continuous:
            self._continuous[rank] = number
        return True
