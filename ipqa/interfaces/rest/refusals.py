"""How a call is refused: problem details (RFC 9457), and on Dify's route in Dify's own form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match

from ipqa.errors import (
    ArgumentError,
    IpqaError,
    QuestionError,
    UnknownClauseError,
    UnknownDocumentError,
    UnknownUnitError,
)

RETRIEVAL = "/retrieval"
PROBLEM_TYPE = "application/problem+json"
# Dify's codes; where it has none, the code is the HTTP status.
MALFORMED_KEY, WRONG_KEY, NO_KNOWLEDGE = 1001, 1002, 2001
_DIFY_WORDS = {
    MALFORMED_KEY: "Invalid Authorization header format. Expected 'Bearer <api-key>' format.",
    WRONG_KEY: "Authorization failed",
    NO_KNOWLEDGE: "The knowledge does not exist",
}
_WORDS = {
    400: "请求的内容读不出来",
    404: "没有这个地址",
    405: "这个地址不支持这种方法",
    500: "程序出错了,请把时间和请求告诉管理员",
}
# What is wrong with a value, for the kinds of error that pydantic finds here.
_RULES = {
    "missing": "必填",
    "extra_forbidden": "没有这个字段",
    "json_invalid": "不是有效的 JSON",
    "string_type": "应是字符串",
    "string_unicode": "应是字符串,且不含半个代理对",
    "string_too_long": "最多 {max_length} 个字符",
    "too_long": "最多 {max_length} 项",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "float_type": "应是数字",
    "finite_number": "应是数字",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "literal_error": "应是 {expected} 之一",
    "list_type": "应是列表",
    "model_type": "应是 JSON 对象",
    "model_attributes_type": "应是 JSON 对象",
}
_NOT_FOUND = (UnknownClauseError, UnknownDocumentError, UnknownUnitError)


class FieldError(BaseModel):
    """A value that cannot be used: whether it stands in the body, query or path, its name, what is wrong."""

    location: str = Field(examples=["body"])
    name: str = Field(examples=["k"])
    detail: str = Field(examples=["应不小于 1"])


class Problem(BaseModel):
    """Problem details (RFC 9457); ``errors`` where values of the request cannot be used."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["没有条款“x#1”"])
    instance: str = Field(examples=["/api/clauses/x%231"])
    errors: list[FieldError] | None = None


class DifyError(BaseModel):
    """What Dify shows of a call that failed."""

    error_code: int = Field(examples=[NO_KNOWLEDGE])
    error_msg: str = Field(examples=[_DIFY_WORDS[NO_KNOWLEDGE]])


def refusal(
    path: str,
    status: int,
    detail: str = "",
    errors: Sequence[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A refusal in the form that callers of the path understand.

    Args:
        path: the path that was called.
        status: the HTTP status.
        detail: what is wrong; the status in Chinese words if empty.
        errors: the values that cannot be used.
        headers: headers to send with it.
    """
    detail = detail or _WORDS.get(status, HTTPStatus(status).phrase)
    if path == RETRIEVAL:
        return dify_refusal(status, status, detail, headers)
    told = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=quote(path),
        errors=list(errors) if errors else None,
    )
    return JSONResponse(told.model_dump(exclude_none=True), status, headers, PROBLEM_TYPE)


def dify_refusal(
    status: int, code: int, detail: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A refusal in Dify's form; its own words for its own codes."""
    told = DifyError(error_code=code, error_msg=detail or _DIFY_WORDS[code])
    return JSONResponse(told.model_dump(), status, headers)


def add_handlers(app: FastAPI) -> None:
    """Make the application refuse so whatever goes wrong."""

    @app.exception_handler(ArgumentError)
    @app.exception_handler(QuestionError)
    def refuse(request: Request, error: IpqaError) -> JSONResponse:
        path = request.scope["path"]
        if path == RETRIEVAL:
            unknown = isinstance(error, UnknownDocumentError)
            return dify_refusal(404, NO_KNOWLEDGE) if unknown else refusal(path, 400, str(error))
        return refusal(path, 404 if isinstance(error, _NOT_FOUND) else 422, str(error))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [_field_error(entry) for entry in error.errors()]
        path = request.scope["path"]
        told = ";".join(f"{e.name}:{e.detail}" if e.name else e.detail for e in errors)
        return refusal(path, 400 if path == RETRIEVAL else 422, f"请求的内容不对:{told}", errors)

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> JSONResponse:
        detail = "" if error.status_code in _WORDS else str(error.detail)
        headers = dict(error.headers or {})
        if error.status_code == 405:  # else only the methods of the first of the path's routes
            headers["Allow"] = ", ".join(_methods(app, request))
        return refusal(request.scope["path"], error.status_code, detail, headers=headers)

    @app.exception_handler(Exception)
    def crash(request: Request, _: Exception) -> JSONResponse:
        return refusal(request.scope["path"], 500)


def _methods(app: FastAPI, request: Request) -> list[str]:
    routes = [route for route in app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in routes for method in getattr(route, "methods", None) or ()})


def _field_error(entry: Mapping[str, Any]) -> FieldError:
    location, *names = entry["loc"]
    rule = _RULES.get(entry["type"])
    if entry["type"] == "json_invalid":
        names = []  # else the place in the text, which is no name
    context = entry.get("ctx", {})
    if "expected" in context:
        context = {"expected": context["expected"].replace(" or ", "、").replace(", ", "、")}
    detail = rule.format(**context) if rule else str(entry["msg"])
    return FieldError(location=str(location), name=".".join(map(str, names)), detail=detail)
