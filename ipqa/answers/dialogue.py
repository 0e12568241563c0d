"""Conversation: a question that leans on the user's earlier turns is resolved with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ipqa.errors import ArgumentError

# Words that point back, and openings that only go on from something said before.
_POINTS_BACK = re.compile(
    "它|他们|她们|这个|那个|这些|那些|这项|那项|这条|那条|上面|前面|刚才|其中|除此|此外|还有"
)
_GOES_ON = re.compile(r"^\s*(?:那|那么|然后|所以|万一|由谁|谁来|参加|第[一二三四五六七八九十\d]+[条项个])")
_SHORT = 12


def resolve(question: str, history: Sequence[str]) -> str:
    """The question as it has to be read after ``history``, the user's earlier turns, oldest first.

    A question that stands on its own is left alone; one that leans on what was said before gets the
    earlier turns put in front of it.

    Raises:
        ArgumentError: if the history is not a sequence of strings.
    """
    if isinstance(history, str) or not all(isinstance(turn, str) for turn in history):
        raise ArgumentError("history 应是此前各轮提问的列表,每项是一个字符串")
    turns = [turn.strip() for turn in history if turn.strip()]
    leans = len(question) <= _SHORT or _POINTS_BACK.search(question) or _GOES_ON.search(question)
    return " ".join((*turns[-2:], question)) if turns and leans else question
