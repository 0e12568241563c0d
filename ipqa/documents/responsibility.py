"""Notes of who is responsible: 「(责任单位:市市场监管局牵头,市财政局等按职责分工负责)」 and its kin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ipqa.documents.bodies import CLOSE, OPEN, is_bare_body, parse_bodies, role_of, says_who, split_items
from ipqa.models import Responsibility, Span
from ipqa.text.sentences import strip_span

_LABEL_WORD = (
    r"(?:[【\[](?=[^】\]:：]{2,14}[】\]]))?(?:(?P<label>[\u4e00-\u9fff]{0,4}?(?:牵头|责任|主责|负责|配合|协同|协助|协办|参与|参加|主办|承办|主管|实施|落实|指导|督导)"
    r"[\u4e00-\u9fff、]{0,3}?)(?:单位|部门|机构|主体|处室|科室)|(?P<word>牵头|配合|主办|协办|参与))"
    r"(?:[(（][^()（）]{1,6}[)）])?(?:[】\]]\s*[:：]?|\s*[:：])"
)
_AHEAD = re.sub(r"\?P<\w+>", "?:", _LABEL_WORD)
_LABEL = re.compile(rf"^\s*{_LABEL_WORD}")
_OTHER_LABEL = re.compile(r"^\s*[\u4e00-\u9fff]{2,8}\s*[:：]")
_DEADLINE = re.compile(
    r"^\s*[【\[]?(?:完成|办理|办结|实施|工作|推进|起止|计划)?(?:完成)?(?:时限|时间|期限|进度)(?:要求|安排)?(?:[】\]]|\s*[:：])"
)
_SEGMENT_END = re.compile(rf"[;；。\n]|(?:[,，、]|\s+)(?={_AHEAD})")
_SPACE = re.compile(r"(?<=[\u4e00-\u9fff)）])[\s/]+(?=[\u4e00-\u9fff])")
_GAP = re.compile(r"(?<=[。)）])[^\S\n]{2,}|(?<=[)）])(?=[\u4e00-\u9fff])")  # between projects of one line
_GROUP = re.compile(
    r"[(（【〔\[](?:[^()（）【】〔〕\[\]\n]|[(（〔\[][^()（）〔〕\[\]\n]*[)）〕\]])*[)）】〕\]]"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_CLOSED = re.compile(r"[。;；\s]*")
_FIRST_LEADS = re.compile(
    r"(?:(?:列|排|居|位)[^。；;，,\n]{0,8}(?:第一|首位|最前|之首)|第一个|首个)[^。；;，,\n]{0,10}"
    r"(?:为|是|即)[^。；;，,\n]{0,4}(?:牵头|主办)"
)
_SENTENCE_END = "。;；!！\n"


@dataclass(frozen=True)
class Note:
    """A note that closes a clause: its stretch of the document, brackets included, and whom it names."""

    span: Span
    responsibility: tuple[Responsibility, ...]


def find_note(text: str, start: int, end: int) -> Note | None:
    """The note of who is responsible that closes ``text[start:end]``, or None.

    It stands in brackets, which a full stop may follow, or as a line or sentence that begins with a label
    (责任单位:…). Notes that stand side by side are one.
    """
    note = _bracketed_end(text, start, end) or _labelled_end(text, start, end)
    before = note and _bracketed_end(text, start, note.span.start)
    while note and before:
        responsibility = before.responsibility + note.responsibility
        note = Note(Span(before.span.start, note.span.end), responsibility)
        before = _bracketed_end(text, start, before.span.start)
    return note


def is_note(line: str) -> bool:
    """Whether a line is a note, or the deadline that goes with one, and nothing else."""
    if _DEADLINE.match(line):
        return True
    note = find_note(line, 0, len(line))
    return note is not None and note.span.start == 0


def parse_note(note: str) -> tuple[Responsibility, ...]:
    """The units of a note, given without its outer brackets, in the note's order."""
    found: list[Responsibility] = []
    for segment in _SEGMENT_END.split(note):
        if label := _LABEL.match(segment):
            # Behind a label everything is a unit, whatever parts the names.
            units = _SPACE.sub("、", segment[label.end() :])
            found.extend(parse_bodies(units, role_of(label["label"] or label["word"]), labelled=True))
        elif segment.strip() and not _OTHER_LABEL.match(segment):  # 完成时限:2025年
            found.extend(parse_bodies(segment, "responsible", labelled=False))
    return tuple(found)


def lead_first(units: Sequence[Responsibility]) -> tuple[Responsibility, ...]:
    """The units with the first of those responsible in the lead, where none has it yet."""
    if len(units) < 2 or any(unit.role == "lead" for unit in units):
        return tuple(units)
    first = next((unit for unit in units if unit.role == "responsible"), None)
    return tuple(replace(unit, role="lead") if unit is first else unit for unit in units)


def first_unit_leads(text: str) -> bool:
    """Whether a document says, once for all its notes, that the unit named first leads."""
    return ("牵头" in text or "主办" in text) and bool(_FIRST_LEADS.search(text))


def split_at_notes(text: str, start: int, end: int) -> Iterator[tuple[Span, tuple[Responsibility, ...]]]:
    """Cut a passage behind each note in it, so that every piece has its own units.

    做甲。(市甲局负责)做乙。(市乙局负责) is two pieces, each with its note. A note in mid-sentence does not
    cut, but counts.
    """
    pieces: list[tuple[int, tuple[Responsibility, ...]]] = []  # where each ends, and its units
    loose: tuple[Responsibility, ...] = ()
    for group in _GROUP.finditer(text, start, end):
        beside = bool(pieces) and not text[pieces[-1][0] : group.start()].strip()  # the note before it
        after_sentence = beside or group.start() == start or text[group.start() - 1] in _SENTENCE_END
        closed = _CLOSED.match(text, group.end(), end)
        cut = closed.end() if closed else group.end()
        ends = after_sentence or cut == end or cut > group.end()
        inner = group.group()[1:-1]
        if not (ends or _LABEL.match(inner)) or not _is_note(inner, after_sentence, strict=cut < end):
            continue
        units = parse_note(inner)
        if not ends or not units:
            loose += units
            continue
        if beside:
            units = pieces.pop()[1] + units
        pieces.append((cut, loose + units))
        loose = ()
    rest = pieces[-1][0] if pieces else start
    if pieces and (not _HAN.search(text, rest, end) or _OTHER_LABEL.match(text[rest:end])):
        pieces[-1] = end, pieces[-1][1] + loose
    else:
        pieces.append((end, loose))
    cursor = start
    for cut, units in pieces:
        piece = strip_span(text, cursor, cut)
        yield piece, units + _labelled_units(text, piece.start, piece.end)
        cursor = cut


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


def _is_note(inner: str, after_sentence: bool, strict: bool) -> bool:
    """Whether words in brackets are a note; ``strict`` as for :func:`ipqa.documents.bodies.says_who`."""
    first = re.split("[。!！?？]", inner, maxsplit=1)[0]
    segments = _SEGMENT_END.split(first)
    if any(map(_LABEL.match, segments)) or _FIRST_LEADS.search(first):
        return True
    if any(says_who(segment, strict) for segment in segments):
        return True
    return after_sentence and all(map(is_bare_body, split_items(inner)))


def _bracketed_end(text: str, start: int, end: int) -> Note | None:
    closed = end
    while closed > start and (text[closed - 1].isspace() or text[closed - 1] in "。;；"):
        closed -= 1
    opened = _opening_bracket(text, start, closed)
    if opened is None:
        return None
    inner = text[opened + 1 : closed - 1]
    after_sentence = opened == start or text[opened - 1] in _SENTENCE_END
    if not _is_note(inner, after_sentence, strict=False):
        return None
    responsibility = parse_note(inner)
    return Note(Span(opened, closed), responsibility) if responsibility else None


def _labelled_end(text: str, start: int, end: int) -> Note | None:
    """The last lines or sentences of a clause, as far as each begins with a label, 牵头单位: say."""
    opened = end
    while opened > start:
        line, stop = text.rfind("\n", start, opened - 1), text.rfind("。", start, opened - 1)
        sentence = max(line, stop, start - 1) + 1
        if not (_LABEL.match(text[sentence:opened]) or _DEADLINE.match(text[sentence:opened])):
            break
        opened = sentence
    responsibility = parse_note(text[opened:end])
    return Note(Span(opened, end), responsibility) if opened < end and responsibility else None


def _labelled_units(text: str, start: int, end: int) -> tuple[Responsibility, ...]:
    """The units of the lines and closing sentences of a clause that begin with a label."""
    note = _labelled_end(text, start, end)
    lines = text[start : note.span.start if note else end].split("\n")
    above = [unit for line in lines if _LABEL.match(line) for unit in parse_note(line)]
    return (*above, *(note.responsibility if note else ()))


def _opening_bracket(text: str, start: int, end: int) -> int | None:
    """Where the bracket opens that ``text[end - 1]`` closes."""
    if end <= start or text[end - 1] not in CLOSE:
        return None
    depth = 0
    for i in range(end - 1, start - 1, -1):
        depth += (text[i] in CLOSE) - (text[i] in OPEN)
        if depth == 0:
            return i
    return None
