from ipqa.documents.readers.pdf_paragraphs import Line, Page, paragraphs, without_heads

SIZE = 10.0
RIGHT = 400.0


def page(*lines, height=800.0):
    """A page of lines, each given as text, indent in characters and whether it reaches the right margin."""
    return Page(
        height,
        tuple(
            Line(text, 50 + indent * SIZE, RIGHT if filled else 200, 100 + 15 * i, 110 + 15 * i, SIZE)
            for i, (text, indent, filled) in enumerate(lines)
        ),
    )


def joined(*pages):
    return [text for text in paragraphs(pages) if text]


INDENTED = [("甲段", 2, True), ("续。", 0, False)] * 4


def test_a_line_that_ends_a_sentence_at_the_margin_goes_on_where_paragraphs_are_indented():
    assert joined(page(*INDENTED, ("乙段。", 2, True), ("同段。", 0, False)))[-1] == "乙段。同段。"


def test_without_indents_the_end_of_a_sentence_ends_the_paragraph():
    lines = [("甲段", 0, True), ("续。", 0, True), ("乙段", 0, True), ("续。", 0, False)]
    assert joined(page(*lines)) == ["甲段续。", "乙段续。"]


def test_a_heading_is_not_joined():
    lines = [("甲段的一行", 0, True), ("二、任务", 0, False), ("正文", 0, True), ("（一）要求", 0, False)]
    assert joined(page(*lines)) == ["甲段的一行", "二、任务", "正文", "（一）要求"]


def test_a_short_line_is_not_joined():
    assert joined(page(("标题", 5, False), ("正文一行", 0, True), ("完。", 0, False))) == [
        "标题",
        "正文一行完。",
    ]


def test_consecutive_indented_lines_are_paragraphs():
    assert joined(page(*INDENTED, ("指标一", 2, True), ("指标二", 2, True)))[-2:] == ["指标一", "指标二"]


def test_a_paragraph_that_stands_off_the_margin_is_joined():
    lines = [("左边", 0, True), ("完。", 0, False), ("引文", 5, True), ("续文。", 5, False)]
    assert joined(page(*lines)) == ["左边完。", "引文续文。"]


def test_words_in_latin_script_are_joined_with_a_blank():
    lines = [("World Intellectual", 0, True), ("Property", 0, True), ("组织", 0, False)]
    assert joined(page(*lines)) == ["World Intellectual Property组织"]


def test_an_address_that_found_no_room_is_joined():
    first = Line("来源：", 50, 300, 100, 110, SIZE)
    second = Line("http://www.gov.cn/zhengce", 50, RIGHT, 115, 125, SIZE)
    assert joined(Page(800, (first, second))) == ["来源：", "http://www.gov.cn/zhengce"]  # a colon ends it
    assert joined(Page(800, (Line("来源", 50, 300, 100, 110, SIZE), second))) == [
        "来源http://www.gov.cn/zhengce"
    ]


def test_type_of_another_size_and_a_wide_gap_part_paragraphs():
    large = Line("大字标题占满一行", 50, RIGHT, 60, 80, 20.0)
    small = Line("小字", 50, 200, 100, 110, SIZE)
    assert joined(Page(800, (large, small))) == ["大字标题占满一行", "小字"]
    far = [Line("一行", 50, RIGHT, top, top + 10, SIZE) for top in (100, 115, 130, 180)]
    assert joined(Page(800, tuple(far))) == ["一行一行一行", "一行"]


def test_rows_are_never_joined():
    rows = tuple(
        Line(f"{n}\t值", 50, RIGHT, 100 + i, 101 + i, SIZE, is_row=True) for i, n in enumerate("甲乙")
    )
    assert joined(Page(800, rows)) == ["甲\t值", "乙\t值"]


TEXTS = "春夏秋冬东西南北中"


def numbered(text, number, top=760.0):
    body = Line(f"{text}。", 50, 200, 300, 310, SIZE)
    return Page(800, (body, Line(number, 200, 250, top, top + 10, SIZE)))


def test_page_numbers_in_many_forms():
    forms = ["— 1 —", "-2-", "第 3 页", "4/12", "第5页 共12页", "６", "iv", "· 8 ·", "第9页（共12页）"]
    kept = without_heads([numbered(text, form) for text, form in zip(TEXTS, forms, strict=False)])
    assert [len(page.lines) for page in kept] == [1] * len(forms)


def test_other_last_lines_stay():
    forms = ["二〇二二年", "1个", "共12页附件", "第3条", "(1)"]
    kept = without_heads([numbered(text, form) for text, form in zip(TEXTS, forms, strict=False)])
    assert [len(page.lines) for page in kept] == [2] * len(forms)
    (page,) = without_heads([numbered("段", "2022", top=500)])
    assert len(page.lines) == 2


def test_running_heads_that_count_the_pages_go():
    pages = [numbered(text, f"某市规划（2021年） 第{i + 3}页/共20页") for i, text in enumerate(TEXTS)]
    assert all(len(page.lines) == 1 for page in without_heads(pages))


def test_annexes_and_other_numbers_stay():
    for heads in (["附件1", "附件2", "附件3"], ["共4项", "共2项", "共9项"]):
        pages = [numbered(text, head) for text, head in zip(TEXTS, heads, strict=False)]
        assert all(len(page.lines) == 2 for page in without_heads(pages))


def test_what_few_pages_share_stays():
    pages = [
        numbered("段甲", "附件目录"),
        numbered("段乙", "附件目录"),
        *(numbered(f"段{n}", f"末{n}") for n in "丙丁戊己"),
    ]
    assert all(len(page.lines) == 2 for page in without_heads(pages))
