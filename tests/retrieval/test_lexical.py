import math

import pytest

from ipqa.retrieval.lexical import LexicalIndex

DOCUMENTS = [["专利", "质押", "融资"], ["商标", "品牌"], ["专利", "导航", "专利"]]


def bm25(query, document, k1=1.5, b=0.75):
    """BM25 as Lucene computes it, from its definition (Robertson & Zaragoza 2009, Lucene's idf)."""
    mean = sum(map(len, DOCUMENTS)) / len(DOCUMENTS)
    score = 0.0
    for word in query:
        df = sum(word in d for d in DOCUMENTS)
        tf = document.count(word)
        idf = math.log(1 + (len(DOCUMENTS) - df + 0.5) / (df + 0.5))
        score += idf * tf / (tf + k1 * (1 - b + b * len(document) / mean))
    return score


@pytest.mark.parametrize("query", [["专利"], ["专利", "质押"], ["商标", "品牌", "商标"], ["没有"], []])
def test_scores_agree_with_the_definition(query):
    scores = LexicalIndex.from_words(DOCUMENTS).scores(query)
    assert scores == pytest.approx([bm25(query, d) for d in DOCUMENTS], abs=1e-5)


def test_save_and_load(tmp_path):
    index = LexicalIndex.from_words(DOCUMENTS)
    index.save(tmp_path / "索引")
    assert LexicalIndex.load(tmp_path / "索引").scores(["专利"]) == pytest.approx(index.scores(["专利"]))
    assert all(path.suffix in {".npy", ".json"} for path in (tmp_path / "索引").iterdir())
