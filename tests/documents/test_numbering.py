import pytest

from ipqa.documents.numbering import Sequence, counts_in_decimals, match_marker, parse_number


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
        ("第一编总则", "编", 1),
        ("第二分编 所有权", "分编", 2),
        ("第三部分 技术", "编", 3),
        ("第一条中华人民共和国公民", "条", 1),
        ("第二条所有单位", "条", 2),
        ("第三条第三方机构", "条", 3),
        ("第四条【目的】为了", "条", 4),
        ("第五条（目的）为了", "条", 5),
        ("1.1日常管理", "1.1", 1),
        ("2.3.4 指挥部", "1.1.1", 4),
        ("3)其他", "1)", 3),
        ("(一)目标", "(一)", 1),
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
        "2.1万元",
        "3.5 4.6",
        "1.1",
        "2总则",
        "第二条所称单位",
        "第三条第二款规定",
        "第十条（一）项",
        "第一部分资金",
        "（一）、（二）项",
        "(二)的要求",
    ],
)
def test_numbers_that_head_nothing(line):
    assert match_marker(line) is None


def test_a_sequence_takes_only_what_continues_it():
    sequence = Sequence()
    lines = ["一、", "(一)", "(二)", "(四)", "(三)", "二、", "(一)", "(三)", "四、", "三、"]
    accepted = [line for line in lines if sequence.accept(match_marker(line + "甲"))]
    assert accepted == ["一、", "(一)", "(二)", "(三)", "二、", "(一)", "三、"]


@pytest.mark.parametrize(
    ("line", "number"), [("1总则", 1), ("7 附则", 7), ("3月底前", None), ("12个县", None), ("2021年", None)]
)
def test_whole_numbers_head_sections_only_where_decimals_do(line, number):
    marker = match_marker(line, decimals=True)
    assert (marker.number if marker else None) == number
    assert match_marker(line) is None


def test_decimals_follow_their_parents():
    sequence = Sequence()
    lines = ["1甲", "1.1甲", "1.2甲", "2.1甲", "2甲", "2.1甲", "2.1.1甲", "2.2.1甲", "2.2甲"]
    markers = [match_marker(line, decimals=True) for line in lines]
    assert [sequence.accept(marker) for marker in markers] == [True] * 3 + [False] + [True] * 3 + [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "expected"), [("1总则\n 1.1目的", True), ("1.总则\n1.10元", False), ("见1.1目的", False)]
)
def test_documents_that_count_in_decimals(text, expected):
    assert counts_in_decimals(text) is expected


def test_articles_and_boxes_count_on_through_the_chapters():
    sequence = Sequence()
    lines = ["第一章 甲", "第一条 甲", "第二条 甲", "第二章 乙", "第三条 甲", "第二条 甲", "第四条 甲"]
    assert [sequence.accept(match_marker(line)) for line in lines] == [True] * 5 + [False, True]
