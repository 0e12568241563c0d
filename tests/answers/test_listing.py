"""清单:两份文件各有专栏1时不混在一起,没有牵头的、只由一家负责的。"""

import pytest

from ipqa import PolicySearch
from tests.fakes import HashEncoder

ONE = """甲市规划

一、任务

1.推进质押融资。鼓励银行贷款。(责任单位:市甲局牵头,市乙局等按职责分工负责)

2.培育商标品牌。支持企业注册。(责任单位:市甲局)

专栏1  保护工程

开展保护行动。加强专利保护。(市乙局、市丙局等按职责分工负责)
"""
TWO = """乙市规划

一、任务

1.办好展会。联系高校。(责任单位:市丁局牵头)

专栏1  人才工程

开展培训行动。请高校培训人才。(市丁局牵头,市戊局等按职责分工负责)
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "甲.txt").write_text(ONE, encoding="utf-8")
    (corpus / "乙.txt").write_text(TWO, encoding="utf-8")
    return PolicySearch.open(corpus, tmp_path_factory.mktemp("index"), HashEncoder())


def test_boxes_of_two_documents_are_two(two):
    answer = two.ask("一共有几个专栏")
    assert answer.total == 2
    assert "保护工程" in answer.text
    assert "人才工程" in answer.text


def test_boxes_that_mention_something(two):
    answer = two.ask("哪些专栏提到了高校")
    assert (answer.kind, answer.total) == ("list", 1)
    assert answer.citations[0].quote == "请高校培训人才。"


def test_tasks_without_a_lead_and_of_one_unit_alone(two):
    assert two.ask("哪些任务没有写明牵头单位").total == 2
    alone = two.ask("只由市甲局一家负责的任务有哪些")
    assert [citation.quote for citation in alone.citations] == ["2.培育商标品牌。"]


def test_filters_limit_lists_to_the_passages_found(two):
    answer = two.ask("一共有几个专栏", doc="甲")
    assert {hit.clause.doc_id for hit in answer.hits} == {"甲"}
    assert answer.kind != "list"
