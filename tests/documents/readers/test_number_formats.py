import pytest

from ipqa.documents.numbering import parse_number
from ipqa.documents.readers.number_formats import format_number


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一〇〇"}),
        ("chineseCountingThousand", {19: "十九", 100: "一百", 101: "一百〇一", 110: "一百一十"}),
        ("chineseCountingThousand", {999: "九百九十九", 1001: "一千〇一", 1010: "一千〇一十"}),
        ("japaneseCounting", {1: "一", 10: "十", 21: "二十一", 100: "百", 101: "百一", 1999: "千九百九十九"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 105: "壹佰零伍"}),
        ("ideographDigital", {1: "一", 10: "一〇", 25: "二五"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographEnclosedCircle", {1: "㈠", 10: "㈩", 11: "11"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedParen", {3: "⑶"}),
        ("decimalFullWidth", {12: "１２"}),
        ("decimalZero", {1: "01", 10: "10"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA"}),
        ("lowerRoman", {4: "iv", 19: "xix"}),
        ("decimal", {0: "0", 7: "7", 12345: "12345"}),
        ("chineseCounting", {0: "0", 12345: "12345"}),
        ("hebrew1", {3: "3"}),
        ("none", {3: ""}),
        ("bullet", {3: ""}),
    ],
)  # fmt: skip
def test_numbers_are_written_as_word_does(style, written):
    assert {number: format_number(number, style) for number in written} == written


@pytest.mark.parametrize("style", ["chineseCountingThousand", "chineseCounting", "ideographDigital"])
def test_the_outline_reads_what_is_written(style):
    numbers = range(1, 400)
    assert [parse_number(format_number(number, style)) for number in numbers] == list(numbers)
