"""The manifest of an index: what it was built from, and the generation of files that is in use."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from ipqa.errors import IndexDamagedError

FORMAT_VERSION = 5
MANIFEST_FILE = "manifest.json"
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
class Manifest:
    """What an index was built from. ``documents`` maps ids to fingerprints, ``files`` names to SHA-256."""

    format_version: int
    program: str
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
            return m.format_version, m.program, m.lexicon, m.encoder_fingerprint, dict(m.documents)

        return source(self) == source(other)


def program_fingerprint(package: Path = _PACKAGE) -> str:
    """SHA-256 over the sources that decide what stands in an index: it changes with any of them."""
    digest = hashlib.sha256()
    for path in sorted(p for pattern in _PROGRAM for p in package.glob(pattern)):
        name, content = path.relative_to(package).as_posix().encode(), path.read_bytes()
        digest.update(b"%d %d " % (len(name), len(content)) + name + content)
    return digest.hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of an index folder; None if there is no index, or one of another format.

    Raises:
        IndexDamagedError: if the manifest cannot be read; names the file.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        return None
    try:
        data = path.read_bytes()
        if json.loads(data)["format_version"] != FORMAT_VERSION:
            return None
        manifest = TypeAdapter(Manifest).validate_json(data, strict=True)
        if manifest.files is None or not GENERATION.fullmatch(manifest.generation):
            raise ValueError(manifest.generation)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamagedError(f"索引清单 {path} 已损坏,{REBUILD}") from error
    return manifest


def generation_of(path: Path) -> str:
    """The generation that a manifest names; empty if none can be made out: a rebuild mends that."""
    try:
        generation = str(json.loads(path.read_bytes())["generation"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    return generation if GENERATION.fullmatch(generation) else ""
