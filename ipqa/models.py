"""The words of this project as frozen dataclasses.

Every offset is in Unicode code points into ``Document.text``, half-open: ``text[start:end]``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ClauseKind = Literal["task", "project", "indicator", "paragraph"]
Role = Literal["lead", "responsible", "support"]
Status = Literal["answered", "related", "not_found", "chat"]

CLAUSE_KINDS: tuple[ClauseKind, ...] = ("task", "project", "indicator", "paragraph")
ROLES: tuple[Role, ...] = ("lead", "responsible", "support")
ROLE_NAMES: Mapping[Role, str] = {"lead": "牵头", "responsible": "负责", "support": "配合"}
KIND_NAMES: Mapping[ClauseKind, str] = {
    "task": "任务",
    "project": "专栏项目",
    "indicator": "指标",
    "paragraph": "正文",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch ``[start, end)`` of a document's text."""

    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A policy file: its text, decoded and with line feeds as line ends, and its metadata.

    ``id`` is the file stem, with the folders below the corpus before it where there are any. Metadata dates
    stay as written (``2022-08-24``); ``""`` where unknown. ``number`` is the issuer's (国办发〔2018〕117号),
    ``published`` the day of issue, ``effective`` the first day in force, ``expires`` the last,
    ``superseded_by`` the document that took its place. ``unit_aliases`` maps other names of a unit to the
    name that the document mostly uses.
    """

    id: str
    title: str
    text: str = field(repr=False)
    issuer: str = ""
    published: str = ""
    period: str = ""
    region: str = ""
    source: str = ""
    number: str = ""
    effective: str = ""
    expires: str = ""
    superseded_by: str = ""
    unit_aliases: Mapping[str, str] = field(default_factory=dict, repr=False)

    def notice(self, today: datetime.date) -> str:
        """What a reader has to know of the document's validity on a day; empty if nothing is known."""
        day = today.isoformat()
        if self.superseded_by:
            return f"《{self.title}》已由《{self.superseded_by.strip('《》')}》替代"
        if self.expires and self.expires < day:
            return f"《{self.title}》的有效期已于 {self.expires} 届满"
        if self.effective and self.effective > day:
            return f"《{self.title}》自 {self.effective} 起施行,现在还没有施行"
        return ""


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One unit of a note of who is responsible, named as the document names it."""

    unit: str
    role: Role
    qualifier: str = ""

    @property
    def label(self) -> str:
        """The unit with its qualifier, as the note writes it: ``市工业和信息化局(军民融合部分)``."""
        return f"{self.unit}({self.qualifier})" if self.qualifier else self.unit


@dataclass(frozen=True, slots=True)
class Clause:
    """The unit of citation; ``text == document.text[start:end]``, at most 700 characters.

    ``section_path`` holds the headings from the top, as written, the clause's own heading last where it
    has one. ``continues`` is the id of the first part where a long clause had to be split at sentences.
    """

    id: str
    doc_id: str
    kind: ClauseKind
    start: int
    end: int
    text: str
    section_path: tuple[str, ...]
    sentences: tuple[Span, ...]
    responsibility: tuple[Responsibility, ...] = ()
    continues: str | None = None

    @property
    def lead(self) -> tuple[Responsibility, ...]:
        """The units that lead (牵头)."""
        return tuple(r for r in self.responsibility if r.role == "lead")


@dataclass(frozen=True)
class Indicator:
    """A row of an indicator table. Values are strings as written; None where the plan gives none."""

    name: str
    measure: str
    base_year: int | None
    base: str | None
    target_year: int | None
    target: str | None
    responsibility: tuple[Responsibility, ...]
    clause_id: str


@dataclass(frozen=True)
class Hit:
    """A clause found. ``score``: higher is better; ``scores``: its named parts before weighting."""

    clause: Clause
    score: float
    scores: Mapping[str, float]
    highlights: tuple[Span, ...]


@dataclass(frozen=True)
class Topic:
    """A need that enterprises have (办事指引) and every clause of a document that serves it.

    ``needs`` say it in their own words. ``hits`` stand in document order with score 0; their highlights are
    the sentences that speak of the need. ``missing`` says in words what the document leaves open.
    """

    name: str
    doc_id: str
    needs: tuple[str, ...]
    hits: tuple[Hit, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Citation:
    """A verbatim quote and its place: ``quote == document.text[start:end]``. ``number`` counts from 1."""

    number: int
    doc_id: str
    clause_id: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Understanding:
    """What a question asks for and about what.

    ``asks`` are the things asked for, as the lexicon names them (数量, 责任单位 …). ``units`` are units of
    the corpus by the board's names, ``other_units`` names of bodies that no note names; ``places`` lie
    elsewhere or are named more closely than the document; a five-year plan counts in ``years`` as its last
    year; ``names`` stand in quotes.
    """

    asks: frozenset[str] = frozenset()
    units: tuple[str, ...] = ()
    other_units: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a question got.

    ``kind`` tells how it is composed: ``passages``, ``indicator``, ``responsibility``, ``tasks``, ``list``,
    ``place``, ``chat``. ``missing`` says in words what the plan does not give, ``suggestions`` what else can
    be asked. ``relevance`` is how likely the plan speaks of the matter at all, 0 to 1. ``notices`` say
    which of the documents cited are no longer, or not yet, in force.
    """

    question: str
    resolved_question: str
    status: Status
    kind: str
    text: str
    hits: tuple[Hit, ...] = ()
    citations: tuple[Citation, ...] = ()
    responsibility: tuple[Responsibility, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    missing: tuple[str, ...] = ()
    total: int = 0
    suggestions: tuple[str, ...] = ()
    understanding: Understanding = Understanding()
    relevance: float = 1.0
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """A unit of the units board: how many tasks and projects name it, and how many it leads."""

    name: str
    tasks: int
    leads: int
    indicators: int
    variants: tuple[str, ...] = ()
