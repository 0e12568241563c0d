"""What a question asks for, and about what: rules over its words, with the lexicon's ways of asking.

Things asked for are named as the lexicon names them (kind ``intent``): 数量, 责任单位, 联系电话 … What it is
about: units by any of their names, places, years, names in quotes. Nothing here looks at what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ipqa.documents.units import UnitDirectory
from ipqa.models import Document, Understanding
from ipqa.text.asking import Asking

WHO = frozenset({"责任单位", "牵头", "配合"})  # asked for where a question asks who is responsible
_PLACES_FILE = Path(__file__).parent / "resources" / "places.txt"
_YEAR = re.compile(
    r"(?<![\d.])(?:(?P<full>(?:19|20)\d\d)(?!\d|[.]\d|万|件|家)|(?P<short>[12]\d)年(?!内|以内|来|期))"
)
_PLAN = re.compile(r"(?P<number>十[一二三四五六七八九]|二十|十)(?:个)?五(?!年|[个家项条位元万亿])")
_PLAN_ENDS = {"十一": 2010, "十二": 2015, "十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035}
_QUOTED = re.compile(r"[“\"「『《](?P<name>[^”\"」』》]{2,30})[”\"」』》]")
_UNIT = re.compile(
    r"(?:市|省|县|区)(?:委)?[\u4e00-\u9fff]{2,6}?(?:管理局|监督局|管理委员会|委员会|办公室|局|委|厅)"
)
_LONGEST_UNIT = 16


@dataclass(frozen=True)
class QuestionUnderstanding:
    """Understands questions about a corpus.

    ``units`` maps every known name of a unit, in normal form, to the name that the units board lists it
    under; ``other_units`` holds names of public bodies that no note names.
    """

    asking: Asking
    units: Mapping[str, str]
    other_units: frozenset[str]
    places: frozenset[str]
    own_places: frozenset[str]

    @classmethod
    def of(
        cls, asking: Asking, directory: UnitDirectory, documents: Iterable[Document]
    ) -> QuestionUnderstanding:
        """For a corpus with these units and documents."""
        units, others = directory.known_names()
        regions = [document.region + document.title for document in documents]
        own = frozenset(place for place in gazetteer() if any(place in region for region in regions))
        return cls(asking, units, others, gazetteer(), own)

    def understand(self, text: str) -> Understanding:
        """What a question in normal form asks for and is about."""
        units, others = self._units(text)
        return Understanding(
            asks=self.asking.things(text),
            units=units,
            other_units=others,
            places=self._places(text),
            years=tuple(dict.fromkeys(years(text))),
            names=tuple(m["name"] for m in _QUOTED.finditer(text)),
        )

    def _units(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The corpus' units that a text names, and other bodies that it names; the longest names first."""
        found: dict[str, None] = {}
        others: dict[str, None] = {}
        i = 0
        while i < len(text):
            for length in range(min(_LONGEST_UNIT, len(text) - i), 1, -1):
                name = text[i : i + length]
                if name in self.units:
                    found[self.units[name]] = None
                    i += length
                    break
                if name in self.other_units:
                    others[name] = None
                    i += length
                    break
            else:
                match = _UNIT.match(text, i)
                if match and not any(known in match.group() for known in self.units):
                    others[match.group()] = None
                    i = match.end()
                else:
                    i += 1
        return tuple(found), tuple(others)

    def _places(self, text: str) -> tuple[str, ...]:
        """Places elsewhere that a text names, as it names them."""
        found = [p for p in self.places - self.own_places if p in text.replace("海关", "")]
        return tuple(sorted(found, key=text.index))


def years(text: str) -> Iterator[int]:
    """The years that a text in normal form names, those of five-year plans by their last: 十五五 → 2030."""
    for match in _YEAR.finditer(text):
        yield int(match["full"] or f"20{match['short']}")
    for match in _PLAN.finditer(text):
        if match["number"] in _PLAN_ENDS:
            yield _PLAN_ENDS[match["number"]]


@cache
def gazetteer() -> frozenset[str]:
    """The names of China's provinces and cities, short, as people write them."""
    lines = _PLACES_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())
