import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.documents.clauses import MAX_CLAUSE_LENGTH, build_clauses
from ipqa.documents.outline import parse_outline
from ipqa.models import Document


def clauses_of(text, title=""):
    document = Document("d", title, text)
    return build_clauses(document, parse_outline(text, title))


def paths(text):
    return [clause.section_path for clause in clauses_of(text)]


def test_headings_open_sections_and_stay_with_their_body():
    text = (
        "一、总体要求\n(一)指导思想。坚持创新。\n(二)基本原则\n坚持市场主导。\n二、任务\n1.做好服务。好好做。"
    )
    assert paths(text) == [
        ("一、总体要求", "(一)指导思想"),
        ("一、总体要求", "(二)基本原则"),
        ("二、任务", "1.做好服务"),
    ]


def test_full_width_brackets_and_articles():
    text = "第一章　总则\n第一条　为了保护。\n（一）对象；\n（二）范围。\n第二条　依照第一条办理。另行公布。"
    assert paths(text) == [
        ("第一章　总则", "第一条"),  # its items stay in the article
        ("第一章　总则", "第二条"),
    ]


def test_a_cross_reference_at_a_line_start_is_no_heading():
    text = "一、职责\n(一)登记。负责登记。\n(三)的要求另行通知。\n(二)审查。负责审查。"
    assert [p[-1] for p in paths(text)] == ["(一)登记", "(一)登记", "(二)审查"]


def test_items_without_a_body_are_clauses_not_headings():
    text = "一、材料\n1.营业执照\n2.身份证\n二、时限\n五日内办结。"
    clauses = clauses_of(text)
    assert [c.text for c in clauses] == ["1.营业执照", "2.身份证", "五日内办结。"]
    assert clauses[0].section_path == ("一、材料",)


def test_a_box_holds_several_projects_in_one_line():
    text = (
        "一、任务\n(一)做事。做。\n专栏1 工程\n"
        "甲工程。做甲。(市甲局负责)\u00a0 \u00a0 乙工程。做乙。(市乙局牵头,市甲局配合)\n二、保障\n加强领导。"
    )
    projects = [c for c in clauses_of(text) if c.kind == "project"]
    assert [c.section_path for c in projects] == [
        ("一、任务", "专栏1 工程", "甲工程"),
        ("一、任务", "专栏1 工程", "乙工程"),
    ]
    assert [r.label for r in projects[1].lead] == ["市乙局"]
    assert clauses_of(text)[-1].section_path == ("二、保障",)


def test_a_box_in_the_middle_of_a_chapter_closes_where_the_section_goes_on():
    text = (
        "一、任务\n(一)加强保护\n1.做甲。甲。(市甲局)\n"
        "专栏1 工程\n1.子工程。做子。(市子局)\n2.丑工程。做丑。(市丑局)\n"
        "(二)促进运用\n促进转化。(市乙局)\n1.做丙。丙。(市丙局)\n二、保障\n加强领导。"
    )
    assert [(c.kind, c.section_path) for c in clauses_of(text)] == [
        ("task", ("一、任务", "(一)加强保护", "1.做甲")),
        ("project", ("一、任务", "专栏1 工程", "1.子工程")),
        ("project", ("一、任务", "专栏1 工程", "2.丑工程")),
        ("task", ("一、任务", "(二)促进运用")),
        ("task", ("一、任务", "(二)促进运用", "1.做丙")),
        ("paragraph", ("二、保障",)),
    ]


def test_a_note_on_a_line_of_its_own_belongs_to_the_clause_above():
    clauses = clauses_of(
        "一、任务\n1.做甲。甲。\n(责任单位:市甲局)\n2.做乙。乙。\n牵头单位:市乙局\n配合单位:市丙局"
    )
    assert [[r.label for r in c.responsibility] for c in clauses] == [["市甲局"], ["市乙局", "市丙局"]]
    assert clauses[0].text == "1.做甲。甲。\n(责任单位:市甲局)"


def test_articles_without_a_space_with_a_gap_and_put_in_later():
    text = (
        "第一章总则\n第一条为了保护,制定本法。\n第二条依照第一条办理。\n"
        "第四条 机关履行下列职责：\n（一）登记；\n第四条之一 公开。"
    )
    assert [p[-1] for p in paths(text)] == ["第一条", "第二条", "第四条", "第四条之一"]


def test_the_paragraph_that_sums_up_a_chapter_belongs_to_the_chapter():
    text = "一、基础\n(一)成绩一。好。\n(二)成绩二。也好。\n取得成绩,但仍存在一些问题。\n二、要求\n做。"
    assert paths(text)[2] == ("一、基础",)


def test_page_furniture_is_set_apart():
    text = "您现在的位置:首页>政务公开>政策文件\n政策文件\n规划\n正文第一段。\n浏览量:123"
    outline = parse_outline(text, "规划")
    assert [text[s.start : s.end] for s in outline.furniture] == [
        "您现在的位置:首页>政务公开>政策文件",
        "政策文件",
        "浏览量:123",
    ]


def test_a_document_without_headings_works_by_paragraph():
    assert [c.text for c in clauses_of("第一段。\n\n  第二段。 \n")] == ["第一段。", "第二段。"]


@pytest.mark.parametrize("mark", ["。", ",", ""])
def test_long_paragraphs_are_split_within_the_limit(mark):
    text = f"1.做事。{('很长的话' * 20 + mark) * 30}(责任单位:市甲局)"
    clauses = clauses_of(text)
    assert len(clauses) > 1
    assert all(len(c.text) <= MAX_CLAUSE_LENGTH for c in clauses)
    assert "".join(c.text for c in clauses) == text
    assert [c.continues for c in clauses] == [None] + ["d#1"] * (len(clauses) - 1)
    assert all([r.unit for r in c.responsibility] == ["市甲局"] for c in clauses)


LINES = st.sampled_from(
    [
        "一、甲",
        "二、乙",
        "(一)丙。丁。",
        "(二)",
        "1.戊",
        "1.己。庚(市甲局负责)",
        "专栏1 辛",
        "壬。(市甲局)  癸。(市乙局)",
        "第一条 子。",
        "指标名称2020年基期值2025年目标值责任单位",
        "丑(件)12市甲局",
        "",
        "   ",
        "寅,卯",
        "浏览量:5",
        "\u3000辰。",
    ]
)


@given(st.lists(LINES, max_size=25))
def test_every_character_is_in_one_clause_heading_or_piece_of_furniture(lines):
    text = "\n".join(lines)
    outline = parse_outline(text, "题目")
    clauses = build_clauses(Document("d", "题目", text), outline)
    spans = [*clauses, *outline.headings, *outline.furniture]
    covered = [i for span in spans for i in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    assert {i for i, char in enumerate(text) if not char.isspace()} <= set(covered)
    for clause in clauses:
        assert clause.text == text[clause.start : clause.end]
        assert all(clause.start <= s.start < s.end <= clause.end for s in clause.sentences)
