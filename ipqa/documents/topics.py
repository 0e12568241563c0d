"""办事指引: what enterprises need, in their words, and every clause of a document that serves each need.

``x.topics.yaml`` beside ``x.txt`` lists the topics under ``topics``; each has a ``name``, ``needs`` (how
enterprises say it), ``terms`` (a sentence that holds one speaks of the need), ``quotes`` (passages that do
without any of the terms), ``except`` (passages that hold a term and yet don't) and ``missing`` (what the
document leaves open). A person writes the file; it is checked against the text whenever it is read.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ipqa.documents.corpus import CorpusFiles, find_quote, verbatim
from ipqa.documents.reader import read_text
from ipqa.documents.responsibility import find_note
from ipqa.errors import ArgumentError, TopicsError
from ipqa.models import Clause, Document, Hit, Span, Topic
from ipqa.text.normalise import normalise

_LISTS = ("needs", "terms", "quotes", "except", "missing")
_KEYS = ("name", *_LISTS)
# What a clause plainly gives cannot be missing.
_GIVEN = {
    "电话": re.compile(r"(?<!\d)(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|123\d\d)(?!\d)"),
    "网址": re.compile(r"https?://|www\."),
}
_SUGGESTIONS = 5


@dataclass(frozen=True)
class _Entry:
    """A topic as the file has it; ``where`` names file, line and topic in messages."""

    where: str
    name: str
    texts: Mapping[str, tuple[str, ...]]


def read_topics(path: Path, document: Document, clauses: Sequence[Clause]) -> tuple[Topic, ...]:
    """The topics of a document, in the file's order.

    Args:
        path: the topics file.
        document: the document that it goes with.
        clauses: the document's clauses; those of other documents do not count.

    Raises:
        DocumentError: if the file cannot be read; names it.
        TopicsError: if the file is no YAML or has another shape, if two topics share a name, if a term or a
            quote is not in the text, an exception excludes nothing, a topic has no clause, or the text gives
            what a topic calls missing; names the file, the line and the topic.
    """
    own = tuple(clause for clause in clauses if clause.doc_id == document.id)
    said = {span: text for clause in own for span, text in _said(clause)}
    topics: dict[str, Topic] = {}
    for entry in _read_entries(path):
        if entry.name in topics:
            raise TopicsError(f"{entry.where}:前面已有同名的主题")
        spans = _speaking(entry, document, own, said)
        marked = [(clause, tuple(span for span in clause.sentences if span in spans)) for clause in own]
        hits = tuple(Hit(clause, 0.0, {}, marks) for clause, marks in marked if marks)
        if not hits:
            raise TopicsError(f"{entry.where}:没有一条条款为它服务,请给出 terms 或 quotes")
        missing = entry.texts["missing"]
        _check_missing(missing, hits, entry.where)
        topics[entry.name] = Topic(entry.name, document.id, entry.texts["needs"], hits, missing)
    return tuple(topics.values())


def read_all_topics(
    files: Sequence[CorpusFiles], documents: Mapping[str, Document], clauses: Sequence[Clause]
) -> tuple[Topic, ...]:
    """The topics of every document of a corpus, by document.

    Raises:
        DocumentError: as :func:`read_topics`.
        TopicsError: as :func:`read_topics`.
    """
    return tuple(
        topic
        for file in files
        if file.topics
        for topic in read_topics(file.topics, documents[file.id], clauses)
    )


def topics_named(topics: Sequence[Topic], name: str) -> tuple[Topic, ...]:
    """The topics of a name, or of the only name that holds it: several where several documents have it.

    Raises:
        ArgumentError: if there is none; offers the nearest names.
    """
    wanted = normalise(name)
    names = {topic.name: normalise(topic.name) for topic in topics}
    holding = [known for known, form in names.items() if wanted and wanted in form]
    exact = [known for known in holding if names[known] == wanted]
    if len(exact or holding) == 1:
        return tuple(topic for topic in topics if topic.name in (exact or holding))
    if not topics:
        raise ArgumentError(f"没有“{name}”:语料里没有办事指引")
    needed = [t.name for t in topics if wanted and any(wanted in normalise(need) for need in t.needs)]
    close = difflib.get_close_matches(name, names, n=_SUGGESTIONS, cutoff=0.3)
    nearest = list(dict.fromkeys([*holding, *needed, *close])) or list(names)
    raise ArgumentError(f"办事指引里没有“{name}”,可选的有:{'、'.join(nearest[:_SUGGESTIONS])}")


def units_to_turn_to(topic: Topic, canonical: Callable[[str], str] = str) -> tuple[tuple[str, int, int], ...]:
    """Whom to turn to: the units that the topic's tasks and projects name, those that lead most first.

    Args:
        topic: the topic.
        canonical: gives the name that a unit is listed under, :meth:`PolicySearch.unit` say.

    Returns:
        Each unit with how many of the tasks and projects it leads and how many name it.
    """
    # A long clause is in parts with one note between them: it counts once.
    clauses = {h.clause.continues or h.clause.id: h.clause for h in topic.hits}.values()
    tasks = [clause for clause in clauses if clause.kind in ("task", "project")]
    named = Counter(unit for c in tasks for unit in {canonical(r.unit): None for r in c.responsibility})
    leads = Counter(unit for c in tasks for unit in {canonical(r.unit): None for r in c.lead})
    return tuple(sorted(((u, leads[u], n) for u, n in named.items()), key=lambda unit: (-unit[1], -unit[2])))


def _said(clause: Clause) -> Iterator[tuple[Span, str]]:
    """Each sentence with what it says of the matter: who is responsible says nothing of it."""
    end = _end_of_matter(clause)
    for span in clause.sentences:
        yield span, clause.text[span.start - clause.start : min(span.end - clause.start, end)]


def _end_of_matter(clause: Clause) -> int:
    """Where a clause's text begins to name who is responsible; its end if it names nobody."""
    end = len(clause.text)
    if clause.kind == "indicator":  # the last cell of a row, which no bracket sets apart
        places = (clause.text.find(r.unit) for r in clause.responsibility)
        return min((place for place in places if place >= 0), default=end)
    note = find_note(clause.text, 0, end)
    return note.span.start if note else end


def _speaking(
    entry: _Entry, document: Document, clauses: Sequence[Clause], said: Mapping[Span, str]
) -> frozenset[Span]:
    """The sentences that speak of a topic: with its terms but for the exceptions, and its quotes."""

    def sentences_of(quote: str, key: str) -> set[Span]:
        places = [span for _, span in find_quote(quote, document.text, clauses)]
        if not places:
            raise TopicsError(f"{entry.where}:{key} 里的这一段不在文件 {document.id} 的正文里:{quote[:40]!r}")
        return {s for s in said for place in places if s.start < place.end and place.start < s.end}

    speaking: set[Span] = set()
    for term in entry.texts["terms"]:
        wanted = verbatim(term)
        found = {span for span, text in said.items() if wanted.search(text)}
        if not found:
            raise TopicsError(f"{entry.where}:没有条款写到 terms 里的“{term}”")
        speaking |= found
    for quote in entry.texts["except"]:
        excluded = sentences_of(quote, "except")
        if speaking.isdisjoint(excluded):
            raise TopicsError(f"{entry.where}:except 里的这一段没有排除任何句子:{quote[:40]!r}")
        speaking -= excluded
    for quote in entry.texts["quotes"]:
        speaking |= sentences_of(quote, "quotes")
    return frozenset(speaking)


def _check_missing(missing: Sequence[str], hits: Sequence[Hit], where: str) -> None:
    for item in missing:
        for word, given in _GIVEN.items():
            held = (given.search(hit.clause.text) for hit in hits) if word in item else ()
            if found := next(filter(None, held), None):
                raise TopicsError(f"{where}:missing 里的“{item}”其实写了:{found.group()}")


def _read_entries(path: Path) -> Iterator[_Entry]:
    text = read_text(path)
    where = f"办事指引 {path}"
    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        content: Any = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # 2022-02-30 is a ValueError
        raise TopicsError(f"{where} 不是有效的 YAML:{error}") from error
    listed = content.get("topics") if isinstance(content, Mapping) else None
    if not isinstance(listed, list) or len(root.value) != 1:
        raise TopicsError(f"{where} 应有且只有 topics(主题),其下每个主题以短横线起头")
    for node, item in zip(root.value[0][1].value, listed, strict=True):
        yield _read_entry(node, item, f"{where} 第 {node.start_mark.line + 1} 行")


def _read_entry(node: Any, item: object, where: str) -> _Entry:  # noqa: ANN401  PyYAML's nodes are untyped
    if not isinstance(item, Mapping):
        raise TopicsError(f"{where}的主题应是“键: 值”的形式")
    name = item.get("name")
    if not _is_text(name):
        raise TopicsError(f"{where}的主题没有 name(名称)")
    where += f"“{name}”"
    keys = [key.value for key, _ in node.value]
    if doubled := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:  # YAML would keep the last
        raise TopicsError(f"{where}:{doubled[0]} 写了两次")
    if unknown := [key for key in keys if key not in _KEYS]:
        raise TopicsError(f"{where}:不认识的键 {unknown[0]},可用的有 {'、'.join(_KEYS)}")
    texts = {key: _texts(item.get(key), f"{where}:{key} ") for key in _LISTS}
    if not texts["needs"]:
        raise TopicsError(f"{where}:没有 needs(企业会怎么说)")
    return _Entry(where, str(name), texts)


def _texts(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(map(_is_text, value)):
        raise TopicsError(f"{where}应是一列文字,如 [甲, 乙];数字要加引号")
    return tuple(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and any(char.isalnum() for char in value)
