import pytest

from ipqa.answers.dialogue import heard_turns

HISTORY = ["专利可以质押吗", "商业秘密保护工程都做什么"]
TOPICS = ("专利", "商标", "海外", "市法院")


def heard(question, history=HISTORY):
    return heard_turns(question, history, lambda text: any(topic in text for topic in TOPICS))


@pytest.mark.parametrize(
    "question",
    ["由谁来牵头?", "改完还算数吗", "它有几项任务,分别是什么样的内容", "那海外的企业有没有类似的帮助呢"],
)
def test_questions_that_lean_get_the_earlier_turns(question):
    assert heard(question) == tuple(HISTORY)


@pytest.mark.parametrize(
    "question",
    [
        "全市有效注册商标在规划期末要做到多少",
        "企业在国外参展被诉侵权能够获得哪些帮助",
        "商标要多少件?",
        "市法院有几项任务",
        "技术调查官",
    ],
)
def test_questions_with_a_topic_and_bare_keywords_are_left_alone(question):
    assert heard(question) == ()


def test_without_history_nothing_changes():
    assert heard("由谁来牵头?", []) == ()
    assert heard("由谁来牵头?", [" "]) == ()


def test_only_the_last_two_turns_count():
    assert heard("谁牵头?", ["甲", "乙", "丙"]) == ("乙", "丙")


def test_turns_that_cannot_be_searched_do_not_count_and_long_ones_are_cut():
    assert heard("谁牵头?", ["甲", "乙", "???", " \n", "\u200b"]) == ("甲", "乙")
    assert heard("谁牵头?", ["???"]) == ()
    assert heard("谁牵头?", [f" {'长' * 600}"]) == ("长" * 500,)


@pytest.mark.parametrize("mark", ["?", "\uff1f"])
def test_a_question_mark_of_either_width_makes_a_question(mark):
    assert heard(f"改完还算数{mark}") == tuple(HISTORY)
