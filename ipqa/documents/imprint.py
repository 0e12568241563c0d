"""Who issued a document and when: its organs, signature and dates in force."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ipqa.documents.dates import DATE, find_dates, iso_date, years_after
from ipqa.documents.numbering import parse_number

_ORGAN = re.compile(
    r"(?:国务院|办公厅|办公室|政府|委员会|常委会|军委|中央|部|局|厅|院|署|委|总局|银行|总行|分行|支行|管委会|"
    r"领导小组|指挥部|联席会议|协会|学会|联合会|总工会|人大|政协|代表大会|海关|中心|公司|集团)$"
)
_TITLE_ORGAN = re.compile(r"^(.{2,80}?)(?:关于|转发|批转|印发|公布|发布|对(?=.*(?:答复|批复|复函)))")
_DECIDING = re.compile(
    r"(?:^|[（(\s日])(?:经)?([\u4e00-\u9fff、]{2,60}?)"
    r"(?:第\s*[〇一二三四五六七八九十百\d]+\s*(?:次|号令)|令\s*第|令?(?:公布|发布)|公告)",
    re.MULTILINE,
)
_TERM_OF_CONGRESS = re.compile(r"第?[一二三四五六七八九十百\d]+届")
_INNER_ORGAN = re.compile(r"(?:审判委员会|检察委员会|党组会议?|常务会议|全体会议|部务会议|局务会议)$")
_NUMBER_ORGANS: Mapping[str, str] = {
    "国办发": "国务院办公厅",
    "国办函": "国务院办公厅",
    "国发": "国务院",
    "国函": "国务院",
    "国令": "国务院",
}
_DATE_ALONE = re.compile(rf"^{DATE}$")
_SIGNED_IN_ONE_LINE = re.compile(rf"^(\S.{{1,30}}?)\s+({DATE})$")
_OFFICE = re.compile(
    r"^(?:总理|主席|委员长|省长|市长|县长|区长|州长|部长|局长|主任|署长|行长|院长|检察长|厅长)"
)
_LONGEST_SIGNER = 40
_ENACTED = re.compile(r"通过|公布|发布|印发|批准|修订|修正|修改")
_IN_FORCE = re.compile(rf"({DATE})\s*起?\s*(?:正式)?(?:施行|实施|执行|生效)")
_SELF = (
    r"本(?:办法|规定|条例|法|通知|意见|方案|细则|规则|规程|决定|决议|解释|公告|通告|措施|政策|规划|章程|制度|标准|"
    r"规范|指南|目录|批复|实施意见|实施办法|实施细则|暂行办法|暂行规定|若干措施|若干规定|文件)"
)
_FROM = rf"(?:从|自)?\s*({DATE})\s*(?:零时)?起?(?:正式)?(?:施行|实施|执行|生效|试行)"
_EFFECTIVE = (
    re.compile(rf"{_SELF}[^。；\n]{{0,12}}?(?<![\u4e00-\u9fff]于){_FROM}"),
    re.compile(rf"(?:现予|予以|现将[^。\n]{{2,80}})(?:公布|发布|印发)[^。；\n]{{0,20}}?[,，]\s*{_FROM}"),
    re.compile(rf"(?:^|(?<=[。\n]))\s*自\s*({DATE})\s*起(?:正式)?(?:施行|实施|执行|生效)", re.MULTILINE),
)
_UNTIL = re.compile(rf"有效期(?:限)?(?:截至|截止|到|至|为)*\s*({DATE})")
_FOR_YEARS = re.compile(
    r"有效期(?:限)?(?:为|是)?\s*([一二三四五六七八九十两\d]{1,3})\s*年(?!\s*[\d〇一二三四五六七八九十])"
)
_OWN_TERM = re.compile(rf"{_SELF}\s*(?:的)?(?=有效期)")


def issuer_of_title(title: str) -> str:
    """The organ or organs that a title begins with: 国务院办公厅关于… gives 国务院办公厅."""
    match = _TITLE_ORGAN.match(title)
    if not match or re.search("[《》“”（）()]", match[1]):
        return ""
    organs = match[1].strip()
    return organs if are_organs(organs) else ""


def are_organs(names: str) -> bool:
    """Whether this is the full name of an organ, or of several in a row.

    主席 is none, who makes known what others passed, nor is 市人大常委会, without the city.
    """
    return all(_ORGAN.search(name) and name[:1] not in "省市县区" for name in re.split(r"[、\s]+", names))


def issuer_of_decision(decision: str) -> str:
    """The organ that passed or made known a law, by the first of the lines under its title."""
    for match in _DECIDING.finditer(decision):
        organ = _TERM_OF_CONGRESS.sub("", match[1]).replace("中华人民共和国", "")
        organ = _INNER_ORGAN.sub("", organ)
        if are_organs(organ):
            return organ
    return ""


def issuer_by_number(number: str) -> str:
    """The organ whose letters a number begins with, where they are known everywhere: 国办发, 国函."""
    return next((organ for letters, organ in _NUMBER_ORGANS.items() if number.startswith(letters)), "")


def signature(lines: Sequence[str], issuer: str) -> tuple[str, str]:
    """The organ and the date that a document is signed with.

    Args:
        lines: the lines of the document, without white space at their ends.
        issuer: who issued it, ``""`` if not known; another's signature belongs to an annex.

    Returns:
        Both ``""`` where there is no such signature.
    """
    for i, line in enumerate(lines):
        signer, date = _signed(lines[i - 1] if i else "", line)
        if signer and date and (not issuer or _are_same(signer, issuer) or _OFFICE.match(signer)):
            return "" if _OFFICE.match(signer) else signer, date
    return "", ""


def _signed(before: str, line: str) -> tuple[str, str]:
    if _DATE_ALONE.match(line):
        signer = re.sub(r"&\w+;", "", before).strip()
        date = iso_date(line)
    elif match := _SIGNED_IN_ONE_LINE.match(line):
        signer, date = match[1], iso_date(match[2])
    else:
        return "", ""
    is_signer = len(signer) <= _LONGEST_SIGNER and (_ORGAN.search(signer) or _OFFICE.match(signer))
    return (signer, date) if is_signer else ("", "")


def _are_same(signer: str, issuer: str) -> bool:
    """国务院中央军委 signs what 国务院、中央军委 issued, and so does one of the two."""
    one, other = (re.sub(r"[、，\s]", "", name) for name in (signer, issuer))
    return one == other or one in re.split(r"[、，\s]+", issuer)


def decided_on(decision: str) -> str:
    """The day that a law was passed, made known or last amended, by the lines under its title."""
    dates: list[str] = []
    found = list(find_dates(decision))
    ends = [*(match.start() for match, _ in found[1:]), len(decision)]
    for (match, date), until in zip(found, ends, strict=False):
        if _ENACTED.search(decision[match.end() : until].split("\n")[0]):
            dates.append(date)
    return max(dates, default="")


def term(text: str, decision: str) -> tuple[str, str]:
    """The first and the last day in force; ``""`` for what the text leaves open or says in two ways.

    Args:
        text: the document's text.
        decision: the lines under its title that tell who passed it.
    """
    starts = {
        iso_date(match[1]): _sentence_at(text, match.start())
        for pattern in _EFFECTIVE
        for match in pattern.finditer(text)
    }
    starts.update({date: "" for date in _in_force_by_head(decision)})
    starts.pop("", None)
    effective = next(iter(starts)) if len(starts) == 1 else ""
    return effective, _expiry(text, effective, starts.get(effective, ""))


def _in_force_by_head(decision: str) -> Sequence[str]:
    """2011年6月13日 施行, or 自2008年4月23日起施行 in brackets under the title."""
    return [iso_date(match[1]) for match in _IN_FORCE.finditer(decision)]


def _expiry(text: str, effective: str, sentence: str) -> str:
    """The end of the document's own term: that of a licence is another matter."""
    own = [sentence, *(_sentence_at(text, match.start()) for match in _OWN_TERM.finditer(text))]
    ends = {iso_date(match[1]) for part in own for match in _UNTIL.finditer(part)}
    if effective:
        terms = (match for part in own for match in _FOR_YEARS.finditer(part))
        ends |= {years_after(effective, parse_number(match[1])) for match in terms}
    return ends.pop() if len(ends) == 1 else ""


def _sentence_at(text: str, place: int) -> str:
    starts = max(text.rfind(mark, 0, place) for mark in "。\n") + 1
    ends = [end for end in (text.find(mark, place) for mark in "。\n") if end >= 0]
    return text[starts : min(ends, default=len(text))]
