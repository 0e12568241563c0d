import zipfile

import pytest

from ipqa.documents.readers import docx as reader
from ipqa.documents.readers import read_document
from ipqa.errors import DocumentError
from tests.documents.readers.words import PLAN, Word, level, restarted

DELETED = "<w:del w:id='1' w:author='甲'><w:r><w:delText>删去的</w:delText></w:r></w:del>"
RUN = "<w:r><w:t>音</w:t></w:r>"
BOXED = f"<w:p>{RUN}</w:p>"
INSERTED = "<w:ins w:id='2' w:author='甲'><w:r><w:t>加上的</w:t></w:r></w:ins>"


def lines(word, tmp_path):
    return read_document(word.save(tmp_path / "文件.docx")).text.split("\n")[:-1]


def test_numbers_of_many_levels_stand_before_the_text(tmp_path):
    word = Word([PLAN], [(0, "")])
    for text, index in [
        ("总体要求", 0), ("指导思想", 1), ("要点", 2), ("要点", 2), ("小点", 3), ("圈", 4), ("圈", 4),
        ("基本原则", 1), ("要点", 2), ("重点任务", 0), ("任务", 1),
    ]:  # fmt: skip
        word.add(text, 1, index)
    assert lines(word, tmp_path) == [
        "一、总体要求", "(一)指导思想", "1.要点", "2.要点", "（1）小点", "①圈", "②圈", "(二)基本原则",
        "1.要点", "二、重点任务", "(一)任务",
    ]  # fmt: skip


def test_only_chapters_and_articles_are_set_apart(tmp_path):
    law = (
        level(0, "chineseCountingThousand", "第%1章")
        + level(1, "chineseCountingThousand", "第%2条", suffix="space", more='<w:lvlRestart w:val="0"/>')
        + level(2, "chineseCounting", "（%3）", suffix="space")
        + level(3, "chineseCountingThousand", "第%4节", suffix="nothing")
    )
    word = Word([law], [(0, "")])
    for text, index in [("总则", 0), ("为了", 1), ("款", 2), ("罚则", 0), ("违反", 1), ("一般", 3)]:
        word.add(text, 1, index)
    # articles run on through the chapters
    assert lines(word, tmp_path) == [
        "第一章 总则", "第一条 为了", "（一）款", "第二章 罚则", "第二条 违反", "第一节一般",
    ]  # fmt: skip


def test_a_list_begins_anew_where_it_says_so(tmp_path):
    word = Word([PLAN], [(0, ""), (0, restarted(0)), (0, ""), (0, restarted(1, 5))])
    for list_id, index in [(1, 0), (1, 0), (2, 0), (2, 0), (3, 0), (4, 1), (4, 1), (4, 0), (4, 1)]:
        word.add("甲", list_id, index)
    # the third list counts on, being made from the same abstract list
    numbers = ["一、", "二、", "一、", "二、", "三、", "(五)", "(六)", "四、", "(五)"]
    assert lines(word, tmp_path) == [f"{number}甲" for number in numbers]


def test_a_level_of_its_own_and_numbers_of_several_levels(tmp_path):
    decimal = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2")
    roman = level(0, "upperRoman", "%1.") + level(1, "decimal", "%1.%2", more="<w:isLgl/>")
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1)", start=3)}</w:lvlOverride>'
    word = Word([decimal, roman], [(0, ""), (1, ""), (0, own)])
    for list_id, index in [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1), (2, 0), (2, 0), (2, 1)]:
        word.add("甲", list_id, index)
    word.add("2022年", 1, 0)
    word.add("乙", 3, 0)
    assert lines(word, tmp_path) == [
        "1甲", "1.1甲", "1.2甲", "2甲", "2.1甲", "I.甲", "II.甲", "2.1甲", "3 2022年", "D)乙",
    ]  # fmt: skip


def test_styles_give_numbers(tmp_path):
    levels = level(0, "japaneseCounting", "%1、", more='<w:pStyle w:val="H1"/>') + level(
        1, "japaneseCounting", "（%2）", more='<w:pStyle w:val="H2"/>'
    )
    styles = [
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="一级"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>',
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="二级"/><w:basedOn w:val="H1"/><w:pPr>'
        '<w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>',
        '<w:style w:type="paragraph" w:styleId="H1a"><w:name w:val="甲"/><w:basedOn w:val="H1"/></w:style>',
    ]
    word = Word([levels], [(0, "")], styles)
    for style in ("H1", "H2", "H2", "H1a"):
        word.add("题", style=style)
    word.add("题", 0, style="H1")  # its own 0 takes the style's number away
    word.add("题", None, 1, style="H1")
    word.add("题", style="H1")
    assert lines(word, tmp_path) == ["一、题", "（一）题", "（二）题", "二、题", "题", "（一）题", "三、题"]


def test_styles_that_rest_on_each_other_give_none(tmp_path):
    styles = [
        f'<w:style w:type="paragraph" w:styleId="{a}"><w:name w:val="{a}"/><w:basedOn w:val="{b}"/></w:style>'
        for a, b in (("A", "B"), ("B", "A"))
    ]
    word = Word([PLAN], [(0, "")], styles)
    word.add("题", style="A")
    word.add("题", 9, 0)  # a list that is not there
    assert lines(word, tmp_path) == ["题", "题"]


def test_an_abstract_list_may_borrow_its_levels_from_another(tmp_path):
    word = Word(['<w:numStyleLink w:val="L"/>', f'<w:styleLink w:val="L"/>{PLAN}'], [(0, "")])
    word.add("甲", 1, 0)
    assert lines(word, tmp_path) == ["一、甲"]


def test_bullets_are_left_out_and_empty_items_count(tmp_path):
    word = Word([level(0, "bullet", "\uf0b7"), PLAN], [(0, ""), (1, "")])
    word.add("点", 1, 0)
    word.add("甲", 2, 0)
    word.add("", 2, 0)
    word.add("乙", 2, 0)
    assert lines(word, tmp_path) == ["点", "一、甲", "三、乙"]


def test_tables_stand_where_they_are(tmp_path):
    word = Word([PLAN], [(0, "")])
    word.add("前")
    table = word.document.add_table(rows=3, cols=3)
    for row, texts in zip(
        table.rows, (("指标", "值", "单位"), ("甲", "1", "市甲局"), ("乙", "2", "")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 2).add_paragraph("市乙局")
    table.cell(1, 2).merge(table.cell(2, 2))
    word.add("后")
    assert lines(word, tmp_path) == ["前", "指标\t值\t单位", "甲\t1\t市甲局 市乙局", "乙\t2", "后"]


def test_merged_cells_are_shown_once_and_a_box_is_text(tmp_path):
    word = Word([PLAN], [(0, "")])
    table = word.document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "合并"
    table.cell(0, 2).text = "末"
    for i, text in enumerate("甲乙丙"):
        table.cell(1, i).text = text
    box = word.document.add_table(rows=1, cols=1).cell(0, 0)
    box.text = "专栏1 工程"
    box.add_paragraph("一段话。")
    assert lines(word, tmp_path) == ["合并\t末", "甲\t乙\t丙", "专栏1 工程", "一段话。"]


def test_items_in_cells_are_numbered(tmp_path):
    word = Word([level(0, "decimal", "%1")], [(0, "")])
    table = word.document.add_table(rows=2, cols=2)
    for i in range(2):
        cell = table.cell(i, 0)
        cell._tc.append(word.add("项", 1, 0)._p)
        table.cell(i, 1).text = "值"
    assert lines(word, tmp_path) == ["1项\t值", "2项\t值"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (f"<w:r><w:t>甲</w:t></w:r>{DELETED}{INSERTED}", "甲加上的"),
        ("<w:moveFrom w:id='1'><w:r><w:t>走</w:t></w:r></w:moveFrom><w:r><w:t>甲</w:t></w:r>", "甲"),
        ("<w:moveTo w:id='1'><w:r><w:t>来</w:t></w:r></w:moveTo>", "来"),
        ("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t></w:r>", "甲\n乙"),
        ("<w:r><w:t>甲</w:t><w:br w:type='page'/><w:t>乙</w:t></w:r>", "甲乙"),
        ("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:noBreakHyphen/><w:t>丙</w:t></w:r>", "甲\t乙-丙"),
        ("<w:r><w:t>甲</w:t><w:footnoteReference w:id='1'/></w:r>", "甲"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:t>甲</w:t></w:r>", "甲"),
        ("<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>显</w:t></w:r>", "显"),
        ("<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>", "链接"),
        ("<w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>", "控件"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>甲</w:t></w:r>", "甲"),
        (f"<w:r><w:pict><w:txbxContent>{BOXED}</w:txbxContent></w:pict><w:t>甲</w:t></w:r>", "甲"),
        (f"<w:r><w:ruby><w:rt>{RUN}</w:rt><w:rubyBase>{RUN}</w:rubyBase></w:ruby></w:r>", "音"),
        ("<w:r><w:t>　　甲\u200b乙\u00ad</w:t></w:r>", "甲乙"),
    ],
)  # fmt: skip
def test_a_paragraph_is_read_as_word_shows_it(tmp_path, content, text):
    word = Word()
    word.add_xml(f"<w:p>{content}</w:p>")
    assert "\n".join(lines(word, tmp_path)) == text


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next(tmp_path):
    word = Word([PLAN], [(0, "")])
    word.add_xml("<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>")
    word.add("后半", 1, 0)
    word.add_xml("<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr><w:r><w:t>末段</w:t></w:r></w:p>")
    assert lines(word, tmp_path) == ["一、前半后半", "末段"]


def test_a_deleted_row_and_the_table_of_contents_are_left_out(tmp_path):
    styles = ['<w:style w:type="paragraph" w:styleId="T"><w:name w:val="toc 1"/></w:style>']
    word = Word(styles=styles)
    word.add("一、总体要求\t1", style="T")
    word.add("一、总体要求")
    cells = "<w:tc><w:p><w:r><w:t>{0}</w:t></w:r></w:p></w:tc>" * 2
    row = "<w:tr>{1}" + cells + "</w:tr>"
    deleted = row.format("删", "<w:trPr><w:del w:id='1'/></w:trPr>")
    word.add_xml(f"<w:tbl>{row.format('留', '')}{deleted}</w:tbl>")
    assert lines(word, tmp_path) == ["一、总体要求", "留\t留"]


def test_properties_are_metadata(tmp_path):
    word = Word()
    word.add("正文。")
    properties = word.document.core_properties
    properties.title, properties.author = " 某市 规划 ", "张三"
    read = read_document(word.save(tmp_path / "a.docx"))
    assert (read.metadata["title"], read.metadata["author"]) == ("某市 规划", "张三")
    assert not read.stated


def test_a_document_without_numbering_is_read(tmp_path):
    word = Word()
    part = word.document.part
    (relation,) = [r for r, rel in part.rels.items() if rel.reltype.endswith("/numbering")]
    del part.rels[relation]
    word.add("甲", 1, 0)
    assert lines(word, tmp_path) == ["甲"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "炸弹.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"\0" * 3_000_000)
    with pytest.raises(DocumentError, match=r"炸弹\.docx 解开后有 3 MB.*100 倍"):
        read_document(path)
    monkeypatch.setattr(reader, "MAX_RATIO", 10_000)
    monkeypatch.setattr(reader, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(DocumentError, match=r"炸弹\.docx 解开后有 3 MB,超过上限"):
        read_document(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "加了密码"),
        (b"no zip", "不是有效的 .docx"),
        (b"", "不是有效的 .docx"),
    ],
)
def test_what_is_no_word_document_is_named(tmp_path, content, reason):
    path = tmp_path / "坏.docx"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=rf"坏\.docx.*{reason}"):
        read_document(path)


def test_a_package_of_another_kind_is_named(tmp_path):
    path = tmp_path / "表.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "甲")
    with pytest.raises(DocumentError, match=r"表\.docx"):
        read_document(path)


def test_a_document_without_text_is_named(tmp_path):
    with pytest.raises(DocumentError, match=r"空\.docx 里没有文字"):
        read_document(Word().save(tmp_path / "空.docx"))
