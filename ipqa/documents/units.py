"""The units that the notes of responsibility name, found by any of their names."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ipqa.errors import UnknownUnitError
from ipqa.models import Clause, Document, Unit
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import has_letters, normalise

_PLACE = re.compile(r"^(?P<place>[\u4e00-\u9fff]{2,3}?[省市县区])(?P<rest>[\u4e00-\u9fff]{2,})")
_LEVEL = re.compile(r"^(?P<level>[省市县区])委?(?P<rest>[\u4e00-\u9fff]{2,})")
_SUGGESTIONS = 5
_TASK_KINDS = ("task", "project")


@dataclass(frozen=True)
class UnitDirectory:
    """The units of a corpus and their other names.

    ``canonical`` maps a name as a note writes it to the name that the units board lists it under.
    """

    names: tuple[str, ...]
    canonical: Mapping[str, str]
    lexicon: Lexicon
    documents: tuple[Document, ...] = ()

    @classmethod
    def of(cls, clauses: Iterable[Clause], documents: Iterable[Document], lexicon: Lexicon) -> UnitDirectory:
        """The directory of all units that the clauses' notes name.

        Args:
            clauses: the clauses of the corpus.
            documents: their metadata tell other names of units, and the place whose units they name.
            lexicon: knows abbreviations and former names.
        """
        documents = tuple(documents)
        aliases = {alias: name for document in documents for alias, name in document.unit_aliases.items()}
        named = dict.fromkeys(r.unit for clause in clauses for r in clause.responsibility)
        canonical = {name: aliases.get(name, name) for name in named}
        known = {alias: name for alias, name in aliases.items() if name in canonical.values()}
        return cls(tuple(dict.fromkeys(canonical.values())), {**known, **canonical}, lexicon, documents)

    def resolve(self, name: str) -> str:
        """The board's name of the unit that ``name`` means: 市监局 → 市市场监管局.

        Raises:
            UnknownUnitError: if the name is blank or no note names such a unit; offers the nearest names.
        """
        if not isinstance(name, str) or not has_letters(name):
            example = f",例如“{self.names[0]}”" if self.names else ""
            raise UnknownUnitError(f"请给出单位名称{example}")
        wanted = normalise(name).replace(" ", "")
        by_form = {normalise(known): target for known, target in self.canonical.items()}
        if wanted in by_form:
            return by_form[wanted]
        readings = self._readings(wanted)
        for unit in self.names:
            if any(_agree(asked, known) for asked in readings for known in self._readings(normalise(unit))):
                return unit
        holding = [unit for unit in self.names if wanted and wanted in normalise(unit)]
        if len(holding) == 1:
            return holding[0]
        nearest = holding or difflib.get_close_matches(name, self.names, n=_SUGGESTIONS, cutoff=0.4)
        if nearest:
            near = f"名称相近的有:{'、'.join(nearest[:_SUGGESTIONS])}"
        else:
            near = f"有{'、'.join(self.names[:_SUGGESTIONS])}等 {len(self.names)} 个单位"
        raise UnknownUnitError(f"责任单位中没有“{name}”,{near}")

    def known_names(self) -> tuple[dict[str, str], frozenset[str]]:
        """Names in normal form: of the units, with the board's, and of bodies that no note names."""
        units = {normalise(name): target for name, target in self.canonical.items()}
        cores: dict[str, str] = {}
        for name in self.names:
            for _, core in self._readings(normalise(name)):
                cores.setdefault(core, name)
        others: set[str] = set()
        for entry in self.lexicon.entries:
            if entry.kind == "unit":
                names = [normalise(name) for name in (entry.canonical, *entry.aliases)]
                board = next((cores[name] for name in names if name in cores), None)
                if board is None:
                    others.update(names)
                else:
                    cores.update({name: board for name in names if name not in cores})
        for core, board in cores.items():
            for level in ("", "市"):
                units.setdefault(level + core, board)
        return units, frozenset(others - units.keys())

    def _readings(self, name: str) -> set[tuple[str, str]]:
        """A name as level and rest: 市法院 → ("", 市法院), (市, 法院), and the lexicon's terms for each.

        The place is left out where it is the documents' own: 三河市市场监管局 is not 市市场监管局.
        """
        place = _PLACE.match(name)
        if place and self._is_own(place["place"]):
            name = place["rest"]
        readings = {("", name)}
        if level := _LEVEL.match(name):
            readings.add((level["level"], level["rest"]))
        terms = {(level, term) for level, core in readings for term in self.lexicon.unit_names(core)}
        return readings | terms

    def _is_own(self, place: str) -> bool:
        return any(d.region.endswith(place) or d.title.startswith(place) for d in self.documents)

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


def _agree(asked: tuple[str, str], known: tuple[str, str]) -> bool:
    """Whether two readings mean one unit: of two levels that are named, both must be the same."""
    return asked[1] == known[1] and (not asked[0] or not known[0] or asked[0] == known[0])
