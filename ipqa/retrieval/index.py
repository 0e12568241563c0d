"""The searchable form of a corpus: three grains of vectors and BM25, all pointing to clauses.

:class:`ClauseIndex` is what an engine must offer; :class:`LocalIndex` offers it with FAISS and bm25s on one
machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ipqa.documents.corpus import ParsedDocument
from ipqa.errors import CorpusError
from ipqa.models import Clause, Indicator, Span
from ipqa.retrieval.encoder import Encoder, Vectors
from ipqa.retrieval.lexical import LexicalIndex
from ipqa.retrieval.vectors import Rows, VectorIndex
from ipqa.text.normalise import normalise
from ipqa.text.tokens import Tokenizer

GRAINS = ("clause", "sentence", "question")
Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much
_STAGES = {"clause": "编码条款", "sentence": "编码句子", "question": "编码问题"}
_BATCH = 2048
_MIN_POOL = 16  # clauses taken from each grain, however few are wanted
_ROWS_PER_CLAUSE = {"clause": 1, "sentence": 4, "question": 12}  # rows looked at for each clause taken


@dataclass(frozen=True)
class Candidate:
    """A clause that may answer, with its raw named scores; a higher score is better.

    ``lexical`` is BM25; ``clause``, ``sentence`` and ``question`` are the best cosine at that grain (0 where
    the clause has no row of it).
    """

    clause: Clause
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Pool:
    """What :meth:`ClauseIndex.candidates` gives, in the order of the corpus.

    ``best_lexical`` is the highest BM25 score of any clause of the corpus, allowed or not.
    """

    candidates: tuple[Candidate, ...]
    best_lexical: float


class ClauseIndex(Protocol):
    """What the search asks of an engine."""

    @property
    def clauses(self) -> Sequence[Clause]:
        """Every clause, in document order."""

    def candidates(
        self, vector: Vectors, words: Sequence[str], limit: int, allowed: npt.NDArray[np.bool_] | None
    ) -> Pool:
        """The clauses worth ranking: at least the ``limit`` best of each grain and of BM25.

        Args:
            vector: the question's unit vector, float32 ``[dim]``.
            words: the question's words, as the tokenizer cuts them for search.
            limit: how many clauses are wanted in the end.
            allowed: a mask over the clauses; None allows all.
        """

    def sentence_scores(self, clause: Clause, vector: Vectors) -> Mapping[str, Vectors]:
        """How well each sentence of a clause answers: by grain, float32 ``[len(clause.sentences)]``.

        ``sentence`` is the sentence's own cosine, negative ones too; ``question`` the best cosine of the bank
        questions whose quote overlaps it, 0 where none is alike or there is none.
        """


@dataclass(frozen=True)
class Grain:
    """Vectors of one grain, in the order of their clauses.

    Row ``r`` belongs to clause ``clauses[r]`` (its ordinal) and stands for the document's stretch
    ``spans[r]`` (start and end); the rows of clause ``i`` are ``offsets[i]`` to ``offsets[i + 1]``.
    """

    vectors: VectorIndex
    clauses: Rows
    spans: Rows
    offsets: Rows

    @classmethod
    def from_rows(cls, vectors: VectorIndex, clauses: Rows, spans: Rows, clause_count: int) -> Grain:
        """Put the parts together; ``clauses`` must ascend.

        Raises:
            ValueError: if the lengths do not agree.
        """
        if not len(vectors) == len(clauses) == len(spans):
            raise ValueError(f"{len(vectors)} vectors, {len(clauses)} clauses, {len(spans)} spans")
        return cls(vectors, clauses, spans, np.searchsorted(clauses, np.arange(clause_count + 1)))

    def rows_of(self, ordinals: Rows) -> Rows:
        """All rows of the given clauses, clause by clause."""
        ranges = [np.arange(self.offsets[i], self.offsets[i + 1]) for i in ordinals]
        return np.concatenate(ranges) if ranges else np.empty(0, dtype=np.int64)

    def best(self, vector: Vectors, ordinals: Rows) -> Vectors:
        """The best cosine of each given clause; 0 for a clause without rows."""
        counts = self.offsets[ordinals + 1] - self.offsets[ordinals]
        scores = self.vectors.scores(vector, self.rows_of(ordinals))
        best = np.zeros(len(ordinals), dtype=np.float32)
        some = counts > 0
        if some.any():
            starts = np.concatenate(([0], np.cumsum(counts[some])[:-1]))
            best[some] = np.maximum.reduceat(scores, starts)
        return best


@dataclass(frozen=True)
class LocalIndex:
    """FAISS and BM25 on one machine."""

    clauses: tuple[Clause, ...]
    indicators: tuple[Indicator, ...]
    grains: Mapping[str, Grain]
    lexical: LexicalIndex
    tokenizer: Tokenizer
    warnings: tuple[str, ...]

    def candidates(
        self, vector: Vectors, words: Sequence[str], limit: int, allowed: npt.NDArray[np.bool_] | None
    ) -> Pool:
        """As :meth:`ClauseIndex.candidates`; every candidate's scores are exact."""
        pool = max(_MIN_POOL, 2 * limit)
        lexical = self.lexical.scores(words)
        best_lexical = float(lexical.max(initial=0))
        if allowed is not None:
            lexical = np.where(allowed, lexical, 0)
        best = np.argsort(-lexical, kind="stable")[:pool]
        found: list[Rows] = [best[lexical[best] > 0]]
        for name, grain in self.grains.items():
            rows = None if allowed is None else np.flatnonzero(allowed[grain.clauses])
            nearest, _ = grain.vectors.search(vector, pool * _ROWS_PER_CLAUSE[name], rows)
            found.append(_distinct(grain.clauses[nearest])[:pool])
        ordinals = np.unique(np.concatenate(found))
        parts = {name: grain.best(vector, ordinals) for name, grain in self.grains.items()}
        parts["lexical"] = lexical[ordinals]
        candidates = (
            Candidate(self.clauses[ordinal], {name: float(scores[i]) for name, scores in parts.items()})
            for i, ordinal in enumerate(ordinals)
        )
        return Pool(tuple(candidates), best_lexical)

    def sentence_scores(self, clause: Clause, vector: Vectors) -> Mapping[str, Vectors]:
        """As :meth:`ClauseIndex.sentence_scores`."""
        ordinal = np.array([self._ordinals[clause.id]])
        sentence, question = self.grains["sentence"], self.grains["question"]
        stretches = np.array([(s.start, s.end) for s in clause.sentences])
        rows = question.rows_of(ordinal)
        quotes = question.spans[rows]
        overlap = (quotes[:, 0] < stretches[:, 1:]) & (stretches[:, :1] < quotes[:, 1])
        asked = np.where(overlap, question.vectors.scores(vector, rows), 0).max(axis=1, initial=0)
        return {  # the sentences' rows stand in the sentences' order
            "sentence": sentence.vectors.scores(vector, sentence.rows_of(ordinal)),
            "question": asked.astype(np.float32),
        }

    @cached_property
    def _ordinals(self) -> dict[str, int]:
        return {clause.id: i for i, clause in enumerate(self.clauses)}


def build_index(
    parsed: Sequence[ParsedDocument],
    encoder: Encoder,
    tokenizer: Tokenizer,
    progress: Progress,
) -> LocalIndex:
    """Embed and index parsed documents.

    Args:
        parsed: the documents, in the order their clauses shall have.
        encoder: gives the vectors.
        tokenizer: cuts words for BM25; knows the corpus' own words.
        progress: told what is being done and how far it is.

    Raises:
        CorpusError: if there is no clause with a word in it.
    """
    clauses = tuple(chain.from_iterable(p.clauses for p in parsed))
    ordinals = {clause.id: i for i, clause in enumerate(clauses)}
    texts = {p.document.id: p.document.text for p in parsed}
    questions = sorted(
        (
            (ordinals[clause_id], question.question, span)
            for p in parsed
            for question in p.questions
            for clause_id, span in question.places
        ),
        key=lambda row: row[0],
    )
    rows = {
        "clause": [(i, clause_passage(c), Span(c.start, c.end)) for i, c in enumerate(clauses)],
        "sentence": [
            (i, texts[c.doc_id][s.start : s.end], s) for i, c in enumerate(clauses) for s in c.sentences
        ],
        "question": questions,
    }
    grains = {name: _build_grain(rows[name], name, encoder, len(clauses), progress) for name in GRAINS}
    asked: list[list[str]] = [[] for _ in clauses]
    for ordinal, question, _ in questions:
        asked[ordinal].append(question)
    expanded = [" ".join((clause_passage(c), *asked[i])) for i, c in enumerate(clauses)]
    documents = []
    for i, text in enumerate(expanded):
        progress("分词", i, len(expanded))
        documents.append(tokenizer.search_words(text))
    progress("分词", len(expanded), len(expanded))
    if not any(documents):
        raise CorpusError("语料里没有可检索的文字:只有标题、标点或网页附件文字")
    return LocalIndex(
        clauses,
        tuple(chain.from_iterable(p.indicators for p in parsed)),
        grains,
        LexicalIndex.from_words(documents),
        tokenizer,
        tuple(chain.from_iterable(p.warnings for p in parsed)),
    )


def clause_passage(clause: Clause) -> str:
    """A clause with its section path: what is embedded and indexed for it."""
    return " ".join((*clause.section_path, clause.text))


def _build_grain(
    rows: Sequence[tuple[int, str, Span]], name: str, encoder: Encoder, clause_count: int, progress: Progress
) -> Grain:
    batches = []
    encode = encoder.encode_query if name == "question" else encoder.encode_document
    for start in range(0, len(rows), _BATCH):
        progress(_STAGES[name], start, len(rows))
        batches.append(encode([normalise(text) for _, text, _ in rows[start : start + _BATCH]]))
    progress(_STAGES[name], len(rows), len(rows))
    vectors = np.concatenate(batches) if batches else np.empty((0, encoder.dim), dtype=np.float32)
    return Grain.from_rows(
        VectorIndex.from_vectors(vectors),
        np.array([ordinal for ordinal, _, _ in rows], dtype=np.int64),
        np.array([(span.start, span.end) for _, _, span in rows], dtype=np.int64).reshape(-1, 2),
        clause_count,
    )


def _distinct(values: Rows) -> Rows:
    """The values, each where it first stands."""
    _, first = np.unique(values, return_index=True)
    return values[np.sort(first)]
