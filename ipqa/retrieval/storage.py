"""The index on disk: a manifest that names one generation of files, with checksums.

A build writes a new generation beside the old one and then replaces the manifest in one step, so that a
crash leaves the old index whole. Files are JSON, npy and FAISS bytes; nothing is pickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ipqa.errors import IndexDamagedError, IpqaError
from ipqa.models import Clause, Indicator, Responsibility, Span
from ipqa.retrieval.grains import Grain
from ipqa.retrieval.index import GRAINS, LocalIndex
from ipqa.retrieval.lexical import LexicalIndex
from ipqa.retrieval.manifest import (
    GENERATION,
    MANIFEST_FILE,
    REBUILD,
    Manifest,
    generation_of,
    read_manifest,
)
from ipqa.retrieval.vectors import VectorIndex
from ipqa.text.pinyin import SoundIndex
from ipqa.text.tokens import Tokenizer

_REMAINS_AFTER = 3600.0  # seconds
_REMAINS = re.compile(rf"(building-|{re.escape(MANIFEST_FILE)}\.)?{GENERATION.pattern}")
_READ_ATTEMPTS = 10


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
        written = replace(manifest, counts=counts, generation=generation, files=files)
        building.replace(folder / generation)
        _swap_in(folder, written)
    except OSError as error:
        _discard(building, folder / generation, folder / f"{MANIFEST_FILE}.{generation}")
        raise IpqaError(f"无法写入索引文件夹 {folder}:{error.strerror or error}") from error
    return written


def open_index(
    folder: Path, wanted: Manifest, attempts: int = _READ_ATTEMPTS
) -> tuple[LocalIndex, Manifest] | None:
    """The index of a folder with its manifest; None if it does not serve where ``wanted`` is asked for.

    Another process may rebuild meanwhile and remove the generation that is being read: then the newer one is
    read, up to ``attempts`` times.

    Raises:
        IndexDamagedError: as :func:`read_manifest` and :func:`load_index`.
    """
    manifest = read_manifest(folder)
    if manifest is None or not manifest.same_source(wanted):
        return None
    try:
        return load_index(folder, manifest), manifest
    except IndexDamagedError:
        if attempts <= 1 or generation_of(folder / MANIFEST_FILE) == manifest.generation:
            raise
    return open_index(folder, wanted, attempts - 1)


def load_index(folder: Path, manifest: Manifest) -> LocalIndex:
    """Load the generation that the manifest names, after checking every file against its checksum.

    Raises:
        IndexDamagedError: if a file is missing or altered; names it and the command that rebuilds.
    """
    home = folder / manifest.generation
    files = manifest.files or {}
    try:
        contents = {name: _read_checked(home / name, checksum) for name, checksum in files.items()}
        clauses = tuple(_clause(json.loads(line)) for line in contents["clauses.jsonl"].split(b"\n"))
        parts = json.loads(contents["parts.json"])
        grains = {name: _read_grain(contents, name, len(clauses)) for name in GRAINS}
        lexical = LexicalIndex.load(home / "bm25")
        indicators = tuple(_indicator(data) for data in parts["indicators"])
        return LocalIndex(
            clauses,
            np.load(io.BytesIO(contents["facts.npy"]), allow_pickle=False),
            indicators,
            grains,
            lexical,
            _read_tokenizer(contents),
            _read_sounds(contents),
            tuple(parts["warnings"]),
        )
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"索引 {home} 的内容不完整({error}),{REBUILD}") from error


def _write_files(index: LocalIndex, folder: Path) -> None:
    lines = (json.dumps(_clause_record(clause), ensure_ascii=False) for clause in index.clauses)
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
    np.save(folder / "facts.npy", index.facts, allow_pickle=False)
    sounds = index.sounds
    words = [[word, sounds.counts[word], sound] for word, sound in sounds.sounds.items()]
    record = {"words": words, "pairs": "".join(sorted(sounds.pairs))}
    (folder / "sounds.json").write_bytes(json.dumps(record, ensure_ascii=False).encode())
    weights = index.tokenizer.weights
    (folder / "dictionary.txt").write_bytes("\n".join(weights).encode())
    numbers = np.array([*weights.values(), index.tokenizer.total], dtype=np.float64)
    np.save(folder / "dictionary.npy", numbers, allow_pickle=False)


def _read_tokenizer(contents: Mapping[str, bytes]) -> Tokenizer:
    """The tokenizer from its dictionary: many times faster than from jieba's file."""
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


def _swap_in(folder: Path, manifest: Manifest) -> None:
    path = folder / MANIFEST_FILE
    old = generation_of(path)
    temporary = folder / f"{MANIFEST_FILE}.{manifest.generation}"
    temporary.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)
    if old:
        shutil.rmtree(folder / old, ignore_errors=True)


def _remove_remains(folder: Path) -> None:
    """Remove what builds that were killed have left; what is young may belong to a build that runs now."""
    current = generation_of(folder / MANIFEST_FILE)
    for path in folder.iterdir():
        if _REMAINS.fullmatch(path.name) and path.name != current:
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
        "sentences": [(span.start, span.end) for span in clause.sentences],
        "responsibility": [asdict(entry) for entry in clause.responsibility],
        "continues": clause.continues,
    }


def _clause(data: dict[str, Any]) -> Clause:
    return Clause(
        **{
            **data,
            "section_path": tuple(data["section_path"]),
            "sentences": tuple(Span(start, end) for start, end in data["sentences"]),
            "responsibility": _responsibility(data),
        }
    )


def _indicator(data: dict[str, Any]) -> Indicator:
    return Indicator(**{**data, "responsibility": _responsibility(data)})


def _responsibility(data: dict[str, Any]) -> tuple[Responsibility, ...]:
    return tuple(Responsibility(**entry) for entry in data["responsibility"])
