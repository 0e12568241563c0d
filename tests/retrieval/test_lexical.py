import math

import numpy as np
import pytest

from ipqa.retrieval.lexical import LexicalIndex, WordRows

CLAUSES = [["专利", "质押", "融资"], ["商标", "品牌"], ["专利", "导航", "专利"]]
QUESTIONS = [(1, ["牌子", "商标"]), (2, ["指路"]), (1, ["牌子"])]


def build(clauses=CLAUSES, questions=QUESTIONS):
    rows, asked = WordRows({}), WordRows({})
    asked.vocabulary = rows.vocabulary
    for words in clauses:
        rows.add(words)
    for _, words in questions:
        asked.add(words)
    return LexicalIndex.build(rows, asked, [owner for owner, _ in questions])


def bm25(query, document, documents, k1=1.5, b=0.75):
    """BM25 as Lucene computes it, from its definition (Robertson & Zaragoza 2009, Lucene's idf)."""
    mean = sum(map(len, documents)) / len(documents)
    score = 0.0
    for word in query:
        df = sum(word in d for d in documents)
        tf = document.count(word)
        idf = math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
        score += idf * tf / (tf + k1 * (1 - b + b * len(document) / mean))
    return score


@pytest.mark.parametrize("query", [["专利"], ["专利", "质押"], ["商标", "牌子"], ["没有"], []])
def test_bm25_agrees_with_the_definition_over_clauses_with_their_questions(query):
    documents = [[*words, *(w for o, q in QUESTIONS if o == i for w in q)] for i, words in enumerate(CLAUSES)]
    index = build()
    scores = index.scores(index.look_up(query))
    assert scores == pytest.approx([bm25(query, d, documents) for d in documents], abs=1e-5)


def weight(word):
    texts = [*CLAUSES, *(words for _, words in QUESTIONS)]
    held = sum(word in text for text in texts)
    return math.log(1 + (len(texts) - held + 0.5) / (held + 0.5))


def test_coverage_is_the_share_of_the_questions_weight():
    index = build()
    asked = index.look_up(["专利", "牌子", "专利", "天气"])
    total = weight("专利") + weight("牌子") + weight("天气")
    plain, with_bank = index.coverage(asked)
    assert plain == pytest.approx([weight("专利") / total, 0, weight("专利") / total])
    assert with_bank == pytest.approx(
        [weight("专利") / total, weight("牌子") / total, weight("专利") / total]
    )


def test_coverage_of_some_clauses_agrees_with_that_of_all():
    index = build()
    for words in (["专利"], ["指路", "商标"], ["天气"], []):
        asked = index.look_up(words)
        for some, everything in zip(
            index.coverage(asked, np.array([0, 2])), index.coverage(asked), strict=True
        ):
            assert some == pytest.approx(everything[[0, 2]])


def test_the_words_of_earlier_turns_weigh_less():
    index = build()
    asked = index.look_up(["专利"], context=["牌子", "专利", "天气"], share=0.25)
    total = weight("专利") + 0.25 * (weight("牌子") + weight("天气"))
    assert asked.total == pytest.approx(total)
    assert index.coverage(asked)[1] == pytest.approx(
        [weight("专利") / total, 0.25 * weight("牌子") / total, weight("专利") / total]
    )


def test_without_a_bank_nothing_is_added():
    index = build(questions=())
    plain, with_bank = index.coverage(index.look_up(["专利"]))
    assert plain is with_bank


def test_the_best_clauses_by_bm25_and_only_allowed_ones():
    index = build()
    assert index.best(index.look_up(["牌子"]), 5, None).tolist() == [1]
    assert set(index.best(index.look_up(["专利"]), 5, None)) == {0, 2}
    assert index.best(index.look_up(["专利"]), 1, None).tolist() == [2]
    assert index.best(index.look_up(["专利"]), 5, np.array([True, True, False])).tolist() == [0]
    assert len(index.best(index.look_up(["天气"]), 5, None)) == 0


def test_a_word_is_in_the_index_if_a_clause_or_a_question_holds_it():
    index = build()
    assert "指路" in index
    assert "天气" not in index


def test_save_and_load(tmp_path):
    index = build()
    index.save(tmp_path / "索引")
    again = LexicalIndex.load(tmp_path / "索引")
    for words in (["专利", "牌子"], ["天气"]):
        asked = again.look_up(words)
        assert (asked.ids, asked.total) == (index.look_up(words).ids, index.look_up(words).total)
        assert again.scores(asked) == pytest.approx(index.scores(asked))
        assert np.allclose(again.coverage(asked), index.coverage(asked))
    assert all(path.suffix in {".npy", ".json"} for path in (tmp_path / "索引").iterdir())
