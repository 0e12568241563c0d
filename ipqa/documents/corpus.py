"""The corpus folder: documents, their metadata (``x.yaml``), question banks and topics, in sub-folders too.

A document is a file of any kind that :mod:`ipqa.documents.readers` reads: ``x.txt``, ``x.docx`` and others.
``x.questions.jsonl`` holds lines of ``{"q": …, "quote": …}``: questions that people ask and the passage of
the document that answers them. ``x.topics.yaml`` is read by :mod:`ipqa.documents.topics`.
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
from ipqa.documents.head import read_head
from ipqa.documents.indicators import read_indicators
from ipqa.documents.outline import Outline, parse_outline
from ipqa.documents.reader import read_text
from ipqa.documents.readers import DOCUMENT_SUFFIXES, OLD_SUFFIXES, READABLE_SUFFIXES, read_document
from ipqa.errors import CorpusError, DocumentError, QuestionBankError
from ipqa.models import Clause, Document, Indicator, Span

QUESTIONS_SUFFIX = ".questions.jsonl"
METADATA_SUFFIX = ".yaml"
TOPICS_SUFFIX = ".topics.yaml"
_BESIDE = (METADATA_SUFFIX, QUESTIONS_SUFFIX, TOPICS_SUFFIX)  # as CorpusFiles has them
_TEXT_KEYS = (
    "title", "issuer", "published", "period", "region", "source", "number", "effective", "expires",
    "superseded_by",
)  # fmt: skip
_METADATA_KEYS = frozenset({*_TEXT_KEYS, "unit_aliases"})
_SAVED_PAGE = ("_files", ".files")  # what a browser puts beside a page that it saves
_PAGE_SUFFIXES = (".html", ".htm")
_INDEX_FILES = ("manifest.json", "partial.json", "clauses.jsonl")  # of an index and of its segments


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
    """The files of one document; ``metadata``, ``questions`` and ``topics`` are None where there is none.

    ``text`` is the document itself, whatever its kind.
    """

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
    """The documents of a corpus folder and its sub-folders, by id: ``stem``, or ``folder/stem``.

    Hidden files, editors' lock files, ``README.md``, an index and files of other kinds do not count, nor does
    an old ``x.doc`` beside the ``x.docx`` made from it.

    Raises:
        CorpusError: if the folder is missing or holds no document, if two documents have the same name, or
            if metadata, a question bank or topics belong to no document; names the folder or the files.
    """
    if not folder.is_dir():
        raise CorpusError(f"找不到语料文件夹 {folder}")
    files = tuple(_walk(folder))
    texts = _texts(files, folder)
    if not texts:
        kinds = "、".join(READABLE_SUFFIXES)
        raise CorpusError(f"语料文件夹 {folder} 里没有文件,请放入至少一份({kinds})")
    for path in files:
        stem = _stem_beside(path)
        if stem is not None and _id(path.with_name(stem), folder) not in texts:
            raise CorpusError(f"{path} 没有对应的 {stem}{'、'.join(READABLE_SUFFIXES)}")
    return tuple(
        CorpusFiles(doc_id, path, *(_beside(path, suffix) for suffix in _BESIDE))
        for doc_id, path in sorted(texts.items())
    )


def load_document(files: CorpusFiles) -> Document:
    """Read a document's text and metadata, without taking it apart.

    The ``.yaml`` beside it counts first, then what somebody wrote at the top of the file, then what its text
    says, then what a program noted in it.

    Raises:
        DocumentError: if a file cannot be read or the metadata are wrong; names the file.
    """
    read = read_document(files.text)
    text = read.text
    if not text.strip():
        raise DocumentError(f"文件 {files.text} 是空的")
    metadata = _read_metadata(files.metadata) if files.metadata else {}
    head = read_head(text)
    ranked = (read.metadata, head) if read.stated else (head, read.metadata)
    written = {key: _first_given(key, metadata, *ranked) for key in _TEXT_KEYS}
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


def _walk(folder: Path) -> Iterator[Path]:
    """The files of a folder and its sub-folders, in order, without those that do not count."""
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise CorpusError(f"无法读取文件夹 {folder}:{error.strerror or error}") from error
    pages = {path.stem for path in found if path.suffix.lower() in _PAGE_SUFFIXES}
    for path in found:
        if path.name[0] in ".~" or path.name.lower() == "readme.md":
            continue
        if path.is_dir() and not path.is_symlink():  # a link may lead in a circle
            belongs_to_page = any(path.name == page + ending for page in pages for ending in _SAVED_PAGE)
            if not belongs_to_page and not any((path / name).exists() for name in _INDEX_FILES):
                yield from _walk(path)
        elif path.is_file():
            yield path


def _texts(files: Sequence[Path], folder: Path) -> dict[str, Path]:
    """The documents among the files, by id."""
    texts: dict[str, Path] = {}
    old: dict[str, Path] = {}
    for path in files:
        suffix = path.suffix.lower()
        if suffix == ".yml":
            raise CorpusError(f"{path} 不会被读取:元数据文件的扩展名应是 {METADATA_SUFFIX}")
        if suffix in DOCUMENT_SUFFIXES:
            kept = old if suffix in OLD_SUFFIXES else texts
            first = kept.setdefault(_id(path.with_suffix(""), folder), path)
            if first != path:
                raise CorpusError(f"{path} 与 {first.name} 同名,请改名")
    return old | texts


def _id(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _first_given(key: str, metadata: Mapping[str, Any], *ranked: Mapping[str, str]) -> str:
    if key in metadata and (key != "title" or metadata[key]):
        return _as_written(metadata[key])  # even if it is empty: who wrote it knows better
    return next((found[key] for found in ranked if found.get(key)), "")


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
