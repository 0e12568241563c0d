"""Work lists and indicators as tables, whatever kind of file they go into."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ipqa.answers.citing import title_of
from ipqa.answers.compose import change_in_words
from ipqa.documents.places import cited_place
from ipqa.documents.units import UnitDirectory
from ipqa.engine import PolicySearch
from ipqa.interfaces.export.sources import date_line, source_lines
from ipqa.models import KIND_NAMES, ROLE_NAMES, ROLES, Clause, ClauseKind, Document, Responsibility, Role
from ipqa.retrieval.filters import make_filter
from ipqa.text.lexicon import Lexicon

Cell: TypeAlias = str | int | float | None

_LISTED: tuple[ClauseKind, ...] = ("task", "project", "indicator")
_NOT_GIVEN = "未列"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_MOST_DIGITS = 15  # a spreadsheet holds no more of a number
_CHANGE = re.compile(r"变化:(?P<told>.*)\(算得\)。$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``width`` counts Latin letters, as spreadsheets do: a Chinese character takes two."""

    name: str
    width: int


@dataclass(frozen=True)
class Table:
    """A table with its title; ``notes`` say where its rows come from and how they were counted."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]


_OWN_ROLE = Column("本单位角色", 9)
_UNITS = {role: Column(f"{name}单位", 15) for role, name in ROLE_NAMES.items()}
_SOURCE = (Column("原文", 60), Column("出处", 22), Column("文件", 18), Column("条款编号", 15))


def task_table(
    policy: PolicySearch,
    unit: str | None = None,
    role: Role | None = None,
    section: str | None = None,
    doc: str | None = None,
) -> Table:
    """Every task and project in document order, then every indicator; all, or those of one unit.

    Args:
        policy: the corpus.
        unit: only what names this unit; aliases are understood.
        role: only where the unit (any unit, if none is given) has this role.
        section: only what stands under a heading that holds this text.
        doc: only this document.

    Raises:
        UnknownUnitError: if no note names the unit; offers the nearest names.
        ArgumentError: if the role, the section or the document does not exist.
    """
    units = UnitDirectory.of(policy.clauses, policy.documents, Lexicon.load())
    documents = _documents(policy, doc)
    doc_ids = None if doc is None else {document.id for document in documents}
    accept = make_filter(policy.clauses, units, unit=unit, role=role, section=section, doc_ids=doc_ids)
    name = None if unit is None else units.resolve(unit)
    found = [
        c for c in policy.clauses if c.kind in _LISTED and not c.continues and (accept is None or accept(c))
    ]
    found.sort(key=lambda clause: clause.kind == "indicator")
    names = {indicator.clause_id: indicator.name for indicator in policy.indicators()}
    rows: list[tuple[Cell, ...]] = []
    for number, clause in enumerate(found, 1):
        document = policy.document(clause.doc_id)
        rows.append(
            (
                number,
                KIND_NAMES[clause.kind],
                names.get(clause.id) or title_of(clause),
                (clause.section_path or ("",))[0],
                *([] if name is None else [_own_role(clause, name, units)]),
                *(_labels(clause.responsibility, r) for r in ROLES),
                *_source(document, clause),
            )
        )
    columns = (
        *(Column("序号", 6), Column("类别", 10), Column("名称", 22), Column("章节", 16)),
        *([] if name is None else [_OWN_ROLE]),
        *(_UNITS[r] for r in ROLES),
        *_SOURCE,
    )
    notes = (*source_lines(documents), date_line(), *_task_notes(found, name, role, section))
    return Table(f"{name or '各单位'}任务、专栏项目和指标清单", columns, tuple(rows), notes)


def indicator_table(policy: PolicySearch, unit: str | None = None, doc: str | None = None) -> Table:
    """The indicators in table order with base, target and the change between them.

    Raises:
        UnknownUnitError: if no note names the unit; offers the nearest names.
        UnknownDocumentError: if there is no such document.
    """
    name = None if unit is None else policy.unit(unit)
    documents = _documents(policy, doc)
    indicators = policy.indicators(unit, doc=doc)
    rows: list[tuple[Cell, ...]] = []
    for number, indicator in enumerate(indicators, 1):
        clause = policy.clause(indicator.clause_id)
        change = _CHANGE.search(change_in_words(indicator))
        rows.append(
            (
                number,
                indicator.name,
                indicator.measure or _NOT_GIVEN,
                indicator.base_year or _NOT_GIVEN,
                _value(indicator.base),
                indicator.target_year or _NOT_GIVEN,
                _value(indicator.target),
                change["told"] if change else "",
                *(_labels(indicator.responsibility, r) or _NOT_GIVEN for r in ("lead", "responsible")),
                *_source(policy.document(clause.doc_id), clause),
            )
        )
    columns = (
        *(Column("序号", 6), Column("指标", 30), Column("计量单位", 10), Column("基期年", 9)),
        *(Column("基期值", 10), Column("目标年", 9), Column("目标值", 12), Column("变化(算得)", 24)),
        *(_UNITS["lead"], _UNITS["responsible"]),
        *_SOURCE,
    )
    scope = f"{name}负责的" if name else ""
    notes = (
        *source_lines(documents),
        date_line(),
        f"统计口径:{scope}指标 {len(rows)} 项",
        f"“{_NOT_GIVEN}”是文件没有给出;变化由基期值和目标值算得,不是文件原文",
        *(w for w in policy.warnings if any(w.startswith(f"{document.id} ") for document in documents)),
    )
    return Table(f"{name or ''}指标清单", columns, tuple(rows), notes)


def _documents(policy: PolicySearch, doc: str | None) -> tuple[Document, ...]:
    return policy.documents if doc is None else (policy.document(doc),)


def _source(document: Document, clause: Clause) -> tuple[str, str, str, str]:
    """The cells of the last columns: text, place, document, id."""
    return clause.text, cited_place(document, clause), document.title, clause.id


def _labels(responsibility: Sequence[Responsibility], role: str) -> str:
    return "、".join(r.label for r in responsibility if r.role == role)


def _own_role(clause: Clause, name: str, units: UnitDirectory) -> str:
    own = (ROLE_NAMES[r.role] for r in clause.responsibility if units.canonical[r.unit] == name)
    return "、".join(dict.fromkeys(own))


def _value(written: str | None) -> Cell:
    """A number where a spreadsheet shows it as it is written; 10.70 and 70% stay text."""
    if written is None:
        return _NOT_GIVEN
    if not _NUMBER.fullmatch(written) or len(written) > _MOST_DIGITS:
        return written
    number = float(written) if "." in written else int(written)
    return number if str(number) == written else written


def _task_notes(
    clauses: Sequence[Clause], name: str | None, role: Role | None, section: str | None
) -> tuple[str, ...]:
    counts = Counter(clause.kind for clause in clauses)
    counted = "、".join(f"{KIND_NAMES[kind]} {counts[kind]} 项" for kind in _LISTED)
    within = "" if section is None else f"标题含“{section}”的章节里,"
    whose = f"写明{name}{ROLE_NAMES[role] if role else '为责任单位'}的" if name else ""
    if role and not name:
        whose = f"写明{ROLE_NAMES[role]}单位的"
    return (
        f"统计口径:{within}{whose}{counted},共 {len(clauses)} 行",
        "原文逐字引自文件;拆成几段的长条款只计一次,原文列第一段",
    )
