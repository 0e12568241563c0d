import numpy as np
import pytest

from ipqa.models import Clause, Span
from ipqa.retrieval.index import Candidate, Pool
from ipqa.retrieval.ranking import Weights, highlight, rank

WEIGHTS = Weights({"clause": 0.5, "lexical": 1.0}, {"sentence": 1.0, "question": 2.0}, 0.3, 2)


def clause(name, sentences=()):
    spans = tuple(Span(*s) for s in sentences)
    return Clause(name, "d", "task", 0, 30, "文" * 30, (), spans)


def test_score_is_the_weighted_sum_with_bm25_relative_to_the_best():
    a, b = (
        Candidate(clause(n), {"clause": c, "lexical": x}) for n, c, x in (("a", 0.2, 10.0), ("b", 0.8, 5.0))
    )
    ranked = rank(Pool((a, b), 10.0), WEIGHTS)
    assert [r.candidate.clause.id for r in ranked] == ["a", "b"]
    assert [r.score for r in ranked] == pytest.approx([0.5 * 0.2 + 10 / 10, 0.5 * 0.8 + 5 / 10])


def test_without_a_common_word_the_vectors_alone_rank():
    candidates = [Candidate(clause(n), {"clause": c, "lexical": 0.0}) for n, c in (("a", 0.1), ("b", 0.9))]
    assert [r.candidate.clause.id for r in rank(Pool(tuple(candidates), 0.0), WEIGHTS)] == ["b", "a"]
    assert rank(Pool((), 0.0), WEIGHTS) == []


def test_the_sentence_that_a_bank_question_points_to_is_marked():
    passage = clause("a", [(0, 10), (10, 20), (20, 30)])
    scores = {"sentence": np.array([0.5, 0.0, 0.0]), "question": np.array([0.0, 0.9, 0.0])}
    assert highlight(passage, scores, WEIGHTS) == (Span(10, 20),)


def test_close_sentences_are_marked_too_up_to_the_limit_in_text_order():
    passage = clause("a", [(0, 10), (10, 20), (20, 30)])
    scores = {"sentence": np.array([0.5, 0.6, 0.7]), "question": np.zeros(3)}
    assert highlight(passage, scores, WEIGHTS) == (Span(10, 20), Span(20, 30))


def test_bm25_is_relative_to_the_best_clause_though_a_filter_leaves_it_out():
    (ranked,) = rank(Pool((Candidate(clause("b"), {"clause": 0.0, "lexical": 5.0}),), 10.0), WEIGHTS)
    assert ranked.score == pytest.approx(0.5)


def test_of_sentences_all_unlike_the_question_only_the_least_unlike_is_marked():
    passage = clause("a", [(0, 10), (10, 20), (20, 30)])
    scores = {"sentence": np.array([-0.9, -0.1, -0.6]), "question": np.zeros(3)}
    assert highlight(passage, scores, WEIGHTS) == (Span(10, 20),)
