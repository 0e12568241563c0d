"""The numbers that head a section of a Chinese official document.

Such as 第N章, 一、, (一), 1., 1.1, ① and 专栏N.

A number heads a section only at the start of a line and only if it continues its own sequence; a number
inside a sentence, or a cross-reference that a line happens to begin with, does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

_HAN_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN = "[〇零一二两三四五六七八九十百千]+"
_NTH = rf"第\s*({_HAN}|\d+)\s*"
_WHERE = r"[\s:：]|$"  # what sets a number apart from its title
# 第三章规定的… is a reference, no heading; 第三条中国公民… and 第三条所有单位… are articles.
_TITLE = (
    rf"(?={_WHERE}|[【〔]|[(（](?!{_HAN}|\d)|(?!规定|所(?![有得属需在])|的|和(?![平谐解])|至|或|第(?!三[方人])"
    r"|中(?![华国央小外介等医药标止型层])|内(?![蒙部容地设河陆资])|款|项(?!目)|明确(?!责任|各)|之)[\u4e00-\u9fff])"
)
_NO_ENUMERATION = (
    r"(?![一二三四五六七八九十]+(?:产业|季度|线|级|年|、)|[二三四]?季度|[一二三]产)"  # 二、三产业
)
# What a number counts or measures: 2.5亿元, 3月, 12个; it heads nothing.
_MEASURED = (
    r"\s*(?:[%％‰亿万倍件吨亩]|元(?!数)|公[里斤顷]|平方|立方|[千毫厘]?米|个百分|小时|以[上下内])|\s*[-—–~～×]"
)
_COUNTED = (
    r"年(?![度龄])|月(?!度)|日(?![常程])|时(?![间限])|周(?!期)|天(?!然)|名(?![称词录])|次(?!级)|家(?!庭)"
    r"|项(?!目)|条(?![件款])|批(?![准复])|座|岁|个(?![人体])|号|类(?!别)"
)
_DECIMAL = rf"(?!\d|{_MEASURED})(?=[.．]?\s*(?:[^\W\d_]|[“《(（]))"
_NO_REFERENCE = r"(?!项(?!目)|款(?!项)|目(?!标|录)|的|所[列述]|[、和至]\s*[(（])"
_GAP = 10  # how many articles or chapters may be missing
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


_ORDINALS = (
    Style(
        "编",
        10,
        re.compile(rf"{_NTH}(?:编(?![辑制写号队排]){_TITLE}|(?:部分|篇)(?={_WHERE}))"),
        continuous=True,
    ),
    Style("分编", 15, re.compile(rf"{_NTH}分编{_TITLE}"), continuous=True),
    Style("章", 20, re.compile(rf"{_NTH}章{_TITLE}"), continuous=True),
    Style("节", 30, re.compile(rf"{_NTH}节{_TITLE}")),
    Style("条", 40, re.compile(rf"{_NTH}条(?:之{_HAN})?{_TITLE}"), continuous=True, titled=False),
)
_COMMAS = (Style("一、", 50, re.compile(rf"({_HAN})、{_NO_ENUMERATION}")),)
_BOXES = (
    Style(
        "专栏",
        60,
        re.compile(rf"专栏\s*({_HAN}|\d+)(?=[\s:：.、]|$|(?!所|中|的|列|和|与)[^。;；]+$)"),
        continuous=True,
    ),
)
_BRACKETED = (
    Style("(一)", 70, re.compile(rf"[(\uff08]\s*({_HAN})\s*[)\uff09]{_NO_REFERENCE}")),
    Style("(1)", 90, re.compile(rf"[(\uff08]\s*(\d{{1,3}})\s*[)\uff09]{_NO_REFERENCE}")),
)
_DIGITS = (
    Style("1.", 80, re.compile(r"(\d{1,3})\s*(?:[.．](?!\d)|、)")),
    Style("1.1", 81, re.compile(rf"\d{{1,2}}[.．](\d{{1,2}})(?![.．]\d){_DECIMAL}")),
    Style("1.1.1", 82, re.compile(rf"(?:\d{{1,2}}[.．]){{2}}(\d{{1,2}})(?![.．]\d){_DECIMAL}")),
    Style("1.1.1.1", 83, re.compile(rf"(?:\d{{1,2}}[.．]){{3}}(\d{{1,2}})(?![.．]\d){_DECIMAL}")),
    Style("1)", 95, re.compile(r"(\d{1,3})\s*[)\uff09]")),
)
_CIRCLES = (Style("①", 100, re.compile(f"([{_CIRCLED}])")),)
# 1总则: only in a document that goes on with 1.1; elsewhere it is a mere number.
WHOLE = Style(
    "1", 80, re.compile(rf"(\d{{1,2}})(?![\d.．、)）]|{_MEASURED}|{_COUNTED})(?=\s*[\u4e00-\u9fff])")
)

STYLES = (*_ORDINALS, *_COMMAS, *_BOXES, *_BRACKETED, *_DIGITS, *_CIRCLES)
_BY_FIRST = (
    dict.fromkeys("〇零一二两三四五六七八九十百千", _COMMAS)
    | dict.fromkeys(_CIRCLED, _CIRCLES)
    | dict.fromkeys("(（", _BRACKETED)
    | dict.fromkeys("0123456789０１２３４５６７８９", _DIGITS)
    | {"第": _ORDINALS, "专": _BOXES}
)
_BY_NAME = {style.name: style for style in STYLES}
PART, ARTICLE, HAN_COMMA, BOX, ITEM = (_BY_NAME[name] for name in ("节", "条", "一、", "专栏", "(一)"))
_DEEPER = frozenset(_BY_NAME[name].rank for name in ("1.1", "1.1.1", "1.1.1.1"))
_SPACES = frozenset(" \u3000\u00a0\t:：")
_DECIMALS = re.compile(r"^[ \t\u3000]*1[.．]1(?!\d)[ \t\u3000]*[\u4e00-\u9fff]", re.MULTILINE)


@dataclass(frozen=True)
class Marker:
    """A number at the start of a line: ``length`` characters, of value ``number``.

    ``spaced``: white space or a colon follows, which a cross-reference in running text seldom has.
    ``inserted``: an article put in later, 第七条之一, which has the number of the one before.
    ``parent``: of 3.2.1 the 2, else None.
    """

    style: Style
    number: int
    length: int
    spaced: bool = False
    inserted: bool = False
    parent: int | None = None


def match_marker(line: str, decimals: bool = False) -> Marker | None:
    """The number that ``line`` begins with, or None.

    Args:
        line: without white space at its start.
        decimals: whether the document counts 1, 1.1, 1.1.1, so that a line like 1总则 has a number.
    """
    styles = _BY_FIRST.get(line[:1])
    if styles is None:
        return None
    for style in styles:
        if match := style.pattern.match(line):
            return _marker(style, match, line)
    if decimals and styles is _DIGITS and (match := WHOLE.pattern.match(line)):
        return _marker(WHOLE, match, line)
    return None


def counts_in_decimals(text: str) -> bool:
    """Whether a document's sections are numbered 1, 1.1, 1.1.1."""
    return bool(_DECIMALS.search(text))


def _marker(style: Style, match: re.Match[str], line: str) -> Marker:
    end = match.end()
    spaced = line[end : end + 1] in _SPACES
    inserted = style is ARTICLE and "条之" in match.group()
    parent = int(re.split("[.．]", match.group())[-2]) if style.rank in _DEEPER else None
    return Marker(style, parse_number(match.group(1)), end, spaced, inserted, parent)


@cache
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
    _running: dict[int, int] = field(default_factory=dict)  # by rank, through all sections

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
        # 第四条之一; and a slip of the source that counts two chapters as the seventh
        again = number == last and (marker.inserted or (marker.spaced and rank < ARTICLE.rank))
        if not (begins or goes_on or again):
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
        last = self._last.get(rank)
        if last is None and marker.style is not PART:
            last = self._running.get(rank)  # (五) under 二、 where 一、 ended with (四)
        last = last or 0
        gap = _GAP if marker.style is PART and marker.spaced else 1
        if number != 1 and not 0 < number - last <= gap:
            return False
        if marker.parent is not None and self._last.get(rank - 1, marker.parent) != marker.parent:
            return False
        self._last = {r: n for r, n in self._last.items() if r < rank} | {rank: number}
        self._running[rank] = number
        self.in_box = False
        return True
