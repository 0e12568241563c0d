"""The manifest of an index: what it was built from, and the segments that are in use."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from ipqa.errors import IndexDamagedError

FORMAT_VERSION = 6
MANIFEST_FILE = "manifest.json"
PARTIAL_FILE = "partial.json"  # what a build has finished so far
REBUILD = "请运行 ipqa build 重建索引"
GENERATION = re.compile(r"gen-[0-9a-f]{12}")  # a folder's name: nothing that leads elsewhere
_PACKAGE = Path(__file__).parents[1]
# The code that decides what stands in an index; the lexicon and the encoder have fingerprints of their own.
_PROGRAM = (
    "documents/*.py",
    "text/*.py",
    *(f"retrieval/{name}.py" for name in ("build", "facts", "grains", "index", "lexical", "vectors")),
)


@dataclass(frozen=True)
class Segment:
    """A part of an index: some documents in a folder of their own, never changed once it is written.

    ``documents`` maps the documents that still count to their fingerprints; others that the folder holds
    were changed or deleted since. ``renamed`` maps ids as they stand in the folder to those they bear now.
    ``files`` maps file names to SHA-256; ``counts`` is what the folder holds.
    """

    generation: str
    documents: Mapping[str, str]
    counts: Mapping[str, int]
    files: Mapping[str, str]
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """What an index was built from, and with; its segments in the order of their clauses.

    ``failed`` are documents that could not be read: their fingerprints and the reason.
    """

    format_version: int
    program: str
    lexicon: str
    encoder: str
    encoder_fingerprint: str
    dim: int
    segments: tuple[Segment, ...] = ()
    failed: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def documents(self) -> Mapping[str, str]:
        """The fingerprints of the documents in the index."""
        return {name: mark for segment in self.segments for name, mark in segment.documents.items()}

    @property
    def counts(self) -> Mapping[str, int]:
        """How much the segments hold: documents that count, clauses and vectors (of the others too)."""
        total: Counter[str] = Counter()
        for segment in self.segments:
            total.update(segment.counts)
        return {**total, "documents": len(self.documents)}

    def same_source(self, other: Manifest) -> bool:
        """Whether segments of this manifest serve where ``other`` is asked for."""

        def source(m: Manifest) -> tuple[object, ...]:
            return m.format_version, m.program, m.lexicon, m.encoder_fingerprint

        return source(self) == source(other)


def program_fingerprint(package: Path = _PACKAGE) -> str:
    """SHA-256 over the sources that decide what stands in an index: it changes with any of them."""
    digest = hashlib.sha256()
    for path in sorted(p for pattern in _PROGRAM for p in package.glob(pattern)):
        name, content = path.relative_to(package).as_posix().encode(), path.read_bytes()
        digest.update(b"%d %d " % (len(name), len(content)) + name + content)
    return digest.hexdigest()


def read_manifest(folder: Path, name: str = MANIFEST_FILE) -> Manifest | None:
    """A manifest of an index folder; None if there is none, or one of another format.

    Raises:
        IndexDamagedError: if the manifest cannot be read; names the file.
    """
    path = folder / name
    if not path.is_file():
        return None
    try:
        data = path.read_bytes()
        if json.loads(data)["format_version"] != FORMAT_VERSION:
            return None
        manifest = TypeAdapter(Manifest).validate_json(data, strict=True)
        for segment in manifest.segments:
            if not GENERATION.fullmatch(segment.generation):
                raise ValueError(segment.generation)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamagedError(f"索引清单 {path} 已损坏,{REBUILD}") from error
    return manifest


def generations_of(path: Path) -> frozenset[str]:
    """The generations that a manifest names; none if they cannot be made out: a rebuild mends that."""
    try:
        named = {str(segment["generation"]) for segment in json.loads(path.read_bytes())["segments"]}
    except (OSError, ValueError, TypeError, KeyError):
        return frozenset()
    return frozenset(filter(GENERATION.fullmatch, named))
