"""The truth of the plan that ships: counted by hand, found by rules that know nothing of this plan."""

import re
from collections import Counter

import pytest

from ipqa.documents.numbering import match_marker
from tests.conftest import CORPUS, PLAN

INDICATORS = [
    ("每万人口高价值发明专利拥有量", "件", "1.65", "3.7"),
    ("每万人口发明专利拥有量", "件", "6.3", "9"),
    ("专利密集型产业增加值占GDP比重", "%", "4.9", "6"),
    ("知识产权使用费年进出口总额", "亿元", "2.4", "1"),
    ("版权产业增加值占GDP比重", "", None, "稳步增长"),
    ("知识产权质押融资登记金额", "亿元", "1.78", "5"),
    ("知识产权服务品牌机构", "家", "1", "5"),
    ("知识产权管理规范国家标准认证的企事业单位(累计)", "家", "20", "200"),
    ("知识产权保护社会满意度", "", None, "全省前列"),
    ("有效注册商标量", "万件", "6.69", "10.7"),
    ("著作权年登记量", "万件", "0.7", "1.4"),
    ("知识产权民事一审案件服判息诉率", "%", "89.2", "70"),
]


@pytest.fixture(scope="module")
def noted(plan):
    return [c for c in plan.clauses if c.kind in ("task", "project") and c.responsibility and not c.continues]


def test_eight_chapters_and_five_boxes(plan):
    styles = Counter(
        marker.style.name
        for span in plan.outline.headings
        if (marker := match_marker(plan.document.text[span.start : span.end]))
    )
    assert styles["一、"] == 8
    assert styles["专栏"] == 5


def test_58_tasks_and_projects_23_of_them_with_a_lead(noted):
    assert len(noted) == 58
    leads = Counter(r.unit for clause in noted for r in clause.lead)
    assert leads == {"市市场监管局": 21, "市委宣传部": 1, "市工业和信息化局": 1}
    assert sum(bool(clause.lead) for clause in noted) == 23


@pytest.mark.parametrize(
    ("unit", "count"),
    [("市市场监管局", 53), ("市工业和信息化局", 18), ("市法院", 9), ("市税务局", 1), ("市科协", 2)],
)
def test_how_many_notes_name_a_unit(noted, unit, count):
    assert sum(any(r.unit == unit for r in clause.responsibility) for clause in noted) == count


def test_no_unit_of_a_note_is_lost(noted):
    """As many names as the notes have separators: each ends with its unit, 等 or the role words."""
    for clause in noted:
        note = clause.text[clause.text.rindex("。") + 1 :].strip("()").removeprefix("责任单位:")
        names = re.split("、|牵头,", re.sub(r"\(.*?\)", "", note))
        assert len(clause.responsibility) == len(names), note


def test_one_note_names_a_unit_with_and_without_a_qualifier(noted):
    twice = [c for c in noted if sum(r.unit == "市工业和信息化局" for r in c.responsibility) == 2]
    assert len(twice) == 1
    assert {r.qualifier for r in twice[0].responsibility if r.unit == "市工业和信息化局"} == {
        "军民融合部分",
        "",
    }


def test_boxes_hold_several_projects_in_one_line(plan):
    boxes = Counter(c.section_path[1].split()[0] for c in plan.clauses if c.kind == "project")
    assert boxes == {"专栏1": 4, "专栏2": 4, "专栏3": 6, "专栏4": 3, "专栏5": 1}


def test_brackets_that_belong_to_a_name_stay(noted):
    units = {r.unit for clause in noted for r in clause.responsibility}
    assert {"各县(市、区)人民政府", "临空经济区(廊坊)管委会"} <= units


def test_twelve_indicators(plan):
    assert [(i.name, i.measure, i.base, i.target) for i in plan.indicators] == INDICATORS
    assert {(i.base_year, i.target_year) for i in plan.indicators} == {(2020, 2025)}
    assert plan.warnings == ()


def test_source_slips_stay_verbatim(plan):
    row = next(c for c in plan.clauses if c.text.startswith("知识产权使用费"))
    assert row.responsibility[0].unit == "人行廊坊中心分行"
    assert any("“信用中国(河北廊坊)网站进行公示" in c.text for c in plan.clauses)


def test_every_character_is_accounted_for(plan):
    text = plan.document.text
    spans = [*plan.clauses, *plan.outline.headings, *plan.outline.furniture]
    covered = [i for span in spans for i in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    assert {i for i, char in enumerate(text) if not char.isspace()} == {
        i for i in covered if not text[i].isspace()
    }


def test_clauses_are_verbatim_and_short_and_their_headings_are_as_written(plan):
    for clause in plan.clauses:
        assert clause.text == plan.document.text[clause.start : clause.end]
        assert len(clause.text) <= 700
        assert all(heading in plan.document.text for heading in clause.section_path)


def test_every_bank_question_has_its_quote_in_a_clause(plan):
    assert len(plan.questions) == len((CORPUS / f"{PLAN}.questions.jsonl").read_text("utf-8").split("\n")) - 1
    by_id = {clause.id: clause for clause in plan.clauses}
    for question in plan.questions:
        assert question.places
        for clause_id, span in question.places:
            assert by_id[clause_id].start <= span.start < span.end <= by_id[clause_id].end
