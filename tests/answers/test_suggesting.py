"""What is suggested is answered by the plan."""

import pytest


@pytest.mark.parametrize(
    "question",
    [
        "专利质押贷款",
        "市法院有哪些任务",
        "有效注册商标量五年涨多少",
        "商业秘密保护工程由谁牵头",
        "地理标志保护",
        "你好",
    ],
)
def test_what_is_suggested_leads_on_and_is_answered(policy, question):
    answer = policy.ask(question)

    assert 2 <= len(answer.suggestions) <= 3
    assert question not in answer.suggestions
    for suggested in answer.suggestions:
        assert policy.ask(suggested).status == "answered", suggested


def test_every_question_that_can_be_suggested_is_answered(policy):
    suggested = set()
    for clause in policy.clauses:
        for question in (f"{clause.section_path[-1]}是什么" for _ in clause.section_path[-1:]):
            suggested.update(policy.ask(question, doc=clause.doc_id).suggestions)

    assert len(suggested) > 100
    assert {q for q in suggested if policy.ask(q).status != "answered"} == set()


def test_nothing_that_was_just_asked_is_suggested(policy):
    first = policy.ask("组织开展专利导航有哪些内容?")
    assert "组织开展专利导航由谁牵头?" in first.suggestions

    then = policy.ask("组织开展专利导航由谁牵头?")
    assert not [q for q in then.suggestions if "组织开展专利导航" in q]
