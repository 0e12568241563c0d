"""Bringing an index up to date with its corpus: what is still good stays, the rest is built and swapped in.

The documents are dealt with in chunks, each a segment that is written before the next is begun: memory is
bounded by a chunk, and a build that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ipqa.documents.corpus import CorpusFiles, parse_document
from ipqa.errors import CorpusError, IndexDamagedError
from ipqa.models import Clause, Document, Indicator
from ipqa.retrieval.build import Progress, SegmentContent, build_segment, no_collection
from ipqa.retrieval.encoder import Encoder
from ipqa.retrieval.index import ClauseIndex, LocalIndex, Mask
from ipqa.retrieval.manifest import MANIFEST_FILE, PARTIAL_FILE, Manifest, Segment, read_manifest
from ipqa.retrieval.segments import Part, SegmentedIndex, join_sounds
from ipqa.retrieval.storage import load_segment, save_segment, swap_in
from ipqa.text.tokens import Tokenizer

_CHUNK_BYTES = 24_000_000  # of documents, about eight million characters
_CHUNKS = 4  # of a corpus so large that chunks of that size would be many
_MOST_SEGMENTS = 8  # more are slow to search: the small ones are built anew as one
_LEAST_ALIVE = 0.5  # of a segment's clauses; below, its documents are built anew
_ATTEMPTS = 10  # at reading an index that another process keeps replacing


@dataclass(frozen=True)
class Library:
    """A corpus that is open: documents by id, their index, the corpus' own words, and its text.

    ``text`` holds all clauses with their headings in normal form, without white space; ``built`` counts the
    documents that had to be indexed.
    """

    documents: Mapping[str, Document]
    index: ClauseIndex
    words: frozenset[str]
    text: str
    warnings: tuple[str, ...] = ()
    built: int = 0


@dataclass
class _Update:
    """An index while it is brought up to date: the segments so far, and the contents that are at hand."""

    folder: Path
    manifest: Manifest
    encoder: Encoder
    progress: Progress
    contents: dict[str, SegmentContent] = field(default_factory=dict)

    def build(self, files: Sequence[CorpusFiles], wanted: Mapping[str, str], done: int, total: int) -> None:
        """Index some documents as a segment more; those that cannot be read are noted."""
        parsed, failed = [], dict(self.manifest.failed)
        for i, file in enumerate(files, done):
            self.progress("读取文件", i, total)
            try:
                parsed.append(parse_document(file))
            except CorpusError as error:
                failed[file.id] = (wanted[file.id], str(error))
        self.progress("读取文件", done + len(files), total)
        segments = self.manifest.segments
        if parsed:
            try:
                content = build_segment(parsed, self.encoder, self._tokenizer(), self.progress)
            except CorpusError as error:  # nothing but headings, say
                failed |= {p.document.id: (wanted[p.document.id], str(error)) for p in parsed}
            else:
                marks = {name: wanted[name] for name in content.documents}
                segment = save_segment(content, self.folder, marks, first=not segments)
                self.contents[segment.generation] = content
                segments = (*segments, segment)
        self.manifest = replace(self.manifest, segments=segments, failed=failed)
        if segments and done + len(files) < total:  # for a build that goes on after an interruption
            swap_in(self.folder, self.manifest, PARTIAL_FILE)

    def _tokenizer(self) -> Tokenizer | None:
        if not self.manifest.segments:
            return None
        return self.content(self.manifest.segments[0]).index.tokenizer.extended(
            word for segment in self.manifest.segments[1:] for word in self.content(segment).words
        )

    def content(self, segment: Segment) -> SegmentContent:
        """A segment's content; read only once."""
        if segment.generation not in self.contents:
            first = self.manifest.segments[0]
            alone = segment.generation == first.generation
            tokenizer = None if alone else self.content(first).index.tokenizer
            self.contents[segment.generation] = load_segment(self.folder, segment, tokenizer)
        return self.contents[segment.generation]


def open_library(
    files: Sequence[CorpusFiles],
    folder: Path,
    encoder: Encoder,
    template: Manifest,
    *,
    rebuild: bool = False,
    progress: Progress,
) -> tuple[Library, Manifest]:
    """Open the index of a corpus, brought up to date.

    Args:
        files: the corpus.
        folder: the index folder.
        encoder: gives the vectors.
        template: what the index has to be built with; without segments.
        rebuild: build all documents anew.
        progress: told what is being done and how far it is.

    Raises:
        CorpusError: if no document could be read.
        IndexDamagedError: if a file is damaged; names it and the command that rebuilds.
        IpqaError: if the folder cannot be written.
    """
    wanted = {file.id: file.fingerprint() for file in files}
    for attempt in range(1, _ATTEMPTS + 1):
        stored = None if rebuild else read_manifest(folder)
        try:
            with no_collection():
                return _open(files, wanted, folder, encoder, template, stored, progress)
        except IndexDamagedError:
            if attempt == _ATTEMPTS:
                raise
            if rebuild:  # what an interrupted build has left is damaged
                (folder / PARTIAL_FILE).unlink(missing_ok=True)
            elif read_manifest(folder) == stored:
                raise  # else another process has replaced the segments that were being read
    raise AssertionError  # the last attempt returns or raises


def _open(
    files: Sequence[CorpusFiles],
    wanted: Mapping[str, str],
    folder: Path,
    encoder: Encoder,
    template: Manifest,
    stored: Manifest | None,
    progress: Progress,
) -> tuple[Library, Manifest]:
    begun = [m for m in (stored, _partial(folder)) if m and m.same_source(template)]
    kept = _kept(begun, wanted)
    failed = {name: f for m in begun for name, f in m.failed.items() if wanted.get(name) == f[0]}
    update = _Update(folder, replace(template, segments=kept, failed=failed), encoder, progress)
    covered = {**update.manifest.documents, **{name: mark for name, (mark, _) in failed.items()}}
    left = [file for file in files if file.id not in covered]
    done = 0
    for chunk in _chunks(left):
        update.build(chunk, wanted, done, len(left))
        done += len(chunk)
    manifest = update.manifest
    if not manifest.segments:
        raise _first_error(files, manifest)
    if manifest != stored:
        swap_in(folder, manifest, MANIFEST_FILE)
    return replace(_library(update), built=len(left)), manifest


def _partial(folder: Path) -> Manifest | None:
    """What an interrupted build has finished; a damaged note of it is no loss."""
    try:
        return read_manifest(folder, PARTIAL_FILE)
    except IndexDamagedError:
        return None


def _kept(begun: Sequence[Manifest], wanted: Mapping[str, str]) -> tuple[Segment, ...]:
    """The segments that still serve, each with the documents that still count in it."""
    segments: list[Segment] = []
    left = dict(wanted)
    for manifest in begun:
        for segment in manifest.segments:
            if all(segment.generation != known.generation for known in segments):
                reduced = _reduced(segment, left)
                if reduced.documents:
                    segments.append(reduced)
                    left = {name: mark for name, mark in left.items() if name not in reduced.documents}
    whole = [s for s in segments if len(s.documents) >= _LEAST_ALIVE * s.counts["documents"]]
    if len(whole) > _MOST_SEGMENTS:
        largest = sorted(whole, key=lambda s: -s.counts["clauses"])[: _MOST_SEGMENTS // 2]
        whole = [segment for segment in whole if segment in largest]
    return tuple(whole)


def _reduced(segment: Segment, wanted: Mapping[str, str]) -> Segment:
    """A segment with the documents that are wanted as it holds them, those with a new name too."""
    names = {mark: name for name, mark in wanted.items() if name not in segment.documents}
    documents, renamed = {}, {}
    stored = {now: as_stored for as_stored, now in segment.renamed.items()}
    for name, mark in segment.documents.items():
        now = name if wanted.get(name) == mark else names.pop(mark, None)
        if now is not None:
            documents[now] = mark
            as_stored = stored.get(name, name)
            if now != as_stored:
                renamed[as_stored] = now
    return replace(segment, documents=documents, renamed=renamed)


def _chunks(files: Sequence[CorpusFiles]) -> Iterator[Sequence[CorpusFiles]]:
    """The documents in groups that are indexed together."""
    sizes = [file.text.stat().st_size for file in files]
    most = max(_CHUNK_BYTES, -(-sum(sizes) // _CHUNKS))
    chunk: list[CorpusFiles] = []
    held = 0
    for file, size in zip(files, sizes, strict=True):
        if chunk and held + size > most:
            yield chunk
            chunk, held = [], 0
        chunk.append(file)
        held += size
    if chunk:
        yield chunk


def _first_error(files: Sequence[CorpusFiles], manifest: Manifest) -> CorpusError:
    """Why no document could be read: for the only one, or the first, its own error."""
    for file in files:
        try:
            parse_document(file)
        except CorpusError as error:
            return error
    return CorpusError(next((why for _, why in manifest.failed.values()), "语料里没有可检索的文字"))


def _library(update: _Update) -> Library:
    manifest = update.manifest
    segments = manifest.segments
    stored = [update.content(segment) for segment in segments]
    alive = [_alive(content, segment) for content, segment in zip(stored, segments, strict=True)]
    contents = [_renamed(content, s.renamed) for content, s in zip(stored, segments, strict=True)]
    parts = [Part(content.index, mask) for content, mask in zip(contents, alive, strict=True)]
    documents = {
        name: content.documents[name]
        for content, segment in zip(contents, segments, strict=True)
        for name in segment.documents
    }
    words = frozenset(word for content in contents for word in content.words)
    texts = (
        content.texts[name]
        for content, segment in zip(contents, segments, strict=True)
        for name in segment.documents
    )
    failures = tuple(f"没有收进索引:{why}" for _, why in manifest.failed.values())
    index = _joined(parts, contents)
    return Library(
        {name: documents[name] for name in sorted(documents)},
        index,
        words,
        "\n".join(texts),
        (*failures, *index.warnings),
    )


def _joined(parts: Sequence[Part], contents: Sequence[SegmentContent]) -> LocalIndex | SegmentedIndex:
    first = parts[0]
    if len(parts) == 1 and first.alive is None:
        return first.index
    more = (word for content in contents[1:] for word in content.words)
    tokenizer = first.index.tokenizer.extended(more)
    return SegmentedIndex(tuple(parts), tokenizer, join_sounds([part.index.sounds for part in parts]))


def _alive(content: SegmentContent, segment: Segment) -> Mask | None:
    """Which of a segment's clauses, as they are stored, still count; None if all do."""
    as_stored = {now: name for name, now in segment.renamed.items()}
    names = {as_stored.get(name, name) for name in segment.documents}
    if names == set(content.documents):
        return None
    clauses = content.index.clauses
    return np.fromiter((clause.doc_id in names for clause in clauses), np.bool_, len(clauses))


def _renamed(content: SegmentContent, names: Mapping[str, str]) -> SegmentContent:
    """A segment's content with the documents' present ids."""
    if not names:
        return content

    def now(doc_id: str) -> str:
        return names.get(doc_id, doc_id)

    def clause_now(clause_id: str) -> str:
        doc_id, _, ordinal = clause_id.rpartition("#")
        return f"{now(doc_id)}#{ordinal}"

    def clause(c: Clause) -> Clause:
        if c.doc_id not in names:
            return c
        continues = c.continues and clause_now(c.continues)
        return replace(c, id=clause_now(c.id), doc_id=now(c.doc_id), continues=continues)

    def indicator(i: Indicator) -> Indicator:
        return replace(i, clause_id=clause_now(i.clause_id))

    index = replace(
        content.index,
        clauses=tuple(map(clause, content.index.clauses)),
        indicators=tuple(map(indicator, content.index.indicators)),
    )
    moved = {now: replace(content.documents[name], id=now) for name, now in names.items()}
    texts = {now: content.texts[name] for name, now in names.items()}
    return replace(
        content,
        documents={**content.documents, **moved},
        index=index,
        texts={**content.texts, **texts},
    )
