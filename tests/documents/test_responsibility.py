import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.documents.responsibility import find_note, parse_note


def parsed(note):
    return [(r.role, r.label) for r in parse_note(note)]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            "责任单位:市市场监管局牵头,市财政局、市科技局等按职责分工负责",
            [("lead", "市市场监管局"), ("responsible", "市财政局"), ("responsible", "市科技局")],
        ),
        (
            "责任单位：市法院、市检察院等按职责分工负责",
            [("responsible", "市法院"), ("responsible", "市检察院")],
        ),
        (
            "市甲局牵头、市乙局、市丙局等按职责分工负责",
            [("lead", "市甲局"), ("responsible", "市乙局"), ("responsible", "市丙局")],
        ),
        (
            "市甲局、市乙局共同牵头,市丙局配合",
            [("lead", "市甲局"), ("lead", "市乙局"), ("support", "市丙局")],
        ),
        (
            "牵头单位:市甲局;配合单位:市乙局、市丙局;完成时限:2025年",
            [("lead", "市甲局"), ("support", "市乙局"), ("support", "市丙局")],
        ),
        ("市甲局、市乙局负责", [("responsible", "市甲局"), ("responsible", "市乙局")]),
        ("市市场监管局", [("responsible", "市市场监管局")]),
        (
            "市工业和信息化局(军民融合部分)、市工业和信息化局等按职责分工负责",
            [("responsible", "市工业和信息化局(军民融合部分)"), ("responsible", "市工业和信息化局")],
        ),
        (
            "责任单位:各县(市、区)人民政府、临空经济区(廊坊)管委会、各县(市、区)按职责分工负责",
            [
                ("responsible", "各县(市、区)人民政府"),
                ("responsible", "临空经济区(廊坊)管委会"),
                ("responsible", "各县(市、区)"),
            ],
        ),
        ("市甲局等部门、各有关部门按职责分工负责", [("responsible", "市甲局")]),
        ("牵头单位：市甲委，责任单位：各县区政府", [("lead", "市甲委"), ("responsible", "各县区政府")]),
        ("市甲办负责，2023年底前完成，持续推进", [("responsible", "市甲办")]),
        ("资金由市财政局负责", [("responsible", "市财政局")]),
        (
            "责任部门:市甲局 市乙局/市丙局",
            [("responsible", "市甲局"), ("responsible", "市乙局"), ("responsible", "市丙局")],
        ),
        ("市甲局会同市乙局负责", [("responsible", "市甲局"), ("responsible", "市乙局")]),
    ],
)
def test_notes(note, expected):
    assert parsed(note) == expected


def test_a_qualifier_is_kept_apart_from_the_name():
    unit = parse_note("市工业和信息化局(含军民融合职责)负责")[0]
    assert (unit.unit, unit.qualifier) == ("市工业和信息化局", "含军民融合职责")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("做事。(责任单位:市甲局)", "(责任单位:市甲局)"),
        ("做事。（责任单位：市甲局）  ", "（责任单位：市甲局）"),
        ("做事。(市甲局)", "(市甲局)"),
        ("做事。(各县(市、区)人民政府负责)", "(各县(市、区)人民政府负责)"),
        ("做事(责任单位:市甲局)。", "(责任单位:市甲局)"),
        ("做事。（责任单位：市甲局。）", "（责任单位：市甲局。）"),
        ("做事。【责任单位：市甲局】", "【责任单位：市甲局】"),
        ("做事。\n责任单位:市甲局", "责任单位:市甲局"),
        ("做事。责任单位:市甲局。", "责任单位:市甲局。"),
        ("做事。\n牵头单位:市甲局\n配合单位:市乙局", "牵头单位:市甲局\n配合单位:市乙局"),
        ("统计口径见上。(不含市财政局)", None),
        ("统计口径见上。(含落实)", None),
        ("见附件。(详见附件)", None),
        ("价格。(含税)", None),
        ("技术与创新支持中心(TISC)", None),
        ("设立工作站(中心)", None),
        ("由市甲局负责。", None),
        ("做事。(以上由市甲局解释。自发布之日起由其负责)", None),
        ("没有括号", None),
        ("缺一半括号)", None),
    ],
)
def test_a_note_closes_its_clause(text, note):
    found = find_note(text, 0, len(text))
    span = found.span if found else None
    assert (text[span.start : span.end] if span else None) == note


UNITS = st.lists(
    st.sampled_from(["市甲局", "市委乙部", "廊坊丙分局", "各县(市、区)人民政府", "丁(廊坊)管委会"]),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(UNITS, UNITS)
def test_lead_and_others_come_back_as_they_went_in(lead, others):
    note = f"责任单位:{'、'.join(lead)}牵头,{'、'.join(others)}等按职责分工负责"
    found = parse_note(note)
    assert [r.unit for r in found if r.role == "lead"] == lead
    assert [r.unit for r in found if r.role == "responsible"] == others
