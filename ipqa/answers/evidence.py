"""What a passage must hold to answer: that it resembles the question is not enough.

Each thing that can be asked for has a form: a telephone number has digits, a fee has yuan. Where the
sentences found hold nothing of that form, or nothing about the year or the place asked about, the plan does
not give what was asked, and :func:`find_missing` says so in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ipqa.answers.question import WHO, years
from ipqa.models import Hit, Understanding
from ipqa.text.normalise import normalise

_MARKS_OF = 3  # hits whose marked sentences are looked at
_NEAR = 5.0  # below the best hit's score: further down a passage is about something else
_NUMBER = r"\d[\d.]*\s*[十百千万亿余多]*\s*"


@dataclass(frozen=True)
class Form:
    """What an answer to a thing asked for looks like, and how its absence is put in words."""

    evidence: re.Pattern[str]
    missing: str


FORMS = {
    "联系电话": Form(re.compile(r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|(?<!\d)1(?:2\d{3}|10)(?!\d)"), "联系电话"),
    "网址": Form(re.compile(r"https?:|www\.|\.(?:cn|com|org)|@"), "网址或电子邮箱"),
    "详细地址": Form(re.compile(r"(?:路|街|巷|大道)\s*\d+\s*号|\d+\s*(?:号楼|层|室)"), "详细地址"),
    "负责人姓名": Form(
        re.compile(
            r"(?:组长|主任|局长|院长|负责人|市长)(?:[::]|由|为)\s*[\u4e00-\u9fff]{2,4}(?:同志|担任|兼任)"
        ),
        "负责人姓名",
    ),
    "办理时限": Form(
        re.compile(
            r"(?:\d+|[一二三四五六七八九十]+)\s*个?(?:工作日|自然日|小时|天|日内|个月|月内)|\d+月\d+日"
        ),
        "办理时限",
    ),
    "申请材料": Form(
        re.compile(r"(?:提交|提供|携带|出具).{0,12}(?:材料|证件|证明|申请书)|申请表"), "申请材料"
    ),
    "收费标准": Form(re.compile(_NUMBER + "元|免费|免收|收费标准为"), "收费标准"),
    "补助标准": Form(
        re.compile(r"(?:每|最高|不超过|一次性|按|给予)[^。;]{0,12}?\d[\d.]*\s*[万亿]?(?:元|%)"),
        "补助、奖励的具体标准",
    ),
    "比例数": Form(re.compile(r"\d[\d.]*\s*%|\(%\)|百分之|[一二三四五六七八九]成|百分点"), "具体比例"),
    "倍数": Form(re.compile(r"[\d.一二两三四五六七八九十]+\s*倍|翻[一两]番"), "具体倍数"),
    "报名方式": Form(re.compile("报名"), "报名方式"),
    "办理流程": Form(
        re.compile(r"第一步|首先.{0,30}其次|登录.{0,20}(?:申请|填报)|(?:受理|审核).{0,20}(?:审批|公示)"),
        "办理流程",
    ),
    "申报条件": Form(re.compile(r"不低于|不少于|(?:应|须)当?(?:具备|符合)|符合下列|条件[::]"), "申报条件"),
    "具体名单": Form(re.compile(r"(?:[^、。;]{2,30}、){2}"), "完整名单"),
    "金额数": Form(re.compile(_NUMBER + "元"), "具体金额"),
    "频次": Form(re.compile(r"每[年季月周]|\d+\s*次|[一二两三四]次"), "多久一次"),
    "名次": Form(
        re.compile(r"第\s*[\d一二三四五六七八九十]+(?![章节条个批])|\d+\s*分|前列|首位"), "名次或得分"
    ),
    "文号": Form(re.compile(r"〔\d{4}〕|第[\d一二三四五六七八九十百]+条"), "文号或条款号"),
    "办公时间": Form(re.compile(r"\d+[::]\d+|工作日|法定节假日"), "办公时间"),
}
_NAMED = re.compile(
    r"《[^》]{2,}》|[\"“][^\"”]{3,}[\"”]"
    r"|[\u4e00-\u9fff]{2,}(?:公司|集团|学院|大学|孵化器|事务所|家具城|银行|能源|平台|基地)"
)
_SCOPES = re.compile(r"(?:全省|省里)(?=的|目标|平均|\d{4}年|有多少|是多少)")
_EACH_YEAR = re.compile(
    r"(?:去年|今年|前年|明年|后年|[上下]半年)(?=[^,。;?!]{0,14}(?:多少|几[个件家亿万]))|逐年|每年各|每年分别|各年度|分年度"
)
# Words that count the same kinds of things.
_COUNTED = ("件项起桩宗枚条份", "家所户处", "人名位", "元", "套")
_HOW_MANY = re.compile(
    r"(?<![哪十好])(?:多少\s*[万亿]*个?(?P<word>元|件|家|人(?![口次])|名|位|起|套|所|份|户|枚|宗|亩|场|门|平方米)"
    r"|几\s*[万亿]*个?(?P<few>元|件|人(?!口)|名|位|起|套|枚|宗|亩)|(?:[有共]|现有)几(?P<held>家|所|户))"
)
_AIM = re.compile("力争|达到|以上|目标|期末|年末|培育|选择|组织")
_PAST = re.compile("十三五|2020")
_STATED = re.compile(r"(?<!\d)\d[\d.]*\s*(?:[家件个项%]|万件|亿元)")
_EXACT_YEAR = re.compile("哪一?年|什么年份|哪年")
_QUANTITY = frozenset({"数量", "比例数", "指标", "增减", "倍数"})
_VALUE = ("数量", "比例数", "倍数", "指标", "目标", "现状", "增减", "金额", "补助标准")
_YEARS_GIVEN = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def find_missing(
    text: str, understood: Understanding, hits: Sequence[Hit], period: Sequence[int], title: str
) -> tuple[str, ...]:
    """What the question asks for that the passages found do not hold, in words; empty if nothing.

    Args:
        text: the question in normal form.
        understood: what it asks for and about.
        hits: the passages found, best first.
        period: the years that the document gives figures for.
        title: what the document is called in a sentence (规划).
    """
    near = [hit for hit in hits[:_MARKS_OF] if hit.score > hits[0].score - _NEAR]
    marked = [sentence for hit in near for sentence in marked_sentences(hit)]
    return tuple(
        dict.fromkeys(
            (
                *_years(text, understood, hits, marked, period, title),
                *_places(text, understood, hits, marked, title),
                *_forms(text, understood, marked, title),
                *_numbers(text, understood, hits, marked, title),
            )
        )
    )


def marked_sentences(hit: Hit) -> Iterator[str]:
    """The marked sentences of a hit in normal form."""
    for span in hit.highlights:
        yield normalise(hit.clause.text[span.start - hit.clause.start : span.end - hit.clause.start])


def _years(
    text: str,
    understood: Understanding,
    hits: Sequence[Hit],
    marked: Sequence[str],
    period: Sequence[int],
    title: str,
) -> Iterator[str]:
    asks_value = bool(understood.asks.intersection(_VALUE)) or bool(_STATED.search(text))
    for year in understood.years:
        if any(year in years(sentence) for sentence in marked):
            continue
        last_plan = bool(period) and year == period[0] - 4 and period[0] in understood.years
        if last_plan or year in period[:1] or not asks_value:
            continue
        if year in period[-1:] and not understood.asks & _QUANTITY:
            continue
        if year in period[-1:]:
            if hits[0].clause.kind == "indicator" or any(
                _AIM.search(sentence) and not _PAST.search(sentence) for sentence in marked
            ):
                continue
            yield f"{title}没有这项{year}年的目标"
            continue
        reach = f"(规划期为{period[0] + 1}—{period[-1]}年)" if period else ""
        yield f"{title}没有{year}年的数据{reach}"


def _places(
    text: str, understood: Understanding, hits: Sequence[Hit], marked: Sequence[str], title: str
) -> Iterator[str]:
    """Places whose figures, or whose own affairs, are asked for."""
    asks_value = bool(understood.asks.intersection(_VALUE))
    scope = _SCOPES.search(text)
    if scope and asks_value and not any("省" in sentence for sentence in marked):
        yield f"{title}没有{scope.group()}的数字"
    for place in understood.places:
        if re.search(rf"[从在自去到跑]{place}", text):
            continue  # where somebody is or comes from
        about = (
            asks_value
            or "比" in text
            or re.search(rf"{place}[市县区省]?(?:有没有|建没建|是不是|是否|被|新区|呢)", text)
        )
        shown = marked if asks_value else [normalise(hit.clause.text) for hit in hits[:_MARKS_OF]]
        if about and not any(place in sentence for sentence in shown):
            yield f"{title}没有{place}的{'数字' if asks_value else '内容'}"


def _forms(text: str, understood: Understanding, marked: Sequence[str], title: str) -> Iterator[str]:
    for thing in FORMS.keys() & understood.asks:
        form = FORMS[thing]
        if not any(form.evidence.search(sentence) for sentence in marked):
            yield f"{title}未载明{form.missing}"
    if "名称" in understood.asks and not understood.asks & WHO:
        named = (name for sentence in marked for name in _NAMED.findall(sentence))
        if all(name.strip('"“”') in text for name in named):
            yield f"{title}未载明具体名称"
    given = _EACH_YEAR.search(text)
    asks_value = bool(understood.asks.intersection(_VALUE))
    if given and asks_value and not any(given.group() in sentence for sentence in marked):
        yield f"{title}没有{given.group()}的数据"


def _numbers(
    text: str, understood: Understanding, hits: Sequence[Hit], marked: Sequence[str], title: str
) -> Iterator[str]:
    rows = [normalise(hit.clause.text) for hit in hits[:_MARKS_OF] if hit.clause.kind == "indicator"]
    if understood.places:  # the number has to be the place's own
        rows, marked = [], [s for s in marked if any(place in s for place in understood.places)]
    for match in _HOW_MANY.finditer(text):
        word = match["word"] or match["few"] or (match["held"] if understood.places else None)
        if not word:
            continue
        kinds = "".join(kind for kind in _COUNTED if word in kind) or word
        counted = re.compile(rf"{_NUMBER}(?:[{re.escape(kinds)}]|以上)")
        if not any(word in row for row in rows) and not any(counted.search(sentence) for sentence in marked):
            yield f"{title}未载明具体数量({match.group()})"
    if _EXACT_YEAR.search(text) and not any(_YEARS_GIVEN.search(sentence) for sentence in marked):
        yield f"{title}未载明具体年份"
