"""The gate before the services: which calls are theirs, who may make them, how long they may be."""

from __future__ import annotations

from collections import deque

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ipqa.interfaces.rest.access import Access, is_bearer
from ipqa.interfaces.rest.refusals import MALFORMED_KEY, RETRIEVAL, WRONG_KEY, dify_refusal, refusal

MCP = "/mcp"
MOST_BYTES = 64 * 1024  # of a body
_PLACES = ("/api", RETRIEVAL, MCP)


class Services:
    """Hands calls of the services on to them, and every other call to the page.

    Calls of the services never reach the page's login: here they are let in with a key or an account.
    Without ``mcp`` there is nothing at its path.
    """

    def __init__(self, app: ASGIApp, api: ASGIApp, access: Access, mcp: ASGIApp | None = None) -> None:
        self._page = app
        self._api = api
        self._access = access
        self._mcp = mcp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a call on, or refuse it."""
        if scope["type"] != "http" or not _is_service(scope["path"]):
            await self._page(scope, receive, send)
            return
        path, headers = scope["path"], Headers(scope=scope)
        if refused := self._refused(path, headers.get("authorization", "")):
            await refused(scope, receive, send)
            return
        messages = await _read(headers, receive)
        if messages is None:
            await refusal(path, 413, f"请求太长,最多 {MOST_BYTES // 1024} KB")(scope, receive, send)
            return

        async def replay() -> Message:
            return messages.popleft() if messages else await receive()

        if self._mcp and path.rstrip("/") == MCP:
            await self._mcp({**scope, "path": MCP}, replay, send)
        else:
            await self._api(scope, replay, send)

    def _refused(self, path: str, authorization: str) -> Response | None:
        """The refusal of a call that may not go on; None if it may."""
        known = self._access.lets_in(authorization)
        if path == RETRIEVAL:
            # Where anyone may call, a header that is there must still have the form that Dify gives it.
            if known and not (self._access.is_open and authorization and not is_bearer(authorization)):
                return None
            return dify_refusal(403, WRONG_KEY if is_bearer(authorization) else MALFORMED_KEY)
        if known:
            return None
        wanted = "密钥不对" if is_bearer(authorization) else "请给出密钥:Authorization: Bearer 密钥"
        if not self._access.keys:
            wanted = "请给出用户名和密码"
        return refusal(path, 401, wanted, headers={"WWW-Authenticate": self._access.challenge})


def _is_service(path: str) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in _PLACES)


async def _read(headers: Headers, receive: Receive) -> deque[Message] | None:
    """The messages that bring the body; None if it is too long, however its length is declared."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        return None
    messages: deque[Message] = deque()
    size, more = 0, True
    while more:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > MOST_BYTES:
            return None
        more = message["type"] == "http.request" and message.get("more_body", False)
    return messages
