"""Dify's external knowledge API: a knowledge base in Dify that finds clauses here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from ipqa.answers.compose import in_words
from ipqa.errors import UnknownDocumentError
from ipqa.interfaces.rest.refusals import RETRIEVAL, DifyError
from ipqa.interfaces.rest.service import Filters, Service
from ipqa.interfaces.rest.shapes import Count
from ipqa.models import KIND_NAMES, Clause, Document, Hit
from ipqa.settings import LONGEST_QUESTION
from ipqa.text.normalise import has_letters, normalise

ALL_DOCUMENTS = ("", "all", "ipqa")
# A ranking score as a chance from 0 to 1: a logistic curve, so order is kept. Fitted to the chance that the
# plan speaks of the matter (ipqa.answers.abstention) of the ten best hits of each question in tests/data;
# the logits agree with r = 0.96. At the middle the chance is a half.
_SLOPE, _MIDDLE = 0.74, 14.8

FieldName = Literal["document_name", "doc_id", "kind", "section"]
# What a condition may name; the records' metadata have the same names.
_FIELDS: Mapping[str, Callable[[Document, Clause], tuple[str, ...]]] = {
    "document_name": lambda document, clause: (document.title,),
    "doc_id": lambda document, clause: (document.id,),
    "kind": lambda document, clause: (clause.kind, KIND_NAMES[clause.kind]),
    "section": lambda document, clause: clause.section_path,
}


class RetrievalSetting(BaseModel):
    """How many records at most, and the least score of one."""

    model_config = ConfigDict(strict=True)

    top_k: Count = 5
    score_threshold: float | None = Field(default=0.0, ge=0, le=1)


class Condition(BaseModel):
    """A condition on a record's metadata; of several names one has to fulfil it."""

    model_config = ConfigDict(strict=True)

    name: FieldName | list[FieldName]
    comparison_operator: Literal["is", "=", "contains"]
    value: str | int | float

    def holds(self, document: Document, clause: Clause) -> bool:
        """Whether a clause fulfils it; width, case and white space at the ends do not count."""
        wanted = normalise(str(self.value))
        names = [self.name] if isinstance(self.name, str) else self.name
        values = [normalise(value) for name in names for value in _FIELDS[name](document, clause)]
        if self.comparison_operator == "contains":
            return any(wanted in value for value in values)
        return wanted in values


class MetadataCondition(BaseModel):
    """Conditions, of which all (``and``) or one (``or``) have to hold; none at all let everything through."""

    model_config = ConfigDict(strict=True)

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: list[Condition] | None = None

    def holds(self, document: Document, clause: Clause) -> bool:
        """Whether a clause may be a record."""
        held = [condition.holds(document, clause) for condition in self.conditions or ()]
        return not held or (any(held) if self.logical_operator == "or" else all(held))


class RetrievalRequest(BaseModel):
    """What Dify sends. Fields that it may add one day do no harm."""

    model_config = ConfigDict(strict=True)

    knowledge_id: str = Field(description="文件的 id;空、all 或 ipqa 表示全部文件", examples=["all"])
    query: str = Field(max_length=LONGEST_QUESTION, examples=["商标品牌指导站要建多少家"])
    retrieval_setting: RetrievalSetting
    metadata_condition: MetadataCondition | None = None


class Record(BaseModel):
    """A clause: its text word by word, its title with its place, its metadata."""

    content: str
    score: float = Field(ge=0, le=1, description="0 到 1,越高越相关;次序与检索一致")
    title: str
    metadata: dict[str, str]


class Records(BaseModel):
    """The clauses found, best first."""

    records: list[Record]


def add_route(app: FastAPI, service: Service) -> None:
    """Add Dify's one route to an application."""

    @app.post(
        RETRIEVAL,
        summary="Dify 的外部知识库接口",
        description="在 Dify 里把本服务的地址填作 API 端点,文件的 id(全部文件则填 all)填作外部知识库 ID。",
        response_model=Records,
        responses={"4XX": {"model": DifyError, "description": "Dify 的错误格式"}},
    )
    def retrieval(request: RetrievalRequest) -> JSONResponse:
        """Give the records that Dify asks for."""
        doc = _document(service, request.knowledge_id)
        least = request.retrieval_setting.score_threshold or 0.0
        hits = _hits(service, request, doc) if has_letters(request.query) else []
        records = [_record(service, hit) for hit in hits]
        return JSONResponse({"records": [record for record in records if record["score"] >= least]})


def chance(score: float) -> float:
    """A ranking score as a number from 0 to 1 that grows with it."""
    return 1 / (1 + math.exp(min(700.0, -_SLOPE * (score - _MIDDLE))))


def _document(service: Service, knowledge_id: str) -> str | None:
    """The document that a knowledge base is; None if it is all of them.

    Raises:
        UnknownDocumentError: if there is no such document.
    """
    try:
        return service.policy.document(knowledge_id).id
    except UnknownDocumentError:
        if knowledge_id in ALL_DOCUMENTS:
            return None
        raise


def _hits(service: Service, request: RetrievalRequest, doc: str | None) -> list[Hit]:
    most, condition = request.retrieval_setting.top_k, request.metadata_condition
    filters = Filters(doc=doc)
    if condition is None:
        return list(service.search(request.query, most, filters))
    ranked = service.search(request.query, len(service.policy.clauses), filters)
    document = service.policy.document
    return [hit for hit in ranked if condition.holds(document(hit.clause.doc_id), hit.clause)][:most]


def _record(service: Service, hit: Hit) -> dict[str, Any]:
    clause = hit.clause
    metadata = {
        "document_name": service.policy.document(clause.doc_id).title,
        "doc_id": clause.doc_id,
        "clause_id": clause.id,
        "kind": KIND_NAMES[clause.kind],
        "section": " / ".join(clause.section_path),
        "place": service.place(clause),
        "responsibility": in_words(clause.responsibility),
        "url": service.link(clause.id),
    }
    return {
        "content": clause.text,
        "score": chance(hit.score),
        "title": service.title(clause),
        "metadata": metadata,
    }
