import pytest

from ipqa.documents.clauses import build_clauses
from ipqa.documents.indicators import read_indicators, split_values
from ipqa.documents.outline import parse_outline
from ipqa.models import Document

HEADER = "指标名称2020年 基期值2025年  目标值责任单位"


def table_of(rows, prose="没有数字的正文。(责任单位:市甲局、市乙局)"):
    text = "\n".join(["一、目标", prose, "主要指标", HEADER, *rows])
    outline = parse_outline(text, "")
    return read_indicators(text, outline, build_clauses(Document("d", "", text), outline))


def values(row, prose="没有数字的正文。(责任单位:市甲局、市乙局)"):
    indicator = table_of([row], prose).indicators[0]
    return indicator.name, indicator.measure, indicator.base, indicator.target


def test_digits_can_be_parted_in_several_ways():
    assert split_values("1.653.7") == (("1.6", "53.7"), ("1.65", "3.7"))
    assert split_values("6.39") == (("6.3", "9"),)
    assert split_values("20200") == (("20", "200"), ("2020", "0"))
    assert split_values("5") == ()


def test_the_value_that_the_text_repeats_decides():
    row = "高价值发明专利拥有量(件)1.653.7市甲局"
    assert values(row, "高价值发明专利拥有量达到3.7 件。(市甲局负责)") == (
        "高价值发明专利拥有量",
        "件",
        "1.65",
        "3.7",
    )
    assert values(row, "高价值发明专利拥有量达到53.7件。(市甲局负责)") == (
        "高价值发明专利拥有量",
        "件",
        "1.6",
        "53.7",
    )


def test_a_value_of_another_matter_decides_less_than_one_of_the_same():
    row = "质押融资登记金额(亿元)1.785市甲局"
    prose = "质押融资登记金额达到5亿元。工业增加值达到85亿元。(市甲局负责)"
    assert values(row, prose) == ("质押融资登记金额", "亿元", "1.78", "5")


def test_what_nothing_decides_is_reported_and_not_guessed():
    table = table_of(["登记金额(亿元)1.785市甲局"])
    assert table.indicators == ()
    assert "1.785" in table.warnings[0]
    assert "第 5 行" in table.warnings[0]
    assert [r.unit for r in table.clauses[-1].responsibility] == ["市甲局"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("发明专利拥有量(件)6.39市甲局牵头,市乙局负责", ("发明专利拥有量", "件", "6.3", "9")),
        ("服判息诉率(%)89.2%70%市甲局", ("服判息诉率", "%", "89.2", "70")),
        ("增加值占比(%) 4.9 6 市甲局", ("增加值占比", "%", "4.9", "6")),
        ("版权产业增加值占GDP比重稳步增长市甲局", ("版权产业增加值占GDP比重", "", None, "稳步增长")),
        ("社会满意度全省前列市甲局、市乙局负责", ("社会满意度", "", None, "全省前列")),
        ("贯标单位(累计)(家)120市甲局", ("贯标单位(累计)", "家", "1", "20")),
        ("全市发明数量(件)12市外局、市甲局负责", ("全市发明数量", "件", "1", "2")),
    ],
)
def test_rows(row, expected):
    assert values(row, "贯标单位达到20家。(责任单位:市甲局、市乙局)") == expected


def test_years_come_from_the_header_and_units_from_the_row():
    indicator = table_of(["发明(件)12人行某地分行、市甲局等按职责分工负责"]).indicators[0]
    assert (indicator.base_year, indicator.target_year) == (2020, 2025)
    assert [r.unit for r in indicator.responsibility] == ["人行某地分行", "市甲局"]


TABS = "序号\t指标\t单位\t2020年\t2025年\t属性\t责任单位"


def test_cells_parted_by_tabs_are_read_by_their_columns():
    rows = ["1\t就业\t万人\t[30]\t>40\t预期性\t市甲局、市乙局", "2\t能耗(%)\t\t-3.5\t-13.5\t约束性\t市丙局"]
    text = "\n".join(["一、目标", "主要指标", TABS, *rows])
    outline = parse_outline(text, "")
    table = read_indicators(text, outline, build_clauses(Document("d", "", text), outline))
    assert [(i.name, i.measure, i.base, i.target) for i in table.indicators] == [
        ("就业", "万人", "[30]", ">40"),
        ("能耗", "%", "-3.5", "-13.5"),
    ]
    assert {(i.base_year, i.target_year) for i in table.indicators} == {(2020, 2025)}
    assert [[r.label for r in i.responsibility] for i in table.indicators] == [
        ["市甲局", "市乙局"],
        ["市丙局"],
    ]


@pytest.mark.parametrize("row", ["就业(万人)-3.5-13.5市甲局", "就业(万人)约1至2市甲局"])
def test_values_that_cannot_be_told_apart_are_reported(row):
    table = table_of([row])
    assert table.indicators == ()
    assert len(table.warnings) == 1


def test_numbered_rows_are_rows():
    assert values("1.发明专利拥有量(件)6.39市甲局")[1:] == ("件", "6.3", "9")


def test_a_name_of_one_character_and_an_attribute_column():
    assert table_of(["量(件)1012市甲局"]).warnings
    assert values("专利数量(件)12预期性市甲局") == ("专利数量", "件", "1", "2")


def test_the_first_unit_of_a_row_leads_if_the_document_says_so():
    table = table_of(["发明(件)12市甲局、市乙局"], "列第一位者为牵头单位。(责任单位:市甲局、市乙局)")
    assert [r.role for r in table.indicators[0].responsibility] == ["lead", "responsible"]
