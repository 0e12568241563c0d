"""The bodies that a note of responsibility names, and the role that each has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipqa.models import Responsibility, Role

OPEN, CLOSE = "(（【[〔", ")）】]〕"
MAX_NAME = 30
_ROLE_PHRASE = re.compile(
    r"(?:共同|联合|分别|具体|组织|统一|统筹|总)?(?P<word>牵头(?:负责|落实|实施|组织|推进|抓总|办理)?|主办|承办|协办"
    r"|(?:按照?|依照?|依据|根据)(?:各自)?(?:职责|职能|分工)(?:分工)?(?:负责|落实|配合|协同推进|抓好落实)?"
    r"|分工负责|负责(?:落实|推进|组织实施|实施)?|(?P<weak>配合|参与|参加|协助|支持|指导|督导"
    r"|实施|承担|(?:推动|推进|抓好?|组织)?落实))$"
)
_LEAD = re.compile("牵头|主办|主责")
_SUPPORT = re.compile("配合|参与|参加|协助|协办|协同|支持|指导|督导")
_JOINED = re.compile(r"会同|以及|等(?:有关|相关)?(?:部门|单位)?(?=和|及|与|、)(?:和|及|与)?")
_AND_OTHERS = re.compile(r"等(?:[\u4e00-\u9fff\d]{0,8}(?:部门|单位|机构|方面))?$")
_NOBODY = re.compile(
    r"^(?!市有关)(?:其他|其它|各级|市)?各?(?:其他)?(?:有关|相关|责任|成员|参与|配合)?"
    r"(?:地区)?(?:部门|单位|方面|机构)(?:[和及](?:单位|部门))?$"
)
# What stands in such brackets but is no unit: exceptions, references, deadlines, manners of doing.
_NO_UNIT = re.compile(
    r"^(?:不?含|除|详?见|注|其中|以下|资金|经费|不再|下同|\d)|\d{4}\s*年|底前|完成|持续|长期|适时|坚持|推进$|第一位|首位"
    r"|[:：。“”《》]|^[(（]"
)
_QUALIFIER = re.compile(r"^(?P<unit>.+?)[(（](?P<qualifier>[^()（）]+)[)）]$")
_PART_OF_NAME = re.compile(r"^[省市县区旗州盟乡镇地师团场自治直辖、,，/和及]+$")  # 各县(市、区)
_BODY_END = (
    r"局|委|办|部|厅|院|会|署|处|社|行|政府|中心|海关|办公室|领导小组|部门|机关|公司|集团|大学|学校|高校|队|站|联|协|所"
    r"|单位|组织|法庭|馆|台"
)
_UNIT_END = re.compile(rf"(?:{_BODY_END})$")
_ANY_BODY = re.compile(
    rf"(?:{_BODY_END}|中央|团|司|专班|指挥部|街道|乡镇|园区|新区|开发区|高新区|党组|人大|政协|兵团|企业|机构|[省市县区州盟旗])$"
    r"|^各"
)
# 各省、自治区、直辖市人民政府: levels of places that make one name.
_LEVEL = r"(?:省|自治区|直辖市|计划单列市|市|地|自治州|州|盟|自治县|县|区|旗|乡|镇)"
_ALL_PLACES = re.compile(rf"^各(?:有关|相关)?(?:{_LEVEL}|、)+(?:[(（][^()（）]*[)）])?$")
_MORE_PLACES = re.compile(
    rf"^(?:{_LEVEL}|[和及])+(?:[(（][^()（）]*[)）])?(?:人民政府|政府|党委)?(?:等|按|负责|$)"
)
# 市发展改革委和市财政局 are two; 市文化和旅游局 is one.
_AND = re.compile(
    r"(?:(?<=[\u4e00-\u9fff][局委办厅院署社行部])|(?<=员会)|(?<=委会)|(?<=工会)|(?<=政府)|(?<=公室))[和及与](?=[\u4e00-\u9fff]{2})"
)


def parse_bodies(segment: str, default: Role, labelled: bool) -> list[Responsibility]:
    """The bodies of a part of a note, in its order.

    Args:
        segment: a part without ``;``, such as 市甲局牵头,市乙局、市丙局配合.
        default: the role of those that no word gives one.
        labelled: whether a label (责任单位:) stood before it, so that everything in it names a body.
    """
    found: list[Responsibility] = []
    pending: list[str] = []  # bodies whose role word has not come yet
    for item in split_items(_JOINED.sub("、", segment)):
        name, phrase = _part(item)
        if names_a_body(name):
            pending.append(name)
        if phrase:
            held = [n for n in pending if is_body(n)] if phrase["weak"] and not labelled else pending
            found.extend(_responsibility(n, role_of(phrase["word"])) for n in held)
            pending = []
    return found + [_responsibility(n, default) for n in pending if labelled or is_body(n)]


def says_who(segment: str, strict: bool) -> bool:
    """Whether a part of a note without a label gives bodies their roles.

    Args:
        segment: the part.
        strict: whether nothing but bodies and roles may stand in it: not 校内由市教育局负责.
    """
    for item in split_items(_JOINED.sub("、", segment)):
        name, phrase = _part(item)
        if strict and re.match(r"[^自]+由", item):
            return False
        if phrase and (not phrase["weak"] or is_body(name)) and not _NO_UNIT.search(name):
            return True
    return False


def is_body(name: str) -> bool:
    """Whether a name ends as those of bodies do."""
    return bool(_ANY_BODY.search(_without_qualifier(name)))


def is_bare_body(item: str) -> bool:
    """As a note without a label or role word names it: a place alone (廊坊市) is none."""
    named = _UNIT_END.search(_without_qualifier(item)) and not _NO_UNIT.search(item)
    return bool(named) and len(item) <= MAX_NAME


def names_a_body(name: str) -> bool:
    """Whether a name is somebody's rather than 有关部门, a deadline or a remark."""
    return bool(name) and len(name) <= MAX_NAME and not (_NOBODY.match(name) or _NO_UNIT.search(name))


def role_of(word: str) -> Role:
    """The role that a word or label gives."""
    if _LEAD.search(word):
        return "lead"
    return "support" if _SUPPORT.search(word) else "responsible"


def split_items(note: str) -> list[str]:
    """Split at commas outside brackets: 各县(市、区)人民政府 stays whole, as do 各省、自治区人民政府."""
    merged: list[str] = []
    for part in _split(note):
        if merged and _ALL_PLACES.match(merged[-1]) and _MORE_PLACES.match(part):
            merged[-1] = f"{merged[-1]}、{part}"
        else:
            merged.append(part)
    return [body for part in merged for body in _AND.split(part)]


def _split(note: str) -> Iterator[str]:
    depth = cursor = 0
    for i, char in enumerate(note):
        depth += (char in OPEN) - (char in CLOSE)
        if depth == 0 and char in "、,，/":
            if part := note[cursor:i].strip():
                yield part
            cursor = i + 1
    if part := note[cursor:].strip():
        yield part


def _part(item: str) -> tuple[str, re.Match[str] | None]:
    """The name and the role phrase of an item."""
    phrase = _ROLE_PHRASE.search(item)
    name = item[: phrase.start()] if phrase else item
    name = re.sub("^.*?(?<!自)由", "", _AND_OTHERS.sub("", name))
    return name.strip(), phrase


def _without_qualifier(name: str) -> str:
    match = _QUALIFIER.match(name)
    return match["unit"] if match else name


def _responsibility(name: str, role: Role) -> Responsibility:
    match = _QUALIFIER.match(name)
    if match and not _PART_OF_NAME.match(match["qualifier"]):
        return Responsibility(match["unit"], role, match["qualifier"])
    return Responsibility(name, role)
