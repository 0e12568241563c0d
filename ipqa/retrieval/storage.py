"""The index on disk: segments, each a folder that is never changed, and a manifest that names them.

A build writes new segments beside the old ones and then replaces the manifest in one step, so that a crash
leaves the old index whole. Files are JSON, npy and FAISS bytes; nothing is pickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import time
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ipqa.errors import IndexDamagedError, IpqaError
from ipqa.models import Clause, Document, Indicator, Responsibility, Span
from ipqa.retrieval.build import SegmentContent
from ipqa.retrieval.grains import Grain
from ipqa.retrieval.index import GRAINS, LocalIndex
from ipqa.retrieval.lexical import LexicalIndex
from ipqa.retrieval.manifest import (
    GENERATION,
    MANIFEST_FILE,
    PARTIAL_FILE,
    REBUILD,
    Manifest,
    Segment,
    generations_of,
)
from ipqa.retrieval.vectors import VectorIndex
from ipqa.text.pinyin import SoundIndex
from ipqa.text.tokens import Tokenizer

_REMAINS_AFTER = 3600.0  # seconds
_REMAINS = re.compile(rf"(building-|{re.escape(MANIFEST_FILE)}\.)?{GENERATION.pattern}")


def save_segment(
    content: SegmentContent, folder: Path, documents: Mapping[str, str], *, first: bool
) -> Segment:
    """Write a segment into a folder of its own; no manifest names it yet.

    Args:
        content: what it holds.
        folder: the index folder; made if missing.
        documents: the fingerprints of its documents.
        first: whether it is the index' first, which keeps the dictionary for all.

    Raises:
        IpqaError: if the folder cannot be written; nothing is left behind.
    """
    generation = f"gen-{uuid.uuid4().hex[:12]}"
    building = folder / f"building-{generation}"
    try:
        building.mkdir(parents=True)
        _remove_remains(folder)
        _write_files(content, building)
        if first:
            _write_tokenizer(content.index.tokenizer, building)
        files = {
            p.relative_to(building).as_posix(): _sha256(p.read_bytes())
            for p in sorted(building.rglob("*"))
            if p.is_file()
        }
        building.replace(folder / generation)
    except OSError as error:
        _discard(building, folder / generation)
        raise IpqaError(f"无法写入索引文件夹 {folder}:{error.strerror or error}") from error
    index = content.index
    counts = {
        "documents": len(content.documents),
        "clauses": len(index.clauses),
        **{f"{name}_vectors": len(index.grains[name].vectors) for name in GRAINS},
    }
    return Segment(generation, documents, counts, files)


def load_segment(folder: Path, segment: Segment, tokenizer: Tokenizer | None = None) -> SegmentContent:
    """Load a segment, after checking every file against its checksum.

    Args:
        folder: the index folder.
        segment: as the manifest has it.
        tokenizer: that of the whole index; the one that the segment was built with if None.

    Raises:
        IndexDamagedError: if a file is missing or altered; names it and the command that rebuilds.
    """
    home = folder / segment.generation
    try:
        contents = {name: _read_checked(home / name, checksum) for name, checksum in segment.files.items()}
        clauses = tuple(map(_clause, _json_lines(contents["clauses.jsonl"])))
        parts = json.loads(contents["parts.json"])
        documents = {data["id"]: Document(**data) for data in _json_lines(contents["documents.jsonl"])}
        index = LocalIndex(
            clauses,
            np.load(io.BytesIO(contents["facts.npy"]), allow_pickle=False),
            tuple(_indicator(data) for data in parts["indicators"]),
            {name: _read_grain(contents, name, len(clauses)) for name in GRAINS},
            LexicalIndex.load(home / "bm25"),
            tokenizer or _read_tokenizer(contents),
            _read_sounds(contents),
            tuple(parts["warnings"]),
        )
        texts = dict(zip(documents, _json_lines(contents["texts.jsonl"]), strict=True))
        words = tuple(filter(None, contents["words.txt"].decode().split("\n")))
        return SegmentContent(documents, index, words, texts)
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"索引 {home} 的内容不完整({error}),{REBUILD}") from error


def swap_in(folder: Path, manifest: Manifest, name: str = MANIFEST_FILE) -> None:
    """Put a manifest in the place of the one before, in one step; segments that nothing names are removed.

    Raises:
        IpqaError: if the folder cannot be written; the old manifest stays.
    """
    path = folder / name
    before = generations_of(path)
    temporary = folder / f"{MANIFEST_FILE}.gen-{uuid.uuid4().hex[:12]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        new = {segment.generation for segment in manifest.segments} - _in_use(folder)
        _discard(temporary, *(folder / generation for generation in new))
        raise IpqaError(f"无法写入索引文件夹 {folder}:{error.strerror or error}") from error
    if name == MANIFEST_FILE:
        before |= generations_of(folder / PARTIAL_FILE)
        _discard(folder / PARTIAL_FILE)
    _discard(*(folder / generation for generation in before - _in_use(folder)))


def _in_use(folder: Path) -> frozenset[str]:
    return generations_of(folder / MANIFEST_FILE) | generations_of(folder / PARTIAL_FILE)


def _write_files(content: SegmentContent, folder: Path) -> None:
    index = content.index
    _write_lines(folder / "clauses.jsonl", map(_clause_record, index.clauses))
    _write_lines(folder / "documents.jsonl", map(asdict, content.documents.values()))
    _write_lines(folder / "texts.jsonl", (content.texts[doc_id] for doc_id in content.documents))
    (folder / "words.txt").write_bytes("\n".join(content.words).encode())
    parts = {
        "warnings": index.warnings,
        "indicators": [asdict(indicator) for indicator in index.indicators],
    }
    (folder / "parts.json").write_bytes(json.dumps(parts, ensure_ascii=False).encode())
    for name, grain in index.grains.items():
        (folder / f"{name}.faiss").write_bytes(grain.vectors.to_bytes())
        np.save(
            folder / f"{name}.rows.npy", np.column_stack((grain.clauses, grain.spans)), allow_pickle=False
        )
    index.lexical.save(folder / "bm25")
    np.save(folder / "facts.npy", index.facts, allow_pickle=False)
    sounds = index.sounds
    words = [[word, sounds.counts[word], sound] for word, sound in sounds.sounds.items()]
    record = {"words": words, "pairs": "".join(sorted(sounds.pairs))}
    (folder / "sounds.json").write_bytes(json.dumps(record, ensure_ascii=False).encode())


def _write_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    (folder / "dictionary.txt").write_bytes("\n".join(tokenizer.weights).encode())
    numbers = np.array([*tokenizer.weights.values(), tokenizer.total], dtype=np.float64)
    np.save(folder / "dictionary.npy", numbers, allow_pickle=False)


def _read_tokenizer(contents: Mapping[str, bytes]) -> Tokenizer:
    """The tokenizer from its dictionary: many times faster than from jieba's file."""
    if "dictionary.txt" not in contents:  # the segment that kept it is gone
        return Tokenizer.with_words(filter(None, contents["words.txt"].decode().split("\n")))
    words = contents["dictionary.txt"].decode().split("\n")
    *weights, total = np.load(io.BytesIO(contents["dictionary.npy"]), allow_pickle=False).tolist()
    return Tokenizer(dict(zip(words, weights, strict=True)), int(total))


def _read_sounds(contents: Mapping[str, bytes]) -> SoundIndex:
    record = json.loads(contents["sounds.json"])
    pairs = record["pairs"]
    return SoundIndex(
        {word: count for word, count, _ in record["words"]},
        frozenset(pairs[i : i + 2] for i in range(0, len(pairs), 2)),
        {word: sound for word, _, sound in record["words"]},
    )


def _remove_remains(folder: Path) -> None:
    """Remove what builds that were killed have left; what is young may belong to a build that runs now."""
    in_use = _in_use(folder)
    for path in folder.iterdir():
        if _REMAINS.fullmatch(path.name) and path.name not in in_use:
            with suppress(FileNotFoundError):  # another build clears up too
                if time.time() - path.stat().st_mtime > _REMAINS_AFTER:
                    _discard(path)


def _discard(*paths: Path) -> None:
    """Remove folders and files as far as that is possible."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _read_grain(contents: Mapping[str, bytes], name: str, clause_count: int) -> Grain:
    rows = np.load(io.BytesIO(contents[f"{name}.rows.npy"]), allow_pickle=False)
    vectors = VectorIndex.from_bytes(contents[f"{name}.faiss"])
    return Grain.from_rows(vectors, rows[:, 0].copy(), rows[:, 1:].copy(), clause_count)


def _write_lines(path: Path, records: Iterable[Any]) -> None:
    with path.open("wb") as file:
        for i, record in enumerate(records):
            file.write((b"\n" if i else b"") + json.dumps(record, ensure_ascii=False).encode())


def _json_lines(content: bytes) -> list[Any]:
    """The records of a JSON Lines file; read as one array, which is much faster than line by line."""
    records: list[Any] = json.loads(b"[" + content.replace(b"\n", b",") + b"]")
    return records


def _read_checked(path: Path, checksum: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IndexDamagedError(f"索引文件 {path} 缺失或无法读取,{REBUILD}") from error
    if _sha256(data) != checksum:
        raise IndexDamagedError(f"索引文件 {path} 已损坏(校验和不符),{REBUILD}")
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _clause_record(clause: Clause) -> dict[str, Any]:
    """A clause as JSON has it; dataclasses.asdict would take three times as long."""
    return {
        "id": clause.id,
        "doc_id": clause.doc_id,
        "kind": clause.kind,
        "start": clause.start,
        "end": clause.end,
        "text": clause.text,
        "section_path": clause.section_path,
        "sentences": [place for span in clause.sentences for place in (span.start, span.end)],
        "responsibility": [asdict(entry) for entry in clause.responsibility],
        "continues": clause.continues,
    }


def _clause(data: dict[str, Any]) -> Clause:
    places = data["sentences"]
    data["sentences"] = tuple(map(Span, places[::2], places[1::2]))
    data["section_path"] = tuple(data["section_path"])
    data["responsibility"] = _responsibility(data)
    return Clause(**data)


def _indicator(data: dict[str, Any]) -> Indicator:
    return Indicator(**{**data, "responsibility": _responsibility(data)})


def _responsibility(data: dict[str, Any]) -> tuple[Responsibility, ...]:
    return tuple(Responsibility(**entry) for entry in data["responsibility"])
