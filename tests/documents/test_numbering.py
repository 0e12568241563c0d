import pytest

from ipqa.documents.numbering import Sequence, match_marker, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零三", 103),
        ("二〇二一", 2021),
        ("7", 7),
        ("⑫", 12),
    ],
)
def test_numbers(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("line", "style", "number"),
    [
        ("第二章 总则", "章", 2),
        ("第三章附则", "章", 3),
        ("第十二条 申请人应当", "条", 12),
        ("三、激励创造", "一、", 3),
        ("(四)提升能力", "(一)", 4),
        ("(三)目标任务", "(一)", 3),
        ("(二)项目建设", "(一)", 2),
        ("（四）提升能力", "(一)", 4),
        ("2.强化导向", "1.", 2),
        ("2．强化导向", "1.", 2),
        ("2、强化导向", "1.", 2),
        ("(3)其他", "(1)", 3),
        ("③其他", "①", 3),
        ("专栏1  创造提升工程", "专栏", 1),
        ("专栏二:保护工程", "专栏", 2),
    ],
)
def test_markers(line, style, number):
    marker = match_marker(line)
    assert (marker.style.name, marker.number) == (style, number)


@pytest.mark.parametrize(
    "line",
    [
        "2.5亿元的资金",
        "2022年08月24日",
        "第十条规定的情形",
        "第三章规定的情形",
        "一是加强",
        "（一）项所列情形除外。",
        "二、三产业融合发展",
        "一、二季度要完成",
        "专栏1所列项目已完成。",
        "3.7件",
        "(以下简称规划)",
    ],
)
def test_numbers_that_head_nothing(line):
    assert match_marker(line) is None


def test_a_sequence_takes_only_what_continues_it():
    sequence = Sequence()
    lines = ["一、", "(一)", "(二)", "(四)", "(三)", "二、", "(一)", "(三)", "四、", "三、"]
    accepted = [line for line in lines if sequence.accept(match_marker(line + "甲"))]
    assert accepted == ["一、", "(一)", "(二)", "(三)", "二、", "(一)", "三、"]


def test_articles_and_boxes_count_on_through_the_chapters():
    sequence = Sequence()
    lines = ["第一章 甲", "第一条 甲", "第二条 甲", "第二章 乙", "第三条 甲", "第二条 甲", "第四条 甲"]
    assert [sequence.accept(match_marker(line)) for line in lines] == [True] * 5 + [False, True]
