"""Greetings, thanks and questions about the program itself: answered as what they are, without a search."""

from __future__ import annotations

import re

_GREETING = re.compile(
    r"(?:你好|您好|早上好|上午好|下午好|晚上好|早安|晚安|hello|hi|hey|哈喽|嗨|喂|在吗|在不在|有人吗)"
)
_THANKS = re.compile(r"谢谢|多谢|感谢|辛苦了|thank|thanks|再见|拜拜|bye|帮了大忙|好的知道了|明白了")
_ABOUT_SELF = re.compile(
    r"你(?:是谁|是什么|能(?:干|做|回答|帮我)(?:些)?(?:什么|啥|哪些)|会(?:什么|啥|干什么)|叫什么|是真人|是机器人)"
    r"|你是不是(?:真人|机器人)|介绍(?:一下)?你自己|怎么(?:用|使用)你|(?:该|怎么|如何)提问|使用说明"
    r"|what can you do|who are you"
)
_FILLER = re.compile(
    r"呀|啊|呢|哦|哈|啦|吧|了|的|我|你|您|很|非常|太|在|吗|今天|就|到|这儿|第一次|,|。|!|\?|~|\s|[\"'.,!?;:、]"
)
_REST = 1  # characters, beyond the greeting itself, that still make no question


def small_talk(text: str) -> str | None:
    """``"greeting"``, ``"thanks"`` or ``"self"`` for a text in normal form that is no more than that."""
    if _ABOUT_SELF.search(text):
        return "self"
    for name, pattern in (("thanks", _THANKS), ("greeting", _GREETING)):
        if pattern.search(text) and len(_FILLER.sub("", pattern.sub("", text))) <= _REST:
            return name
    return None
