"""Notes of who is responsible: 「(责任单位:市市场监管局牵头,市财政局等按职责分工负责)」 and its kin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipqa.models import Responsibility, Role, Span

_OPEN, _CLOSE = "(（", ")）"
_LABEL = re.compile(r"^\s*(?P<label>[\u4e00-\u9fff]{0,4})(?:单位|部门|机构|主体)\s*[:：]")
_OTHER_LABEL = re.compile(r"^\s*[\u4e00-\u9fff]{2,8}\s*[:：]")
_ROLE_PHRASE = re.compile(
    r"(?:共同|联合|分别|具体|组织)?(?P<word>牵头(?:负责|落实|实施|组织)?"
    r"|按(?:照)?(?:各自)?职责(?:分工)?(?:负责|落实|协同推进|抓好落实)?|分工负责|负责|配合|参与|参加|协助|支持|落实)$"
)
_AND_OTHERS = re.compile(r"等(?:(?:各?有关|相关)?(?:部门|单位|机构))?$")
_NOBODY = re.compile(r"^(?:各|市?各)?(?:有关|相关)?(?:部门|单位)$")
_QUALIFIER = re.compile(r"^(?P<unit>.+?)[(（](?P<qualifier>[^()（）]+)[)）]$")
_PART_OF_NAME = re.compile(r"^[省市县区旗州乡镇、,，/和及]+$")  # 各县(市、区)
_UNIT_END = re.compile(
    r"(?:局|委|办|部|厅|院|会|署|处|社|行|政府|中心|海关|办公室|领导小组|部门|机关|公司|集团|大学|队|站|联|所)$"
)
_LEAD, _SUPPORT = re.compile("牵头|主办"), re.compile("配合|参与|参加|协助|协办|协同单位|支持")
_MAX_UNIT_LENGTH = 30


def find_note(text: str, start: int, end: int) -> Span | None:
    """The note of who is responsible that closes ``text[start:end]``, brackets included, or None."""
    while end > start and text[end - 1].isspace():
        end -= 1
    opened = _opening_bracket(text, start, end)
    if opened is None:
        return None
    inner = text[opened + 1 : end - 1]
    after_sentence = opened > start and text[opened - 1] in "。;；!！"
    if _has_cue(inner) or (after_sentence and all(map(_is_unit, _items(inner)))):
        return Span(opened, end) if parse_note(inner) else None
    return None


def parse_note(note: str) -> tuple[Responsibility, ...]:
    """The units of a note, given without its outer brackets, in the note's order."""
    found: list[Responsibility] = []
    for segment in _split(note, ";；。\n"):
        if label := _LABEL.match(segment):
            found.extend(_parse_segment(segment[label.end() :], _role_of(label["label"])))
        elif not _OTHER_LABEL.match(segment):  # 完成时限:2025年
            found.extend(_parse_segment(segment, "responsible"))
    return tuple(found)


def split_notes(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut a line that holds several projects behind each project's note.

    A wide gap (two or more white-space characters) behind the end of a sentence also parts projects.
    """
    cursor = start
    for gap in re.compile(r"(?<=[。)）])[^\S\n]{2,}|(?<=[)）])(?=[\u4e00-\u9fff])").finditer(
        text, start, end
    ):
        closes = text[gap.start() - 1] == "。" or find_note(text, cursor, gap.start()) is not None
        if closes and gap.end() < end:
            yield Span(cursor, gap.start())
            cursor = gap.end()
    yield Span(cursor, end)


def _parse_segment(segment: str, default: Role) -> list[Responsibility]:
    found: list[Responsibility] = []
    pending: list[str] = []  # units whose role word has not come yet
    for raw in _split(segment, "、,，"):
        item = raw.strip()
        phrase = _ROLE_PHRASE.search(item)
        name = item[: phrase.start()] if phrase else item
        name = _AND_OTHERS.sub("", name).removeprefix("由").strip()
        if name and not _NOBODY.match(name) and len(name) <= _MAX_UNIT_LENGTH:
            pending.append(name)
        if phrase:
            role = _role_of(phrase["word"])
            found.extend(_responsibility(unit, role) for unit in pending)
            pending = []
    return found + [_responsibility(unit, default) for unit in pending]


def _responsibility(name: str, role: Role) -> Responsibility:
    match = _QUALIFIER.match(name)
    if match and not _PART_OF_NAME.match(match["qualifier"]):
        return Responsibility(match["unit"], role, match["qualifier"])
    return Responsibility(name, role)


def _role_of(word: str) -> Role:
    if _LEAD.search(word):
        return "lead"
    return "support" if _SUPPORT.search(word) else "responsible"


def _has_cue(note: str) -> bool:
    if any(mark in note for mark in "。!！?？"):
        return False
    return bool(_LABEL.match(note) or any(_ROLE_PHRASE.search(item) for item in _items(note)))


def _is_unit(item: str) -> bool:
    match = _QUALIFIER.match(item)
    return bool(_UNIT_END.search(match["unit"] if match else item)) and len(item) <= _MAX_UNIT_LENGTH


def _items(note: str) -> list[str]:
    return [item.strip() for item in _split(note, "、,，")]


def _split(text: str, separators: str) -> list[str]:
    """Split outside brackets: 各县(市、区)人民政府 stays whole."""
    parts, depth, cursor = [], 0, 0
    for i, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth == 0 and char in separators:
            parts.append(text[cursor:i])
            cursor = i + 1
    return [part for part in (*parts, text[cursor:]) if part.strip()]


def _opening_bracket(text: str, start: int, end: int) -> int | None:
    """Where the bracket opens that ``text[end - 1]`` closes."""
    if end <= start or text[end - 1] not in _CLOSE:
        return None
    depth = 0
    for i in range(end - 1, start - 1, -1):
        depth += (text[i] in _CLOSE) - (text[i] in _OPEN)
        if depth == 0:
            return i
    return None
