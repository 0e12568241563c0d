"""How an index stands to its corpus, told without building anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ipqa.documents.corpus import CorpusFiles
from ipqa.retrieval.encoder import Encoder
from ipqa.retrieval.manifest import FORMAT_VERSION, Manifest, program_fingerprint, read_manifest
from ipqa.text.lexicon import Lexicon


def new_manifest(encoder: Encoder) -> Manifest:
    """What an index is built with here and now; without segments."""
    return Manifest(
        FORMAT_VERSION,
        program_fingerprint(),
        Lexicon.load().fingerprint,
        encoder.name,
        encoder.fingerprint,
        encoder.dim,
    )


@dataclass(frozen=True)
class IndexState:
    """How an index stands to its corpus: ids of documents, each once.

    ``usable`` is whether its segments serve at all; where they do not, every document is ``new``.
    """

    usable: bool
    fresh: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]
    failed: Mapping[str, str]


def index_state(files: Sequence[CorpusFiles], folder: Path, template: Manifest) -> IndexState:
    """What opening the corpus would have to build; nothing is built or written.

    Raises:
        IndexDamagedError: if the manifest is damaged.
    """
    stored = read_manifest(folder)
    usable = stored is not None and stored.same_source(template)
    known = dict(stored.documents) if stored and usable else {}
    failed = stored.failed if stored and usable else {}
    wanted = {file.id: file.fingerprint() for file in files}
    told = {name: why for name, (mark, why) in failed.items() if wanted.get(name) == mark}
    fresh = tuple(name for name, mark in wanted.items() if known.get(name) == mark)
    changed = tuple(name for name in wanted if name in known and name not in fresh)
    new = tuple(name for name in wanted if name not in known and name not in told)
    return IndexState(usable, fresh, new, changed, tuple(n for n in known if n not in wanted), told)
