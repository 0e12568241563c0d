import pytest

from ipqa.documents.readers import pdf as reader
from ipqa.documents.readers import read_document
from ipqa.errors import DocumentError
from tests.documents.readers.pdfs import grid, paragraph, save, slanted, text

FULL = "为了加强知识产权保护和运用进一步提升创新能力促进发展"  # 26 characters, the width of a line
FIRST = FULL[:24]  # two less for the indent


def lines(path):
    return read_document(path).text.split("\n")[:-1]


def number(page, dashes=True):
    return text(f"— {page} —" if dashes else str(page), 280, 780)


def test_lines_broken_by_the_width_of_the_page_are_joined_also_over_the_page(tmp_path):
    pages = [
        [
            text("某市规划", 260, 60),
            *paragraph([FIRST, FULL, "完。"], 100),
            *paragraph([FIRST, FULL], 230),
            number(1),
        ],
        [*paragraph([FULL, "再完。"], 100, indent=0), *paragraph([FIRST, "末。"], 160), number(2)],
    ]
    assert lines(save(tmp_path / "a.pdf", pages)) == [
        "某市规划",
        f"{FIRST}{FULL}完。",
        f"{FIRST}{FULL}{FULL}再完。",
        f"{FIRST}末。",
    ]


def test_running_heads_and_page_numbers_go(tmp_path):
    pages = [
        [
            text("廊坊市人民政府文件", top=30),
            *paragraph([f"{n}、规划。"], 100),
            text("内部资料", 400, 760),
            number(i, i % 2),
        ]
        for i, n in enumerate("一二三四", 1)
    ]
    assert lines(save(tmp_path / "a.pdf", pages)) == ["一、规划。", "二、规划。", "三、规划。", "四、规划。"]


def test_a_number_in_the_text_is_no_page_number(tmp_path):
    pages = [[*paragraph(["增加到"], 100), text("2025", 90, 126)], [*paragraph(["年。"], 100)]]
    assert "2025" in "".join(lines(save(tmp_path / "a.pdf", pages)))


def test_a_table_is_rows_with_tabs(tmp_path):
    table = grid([90, 170, 330, 510], [200, 240, 300, 340])
    cells = [
        text("序号", 95, 210), text("指标", 175, 210), text("单位", 335, 210), text("１", 95, 250),
        text("每万人口发明专利", 175, 245), text("拥有量", 175, 270), text("市市场监管局", 335, 250),
        text("合计", 95, 310), text("市局", 335, 310),
    ]  # fmt: skip
    pages = [[*paragraph(["表格如下。"], 100), *table, *cells, *paragraph(["表格之后。"], 400)]]
    assert lines(save(tmp_path / "a.pdf", pages)) == [
        "表格如下。",
        "序号\t指标\t单位",
        "１\t每万人口发明专利拥有量\t市市场监管局",
        "合计\t\t市局",
        "表格之后。",
    ]


def test_a_box_around_text_is_no_table(tmp_path):
    pages = [[*grid([80, 520], [90, 200]), *paragraph(["专栏１"], 100), *paragraph(["正文。"], 140)]]
    assert lines(save(tmp_path / "a.pdf", pages)) == ["专栏１", "正文。"]


def test_two_columns_are_read_one_after_the_other(tmp_path):
    half = FULL[:12]
    left = [text(f"{half}", 50, 150 + 20 * i) for i in range(20)] + [text("左完。", 50, 560)]
    right = [text(f"{half}", 320, 156 + 20 * i) for i in range(20)] + [text("右完。", 320, 566)]
    page = [
        text("横贯两栏的一个很长的题目在这里", 180, 100),
        *left,
        *right,
        text("通栏的末行横贯中间。", 220, 620),
    ]
    found = "".join(lines(save(tmp_path / "a.pdf", [page])))
    assert found == f"横贯两栏的一个很长的题目在这里{half * 20}左完。{half * 20}右完。通栏的末行横贯中间。"


def test_radicals_and_watermarks(tmp_path):
    assert reader._unified("⼀⼆⽂⺠⻔⻓⻛⼾ﬁ①") == "一二文民门长风户fi①"
    pages = [[slanted("仅供参考"), *paragraph(["正文。"], 100)]]
    assert lines(save(tmp_path / "a.pdf", pages)) == ["正文。"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("第一章", 90), ("总则", 158)], "第一章 总则"),  # a gap as wide as a character
        ([("增长", 90), ("１２", 126)], "增长１２"),  # Chinese is set apart from digits
        ([("AB", 90), ("CD", 128)], "AB CD"),
    ],
)
def test_blanks_are_those_that_a_reader_sees(tmp_path, parts, expected):
    pages = [[text(part, x, 100) for part, x in parts] + paragraph(["正文正文正文。"], 200)]
    assert lines(save(tmp_path / "a.pdf", pages))[0] == expected


def test_the_table_of_contents_is_left_out(tmp_path):
    pages = [
        [
            text("一、总体要求…………１２", 90, 100),
            text("二、任务……………13", 90, 130),
            text("一、总体要求", 90, 200),
        ]
    ]
    assert lines(save(tmp_path / "a.pdf", pages)) == ["一、总体要求"]


def test_a_title_counts_if_it_is_in_the_text(tmp_path):
    pages = [paragraph(["某市规划"], 100)]
    assert read_document(save(tmp_path / "a.pdf", pages, title="某市规划")).metadata == {"title": "某市规划"}
    assert read_document(save(tmp_path / "b.pdf", pages, title="文档1")).metadata == {}


def test_a_scanned_pdf_is_named(tmp_path):
    scanned = ["0 0 595 842 re f"]
    with pytest.raises(DocumentError, match=r"扫描\.pdf 没有文字\(共 3 页,2 页只有图像\).*OCR"):
        read_document(save(tmp_path / "扫描.pdf", [scanned, [*paragraph(["正文正文。"], 100)], scanned]))


def test_an_encrypted_pdf_is_named(tmp_path):
    with pytest.raises(DocumentError, match=r"密.pdf 加了密码"):
        read_document(save(tmp_path / "密.pdf", [paragraph(["正文。"], 100)], locked=True))


def test_characters_without_a_meaning_are_named(tmp_path):
    with pytest.raises(DocumentError, match=r"乱\.pdf 里的字没有对应的编码"):
        read_document(save(tmp_path / "乱.pdf", [paragraph(["正文。"], 100)], known=False))


def test_too_many_pages_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_PAGES", 2)
    with pytest.raises(DocumentError, match=r"长\.pdf 有 3 页,超过上限 2 页"):
        read_document(save(tmp_path / "长.pdf", [paragraph(["正文。"], 100)] * 3))


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.4\n", b"no pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>"],
)
def test_a_damaged_pdf_is_named(tmp_path, content):
    path = tmp_path / "坏.pdf"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=r"坏\.pdf"):
        read_document(path)
