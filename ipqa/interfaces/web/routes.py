"""The routes beside the page: exports as files, votes, the health check."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from ipqa.errors import FeedbackError, IpqaError
from ipqa.interfaces import export
from ipqa.interfaces.feedback import Vote
from ipqa.interfaces.web.desk import Desk, Filters
from ipqa.models import Answer, Role, Status

HEALTH = "/healthz"
_MOST_TURNS = 200
_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}
Short = Annotated[str | None, Query(max_length=200)]


class Turn(BaseModel):
    """A turn of a conversation that is exported: its question, what it was limited to, whether it goes in."""

    question: str = Field(max_length=2000)
    unit: str | None = Field(None, max_length=200)
    section: str | None = Field(None, max_length=200)
    doc: str | None = Field(None, max_length=200)
    selected: bool = True


class Conversation(BaseModel):
    """A conversation, oldest turn first."""

    turns: list[Turn] = Field(min_length=1, max_length=_MOST_TURNS)


class Ballot(BaseModel):
    """A vote on an answer; :class:`ipqa.interfaces.feedback.Vote` checks what it holds."""

    question: str
    resolved_question: str
    status: Status
    clause_ids: list[str]
    helpful: bool
    reason: str = ""
    comment: str = ""


def add_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to an application."""
    policy = desk.policy

    @app.exception_handler(IpqaError)
    def refuse(_: object, error: IpqaError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=400)

    @app.get(HEALTH)
    def health() -> dict[str, object]:
        return {
            "status": "ok",
            "version": version("ipqa"),
            "documents": len(policy.documents),
            "clauses": len(policy.clauses),
        }

    @app.get("/export/tasks{suffix}")
    def tasks(
        suffix: str, unit: Short = None, role: Role | None = None, section: Short = None, doc: Short = None
    ) -> Response:
        table = export.task_table(policy, unit, role, section, doc)
        return _download(_table(table, suffix), table.title, suffix)

    @app.get("/export/indicators{suffix}")
    def indicators(suffix: str, unit: Short = None, doc: Short = None) -> Response:
        table = export.indicator_table(policy, unit, doc)
        return _download(_table(table, suffix), table.title, suffix)

    @app.post("/export/answers{suffix}")
    def answers(suffix: str, conversation: Conversation) -> Response:
        if suffix not in export.ANSWER_WRITERS:
            raise HTTPException(404, "没有这种格式")
        content = export.ANSWER_WRITERS[suffix](policy, _ask_again(desk, conversation))
        return _download(content, "政策规划问答摘录", suffix)

    @app.post("/feedback")
    def feedback(ballot: Ballot) -> dict[str, bool]:
        if desk.feedback is None:
            raise HTTPException(404, "没有开启评价")
        vote = Vote(
            ballot.question,
            ballot.resolved_question,
            ballot.status,
            tuple(ballot.clause_ids),
            ballot.helpful,
            ballot.reason,
            ballot.comment,
        )
        try:
            desk.feedback.vote(vote)
        except FeedbackError as error:
            raise HTTPException(503, "评价没有记下") from error
        return {"kept": True}


def _ask_again(desk: Desk, conversation: Conversation) -> tuple[Answer, ...]:
    """The selected answers, made anew: what a browser sends is only questions."""
    told: list[str] = []
    chosen = []
    for turn in conversation.turns:
        if turn.selected:
            chosen.append(desk.ask(turn.question, told, Filters(turn.unit, turn.section, turn.doc)))
        told.append(turn.question)
    return tuple(chosen)


def _table(table: export.Table, suffix: str) -> bytes:
    if suffix not in export.TABLE_WRITERS:
        raise HTTPException(404, "没有这种格式")
    return export.TABLE_WRITERS[suffix](table)


def _download(content: bytes, name: str, suffix: str) -> Response:
    named = f"attachment; filename*=UTF-8''{quote(name + suffix, safe='')}"
    return Response(content, media_type=_TYPES[suffix], headers={"Content-Disposition": named})
