"""Quality and speed of answers over a file of labelled questions.

A question file has one JSON object a line: ``q``; ``type``; ``answerable``; ``gold`` (verbatim quotes: a
passage is right if it shows one); ``need`` (``any``: one quote is enough, ``all``: the answer needs
them all); ``units`` and ``lead`` where the question asks who is responsible; ``values`` (``base``,
``target``) where it asks for an indicator's; ``count`` where it asks how many; ``history``: earlier turns.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ipqa.documents.reader import read_text
from ipqa.engine import PolicySearch
from ipqa.errors import DocumentError, EvaluationError, MissingExtraError, QuestionError
from ipqa.models import Answer, Clause, Hit, Status
from ipqa.retrieval.query import check_question
from ipqa.text.normalise import without_spaces

DEPTH = 10  # how many hits are looked at
ALL = "all"
_MARKED_SHARE = 0.5


@dataclass(frozen=True)
class LabelledQuestion:
    """A line of a question file."""

    id: str
    question: str
    type: str
    answerable: bool
    gold: tuple[str, ...]
    needs_all: bool
    units: tuple[str, ...]
    lead: tuple[str, ...]
    history: tuple[str, ...]
    values: Mapping[str, str]
    count: int | None


@dataclass(frozen=True)
class Outcome:
    """What one question got. Values are 0 to 1, or None where the question does not ask for them."""

    id: str
    question: str
    type: str
    measures: Mapping[str, float | None]
    milliseconds: float
    status: Status
    relevance: float


@dataclass(frozen=True)
class Report:
    """Means by question type and in all; ``latency`` in milliseconds over all questions.

    ``questions`` is the number of those that can be answered.

    ``unfound`` names the quotes that no clause shows, each after its question's id: labels gone wrong.
    """

    questions: int
    by_type: Mapping[str, Mapping[str, float]]
    latency: Mapping[str, float]
    outcomes: tuple[Outcome, ...]
    unfound: tuple[str, ...]


def read_questions(path: Path) -> tuple[LabelledQuestion, ...]:
    """Read a question file.

    Raises:
        EvaluationError: if the file cannot be read or a line is wrong; names file and line.
    """
    try:
        lines = read_text(path).split("\n")
    except DocumentError as error:
        raise EvaluationError(str(error)) from error
    questions: dict[str, LabelledQuestion] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path} 第 {number} 行"
        question = _read_line(line, where, number)
        if question.id in questions:
            raise EvaluationError(f"{where}的 id {question.id} 前面已经用过")
        questions[question.id] = question
    if not questions:
        raise EvaluationError(f"{path} 里没有题目")
    return tuple(questions.values())


def evaluate(policy: PolicySearch, questions: Sequence[LabelledQuestion]) -> Report:
    """Ask every question and measure what comes back.

    Of answerable questions: ``hit@k`` (a right clause among the first k), ``mrr``, ``recall@10`` (questions
    that need all quotes: the share of them that the first ten show), ``highlight@1`` (at least half of a gold
    quote is marked in the first hit), ``answered`` (the status says so; what is missing from 1 is refused
    falsely), ``units`` and ``lead`` (named exactly), ``values`` (of the indicator, exactly), ``count``. Of
    others: ``refused`` (the status does not say answered). Rank measures come from ir-measures.

    Raises:
        EvaluationError: if no question is answerable.
        MissingExtraError: if ir-measures is not installed.
    """
    answerable = [q for q in questions if q.answerable and q.gold]
    if not answerable:
        raise EvaluationError("没有可评测的题目:没有一道题能回答(answerable)并且写明引文(gold)")
    policy.ask("预热")
    answers: dict[str, Answer] = {}
    milliseconds: dict[str, float] = {}
    for question in questions:
        start = time.perf_counter()
        answers[question.id] = policy.ask(question.question, question.history, k=DEPTH)
        milliseconds[question.id] = (time.perf_counter() - start) * 1000
    ranked = _rank_measures(policy, answerable, [answers[q.id] for q in answerable])
    outcomes = []
    for q in questions:
        answer = answers[q.id]
        measures: dict[str, float | None] = {"refused": float(answer.status != "answered")}
        if q.id in ranked:
            measures = {**ranked[q.id], **_content_measures(policy, q, answer)}
        outcomes.append(
            Outcome(q.id, q.question, q.type, measures, milliseconds[q.id], answer.status, answer.relevance)
        )
    latency = {f"p{p}": float(np.percentile([*milliseconds.values()], p)) for p in (50, 95, 99)}
    return Report(len(answerable), _means(outcomes), latency, tuple(outcomes), _unfound(policy, answerable))


def shows(clause: Clause, quote: str) -> bool:
    """Whether a clause shows a quote, white space aside."""
    return without_spaces(quote) in without_spaces(clause.text)


def _unfound(policy: PolicySearch, questions: Sequence[LabelledQuestion]) -> tuple[str, ...]:
    return tuple(
        f"{question.id}:{quote}"
        for question in questions
        for quote in question.gold
        if not any(shows(clause, quote) for clause in policy.clauses)
    )


def _rank_measures(
    policy: PolicySearch, questions: Sequence[LabelledQuestion], answers: Sequence[Answer]
) -> Mapping[str, dict[str, float | None]]:
    try:
        from ir_measures import RR, ScoredDoc, Success, iter_calc
        from ir_measures import Qrel as Judgement
    except ImportError as error:
        raise MissingExtraError("评测需要 ir-measures,请运行 pip install 'ipqa[eval]'") from error
    judgements = [
        Judgement(q.id, clause.id, 1)
        for q in questions
        for clause in policy.clauses
        if any(shows(clause, quote) for quote in q.gold)
    ]
    run = [
        ScoredDoc(q.id, hit.clause.id, -float(rank))
        for q, answer in zip(questions, answers, strict=True)
        for rank, hit in enumerate(answer.hits)
    ]
    names = {Success @ k: f"hit@{k}" for k in (1, 3, 5, 10)} | {RR: "mrr"}
    measures: dict[str, dict[str, float | None]] = {
        q.id: dict.fromkeys(names.values(), 0.0) for q in questions
    }
    for metric in iter_calc(list(names), judgements, run):
        measures[metric.query_id][names[metric.measure]] = float(metric.value)
    return measures


def _content_measures(
    policy: PolicySearch, question: LabelledQuestion, answer: Answer
) -> dict[str, float | None]:
    found = [any(shows(hit.clause, quote) for hit in answer.hits) for quote in question.gold]
    first = answer.hits[0] if answer.hits else None
    labels = {r.label for r in answer.responsibility}
    leads = {r.label for r in answer.responsibility if r.role == "lead"}
    return {
        "recall@10": sum(found) / len(found) if question.needs_all else None,
        "highlight@1": float(first is not None and any(_marks(policy, first, q) for q in question.gold)),
        "units": float(labels == set(question.units)) if question.units else None,
        "lead": float(leads == set(question.lead)) if question.units else None,
        "answered": float(answer.status == "answered"),
        "values": float(_gives(answer, question.values)) if question.values else None,
        "count": float(_counts(answer, question.count)) if question.count is not None else None,
    }


def _counts(answer: Answer, count: int) -> bool:
    """Whether the answer lists so many, or says the number."""
    listed = answer.kind in ("tasks", "list") and answer.total == count
    return listed or bool(re.search(rf"(?<!\d){count}(?!\d)", answer.text))


def _gives(answer: Answer, values: Mapping[str, str]) -> bool:
    """Whether the answer's first indicator has these values; an empty one means that there is none."""
    found = {name: getattr(answer.indicators[0], name) or "" for name in values} if answer.indicators else {}
    return {name: value.rstrip("%") for name, value in found.items()} == {
        name: value.rstrip("%") for name, value in values.items()
    }


def _marks(policy: PolicySearch, hit: Hit, quote: str) -> bool:
    """Whether at least half of the quote is marked in the hit."""
    text = policy.document(hit.clause.doc_id).text
    pattern = r"\s*".join(re.escape(char) for char in without_spaces(quote))
    for match in re.finditer(pattern, hit.clause.text):
        start, end = hit.clause.start + match.start(), hit.clause.start + match.end()
        marked = sum(len(text[max(start, s.start) : min(end, s.end)]) for s in hit.highlights)
        if marked >= _MARKED_SHARE * (end - start):
            return True
    return False


def _means(outcomes: Iterable[Outcome]) -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for outcome in outcomes:
        for group in (ALL, outcome.type):
            values[group]["questions"].append(1.0)
            for name, value in outcome.measures.items():
                if value is not None:
                    values[group][name].append(value)
    return {
        group: {name: float(sum(v) if name == "questions" else np.mean(v)) for name, v in measures.items()}
        for group, measures in values.items()
    }


def _read_line(line: str, where: str, number: int) -> LabelledQuestion:
    try:
        data: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise EvaluationError(f"{where}不是有效的 JSON:{error.msg}") from error
    if not isinstance(data, dict) or "q" not in data:
        raise EvaluationError(f"{where}应含 q(问题)")
    try:
        check_question(data["q"])
    except QuestionError as error:
        raise EvaluationError(f"{where}的 q 不能用:{error}") from error
    lists = {}
    for key in ("gold", "units", "lead", "history"):
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise EvaluationError(f"{where}的 {key} 应是列表,每项是非空的字符串")
        lists[key] = tuple(value)
    if data.get("need", "any") not in ("any", "all"):
        raise EvaluationError(f"{where}的 need 应是 any 或 all,而不是 {data['need']!r}")
    values, count = data.get("values") or {}, data.get("count")
    if not isinstance(values, dict) or not set(values) <= {"base", "target"}:
        raise EvaluationError(f"{where}的 values 应只含 base 与 target")
    if count is not None and (not isinstance(count, int) or isinstance(count, bool)):
        raise EvaluationError(f"{where}的 count 应是整数,而不是 {count!r}")
    return LabelledQuestion(
        values={name: str(value) for name, value in values.items()},
        count=count,
        id=str(data.get("id", number)),
        question=data["q"],
        type=str(data.get("type", "question")),
        answerable=bool(data.get("answerable", True)),
        needs_all=data.get("need") == "all",
        **lists,
    )
