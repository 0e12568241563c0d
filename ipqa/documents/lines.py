"""What a line of a document looks like, whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ipqa.documents.numbering import ARTICLE, match_marker
from ipqa.documents.sections import MAX_HEADING, MAX_TITLE, SENTENCE_MARK
from ipqa.models import Span

MAX_WHOLE = 30  # of a heading like 1总则
_MAX_NUMBER = 8
_MAX_BROKEN = 3  # lines of a heading below its number
_BREADCRUMB = re.compile(r"^(?:您|你)?(?:现在|当前|所在)?的?(?:所在)?(?:的)?位置\s*[:：]")
_FURNITURE = re.compile(
    r"^(?:(?:浏览|阅读|点击|访问)(?:量|次数|数)\s*[:：]?\s*\d*\s*次?"
    r"|(?:上一篇|下一篇|责任编辑|扫一扫|分享到|字体)\s*[:：]?.*"
    r"|(?:信息|文章|稿件)?来源\s*[:：]\s*https?://\S+"
    r"|[【\[]?(?:打印|关闭|关闭窗口|返回顶部)(?:本页)?[】\]]?)$"
)
# A pointer to other texts at the foot of a page belongs to the document, but to none of its sections.
_POINTER = re.compile(r"^(?:相关|附件|政策)(?:解读|链接|下载|文件|阅读|新闻)\s*[:：]")
_ROW_VALUES = re.compile(r"\t|[)）]\s*[\d\[<>≥≤+-]")
_UNNUMBERED = re.compile(r"^[总分附]\s*则$")
# The chapter on where things stand commonly closes with what is wanting; such a paragraph sums up the
# chapter and does not belong to the numbered paragraph that it happens to follow.
_SUMMING_UP = re.compile(
    r"^[^。]{0,60}(?:但|仍|还|也)[^。]{0,12}(?:存在|面临)[^。]{0,20}(?:问题|短板|不足|差距|困难|挑战|薄弱)"
)
_COLUMN = re.compile(r"指标|基期|基数|现状|目标|属性|责任单位|牵头单位|计量单位|\d{4}\s*年")


def split_lines(text: str) -> Iterator[Span]:
    """The lines that are not blank, without white space at their ends."""
    start = 0
    for line in text.split("\n"):
        if stripped := line.strip():
            at = start + len(line) - len(line.lstrip())
            yield Span(at, at + len(stripped))
        start += len(line) + 1


def breadcrumb_end(line: str) -> str | None:
    """The last step of a page's breadcrumb (您现在的位置:首页>政策文件); None for any other line."""
    return re.split(r"[>＞»/]", line)[-1].strip() if _BREADCRUMB.match(line) else None


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the web page rather than to the document."""
    return bool(_FURNITURE.match(line))


def is_pointer(line: str) -> bool:
    """Whether a line points to other texts, as at the foot of a page."""
    return bool(_POINTER.match(line))


def is_unnumbered_chapter(line: str) -> bool:
    """附则 and the like, which some laws do not number."""
    return line[0] in "总分附" and bool(_UNNUMBERED.match(line))


def sums_up(line: str) -> bool:
    """Whether a paragraph says what is still wanting, at the end of a chapter on where things stand."""
    return bool(_SUMMING_UP.match(line))


def has_values(line: str) -> bool:
    """Whether a line may be a row of a table of indicators."""
    return bool(_ROW_VALUES.search(line)) and not SENTENCE_MARK.search(line)


def has_articles(lines: Iterable[str]) -> bool:
    """Whether several lines begin as articles do; a single 第一条措施是… is no article."""
    return sum(line[0] == "第" and "条" in line[:9] for line in lines) > 1


def broken_lines(lines: Sequence[str], i: int) -> int:
    """Over how many lines a heading is broken: 第一章, and 总则 below it.

    Either it begins with its bare number, or it is a chapter's, breaks off and ends above an article.
    """
    line = lines[i]
    breaks_off = line[-1] in "和与及或、，" and line[0] == "第" and len(line) <= MAX_HEADING
    if not (breaks_off or len(line) <= _MAX_NUMBER):
        return 1
    marker = match_marker(line)
    if marker is None or marker.style is ARTICLE or not (breaks_off or marker.length == len(line)):
        return 1
    below, after = 0, None
    for following in lines[i + 1 : i + _MAX_BROKEN + 2]:
        after = match_marker(following)
        if after or len(following) > MAX_WHOLE or SENTENCE_MARK.search(following):
            break
        below += 1
    if breaks_off:
        return 2 if below == 1 and after and after.style is ARTICLE else 1
    # as far as the next number, in a table whose cells have been broken into lines
    return 1 + (below if after and below <= _MAX_BROKEN else min(below, 1))


def first_sentence(line: str) -> str:
    """The sentence that a paragraph opens with, if it is short enough for a title and more follows."""
    head, mark, rest = line.partition("。")
    return head if mark and rest.strip() and len(head) <= MAX_TITLE else ""


def is_table_header(line: str) -> bool:
    """Whether a line heads a table of indicators, its cells parted or run together."""
    if "指标" not in line or SENTENCE_MARK.search(line):
        return False
    return len({match.group() for match in _COLUMN.finditer(line)}) >= 3
