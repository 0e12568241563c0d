"""Notes of who is responsible: 「(责任单位:市市场监管局牵头,市财政局等按职责分工负责)」 and its kin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ipqa.models import Responsibility, Role, Span

_OPEN, _CLOSE = "(（【[〔", ")）】]〕"
_LABEL_WORD = r"[\u4e00-\u9fff]{0,4}(?:单位|部门|机构|主体)\s*[:：]"
_LABEL = re.compile(
    rf"^\s*(?={_LABEL_WORD})(?P<label>[\u4e00-\u9fff]{{0,4}}?)(?:单位|部门|机构|主体)\s*[:：]"
)
_OTHER_LABEL = re.compile(r"^\s*[\u4e00-\u9fff]{2,8}\s*[:：]")
_SEGMENT_END = re.compile(rf"[;；。\n]|[,，、](?={_LABEL_WORD})")
_ROLE_PHRASE = re.compile(
    r"(?:共同|联合|分别|具体|组织)?(?P<word>牵头(?:负责|落实|实施|组织)?"
    r"|按(?:照)?(?:各自)?职责(?:分工)?(?:负责|落实|协同推进|抓好落实)?|分工负责|负责|配合|参与|参加|协助|支持|落实)$"
)
_AND_OTHERS = re.compile(r"等(?:(?:各?有关|相关)?(?:部门|单位|机构))?$")
_NOBODY = re.compile(r"^(?:各|市?各)?(?:有关|相关)?(?:部门|单位)$")
# What stands in such brackets but is no unit: exceptions, references, deadlines, manners of doing.
_NO_UNIT = re.compile(
    r"^(?:不?含|除|详?见|注|其中|以下|资金|经费|\d)|\d{4}\s*年|底前|完成|持续|长期|适时|坚持|推进$"
)
_QUALIFIER = re.compile(r"^(?P<unit>.+?)[(（](?P<qualifier>[^()（）]+)[)）]$")
_PART_OF_NAME = re.compile(r"^[省市县区旗州乡镇、,，/和及]+$")  # 各县(市、区)
_UNIT_END = re.compile(
    r"(?:局|委|办|部|厅|院|会|署|处|社|行|政府|中心|海关|办公室|领导小组|部门|机关|公司|集团|大学|学校|高校|队|站|联|协|所"
    r"|单位|组织|法庭|馆|台)$"
)
_LEAD, _SUPPORT = re.compile("牵头|主办"), re.compile("配合|参与|参加|协助|协办|协同|支持")
_GAP = re.compile(r"(?<=[。)）])[^\S\n]{2,}|(?<=[)）])(?=[\u4e00-\u9fff])")  # between projects of one line
_MAX_UNIT_LENGTH = 30


@dataclass(frozen=True)
class Note:
    """A note that closes a clause: its stretch of the document, brackets included, and whom it names."""

    span: Span
    responsibility: tuple[Responsibility, ...]


def find_note(text: str, start: int, end: int) -> Note | None:
    """The note of who is responsible that closes ``text[start:end]``, or None.

    It stands in brackets, which a full stop may follow, or as a line or sentence that begins with a label
    (责任单位:…).
    """
    closed = end
    while closed > start and (text[closed - 1].isspace() or text[closed - 1] in "。;；"):
        closed -= 1
    opened = _opening_bracket(text, start, closed)
    if opened is None:
        return _find_labelled_end(text, start, end)
    inner = text[opened + 1 : closed - 1]
    after_sentence = opened == start or text[opened - 1] in "。;；!！\n"
    if _has_cue(inner) or (after_sentence and all(map(_is_bare_unit, _items(inner)))):
        responsibility = parse_note(inner)
        return Note(Span(opened, closed), responsibility) if responsibility else None
    return None


def is_note(line: str) -> bool:
    """Whether a line is a note and nothing else."""
    note = find_note(line, 0, len(line))
    return note is not None and note.span.start == 0


def parse_note(note: str) -> tuple[Responsibility, ...]:
    """The units of a note, given without its outer brackets, in the note's order."""
    found: list[Responsibility] = []
    for segment in _SEGMENT_END.split(note):
        if label := _LABEL.match(segment):
            # Behind a label everything is a unit, whatever parts the names.
            units = re.sub(r"(?<=[\u4e00-\u9fff)）])[\s/]+(?=[\u4e00-\u9fff])", "、", segment[label.end() :])
            found.extend(_parse_segment(units, _role_of(label["label"])))
        elif segment.strip() and not _OTHER_LABEL.match(segment):  # 完成时限:2025年
            found.extend(_parse_segment(segment, "responsible"))
    return tuple(found)


def split_notes(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut a line that holds several projects behind each project's note.

    A wide gap (two or more white-space characters) behind the end of a sentence also parts projects.
    """
    cursor = start
    for gap in _GAP.finditer(text, start, end):
        closes = text[gap.start() - 1] == "。" or find_note(text, cursor, gap.start()) is not None
        if closes and gap.end() < end:
            yield Span(cursor, gap.start())
            cursor = gap.end()
    yield Span(cursor, end)


def _parse_segment(segment: str, default: Role) -> list[Responsibility]:
    found: list[Responsibility] = []
    pending: list[str] = []  # units whose role word has not come yet
    for item in _items(segment.replace("会同", "、")):
        phrase = _ROLE_PHRASE.search(item)
        name = item[: phrase.start()] if phrase else item
        name = _AND_OTHERS.sub("", name).rpartition("由")[2].strip()
        if _names_a_unit(name):
            pending.append(name)
        if phrase:
            role = _role_of(phrase["word"])
            found.extend(_responsibility(unit, role) for unit in pending)
            pending = []
    return found + [_responsibility(unit, default) for unit in pending]


def _names_a_unit(name: str) -> bool:
    return bool(name) and len(name) <= _MAX_UNIT_LENGTH and not (_NOBODY.match(name) or _NO_UNIT.search(name))


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
    note = note.rstrip("。")
    if any(mark in note for mark in "。!！?？"):
        return False
    return bool(_LABEL.match(note) or any(_ROLE_PHRASE.search(item) for item in _items(note)))


def _is_bare_unit(item: str) -> bool:
    """As a note without a label or role word names it: a place alone (廊坊市) is none."""
    match = _QUALIFIER.match(item)
    name = match["unit"] if match else item
    return bool(_UNIT_END.search(name)) and len(item) <= _MAX_UNIT_LENGTH and not _NO_UNIT.search(item)


def _items(note: str) -> list[str]:
    """Split at commas outside brackets: 各县(市、区)人民政府 stays whole."""
    parts, depth, cursor = [], 0, 0
    for i, char in enumerate(note):
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth == 0 and char in "、,，/":
            parts.append(note[cursor:i])
            cursor = i + 1
    return [part.strip() for part in (*parts, note[cursor:]) if part.strip()]


def _find_labelled_end(text: str, start: int, end: int) -> Note | None:
    """The last lines or sentences of a clause, as far as each begins with a label, 牵头单位: say."""
    opened = end
    while opened > start:
        sentence = (
            max(text.rfind("\n", start, opened - 1), text.rfind("。", start, opened - 1), start - 1) + 1
        )
        if not _LABEL.match(text[sentence:opened]):
            break
        opened = sentence
    responsibility = parse_note(text[opened:end])
    return Note(Span(opened, end), responsibility) if opened < end and responsibility else None


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
