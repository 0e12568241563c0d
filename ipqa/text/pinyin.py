"""Typing errors: a stretch of a question that sounds like a word of the corpus is read as that word.

People type Chinese by its sound, so the usual error is another word of the same pinyin (恶义抢注 for
恶意抢注). Only a stretch with two characters in it that never stand side by side in the corpus or its
question bank is looked at, and it is read as another word only where that is far more likely than the words
it
is made of: P(meant) / P(typed) as in a noisy channel (Kernighan, Church & Gale 1990), both by word frequency.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np

Word = tuple[int, str]  # where it begins in the text, and the word

_SHORTEST, _LONGEST = 2, 8  # characters of a word that may be mistyped
_FROM_HERE_FUZZY = 3  # shorter words have too many neighbours for anything but their exact sound
_FROM_HERE_ONE_ELSE = 4  # and for one character that differs in sound too: 典型案列 for 典型案例
_MOST_READINGS = 16
_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
_FAR_MORE_LIKELY = 3e3
_FIRST, _LAST = "\u4e00", "\u9fff"
_TEXTS_AT_ONCE = 2048


@dataclass(frozen=True)
class Correction:
    """``text[start:end]``, which is ``typed``, read as ``meant``."""

    start: int
    end: int
    typed: str
    meant: str


@dataclass(frozen=True)
class SoundIndex:
    """The words that a corpus uses, found by how they sound.

    ``counts`` tells how often each word is used, ``sounds`` its pinyin (:func:`sound_of_words`); ``pairs``
    holds every two characters that stand side by side.
    """

    counts: Mapping[str, int]
    pairs: frozenset[str]
    sounds: Mapping[str, str]

    @staticmethod
    def may_hold(word: str) -> bool:
        """Whether a word is one that a typing error can be mended with: Chinese, two to eight characters."""
        return _SHORTEST <= len(word) <= _LONGEST and all(_FIRST <= char <= _LAST for char in word)

    def correct(self, words: Sequence[Word], share: Callable[[str], float]) -> list[Correction]:
        """What is probably mistyped.

        Args:
            words: the words of a text with their places, in order; a gap between two of them parts them.
            share: how often a word is used in general, as a share of all words.

        Returns:
            Corrections in text order that do not overlap; longer stretches are preferred.
        """
        odd = self._odd_places(words)
        if not odd:
            return []
        found: list[Correction] = []
        for likelihood, stretch in self._stretches(words, odd, share):
            start, typed = stretch[0][0], "".join(word for _, word in stretch)
            end = start + len(typed)
            if any(c.start < end and start < c.end for c in found):
                continue
            if all(len(word) > 1 and word in self.counts for _, word in stretch):
                continue  # words that are used here, though never side by side
            meant = max(self._alike(typed, stretch), key=lambda word: self.counts[word], default=None)
            if meant and self.counts[meant] / self._total > _FAR_MORE_LIKELY * likelihood:
                found.append(Correction(start, end, typed, meant))
        return sorted(found, key=lambda c: c.start)

    def _stretches(
        self, words: Sequence[Word], odd: Sequence[int], share: Callable[[str], float]
    ) -> Iterator[tuple[float, Sequence[Word]]]:
        """Runs of adjoining words that may be one mistyped word, with their likelihood, the longest first.

        Each is over an odd place, and so unlikely that the commonest word would be far more likely.
        """
        likely = self._highest_share / _FAR_MORE_LIKELY
        shares = [share(word) for _, word in words]
        runs = []
        for i, (start, _) in enumerate(words):
            first = next((place for place in odd if place >= start), None)
            if first is None:
                break  # no odd place from here on
            length, likelihood = 0, 1.0
            for j in range(i, len(words)):
                if words[j][0] != start + length:
                    break
                length += len(words[j][1])
                if length > _LONGEST:
                    break
                likelihood *= shares[j]
                if length >= _SHORTEST and first < start + length - 1 and likelihood < likely:
                    runs.append((length, likelihood, words[i : j + 1]))
        runs.sort(key=lambda run: -run[0])
        return ((likelihood, stretch) for _, likelihood, stretch in runs)

    def _odd_places(self, words: Sequence[Word]) -> list[int]:
        """Where two characters stand side by side that never do so in the corpus."""
        odd: list[int] = []
        run, begin = "", 0
        for start, word in (*words, (-1, "")):
            if start == begin + len(run):
                run += word
                continue
            odd.extend(begin + i for i in range(len(run) - 1) if run[i : i + 2] not in self.pairs)
            run, begin = word, start
        return odd

    def _alike(self, typed: str, stretch: Sequence[Word]) -> list[str]:
        # A dictionary's word is read as one; characters that make none may be read in any way.
        keys: list[str] = []
        if self._may_begin_a_word(typed):
            keys = [_key(_sound_of(typed))] if len(stretch) == 1 else _keys(typed)
        alike = [word for key in keys for word in self._by_sound.get(key, ())]
        if not alike and len(typed) >= _FROM_HERE_ONE_ELSE:
            singles = (start - stretch[0][0] for start, word in stretch if len(word) == 1)
            alike = [word for i in singles for word in self._with_another(i, typed)]
        return alike

    def _may_begin_a_word(self, text: str) -> bool:
        """Whether any word begins with the sound of the first two characters, however they are read."""
        read = _folded_readings if len(text) >= _FROM_HERE_FUZZY else _readings
        return any((one, two) in self._beginnings for one in read(text[0]) for two in read(text[1]))

    def _with_another(self, i: int, typed: str) -> Sequence[str]:
        """The longer words that have another character in place ``i`` and are alike otherwise."""
        left, right = typed[:i], typed[i + 1 :]
        near = self._by_ends.get((len(typed), typed[:2] if i >= 2 else typed[-2:]), ())
        return [word for word in near if word[:i] == left and word[i + 1 :] == right]

    @cached_property
    def _total(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def _highest_share(self) -> float:
        return max(self.counts.values(), default=0) / (self._total or 1)

    @cached_property
    def _by_sound(self) -> Mapping[str, Sequence[str]]:
        by_sound: dict[str, list[str]] = defaultdict(list)
        for word, sound in self.sounds.items():
            by_sound[_key(sound)].append(word)
        return by_sound

    @cached_property
    def _beginnings(self) -> frozenset[tuple[str, ...]]:
        """The first two sounds of the words, as their keys have them."""
        return frozenset(tuple(key.split(" ")[:2]) for key in self._by_sound)

    @cached_property
    def _by_ends(self) -> Mapping[tuple[int, str], Sequence[str]]:
        """Longer words by their length with their first or last two characters."""
        by_ends: dict[tuple[int, str], list[str]] = defaultdict(list)
        for word in self.sounds:
            if len(word) >= _FROM_HERE_ONE_ELSE:
                for end in {word[:2], word[-2:]}:
                    by_ends[len(word), end].append(word)
        return by_ends


def adjoining(texts: Iterable[str]) -> frozenset[str]:
    """Every two Chinese characters that stand side by side in the texts."""
    pairs: set[int] = set()
    iterator = iter(texts)
    while batch := "\n".join(itertools.islice(iterator, _TEXTS_AT_ONCE)):
        codes = np.frombuffer(batch.encode("utf-32-le"), dtype=np.uint32)
        chinese = (codes >= ord(_FIRST)) & (codes <= ord(_LAST))
        both = np.flatnonzero(chinese[:-1] & chinese[1:])
        pairs.update(np.unique(codes[both] << 16 | codes[both + 1]).tolist())
    return frozenset(chr(pair >> 16) + chr(pair & 0xFFFF) for pair in pairs)


def sound_of_words(words: Iterable[str]) -> dict[str, str]:
    """Each word's pinyin without tones, the readings as the word has them: 银行 → ``yin hang``."""
    from pypinyin import lazy_pinyin

    return {word: " ".join(lazy_pinyin(word, errors="ignore")) for word in words}


@lru_cache(4096)
def _sound_of(word: str) -> str:
    return sound_of_words([word])[word]


def _key(sound: str) -> str:
    """What sounds that are easily confused have in common; a short word's own sound."""
    return _fold(sound) if sound.count(" ") + 1 >= _FROM_HERE_FUZZY else sound


def _keys(text: str) -> list[str]:
    """The keys of all ways to read a stretch of characters aloud."""
    read = _folded_readings if len(text) >= _FROM_HERE_FUZZY else _readings
    ways = itertools.product(*map(read, text))
    return [" ".join(way) for way in itertools.islice(ways, _MOST_READINGS)]


@cache
def _readings(char: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # a sixth of a second to import: only when something looks mistyped

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0])) if found else ()


@cache
def _folded_readings(char: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_fold, _readings(char))))


def _fold(sound: str) -> str:
    for old, new in _FOLDS:
        sound = sound.replace(old, new)
    return sound
