"""What stands outside a document's numbering: titles, annexes, tables of contents and closing lines.

An official document often carries another: a notice prints a plan, a reply has annexes. Each has a title of
its own, in one line or broken into several, and a numbering of its own below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ipqa.documents.numbering import match_marker
from ipqa.text.normalise import without_spaces

_MAX_LINE = 45
_MAX_LINES = 5
_MIN_NAME = 5
_HEAD = 60  # lines in which the document's own title may come again
_MAX_CONTENTS = 400
_NEAR = 4  # lines between the list of annexes and the date
_BROKEN_OFF = re.compile(r"[。;；!！?？\t]|[:：,，、]$")
_QUOTES = re.compile(r"[\s“”\"《》〈〉「」]")
_QUOTED = re.compile(r"《([^《》\n]{4,80}(?:〈[^〉\n]*〉[^《》\n]*)?)》")
_PRINTED = re.compile(
    r"(?:印发|转发|批转|发布|公布|下发)(?P<name>.{4,80}?)的(?:通知|函|公告|决定|通报|批复|令)$"
)
# What a title ends with, (试行) and the like aside.
_SORT_OF_TEXT = re.compile(
    r"(?:方案|规划|计划|纲要|要点|办法|规定|细则|条例|规则|规程|规范|意见|通知|公告|通告|决定|决议|报告|请示|预案|标准"
    r"|指标|体系|目录|清单|名单|名录|表|图|分工|措施|政策|指南|指引|导则|制度|机制|章程|公约|协议|合同|样式|格式|范本"
    r"|说明|情况|总结|建议|任务书|承诺书|倡议书|申请书|决定书|通知书|坐标|函|法)(?:[（(〔][^（()）〕]{1,20}[)）〕])?$"
)
_ANNEX = re.compile(
    r"^(?P<word>附件|附表|附录|附图|附)\s*(?P<number>[一二三四五六七八九十]{1,3}|\d{1,3}(?:[-—.]\d{1,2})?|[A-Z])?"
    r"\s*(?P<mark>[:：.．、]|(?=\s)|$|(?<=\d)(?=《|(?![所中的列和至规])[\u4e00-\u9fff]))\s*(?P<rest>.*)$"
)
_ENTRY = re.compile(
    r"^\s*(?:\d{1,3}\s*[.．、]|[(（][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)\s*"
)
_CONTENTS = re.compile(r"^目\s*[录次]$")
_PAGE_NUMBER = re.compile(r"[\s.．·…—-]*(?:[(（]?\d{0,4}[)）]?)$")
_YEAR, _DAY = r"(?:\d{4}|[一二三四五六七八九〇○零ＯO]{4})", r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = re.compile(rf"^[(（]?{_YEAR}\s*年\s*{_DAY}\s*月\s*{_DAY}\s*日[)）]?$")
_SIGNED = re.compile(
    r"^[^。;；:：,，、?？!！]{0,24}(?:局|委|委员会|办|部|厅|院|会|署|社|行|政府|中心|公司|组|人民政府办公室)(?:&sp;)?$"
    r"|^(?:总理|主席|省长|市长|县长|区长|州长|部长|主任|局长|行长|署长|院长)\s*[\u4e00-\u9fff\s]{2,6}$"
)
_REMARK = re.compile(r"^[(（](?:此件|本文|此文|公开|主动|依申请|联系).{0,40}[)）]$")

BlockKind = Literal["title", "heading", "list", "contents", "closing"]


@dataclass(frozen=True)
class Block:
    """``lines`` lines that belong together; ``label`` is what a heading's sections show.

    ``title``: the document's own; ``heading``: an annex's, or of a text that the document prints; ``list``:
    the annexes named at the foot; ``contents``: a table of contents; ``closing``: signature and date.
    """

    kind: BlockKind
    lines: int
    label: str = ""


def find_blocks(lines: Sequence[str], title: str) -> dict[int, Block]:
    """The blocks of a document by the index of their first line.

    Args:
        lines: the document's lines, without blank ones and without white space at their ends.
        title: the document's title.
    """
    return dict(_Search(lines, without_spaces(title)).blocks())


@dataclass
class _Search:
    lines: Sequence[str]
    title: str
    names: set[str] = field(default_factory=set)  # what the text calls the texts that it carries
    starts: set[str] = field(default_factory=set)
    annexes: set[str] = field(default_factory=set)  # the annexes listed or met so far
    seen_body: bool = False
    dated: int = -1  # the line behind the last closing

    def __post_init__(self) -> None:
        for line in self.lines:
            if "《" in line:
                self._learn(*(match.group(1) for match in _QUOTED.finditer(line)))
        if printed := _PRINTED.search(self.title):
            self._learn(printed["name"])

    def _learn(self, *names: str) -> None:
        folded = [name for name in map(_fold, names) if len(name) >= _MIN_NAME and name != _fold(self.title)]
        self.names.update(folded)
        self.starts.update(name[:3] for name in folded)

    def blocks(self) -> Iterator[tuple[int, Block]]:
        i = 0
        while i < len(self.lines):
            line = self.lines[i]
            at, block = (i, None) if len(line) > 2 * _MAX_LINE else self._block(i, line)
            if block is None:
                self.seen_body = self.seen_body or "。" in line
                i += 1
                continue
            yield at, block
            i = at + block.lines
            if block.kind == "closing":
                self.dated = i

    def _block(self, i: int, line: str) -> tuple[int, Block | None]:
        """A block at or, of a closing, around line ``i``, and where it begins."""
        if line[0] == "附" and (match := _ANNEX.match(line)):
            return i, self._annex(i, match)
        if line[0] == "目" and _CONTENTS.match(line):
            return i, self._contents(i)
        if line[-1] in "日)）" and _DATE.match(line):
            return self._closing(i)
        if len(line) > _MAX_LINE:
            whole = i < _HEAD and without_spaces(line) == self.title
            return i, Block("title", 1) if whole else None
        if i < _HEAD and (count := self._own_title(i)):
            return i, Block("title", count)
        if _BROKEN_OFF.search(line) or match_marker(line):
            return i, None
        named = _fold(line)[:3] in self.starts and self._title_lines(i, exact=True)
        count = named or (self._title_lines(i, exact=False) if i == self.dated and self.seen_body else 0)
        return i, Block("heading", count, _join(self.lines[i : i + count])) if count else None

    def _own_title(self, i: int) -> int:
        joined = ""
        for count, line in enumerate(self.lines[i : i + _MAX_LINES], 1):
            joined += without_spaces(line)
            if not self.title.startswith(joined):
                return 0
            if joined == self.title:
                return count
        return 0

    def _title_lines(self, i: int, exact: bool) -> int:
        """How many lines from ``i`` make the title of a text; 0 if they make none.

        Args:
            i: where it may begin.
            exact: whether the text must have called it by that name.
        """
        joined, found = "", 0
        for count, line in enumerate(self.lines[i : i + _MAX_LINES], 1):
            if len(line) > _MAX_LINE or _BROKEN_OFF.search(line) or match_marker(line) or _DATE.match(line):
                break
            joined += _fold(line)
            if joined in self.names:
                return count
            if not found and _SORT_OF_TEXT.search(line):
                found = count
        return 0 if exact else found

    def _annex(self, i: int, match: re.Match[str]) -> Block | None:
        rest, number = match["rest"].strip(), match["number"]
        if match["word"] == "附" and match["mark"] not in {":", "："} and rest:
            return None
        if _BROKEN_OFF.search(rest) or rest[:1] in {"(", "（"}:
            return None
        key = without_spaces(match["word"] + (number or ""))
        count = 1
        while i + count < len(self.lines) and self._is_entry(i + count):
            count += 1
        listed = (rest or count > 1) and self._closes_soon(i + count)
        if key not in self.annexes and (listed or _ENTRY.match(rest)):
            entries = [rest, *self.lines[i + 1 : i + count]]
            self._learn(*(_ENTRY.sub("", entry) for entry in entries))
            self.annexes.update({key, *(f"附件{k}" for k in range(1, count + 1))})
            return Block("list", count)
        if _ENTRY.match(rest):
            return None
        self.annexes.add(key)
        below = 0 if rest else self._title_lines(i + 1, exact=False) or self._any_title_line(i + 1)
        return Block("heading", 1 + below, _join(self.lines[i : i + 1 + below]))

    def _is_entry(self, i: int) -> bool:
        """Whether a line names a further annex: 2.某某方案."""
        line = self.lines[i]
        annex = _ANNEX.match(line)
        listed = _ENTRY.match(line) or (annex and annex["rest"])
        return bool(listed) and len(line) <= 2 * _MAX_LINE and not _BROKEN_OFF.search(line)

    def _closes_soon(self, i: int) -> bool:
        while i < len(self.lines) and _SIGNED.match(self.lines[i]):
            i += 1
        near = self.lines[i : i + _NEAR]
        ends = len(near) < _NEAR and not any("。" in line for line in near)
        return ends or any(_DATE.match(line) for line in near)

    def _any_title_line(self, i: int) -> int:
        line = self.lines[i] if i < len(self.lines) else ""
        fits = line and len(line) <= _MAX_LINE and not (_BROKEN_OFF.search(line) or match_marker(line))
        return 1 if fits and not _ANNEX.match(line) else 0

    def _contents(self, i: int) -> Block | None:
        """A table of contents, as far as the line that its first entry comes again in."""
        ahead = self.lines[i + 1 : i + 1 + _MAX_CONTENTS]
        first = _entry(ahead[0]) if ahead else ""
        for count, line in enumerate(ahead[1:], 2):
            if _BROKEN_OFF.search(line):
                return None
            if _entry(line) == first:
                return Block("contents", count)
        return None

    def _closing(self, i: int) -> tuple[int, Block | None]:
        start = i
        while start and _SIGNED.match(self.lines[start - 1]):
            start -= 1
        if start == i:
            return i, None
        end = i + 1
        while end < len(self.lines) and _REMARK.match(self.lines[end]):
            end += 1
        return start, Block("closing", end - start)


def _fold(name: str) -> str:
    return _QUOTES.sub("", name)


def _entry(line: str) -> str:
    """An entry of a table of contents without its page number, brackets of either width alike."""
    return without_spaces(_PAGE_NUMBER.sub("", line)).replace("(", "（").replace(")", "）")


def _join(lines: Sequence[str]) -> str:
    """A title broken into lines, in one; a label such as 附件1 stays apart from the title below it."""
    if len(lines) > 1 and _ANNEX.match(lines[0]):
        return f"{lines[0]} {_join(lines[1:])}"
    return "".join(lines)
