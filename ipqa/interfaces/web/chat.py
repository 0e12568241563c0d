"""The conversation: a plain handler ``(message, history) -> reply``, and how a history holds its turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape, unescape
from typing import Any

from ipqa.errors import IpqaError
from ipqa.interfaces.web.desk import Desk, Filters
from ipqa.interfaces.web.marks import notice
from ipqa.interfaces.web.render import Renderer

Message = Mapping[str, Any]
Handler = Callable[[str, Sequence[Message], Filters], str]


def chat_handler(desk: Desk, renderer: Renderer) -> Handler:
    """The handler for a corpus. It keeps nothing between calls, so threads may share it.

    The handler takes a question, the messages before it (``{"role", "content"}``) and what the search is
    limited to, and returns the reply as HTML. An error of the library becomes a reply that says what is
    wrong; any other is let through.
    """

    def reply(message: str, history: Sequence[Message], filters: Filters) -> str:
        try:
            return renderer.answer(desk.ask(message, earlier_turns(history), filters), filters)
        except IpqaError as error:
            return notice(str(error))

    return reply


def user_message(question: str) -> dict[str, str]:
    """A question as a message for Gradio's history.

    It is escaped, because the Chatbot component shows text as HTML even where it renders no Markdown;
    :func:`earlier_turns` undoes that.
    """
    return {"role": "user", "content": escape(question)}


def earlier_turns(history: Sequence[Message]) -> list[str]:
    """The user's questions in a history of messages, oldest first.

    A message's content is a string, or a list of strings and blocks; only text blocks count.
    """
    turns = (_text(message["content"]) for message in history if message["role"] == "user")
    return [unescape(turn) for turn in turns if turn.strip()]


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return str(content.get("text", ""))
    if isinstance(content, Sequence):
        return "".join(map(_text, content))
    return ""
