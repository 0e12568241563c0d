"""评测题不在问题库与训练数据里，近似的也没有：否则成绩不作数。"""

import json
import re
from collections import Counter, defaultdict

import pytest

from tests.conftest import ROOT

EVALUATION = (
    "dev_questions",
    "hard_questions",
    "unseen_questions",
    "answers_questions",
    "answers_unseen",
)
LEARNED = (
    ("corpus/langfang-ip-plan-145.questions.jsonl", "q"),
    ("data/train_pairs.jsonl", "q"),
    ("data/paraphrase_pairs.jsonl", "a"),
    ("data/other_questions.jsonl", "q"),
)
NEAR = 0.67  # of the character pairs of both, shared (Dice's coefficient)


def read(path, key):
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)[key] for line in lines]


def pairs(text):
    letters = re.sub(r"[\W_]", "", text.lower())
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


@pytest.fixture(scope="module")
def evaluation():
    asked = [q for name in EVALUATION for q in read(f"tests/data/{name}.jsonl", "q")]
    by_pair = defaultdict(list)
    for i, question in enumerate(asked):
        for pair in pairs(question):
            by_pair[pair].append(i)
    return asked, by_pair


def near_copies(text, evaluation):
    asked, by_pair = evaluation
    own = pairs(text)
    shared = Counter(i for pair in own for i in by_pair.get(pair, ()))
    return [asked[i] for i, n in shared.items() if 2 * n / (len(own) + len(pairs(asked[i]))) >= NEAR]


def test_the_measure_finds_a_near_copy(evaluation):
    asked, _ = evaluation
    assert near_copies(asked[0] + "呢", evaluation) == [asked[0]]


@pytest.mark.parametrize(("path", "key"), LEARNED)
def test_no_question_for_evaluation_stands_in_what_is_learned_from(path, key, evaluation):
    assert [text for text in read(path, key) if near_copies(text, evaluation)] == []
