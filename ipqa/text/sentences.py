"""Sentences as spans, so that what answers can be marked in the source."""

from __future__ import annotations

import itertools
import re

from ipqa.models import Span

# 。！？； and the half-width !?; end a sentence and take closing quotes along. A half-width full stop does
# not: it stands in numbers (3.7) and after them (1.).
_SENTENCE_END = re.compile('[\u3002\uff01\uff1f\uff1b!?;\u2026]+[\u201d\u2019\u300d\u300f"]*|\n')


def split_sentences(text: str, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """Split ``text[start:end]`` into sentences.

    Args:
        text: the document's text.
        start: where to begin.
        end: where to stop; the end of the text if None.

    Returns:
        Non-empty spans in order, without white space at their ends; every other character of
        ``text[start:end]`` lies in one of them.
    """
    end = len(text) if end is None else end
    cuts = [start, *(m.end() for m in _SENTENCE_END.finditer(text, start, end)), end]
    spans = (strip_span(text, a, b) for a, b in itertools.pairwise(cuts))
    return tuple(span for span in spans if span.start < span.end)


def strip_span(text: str, start: int, end: int) -> Span:
    """``[start, end)`` without the white space at its ends; empty if there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
