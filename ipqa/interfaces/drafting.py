"""Draft a document's question bank through any OpenAI-compatible endpoint; a person reviews it then.

The endpoint is asked once per clause; a question is kept only where its quote stands in the clause and a
search finds the clause again. The draft is JSON Lines: ``{"q", "quote", "clause_id"}`` per question, and
after those of a clause ``{"clause_id", "done": true}``. A clause without that line is asked (again).
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ipqa.documents.reader import read_text
from ipqa.engine import PolicySearch
from ipqa.errors import ArgumentError, EndpointError, MissingExtraError, QuestionBankError
from ipqa.interfaces.endpoint import Endpoint, RequestFailedError, ask_questions, open_client
from ipqa.models import Clause
from ipqa.retrieval.build import Progress
from ipqa.text.normalise import has_letters, normalise, normalise_with_offsets, without_spaces

if TYPE_CHECKING:
    pass

DROPPED = {  # why a question is not kept, in the order of the checks
    "wording": "太短、太长或没有文字",
    "quote": "引文不在条款里",
    "duplicate": "与已有的问题重复",
    "elsewhere": "检索不到所属条款",
}
_SHORTEST, _LONGEST, _TOP = 5, 60, 10
_FAILURES_IN_A_ROW = 5  # so many, and the fault is not the clauses'
_PROMPT = """\
你为政策文件的检索系统起草问题库。用户给出文件的一条条款,请写出 {count} 个能由这一条款回答的问题。要求:
1. 用提问者自己的话:机关工作人员、企业、市民各有一些,有的正式,有的口语,不要照抄条款的字句。
2. 每个问题 5 到 60 个字,单独看也能明白问的是什么,不写“本条款”“上文”“该规划”这样的话。
3. 问题各不相同,涉及条款的不同内容:做什么、数量、时间、由谁负责、谁能受益等;条款没有写的不要问。
4. quote 是回答问题的原文:从条款里逐字抄出一个或相连的几个完整句子,不改、不省略任何字和标点。
只输出 JSON,不要别的话:{{"questions": [{{"q": "问题", "quote": "原文"}}]}}"""


@dataclass(frozen=True)
class DraftSummary:
    """What a run did: clauses asked, questions kept, how many were dropped and why, clauses that failed.

    ``dropped`` goes by the keys of :data:`DROPPED`, ``failed`` gives each clause's reason. ``questions`` are
    those of the whole draft, ``remaining`` the clauses that another run would ask.
    """

    draft: str
    asked: int
    kept: int
    questions: int
    dropped: Mapping[str, int]
    failed: Mapping[str, str]
    remaining: int


def draft(
    policy: PolicySearch,
    doc: str,
    endpoint: Endpoint,
    path: Path,
    *,
    known: Collection[str] = (),
    count: int = 6,
    limit: int | None = None,
    concurrency: int = 4,
    progress: Progress = lambda stage, done, total: None,
) -> DraftSummary:
    """Ask for questions on each clause that the draft at ``path`` has not done, and add them to it.

    Args:
        policy: the corpus, as it is searched.
        doc: the document's id.
        endpoint: whom to ask.
        path: the draft's file; made where there is none.
        known: questions that are not needed again, those of the document's bank.
        count: how many questions to ask for per clause.
        limit: at most so many clauses; all if None.
        concurrency: how many requests are under way at once.
        progress: called with what is being done, how much of it is done, and of how much.

    Raises:
        UnknownDocumentError: if there is no such document.
        MissingExtraError: if httpx is not installed.
        ArgumentError: if the draft cannot be read or written.
        QuestionBankError: if a line of the draft is wrong, or of another document.
        EndpointError: if the endpoint cannot be used; what the draft holds stays.
    """
    try:
        import httpx  # noqa: F401  what is missing is told before a file is opened
    except ImportError as error:
        raise MissingExtraError("起草问题需要 httpx,请运行 pip install 'ipqa[questions]'") from error
    document = policy.document(doc)
    clauses = {clause.id: clause for clause in policy.clauses if clause.doc_id == document.id}
    try:
        entries = [entry for _, entry in read_draft(path, mend=True)] if path.exists() else []
        if strange := {str(entry["clause_id"]) for entry in entries if "clause_id" in entry} - set(clauses):
            raise QuestionBankError(f"草稿 {path} 不合文件 {document.id}:没有条款 {min(strange)}")
        done = {entry["clause_id"] for entry in entries if entry.get("done")}
        todo = [clause for clause in clauses.values() if clause.id not in done]
        written = [entry["q"] for entry in entries if "q" in entry]
        with path.open("a", encoding="utf-8", newline="\n") as file:
            run = _Run(policy, file, {_bare(question) for question in (*written, *known)})
            prompt = _PROMPT.format(count=count)
            asyncio.run(run.ask(endpoint, prompt, document.title, todo[:limit], concurrency, progress))
    except OSError as error:
        raise ArgumentError(f"无法读写草稿 {path}:{error.strerror or error}") from error
    except EndpointError as error:
        raise EndpointError(f"{error}。草稿 {path} 里已有的不会丢,再次运行会接着做") from error
    finally:
        with suppress(OSError):  # nothing was written: leave nothing
            if path.is_file() and not path.stat().st_size:
                path.unlink()
    left = len(todo) - run.asked + len(run.failed)
    total = len(written) + run.kept
    return DraftSummary(str(path), run.asked, run.kept, total, dict(run.dropped), dict(run.failed), left)


def read_draft(path: Path, *, mend: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a draft by their numbers: questions, and clauses that are done.

    Args:
        path: the draft's file.
        mend: take a last line away that was cut off, so that one may write on.

    Raises:
        QuestionBankError: if a line is neither; names file and line.
        DocumentError: if the file cannot be read.
    """
    if mend:
        _mend(path)
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise QuestionBankError(f"草稿 {path} 第 {number} 行不是有效的 JSON:{error}") from error
        texts = [entry.get(key) for key in ("q", "quote")] if isinstance(entry, dict) else []
        done = bool(texts) and entry.get("done") and isinstance(entry.get("clause_id"), str)
        if not done and not (texts and all(isinstance(text, str) and has_letters(text) for text in texts)):
            raise QuestionBankError(f"草稿 {path} 第 {number} 行应含有文字的 q(问题)与 quote(引文)")
        yield number, entry


def _mend(path: Path) -> None:
    """End the last line, or take it away if it is no JSON: a run was killed while it wrote it.

    Raises:
        QuestionBankError: if the draft is not in UTF-8, so that one cannot write on.
    """
    with path.open("r+b") as file:
        data = file.read()
        start = data.rfind(b"\n") + 1
        try:
            data[:start].decode()
        except UnicodeDecodeError:
            raise QuestionBankError(f"草稿 {path} 不是 UTF-8 编码,请以 UTF-8 保存") from None
        try:
            json.loads(data[start:] or b"0")
        except ValueError:
            file.truncate(start)
        else:
            file.write(b"\n" if data[start:] else b"")


@dataclass
class _Run:
    """What becomes of the replies. All of it happens in one thread, between one wait and the next."""

    policy: PolicySearch
    file: TextIO
    seen: set[str]
    asked: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)
    in_a_row: int = 0

    async def ask(
        self,
        endpoint: Endpoint,
        prompt: str,
        title: str,
        clauses: Sequence[Clause],
        concurrency: int,
        progress: Progress,
    ) -> None:
        """Ask for each clause's questions, ``concurrency`` at once.

        Raises:
            EndpointError: if the endpoint cannot be used.
        """
        waiting = iter(clauses)

        async def work() -> None:
            for clause in waiting:
                text = " › ".join((f"《{title}》", *clause.section_path)) + f"\n\n{clause.text}"
                try:
                    self._keep(clause, await ask_questions(client, endpoint, prompt, text))
                except RequestFailedError as failure:
                    self._fail(clause, failure, endpoint)
                self.asked += 1
                progress("起草问题", self.asked, len(clauses))

        progress("起草问题", 0, len(clauses))
        async with open_client(endpoint) as client:
            tasks = [asyncio.ensure_future(work()) for _ in range(concurrency)]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()

    def _fail(self, clause: Clause, failure: RequestFailedError, endpoint: Endpoint) -> None:
        self.in_a_row += 1
        if failure.stop:
            raise EndpointError(f"接口 {endpoint.url} {failure}") from failure
        if self.in_a_row == _FAILURES_IN_A_ROW:
            told = f"连着 {self.in_a_row} 条条款没有成功,最后一条是因为{failure}"
            raise EndpointError(f"接口 {endpoint.url} {told}") from failure
        self.failed[clause.id] = str(failure)

    def _keep(self, clause: Clause, pairs: Sequence[tuple[str, str]]) -> None:
        self.in_a_row = 0
        lines: list[dict[str, object]] = []
        for given, copied in pairs:
            question = " ".join(given.split()).encode(errors="ignore").decode()  # half a character: no file
            quote = _as_written(copied, clause.text)
            if reason := self._fault(question, quote, clause):
                self.dropped[reason] += 1
                continue
            self.seen.add(_bare(question))
            lines.append({"q": question, "quote": quote, "clause_id": clause.id})
        self.kept += len(lines)
        lines.append({"clause_id": clause.id, "done": True})
        self.file.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        self.file.flush()

    def _fault(self, question: str, quote: str, clause: Clause) -> str:
        """Why a question is not kept, as :data:`DROPPED` has it; empty if it is."""
        if not _SHORTEST <= len(question) <= _LONGEST or not has_letters(question):
            return "wording"
        if not quote:
            return "quote"
        if _bare(question) in self.seen:
            return "duplicate"
        found = {hit.clause.id for hit in self.policy.search(question, _TOP)}
        return "" if clause.id in found else "elsewhere"


def _bare(question: str) -> str:
    return "".join(filter(str.isalnum, normalise(question)))


def _as_written(quote: str, text: str) -> str:
    """A quote as the text has it, whatever the width of its signs and its white space; empty if it hasn't."""
    normal = normalise_with_offsets(text)
    places = [i for i, char in enumerate(normal.text) if char != " "]
    sought = without_spaces(normalise(quote))
    start = without_spaces(normal.text).find(sought)
    if start < 0 or not has_letters(sought):
        return ""
    span = normal.to_original(places[start], places[start + len(sought) - 1] + 1)
    return text[span.start : span.end]
