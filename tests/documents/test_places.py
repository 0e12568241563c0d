"""The place of a clause as officials cite it."""

import pytest

from ipqa.documents.places import cited_place
from ipqa.models import Clause, Document

DOCUMENT = Document("a", "某市规划", "")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("五、转化", "(一)机制", "3.金融服务"), "《某市规划》五、(一)3"),
        (("五、转化", "专栏3  促进工程", "开展专利导航"), "《某市规划》五、专栏3 开展专利导航"),
        (("二、要求", "(三)目标", "“十四五”指标"), "《某市规划》二、(三) “十四五”指标"),
        (("八、保障措施",), "《某市规划》八"),
        (("第二章 运用", "第十条 奖励"), "《某市规划》第二章第十条"),
        ((), "《某市规划》"),
    ],
)
def test_a_place_is_the_numbers_of_the_headings(path, place):
    assert cited_place(DOCUMENT, Clause("a#1", "a", "task", 0, 1, "文", path, ())) == place


def test_tasks_and_projects_of_the_plan_have_places_of_their_own(plan):
    clauses = [c for c in plan.clauses if c.kind in ("task", "project")]
    assert len({cited_place(plan.document, c) for c in clauses}) == len(clauses)
