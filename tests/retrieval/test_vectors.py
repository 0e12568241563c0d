import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipqa.retrieval.encoder import unit_length
from ipqa.retrieval.vectors import VectorIndex


def random_vectors(seed, n, dim=8):
    return unit_length(np.random.default_rng(seed).standard_normal((n, dim), dtype=np.float32))


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 80))
def test_search_agrees_with_brute_force(seed, n, k):
    vectors, query = random_vectors(seed, n), random_vectors(seed + 1, 1)[0]
    rows, scores = VectorIndex.from_vectors(vectors).search(query, k)
    cosines = vectors @ query
    assert len(rows) == min(n, k)
    assert scores == pytest.approx(np.sort(cosines)[::-1][:k], abs=1e-5)
    assert cosines[rows] == pytest.approx(scores, abs=1e-5)


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.sets(st.integers(0, 29)))
def test_only_allowed_rows_come_back(seed, allowed):
    vectors, query = random_vectors(seed, 30), random_vectors(seed + 1, 1)[0]
    rows, _ = VectorIndex.from_vectors(vectors).search(query, 30, np.array(sorted(allowed), dtype=np.int64))
    assert set(rows.tolist()) == allowed


def test_scores_of_given_rows():
    vectors, query = random_vectors(1, 10), random_vectors(2, 1)[0]
    rows = np.array([7, 0, 7])
    assert VectorIndex.from_vectors(vectors).scores(query, rows) == pytest.approx(vectors[rows] @ query)


def test_bytes_round_trip():
    vectors, query = random_vectors(1, 10), random_vectors(2, 1)[0]
    index = VectorIndex.from_vectors(vectors)
    again = VectorIndex.from_bytes(index.to_bytes())
    assert (len(again), again.dim) == (10, 8)
    assert np.array_equal(again.search(query, 10)[0], index.search(query, 10)[0])


def test_wrong_arrays_and_bytes_are_refused():
    with pytest.raises(ValueError, match="float32"):
        VectorIndex.from_vectors(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="FAISS"):
        VectorIndex.from_bytes(b"not an index")


def test_an_empty_index_finds_nothing():
    index = VectorIndex.from_vectors(np.empty((0, 8), dtype=np.float32))
    rows, scores = index.search(random_vectors(1, 1)[0], 5)
    assert len(rows) == len(scores) == 0
