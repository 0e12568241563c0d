"""Text pairs that the encoder learns from: what people ask and what answers it."""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ipqa.documents.corpus import ParsedDocument
from ipqa.errors import DocumentError
from ipqa.models import Span
from ipqa.retrieval.build import clause_passage
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise
from ipqa.training.sources import Article, DictionaryEntry

_MEANINGS = 4  # of a word, the first ones
_SHARED_BY = 12  # words, at most, that a meaning is shared by
_PARTNERS = 3  # words that each is paired with


@dataclass(frozen=True)
class Pair:
    """Two texts that should lie close together, in normal form.

    Pairs of one ``topic`` are never held against each other: the other's passage may answer too.
    ``source`` is the document it was drawn from, where that is known.
    """

    a: str
    b: str
    topic: str
    source: str = ""


def read_json_pairs(path: Path, a: str, b: str) -> list[Pair]:
    """Pairs of a JSON-lines file; its ``source`` field is kept, and the topic is the text ``b``.

    Args:
        path: the file.
        a: the field of the first text.
        b: the field of the second.

    Returns:
        The pairs in file order.

    Raises:
        DocumentError: if the file is missing or a line is not JSON with both fields.
    """
    if not path.is_file():
        raise DocumentError(f"训练数据文件不存在:{path}")
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            pairs.append(make_pair(row[a], row[b], source=row.get("source", "")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DocumentError(f"{path} 第 {number} 行应有 {a} 与 {b}:{line[:40]!r}") from error
    return pairs


def make_pair(a: str, b: str, topic: str = "", source: str = "") -> Pair:
    """A pair in normal form; its topic is ``b`` unless given."""
    b = normalise(b)
    return Pair(normalise(a), b, topic or b, source)


def lexicon_pairs(lexicon: Lexicon) -> Iterator[Pair]:
    """Alias → official term, for every entry that stands for a thing."""
    for entry in lexicon.entries:
        if entry.kind != "intent":
            for alias in entry.aliases:
                yield make_pair(alias, entry.canonical)


def bank_pairs(parsed: ParsedDocument) -> Iterator[Pair]:
    """Question → sentence, question → clause, and question → the next question of the same quote.

    Args:
        parsed: a document with its question bank.

    Yields:
        Two or three pairs for each question; their topic is the clause, the first that holds the quote.
    """
    clauses = {clause.id: clause for clause in parsed.clauses}
    by_place: dict[tuple[str, Span], list[str]] = defaultdict(list)
    for entry in parsed.questions:
        by_place[entry.places[0]].append(entry.question)
    for (clause_id, span), questions in by_place.items():
        clause = clauses[clause_id]
        sentence = next((s for s in clause.sentences if s.start < span.end and span.start < s.end), span)
        passages = (parsed.document.text[sentence.start : sentence.end], clause_passage(clause))
        for i, question in enumerate(questions):
            for passage in passages:
                yield make_pair(question, passage, clause_id)
            if len(questions) > 1:
                yield make_pair(question, questions[(i + 1) % len(questions)], clause_id)


def heading_pairs(articles: Sequence[Article], count: int, seed: int) -> list[Pair]:
    """Law and heading → article, for ``count`` articles drawn at random that are long enough to say much."""
    pool = [a for a in articles if a.heading and len(a.text) >= 40]
    drawn = random.Random(seed).sample(pool, min(count, len(pool)))
    return [make_pair(f"{a.law} {a.heading}", a.text, f"{a.law} {a.heading}") for a in drawn]


def dictionary_pairs(
    entries: Sequence[DictionaryEntry], known: Collection[str], gloss_share: float, seed: int
) -> tuple[list[Pair], list[Pair]]:
    """Pairs of words with one meaning, and of words with their meanings, among the ``known`` words.

    Two words that share an English meaning are a pair, which brings everyday and official words together
    (挑头, 牵头: take the lead); a meaning that more than a dozen words share says too little.

    Args:
        entries: the dictionary.
        known: the words to make pairs for.
        gloss_share: how many of the pairs of word and meaning to draw, as a share.
        seed: of the draws.

    Returns:
        The pairs of words and the pairs of word and meaning.
    """
    rng = random.Random(seed)
    glosses: list[Pair] = []
    words_of: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.word in known:
            for gloss in entry.glosses[:_MEANINGS]:
                glosses.append(make_pair(entry.word, gloss))
                words_of[gloss].add(entry.word)
    alike: set[tuple[str, str]] = set()
    for words in map(sorted, words_of.values()):
        if 1 < len(words) <= _SHARED_BY:
            for word in words:
                others = [other for other in words if other != word]
                drawn = rng.sample(others, min(_PARTNERS, len(others)))
                alike.update((min(word, other), max(word, other)) for other in drawn)
    drawn_glosses = rng.sample(glosses, int(gloss_share * len(glosses)))
    return [make_pair(a, b) for a, b in sorted(alike)], drawn_glosses


def fold_of(name: str, folds: int) -> int:
    """The fold that a source or a question falls into: always the same, whatever else there is."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % folds


def source_fold(source: str, folds: int) -> int:
    """The fold of a document; the versions of a law, which differ by the date in brackets, share one."""
    return fold_of(source.split("(")[0].removesuffix(".md").removesuffix(".txt"), folds)
