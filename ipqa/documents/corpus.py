"""The corpus folder: documents (``x.txt``), their metadata (``x.yaml``), question banks and topics.

``x.questions.jsonl`` holds lines of ``{"q": …, "quote": …}``: questions that people ask and the passage of
``x.txt`` that answers them. ``x.topics.yaml`` is read by :mod:`ipqa.documents.topics`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ipqa.documents.clauses import build_clauses
from ipqa.documents.indicators import read_indicators
from ipqa.documents.outline import Outline, parse_outline
from ipqa.documents.reader import read_text
from ipqa.errors import CorpusError, DocumentError, QuestionBankError
from ipqa.models import Clause, Document, Indicator, Span

QUESTIONS_SUFFIX = ".questions.jsonl"
METADATA_SUFFIX = ".yaml"
TOPICS_SUFFIX = ".topics.yaml"
TEXT_SUFFIX = ".txt"
_BESIDE = (METADATA_SUFFIX, QUESTIONS_SUFFIX, TOPICS_SUFFIX)  # as CorpusFiles has them
_TEXT_KEYS = ("title", "issuer", "published", "period", "region", "source")
_METADATA_KEYS = frozenset({*_TEXT_KEYS, "unit_aliases"})


@dataclass(frozen=True)
class BankQuestion:
    """A question of the bank and the quote that answers it, wherever the document holds it.

    ``places`` pairs each clause's id with the quote's span in the document.
    """

    question: str
    doc_id: str
    places: tuple[tuple[str, Span], ...]


@dataclass(frozen=True)
class ParsedDocument:
    """A document and all that was read out of it."""

    document: Document
    outline: Outline
    clauses: tuple[Clause, ...]
    indicators: tuple[Indicator, ...]
    questions: tuple[BankQuestion, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class CorpusFiles:
    """The files of one document; ``metadata``, ``questions`` and ``topics`` are None where there is none."""

    id: str
    text: Path
    metadata: Path | None
    questions: Path | None
    topics: Path | None = None

    def fingerprint(self) -> str:
        """SHA-256 over what an index is built from, all files but the topics: it changes with any of them."""
        digest = hashlib.sha256()
        for path in (self.text, self.metadata, self.questions):
            content = _read_bytes(path) if path else b""
            digest.update(len(content).to_bytes(8, "big") + content)
        return digest.hexdigest()


def list_corpus(folder: Path) -> tuple[CorpusFiles, ...]:
    """The documents of a corpus folder, by id. Hidden files and editors' lock files do not count.

    Raises:
        CorpusError: if the folder is missing or holds no document, or if metadata, a question bank or
            topics belong to no document; names the folder or file.
    """
    if not folder.is_dir():
        raise CorpusError(f"找不到语料文件夹 {folder}")
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name[0] not in ".~"]
    texts: dict[str, Path] = {}
    for path in files:
        if path.suffix.lower() == ".yml":
            raise CorpusError(f"{path} 不会被读取:元数据文件的扩展名应是 {METADATA_SUFFIX}")
        if path.suffix.lower() == TEXT_SUFFIX and texts.setdefault(path.stem, path) != path:
            raise CorpusError(f"{path} 与 {texts[path.stem].name} 同名,请改名")
    if not texts:
        raise CorpusError(f"语料文件夹 {folder} 里没有 {TEXT_SUFFIX} 文件,请放入至少一份文件")
    for path in files:
        stem = _stem_beside(path)
        if stem is not None and stem not in texts:
            raise CorpusError(f"{path} 没有对应的 {stem}{TEXT_SUFFIX}")
    return tuple(
        CorpusFiles(stem, path, *(_beside(path, suffix) for suffix in _BESIDE))
        for stem, path in texts.items()
    )


def load_document(files: CorpusFiles) -> Document:
    """Read a document's text and metadata, without taking it apart.

    Raises:
        DocumentError: if a file cannot be read or the metadata are wrong; names the file.
    """
    text = read_text(files.text)
    if not text.strip():
        raise DocumentError(f"文件 {files.text} 是空的")
    metadata = _read_metadata(files.metadata) if files.metadata else {}
    written = {key: _as_written(metadata.get(key)) for key in _TEXT_KEYS}
    written["title"] = written["title"] or next(line.strip() for line in text.split("\n") if line.strip())
    return Document(id=files.id, text=text, unit_aliases=metadata.get("unit_aliases") or {}, **written)


def parse_document(files: CorpusFiles) -> ParsedDocument:
    """Read a document and take it apart into clauses, responsibilities, indicators and its question bank.

    Raises:
        DocumentError: as :func:`load_document`.
        QuestionBankError: if a line of the bank is wrong; names file and line.
    """
    document = load_document(files)
    outline = parse_outline(document.text, document.title)
    table = read_indicators(document.text, outline, build_clauses(document, outline))
    questions = tuple(_read_bank(files.questions, document, table.clauses)) if files.questions else ()
    return ParsedDocument(document, outline, table.clauses, table.indicators, questions, table.warnings)


def find_quote(quote: str, text: str, clauses: Sequence[Clause]) -> Iterator[tuple[str, Span]]:
    """Every place of a quote in a document's text, as a clause's id and the quote's span in that clause.

    White space counts alike, since documents hold no-break spaces. A quote from a heading has its place in
    the clause under it, which shows it.
    """
    for match in verbatim(quote).finditer(text):
        held = [c for c in clauses if c.start < match.end() and match.start() < c.end]
        for clause in held:
            yield clause.id, Span(max(match.start(), clause.start), min(match.end(), clause.end))
        below = next((c for c in clauses if c.start >= match.end()), None)
        if not held and below:
            yield below.id, below.sentences[0]


def verbatim(quote: str) -> re.Pattern[str]:
    """What finds a quote whatever its white space."""
    return re.compile(r"\s+".join(re.escape(part) for part in quote.split()))


def _stem_beside(path: Path) -> str | None:
    """The document that a file goes with, by its name; None for a file of another kind."""
    # .topics.yaml ends in .yaml too: the longer suffix tells what the file is
    suffixes = [suffix for suffix in _BESIDE if path.name.endswith(suffix)]
    return path.name.removesuffix(max(suffixes, key=len)) if suffixes else None


def _beside(path: Path, suffix: str) -> Path | None:
    candidate = path.with_name(path.stem + suffix)
    return candidate if candidate.is_file() else None


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"无法读取文件 {path}:{error.strerror or error}") from error


def _read_metadata(path: Path) -> Mapping[str, Any]:
    try:
        metadata = yaml.safe_load(read_text(path)) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # 2022-02-30 is a ValueError
        raise DocumentError(f"元数据文件 {path} 不是有效的 YAML:{error}") from error
    if not isinstance(metadata, Mapping):
        raise DocumentError(f"元数据文件 {path} 应是“键: 值”的形式")
    if unknown := set(metadata) - _METADATA_KEYS:
        known = "、".join(sorted(_METADATA_KEYS))
        raise DocumentError(f"元数据文件 {path} 有不认识的键 {sorted(map(str, unknown))},可用的有 {known}")
    if nested := [key for key in _TEXT_KEYS if isinstance(metadata.get(key), (list, dict))]:
        raise DocumentError(f"元数据文件 {path} 的 {nested[0]} 应是一行文字")
    aliases = metadata.get("unit_aliases") or {}
    if not isinstance(aliases, Mapping) or not all(isinstance(x, str) for x in (*aliases, *aliases.values())):
        raise DocumentError(f"元数据文件 {path} 的 unit_aliases 应是“别名: 单位”的形式")
    return metadata


def _as_written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else "" if value is None else str(value)


def _read_bank(path: Path, document: Document, clauses: Sequence[Clause]) -> Iterator[BankQuestion]:
    known: dict[str, tuple[tuple[str, Span], ...]] = {}  # many questions share a quote
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        where = f"问题库 {path} 第 {number} 行"
        entry = _parse_line(line, where)
        quote = entry["quote"]
        if quote not in known:
            known[quote] = tuple(find_quote(quote, document.text, clauses))
        places = known[quote]
        if not places:
            raise QuestionBankError(f"{where}的引文不在文件 {document.id} 的正文里:{entry['quote'][:40]!r}")
        yield BankQuestion(entry["q"], document.id, places)


def _parse_line(line: str, where: str) -> dict[str, str]:
    try:
        entry: Any = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise QuestionBankError(f"{where}不是有效的 JSON:{error}") from error
    if not isinstance(entry, dict) or not all(
        isinstance(entry.get(k), str) and entry[k].strip() for k in ("q", "quote")
    ):
        raise QuestionBankError(f"{where}应含非空的 q(问题)与 quote(引文)")
    if not any(char.isalnum() for char in entry["q"]):
        raise QuestionBankError(f"{where}的问题里没有文字:{entry['q']!r}")
    return entry
