"""The lexicon: everyday word → official term, from ``resources/lexicon.tsv``.

A line is ``canonical TAB alias|alias|… TAB kind``. Kinds: synonym, abbreviation, english, unit, colloquial,
related (widens recall only), intent (what a question asks for).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ipqa.errors import DocumentError
from ipqa.text.normalise import normalise

LEXICON_FILE = Path(__file__).parent / "resources" / "lexicon.tsv"
_LATIN_WORD = re.compile(r"[a-z0-9][a-z0-9'&+.-]*[a-z0-9]|[a-z0-9]")
_LONGEST_PHRASE = 5  # words
KINDS = frozenset({"synonym", "abbreviation", "english", "unit", "colloquial", "related", "intent"})


@dataclass(frozen=True)
class LexiconEntry:
    """One line: an official term and the words that people use for it."""

    canonical: str
    aliases: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Lexicon:
    """All entries, in file order; the fingerprint changes with the file."""

    entries: tuple[LexiconEntry, ...]
    fingerprint: str

    @classmethod
    def load(cls, path: Path = LEXICON_FILE) -> Lexicon:
        """Read a lexicon file.

        Raises:
            DocumentError: if a line is not ``canonical TAB aliases TAB kind``; names file and line.
        """
        entries = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            fields = line.split("\t")
            if len(fields) != 3 or not fields[0] or fields[2] not in KINDS:
                raise DocumentError(f"{path} 第 {number} 行应为“规范词 TAB 别名|别名 TAB 类别”:{line[:40]!r}")
            canonical, aliases, kind = fields
            entries.append(LexiconEntry(canonical, tuple(a for a in aliases.split("|") if a), kind))
        return cls(tuple(entries), hashlib.sha256(path.read_bytes()).hexdigest())

    def terms(self) -> Iterator[str]:
        """Canonical terms and aliases that stand for things, not for ways of asking."""
        for entry in self.entries:
            if entry.kind != "intent":
                yield entry.canonical
                yield from entry.aliases

    @cached_property
    def known(self) -> frozenset[str]:
        """The terms in normal form."""
        return frozenset(map(normalise, self.terms()))

    def topics(self) -> Iterator[str]:
        """Terms that name a matter of the field: official terms, abbreviations, units; no everyday words."""
        for entry in self.entries:
            if entry.kind in ("synonym", "abbreviation", "english", "unit"):
                yield entry.canonical
                yield from entry.aliases

    def chinese_terms(self, text: str) -> tuple[str, ...]:
        """The official terms for the English words and phrases of a text in normal form.

        The longest phrase is taken first, on word boundaries; each term comes once, in the text's order.
        """
        words = _LATIN_WORD.findall(text)
        found: dict[str, None] = {}
        i = 0
        while i < len(words):
            for length in range(min(_LONGEST_PHRASE, len(words) - i), 0, -1):
                phrase = " ".join(words[i : i + length])
                if term := self._by_english.get(phrase) or self._by_english.get(phrase.removesuffix("s")):
                    found[term] = None
                    break
            else:
                length = 1
            i += length
        return tuple(found)

    @cached_property
    def _by_english(self) -> dict[str, str]:
        """English alias → term; of several terms the first in the file."""
        english: dict[str, str] = {}
        for entry in self.entries:
            for alias in map(str.lower, entry.aliases):
                if alias.isascii():
                    english.setdefault(" ".join(_LATIN_WORD.findall(alias)), entry.canonical)
        return english

    def unit_names(self, name: str) -> tuple[str, ...]:
        """The canonical unit names that ``name`` is an alias of, or is itself."""
        return tuple(
            e.canonical
            for e in self.entries
            if e.kind == "unit" and (name == e.canonical or name in e.aliases)
        )
