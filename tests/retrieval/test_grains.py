import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipqa.retrieval.encoder import unit_length
from ipqa.retrieval.grains import Grain, RowScores
from ipqa.retrieval.vectors import VectorIndex


def grain(seed, counts, dim=8):
    total = sum(counts)
    vectors = unit_length(np.random.default_rng(seed).standard_normal((total, dim), dtype=np.float32))
    clauses = np.repeat(np.arange(len(counts)), counts)
    spans = np.column_stack((np.arange(total), np.arange(total) + 1)).astype(np.int32)
    return vectors, Grain.from_rows(VectorIndex.from_vectors(vectors), clauses, spans, len(counts))


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_the_best_rows_of_each_clause_agree_with_sorting(seed, counts):
    vectors, rows = grain(seed, counts)
    query = unit_length(np.random.default_rng(seed + 1).standard_normal((1, 8), dtype=np.float32))[0]
    cosines, ends = vectors @ query, np.cumsum([0, *counts])
    for scored in (rows.score_all(query), rows.score_clauses(query, np.arange(len(counts)))):
        best = np.stack(scored.best(3), axis=1)
        for i in range(len(counts)):
            expected = sorted(cosines[ends[i] : ends[i + 1]], reverse=True)[:3]
            assert best[i] == pytest.approx([*expected, *[-1] * (3 - len(expected))], abs=1e-5)
            assert scored.of(i)[0] == pytest.approx(cosines[ends[i] : ends[i + 1]], abs=1e-5)


def test_scores_of_some_clauses_are_in_the_order_asked_for():
    vectors, rows = grain(3, [2, 0, 3])
    scored = rows.score_clauses(vectors[0], np.array([2, 0]))
    assert scored.best(1)[0] == pytest.approx([(vectors[2:] @ vectors[0]).max(), 1.0], abs=1e-5)
    assert scored.of(1)[1].tolist() == [[0, 1], [1, 2]]


def test_the_same_question_twice_counts_once():
    scored = RowScores(np.array([0.5, 0.9, 0.9], np.float32), np.zeros((3, 2), np.int32), np.array([0, 3]))
    assert [best[0] for best in scored.best(3)] == pytest.approx([0.9, 0.5, -1])


def test_nearest_gives_different_clauses_best_first():
    vectors, rows = grain(5, [3, 3, 3])
    order = [int(i) // 3 for i in np.argsort(-(vectors @ vectors[4]))]
    assert rows.nearest(vectors[4], 2, 9, None) == list(dict.fromkeys(order))[:2]
    assert rows.nearest(vectors[4], 9, 9, np.arange(3)) == [0]


def test_lengths_have_to_agree():
    _, rows = grain(1, [2, 1])
    with pytest.raises(ValueError, match="3 vectors, 2 clauses"):
        Grain.from_rows(rows.vectors, rows.clauses[:2], rows.spans, 2)
