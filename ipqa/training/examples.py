"""Examples for the ranking to learn from: a question's scores with every clause, and which clause is right.

A bank question is its own nearest neighbour, so it is held out: its rows count as absent, and the words that
it alone brings to its clause are not covered by the clause.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipqa.documents.corpus import ParsedDocument
from ipqa.documents.outline import Outline
from ipqa.documents.terms import domain_words
from ipqa.models import Clause, Document, Span
from ipqa.retrieval.build import bank_questions, build_index, clause_passage
from ipqa.retrieval.encoder import Encoder, Vectors
from ipqa.retrieval.facts import SENTENCE_FACTS, sentence_facts
from ipqa.retrieval.index import NEAREST, SCORES, Asked, Pool, make_pool
from ipqa.retrieval.query import Query, QueryReader
from ipqa.retrieval.ranking import SENTENCE_SCORES, sentence_scores
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise
from ipqa.text.sentences import split_sentences
from ipqa.text.tokens import Tokenizer
from ipqa.training.data import Pair

_QUOTE_SHARE = 0.5  # of a quote that a sentence must hold to be right


@dataclass(frozen=True)
class Examples:
    """Questions with the things to choose from, clauses or sentences, padded to the longest row.

    ``scores`` has the shape (questions, choices, names), ``facts`` (questions or 1, choices, facts),
    ``things``
    (questions, things asked for); ``right`` and ``real`` (questions, choices) tell the right choices and
    those that are no padding.
    """

    scores: NDArray[np.float32]
    facts: NDArray[np.bool_]
    things: NDArray[np.bool_]
    right: NDArray[np.bool_]
    real: NDArray[np.bool_]

    @classmethod
    def join(cls, parts: Sequence[Examples]) -> Examples:
        """All questions of parts that have the same choices, or that are padded to the same length."""
        facts = parts[0].facts if len(parts[0].facts) == 1 else np.concatenate([p.facts for p in parts])
        rest = (np.concatenate([getattr(p, n) for p in parts]) for n in ("things", "right", "real"))
        return cls(np.concatenate([p.scores for p in parts]), facts, *rest)


class HeldOutBank:
    """An index whose bank questions can be asked as if they were not in it."""

    def __init__(self, parsed: Sequence[ParsedDocument], encoder: Encoder, asking: Asking) -> None:
        clauses = [clause for p in parsed for clause in p.clauses]
        self.index = build_index(parsed, encoder, Tokenizer.with_words(domain_words(clauses)), _silent)
        self.reader = QueryReader(self.index.tokenizer, Lexicon.load(), self.index.sounds, asking)
        self._encoder = encoder
        self._rows: dict[str, list[tuple[int, int, Span]]] = defaultdict(list)
        self._holders: list[Counter[str]] = [self._words(clause_passage(clause)) for clause in clauses]
        for row, (ordinal, text, span) in enumerate(bank_questions(parsed, clauses)):
            self._rows[normalise(text)].append((row, ordinal, span))
            self._holders[ordinal].update(self._words(normalise(text)))

    @property
    def questions(self) -> Collection[str]:
        """The bank's questions in normal form, each once."""
        return self._rows.keys()

    def ask(self, questions: Sequence[str], things: Sequence[str]) -> tuple[Examples, Examples]:
        """The questions' scores with every clause, and with the sentences of the (first) right clause."""
        vectors = self._encoder.encode_query(list(questions))
        asked = [self._ask(question, vector) for question, vector in zip(questions, vectors, strict=True)]
        clauses = Examples(
            np.stack([_table(pool.scores, SCORES) for _, pool in asked]),
            self.index.facts[None],
            _asked_for([query for query, _ in asked], things),
            np.stack([self._right(question) for question in questions]),
            np.ones((len(questions), len(self.index.clauses)), dtype=np.bool_),
        )
        return clauses, self._sentences(questions, asked, clauses.things)

    def score(self, question: str) -> tuple[Query, Pool]:
        """A question in normal form, read and scored with every clause; a bank question is held out."""
        return self._ask(question, self._encoder.encode_query([question])[0])

    def _ask(self, question: str, vector: Vectors) -> tuple[Query, Pool]:
        query = self.reader.read(question)
        grains, own = self.index.grains, self._rows[question]
        scored = {name: grains[name].score_all(vector) for name in ("clause", "sentence")}
        scored["question"] = grains["question"].score_nearest(vector, NEAREST, [row for row, _, _ in own])
        asked = self.index.lexical.look_up(query.words)
        plain, with_bank = self.index.lexical.coverage(asked)
        words = self._words(question)
        for ordinal, times in Counter(ordinal for _, ordinal, _ in own).items():
            alone = {w for w in words if self._holders[ordinal][w] == times} & set(query.words)
            with_bank[ordinal] -= self.index.lexical.look_up(tuple(alone)).total / (asked.total or 1)
        return query, make_pool(
            np.arange(len(self.index.clauses)), scored, (plain, with_bank), self.index.lexical.known(asked)
        )

    def _right(self, question: str) -> NDArray[np.bool_]:
        right = np.zeros(len(self.index.clauses), dtype=np.bool_)
        right[[ordinal for _, ordinal, _ in self._rows[question]]] = True
        return right

    def _sentences(
        self, questions: Sequence[str], asked: Sequence[tuple[Query, Pool]], things: NDArray[np.bool_]
    ) -> Examples:
        longest = max(len(clause.sentences) for clause in self.index.clauses)
        shape = (len(questions), longest)
        examples = Examples(
            np.zeros((*shape, len(SENTENCE_SCORES)), np.float32),
            np.zeros((*shape, len(SENTENCE_FACTS)), np.bool_),
            things,
            np.zeros(shape, np.bool_),
            np.zeros(shape, np.bool_),
        )
        for i, (question, (_, pool)) in enumerate(zip(questions, asked, strict=True)):
            _, ordinal, span = self._rows[question][0]
            clause = self.index.clauses[ordinal]
            count = len(clause.sentences)
            examples.scores[i, :count] = sentence_scores(
                clause, pool.sentences.of(ordinal)[0], *pool.questions.of(ordinal)
            )
            examples.facts[i, :count] = sentence_facts(clause)
            examples.right[i, :count] = [_holds(sentence, span) for sentence in clause.sentences]
            examples.real[i, :count] = True
        return examples

    def _words(self, text: str) -> Counter[str]:
        """The words of a text, each once."""
        return Counter(set(self.index.tokenizer.search_words(text)))


def passage_examples(
    pairs: Sequence[Pair], encoder: Encoder, asking: Asking, things: Sequence[str]
) -> Examples:
    """Each pair's question with the passages of all pairs, which are searched as clauses without a bank."""
    passages = list(dict.fromkeys(pair.b for pair in pairs))
    index = build_index([passages_document(passages)], encoder, Tokenizer.with_words(), _silent)
    reader = QueryReader(index.tokenizer, Lexicon.load(), index.sounds, asking)
    queries = [reader.read(pair.a) for pair in pairs]
    vectors = encoder.encode_query([query.text for query in queries])
    pools = (index.candidates(Asked(v, q.words), 1, None) for v, q in zip(vectors, queries, strict=True))
    places = {passage: i for i, passage in enumerate(passages)}
    right = np.zeros((len(pairs), len(passages)), dtype=np.bool_)
    right[np.arange(len(pairs)), [places[pair.b] for pair in pairs]] = True
    return Examples(
        np.stack([_table(pool.scores, SCORES) for pool in pools]),
        index.facts[None],
        _asked_for(queries, things),
        right,
        np.ones_like(right),
    )


def passages_document(passages: Sequence[str]) -> ParsedDocument:
    """Passages as the clauses of one document, in their order."""
    text = "\n".join(passages)
    clauses, start = [], 0
    for i, passage in enumerate(passages):
        end = start + len(passage)
        spans = split_sentences(text, start, end)
        clauses.append(Clause(f"passages#{i}", "passages", "paragraph", start, end, passage, (), spans))
        start = end + 1
    return ParsedDocument(Document("passages", "", text), Outline((), (), (), ()), tuple(clauses), (), (), ())


def _table(scores: Mapping[str, Vectors], names: Sequence[str]) -> Vectors:
    return np.stack([scores[name] for name in names], axis=-1)


def _asked_for(queries: Sequence[Query], things: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([[thing in query.things for thing in things] for query in queries], dtype=np.bool_)


def _holds(sentence: Span, quote: Span) -> bool:
    shared = min(sentence.end, quote.end) - max(sentence.start, quote.start)
    return shared >= _QUOTE_SHARE * (quote.end - quote.start)


def _silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
