"""Which clauses a search may return: by unit, role, document, section and kind."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from ipqa.documents.units import UnitDirectory
from ipqa.errors import ArgumentError
from ipqa.models import CLAUSE_KINDS, ROLES, Clause, ClauseKind, Role
from ipqa.text.normalise import has_letters, normalise, without_spaces

ClauseFilter = Callable[[Clause], bool]


def make_filter(
    clauses: Sequence[Clause],
    units: UnitDirectory,
    *,
    unit: str | None = None,
    role: Role | None = None,
    doc_id: str | None = None,
    section: str | None = None,
    kind: ClauseKind | None = None,
) -> ClauseFilter | None:
    """What the arguments let through; None if that is everything.

    Args:
        clauses: all clauses, whose headings ``section`` is looked for in.
        units: finds the unit by any of its names.
        unit: clauses that name this unit.
        role: clauses where the unit (any unit, if none is given) has this role.
        doc_id: clauses of this document.
        section: clauses under a heading that holds this text, white space aside.
        kind: clauses of this kind.

    Raises:
        UnknownUnitError: if the name is blank or no note names the unit.
        ArgumentError: if the role, the kind or the section does not exist.
    """
    _check_choice("kind", kind, CLAUSE_KINDS)
    _check_choice("role", role, ROLES)
    # Only None means "any": a blank name is a mistake of the caller, and no filter would hide it.
    if all(limit is None for limit in (unit, role, doc_id, section, kind)):
        return None
    name = None if unit is None else units.resolve(unit)
    heading = None if section is None else _find_heading(section, clauses)

    def accept(clause: Clause) -> bool:
        return (
            (not kind or clause.kind == kind)
            and (doc_id is None or clause.doc_id == doc_id)
            and (not heading or any(heading in _fold(h) for h in clause.section_path))
            and (not (name or role) or _names(clause, name, role, units))
        )

    return accept


def _names(clause: Clause, name: str | None, role: Role | None, units: UnitDirectory) -> bool:
    return any(
        (not name or units.canonical[r.unit] == name) and (not role or r.role == role)
        for r in clause.responsibility
    )


def _find_heading(section: str, clauses: Sequence[Clause]) -> str:
    if not isinstance(section, str) or not has_letters(section):
        raise ArgumentError("请给出章节标题里的文字,而不是空白或标点")
    wanted = _fold(section)
    headings = dict.fromkeys(h for clause in clauses for h in clause.section_path)
    if any(wanted in _fold(h) for h in headings):
        return wanted
    nearest = difflib.get_close_matches(section, headings, n=3, cutoff=0.3)
    near = f",标题相近的有:{'、'.join(nearest)}" if nearest else ""
    raise ArgumentError(f"没有章节“{section}”{near}")


def _check_choice(name: str, value: str | None, choices: Sequence[str]) -> None:
    if value is not None and value not in choices:
        raise ArgumentError(f"{name} 应是 {'、'.join(choices)} 之一,而不是 {value!r}")


def _fold(text: str) -> str:
    return without_spaces(normalise(text))
