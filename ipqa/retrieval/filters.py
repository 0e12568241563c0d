"""Which clauses a search may return: by unit, role, section and kind, and by their documents' metadata."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Collection, Iterable, Sequence

from ipqa.documents.units import UnitDirectory
from ipqa.errors import ArgumentError
from ipqa.models import CLAUSE_KINDS, ROLES, Clause, ClauseKind, Document, Role
from ipqa.text.normalise import has_letters, normalise, without_spaces

ClauseFilter = Callable[[Clause], bool]

_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


def make_filter(
    clauses: Sequence[Clause],
    units: UnitDirectory,
    *,
    unit: str | None = None,
    role: Role | None = None,
    doc_ids: Collection[str] | None = None,
    section: str | None = None,
    kind: ClauseKind | None = None,
) -> ClauseFilter | None:
    """What the arguments let through; None if that is everything.

    Args:
        clauses: all clauses, whose headings ``section`` is looked for in.
        units: finds the unit by any of its names.
        unit: clauses that name this unit.
        role: clauses where the unit (any unit, if none is given) has this role.
        doc_ids: clauses of these documents.
        section: clauses under a heading that holds this text, white space aside.
        kind: clauses of this kind.

    Raises:
        UnknownUnitError: if the name is blank or no note names the unit.
        ArgumentError: if the role, the kind or the section does not exist.
    """
    _check_choice("kind", kind, CLAUSE_KINDS)
    _check_choice("role", role, ROLES)
    # Only None means "any": a blank name is a mistake of the caller, and no filter would hide it.
    if all(limit is None for limit in (unit, role, doc_ids, section, kind)):
        return None
    name = None if unit is None else units.resolve(unit)
    heading = None if section is None else _find_heading(section, clauses)

    def accept(clause: Clause) -> bool:
        return (
            (not kind or clause.kind == kind)
            and (doc_ids is None or clause.doc_id in doc_ids)
            and (not heading or any(heading in _fold(h) for h in clause.section_path))
            and (not (name or role) or _names(clause, name, role, units))
        )

    return accept


def find_documents(
    documents: Iterable[Document],
    doc: str | None = None,
    issuer: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> frozenset[str] | None:
    """The documents that the limits let through; None if nothing limits them.

    Args:
        documents: all documents.
        doc: an id.
        issuer: a part of the issuer's name.
        since: the first day of publication, or its month or year; documents without a day fall out.
        until: the last day of publication.

    Raises:
        ArgumentError: if the issuer is blank or no document has it, or if a day is none.
    """
    if all(limit is None for limit in (doc, issuer, since, until)):
        return None
    for name, day in (("since", since), ("until", until)):
        if day is not None and not (isinstance(day, str) and _DAY.fullmatch(day)):
            raise ArgumentError(f"{name} 应是日期,例如 2022-08-24、2022-08 或 2022,而不是 {day!r}")
    listed = list(documents)
    if issuer is not None:
        known = dict.fromkeys(d.issuer for d in listed if d.issuer)
        if not isinstance(issuer, str) or not issuer.strip() or not any(issuer in name for name in known):
            raise ArgumentError(f"没有发布机关是“{issuer}”的文件,现有:{'、'.join(list(known)[:5])}")
    return frozenset(
        d.id
        for d in listed
        if (doc is None or d.id == doc)
        and (issuer is None or issuer in d.issuer)
        and (since is None or d.published >= since)
        and (until is None or "" < d.published[: len(until)] <= until)
    )


def notices_of(documents: Iterable[Document]) -> tuple[str, ...]:
    """What is to be known today of the validity of documents."""
    today = datetime.date.today()
    return tuple(filter(None, (document.notice(today) for document in documents)))


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
