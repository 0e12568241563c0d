"""What else can be asked: questions made of facts that the corpus holds, so that it answers them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ipqa.answers.citing import title_of
from ipqa.documents.units import UnitDirectory
from ipqa.models import Answer, Clause, Indicator
from ipqa.text.normalise import normalise

_NUMBER = re.compile(r"^[(（]?[一二三四五六七八九十\d]+[)）、.．]\s*")
_MOST = 3
_NEAR = 60  # clauses; so far the next of its kind is looked for
_DUTIES = ("task", "project")


@dataclass(frozen=True)
class Suggester:
    """Suggests questions over one corpus.

    ``clause`` finds a clause by id; ``indicators`` are by the clause that holds the row.
    """

    clauses: Sequence[Clause]
    clause: Callable[[str], Clause | None]
    indicators: Mapping[str, Indicator]
    units: UnitDirectory

    def openers(self) -> tuple[str, ...]:
        """Two or three things that one can ask to begin with."""
        found = []
        if self.indicators:
            found.append(_target(next(iter(self.indicators.values()))))
        if self.units.names:
            found.append(_duties(self.units.names[0]))
        led = next((c for c in self.clauses if c.kind in _DUTIES and c.lead), None)
        if led:
            found.append(_who(led))
        return tuple(found)

    def follow_ups(self, answer: Answer) -> tuple[str, ...]:
        """Two or three questions that lead on from an answer, none that was just asked."""
        if not answer.hits:
            return ()
        asked = normalise(answer.resolved_question)
        clauses = [hit.clause for hit in answer.hits[:_MOST]]
        found = dict.fromkeys(question for clause in clauses for question in self._about(answer, clause))
        return tuple(q for q in found if normalise(q.rstrip("?")) not in asked)[:_MOST]

    def _about(self, answer: Answer, clause: Clause) -> Iterator[str]:
        indicator = self.indicators.get(clause.id)
        if clause.kind in _DUTIES and clause.responsibility and answer.kind != "responsibility":
            yield _who(clause)
        beside = self._next(clause)
        if beside:
            yield _target(self.indicators[beside.id]) if indicator else f"{plain_title(beside)}有哪些内容?"
        told = answer.understanding.units if answer.kind == "tasks" else ()
        for responsible in (*clause.lead, *clause.responsibility):
            if (unit := self.units.canonical[responsible.unit]) not in told:
                yield _duties(unit)
                break

    def _next(self, clause: Clause) -> Clause | None:
        """The next clause of the same kind in the document, from the start again after the last."""
        own = int(clause.id.rpartition("#")[2])
        for ordinal in (*range(own + 1, own + _NEAR), *range(1, min(own, _NEAR))):
            beside = self.clause(f"{clause.doc_id}#{ordinal}")
            alike = beside and beside.kind == clause.kind and not beside.continues
            if beside and alike and (beside.kind in _DUTIES or beside.id in self.indicators):
                return beside
        return None


def plain_title(clause: Clause) -> str:
    """What a clause is called, without its number: 实施高价值专利培育计划."""
    return _NUMBER.sub("", title_of(clause))


def _who(clause: Clause) -> str:
    return f"{plain_title(clause)}由谁{'牵头' if clause.lead else '负责'}?"


def _duties(unit: str) -> str:
    return f"{unit}有哪些任务?"


def _target(indicator: Indicator) -> str:
    return f"{indicator.name}的目标是多少?"
