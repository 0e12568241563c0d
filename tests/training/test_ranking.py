"""排序权重的学习：例子是怎样留出的，权重是怎样拟合的。"""

import json

import numpy as np
import pytest

from ipqa.documents.corpus import list_corpus, parse_document
from ipqa.retrieval.index import SCORES
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise
from ipqa.training.data import Pair
from ipqa.training.examples import Examples, HeldOutBank, passage_examples
from ipqa.training.ranking import Fitted, fit
from tests.fakes import HashEncoder

TEXT = """某市规划

一、保护

1.加强专利保护。建设维权援助中心。力争达到5家。

2.推动商标质押。鼓励银行给企业贷款。

二、服务

1.办好展会。培训知识产权人才。
"""
BANK = [
    ("到哪里维权", "建设维权援助中心"),
    ("维权援助找谁", "建设维权援助中心"),
    ("要建几家维权中心", "力争达到5家"),
    ("商标能贷款吗", "鼓励银行给企业贷款"),
    ("银行肯不肯借钱", "鼓励银行给企业贷款"),
    ("人才怎么培训", "培训知识产权人才"),
]
ASKING = Asking.of(Lexicon.load())
THINGS = tuple(ASKING.patterns)


def read(folder, bank):
    folder.mkdir()
    (folder / "p.txt").write_text(TEXT, encoding="utf-8")
    lines = "\n".join(json.dumps({"q": q, "quote": s}, ensure_ascii=False) for q, s in bank)
    (folder / "p.questions.jsonl").write_text(lines, encoding="utf-8")
    return [parse_document(files) for files in list_corpus(folder)]


def column(examples, name):
    return examples.scores[0, :, SCORES.index(name)]


@pytest.mark.parametrize("asked", range(len(BANK)))
def test_a_question_is_scored_as_if_it_were_not_in_the_bank(tmp_path, asked):
    question = normalise(BANK[asked][0])
    whole = HeldOutBank(read(tmp_path / "whole", BANK), HashEncoder(), ASKING)
    rest = BANK[:asked] + BANK[asked + 1 :]
    without = HeldOutBank(read(tmp_path / "rest", rest), HashEncoder(), ASKING)
    held_out, _ = whole.ask([question], THINGS)
    without._rows[question] = []
    vector = HashEncoder().encode_query([question])[0]
    _, pool = without._ask(question, vector)
    for name in ("clause", "sentence", "question", "questions"):
        assert column(held_out, name) == pytest.approx(pool.scores[name], abs=1e-5), name
    # The weights of words shift a little with the size of the bank; what is covered does not.
    for name in ("coverage", "bank_coverage"):
        assert (column(held_out, name) > 0.01).tolist() == (pool.scores[name] > 0.01).tolist(), name


def test_the_clause_and_the_sentence_of_the_quote_are_right(tmp_path):
    bank = HeldOutBank(read(tmp_path / "c", BANK), HashEncoder(), ASKING)
    clauses, sentences = bank.ask([normalise("要建几家维权中心")], THINGS)
    place = int(np.flatnonzero(clauses.right[0])[0])
    clause = bank.index.clauses[place]
    texts = [TEXT[s.start : s.end] for s in clause.sentences]
    assert clauses.right[0].sum() == 1
    assert [t for t, right in zip(texts, sentences.right[0], strict=False) if right] == ["力争达到5家。"]
    assert sentences.real[0].sum() == len(texts)
    assert clauses.things[0, THINGS.index("数量")]


def test_passages_are_searched_without_a_bank():
    pairs = [
        Pair("商标贷款", "鼓励商标质押贷款", "x"),
        Pair("展会", "办好展会", "y"),
        Pair("贷款", "鼓励商标质押贷款", "x"),
    ]
    examples = passage_examples(pairs, HashEncoder(), ASKING, THINGS)
    assert examples.scores.shape == (3, 2, len(SCORES))
    assert examples.right.tolist() == [[True, False], [False, True], [True, False]]
    assert np.array_equal(
        examples.scores[:, :, SCORES.index("question")], examples.scores[:, :, SCORES.index("clause")]
    )
    assert np.array_equal(
        examples.scores[:, :, SCORES.index("coverage")], examples.scores[:, :, SCORES.index("bank_coverage")]
    )


def made_up(count, seed, useful=2.0, asked=1.5, choices=8):
    """Examples whose right choice is drawn from a logit of known weights: one score tells, one does not."""
    random = np.random.default_rng(seed)
    scores = random.normal(size=(count, choices, 2)).astype(np.float32)
    facts = random.random((1, choices, 1)) < 0.5
    things = random.random((count, 1)) < 0.5
    total = useful * scores[:, :, 0] + asked * facts[:, :, 0] * things
    drawn = (total + random.gumbel(size=total.shape)).argmax(axis=1)
    right = np.zeros((count, choices), dtype=bool)
    right[np.arange(count), drawn] = True
    return Examples(scores, facts, things, right, np.ones_like(right))


def test_the_fit_finds_the_weights_that_the_choices_were_drawn_with():
    fitted = fit([(made_up(4000, 1), 1.0)])
    assert fitted.scores == pytest.approx([2.0, 0.0], abs=0.15)
    assert fitted.asked[0, 0] == pytest.approx(1.5, abs=0.2)


def test_sets_of_examples_share_the_loss():
    one, other = made_up(3000, 1, useful=3.0), made_up(3000, 2, useful=0.5)
    shares = [fit([(one, share), (other, 1 - share)]).scores[0] for share in (0.9, 0.5, 0.1)]
    assert shares == sorted(shares, reverse=True)


def test_questions_without_a_right_choice_teach_nothing():
    examples = made_up(500, 3)
    examples.right[::2] = False
    half = Examples(
        examples.scores[1::2],
        examples.facts,
        examples.things[1::2],
        examples.right[1::2],
        examples.real[1::2],
    )
    assert fit([(examples, 1.0)]).scores == pytest.approx(fit([(half, 1.0)]).scores, abs=0.05)


def test_hits_count_real_choices_only():
    scores = np.array([[[1.0], [5.0], [9.0]], [[3.0], [2.0], [9.0]]], np.float32)
    right = np.array([[True, False, False], [True, False, False]])
    real = np.array([[True, True, False]] * 2)
    examples = Examples(scores, np.zeros((1, 3, 1), bool), np.zeros((2, 1), bool), right, real)
    fitted = Fitted(np.ones(1, np.float32), np.zeros((1, 1), np.float32))
    assert fitted.hit(examples) == 0.5
    assert fitted.hit(examples, 2) == 1.0
