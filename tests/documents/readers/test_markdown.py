import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.documents.readers import read_document
from ipqa.errors import DocumentError

WORDS = "规划知识产权保护一二三、，。；：（）《》“”〔〕①%十百2015年Ab/"
LINES = st.lists(st.text(alphabet=WORDS, min_size=1, max_size=60), min_size=1, max_size=8)


@pytest.fixture
def read(tmp_path):
    def read(source):
        path = tmp_path / "规划.md"
        path.write_text(source, encoding="utf-8")
        return read_document(path)

    return read


def test_the_marks_go_and_the_words_stay(read):
    source = (
        "# 某市规划\n\n<!-- INFO END -->\n\n## 一、总体要求\n\n"
        "**要求：**做好*服务*，见[办法](http://a.cn/1 '题')。"
        "![图](a.png)\n\n> 引文一段。\n\n---\n\n`代码`与~~划掉~~ &nbsp;&lt;空&gt;\n"
    )
    assert read(source).text == (
        "某市规划\n一、总体要求\n要求：做好服务，见办法。\n引文一段。\n代码与~~划掉~~ \u00a0<空>\n"
    )


def test_items_are_lines_with_the_numbers_as_written(read):
    source = "- 甲\n- 乙\n  1. 子\n  2. 子\n\n3. 三\n3. 又三\n\n5) 五\n\n   五的后段。\n* 丙\n"
    assert read(source).text == "甲\n乙\n1. 子\n2. 子\n3. 三\n3. 又三\n5) 五\n五的后段。\n丙\n"


def test_tables_are_rows_with_tabs(read):
    source = "| 指标 | 值 | 单位 |\n|---|:-:|--:|\n| **甲** | 1 | 市甲局<br>市乙局 |\n| 乙 |  | 市\\|乙局 |\n"
    assert read(source).text == "指标\t值\t单位\n甲\t1\t市甲局 市乙局\n乙\t\t市|乙局\n"


def test_html_within_is_read_as_html(read):
    source = (
        "<div align='center'>\n\n# 题\n\n</div>\n\n"
        "<table><tr><td>甲</td><td>乙</td></tr></table>\n\n前<br>后<b>粗</b>\n"
    )
    assert read(source).text == "题\n甲\t乙\n前\n后粗\n"


@pytest.mark.parametrize(
    "line",
    [
        "规格为5*3*2的",
        "    四个空格开头的段落。",
        "　　全角空格开头的段落。",
        "签名：________ 日期：____",
        "#不是标题",
        "1.没有空格的条目",
        "（一）要求。1、甲；2、乙。",
        "关于修改<某省办法>的决定",
        "[注]:本规划所称企业",
        "[1]",
        "甲_乙_丙",
        "甲**乙",
        "第三条 　主体",
        "甲\\乙",
    ],
)
def test_what_only_looks_like_markup_stays(read, line):
    assert read(f"前段。\n\n{line}\n\n后段。\n").text == f"前段。\n{line.strip()}\n后段。\n"


def test_lines_broken_by_their_width_are_joined_and_others_stay(read):
    wrapped = (
        "为贯彻落实国务院关于知识产权工作的决策部署，进一步加强知识产\n"
        "权保护，根据有关法律，结合本市实际，制定本办法。本办法适用于本\n市行政区域。\n"
    )
    assert read(wrapped).text == wrapped.replace("\n", "") + "\n"
    written = "一、总体要求\n（一）指导思想。以此为准。\n廊坊市人民政府\n2022年3月1日\n"
    assert read(written).text == written
    assert (
        read("全市专利授权量和商标注册量分别增长百分之十和百分之二十三 \n二、保障措施\n").text.count("\n")
        == 2
    )


def test_front_matter_is_metadata_that_somebody_wrote(read):
    found = read("---\ntitle: 甲\npublished: 2022-08-24\nnumber: 12\ntags: [a]\nempty:\n---\n# 题\n正文。\n")
    assert found.metadata == {"title": "甲", "published": "2022-08-24", "number": "12"}
    assert found.stated
    assert found.text == "题\n正文。\n"


def test_the_only_first_heading_is_the_title(read):
    assert read("# 某市 规划\n\n## 一、甲\n").metadata == {"title": "某市 规划"}
    for source in ("# 甲\n\n# 乙\n", "## 甲\n\n# 乙\n", "# 第一章 总则\n", "正文。\n"):
        assert read(source).metadata == {}


@pytest.mark.parametrize("front", ["title: [", "published: 2022-02-30", "a: 1\nb"])
def test_wrong_front_matter_names_the_file(read, front):
    with pytest.raises(DocumentError, match=r"规划\.md 开头的元数据"):
        read(f"---\n{front}\n---\n正文。\n")


def test_a_rule_at_the_top_is_no_front_matter(read):
    assert read("---\n正文甲：乙\n\n---\n").text == "正文甲：乙\n"


@given(LINES)
def test_lines_of_plain_text_survive(tmp_path_factory, lines):
    path = tmp_path_factory.getbasetemp() / "plain.md"
    path.write_text("\n\n".join(lines), encoding="utf-8")
    assert read_document(path).text == "".join(f"{line}\n" for line in lines)
