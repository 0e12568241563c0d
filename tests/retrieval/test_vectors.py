import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipqa.retrieval.vectors as vectors_module
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


@pytest.fixture
def large(monkeypatch):
    """An index that is large enough for an inverted file, with its vectors in groups, as texts are."""
    monkeypatch.setattr(vectors_module, "EXACT_ROWS", 1000)
    random = np.random.default_rng(0)
    centres = random.standard_normal((60, 16), dtype=np.float32)
    near = centres[random.integers(0, 60, 4000)] + 0.3 * random.standard_normal((4000, 16), dtype=np.float32)
    vectors = unit_length(near.astype(np.float32))
    return VectorIndex.from_vectors(vectors), vectors


def test_a_large_index_looks_at_a_part_and_finds_nearly_all(large):
    index, vectors = large
    assert not index.is_exact
    shared = []
    for query in vectors[::100]:
        rows, scores = index.search(query, 10)
        assert scores == pytest.approx(vectors[rows] @ query, abs=0.02)
        shared.append(len(set(rows.tolist()) & set(np.argsort(-(vectors @ query))[:10].tolist())) / 10)
    assert np.mean(shared) >= 0.95


def test_a_large_index_gives_the_scores_of_rows_and_only_allowed_ones(large):
    index, vectors = large
    query, allowed = vectors[5], np.array([7, 300, 3999])
    assert index.scores(query, allowed) == pytest.approx(vectors[allowed] @ query, abs=0.02)
    assert set(index.search(query, 10, allowed)[0].tolist()) == set(allowed.tolist())
    many = np.arange(0, 4000, 2)
    assert not (index.search(query, 50, many)[0] % 2).any()


def test_a_large_index_survives_the_way_through_bytes(large):
    index, vectors = large
    again = VectorIndex.from_bytes(index.to_bytes())
    assert np.array_equal(again.search(vectors[3], 20)[0], index.search(vectors[3], 20)[0])
    assert again.scores(vectors[3], np.array([3])) == pytest.approx(1, abs=0.02)


def test_all_scores_are_those_of_numpy():
    vectors, query = random_vectors(1, 37), random_vectors(2, 1)[0]
    assert VectorIndex.from_vectors(vectors).all_scores(query) == pytest.approx(vectors @ query, abs=1e-6)
