"""What a section of the outline is called: its heading, or its bare number where it has none.

Whether a numbered line or sentence is a heading shows in its form and in the list that it stands in:
(二)完善法人治理结构。… has a title, (三)转制企业应当保障权益。… is a rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ipqa.documents.numbering import Marker
from ipqa.documents.responsibility import is_note
from ipqa.models import Span

MAX_HEADING = 60
SENTENCE_MARK = re.compile("[。;；!！?？]")
MAX_TITLE = 40  # of a sentence that is a title
_MAX_NAME = 15  # of a name before a colon
_SHORT = 9  # 指导思想。
_FEW = 3  # items that make a list whose habit counts
_NAME = re.compile(r"\s*([^\s,，、。；;:：“”\"()（）]{1,15})[:：](?=.)")  # 元旦:1月1日放假
_NAMED = re.compile(r"^[^\u4e00-\u9fff]*[一二三四五六七八九十]*[、)）.．\s]*(.*)$")
_LEAD_IN = re.compile(r"下列|如下|以下|是指|是|包括|具备|[应须]|有|为|如果|其中|负责")
# What a rule says and a title does not.
_RULE = re.compile(
    r"应当|必须|不得|可以|可由|不予|是指|包括|(?<![供适相反对效响感回呼顺因])应(?![急用对答变力])|须(?!知)"
    r"|(?<![重主需首紧必简提摘概次纪])要(?![求素点闻害义件领务职])|(?<![但凡可就还总])是(?![否非])"
)
_CASE = re.compile(r"[、)）.．]\s*对[^,，]+的[,，]|之一的")  # 有下列行为之一的,依法处理
_TASK = re.compile(
    r"^[“\"]?(?:加强|加快|加大|强化|完善|推进|推动|推行|推广|促进|建立|健全|深化|优化|提升|提高|落实|实施|实行|开展|构建|打造"
    r"|培育|培养|支持|鼓励|引导|扩大|创新|规范|严格|做好|做强|做优|充分|积极|大力|着力|切实|全面|进一步|不断|持续|探索|拓展"
    r"|拓宽|畅通|保障|保护|发挥|统筹|坚持|压实|明确|夯实|巩固|增强|改善|改革|改进|稳步|稳定|细化|组织|制定|设立|开发|用好"
    r"|抓好|抓实|搞好|聚焦|突出|紧扣|把握|整合|盘活|降低|减轻|简化|精简|取消|严肃|严厉|维护|确保|防范|化解|关于|有序|合理"
    r"|科学|注重|营造|壮大|增加|助力|服务|督促|依法)"
)


@dataclass(eq=False, slots=True)
class Section:
    """An open section. ``label`` is what its clauses show; ``""`` if they show nothing of it.

    ``above`` are the sections that it lies in. ``span`` is the line of a section that has one to itself:
    its heading, if anything stands below it. ``title`` is what the sentence that it begins with would make
    as a heading, ``sentence`` whether its line ends as sentences do, ``last`` the character it ends with.
    ``body`` and ``items`` tell whether text or numbered items stand below its line.
    """

    rank: int
    label: str
    above: tuple[Section, ...] = ()
    span: Span | None = None
    number: int = 0
    title: str = ""
    sentence: bool = False
    last: str = ""
    body: bool = False
    items: bool = False


def read_section(line: str, marker: Marker, span: Span, above: tuple[Section, ...]) -> Section:
    """The section that a numbered line opens; whether it has a heading is for :func:`settle` to say."""
    section = Section(marker.style.rank, line[: marker.length].strip(), above, number=marker.number)
    section.last = line[-1]
    if not marker.style.titled:
        section.title = line if _is_short(line) and line[-1] not in ":：" else ""  # 第一条 立法目的
    elif _is_short(line) and not _leads_in(line, marker.length):
        section.span, section.title = span, line
    elif name := _name(line, marker.length):
        section.title = name
    elif line[-1] == "。" and len(line) <= MAX_TITLE and _is_short(line[:-1]):
        section.span, section.sentence, section.title = span, True, line[:-1]
    else:
        section.title = _run_in_title(line)
    return section


def settle(siblings: Sequence[Section]) -> tuple[Section, ...]:
    """Decide which sections of one list have headings, and set their labels.

    Returns:
        Those whose line is no heading but an item of the list.
    """
    titled: list[bool] = []
    bare = True  # whether the list has been but lines that nothing stands below
    for i, section in enumerate(siblings):
        if section.span is None:
            titled.append(bool(section.title))
        elif section.sentence:
            leads = section.items and not (i > 0 and siblings[i - 1].last in ";；")
            follows = section.number == 1 or (i > 0 and titled[-1])
            rule = _CASE.search(section.title) or (_RULE.search(section.title) and not leads)
            titled.append(section.body and (leads or follows) and not rule)
        else:
            # 3.身份证, and then a paragraph that goes with all three items
            titled.append(section.body and (section.number == 1 or i == 0 or not bare))
        bare = bare and section.span is not None and not titled[-1]
    seldom = len(siblings) >= _FEW and 2 * sum(titled) < len(siblings)
    demoted = []
    for section, has_title in zip(siblings, titled, strict=True):
        plain = section.span is not None and not section.sentence
        lined = plain or (section.sentence and section.items)
        if has_title and (lined or not seldom or _is_task(section)):
            section.label = section.title
        elif section.span is not None:
            section.label = "" if plain else section.label
            demoted.append(section)
    return tuple(demoted)


def _is_task(section: Section) -> bool:
    """Whether a sentence is worded as the title of a task rather than as a rule."""
    title = match.group(1) if (match := _NAMED.match(section.title)) else section.title
    return len(title) <= _SHORT or bool(_TASK.match(title))


def _is_short(line: str) -> bool:
    return len(line) <= MAX_HEADING and not SENTENCE_MARK.search(line)


def _leads_in(line: str, length: int) -> bool:
    """(五)经营所得,是指: is no heading; (一)申请材料: is one."""
    return line[-1] in ":：" and (len(line) - length > _MAX_NAME or bool(_LEAD_IN.search(line, length)))


def _name(line: str, length: int) -> str:
    """What stands before a colon: 一、元旦 of 一、元旦:1月1日放假."""
    match = _NAME.match(line, length)
    return line[: match.end(1)] if match and not _LEAD_IN.search(match.group(1)) else ""


def _run_in_title(line: str) -> str:
    """The heading that a numbered paragraph opens with, if it does."""
    head, mark, rest = line.partition("。")
    if not mark or not rest.strip() or len(head) > MAX_TITLE or SENTENCE_MARK.search(head):
        return ""
    return "" if _RULE.search(head) or _CASE.search(head) or is_note(rest.strip()) else head
