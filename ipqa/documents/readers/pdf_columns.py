"""The parts of a PDF's page in reading order: gazettes are set in two columns, with titles across both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from statistics import median
from typing import Any

_Char = Mapping[str, Any]
_LEAST = 200  # characters; fewer tell nothing of the setting
_LEAST_SIDE = 0.25  # of the characters, for a column
_MOST_ACROSS = 0.01  # of the characters: titles across both columns; of one column, three in a hundred
_MIDDLE = (0.4, 0.6)


def blocks(chars: Sequence[_Char], width: float) -> list[list[_Char]]:
    """The characters of a page, part by part: one part where it is set in one column."""
    gutter = _gutter(chars, width)
    if gutter is None:
        return [list(chars)]
    parts = (part for part in _parts(chars, *gutter) if any(char["text"].strip() for char in part))
    return list(parts)


def _gutter(chars: Sequence[_Char], width: float) -> tuple[float, float] | None:
    """The left and right edge of the stripe between two columns; None if there is only one column."""
    seen = [char for char in chars if char["text"].strip()]
    if len(seen) < _LEAST:
        return None
    start, end = int(_MIDDLE[0] * width), int(_MIDDLE[1] * width)
    half = median(char["size"] for char in seen) / 2
    changes = [0] * (end - start + 2)
    for char in seen:  # how many characters stand in the stripe around each place
        first, last = int(char["x0"] - half) - start + 1, int(char["x1"] + half) - start + 1
        if last > 0 and first < len(changes):
            changes[max(0, first)] += 1
            changes[min(last, len(changes) - 1)] -= 1
    standing = list(accumulate(changes))[: end - start]
    fewest = min(standing)
    best = [start + i for i, count in enumerate(standing) if count == fewest]
    middle = best[len(best) // 2]
    left = sum(char["x1"] <= middle for char in seen)
    right = sum(char["x0"] >= middle for char in seen)
    if fewest > _MOST_ACROSS * len(seen) or min(left, right) < _LEAST_SIDE * len(seen):
        return None
    return middle - half, middle + half


def _parts(chars: Sequence[_Char], left: float, right: float) -> Iterator[list[_Char]]:
    """Above each line across both columns the left and the right column, then the line itself."""
    middle = (left + right) / 2
    top = float("-inf")
    for start, end in (*_across(chars, left, right), (float("inf"), float("inf"))):
        band = [char for char in chars if top <= _height(char) < start]
        yield [char for char in band if (char["x0"] + char["x1"]) / 2 < middle]
        yield [char for char in band if (char["x0"] + char["x1"]) / 2 >= middle]
        yield [char for char in chars if start <= _height(char) < end]
        top = end


def _across(chars: Sequence[_Char], left: float, right: float) -> list[tuple[float, float]]:
    """Where lines stand across the stripe, from top to bottom of each; lines close together are one."""
    found: list[tuple[float, float]] = []
    for char in sorted(chars, key=_height):
        if char["text"].strip() and char["x1"] > left and char["x0"] < right:
            if found and char["top"] < found[-1][1] + char["size"]:
                found[-1] = found[-1][0], max(found[-1][1], char["bottom"])
            else:
                found.append((char["top"], char["bottom"]))
    return found


def _height(char: _Char) -> float:
    return float(char["top"] + char["bottom"]) / 2
