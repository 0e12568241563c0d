"""The REST services as one application, with their description (OpenAPI) at ``/api/openapi.json``."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query
from starlette.responses import JSONResponse

from ipqa.interfaces.payload import to_payload
from ipqa.interfaces.rest import dify
from ipqa.interfaces.rest.access import Access
from ipqa.interfaces.rest.refusals import PROBLEM_TYPE, RETRIEVAL, Problem, add_handlers
from ipqa.interfaces.rest.service import Filters, Service
from ipqa.interfaces.rest.shapes import (
    AskRequest,
    ClauseInPlace,
    Count,
    Day,
    DocumentId,
    Documents,
    Hits,
    Indicators,
    IssuerText,
    KindName,
    QuestionText,
    RoleName,
    SearchRequest,
    SectionText,
    Tasks,
    Topics,
    UnitName,
    Units,
)
from ipqa.models import Answer, Document

DESCRIPTION_PATH = "/api/openapi.json"
_DESCRIPTION = (
    "政策规划语义检索问答:回答都是逐字的原文,逐条注明出处和责任单位。字段与 Python 库的数据类一致。"
    "出错时返回 application/problem+json(RFC 9457);/retrieval 按 Dify 的格式返回。"
)


def create_api(service: Service, access: Access) -> FastAPI:
    """The application; its paths are whole, ``/api/…`` and ``/retrieval``.

    Args:
        service: answers the calls.
        access: who may call, for the description: the gate lets callers in.
    """
    app = Api(service.base, access)
    add_handlers(app)
    _add_search(app, service)
    _add_listings(app, service)
    dify.add_route(app, service)
    return app


class Api(FastAPI):
    """An application that describes how it refuses and how callers say who they are.

    No page that shows the description: it would load its scripts from elsewhere.
    """

    def __init__(self, base: str, access: Access) -> None:
        super().__init__(
            title="ipqa",
            version=version("ipqa"),
            description=_DESCRIPTION,
            servers=[{"url": base or "/"}],
            openapi_url=DESCRIPTION_PATH,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,  # it would leave out the path of a proxy
        )
        self._access = access

    def openapi(self) -> dict[str, Any]:
        """The description; made once."""
        if self.openapi_schema is None:
            described = super().openapi()
            for path, operations in described["paths"].items():
                if path != RETRIEVAL:
                    for operation in operations.values():
                        _describe_problems(operation["responses"])
            schemes = _schemes(self._access)
            if schemes:
                described["components"]["securitySchemes"] = schemes
                described["security"] = [{name: []} for name in schemes]
        return self.openapi_schema or {}


def _add_search(app: FastAPI, service: Service) -> None:
    @app.post(
        "/api/search",
        summary="检索条款",
        description="检索条款:与问题最相关的在前,字段与库的 Hit 一致。",
        response_model=Hits,
        responses=_refusals(400, 401, 404, 413, 422),
    )
    def search(request: SearchRequest) -> JSONResponse:
        """Search, the question and what it is limited to in the body."""
        hits = service.search(request.question, request.k, request.filters())
        return _reply(hits=hits)

    @app.get(
        "/api/search",
        summary="检索条款,问题写在网址里",
        description="检索条款,同 POST;问题写在网址里。",
        response_model=Hits,
        responses=_refusals(401, 404, 422),
    )
    def search_by_address(
        q: Annotated[QuestionText, Query()],
        k: Annotated[Count, Query()] = 5,
        unit: Annotated[UnitName | None, Query()] = None,
        role: Annotated[RoleName | None, Query()] = None,
        doc: Annotated[DocumentId | None, Query()] = None,
        section: Annotated[SectionText | None, Query()] = None,
        kind: Annotated[KindName | None, Query()] = None,
        issuer: Annotated[IssuerText | None, Query()] = None,
        since: Annotated[Day | None, Query()] = None,
        until: Annotated[Day | None, Query()] = None,
    ) -> JSONResponse:
        """Search, the question and what it is limited to in the address."""
        filters = Filters(unit, role, doc, section, kind, issuer, since, until)
        return _reply(hits=service.search(q, k, filters))

    @app.post(
        "/api/ask",
        summary="提问",
        description="提问,得到带出处的原文;字段与库的 Answer 一致。",
        response_model=Answer,
        responses=_refusals(400, 401, 404, 413, 422),
    )
    def ask(request: AskRequest) -> JSONResponse:
        """Answer a question."""
        answer = service.ask(request.question, request.history, request.k, request.filters())
        return JSONResponse(to_payload(answer))


def _add_listings(app: FastAPI, service: Service) -> None:
    policy = service.policy
    clauses = Counter(clause.doc_id for clause in policy.clauses)

    @app.get(
        "/api/tasks",
        summary="一个单位的任务",
        description="一个单位的全部任务和专栏项目,按原文的顺序,不漏。",
        response_model=Tasks,
        responses=_refusals(401, 404, 422),
    )
    def tasks(
        unit: Annotated[UnitName, Query()],
        role: Annotated[RoleName | None, Query()] = None,
        doc: Annotated[DocumentId | None, Query()] = None,
    ) -> JSONResponse:
        """List a unit's tasks and projects, all of them."""
        found = policy.tasks(unit, role, doc=doc)
        return _reply(unit=policy.unit(unit), total=len(found), tasks=found)

    @app.get(
        "/api/indicators",
        summary="指标",
        description="指标,按指标表的顺序;给出单位则只列它负责的。",
        response_model=Indicators,
        responses=_refusals(401, 404, 422),
    )
    def indicators(
        unit: Annotated[UnitName | None, Query()] = None, doc: Annotated[DocumentId | None, Query()] = None
    ) -> JSONResponse:
        """List the indicators."""
        return _listed("indicators", policy.indicators(unit, doc=doc))

    @app.get(
        "/api/units",
        summary="责任单位",
        description="全部责任单位,任务多的在前。",
        response_model=Units,
        responses=_refusals(401),
    )
    def units() -> JSONResponse:
        """List the units."""
        return _listed("units", policy.units())

    @app.get(
        "/api/documents",
        summary="文件",
        description="全部文件的元数据,不含全文。",
        response_model=Documents,
        responses=_refusals(401),
    )
    def documents() -> JSONResponse:
        """List the documents."""
        return _listed("documents", [_facts(document) for document in policy.documents])

    @app.get(
        "/api/topics",
        summary="办事指引",
        description="办事指引:企业的各种需要,以及为它服务的全部条款。",
        response_model=Topics,
        responses=_refusals(401, 404, 422),
    )
    def topics(doc: Annotated[DocumentId | None, Query()] = None) -> JSONResponse:
        """List the needs of enterprises."""
        return _listed("topics", policy.topics(doc=doc))

    @app.get(
        "/api/clauses/{clause_id:path}",
        summary="一条条款",
        description="一条条款,连同文件的标题、公文里的引法和网页上的链接。",
        response_model=ClauseInPlace,
        responses=_refusals(401, 404, 422),
    )
    def clause(
        clause_id: Annotated[str, Path(description="条款的 id;其中的 # 在网址里写作 %23")],
    ) -> JSONResponse:
        """Give a clause by its id."""
        found = policy.clause(clause_id)
        title = policy.document(found.doc_id).title
        return _reply(clause=found, title=title, place=service.place(found), url=service.link(found.id))

    def _facts(document: Document) -> dict[str, Any]:
        facts: dict[str, Any] = to_payload(document)
        del facts["text"]
        return {**facts, "clauses": clauses[document.id]}


def _reply(**content: object) -> JSONResponse:
    return JSONResponse(to_payload(content))


def _listed(name: str, found: Any) -> JSONResponse:  # noqa: ANN401  a sequence of whatever is listed
    return JSONResponse({"total": len(found), name: to_payload(found)})


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an operation may refuse, for its description."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def _describe_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if status >= "4":
            response["content"] = {PROBLEM_TYPE: response["content"]["application/json"]}


def _schemes(access: Access) -> dict[str, dict[str, str]]:
    schemes = {}
    if access.keys:
        schemes["key"] = {"type": "http", "scheme": "bearer"}
    if access.accounts:
        schemes["account"] = {"type": "http", "scheme": "basic"}
    return schemes
