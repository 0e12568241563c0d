import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.documents.responsibility import find_note, first_unit_leads, is_note, parse_note, split_at_notes


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
        ("甲部牵头，乙部、国管局参与", [("lead", "甲部"), ("support", "乙部"), ("support", "国管局")]),
        ("甲部、税务总局指导", [("support", "甲部"), ("support", "税务总局")]),
        ("商务部指导，供销合作总社参与", [("support", "商务部"), ("support", "供销合作总社")]),
        (
            "甲部指导，试点城市政府负责落实。以下均需试点城市政府落实，不再列出",
            [("support", "甲部"), ("responsible", "试点城市政府")],
        ),
        (
            "扶贫办、全国总工会等和各省级人民政府负责",
            [("responsible", "扶贫办"), ("responsible", "全国总工会"), ("responsible", "各省级人民政府")],
        ),
        (
            "甲部等部门及各有关省级人民政府按职责分工负责",
            [("responsible", "甲部"), ("responsible", "各有关省级人民政府")],
        ),
        (
            "各省、自治区、直辖市人民政府，甲部负责",
            [("responsible", "各省、自治区、直辖市人民政府"), ("responsible", "甲部")],
        ),
        (
            "责任单位：各市、县人民政府，省自然资源厅",
            [("responsible", "各市、县人民政府"), ("responsible", "省自然资源厅")],
        ),
        ("各县区、开发区管委会负责", [("responsible", "各县区"), ("responsible", "开发区管委会")]),
        (
            "国家发展改革委、财政部会同有关部门负责",
            [("responsible", "国家发展改革委"), ("responsible", "财政部")],
        ),
        (
            "由市教育局牵头，市人力资源和社会保障局、有关单位参与",
            [("lead", "市教育局"), ("support", "市人力资源和社会保障局")],
        ),
        (
            "主办单位：市文化和旅游局，协办单位：市商务局、团市委",
            [("lead", "市文化和旅游局"), ("support", "市商务局"), ("support", "团市委")],
        ),
        ("牵头：市科技局；配合：市财政局", [("lead", "市科技局"), ("support", "市财政局")]),
        (
            "市住房和城乡建设局和市城市管理局负责",
            [("responsible", "市住房和城乡建设局"), ("responsible", "市城市管理局")],
        ),
        (
            "责任单位：市工业和信息化局（市无线电管理局）、市大数据局",
            [("responsible", "市工业和信息化局(市无线电管理局)"), ("responsible", "市大数据局")],
        ),
        (
            "中国（河北）自由贸易试验区廊坊片区管委会、市商务局负责",
            [("responsible", "中国（河北）自由贸易试验区廊坊片区管委会"), ("responsible", "市商务局")],
        ),
        (
            "负责部门：教育、人力资源社会保障部门；适用范围：全国",
            [("responsible", "教育"), ("responsible", "人力资源社会保障部门")],
        ),
        ("牵头单位：市发改委，责任人：张三，完成时限：2023年", [("lead", "市发改委")]),
        ("责任领导：李四；责任单位：市水务局", [("responsible", "市水务局")]),
        ("完成时限：2025年底前；责任单位：市甲局", [("responsible", "市甲局")]),
        (
            "牵头单位：市甲局 配合单位：市乙局 市丙局",
            [("lead", "市甲局"), ("support", "市乙局"), ("support", "市丙局")],
        ),
        (
            "第一责任单位：市甲局，其他责任单位：市乙局",
            [("responsible", "市甲局"), ("responsible", "市乙局")],
        ),
        (
            "市甲局牵头负责，市级以上企业、各区县（自治县）政府配合",
            [("lead", "市甲局"), ("support", "市级以上企业"), ("support", "各区县（自治县）政府")],
        ),
        ("市甲局按职责负责，各市县政府具体实施", [("responsible", "市甲局"), ("responsible", "各市县政府")]),
        ("市甲局、市乙局依据各自职责落实", [("responsible", "市甲局"), ("responsible", "市乙局")]),
        ("各部门、各单位、各级有关部门负责", []),
        ("市委组织部、市人社局等12个部门负责", [("responsible", "市委组织部"), ("responsible", "市人社局")]),
        ("责任单位（部门）：市甲局", [("responsible", "市甲局")]),
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
        ("做事。（牵头单位：市甲局）（配合单位：市乙局）", "（牵头单位：市甲局）（配合单位：市乙局）"),
        ("做事。〔市甲局牵头,市乙局配合〕", "〔市甲局牵头,市乙局配合〕"),
        ("做事。【责任单位】市甲局、市乙局", "【责任单位】市甲局、市乙局"),
        ("做事。\n牵头单位:市甲局\n完成时限:2025年底", "牵头单位:市甲局\n完成时限:2025年底"),
        ("做事。（甲部指导，市政府负责落实。以下同）", "（甲部指导，市政府负责落实。以下同）"),
        ("做事。（2025年底前完成）", None),
        ("做事。（企业直接向甲部申报，不需省级部门转报）", None),
        ("（民政部一九九七年一月二十八日）", None),
        ("申报单位：某公司", None),
        ("总指挥：甲部主要负责人。", None),
    ],
)
def test_a_note_closes_its_clause(text, note):
    found = find_note(text, 0, len(text))
    span = found.span if found else None
    assert (text[span.start : span.end] if span else None) == note


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "做甲。（市甲局负责）做乙。（市乙局牵头，市丙局配合）",
            [
                ("做甲。（市甲局负责）", ["市甲局"]),
                ("做乙。（市乙局牵头，市丙局配合）", ["市乙局", "市丙局"]),
            ],
        ),
        (
            "做甲（市甲局负责）；做乙（市乙局负责）。",
            [("做甲（市甲局负责）；", ["市甲局"]), ("做乙（市乙局负责）。", ["市乙局"])],
        ),
        ("做甲。（市甲局负责）做丙。", [("做甲。（市甲局负责）", ["市甲局"]), ("做丙。", [])]),
        ("做甲。（市甲局负责）完成时限：2025年。", [("做甲。（市甲局负责）完成时限：2025年。", ["市甲局"])]),
        (
            "做甲（责任单位：市甲局）、做乙（责任单位：市乙局），都要做好。",
            [("做甲（责任单位：市甲局）、做乙（责任单位：市乙局），都要做好。", ["市甲局", "市乙局"])],
        ),
        (
            "做甲。（牵头单位：市甲局）（配合单位：市乙局）做乙。",
            [("做甲。（牵头单位：市甲局）（配合单位：市乙局）", ["市甲局", "市乙局"]), ("做乙。", [])],
        ),
        (
            "技工院校（校内由市甲局负责）。另外，由市教育局（市委教育工委）审核。",
            [("技工院校（校内由市甲局负责）。另外，由市教育局（市委教育工委）审核。", [])],
        ),
        ("做甲\n牵头单位：市甲局\n好好做。", [("做甲\n牵头单位：市甲局\n好好做。", ["市甲局"])]),
        ("依照第十条，由市甲局负责。", [("依照第十条，由市甲局负责。", [])]),
    ],
)
def test_a_passage_is_cut_behind_each_note_in_it(text, pieces):
    found = list(split_at_notes(text, 0, len(text)))
    assert [(text[s.start : s.end], [r.unit for r in units]) for s, units in found] == pieces


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("以下列第一位者为牵头单位。", True),
        ("（市甲局、市乙局，排在第一位的为牵头部门）", True),
        ("任务中排名首位的单位为牵头单位，下同", True),
        ("第一个单位为牵头单位", True),
        ("把保护放在首位。市甲局为牵头单位。", False),
        ("居全省第一位。", False),
    ],
)
def test_the_first_unit_leads_where_the_document_says_so(text, leads):
    assert first_unit_leads(text) is leads


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("责任单位：市甲局", True),
        ("（市甲局负责）", True),
        ("完成时限：2025年底", True),
        ("办理时限：", True),
        ("做事。（市甲局负责）", False),
        ("责任单位要做好。", False),
    ],
)
def test_lines_that_are_notes(line, expected):
    assert is_note(line) is expected


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
