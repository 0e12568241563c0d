"""Building the index: parsed documents in, a :class:`~ipqa.retrieval.index.LocalIndex` out.

Words are cut while the encoder works on the same batch in a second thread: its tokenizer is compiled code
that lets Python go on.
"""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np

from ipqa.documents.corpus import ParsedDocument
from ipqa.documents.terms import domain_words
from ipqa.errors import CorpusError
from ipqa.models import Clause, Document, Span
from ipqa.retrieval.encoder import Encoder, Vectors
from ipqa.retrieval.facts import clause_facts
from ipqa.retrieval.grains import Grain, Spans
from ipqa.retrieval.index import EXACT_QUESTIONS, LocalIndex
from ipqa.retrieval.lexical import LexicalIndex, WordRows
from ipqa.retrieval.vectors import Sample, VectorIndex
from ipqa.text.normalise import normalise, without_spaces
from ipqa.text.pinyin import SoundIndex, adjoining, sound_of_words
from ipqa.text.tokens import Tokenizer

Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much
Question = tuple[int, str, Span]  # the clause's ordinal, what is asked, the quote's place

_T = TypeVar("_T")

_BATCH = 2048
_SOUNDS = 30_000  # so many of the commonest words may be what a typing error meant
_SELDOM = 3  # a word that stands in no clause and in fewer bank questions is not among them


@dataclass(frozen=True)
class SegmentContent:
    """What a segment holds: documents with their index.

    ``words`` are the corpus' own words that the tokenizer was given; ``texts`` are the documents in normal
    form without white space, to look names up in.
    """

    documents: Mapping[str, Document]
    index: LocalIndex
    words: tuple[str, ...]
    texts: Mapping[str, str]


def build_segment(
    parsed: Sequence[ParsedDocument], encoder: Encoder, tokenizer: Tokenizer | None, progress: Progress
) -> SegmentContent:
    """Index parsed documents as a segment.

    Args:
        parsed: the documents, in the order their clauses shall have.
        encoder: gives the vectors.
        tokenizer: that of the index so far; the documents' own words are added. None begins a new one.
        progress: told what is being done and how far it is.

    Raises:
        CorpusError: if there is no clause with a word in it.
    """
    words = domain_words(chain.from_iterable(p.clauses for p in parsed))
    tokenizer = tokenizer.extended(words) if tokenizer else Tokenizer.with_words(words)
    index = build_index(parsed, encoder, tokenizer, progress)
    texts = {p.document.id: plain_text(p.clauses) for p in parsed}
    return SegmentContent({p.document.id: p.document for p in parsed}, index, words, texts)


def plain_text(clauses: Iterable[Clause]) -> str:
    """The text of clauses with their headings in normal form, without white space."""
    parts: dict[str, None] = {}
    for clause in clauses:
        parts.update(dict.fromkeys(clause.section_path))
        parts[clause.text] = None
    return without_spaces(normalise("\n".join(parts)))


@contextmanager
def no_collection() -> Iterator[None]:
    """Without garbage collection: reading makes objects by the million, all of which stay, and no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def build_index(
    parsed: Sequence[ParsedDocument], encoder: Encoder, tokenizer: Tokenizer, progress: Progress
) -> LocalIndex:
    """Embed and index parsed documents.

    Args:
        parsed: the documents, in the order their clauses shall have.
        encoder: gives the vectors.
        tokenizer: cuts words; knows the corpus' own words.
        progress: told what is being done and how far it is.

    Raises:
        CorpusError: if there is no clause with a word in it.
    """
    clauses = tuple(chain.from_iterable(p.clauses for p in parsed))
    questions = bank_questions(parsed, clauses)
    vectors = _Vectors(clauses, questions, encoder)
    words, asked = WordRows({}), WordRows({})
    asked.vocabulary = words.vocabulary
    with ThreadPoolExecutor(1) as worker:
        for start in range(0, len(clauses), _BATCH):
            progress("编码条款", start, len(clauses))
            batch = clauses[start : start + _BATCH]
            encoded = worker.submit(vectors.add_clauses, batch)
            for clause in batch:
                words.add(tokenizer.search_words(clause_passage(clause)))
            encoded.result()
        progress("编码条款", len(clauses), len(clauses))
        if not words.vocabulary:
            raise CorpusError("语料里没有可检索的文字:只有标题、标点或网页附件文字")
        for start in range(0, len(questions), _BATCH):
            progress("编码问题", start, len(questions))
            texts = [normalise(text) for _, text, _ in questions[start : start + _BATCH]]
            encoded = worker.submit(vectors.add_questions, texts)
            for text in texts:
                asked.add(tokenizer.search_words(text))
            encoded.result()
        progress("编码问题", len(questions), len(questions))
    progress("建立词表", 0, 1)
    sounds = _sounds(
        words, asked, chain(map(clause_passage, clauses), (normalise(q) for _, q, _ in questions))
    )
    lexical = LexicalIndex.build(words, asked, [ordinal for ordinal, _, _ in questions])
    progress("建立词表", 1, 1)
    return LocalIndex(
        clauses,
        clause_facts(clauses),
        tuple(chain.from_iterable(p.indicators for p in parsed)),
        vectors.grains(),
        lexical,
        tokenizer,
        sounds,
        tuple(chain.from_iterable(p.warnings for p in parsed)),
    )


def clause_passage(clause: Clause) -> str:
    """A clause with its section path in normal form: what is embedded and indexed for it."""
    return normalise(" ".join((*clause.section_path, clause.text)))


def sentence_texts(clause: Clause) -> Iterator[str]:
    """The sentences of a clause in normal form."""
    for span in clause.sentences:
        yield normalise(clause.text[span.start - clause.start : span.end - clause.start])


class _Vectors:
    """The vectors of all three grains, added batch by batch, each row with its clause and its place."""

    def __init__(self, clauses: Sequence[Clause], questions: Sequence[Question], encoder: Encoder) -> None:
        self._clauses = clauses
        self._questions = questions
        self._encoder = encoder
        sentences = sum(len(clause.sentences) for clause in clauses)
        self._indexes = {
            "clause": self._empty(len(clauses), self._sample_clauses),
            "sentence": self._empty(sentences, self._sample_sentences),
            "question": self._empty(len(questions), self._sample_questions, EXACT_QUESTIONS),
        }

    def add_clauses(self, clauses: Sequence[Clause]) -> None:
        """Append a batch of clauses and their sentences."""
        encode = self._encoder.encode_document
        self._indexes["clause"].add(encode([clause_passage(clause) for clause in clauses]))
        self._indexes["sentence"].add(encode(list(chain.from_iterable(map(sentence_texts, clauses)))))

    def add_questions(self, texts: Sequence[str]) -> None:
        """Append a batch of bank questions in normal form."""
        self._indexes["question"].add(self._encoder.encode_query(texts))

    def grains(self) -> Mapping[str, Grain]:
        """The grains, when all rows are added."""
        sentences = [clause.sentences for clause in self._clauses]
        ordinals = np.arange(len(self._clauses))
        asked = np.array([ordinal for ordinal, _, _ in self._questions], dtype=np.int64)
        clauses = {
            "clause": ordinals,
            "sentence": np.repeat(ordinals, [*map(len, sentences)]),
            "question": asked,
        }
        spans: dict[str, Iterable[Span | Clause]] = {
            "clause": self._clauses,
            "sentence": chain.from_iterable(sentences),
            "question": (span for _, _, span in self._questions),
        }
        return {
            name: Grain.from_rows(index, clauses[name], _table(spans[name], len(index)), len(self._clauses))
            for name, index in self._indexes.items()
        }

    def _empty(self, rows: int, sample: Sample, exact_rows: int | None = None) -> VectorIndex:
        return VectorIndex.empty(self._encoder.dim, rows, sample, exact_rows)

    def _sample_clauses(self, count: int) -> Vectors:
        return self._encoder.encode_document([clause_passage(c) for c in _draw(self._clauses, count)])

    def _sample_sentences(self, count: int) -> Vectors:
        drawn = _draw(self._clauses, count)
        return self._encoder.encode_document(list(chain.from_iterable(map(sentence_texts, drawn)))[:count])

    def _sample_questions(self, count: int) -> Vectors:
        return self._encoder.encode_query([normalise(q) for _, q, _ in _draw(self._questions, count)])


def _table(spans: Iterable[Span | Clause], count: int) -> Spans:
    """Spans as rows of start and end, without a list of them all in between."""
    ends = chain.from_iterable((span.start, span.end) for span in spans)
    return np.fromiter(ends, dtype=np.int32, count=2 * count).reshape(-1, 2)


def _draw(items: Sequence[_T], count: int) -> Sequence[_T]:
    return random.Random(0).sample(items, min(count, len(items)))


def bank_questions(parsed: Sequence[ParsedDocument], clauses: Sequence[Clause]) -> list[Question]:
    """The bank questions of all documents, one for each place of the quote: the rows of their grain."""
    ordinals = {clause.id: i for i, clause in enumerate(clauses)}
    questions = (
        (ordinals[clause_id], question.question, span)
        for p in parsed
        for question in p.questions
        for clause_id, span in question.places
    )
    return sorted(questions, key=lambda row: row[0])


def _sounds(words: WordRows, asked: WordRows, texts: Iterable[str]) -> SoundIndex:
    """What mends typing errors: the words of the clauses and those that the bank uses more than seldom."""
    size = len(words.vocabulary)
    in_clauses, in_bank = (_count(rows, size) for rows in (words, asked))
    counts = {
        word: int(in_clauses[i] + in_bank[i])
        for word, i in words.vocabulary.items()
        if SoundIndex.may_hold(word) and (in_clauses[i] or in_bank[i] >= _SELDOM)
    }
    common = dict(Counter(counts).most_common(_SOUNDS))
    return SoundIndex(common, adjoining(texts), sound_of_words(common))


def _count(rows: WordRows, size: int) -> np.ndarray:
    counts = np.zeros(size, dtype=np.int64)
    for start in range(0, len(rows), _BATCH):
        counts += np.bincount(np.concatenate(rows.rows[start : start + _BATCH]), minlength=size)
    return counts
