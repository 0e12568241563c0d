"""Conversation: a question that leans on the user's earlier turns is resolved with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ipqa.errors import ArgumentError
from ipqa.retrieval.query import MAX_QUESTION_LENGTH
from ipqa.text.normalise import has_letters

# Words that point back, and openings that only go on from something said before.
_POINTS_BACK = re.compile(
    "它|他们|她们|这个|那个|这些|那些|这项|那项|这条|那条|上面|前面|刚才|其中|除此|此外|还有"
)
_GOES_ON = re.compile(r"^\s*(?:那|那么|然后|所以|万一|由谁|谁来|参加|第[一二三四五六七八九十\d]+[条项个])")
_ASKS = re.compile(r"[?\uff1f吗呢吧么谁哪几]|多少|怎|如何|何时|有没有|能不能|是不是|要不要|可不可以")
_MORE = re.compile(
    "(?:还有(?:吗|呢|没有|没|别的吗|其他的?吗|更多吗)?|继续|更多|再来(?:一些|几条)|下一页|more)[\uff1f?\u3002!\uff01]*"
)
_PLACE_OF = re.compile(
    r"第(?P<number>[一二三四五六七八九十]|[1-9])[条个项段].{0,4}(?:哪一?章|哪一?节|哪个?章节|什么章节|出处|出自哪)"
)
MOST_TURNS = 200
_SHORT = 12
_TURNS = 2  # how many earlier turns are heard


def heard_turns(question: str, history: Sequence[str], has_topic: Callable[[str], bool]) -> tuple[str, ...]:
    """The earlier turns that a question has to be read with; none if it stands on its own.

    A question leans on them if it points back, goes on from what was said, or is short, asks something and
    names no topic of its own; then the last turns are heard. Any other, a bare keyword too, is left alone.

    Args:
        question: as the user put it.
        history: the user's earlier turns, oldest first; what could not be searched does not count, and of a
            turn no more than the 500 characters that a question may have.
        has_topic: says whether a text names a topic of the field.

    Raises:
        ArgumentError: if the history is not a sequence of strings, or longer than :data:`MOST_TURNS`.
    """
    listed = isinstance(history, Sequence) and not isinstance(history, str)
    if not listed or not all(isinstance(turn, str) for turn in history):
        raise ArgumentError("history 应是此前各轮提问的列表,每项是一个字符串")
    if len(history) > MOST_TURNS:
        raise ArgumentError(f"history 太长:{len(history)} 轮,最多 {MOST_TURNS} 轮")
    cut = (turn.strip()[:MAX_QUESTION_LENGTH] for turn in history)
    turns = tuple(turn for turn in cut if has_letters(turn))[-_TURNS:]
    return turns if turns and _leans(question, has_topic) else ()


@dataclass(frozen=True)
class Resumed:
    """A turn that goes on with the answer before: ``question`` is asked again after ``history``.

    ``page`` counts the further pages of passages, from 1; ``place_of`` is the number of a passage whose place
    is asked for, from 1. One of them is 0.
    """

    question: str
    history: tuple[str, ...]
    page: int
    place_of: int


def resume(question: str, history: Sequence[str]) -> Resumed | None:
    """What 还有吗 and 第二条在哪一章 go on with; None for other questions, or if none was asked before."""
    earlier = [turn for turn in history if isinstance(turn, str) and turn.strip()]
    pages = 1
    while earlier and _MORE.fullmatch(earlier[-1].strip()):
        earlier.pop()
        pages += 1
    if not earlier:
        return None
    if _MORE.fullmatch(question.strip()):
        return Resumed(earlier[-1], tuple(earlier[:-1]), pages, 0)
    if match := _PLACE_OF.search(question):
        number = "一二三四五六七八九十".find(match["number"]) + 1 or int(match["number"])
        return Resumed(earlier[-1], tuple(earlier[:-1]), 0, number)
    return None


def _leans(question: str, has_topic: Callable[[str], bool]) -> bool:
    if _POINTS_BACK.search(question) or _GOES_ON.search(question):
        return True
    return len(question) <= _SHORT and bool(_ASKS.search(question)) and not has_topic(question)
