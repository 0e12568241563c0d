"""How the page is served: one FastAPI application with the page, the exports, votes and the health check."""

from __future__ import annotations

import importlib
import json
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ipqa.engine import PolicySearch
from ipqa.errors import ArgumentError, MissingExtraError
from ipqa.interfaces.feedback import FeedbackStore
from ipqa.interfaces.rest import BASIC, Access, Service, Services, create_api
from ipqa.interfaces.web.desk import Desk
from ipqa.interfaces.web.page import build_page
from ipqa.interfaces.web.routes import HEALTH, add_routes
from ipqa.settings import Settings

if TYPE_CHECKING:
    from ipqa.interfaces.mcp import McpService

_HERE = Path(__file__).parent
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
_STOP_SECONDS = 10
_LOG = logging.getLogger(__name__)


def create_app(policy: PolicySearch, settings: Settings | None = None) -> FastAPI:
    """The application over an open corpus: the page, and the services for programs beside it.

    Args:
        policy: the corpus.
        settings: how it is served; the defaults if None.

    Raises:
        FeedbackError: if votes are to be kept and their file cannot be opened.
        TopicsError: if a topics file of the corpus is wrong.
    """
    settings = settings or Settings()
    feedback = FeedbackStore(settings.data) if settings.feedback else None
    desk = Desk(policy, settings.max_question, feedback)
    access, service = Access.of(settings), Service.of(policy, settings, feedback)
    mcp = _mcp(service, settings)
    app = FastAPI(
        title="ipqa", docs_url=None, redoc_url=None, openapi_url=None, lifespan=mcp.running if mcp else None
    )
    add_routes(app, desk)
    if settings.accounts:
        app.add_middleware(BasicAuth, access=access)
    # Added last, it comes first: calls of the services need a key, not the login of the page.
    app.add_middleware(Services, api=create_api(service, access), access=access, mcp=mcp)
    gr.mount_gradio_app(
        app,
        build_page(desk, settings.root_path, settings.concurrency),
        path="/",
        root_path=settings.root_path or None,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        show_error=True,
        css_paths=_HERE / "page.css",
        head=_head(settings.root_path),
        theme=gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=("ui-monospace", "monospace")),
    )
    return app


class BasicAuth:
    """Asks for a name and a password on every route of the page but the health check (RFC 7617)."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through if it bears the name and password of an account."""
        if scope["type"] == "lifespan" or scope.get("path") == HEALTH or self._is_known(Headers(scope=scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            asks = {"WWW-Authenticate": BASIC}
            await Response("请输入用户名和密码", 401, asks, "text/plain; charset=utf-8")(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _is_known(self, headers: Headers) -> bool:
        return self._access.is_account(headers.get("authorization", ""))


class WebServer:
    """Serves an application in a thread of its own; a context manager.

    ``url`` is the page's address for a browser on this machine.

    Raises:
        ArgumentError: if the address cannot be used.
    """

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._socket = listen(host, port)
        self.url = address(host, self._socket.getsockname()[1])
        self._server = make_server(app)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> WebServer:
        """Start, and wait until it answers."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, once what is under way is answered."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS + 2)
        self._socket.close()


def serve(policy: PolicySearch, settings: Settings, started: Callable[[str], None]) -> None:
    """Serve the page until the program is interrupted.

    Args:
        policy: an open corpus.
        settings: where and how it is served.
        started: called with the page's address once it answers.

    Raises:
        ArgumentError: if the address cannot be used.
        FeedbackError: as :func:`create_app`.
        TopicsError: as :func:`create_app`.
    """
    with closing(listen(settings.host, settings.port)) as connection:
        server = make_server(create_app(policy, settings))
        url = address(settings.host, settings.port) + settings.root_path.lstrip("/")
        watch = threading.Thread(target=_tell, args=(server, lambda: started(url)), daemon=True)
        watch.start()
        # The first question that needs it would wait for it; the page is up before.
        threading.Thread(target=lambda: importlib.import_module("pypinyin"), daemon=True).start()
        server.run(sockets=[connection])


def _tell(server: uvicorn.Server, told: Callable[[], None]) -> None:
    while not server.started:
        threading.Event().wait(0.02)
        if server.should_exit:
            return
    told()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on the address; port 0 takes a free one.

    Raises:
        ArgumentError: if the address cannot be used.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        connection = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ArgumentError(
            f"网页没有启动:{host}:{port} 不能用,可能已被占用;换一个端口,例如设置 IPQA_PORT=7861"
        ) from error
    return connection


def address(host: str, port: int) -> str:
    """The address for a browser on this machine."""
    known = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{known}:{port}/"


def make_server(app: FastAPI) -> uvicorn.Server:
    """A server that says nothing but what is wrong."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
    )


def _mcp(service: Service, settings: Settings) -> McpService | None:
    """The tools for assistants; None where the package that serves them is not installed."""
    try:
        from ipqa.interfaces.mcp import McpService
    except MissingExtraError as error:
        _LOG.info("没有 /mcp:%s", error)
        return None
    return McpService(service, settings)


def _head(base: str) -> str:
    script = (_HERE / "page.js").read_text(encoding="utf-8").replace('"__BASE__"', json.dumps(base))
    return f"<script>{script}</script>"
