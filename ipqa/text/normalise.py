"""Normal form of text for searching, with a map back to the original's offsets.

Width (NFKC), case, traditional script (OpenCC ``t2s``) and white space are folded. Displayed text is never
normalised: what is found in the normal form can be shown from the original through the map.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

from ipqa.models import Span

_BLANKS = re.compile("  +")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class NormalisedText:
    """``text`` in normal form; character ``i`` of it stands for ``original[starts[i]:ends[i]]``."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def to_original(self, start: int, end: int) -> Span:
        """The span of the original that ``text[start:end]`` stands for.

        Raises:
            IndexError: if the span is empty or not within ``text``.
        """
        if not 0 <= start < end <= len(self.text):
            raise IndexError(f"span [{start}, {end}) is not within a text of {len(self.text)} characters")
        return Span(self.starts[start], self.ends[end - 1])


class _FoldedCharacters(dict[int, str]):
    """Each character's normal form but for script, by code point; worked out when first met."""

    def __missing__(self, code: int) -> str:
        chars = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = folded = "".join(map(_blank_to_space, chars))
        return folded


def _blank_to_space(char: str) -> str:
    blank = char.isspace() or not (char.isprintable() or unicodedata.combining(char))
    return " " if blank else char


_FOLDED = _FoldedCharacters()


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional to simplified script, keeping the length: one character for one."""
    converter = _simplifier()
    converted: str = converter.convert(text)
    if len(converted) == len(text):
        return converted
    # A phrase rule changed the length, so offsets would shift: convert by character, without phrases.
    return "".join(new if len(new := converter.convert(old)) == 1 else old for old in text)


def normalise_with_offsets(text: str) -> NormalisedText:
    """Normalise and keep the map to the original."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for i, original in enumerate(text):
        for char in _FOLDED[ord(original)]:
            if char == " " and chars and chars[-1] == " ":
                ends[-1] = i + 1
                continue
            chars.append(char)
            starts.append(i)
            ends.append(i + 1)
    return NormalisedText(simplify("".join(chars)), tuple(starts), tuple(ends))


def normalise(text: str) -> str:
    """The normal form alone, without white space at the ends."""
    return simplify(_BLANKS.sub(" ", text.translate(_FOLDED)).strip())


def has_letters(text: str) -> bool:
    """Whether there is a letter, a Chinese character or a digit in the text: something to look for."""
    return bool(_LETTER_OR_DIGIT.search(text) or _LETTER_OR_DIGIT.search(normalise(text)))


def without_spaces(text: str) -> str:
    """The text without any white space, for comparing what may be broken into lines differently."""
    return "".join(text.split())
