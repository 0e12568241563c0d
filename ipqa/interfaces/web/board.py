"""责任清单 as HTML: a unit's complete list, and the heat map of units and chapters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from urllib.parse import urlencode

from ipqa.answers.citing import title_of
from ipqa.engine import PolicySearch
from ipqa.interfaces.web.marks import TABLE_FORMATS, downloads, notice, source_link
from ipqa.models import ROLE_NAMES, ROLES, Clause, Indicator, Role

_SHADES = 5


@dataclass(frozen=True)
class Board:
    """The units board of a corpus.

    ``names`` maps a unit as a note writes it to the board's name; ``base`` is the path that the page is
    served under.
    """

    policy: PolicySearch
    names: Mapping[str, str]
    base: str = ""

    @classmethod
    def of(cls, policy: PolicySearch, base: str = "") -> Board:
        """The board of an open corpus."""
        names = {written: u.name for u in policy.units() for written in (u.name, *u.variants)}
        return cls(policy, names, base)

    def chapters(self) -> tuple[str, ...]:
        """The top headings that hold tasks or projects, in order."""
        return tuple(dict.fromkeys(_chapter(c) for c in self.policy.clauses if _is_duty(c)))

    def listing(self, unit: str, role: Role | None, section: str | None, doc: str | None) -> str:
        """All tasks, projects and indicators of a unit, with counts and links that export them.

        Raises:
            UnknownUnitError: if no note names the unit; offers the nearest names.
            ArgumentError: if the role or the document does not exist.
        """
        name = self.policy.unit(unit)
        clauses = [c for c in self.policy.tasks(name, role, doc=doc) if _under(c, section)]
        rows = [
            (self.policy.clause(i.clause_id), i)
            for i in self.policy.indicators(name, doc=doc)
            if role in (None, *self._roles(name, self.policy.clause(i.clause_id)))
            and _under(self.policy.clause(i.clause_id), section)
        ]
        given = {"unit": name, "role": role, "section": section, "doc": doc}
        query = f"?{urlencode({key: value for key, value in given.items() if value})}"
        led = sum("lead" in self._roles(name, c) for c in clauses)
        told = f"{len(clauses)} 项任务和专栏项目(牵头 {led} 项),{len(rows)} 项指标"
        limits = "、".join(filter(None, (ROLE_NAMES[role] if role else "", section or "")))
        head = (
            f'<div class="ipqa-list-head"><h2>{escape(name)}</h2>'
            f'<p role="status">{told}{escape(f"(只列:{limits})") if limits else ""}</p>'
            f"{downloads(self.base, 'tasks', TABLE_FORMATS, query)}</div>"
        )
        if not clauses and not rows:
            return head + notice("没有符合条件的任务。")
        return head + "".join(self._chapters(name, clauses)) + self._indicators(name, rows)

    def overview(self) -> str:
        """The heat map: how many tasks and projects of each chapter name each unit."""
        chapters = self.chapters()
        counts = Counter(
            (unit, _chapter(clause))
            for clause in self.policy.clauses
            if _is_duty(clause)
            for unit in {self.names[r.unit] for r in clause.responsibility}
        )
        most = max(counts.values(), default=1)
        head = "".join(f'<th scope="col"><span>{escape(chapter)}</span></th>' for chapter in chapters)
        rows = "".join(
            f'<tr><th scope="row"><button type="button" data-unit="{escape(unit.name)}">'
            f"{escape(unit.name)}</button></th>"
            f"{''.join(_cell(unit.name, c, counts[unit.name, c], most) for c in chapters)}"
            f"<td>{unit.tasks}</td></tr>"
            for unit in self.policy.units()
        )
        return (
            '<section class="ipqa-heat"><h2>全部单位一览</h2>'
            "<p>每格是该单位在这一章的任务和专栏项目数;点单位或格子看清单。</p>"
            f"{downloads(self.base, 'tasks', TABLE_FORMATS)}"
            '<div class="ipqa-scroll" tabindex="0" role="region" aria-label="单位与章节的任务数">'
            f'<table><thead><tr><th scope="col">单位</th>{head}<th scope="col">合计</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div></section>"
        )

    def _chapters(self, unit: str, clauses: Sequence[Clause]) -> Iterator[str]:
        for chapter, members in groupby(clauses, key=_chapter):
            items = "".join(
                self._item(clause, title_of(clause), self._roles(unit, clause)) for clause in members
            )
            yield f'<section class="ipqa-chapter"><h3>{escape(chapter)}</h3><ol>{items}</ol></section>'

    def _indicators(self, unit: str, rows: Sequence[tuple[Clause, Indicator]]) -> str:
        if not rows:
            return ""
        items = "".join(self._item(c, i.name, self._roles(unit, c)) for c, i in rows)
        return f'<section class="ipqa-chapter"><h3>指标</h3><ol>{items}</ol></section>'

    def _item(self, clause: Clause, name: str, roles: Sequence[Role]) -> str:
        chips = "".join(f'<span class="ipqa-chip ipqa-chip-{r}">{ROLE_NAMES[r]}</span>' for r in roles)
        leads = "、".join(r.label for r in clause.lead)
        others = "、".join(r.label for r in clause.responsibility if r.role != "lead")
        told = ";".join(filter(None, (leads and f"牵头 {leads}", others and f"负责、配合 {others}")))
        link = source_link(clause, name, f"在原文中查看:{name}")
        return f'<li data-clause="{escape(clause.id)}">{chips}{link}<small>{escape(told)}</small></li>'

    def _roles(self, unit: str, clause: Clause) -> tuple[Role, ...]:
        held = {r.role for r in clause.responsibility if self.names[r.unit] == unit}
        return tuple(role for role in ROLES if role in held)


def _cell(unit: str, chapter: str, count: int, most: int) -> str:
    if not count:
        return "<td></td>"
    shade = -(-count * _SHADES // most)
    told = escape(f"{unit},{chapter}:{count} 项")
    return (
        f'<td><button type="button" class="ipqa-shade-{shade}" data-unit="{escape(unit)}" '
        f'data-section="{escape(chapter)}" aria-label="{told}">{count}</button></td>'
    )


def _is_duty(clause: Clause) -> bool:
    return clause.kind in ("task", "project") and not clause.continues


def _chapter(clause: Clause) -> str:
    return clause.section_path[0] if clause.section_path else ""


def _under(clause: Clause, section: str | None) -> bool:
    return section is None or any(section in heading for heading in clause.section_path)


def role_choices() -> list[tuple[str, str]]:
    """The roles as choices: what they are called, and their value; first any role."""
    return [("全部角色", ""), *((ROLE_NAMES[role], role) for role in ROLES)]
