import numpy as np
import pytest

from ipqa.models import Clause, Span
from ipqa.retrieval.facts import FACTS, clause_facts, sentence_facts
from ipqa.retrieval.grains import RowScores
from ipqa.retrieval.index import KNOWN, Pool, make_pool
from ipqa.retrieval.ranking import SENTENCE_SCORES, Ranker, Weights, sentence_scores

WEIGHTS = Weights(
    clause={"clause": 0.5, "coverage": 2.0},
    asked={"数量": {"number": 0.3, "indicator": 1.0}, "清单": {"list": 0.7}},
    sentence={"sentence": 1.0, "question": 2.0, "questions": 0.0},
    sentence_asked={"责任单位": {"units": 5.0}},
    margin=0.3,
    most_marked=2,
    context=0.5,
)
RANKER = Ranker(WEIGHTS)


def clause(name, text="文" * 30, spans=((0, 10), (10, 20), (20, 30)), kind="task"):
    return Clause(name, "d", kind, 0, len(text), text, (), tuple(Span(*s) for s in spans))


class Index:
    """The part of an index that ranking looks at."""

    def __init__(self, clauses):
        self.clauses = clauses
        self.facts = clause_facts(clauses)


def rows(scores, offsets):
    return RowScores(
        np.array(scores, np.float32), np.zeros((len(scores), 2), np.int32), np.array(offsets, np.int64)
    )


def pool(clauses, **scores):
    sentences = rows([0.1] * 3 * len(clauses), range(0, 3 * len(clauses) + 1, 3))
    named = {name: np.array(values, np.float32) for name, values in scores.items()}
    return Pool(np.arange(len(clauses)), named, sentences, rows([], [0] * (len(clauses) + 1)))


def test_the_score_is_the_weighted_sum_of_the_named_scores():
    clauses = [clause("a"), clause("b")]
    hits = RANKER.hits(Index(clauses), pool(clauses, clause=[0.2, 0.8], coverage=[1.0, 0.5]), frozenset(), 5)
    assert [hit.clause.id for hit in hits] == ["a", "b"]
    assert [hit.score for hit in hits] == pytest.approx([0.5 * 0.2 + 2 * 1.0, 0.5 * 0.8 + 2 * 0.5])
    assert hits[1].scores == pytest.approx({"clause": 0.8, "coverage": 0.5, "asked": 0.0})


def test_what_is_asked_for_counts_where_the_clause_holds_it():
    clauses = [clause("a", "达到 5 家。" + "文" * 24), clause("b"), clause("c", kind="indicator")]
    alike = pool(clauses, clause=[0.5] * 3, coverage=[0.5] * 3)
    hits = RANKER.hits(Index(clauses), alike, frozenset({"数量", "天气"}), 3)
    assert {hit.clause.id: hit.scores["asked"] for hit in hits} == pytest.approx({"c": 1.3, "a": 0.3, "b": 0})
    assert [hit.clause.id for hit in hits] == ["c", "a", "b"]


def test_of_equals_the_earlier_comes_first_and_k_limits():
    clauses = [clause(n) for n in "abc"]
    hits = RANKER.hits(Index(clauses), pool(clauses, clause=[0.5] * 3, coverage=[0.5] * 3), frozenset(), 2)
    assert [hit.clause.id for hit in hits] == ["a", "b"]


def marks(sentences, asked=(), quotes=(), things=(), text="文" * 30):
    scores = np.array(sentences, np.float32)
    questions = (np.array(asked, np.float32), np.array(quotes, np.int32).reshape(-1, 2))
    return RANKER._marks(clause("a", text), scores, questions, frozenset(things))


def test_the_sentence_that_a_bank_question_points_to_is_marked():
    assert marks([0.4, 0.0, 0.0], asked=[0.9], quotes=[(12, 18)]) == (Span(10, 20),)


def test_close_sentences_are_marked_too_up_to_the_limit_in_text_order():
    assert marks([0.20, 0.25, 0.30]) == (Span(10, 20), Span(20, 30))
    assert marks([0.0, 0.25, 0.30]) == (Span(10, 20), Span(20, 30))
    assert marks([0.0, 0.0, 0.30]) == (Span(20, 30),)


def test_of_sentences_all_unlike_the_question_only_the_least_unlike_is_marked():
    assert marks([-0.9, -0.1, -0.6]) == (Span(10, 20),)


def test_the_note_of_units_is_marked_where_units_are_asked_for():
    text = "甲" * 10 + "乙" * 10 + "(市甲局牵头负责。)"
    assert marks([0.5, 0.4, 0.0], things=["责任单位"], text=text) == (Span(20, 30),)


def test_a_sentence_stands_in_for_bank_questions_that_it_does_not_have():
    scores = sentence_scores(
        clause("a"), np.array([0.2, 0.6, 0.1]), np.array([0.9, 0.5]), np.array([[0, 5], [8, 15]])
    )
    assert SENTENCE_SCORES == ("sentence", "question", "questions")
    assert scores[0] == pytest.approx((0.2, 0.9, (0.9 + 0.5 + 0.2) / 3))
    assert scores[1] == pytest.approx((0.6, 0.6, 0.6))
    assert scores[2] == pytest.approx((0.1, 0.1, 0.1))


def test_a_clause_stands_in_for_bank_questions_that_it_does_not_have():
    scored = {
        "clause": rows([0.4, 0.3], [0, 1, 2]),
        "sentence": rows([0.5, 0.6, 0.1], [0, 2, 3]),
        "question": rows([0.9, 0.1, 0.7, 0.8], [0, 4, 4]),
    }
    found = make_pool(np.array([3, 7]), scored, (np.array([0.1, 0.2]), np.array([0.3, 0.4])), 0.6)
    assert found.scores["sentence"] == pytest.approx([0.6, 0.1])
    assert found.scores["question"] == pytest.approx([0.9, 0.3])
    assert found.scores["questions"] == pytest.approx([(0.9 + 0.8 + 0.7) / 3, 0.3])
    assert found.scores["bank_coverage"] == pytest.approx([0.3, 0.4])


def test_a_further_bank_question_never_lowers_a_score():
    def score(*questions):
        scored = {
            "clause": rows([0.4], [0, 1]),
            "sentence": rows([0.5], [0, 1]),
            "question": rows(list(questions), [0, len(questions)]),
        }
        return make_pool(np.array([0]), scored, (np.zeros(1), np.zeros(1)), 1.0).scores["questions"][0]

    assert score() <= score(0.1) <= score(0.1, 0.9) <= score(0.1, 0.9, 0.2)


def test_the_shipped_weights_name_scores_things_and_facts_that_exist(policy):
    weights = Weights.load()
    hit = policy.search("知识产权", k=1)[0]
    assert set(weights.clause) | {"asked", KNOWN} == set(hit.scores)
    things = set(policy._searcher.reader.asking.patterns)
    assert set(weights.asked) <= things
    assert set(weights.sentence_asked) <= things
    assert all(set(facts) <= set(FACTS) for facts in weights.asked.values())


def test_facts_of_clauses_and_sentences():
    number = clause("a", "(一)培育企业。力争达到5家。(责任单位:市甲局牵头)", ((0, 8), (8, 15), (15, 27)))
    plain = clause("b", "推动企业、高校、院所、机构合作", ((0, 14),))
    table = dict(zip(FACTS, clause_facts([number, plain]).T.tolist(), strict=True))
    assert table["number"] == [True, False]
    assert table["list"] == [False, True]
    assert table["task"] == [True, True]
    assert sentence_facts(number).tolist() == [[False, False], [True, False], [False, True]]
