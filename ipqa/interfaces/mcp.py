"""The library as tools for assistants (Model Context Protocol): over HTTP beside the page, or over stdio.

``search`` and ``fetch`` have the form that ChatGPT's connectors ask for. Every text is verbatim.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from importlib.metadata import version
from typing import Annotated, Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from ipqa.answers.compose import in_words
from ipqa.errors import IpqaError, MissingExtraError
from ipqa.interfaces.rest.gate import MCP, MOST_BYTES
from ipqa.interfaces.rest.refusals import refusal
from ipqa.interfaces.rest.service import Service
from ipqa.models import KIND_NAMES, Clause, Indicator, Role
from ipqa.settings import Settings

try:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.server.transport_security import TransportSecuritySettings
    from mcp.types import ToolAnnotations
except ImportError as missing:
    raise MissingExtraError("MCP 服务需要 mcp 2.0 以上,请运行 pip install 'ipqa[mcp]'") from missing

INSTRUCTIONS = (
    "查询中国政府政策规划的原文。所有文字都逐字引自文件,没有一句是生成的;引用时请照录原文并注明出处(title)和链接"
    "(url)。先用 search 找条款,再用 fetch 读全文;问一个单位的任务用 list_tasks,问指标用 get_indicators,"
    "直接要答案用 ask。文件没有写的,会说明没有写,请不要补充。"
)
# What assistants read of each tool: its title, and when to use it.
_TOLD = {
    "search": (
        "检索条款",
        "检索政策文件的条款,最相关的在前。返回每条的 id、出处和链接;全文用 fetch 取。",
    ),
    "fetch": ("读一条条款", "按 id 取一条条款:逐字的原文、出处、责任单位和网页链接。"),
    "list_tasks": (
        "列出单位的任务",
        "列出一个单位的全部任务和专栏项目:按原文的顺序,不漏,每条都是逐字的原文。",
    ),
    "get_indicators": ("查指标", "列出规划的指标:名称、计量单位、基期值、目标值和责任单位。"),
    "ask": (
        "提问",
        "提问,得到由原文组成的回答和逐条出处。status 是 answered 则有答案,related 则只有相关内容,"
        "not_found 则文件没有写。",
    ),
}
_FOUND = 10  # clauses that a search finds
_LOCAL = ("127.0.0.1", "localhost", "::1")
_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

_Given = ParamSpec("_Given")
_Told = TypeVar("_Told")

Question = Annotated[str, Field(description="问题或要找的内容,用平常话写,最多 500 字")]
RoleOfUnit = Annotated[
    Role | None, Field(description="只列单位担任此角色的:lead 牵头,responsible 负责,support 配合")
]


class Result(BaseModel):
    """A clause found."""

    id: str
    title: str
    url: str


class Results(BaseModel):
    """Clauses found, best first."""

    results: list[Result]


class Fetched(BaseModel):
    """A clause word by word, and what is known of it."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]


class Task(BaseModel):
    """A task or project; ``responsibility`` names all its units by role."""

    id: str
    title: str
    text: str
    responsibility: str
    url: str


class TaskList(BaseModel):
    """Every task and project of a unit, in document order."""

    unit: str
    total: int
    tasks: list[Task]


class Figure(BaseModel):
    """An indicator; values as written, None where the plan gives none."""

    name: str
    measure: str
    base_year: int | None
    base: str | None
    target_year: int | None
    target: str | None
    responsibility: str
    id: str
    url: str


class Figures(BaseModel):
    """Indicators in table order."""

    total: int
    indicators: list[Figure]


class Quote(BaseModel):
    """A verbatim quote with its place."""

    number: int
    quote: str
    id: str
    title: str
    url: str


class Reply(BaseModel):
    """An answer; ``missing`` says what the plan does not give, ``status`` whether it answers at all."""

    status: str
    text: str
    missing: list[str]
    citations: list[Quote]
    suggestions: list[str]


class McpService:
    """The tools over streamable HTTP, without sessions; an ASGI application while :meth:`running`."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._server = build_server(service)
        self._security = _security(settings)
        self._app: ASGIApp | None = None

    @asynccontextmanager
    async def running(self, _: object) -> AsyncIterator[None]:
        """Serve while the context is open; a lifespan."""
        app = self._server.streamable_http_app(  # anew each time: it can be run only once
            streamable_http_path=MCP,
            json_response=True,
            stateless_http=True,
            max_request_body_size=MOST_BYTES,
            transport_security=self._security,
        )
        async with app.router.lifespan_context(app):
            self._app = app
            try:
                yield
            finally:
                self._app = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call.

        Raises:
            RuntimeError: if the service is not running.
        """
        if self._app is None:
            raise RuntimeError("the lifespan of the MCP service has not begun")
        if scope["method"] != "POST":  # a stream (GET) on which nothing would ever come, the end of a session
            await refusal(MCP, 405, headers={"Allow": "POST"})(scope, receive, send)
            return
        await self._app(scope, receive, send)


def build_server(service: Service) -> MCPServer[Any]:
    """The server with its tools."""
    with _logging_as_it_was():
        server: MCPServer[Any] = MCPServer(
            "ipqa", title="政策规划问答", instructions=INSTRUCTIONS, version=version("ipqa")
        )
    for make in (_search, _fetch, _list_tasks, _get_indicators, _ask):
        tool = make(service)
        title, told = _TOLD[tool.__name__]
        server.add_tool(tool, title=title, description=told, annotations=_READS, structured_output=True)
    return server


def _search(service: Service) -> Callable[..., Results]:
    @_in_words
    def search(query: Question) -> Results:
        """Find clauses."""
        hits = service.search(query, _FOUND)
        return Results(results=[Result(**_named(service, hit.clause)) for hit in hits])

    return search


def _fetch(service: Service) -> Callable[..., Fetched]:
    @_in_words
    def fetch(id: Annotated[str, Field(description="search 给出的条款 id")]) -> Fetched:
        """Give a clause by its id."""
        clause = service.policy.clause(id)
        document = service.policy.document(clause.doc_id)
        known = {
            "document": document.title,
            "issuer": document.issuer,
            "published": document.published,
            "section": " / ".join(clause.section_path),
            "kind": KIND_NAMES[clause.kind],
            "responsibility": in_words(clause.responsibility),
        }
        metadata = {name: value for name, value in known.items() if value}
        return Fetched(text=clause.text, metadata=metadata, **_named(service, clause))

    return fetch


def _list_tasks(service: Service) -> Callable[..., TaskList]:
    @_in_words
    def list_tasks(
        unit: Annotated[str, Field(description="责任单位,简称、旧称也认,例如 市场监管局")],
        role: RoleOfUnit = None,
    ) -> TaskList:
        """List a unit's tasks and projects, all of them."""
        clauses = service.policy.tasks(unit, role)
        return TaskList(
            unit=service.policy.unit(unit),
            total=len(clauses),
            tasks=[
                Task(text=c.text, responsibility=in_words(c.responsibility), **_named(service, c))
                for c in clauses
            ],
        )

    return list_tasks


def _get_indicators(service: Service) -> Callable[..., Figures]:
    @_in_words
    def get_indicators(
        unit: Annotated[str | None, Field(description="只列这个单位负责的;不给则列全部")] = None,
    ) -> Figures:
        """List the indicators."""
        found = service.policy.indicators(unit)
        return Figures(total=len(found), indicators=[_figure(service, indicator) for indicator in found])

    return get_indicators


def _ask(service: Service) -> Callable[..., Reply]:
    @_in_words
    def ask(question: Question) -> Reply:
        """Answer a question."""
        answer = service.ask(question)
        quotes = [
            Quote(number=c.number, quote=c.quote, **_named(service, service.policy.clause(c.clause_id)))
            for c in answer.citations
        ]
        return Reply(
            status=answer.status,
            text=answer.text,
            missing=list(answer.missing),
            citations=quotes,
            suggestions=list(answer.suggestions),
        )

    return ask


def _named(service: Service, clause: Clause) -> dict[str, Any]:
    return {"id": clause.id, "title": service.title(clause), "url": service.link(clause.id)}


def _figure(service: Service, indicator: Indicator) -> Figure:
    return Figure(
        name=indicator.name,
        measure=indicator.measure,
        base_year=indicator.base_year,
        base=indicator.base,
        target_year=indicator.target_year,
        target=indicator.target,
        responsibility=in_words(indicator.responsibility),
        id=indicator.clause_id,
        url=service.link(indicator.clause_id),
    )


def _in_words(tool: Callable[_Given, _Told]) -> Callable[_Given, _Told]:
    """The tool, whose errors the assistant reads in the library's words."""

    @wraps(tool)
    def told(*args: _Given.args, **kwargs: _Given.kwargs) -> _Told:
        try:
            return tool(*args, **kwargs)
        except IpqaError as error:
            raise ToolError(str(error)) from error

    return told


def _security(settings: Settings) -> TransportSecuritySettings:
    """Which hosts a call may name.

    A server for this machine alone answers to this machine's names and the public one, so that no web site
    can reach it by pointing its own name here. One for a network cannot know by which names it is called.
    """
    if settings.host not in _LOCAL:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = [f"[{host}]" if ":" in host else host for host in _LOCAL]
    hosts = [name for host in names for name in (host, f"{host}:*")]
    origins = [f"http://{host}" for host in hosts]
    if settings.public_url:
        public = urlsplit(settings.public_url)
        hosts.append(public.netloc)
        origins.append(f"{public.scheme}://{public.netloc}")
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


@contextmanager
def _logging_as_it_was() -> Iterator[None]:
    """Keep the SDK from setting up the log of the whole process, which is not its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
