"""From hits and parsed facts to an answer: every statement verbatim or parsed, each with its citation [n]."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from ipqa.answers.citing import Citer, DocumentById, heading_span, note_of, title_of, whole, with_marks
from ipqa.documents.units import UnitDirectory
from ipqa.models import (
    ROLE_NAMES,
    ROLES,
    Answer,
    Citation,
    Clause,
    Document,
    Hit,
    Indicator,
    Responsibility,
)

_SAME_NAME = 0.8  # of the characters of two titles, alike
_MOST_NOTES = 3
_COMPUTED = "(算得)"
_MARKER = re.compile(r"^(?:[(（]?[一二三四五六七八九十\d]+[)）、.．]|专栏\d+)\s*")


@dataclass(frozen=True)
class Composer:
    """Composes answers over one corpus; ``indicators`` are by the clause that holds the row."""

    document: DocumentById
    indicators: Mapping[str, Indicator]
    units: UnitDirectory

    def passages(self, hits: Sequence[Hit]) -> Answer:
        """The sentences that answer, from the best hit, and all hits as passages."""
        citer = Citer(self.document)
        marks = [citer.cite(hit) for hit in hits]
        return self._answer("passages", f"{citer.citations[0].quote}{marks[0]}", citer, hits=hits)

    def indicator(self, hits: Sequence[Hit], row: Hit) -> Answer:
        """Base, target and change of an indicator with who is responsible, and the other passages found."""
        indicator = self.indicators[row.clause.id]
        citer = Citer(self.document)
        mark = citer.cite(row, whole(row.clause))
        name = f"{indicator.name}({indicator.measure})" if indicator.measure else indicator.name
        lines = [
            f"{name}:{_value(indicator.base_year, '基期', indicator.base)},"
            f"{_value(indicator.target_year, '目标', indicator.target)}{mark}。"
        ]
        if change := change_in_words(indicator):
            lines.append(change)
        if indicator.responsibility:
            lines.append(f"{in_words(indicator.responsibility)}{mark}。")
        others = [hit for hit in hits if hit.clause.id != row.clause.id]
        for hit in others:
            citer.cite(hit)
        answer = self._answer("indicator", "\n".join(lines), citer, hits=[row, *others])
        return replace(answer, indicators=(indicator,), responsibility=indicator.responsibility)

    def responsibility(self, hits: Sequence[Hit], compared: bool = False) -> Answer:
        """Who leads and who else is responsible, by the best hit's note; its namesakes each by theirs.

        Where two are ``compared``, the second hit counts as named too.
        """
        citer = Citer(self.document)
        first, shown = hits[0], []
        lines: list[str] = []
        for i, hit in enumerate(hits):
            named = _alike(first.clause, hit.clause) or (compared and i == 1)
            if named and len(lines) < _MOST_NOTES and hit.clause.responsibility:
                note = note_of(hit.clause)
                hit = replace(hit, highlights=tuple(sorted({*hit.highlights, note}, key=lambda s: s.start)))
                told = in_words(hit.clause.responsibility)
                lines.append(f"{title_of(hit.clause)}:{told}{citer.cite(hit, note)}。")
            else:
                citer.cite(hit)
            shown.append(hit)
        answer = self._answer("responsibility", "\n".join(lines), citer, hits=shown)
        return replace(answer, responsibility=first.clause.responsibility)

    def place(self, number: int, hit: Hit) -> Answer:
        """Where a passage stands."""
        citer = Citer(self.document)
        path = " › ".join((self.document(hit.clause.doc_id).title, *hit.clause.section_path))
        return self._answer("place", f"第 {number} 条在:{path}{citer.cite(hit)}", citer, hits=[hit])

    def tasks(self, unit: str, clauses: Sequence[Clause], rows: Sequence[Clause]) -> Answer:
        """Everything that notes give a unit to do, by chapter; ``rows`` are the indicators it answers for."""
        citer = Citer(self.document)
        leads = sum(any(self.units.canonical[r.unit] == unit for r in clause.lead) for clause in clauses)
        lines = [
            f"{unit}:共 {len(clauses)} 项任务和专栏项目,其中牵头 {leads} 项"
            + (f";另有指标 {len(rows)} 项" if rows else "")
            + "(按责任单位统计)。"
        ]
        chapter = ""
        for clause in (*clauses, *rows):
            heading = "指标" if clause.kind == "indicator" else (clause.section_path or ("",))[0]
            if heading != chapter:
                chapter = heading
                lines.append(chapter)
            role = "、".join(
                dict.fromkeys(
                    ROLE_NAMES[r.role] for r in clause.responsibility if self.units.canonical[r.unit] == unit
                )
            )
            name = self.indicators[clause.id].name if clause.id in self.indicators else title_of(clause)
            lines.append(f"· {name}({role}){citer.cite(with_marks(clause, [heading_span(clause)]))}")
        answer = self._answer("tasks", "\n".join(lines), citer, hits=citer.hits)
        return replace(answer, total=len(clauses))

    def listing(self, lead: str, items: Sequence[tuple[str, Hit]]) -> Answer:
        """A complete list: a line for each item, with its citation."""
        citer = Citer(self.document)
        lines = [lead, *(f"· {name}{citer.cite(hit)}" for name, hit in items)]
        answer = self._answer("list", "\n".join(lines), citer, hits=citer.hits)
        led = [r for _, hit in items for r in hit.clause.lead if any(r.unit in name for name, _ in items)]
        return replace(answer, responsibility=tuple(dict.fromkeys(led)), total=len(items))

    def _answer(self, kind: str, text: str, citer: Citer, hits: Sequence[Hit]) -> Answer:
        return Answer(
            "",
            "",
            "answered",
            kind,
            text,
            tuple(hits),
            tuple(citer.citations),
            responsibility=hits[0].clause.responsibility if hits else (),
            total=len(hits),
        )


def in_words(responsibility: Sequence[Responsibility]) -> str:
    """A note's units by role; says so where several are named and none leads."""
    groups = [(ROLE_NAMES[role], [r.label for r in responsibility if r.role == role]) for role in ROLES]
    told = ";".join(f"{name} {'、'.join(labels)}" for name, labels in groups if labels)
    leaderless = len(responsibility) > 1 and not any(r.role == "lead" for r in responsibility)
    return f"{told}(未写牵头单位)" if leaderless else told


def change_in_words(indicator: Indicator) -> str:
    """Difference and ratio of target and base, marked as computed; empty where they are no numbers."""
    try:
        base, target = (Decimal((value or "").rstrip("%％")) for value in (indicator.base, indicator.target))
    except InvalidOperation:
        return ""
    difference = target - base
    way = "增加" if difference > 0 else "减少"
    measure = "个百分点" if indicator.measure == "%" else indicator.measure
    told = "与基期相同" if not difference else f"{way} {abs(difference).normalize():f}{measure}"
    ratio = f",是基期的 {(target / base).quantize(Decimal('0.01')).normalize():f} 倍" if base else ""
    return f"{'五年' if _span(indicator) == 5 else ''}变化:{told}{ratio}{_COMPUTED}。"


def verify(citation: Citation, document: Document, clause: Clause | None) -> bool:
    """Whether the quote still stands where the citation says: there in the document, and in the clause.

    Args:
        citation: what is cited.
        document: the document that the citation names.
        clause: the clause that the citation names; None if there is none of that id.
    """
    start, end = citation.start, citation.end
    if clause is None or clause.doc_id != document.id:
        return False
    # Python's slices take any numbers, negative ones too: the place has to be checked on its own.
    within = 0 <= clause.start <= start < end <= clause.end and end <= len(document.text)
    return within and document.text[start:end] == citation.quote


def _span(indicator: Indicator) -> int:
    return (indicator.target_year or 0) - (indicator.base_year or 0)


def _value(year: int | None, name: str, value: str | None) -> str:
    return f"{f'{year}年' if year else ''}{name}{'未载明' if value is None else f' {value}'}"


def _alike(one: Clause, other: Clause) -> bool:
    names = [_MARKER.sub("", title_of(clause)) for clause in (one, other)]
    return difflib.SequenceMatcher(None, names[0], names[1], autojunk=False).ratio() >= _SAME_NAME
