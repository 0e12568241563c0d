import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.documents.readers import read_document
from ipqa.errors import DocumentError

BODY = "".join(f"<p>{n}、加强知识产权保护工作,完善有关制度。</p>" for n in "一二三四五六七八九十")
TEXT = "".join(f"{n}、加强知识产权保护工作,完善有关制度。\n" for n in "一二三四五六七八九十")
LINES = st.lists(
    st.text(alphabet="规划知识产权，。；：（）《》“”〔〕①%&<>2015年Ab\u00a0", min_size=1, max_size=60)
    .map(lambda line: line.strip())
    .filter(bool),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def read(tmp_path):
    def read(source, name="页面.html"):
        path = tmp_path / name
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return read_document(path)

    return read


def page(content, head=""):
    return f"<html><head><meta charset='utf-8'>{head}</head><body>{content}</body></html>"


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030", "x-gbk"])
def test_pages_in_gbk_are_read(read, charset):
    source = f"<meta http-equiv=Content-Type content='text/html; charset={charset}'><p>镕基、〇①—正文。</p>"
    assert read(source.encode("gb18030")).text == "镕基、〇①—正文。\n"


@pytest.mark.parametrize(
    ("source", "encoding"),
    [
        ("<p>正文。</p>", "utf-8"),
        ("<p>正文。</p>", "utf-8-sig"),
        ("<p>正文。</p>", "utf-16"),
        ("<p>正文。</p>", "gb18030"),
        ("<meta charset=utf-8><p>正文。</p>", "gb18030"),
        ("<meta charset=gb2312><p>正文。</p>", "utf-8"),
        ("<meta charset=nonsense><p>正文。</p>", "utf-8"),
        ("<meta charset=big5><p>正文。</p>", "big5"),
    ],
)
def test_the_encoding_is_found_whatever_is_declared(read, source, encoding):
    assert read(source.encode(encoding)).text == "正文。\n"


def test_a_broken_byte_matters_only_in_the_text(read):
    head, tail = b"<meta charset=utf-8><script>", "</script><p>正文。</p>".encode()
    assert read(head + b"\xff\xfe\xfd" + tail).text == "正文。\n"
    with pytest.raises(DocumentError, match=r"页面\.html 的编码无法识别"):
        read("<meta charset=utf-8><p>正文".encode() + b"\xff\xff\xff</p>")


def test_lines_are_those_that_a_browser_shows(read):
    content = (
        "<h1>题</h1><p>　　第一\n   段，<b>粗</b>\n<i>斜</i> A\nB。<br/>换行&nbsp;后</p><ul><li>甲<li>乙</ul>"
        "<pre>一\n二</pre><div>丙<div>丁</div>戊</div><ruby>音<rt>yin</rt></ruby>"
    )
    assert read(page(content)).text == (
        "题\n第一段，粗斜 A B。\n换行\u00a0后\n甲\n乙\n一\n二\n丙\n丁\n戊\n音\n"
    )


def test_what_nobody_sees_is_left_out(read):
    content = (
        "<script>a</script><style>b</style><noscript>c</noscript><!-- d --><p hidden>e</p>"
        "<p style='DISPLAY : none'>f</p><p style='color:red;visibility:hidden'>g</p>"
        "<i aria-hidden=true>h</i><p>正文\u200b。</p>"
        "<select><option>i</option></select><textarea>j</textarea><button>k</button>"
    )
    assert read(page(content)).text == "正文。\n"


def test_what_stands_around_the_document_is_left_out(read):
    content = (
        "<header>站名</header><nav>首页</nav><div class='breadcrumb'>位置</div><div role=banner>横幅</div>"
        f"<form>搜索</form>{BODY}<aside>推荐</aside><div id=footer>主办单位</div><footer>备案</footer>"
    )
    assert read(page(content)).text == TEXT


def test_a_form_around_the_whole_page_is_no_furniture(read):
    assert read(page(f"<form><div class=header>站名</div>{BODY}</form>")).text == TEXT


@pytest.mark.parametrize(
    "container",
    [
        "<div id='UCAP-CONTENT'>",
        "<div class='TRS_Editor'>",
        "<td id='zoom'>",
        "<article>",
        "<div class='a article b'>",
    ],
)
def test_the_known_containers_hold_the_document(read, container):
    around = "<div>网站标识码 主办单位</div>" * 8
    assert read(page(f"{around}<table><tr>{container}{BODY}</table>{around}")).text == TEXT


def test_what_holds_nearly_all_words_is_the_document(read):
    links = "<a href=x>要闻动态要闻动态</a>" * 60
    assert read(page(f"<div>{links}</div><div><div>{BODY * 3}</div></div><div>备案号</div>")).text == TEXT * 3


def test_two_parts_of_a_document_are_both_kept(read):
    parts = f"<div class=TRS_Editor>{BODY}</div><div class=TRS_Editor><p>附件正文。</p></div>"
    assert read(page(f"<div>主办单位</div>{parts}")).text == f"{TEXT}附件正文。\n"
    assert read(page(f"<div>{BODY}</div><div>{BODY}</div>")).text == TEXT * 2


def test_tables_of_data_are_rows(read):
    content = (
        "<table><caption>表1</caption><tr><th>指标<th>值<th colspan=2>单位</tr>"
        "<tr><td rowspan=2>甲<td><p>1</p><p>件</p><td>市甲局<td></tr><tr><td>2<td>市乙局<td>丙</tr></table>"
    )
    assert read(page(content)).text == "表1\n指标\t值\t单位\n甲\t1 件\t市甲局\n\t2\t市乙局\t丙\n"


def test_tables_that_set_out_the_page_are_not(read):
    inner = "<table><tr><td>甲<td>乙</table>"
    assert read(page(f"<table><tr><td>左栏<td>{BODY}{inner}</table>")).text == f"左栏\n{TEXT}甲\t乙\n"
    assert read(page(f"<table><tr><td>{BODY}<tr><td>末段。</table>")).text == f"{TEXT}末段。\n"
    assert read(page(f"<table><tr><td>左栏<td>{BODY * 2}</table>")).text == f"左栏\n{TEXT * 2}"


def test_what_the_site_says_is_metadata(read):
    head = (
        "<title>某市规划_政策文件_某市人民政府</title><meta name=ArticleTitle content='某市规划'>"
        "<meta name=PubDate content='2022-8-4 10:00'><meta name=ContentSource content='市政府办公室'>"
    )
    found = read(page(BODY, head))
    assert found.metadata == {"title": "某市规划", "published": "2022-08-04", "source": "市政府办公室"}
    assert not found.stated


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("某市规划_政策文件_某市政府", "某市规划"),
        ("某市规划 | 某市政府", "某市规划"),
        ("某市规划 - 某市政府网", "某市规划"),
        ("某市规划-中国政府网", "某市规划"),
        ("某市规划（2021-2035年）", "某市规划（2021-2035年）"),
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(read, title, expected):
    assert read(page(BODY, f"<title>{title}</title>")).metadata == {"title": expected}


@pytest.mark.parametrize("source", ["", "<html></html>", "<script>document.write('正文')</script>"])
def test_a_page_without_text_is_named(read, source):
    with pytest.raises(DocumentError, match=r"页面\.html 里没有文字"):
        read(source)


def test_a_deep_page_does_not_break(read):
    assert "正文" in read(page("<div>" * 900 + "正文。")).text


@given(LINES)
def test_lines_of_plain_text_survive(tmp_path_factory, lines):
    path = tmp_path_factory.getbasetemp() / "plain.htm"
    content = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    path.write_text(page(content), encoding="utf-8")
    assert read_document(path).text == "".join(f"{line}\n" for line in lines)
