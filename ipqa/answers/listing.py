"""Lists and counts over the whole corpus, never over the first hits: boxes, projects, indicators, clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ipqa.answers.citing import heading_span, note_of, title_of, with_marks
from ipqa.answers.question import WHO
from ipqa.models import Clause, Hit, Indicator, Responsibility, Span, Understanding
from ipqa.text.normalise import normalise

Item = tuple[str, Hit]

_BOX = re.compile(r"^专栏\s*(?P<number>\d+)")
_ASKED_BOX = re.compile(r"(?:专栏\s*(?P<digit>\d+)|第(?P<word>[一二三四五六七八九十])个?专栏)")
_ASKED_INDICATORS = re.compile(
    r"(?:哪些|哪几[项个]|[几多]少?[项个]|所有|全部|列[出全]?)[^,。?]{0,8}指标"
    r"|指标[^,。?]{0,16}(?:[几多]少?[项个](?![亿万百])|有哪些|是哪些|哪几[项个])|指标里"
)
_NUMERALS = "零一二三四五六七八九十"
_LISTS = re.compile(r"哪些|哪几|几[个项条]|多少[个项条]|列|名称|分别|都叫|所有|全部|清单")
_ALL_OF = re.compile(r"哪些条款|哪几条|列全|全部|所有|都有哪些|都安排|哪些地方|哪些内容|哪些条目")
_TOPIC = re.compile(
    r"(?:关于|有关|涉及|提到过?|提及|讲到|针对|围绕|和|与)?(?P<topic>[\u4e00-\u9fff]{2,8}?)"
    r"(?:相关|有关)?的?(?:条款|内容|事项|任务|规定|举措)"
)
_ABOUT = re.compile(
    r"(?:关于|有关|涉及|提到过?|提及|讲到|针对|围绕)(?P<topic>[\u4e00-\u9fff]{2,8}?)(?=的|[,。?、]|规划|都|有|$)"
)
_MENTION = re.compile(r"(?:提到|提及|讲到|涉及|包含|写到|说到)了?(?P<topic>[\u4e00-\u9fff]{2,8})")
_CONTENTS = re.compile("项目|工程|内容|行动|任务|包括|包含")
_DOUBLE = re.compile(r"翻(?:一)?番|翻倍|两倍|2倍|一倍以上|超过一倍")
_DECLINING = re.compile(r"低于|下降|减少|降低|比基期(?:还)?[小低]|[小低]于|往下|变少|反而")
_NO_LEAD = re.compile(r"(?:没有?|未|无)(?:写|明确|写明)?(?:谁)?(?:牵头)")
_LEADERS = re.compile(r"(?:除了?.*|还有|都有|有|是)(?:哪些|哪几|谁).*(?:当过?|担任过?|做过?|作为)牵头")
_ALONE = re.compile(r"(?:只由|仅由|单独|独自|一家负责|独立)")


@dataclass(frozen=True)
class Lister:
    """Answers list questions over all clauses and indicators; ``canonical``: units' names on the board."""

    clauses: Sequence[Clause]
    indicators: Mapping[str, Indicator]
    canonical: Mapping[str, str]

    def find(self, text: str, understood: Understanding) -> tuple[str, list[Item]] | None:
        """The lead-in and the items of the list that a question in normal form asks for, if it does."""
        if not _LISTS.search(text):
            return None
        for look in (self._by_responsibility, self._boxes, self._indicators, self._about):
            found = look(text, understood)
            if found and found[1]:
                return found
        return None

    def _boxes(self, text: str, understood: Understanding) -> tuple[str, list[Item]] | None:
        """The boxes (专栏), those that mention something, or the projects of one."""
        if "专栏" not in text or understood.asks & WHO:
            return None
        boxes: dict[tuple[str, int, str], list[Clause]] = {}
        for clause in self.clauses:
            for heading in clause.section_path:
                if box := _BOX.match(heading):
                    boxes.setdefault((clause.doc_id, int(box["number"]), heading), []).append(clause)
        if asked := _ASKED_BOX.search(text):
            number = int(asked["digit"] or _NUMERALS.index(asked["word"]))
            members = [clause for (_, n, _), found in boxes.items() if n == number for clause in found]
            if not members or not _CONTENTS.search(text):
                return None
            items = _titled(clause for clause in members if not clause.continues)
            return f"专栏{number}:共 {len(items)} 个项目(统计)", items
        if mention := _MENTION.search(text):
            topic = mention["topic"]
            items = [
                (f"{heading} › {title_of(clause)}", with_marks(clause, _holding(clause, topic)))
                for (_, _, heading), members in boxes.items()
                for clause in members
                if topic in normalise(clause.text)
            ]
            held = len({name.split(" › ")[0] for name, _ in items})
            return f"提到“{topic}”的专栏共 {held} 个,项目共 {len(items)} 个(统计)", items
        if re.search(r"(?:几|多少|哪些|哪几)个?专栏|专栏.*(?:名称|叫什么|有哪些|分别)", text):
            items = [
                (heading, with_marks(members[0], [heading_span(members[0])]))
                for (_, _, heading), members in boxes.items()
            ]
            return f"共 {len(items)} 个专栏(统计)", items
        return None

    def _indicators(self, text: str, understood: Understanding) -> tuple[str, list[Item]] | None:
        if not _ASKED_INDICATORS.search(text) or (understood.asks & WHO and not understood.units):
            return None
        rows = list(self.indicators.values())
        told = ""
        if _DOUBLE.search(text):
            beyond = bool(re.search("超过|多于|以上", text))
            rows = [r for r in rows if (ratio := _ratio(r)) and (ratio > 2 or (ratio == 2 and not beyond))]
            told = "目标超过基期两倍的" if beyond else "目标是基期两倍或更多的"
        elif _DECLINING.search(text):
            rows, told = [r for r in rows if (ratio := _ratio(r)) and ratio < 1], "目标低于基期的"
        if understood.units:
            unit = understood.units[0]
            rows = [r for r in rows if unit in self._units_of(r.responsibility)]
            told += f"由{unit}负责的"
            if _ALONE.search(text):
                rows, told = [r for r in rows if len(r.responsibility) == 1], told.replace("由", "只由")
        by_id = {clause.id: clause for clause in self.clauses}
        items = [(_in_words(r), with_marks(by_id[r.clause_id], by_id[r.clause_id].sentences)) for r in rows]
        return f"{told}指标共 {len(items)} 项(统计)", items

    def _by_responsibility(self, text: str, understood: Understanding) -> tuple[str, list[Item]] | None:
        tasks = [
            c for c in self.clauses if c.kind in ("task", "project") and not c.continues and c.responsibility
        ]
        if _LEADERS.search(text):
            others = [
                (r.unit, c) for c in tasks for r in c.lead if self.canonical[r.unit] not in understood.units
            ]
            items = [(f"{unit}:{title_of(c)}", with_marks(c, [note_of(c)])) for unit, c in others]
            besides = f"除{'、'.join(understood.units)}外," if understood.units else ""
            names = {self.canonical[unit] for unit, _ in others}
            return f"{besides}当牵头单位的共 {len(names)} 个,任务和专栏项目共 {len(items)} 项(统计)", items
        if _NO_LEAD.search(text):
            found = [c for c in tasks if not c.lead]
            return f"没有写明牵头单位的任务和专栏项目共 {len(found)} 项(统计)", _titled(found)
        if _ALONE.search(text) and understood.units and re.search("任务|项目|条款", text):
            unit = understood.units[0]
            found = [c for c in tasks if self._units_of(c.responsibility) == {unit}]
            return f"只由{unit}一家负责的任务和专栏项目共 {len(found)} 项(统计)", _titled(found)
        return None

    def _about(self, text: str, understood: Understanding) -> tuple[str, list[Item]] | None:
        """Every clause that holds a term."""
        if not _ALL_OF.search(text):
            return None
        for pattern in (_ABOUT, _MENTION, _TOPIC):
            for match in pattern.finditer(text):
                topic = match["topic"]
                found = [c for c in self.clauses if topic in normalise(c.text)]
                if found and len(found) < len(self.clauses) / 2:
                    items = [(title_of(c), with_marks(c, _holding(c, topic))) for c in found]
                    return f"写到“{topic}”的条款共 {len(items)} 条(统计)", items
        return None

    def _units_of(self, responsibility: Iterable[Responsibility]) -> set[str]:
        return {self.canonical[r.unit] for r in responsibility}


def _titled(clauses: Iterable[Clause]) -> list[Item]:
    return [(title_of(clause), with_marks(clause, [heading_span(clause)])) for clause in clauses]


def _holding(clause: Clause, topic: str) -> list[Span]:
    """The sentences of a clause that hold a term; the first if only several together do."""
    held = [
        s
        for s in clause.sentences
        if topic in normalise(clause.text[s.start - clause.start : s.end - clause.start])
    ]
    return held or [clause.sentences[0]]


def _in_words(row: Indicator) -> str:
    measure = f"({row.measure})" if row.measure else ""
    return f"{row.name}{measure}:{row.base or '未载明'} → {row.target or '未载明'}"


def _ratio(row: Indicator) -> Decimal | None:
    try:
        base, target = (Decimal((value or "").rstrip("%％")) for value in (row.base, row.target))
    except InvalidOperation:
        return None
    return target / base if base else None
