import pytest

from ipqa.answers.dialogue import resolve

HISTORY = ["专利可以质押吗", "商业秘密保护工程都做什么"]


@pytest.mark.parametrize(
    "question", ["由谁来牵头?", "它有几项任务,分别是什么样的内容", "那海外的企业和机构有没有类似的帮助呢"]
)
def test_questions_that_lean_get_the_earlier_turns(question):
    assert resolve(question, HISTORY) == f"{' '.join(HISTORY)} {question}"


@pytest.mark.parametrize(
    "question", ["全市有效注册商标在规划期末要做到多少", "企业在国外参展被诉侵权能够获得哪些帮助"]
)
def test_full_questions_are_left_alone(question):
    assert resolve(question, HISTORY) == question


def test_without_history_nothing_changes():
    assert resolve("由谁来牵头?", []) == "由谁来牵头?"
    assert resolve("由谁来牵头?", [" "]) == "由谁来牵头?"


def test_only_the_last_two_turns_count():
    assert resolve("谁牵头?", ["甲", "乙", "丙"]) == "乙 丙 谁牵头?"
