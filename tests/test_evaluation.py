import json

import pytest

from ipqa import PolicySearch
from ipqa.errors import EvaluationError
from ipqa.evaluation import evaluate, read_questions, shows
from tests.conftest import ROOT
from tests.fakes import HashEncoder

DATA = ROOT / "tests" / "data"
QUESTION_FILES = ("dev_questions.jsonl", "hard_questions.jsonl", "unseen_questions.jsonl")
TEXT = (
    "某市规划\n一、任务\n"
    "(一)推进质押融资。鼓励银行贷款。(责任单位:市甲局牵头,市乙局(乙部分)负责)\n"
    "(二)培育商标品牌。支持企业注册。(市甲局)\n"
    "(三)开展教育宣传。进学校讲课。(市丙局)\n"
)


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "规划.txt").write_text(TEXT, encoding="utf-8")
    return PolicySearch.open(corpus, tmp_path_factory.mktemp("index"), HashEncoder())


@pytest.fixture(scope="module")
def plan_policy(tmp_path_factory):
    return PolicySearch.open(ROOT / "corpus", tmp_path_factory.mktemp("plan"), "default")


def write(tmp_path, *questions):
    path = tmp_path / "题目.jsonl"
    path.write_text("\n".join(json.dumps(q, ensure_ascii=False) for q in questions), encoding="utf-8")
    return path


def test_measures_by_hand(policy, tmp_path):
    """Three questions: right at once; right clause second; needs two quotes of which one can be found."""
    path = write(
        tmp_path,
        {
            "q": "鼓励银行贷款",
            "type": "a",
            "gold": ["鼓励银行贷款"],
            "units": ["市甲局", "市乙局(乙部分)"],
            "lead": ["市甲局"],
        },
        {"q": "开展教育宣传 培育商标", "type": "b", "gold": ["支持企业注册"]},
        {
            "q": "进学校讲课",
            "type": "b",
            "need": "all",
            "gold": ["进学校讲课", "文中没有的话"],
            "units": ["市甲局"],
            "lead": [],
        },
        {"q": "天气", "type": "far", "answerable": False, "gold": []},
    )
    report = evaluate(policy, read_questions(path))
    assert report.questions == 3
    ranks = [
        [h.clause.id for h in policy.ask(q, k=3).hits].index(f"规划#{n}") + 1
        for q, n in (("鼓励银行贷款", 1), ("开展教育宣传 培育商标", 2), ("进学校讲课", 3))
    ]
    assert ranks == [1, 2, 1]
    means = report.by_type["all"]
    assert means["hit@1"] == pytest.approx(2 / 3)
    assert means["hit@3"] == 1
    assert means["mrr"] == pytest.approx((1 + 1 / 2 + 1) / 3)
    assert means["recall@10"] == 1 / 2
    assert means["highlight@1"] == pytest.approx(2 / 3)
    assert means["units"] == 1 / 2
    assert means["lead"] == 1
    assert report.by_type["b"]["hit@1"] == 1 / 2
    assert set(report.latency) == {"p50", "p95", "p99"}
    assert means["answered"] == 1
    assert report.by_type["far"]["refused"] == 0  # chances are not calibrated for this encoder
    assert {o.status for o in report.outcomes} == {"answered"}
    assert report.unfound == ("3:文中没有的话",)


def test_questions_of_which_none_is_answerable_are_an_error(policy, tmp_path):
    path = write(tmp_path, {"q": "天气", "answerable": False}, {"q": "专利"})
    with pytest.raises(EvaluationError, match="没有可评测的题目"):
        evaluate(policy, read_questions(path))


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"type": "a"}',
        '{"q": " "}',
        '{"q": "?!"}',
        '{"q": 5}',
        f'{{"q": "{"长" * 501}"}}',
        '{"q": "甲", "gold": "乙"}',
        '{"q": "甲", "gold": ["乙", " "]}',
        '{"q": "甲", "need": "some"}',
        '{"q": "甲", "id": "1"}',
    ],
)
def test_a_wrong_line_is_named(tmp_path, line):
    path = tmp_path / "题目.jsonl"
    path.write_text(f'{{"q": "好的", "gold": ["甲"]}}\n{line}', encoding="utf-8")
    with pytest.raises(EvaluationError, match="题目.jsonl 第 2 行"):
        read_questions(path)


def test_a_missing_and_an_empty_file_are_named(tmp_path):
    with pytest.raises(EvaluationError, match="没有"):
        read_questions(tmp_path / "没有.jsonl")
    with pytest.raises(EvaluationError, match="空的"):
        read_questions(write(tmp_path).rename(tmp_path / "空的.jsonl"))


@pytest.mark.parametrize("name", QUESTION_FILES)
def test_no_labelled_question_stands_in_the_bank_or_the_training_data(name):
    def squeeze(text):
        return "".join(char for char in text if char.isalnum())

    questions = {squeeze(q.question) for q in read_questions(DATA / name) if len(q.question) > 6}
    learned = {
        squeeze(value)
        for path in (*(ROOT / "corpus").glob("*.questions.jsonl"), *(ROOT / "data").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for value in json.loads(line).values()
    }
    assert questions & learned == set()


@pytest.mark.parametrize("name", QUESTION_FILES)
def test_every_label_is_a_quote_of_one_clause(name, plan):
    for question in read_questions(DATA / name):
        for quote in question.gold:
            assert any(shows(clause, quote) for clause in plan.clauses), (question.id, quote)


def test_values_and_counts_are_measured(tmp_path, plan_policy):
    path = write(
        tmp_path,
        {
            "q": "有效注册商标量的基期和目标",
            "gold": ["有效注册商标量(万件)6.6910.7"],
            "values": {"base": "6.69", "target": "10.7"},
        },
        {
            "q": "有效注册商标量的目标",
            "gold": ["有效注册商标量(万件)6.6910.7"],
            "values": {"target": "11"},
        },
        {"q": "规划一共有多少项指标", "gold": ["有效注册商标量(万件)6.6910.7"], "count": 12},
        {"q": "红烧肉怎么炖", "type": "far", "answerable": False},
    )
    report = evaluate(plan_policy, read_questions(path))
    assert report.by_type["all"]["values"] == 1 / 2
    assert report.by_type["all"]["count"] == 1
    assert report.by_type["far"] == {"questions": 1, "refused": 1}


@pytest.mark.parametrize(
    "field", ['"values": {"最终": "1"}', '"values": 5', '"count": "三"', '"count": true']
)
def test_wrong_values_and_counts_are_named(tmp_path, field):
    path = tmp_path / "题目.jsonl"
    path.write_text(f'{{"q": "问题", {field}}}', encoding="utf-8")
    with pytest.raises(EvaluationError, match="第 1 行的 (values|count)"):
        read_questions(path)
