"""The units that the notes of responsibility name, found by any of their names."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ipqa.errors import UnknownUnitError
from ipqa.models import Clause, Unit
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise

_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,3}?[省市县区](?=[\u4e00-\u9fff]{2})")
_LEVEL = re.compile(r"^[省市县区]委?(?=[\u4e00-\u9fff]{2})")
_TASK_KINDS = ("task", "project")


@dataclass(frozen=True)
class UnitDirectory:
    """The units of a corpus and their other names.

    ``canonical`` maps a name as a note writes it to the name that the units board lists it under.
    """

    names: tuple[str, ...]
    canonical: Mapping[str, str]
    lexicon: Lexicon

    @classmethod
    def of(cls, clauses: Iterable[Clause], aliases: Mapping[str, str], lexicon: Lexicon) -> UnitDirectory:
        """The directory of all units that the clauses' notes name.

        Args:
            clauses: the clauses of the corpus.
            aliases: other name → name in the notes, from the documents' metadata.
            lexicon: knows abbreviations and former names.
        """
        named = dict.fromkeys(r.unit for clause in clauses for r in clause.responsibility)
        canonical = {name: aliases.get(name, name) for name in named}
        return cls(tuple(dict.fromkeys(canonical.values())), {**aliases, **canonical}, lexicon)

    def resolve(self, name: str) -> str:
        """The board's name of the unit that ``name`` means: 市监局 → 市市场监管局.

        Raises:
            UnknownUnitError: if no note names such a unit; offers the nearest names.
        """
        wanted = normalise(name).replace(" ", "")
        by_form = {normalise(known): target for known, target in self.canonical.items()}
        if wanted in by_form:
            return by_form[wanted]
        forms = self._forms(wanted)
        for unit in self.names:
            if forms & self._forms(normalise(unit)):
                return unit
        holding = [unit for unit in self.names if wanted and wanted in normalise(unit)]
        if len(holding) == 1:
            return holding[0]
        nearest = holding[:5] or difflib.get_close_matches(name, self.names, n=3, cutoff=0.4)
        near = f",名称相近的有:{'、'.join(nearest)}" if nearest else ""
        raise UnknownUnitError(f"责任单位中没有“{name}”{near}")

    def _forms(self, name: str) -> set[str]:
        """A name without its place and its level, and the lexicon's canonical terms for each."""
        forms = {name, _PLACE.sub("", name)}
        forms |= {_LEVEL.sub("", form) for form in forms}
        return forms | {canonical for form in forms for canonical in self.lexicon.unit_names(form)}

    def board(self, clauses: Sequence[Clause]) -> tuple[Unit, ...]:
        """Every unit with its counts, the busiest first."""
        tasks: Counter[str] = Counter()
        leads: Counter[str] = Counter()
        indicators: Counter[str] = Counter()
        variants: dict[str, set[str]] = {name: set() for name in self.names}
        for clause in clauses:
            if clause.continues:
                continue
            units = {self.canonical[r.unit] for r in clause.responsibility}
            for r in clause.responsibility:
                variants[self.canonical[r.unit]].add(r.unit)
            if clause.kind in _TASK_KINDS:
                tasks.update(units)
                leads.update({self.canonical[r.unit] for r in clause.lead})
            elif clause.kind == "indicator":
                indicators.update(units)
        board = (
            Unit(n, tasks[n], leads[n], indicators[n], tuple(sorted(variants[n] - {n}))) for n in self.names
        )
        return tuple(sorted(board, key=lambda u: (-u.tasks, -u.leads, -u.indicators)))
