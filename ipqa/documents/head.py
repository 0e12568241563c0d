"""What a document says about itself at its head and foot: title, number, issuer and dates.

Only what is certain is given: a wrong date or a wrong name is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ipqa.documents.dates import DATE, find_dates
from ipqa.documents.imprint import (
    are_organs,
    decided_on,
    issuer_by_number,
    issuer_of_decision,
    issuer_of_title,
    signature,
    term,
)
from ipqa.documents.numbering import match_marker

_MOST_LINES = 60
_LONGEST_TITLE_LINE = 90
_MOST_TITLE_LINES = 5
_BREADCRUMB = re.compile(r"^(?:您|你)?(?:现在|当前|所在)?的?(?:所在)?(?:的)?位置\s*[:：]")
_FURNITURE = re.compile(
    r"^(?:首页|网站首页|返回首页|正文|详细内容|信息名称|政务公开|政府信息公开|信息公开|公开|政策|政策文件|文件|"
    r"规范性文件|法规文件|政府文件|部门文件|通知公告|公示公告|政策法规|政策解读|特急|加急|急件|附件\s*\d*\s*[:：]?|"
    r"[【\[(（]?(?:打印|关闭|分享|收藏|返回|下载)(?:本页|窗口|到)?[】\])）]?|扫一扫.*|分享到.*|"
    r"[【\[]?\s*字(?:体|号)\s*[:：].*|https?://\S+|[（(]此件(?:公开|主动公开|依申请公开).*[)）])$"
)
# What stands before a colon at the head of a page, and which field it gives; ``""`` for none.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("标题",),
    "issuer": ("发文机关", "发文单位", "发文机构", "制定机关", "公布机关", "发布机构", "发布单位"),
    "published": ("成文日期", "发文日期", "成文时间", "发文时间"),
    "posted": ("发布日期", "发布时间", "公布日期", "公开日期", "时间", "日期"),
    "number": ("发文字号", "文号", "发文文号", "文件编号"),
    "source": ("来源", "信息来源", "文章来源", "稿源"),
    "effective": ("施行日期", "实施日期", "生效日期"),
    "expires": ("失效日期", "废止日期", "有效期至"),
    "": (
        "索引号", "主题分类", "主题词", "分类", "体裁", "组配分类", "作者", "责任编辑", "编辑", "字体",
        "字号", "浏览次数", "浏览量", "点击数", "点击量", "阅读次数", "访问量", "有效性", "关键词",
        "公开方式", "信息分类", "公开类别", "签发人", "收藏", "打印", "分享到",
    ),
}  # fmt: skip
_LABELS = {label: name for name, labels in _NAMES.items() for label in labels}
_LABEL = re.compile(
    r"(?:^|(?<=[\s|【\[]))("
    + "|".join(r"\s*".join(label) for label in sorted(_LABELS, key=len, reverse=True))
    + r")\s*[:：]\s*"
)
_BRACKETED_YEAR = r"[〔［\[(（【﹝]\s*(?:19|20)\d{2}\s*[〕］\])）】﹞]"
_NUMBER = (
    rf"(?:[\u4e00-\u9fffA-Z]{{1,16}}\s*{_BRACKETED_YEAR}\s*(?:第\s*)?\d{{1,5}}\s*号"
    r"|[\u4e00-\u9fff]{1,25}(?:令|公告)\s*(?:\d{4}\s*年\s*)?第\s*\d{1,5}\s*号)"
)
_NUMBER_LINE = re.compile(rf"^[(（]?({_NUMBER})[)）]?(?:\s+签发人.*)?$")
_NUMBER_AT_END = re.compile(rf"\s[(（]?({_NUMBER})[)）]?$")
_ORDER = re.compile(r"^(?:中华人民共和国)?([\u4e00-\u9fff、]{2,30}?)(令|公告)$")
_DECISION_ORDER = re.compile(
    r"[\u4e00-\u9fff、]+令\s*第\s*\d+\s*号|(?<=[\s日])[\u4e00-\u9fff、]+第\s*\d+\s*号令"
)
_ORDER_NUMBER = re.compile(r"^[(（]?((?:\d{4}\s*年\s*)?第\s*[〇一二三四五六七八九十百\d]{1,6}\s*号)[)）]?$")
_PUBLISHED_TITLE = re.compile(r"^(?:现将)?《([^《》]{3,60})》(?:已经|已|经)[^。]{4,120}(?:公布|发布|施行)")
_RED_HEAD = re.compile(r"^([\u4e00-\u9fff、\s]{4,40})文件$")
_DATE_LINE = re.compile(rf"^[(（]?\s*{DATE}\s*(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?\s*[)）]?$")
_DECISION = re.compile(r"通过|公布|发布|印发|批准|修订|修正|修改|施行|实施|废止|令第|公告")
_SENTENCE = re.compile("[。；！？]")
_KIND = (
    "(?:通知|通告|公告|公报|通报|决定|决议|命令|令|意见|办法|规定|条例|细则|规则|规程|章程|公约|法|典|修正案|规划|"
    "纲要|计划|方案|预案|要点|措施|举措|制度|标准|规范|指南|指引|目录|清单|名单|请示|报告|批复|函|答复|解答|解释|说明|"
    "建议|议案|纪要|准则|政策|条款|守则|原则|安排|体系|机制|协定|宣言|声明)"
)
_TAIL = r"(?:\s*[(（](?![^()（）]*(?:通过|公布|发布))[^()（）]{1,40}[)）]|第[一二三四五六七八九十\d]+号)*"
_ENDS_AS_TITLE = re.compile(rf"{_KIND}{_TAIL}$")
_ENDS_AS_NOTICE = re.compile(rf"的[^的》]{{0,12}}{_KIND}{_TAIL}$")
_GOES_ON = re.compile(r"^(?:的|和|与|及|暨|、|”|》)")
_SUBTITLE = re.compile(
    r"^[(（](?:试行|暂行|草案|修订|修正|征求意见稿|送审稿|修订稿|\d{4}\s*年?(?:\s*[—–\-－至~]+\s*\d{4}\s*年?)?(?:版|本)?)[)）]$"
)
_PAIRS = ("《》", "（）", "()", "“”", "〈〉")
_BEGINS_ANEW = re.compile(
    r"^(?:关于|国务院|中共|中国|中华人民共和国|全国|[\u4e00-\u9fff]{1,5}[省市县区州盟旗])"
)
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass
class _Head:
    """The lines above the body, sorted by what they are. ``decisions`` tell who passed it and when."""

    labels: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    titles: list[list[str]] = field(default_factory=lambda: [[]])  # lines that stand together
    organ: str = ""  # of an order, or of the red head
    order: str = ""
    ordered_title: str = ""
    crumbs: frozenset[str] = frozenset()


def read_head(text: str) -> Mapping[str, str]:
    """What a document's text tells about it, by the names of :class:`ipqa.models.Document`'s fields.

    Returns:
        ``title``, ``number``, ``issuer``, ``published``, ``source``, ``effective``, ``expires``; only those
        that the text gives for certain. Dates as YYYY-MM-DD.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    head = _sorted_head(lines)
    labels = head.labels
    title = labels.get("title") or _title(head)
    decision = "\n".join(head.decisions)
    number = _first_number(head)
    issuer = (
        issuer_of_title(title)
        or labels.get("issuer", "")
        or head.organ
        or issuer_of_decision(decision)
        or issuer_by_number(number)
    )
    signer, signed = signature(lines, issuer)
    effective, expires = term(text, decision)
    found = {
        "title": title,
        "number": number,
        "issuer": (issuer or signer).removeprefix("中华人民共和国"),
        "published": _date(labels.get("published", ""))
        or signed
        or decided_on(decision)
        or _date(labels.get("posted", ""))
        or next(iter(head.dates), ""),
        "source": labels.get("source", ""),
        "effective": _date(labels.get("effective", "")) or effective,
        "expires": _date(labels.get("expires", "")) or expires,
    }
    return {key: value for key, value in found.items() if value}


def _sorted_head(lines: Sequence[str]) -> _Head:
    head = _Head()
    for line in lines[:_MOST_LINES]:
        if not _sort(line, head):
            if published := _PUBLISHED_TITLE.match(line):
                head.ordered_title = published[1] if published[1] in lines else ""
            break
    return head


def _sort(line: str, head: _Head) -> bool:
    """Put a line where it belongs; False for the first line of the body."""
    if _BREADCRUMB.match(line):
        head.crumbs = frozenset(crumb.strip() for crumb in re.split("[>＞»/:：]", line))
    elif line in head.crumbs or _FURNITURE.match(line):
        pass
    elif (label := _LABEL.search(line)) and _may_stand_before_labels(line[: label.start()]):
        _read_labels(line, head)
    elif _sort_number(line, head):
        head.titles.append([])
    elif _DATE_LINE.match(line):
        head.dates.extend(date for _, date in find_dates(line))
        head.titles.append([])
    elif _is_decision(line):
        head.decisions.append(line)
        head.titles.append([])
    elif _is_title_line(line):
        head.titles[-1].append(line)
    else:
        return False
    return True


def _sort_number(line: str, head: _Head) -> bool:
    if number := _NUMBER_LINE.match(line):
        head.numbers.append("".join(number[1].split()))
    elif (order := _ORDER.match(line)) and (order[1] == "主席" or are_organs(order[1])):
        head.order = line
        head.organ = "" if order[1] == "主席" else order[1]  # the president makes known what others passed
    elif (number := _ORDER_NUMBER.match(line)) and head.order:
        head.numbers.append(head.order + "".join(number[1].split()))
    elif red := _RED_HEAD.match(line):
        head.organ = "".join(red[1].split())
    else:
        return False
    return True


def _read_labels(line: str, head: _Head) -> None:
    parts = _LABEL.split(line)
    head.dates.extend(date for _, date in find_dates(parts[0]))
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        name = _LABELS["".join(label.split())]
        value = value.strip(" \t\u3000\u00a0|[]【】")
        if name == "number" and not _NUMBER_LINE.match(value):
            continue
        if name and value:
            head.labels.setdefault(name, "".join(value.split()) if name == "number" else value)


def _may_stand_before_labels(text: str) -> bool:
    """Whether no title stands before a line's labels, 标题 that has 来源: behind it say."""
    return any(find_dates(text)) or not _is_title_line(text.strip() or "·")


def _is_decision(line: str) -> bool:
    """Whether a line tells when a law was passed and by whom, and no more."""
    dated = re.match(rf"^(?:[(（]|[(（]?\s*(?:根据|自)?\s*{DATE})", line) and re.search(DATE, line)
    told = line.replace("。根据", "").rstrip("。）)")
    return bool(dated and _DECISION.search(line)) and not _SENTENCE.search(told)


def _is_title_line(line: str) -> bool:
    return bool(_SUBTITLE.match(line)) or (
        len(_HAN.findall(line)) >= 2
        and len(line) <= _LONGEST_TITLE_LINE
        and not _SENTENCE.search(line)
        and line[-1] not in "：:，,、"
        and not match_marker(line)
        and "".join(line.split()) not in ("目录", "前言", "序言")
    )


def _title(head: _Head) -> str:
    return next(filter(None, map(_title_of, head.titles)), "") or head.ordered_title


def _title_of(lines: Sequence[str]) -> str:
    """The title that lines standing together hold, joined where it is broken; ``""`` if they hold none."""
    lines = [_NUMBER_AT_END.sub("", line) for line in lines]
    joined = list(_joined(lines))
    for ends in (_is_whole, _is_title):
        for i, (title, rest) in enumerate(joined):
            if ends(title) and not (rest and _GOES_ON.match(rest[0])):
                if i and not _is_whole(lines[0]) and _is_furniture_above(lines):
                    return _title_of(lines[1:])
                return title + (rest[0] if rest and _SUBTITLE.match(rest[0]) else "")
    return _title_of(lines[1:]) if len(lines) > 1 else ""


def _joined(lines: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    for count in range(1, min(len(lines), _MOST_TITLE_LINES) + 1):
        yield "".join(lines[:count]), lines[count:]


def _is_title(title: str) -> bool:
    balanced = all(title.count(pair[0]) == title.count(pair[1]) for pair in _PAIRS)
    return balanced and bool(_ENDS_AS_TITLE.search(title)) and len(_HAN.findall(title)) >= 2


def _is_whole(title: str) -> bool:
    """Whether a title surely ends here: 关于印发…方案 goes on with 的通知."""
    return _is_title(title) and ("关于" not in title or bool(_ENDS_AS_NOTICE.search(title)))


def _is_furniture_above(lines: Sequence[str]) -> bool:
    """Whether the first line is no part of the title under it: the name of a site, say."""
    return (
        "关于" not in lines[0]
        and not issuer_of_title(f"{lines[0]}关于")
        and bool(_BEGINS_ANEW.match(lines[1]))
    )


def _first_number(head: _Head) -> str:
    if number := head.labels.get("number"):
        return number
    at_end = (_NUMBER_AT_END.search(line) for lines in head.titles for line in lines)
    numbers = [*head.numbers, *("".join(match[1].split()) for match in at_end if match)]
    orders = {"".join(order.split()) for line in head.decisions for order in _DECISION_ORDER.findall(line)}
    return numbers[0] if numbers else orders.pop() if len(orders) == 1 else ""


def _date(written: str) -> str:
    return next((date for _, date in find_dates(written)), "")
