"""The index on disk: a manifest that names one generation of files, with checksums.

A build writes a new generation beside the old one and then replaces the manifest in one step, so that a
crash leaves the old index whole. Files are JSON, npy and FAISS bytes; nothing is pickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ipqa.errors import IndexDamagedError, IpqaError
from ipqa.models import Clause, Indicator, Responsibility, Span
from ipqa.retrieval.index import GRAINS, Grain, LocalIndex
from ipqa.retrieval.lexical import LexicalIndex
from ipqa.retrieval.vectors import VectorIndex
from ipqa.text.tokens import Tokenizer

FORMAT_VERSION = 1
MANIFEST_FILE = "manifest.json"
_REMAINS_AFTER = 3600.0  # seconds
_REBUILD = "请运行 ipqa build 重建索引"


@dataclass(frozen=True)
class Manifest:
    """What an index was built from. ``documents`` maps ids to fingerprints, ``files`` names to SHA-256."""

    format_version: int
    lexicon: str
    encoder: str
    encoder_fingerprint: str
    dim: int
    documents: Mapping[str, str]
    counts: Mapping[str, int]
    generation: str = ""
    files: Mapping[str, str] | None = None

    def same_source(self, other: Manifest) -> bool:
        """Whether an index with this manifest serves where ``other`` is asked for."""

        def source(m: Manifest) -> tuple[object, ...]:
            return m.format_version, m.lexicon, m.encoder_fingerprint, dict(m.documents)

        return source(self) == source(other)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of an index folder; None if there is no index, or one of another format.

    Raises:
        IndexDamagedError: if the manifest cannot be read; names the file.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(**data) if data["format_version"] == FORMAT_VERSION else None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamagedError(f"索引清单 {path} 已损坏,{_REBUILD}") from error


def save_index(index: LocalIndex, folder: Path, manifest: Manifest) -> Manifest:
    """Write an index and swap it in.

    Args:
        index: the index.
        folder: the index folder; made if missing.
        manifest: what it was built from; counts, generation and files are filled in.

    Raises:
        IpqaError: if the folder cannot be written; the old index stays as it was.
    """
    generation = f"gen-{uuid.uuid4().hex[:12]}"
    building = folder / f"building-{generation}"
    try:
        building.mkdir(parents=True)
        _remove_remains(folder)
        _write_files(index, building)
        files = {
            p.relative_to(building).as_posix(): _sha256(p.read_bytes())
            for p in sorted(building.rglob("*"))
            if p.is_file()
        }
        counts = {
            "documents": len(manifest.documents),
            "clauses": len(index.clauses),
            **{f"{name}_vectors": len(index.grains[name].vectors) for name in GRAINS},
        }
        written = Manifest(**{**asdict(manifest), "counts": counts, "generation": generation, "files": files})
        building.replace(folder / generation)
        _swap_in(folder, written)
    except OSError as error:
        shutil.rmtree(building, ignore_errors=True)
        raise IpqaError(f"无法写入索引文件夹 {folder}:{error.strerror or error}") from error
    return written


def load_index(folder: Path, manifest: Manifest) -> LocalIndex:
    """Load the generation that the manifest names, after checking every file against its checksum.

    Raises:
        IndexDamagedError: if a file is missing or altered; names it and the command that rebuilds.
    """
    home = folder / manifest.generation
    files = manifest.files or {}
    contents = {name: _read_checked(home / name, checksum) for name, checksum in files.items()}
    try:
        clauses = tuple(_clause(json.loads(line)) for line in contents["clauses.jsonl"].split(b"\n"))
        parts = json.loads(contents["parts.json"])
        grains = {name: _read_grain(contents, name, len(clauses)) for name in GRAINS}
        lexical = LexicalIndex.load(home / "bm25")
        indicators = tuple(_indicator(data) for data in parts["indicators"])
        return LocalIndex(
            clauses, indicators, grains, lexical, _read_tokenizer(contents), tuple(parts["warnings"])
        )
    except (KeyError, ValueError, TypeError) as error:
        raise IndexDamagedError(f"索引 {home} 的内容不完整({error}),{_REBUILD}") from error


def _write_files(index: LocalIndex, folder: Path) -> None:
    lines = (json.dumps(asdict(clause), ensure_ascii=False) for clause in index.clauses)
    (folder / "clauses.jsonl").write_bytes("\n".join(lines).encode())
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
    frequencies = index.tokenizer.frequencies
    (folder / "dictionary.txt").write_bytes("\n".join(frequencies).encode())
    counts = np.array([*frequencies.values(), index.tokenizer.total], dtype=np.int64)
    np.save(folder / "dictionary.npy", counts, allow_pickle=False)


def _read_tokenizer(contents: Mapping[str, bytes]) -> Tokenizer:
    """The tokenizer from its dictionary: many times faster than from jieba's file."""
    words = contents["dictionary.txt"].decode().split("\n")
    *counts, total = np.load(io.BytesIO(contents["dictionary.npy"]), allow_pickle=False).tolist()
    return Tokenizer(dict(zip(words, counts, strict=True)), total)


def _swap_in(folder: Path, manifest: Manifest) -> None:
    path = folder / MANIFEST_FILE
    old = _generation_of(path)
    temporary = folder / f"{MANIFEST_FILE}.{manifest.generation}"
    temporary.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)
    if old:
        shutil.rmtree(folder / old, ignore_errors=True)


def _remove_remains(folder: Path) -> None:
    """Remove what builds that were killed have left; what is young may belong to a build that runs now."""
    current = _generation_of(folder / MANIFEST_FILE)
    for path in (*folder.glob("building-*"), *folder.glob("gen-*")):
        if path.name != current and time.time() - path.stat().st_mtime > _REMAINS_AFTER:
            shutil.rmtree(path, ignore_errors=True)


def _generation_of(manifest: Path) -> str:
    """The generation that a manifest names; empty if there is none to read: a rebuild mends that."""
    try:
        return str(json.loads(manifest.read_text(encoding="utf-8"))["generation"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""


def _read_grain(contents: Mapping[str, bytes], name: str, clause_count: int) -> Grain:
    rows = np.load(io.BytesIO(contents[f"{name}.rows.npy"]), allow_pickle=False)
    vectors = VectorIndex.from_bytes(contents[f"{name}.faiss"])
    return Grain.from_rows(vectors, rows[:, 0].copy(), rows[:, 1:].copy(), clause_count)


def _read_checked(path: Path, checksum: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IndexDamagedError(f"索引文件 {path} 缺失或无法读取,{_REBUILD}") from error
    if _sha256(data) != checksum:
        raise IndexDamagedError(f"索引文件 {path} 已损坏(校验和不符),{_REBUILD}")
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _clause(data: dict[str, Any]) -> Clause:
    return Clause(
        **{
            **data,
            "section_path": tuple(data["section_path"]),
            "sentences": tuple(Span(**span) for span in data["sentences"]),
            "responsibility": _responsibility(data),
        }
    )


def _indicator(data: dict[str, Any]) -> Indicator:
    return Indicator(**{**data, "responsibility": _responsibility(data)})


def _responsibility(data: dict[str, Any]) -> tuple[Responsibility, ...]:
    return tuple(Responsibility(**entry) for entry in data["responsibility"])
