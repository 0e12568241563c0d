import pytest

from ipqa.documents.clauses import MAX_CLAUSE_LENGTH, build_clauses
from ipqa.documents.duties import is_duty_header, read_duties
from ipqa.documents.outline import parse_outline
from ipqa.models import Document


def clauses_of(text):
    return build_clauses(Document("d", "", text), parse_outline(text, ""))


def units(clause):
    return [(r.role, r.label) for r in clause.responsibility]


def test_each_note_of_a_paragraph_has_a_clause():
    clauses = clauses_of("一、任务\n(一)推进保护。做甲。（甲部负责）做乙。（乙部指导）做丙。")
    assert [(c.text, units(c), c.kind) for c in clauses] == [
        ("(一)推进保护。做甲。（甲部负责）", [("responsible", "甲部")], "task"),
        ("做乙。（乙部指导）", [("support", "乙部")], "task"),
        ("做丙。", [], "paragraph"),
    ]
    assert {c.section_path for c in clauses} == {("一、任务", "(一)推进保护")}
    assert [c.id for c in clauses] == ["d#1", "d#2", "d#3"]
    assert not any(c.continues for c in clauses)


def test_the_first_unit_of_each_note_leads_if_the_document_says_so_once():
    text = (
        "一、任务\n1.做甲。做。(市甲局、市乙局负责)\n2.做乙。做。(市乙局牵头,市丙局配合)\n3.做丙。做。(市丙局)\n"
        "二、要求\n列第一位者为牵头单位。"
    )
    assert [units(c) for c in clauses_of(text)] == [
        [("lead", "市甲局"), ("responsible", "市乙局")],
        [("lead", "市乙局"), ("support", "市丙局")],
        [("responsible", "市丙局")],
        [],
    ]


@pytest.mark.parametrize("below", ["", "建设甲工程。\n"])
def test_notes_in_lines_below_a_heading_belong_to_its_text(below):
    text = (
        "一、任务\n1.推进甲工程\n牵头单位:市甲局\n配合单位:市乙局\n完成时限:2025年底\n"
        f"{below}2.推进乙工程\n责任单位:市丙局\n二、保障\n加强领导。"
    )
    clauses = clauses_of(text)
    assert [c.section_path for c in clauses] == [
        ("一、任务", "1.推进甲工程"),
        ("一、任务", "2.推进乙工程"),
        ("二、保障",),
    ]
    assert clauses[0].text == text[text.index("1.") : text.index("2.推")].strip()
    assert units(clauses[0]) == [("lead", "市甲局"), ("support", "市乙局")]
    assert units(clauses[1]) == [("responsible", "市丙局")]


def test_a_table_of_who_does_what():
    text = (
        "附件1\n任务分工表\n序号\t任务\t牵头 单位\t配合单位\n1\t做甲。好。\t市甲局\t市乙局、市丙局\n"
        "2\t做乙\t市丁局 市戊局\t\n以上任务年底完成。"
    )
    clauses = clauses_of(text)
    assert [(c.kind, units(c)) for c in clauses] == [
        ("paragraph", []),
        ("task", [("lead", "市甲局"), ("support", "市乙局"), ("support", "市丙局")]),
        ("task", [("lead", "市丁局"), ("lead", "市戊局")]),
        ("paragraph", []),
    ]
    assert {c.section_path for c in clauses} == {("附件1 任务分工表",)}


def test_a_row_may_lack_cells():
    assert read_duties("序号\t任务\t责任单位(部门)", "1\t做甲") == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("序号\t任务\t责任单位", True),
        ("任务\t牵头部门\t完成时限", True),
        ("任务 牵头部门 完成时限", False),
        ("任务\t责任单位", False),
        ("1\t责任单位要做好的事情有很多很多很多\t责任单位", False),
        ("序号\t任务\t时限", False),
    ],
)
def test_headers_of_such_tables(line, expected):
    assert is_duty_header(line) is expected


def test_a_long_article_is_parted_at_its_items():
    items = [f"（{number}）{'很长的一项' * 40}；" for number in "一二三四五"]
    text = "\n".join(["第一条 下列情形:", *items, "第二条 施行。"])
    clauses = clauses_of(text)
    assert all(len(c.text) <= MAX_CLAUSE_LENGTH for c in clauses)
    assert [c.text[:3] for c in clauses] == ["第一条", "（四）", "第二条"]
    assert [c.continues for c in clauses] == [None, "d#1", None]
    assert {c.section_path for c in clauses[:2]} == {("第一条",)}
