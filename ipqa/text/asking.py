"""What a question asks for: a number, a unit, a list … by the lexicon's ways of asking (kind ``intent``)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise


@dataclass(frozen=True)
class Asking:
    """Knows the ways of asking; ``patterns`` are by the thing asked for, as the lexicon names it (数量 …)."""

    patterns: Mapping[str, re.Pattern[str]]

    @classmethod
    def of(cls, lexicon: Lexicon) -> Asking:
        """From the lexicon's entries of kind ``intent``."""
        return cls(
            {
                entry.canonical: re.compile("|".join(map(_pattern, (entry.canonical, *entry.aliases))))
                for entry in lexicon.entries
                if entry.kind == "intent"
            }
        )

    def only(self, things: Collection[str]) -> Asking:
        """Knows the ways of asking for some things only."""
        return Asking({thing: pattern for thing, pattern in self.patterns.items() if thing in things})

    def things(self, text: str) -> frozenset[str]:
        """What a question in normal form asks for; empty if it uses none of the ways."""
        return frozenset(thing for thing, pattern in self.patterns.items() if pattern.search(text))


def _pattern(alias: str) -> str:
    """An alias as a pattern: Latin words and numbers stand alone, and ``…`` may be a few characters."""
    text = re.escape(normalise(alias)).replace(r"\.\.\.", ".{0,6}")
    left = r"(?<![a-z0-9])" if text[0].isascii() and text[0].isalnum() else ""
    right = r"(?![a-z0-9])" if text[-1].isascii() and text[-1].isalnum() else ""
    return left + text + right
