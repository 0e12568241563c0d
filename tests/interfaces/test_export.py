import csv
import dataclasses
import io
import re
import sys
from collections import Counter

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from ipqa.answers.compose import in_words
from ipqa.documents.places import cited_place
from ipqa.errors import ArgumentError, ExportError, UnknownDocumentError, UnknownUnitError
from ipqa.interfaces.export import (
    Column,
    Table,
    answers_docx,
    answers_markdown,
    indicator_table,
    task_table,
    to_csv,
    to_markdown,
    to_xlsx,
    write_answers,
    write_table,
)
from ipqa.interfaces.export.digest import marked
from ipqa.interfaces.export.text import printable
from ipqa.models import Answer, Clause, Document, Indicator, Span
from tests.conftest import PLAN

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "#N/A"]


def column(table, name):
    index = [c.name for c in table.columns].index(name)
    return [row[index] for row in table.rows]


def sheets(content):
    return load_workbook(io.BytesIO(content)).worksheets


def values(content):
    return [list(row) for row in sheets(content)[0].iter_rows(values_only=True)]


def csv_rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def one_cell(value):
    return Table("表", (Column("栏", 10),), ((value,),), ())


@pytest.fixture(scope="module")
def read(policy):
    def read(*questions, k=3):
        answers = [policy.ask(question, k=k) for question in questions]
        return answers, docx.Document(io.BytesIO(answers_docx(policy, answers)))

    return read


def styled(document, style):
    return [p.text for p in document.paragraphs if p.style.name == style]


# Tables


@pytest.mark.parametrize(
    ("unit", "tasks", "indicators"),
    [("市法院", 9, 2), ("中院", 9, 2), ("市市场监管局", 53, 9), ("市监局", 53, 9)],
)
def test_a_units_list_holds_all_its_tasks_projects_and_indicators(hash_policy, unit, tasks, indicators):
    table = task_table(hash_policy, unit)
    kinds = Counter(column(table, "类别"))
    assert kinds["任务"] + kinds["专栏项目"] == tasks
    assert kinds["指标"] == indicators
    assert column(table, "类别")[-indicators:] == ["指标"] * indicators
    assert column(table, "序号") == list(range(1, tasks + indicators + 1))
    assert table.title.startswith(hash_policy.unit(unit))


def test_the_rows_are_those_of_the_library(hash_policy):
    expected = [c.id for c in hash_policy.tasks("市法院")]
    expected += [i.clause_id for i in hash_policy.indicators("市法院")]
    assert column(task_table(hash_policy, "市法院"), "条款编号") == expected


def test_every_row_quotes_its_clause_and_names_its_place(hash_policy):
    table = task_table(hash_policy)
    document = hash_policy.document(PLAN)
    for text, place, title, clause_id in (row[-4:] for row in table.rows):
        clause = hash_policy.clause(clause_id)
        assert text == clause.text == document.text[clause.start : clause.end]
        assert place == cited_place(document, clause)
        assert title == document.title


def test_the_whole_list_holds_every_task_project_and_indicator(hash_policy):
    table = task_table(hash_policy)
    expected = [c for c in hash_policy.clauses if c.kind in ("task", "project", "indicator")]
    assert Counter(column(table, "条款编号")) == Counter(c.id for c in expected)
    assert Counter(column(table, "类别")) == {"任务": 40, "专栏项目": 18, "指标": 12}
    assert "本单位角色" not in [c.name for c in table.columns]
    assert any("任务 40 项、专栏项目 18 项、指标 12 项,共 70 行" in note for note in table.notes)


def test_role_limits_the_unit_and_so_the_indicators(hash_policy):
    table = task_table(hash_policy, "市市场监管局", "lead")
    kinds = Counter(column(table, "类别"))
    assert kinds["任务"] + kinds["专栏项目"] == 21
    assert kinds["指标"] == 3
    assert set(column(table, "本单位角色")) == {"牵头"}
    assert all("市市场监管局" in units for units in column(table, "牵头单位"))


def test_role_without_a_unit_is_anybodys(hash_policy):
    table = task_table(hash_policy, role="lead")
    assert len(table.rows) == sum(bool(c.lead) for c in hash_policy.clauses)
    assert any("写明牵头单位的" in note for note in table.notes)


def test_section_keeps_what_stands_under_the_heading(hash_policy):
    table = task_table(hash_policy, "市法院", section="知识产权保护")
    ids = column(table, "条款编号")
    assert ids
    assert all(any("知识产权保护" in h for h in hash_policy.clause(i).section_path) for i in ids)
    everything = column(task_table(hash_policy, "市法院"), "条款编号")
    left_out = set(everything) - set(ids)
    assert left_out
    assert not any("知识产权保护" in h for i in left_out for h in hash_policy.clause(i).section_path)


def test_a_units_role_is_its_own_under_any_of_its_names(hash_policy):
    table = task_table(hash_policy, "人行廊坊中心支行")
    assert set(column(table, "本单位角色")) == {"负责"}
    assert any("人行廊坊中心分行" in units for units in column(table, "负责单位"))


def test_units_stand_with_their_qualifiers(hash_policy):
    units = column(task_table(hash_policy), "负责单位")
    assert any("市工业和信息化局(军民融合部分)" in labels for labels in units)


@pytest.mark.parametrize("build", [task_table, indicator_table])
def test_what_does_not_exist_is_refused(hash_policy, build):
    with pytest.raises(UnknownUnitError, match="没有的局"):
        build(hash_policy, "没有的局")
    with pytest.raises(UnknownUnitError):
        build(hash_policy, " ")
    with pytest.raises(UnknownDocumentError):
        build(hash_policy, doc="别的文件")


def test_a_section_or_role_that_does_not_exist_is_refused(hash_policy):
    with pytest.raises(ArgumentError, match="没有章节"):
        task_table(hash_policy, section="没有的章节")
    with pytest.raises(ArgumentError, match="role"):
        task_table(hash_policy, role="boss")


def test_indicators_are_numbers_where_the_plan_gives_numbers(hash_policy):
    table = indicator_table(hash_policy)
    rows = dict(zip(column(table, "指标"), table.rows, strict=True))
    marks = rows["有效注册商标量"]
    assert marks[2:8] == ("万件", 2020, 6.69, 2025, 10.7, "增加 4.01万件,是基期的 1.6 倍")
    growth = rows["版权产业增加值占GDP比重"]
    assert growth[2:9] == ("未列", 2020, "未列", 2025, "稳步增长", "", "未列")
    assert [type(v) for v in rows["每万人口发明专利拥有量"][4:7:2]] == [float, int]
    assert len(table.rows) == len(hash_policy.indicators()) == 12
    for text, clause_id in zip(column(table, "原文"), column(table, "条款编号"), strict=True):
        assert text == hash_policy.clause(clause_id).text


def test_a_units_indicators(hash_policy):
    table = indicator_table(hash_policy, "中院", doc=PLAN)
    assert column(table, "指标") == [i.name for i in hash_policy.indicators("市法院")]
    assert table.title == "市法院指标清单"


class Small:
    """A corpus of hand-made clauses, with as much of a search as the tables need."""

    def __init__(self, clauses, indicators=(), warnings=()):
        self.clauses, self._indicators, self.warnings = clauses, indicators, warnings
        text = "".join(c.text for c in clauses)
        self.documents = (Document("甲", "甲文件", text),)

    def document(self, _):
        return self.documents[0]

    def clause(self, clause_id):
        return next(c for c in self.clauses if c.id == clause_id)

    def indicators(self, unit=None, *, doc=None):
        return self._indicators


def make_clause(clause_id, kind, text, **fields):
    spans = (Span(0, len(text)),)
    return Clause(clause_id, "甲", kind, 0, len(text), text, fields.pop("path", ()), spans, **fields)


def test_a_long_clause_in_parts_counts_once():
    parts = [make_clause("1", "task", "一、做事。"), make_clause("2", "task", "再做事。", continues="1")]
    assert column(task_table(Small(parts)), "条款编号") == ["1"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("6.69", 6.69),
        ("9", 9),
        ("-3", -3),
        ("0", 0),
        ("10.70", "10.70"),
        ("007", "007"),
        ("70%", "70%"),
        ("1,295", "1,295"),
        ("九成", "九成"),
        ("1e5", "1e5"),
        ("1234567890123456", "1234567890123456"),
        (None, "未列"),
    ],
)
def test_a_value_is_a_number_only_where_it_shows_as_written(written, shown):
    row = Indicator("甲", "", None, written, None, None, (), "1")
    table = indicator_table(Small([make_clause("1", "indicator", "甲")], [row]))
    value = column(table, "基期值")[0]
    assert (value, type(value)) == (shown, type(shown))
    assert column(table, "目标年") == ["未列"]


def test_a_row_that_could_not_be_read_is_told_and_stays_on_the_work_list():
    row = make_clause("1", "indicator", "甲(件)123")
    small = Small([row], warnings=("甲 第 1 行的指标无法确定:甲", "乙 第 1 行的指标无法确定:乙"))
    assert small.warnings[0] in indicator_table(small).notes
    assert small.warnings[1] not in indicator_table(small).notes
    assert column(task_table(small), "名称") == ["甲(件)123"]


# Excel


def test_a_workbook_holds_the_table_and_its_notes(hash_policy):
    table = task_table(hash_policy, "市法院")
    sheet, notes = sheets(to_xlsx(table))
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == [c.name for c in table.columns]
    assert len(rows) == len(table.rows) + 1 == 12
    assert [[cell or "" for cell in row] for row in rows[1:]] == [list(row) for row in table.rows]
    assert [c.value for c in notes["A"]] == [table.title, *table.notes]


def test_a_workbook_is_laid_out_to_be_filtered_and_printed(hash_policy):
    sheet = sheets(to_xlsx(task_table(hash_policy, "市法院")))[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions == "A1:L12"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    head, body = sheet["A1"], sheet["I2"]
    assert head.font.bold and head.fill.fill_type == "solid"
    assert {cell.font.name for row in sheet for cell in row} == {"宋体"}
    assert body.alignment.wrap_text and body.alignment.vertical == "top"
    assert sheet.column_dimensions["I"].width > sheet.column_dimensions["A"].width


def test_numbers_are_numbers_in_the_workbook(hash_policy):
    rows = values(to_xlsx(indicator_table(hash_policy)))
    row = next(row for row in rows if row[1] == "有效注册商标量")
    assert row[3:7] == [2020, 6.69, 2025, 10.7]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_stays_text_in_a_workbook(text):
    cell = sheets(to_xlsx(one_cell(text)))[0]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix is (text != "#N/A")


def test_formulas_in_titles_and_notes_stay_text_too():
    table = Table("=1+1", (Column("=A1", 5),), (), ("=2+2", "甲&乙"))
    sheet, notes = sheets(to_xlsx(table))
    assert [cell.data_type for cell in (sheet["A1"], *notes["A"])] == ["s"] * 4
    assert sheet.auto_filter.ref == "A1:A1"


@given(st.text())
def test_any_text_comes_back_from_a_workbook(text):
    value = sheets(to_xlsx(one_cell(text)))[0]["A2"].value
    assert (value or "") == printable(text)


# CSV and Markdown


def test_csv_opens_in_excel(hash_policy):
    table = indicator_table(hash_policy)
    content = to_csv(table)
    assert content.startswith("\ufeff序号,指标".encode())
    assert content.count(b"\r\n") == len(table.rows) + 1
    rows = csv_rows(content)
    assert rows[0] == [c.name for c in table.columns]
    assert rows[1:] == [[str(cell) for cell in row] for row in table.rows]


@pytest.mark.parametrize("text", FORMULAS[:-1])
def test_a_formula_gets_a_quote_in_csv(text):
    assert csv_rows(to_csv(one_cell(text)))[1] == [f"'{text}"]


def test_a_negative_number_is_no_formula():
    assert csv_rows(to_csv(one_cell(-1.5)))[1] == ["-1.5"]


@given(st.text())
def test_any_text_comes_back_from_csv(text):
    kept = printable(text)
    quoted = f"'{kept}" if kept.startswith(("=", "+", "-", "@", "\t", "\r")) else kept
    assert csv_rows(to_csv(one_cell(text)))[1] == [quoted]


def test_what_no_file_can_carry_is_left_out():
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    kept = printable(every)
    assert not ILLEGAL_CHARACTERS_RE.search(kept)
    assert set(every) - set(kept) == {
        c for c in every if ILLEGAL_CHARACTERS_RE.match(c) or "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff"
    }
    assert values(to_xlsx(one_cell("甲\x00\ud800\ufffe乙\x0b")))[1] == ["甲乙"]
    assert csv_rows(to_csv(one_cell("甲\x00\ud800乙")))[1] == ["甲乙"]


def test_a_markdown_table_has_a_line_for_each_row():
    table = Table(
        "标题", (Column("甲|乙", 5), Column("丙", 5)), (("a|b\\", "一\n二"), (None, 1.5)), ("1. 注",)
    )
    assert to_markdown(table).split("\n") == [
        "# 标题",
        "",
        "| 甲\\|乙 | 丙 |",
        "| --- | --- |",
        "| a\\|b\\\\ | 一<br>二 |",
        "|  | 1.5 |",
        "",
        "- 1\\. 注",
        "",
    ]


def test_markdown_shows_markup_as_it_is():
    table = one_cell("<script>*_`$~&[甲](乙)[1]")
    assert r"\<script\>\*\_\`\$\~\&[甲\](乙)[1]" in to_markdown(table)


def test_markdown_of_the_work_list_is_verbatim(hash_policy):
    table = task_table(hash_policy)
    text = to_markdown(table)
    assert sum(line.startswith("| ") for line in text.split("\n")) == len(table.rows) + 2
    assert all(quote in text for quote in column(table, "原文"))


# Answers


def test_a_word_document_quotes_every_clause_verbatim(read, policy):
    answers, document = read("商业秘密保护工程由谁负责", "有效注册商标量目标是多少", "专利质押融资有什么措施")
    cited = [hit.clause for answer in answers for hit in answer.hits]
    assert len(cited) == 9
    assert styled(document, "问答引文") == [clause.text for clause in cited]
    places = [cited_place(policy.document(c.doc_id), c) for c in cited]
    assert all(place in line for line, place in zip(styled(document, "问答出处"), places, strict=True))
    numbers = [re.match(r"\[(\d+)\]", line)[1] for line in styled(document, "问答出处")]
    assert numbers == ["1", "2", "3"] * 3
    assert styled(document, "问答单位") == [in_words(c.responsibility) for c in cited if c.responsibility]


def test_the_sentences_that_answer_are_marked(read):
    (answer,), document = read("专利质押融资有什么措施")
    quotes = [p for p in document.paragraphs if p.style.name == "问答引文"]
    for hit, quote in zip(answer.hits, quotes, strict=True):
        start = hit.clause.start
        expected = [hit.clause.text[s.start - start : s.end - start] for s in hit.highlights]
        assert expected
        assert [run.text for run in quote.runs if run.style.name == "问答标出"] == expected
    assert document.styles["问答标出"].font.bold


def test_composed_text_stands_before_the_passages(read):
    (answer,), document = read("商业秘密保护工程由谁负责")
    assert styled(document, "问答正文") == answer.text.split("\n")
    assert answer.text.endswith("[1]。")


def test_passages_alone_are_not_told_twice(read):
    _, document = read("专利质押融资有什么措施")
    assert styled(document, "问答正文") == []


def test_what_is_missing_is_said(read):
    (answer,), document = read("三河市2023年有多少件专利")
    assert (answer.status, len(answer.missing)) == ("related", 2)
    assert styled(document, "问答正文") == [f"{';'.join(answer.missing)}。下面是相关的原文。"]
    assert len(styled(document, "问答引文")) == 3


def test_what_is_not_found_is_said_and_nothing_listed(read, policy):
    (answer,), document = read("红烧肉怎么炖")
    assert styled(document, "问答正文") == [answer.text]
    assert styled(document, "问答引文") == styled(document, "Heading 2") == []
    assert any(policy.document(PLAN).title in line for line in styled(document, "问答说明"))


def test_small_talk_is_left_out_and_questions_are_numbered(read, policy):
    answers, document = read("你好", "商业秘密保护工程由谁负责", "谢谢", "红烧肉怎么炖")
    headings = ["1. 商业秘密保护工程由谁负责", "2. 红烧肉怎么炖"]
    assert styled(document, "Heading 1") == headings
    text = answers_markdown(policy, answers)
    assert [line for line in text.split("\n") if line.startswith("## ")] == [f"## {h}" for h in headings]


def test_how_a_follow_up_was_understood_is_said(policy):
    answer = policy.ask("由谁负责?", ["地理标志保护工程有哪些内容"])
    document = docx.Document(io.BytesIO(answers_docx(policy, [answer])))
    told = f"按「{answer.resolved_question}」理解。"
    assert styled(document, "问答正文")[0] == told
    assert told in answers_markdown(policy, [answer])


@pytest.mark.parametrize("question", ["科协有哪些任务", "主要指标有哪些", "共有几个专栏"])
def test_long_lists_show_what_is_quoted_and_not_the_whole_clause(read, question):
    (answer,), document = read(question)
    assert answer.kind in ("tasks", "list")
    assert styled(document, "问答引文") == [c.quote for c in answer.citations]
    assert len(styled(document, "问答出处")) == len(answer.citations)
    assert styled(document, "问答单位") == []


def test_a_long_lists_item_has_its_title_where_the_quote_does_not_tell_it(policy):
    clause = next(c for c in policy.clauses if len(c.sentences) > 3 and c.kind == "task")
    answer = next(a for a in [policy.ask("科协有哪些任务")] if a.kind == "tasks")
    span = clause.sentences[2]
    quote = clause.text[span.start - clause.start : span.end - clause.start]
    citation = dataclasses.replace(
        answer.citations[0], clause_id=clause.id, start=span.start, end=span.end, quote=quote
    )
    hit = dataclasses.replace(answer.hits[0], clause=clause, highlights=(span,))
    text = answers_markdown(
        policy, [dataclasses.replace(answer, citations=(citation,), hits=(hit,), kind="list")]
    )
    assert f"{clause.section_path[-1]}\n\n> {quote}\n" in text


def test_the_document_has_the_layout_of_official_documents(read):
    _, document = read("专利质押融资有什么措施")
    section = document.sections[0]
    millimetres = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert [round(length.cm, 1) for length in millimetres] == [21.0, 29.7, 3.7, 3.5]
    assert [round(length.cm, 1) for length in (section.left_margin, section.right_margin)] == [2.8, 2.6]
    fonts = {"Title": "宋体", "Heading 1": "黑体", "Heading 2": "黑体", "问答正文": "仿宋"}
    fonts |= {"问答引文": "仿宋", "问答出处": "楷体"}
    for name, font in fonts.items():
        element = document.styles[name].element.rPr.rFonts
        assert element.get(qn("w:eastAsia")) == font
        assert element.get(qn("w:ascii")) == "Times New Roman"
        assert not [key for key in element.attrib if key.endswith("Theme")]
        assert document.styles[name].element.find(qn("w:link")) is None
    body = document.styles["问答正文"]
    assert (body.font.size.pt, body.paragraph_format.line_spacing.pt) == (16, 28)
    assert body.element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert document.paragraphs[0].text == "政策规划问答摘录"
    assert document.paragraphs[0].style.name == "Title"
    assert "引文均逐字引自原文,出处见各条。" in styled(document, "问答说明")
    assert re.search(r"导出日期:\d{4}-\d\d-\d\d", "\n".join(styled(document, "问答说明")))
    assert document.core_properties.author == ""


def test_the_footer_has_the_page_number(read):
    _, document = read("专利质押融资有什么措施")
    footer = document.sections[0].footer.paragraphs[0]
    assert [f.get(qn("w:instr")) for f in footer._p.iter(qn("w:fldSimple"))] == ["PAGE"]
    assert "".join(t.text for t in footer._p.iter(qn("w:t"))) == "— 1 —"


def test_a_clauses_line_feeds_become_breaks(policy):
    clause = next(c for c in policy.clauses if "\n" in c.text)
    answer = policy.ask(clause.text.split("\n")[0])
    hit = dataclasses.replace(answer.hits[0], clause=clause, highlights=clause.sentences[:1])
    answer = dataclasses.replace(answer, hits=(hit,), citations=answer.citations[:1])
    document = docx.Document(io.BytesIO(answers_docx(policy, [answer])))
    assert styled(document, "问答引文") == [clause.text]
    lines = re.sub("</?strong>", "", answers_markdown(policy, [answer])).split("\n")
    quoted = [line.removeprefix("> ").removesuffix("<br>") for line in lines if line.startswith("> ")]
    assert "\n".join(quoted) == clause.text


def test_markdown_marks_the_sentences_and_is_otherwise_verbatim(policy):
    answers = [policy.ask(question, k=3) for question in ("专利质押融资有什么措施", "红烧肉怎么炖")]
    text = answers_markdown(policy, answers)
    plain = re.sub("</?strong>", "", text)
    for hit in answers[0].hits:
        assert f"\n> {hit.clause.text}\n" in plain
        for span in hit.highlights:
            sentence = hit.clause.text[span.start - hit.clause.start : span.end - hit.clause.start]
            assert f"<strong>{sentence}</strong>" in text
    assert text.count("### 原文") == 1
    assert "规划没有说到这件事。" in text


def test_control_characters_do_not_spoil_a_document(policy):
    answer = Answer("甲\x00乙\ud800\n# 丙", "甲乙", "not_found", "passages", "没有\x0b。")
    document = docx.Document(io.BytesIO(answers_docx(policy, [answer])))
    assert styled(document, "Heading 1") == ["1. 甲乙 # 丙"]
    assert styled(document, "问答正文") == ["按「甲乙」理解。", "没有。"]
    answers_markdown(policy, [answer]).encode()


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5))
def test_the_pieces_of_a_clause_are_its_text(bounds):
    text = "甲乙丙丁戊己庚辛壬癸" * 2
    clause = Clause("1", "甲", "task", 5, 25, text, (), (Span(5, 25),))
    pieces = list(marked(clause, [Span(*sorted(pair)) for pair in bounds]))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    held = {i for start, end in map(sorted, bounds) for i in range(start, end)}
    flags = [answers for piece, answers in pieces for _ in piece]
    assert flags == [i in held for i in range(5, 25)]


# Files


def test_the_ending_tells_the_kind(hash_policy, tmp_path):
    table = indicator_table(hash_policy)
    for name, content in (
        ("甲.XLSX", None),
        ("甲.csv", to_csv(table)),
        ("甲.md", to_markdown(table).encode()),
    ):
        write_table(tmp_path / name, table)
        written = (tmp_path / name).read_bytes()
        assert written == content if content else values(written)[0][0] == "序号"
    answers = [hash_policy.ask("商标")]
    write_answers(tmp_path / "答.docx", hash_policy, answers)
    write_answers(tmp_path / "答.md", hash_policy, answers)
    assert docx.Document(tmp_path / "答.docx").paragraphs
    assert (tmp_path / "答.md").read_text(encoding="utf-8") == answers_markdown(hash_policy, answers)
    assert len(list(tmp_path.iterdir())) == 5


def test_other_endings_are_refused(hash_policy, tmp_path):
    with pytest.raises(ArgumentError, match=r"\.xlsx、\.csv、\.md"):
        write_table(tmp_path / "甲.xls", one_cell("甲"))
    with pytest.raises(ArgumentError, match=r"\.docx、\.md"):
        write_answers(tmp_path / "甲", hash_policy, [])
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_kept_unless_it_is_to_be_overwritten(tmp_path):
    path = tmp_path / "甲.csv"
    path.write_text("旧的")
    with pytest.raises(ExportError, match="已经存在"):
        write_table(path, one_cell("新的"))
    assert path.read_text() == "旧的"
    write_table(path, one_cell("新的"), overwrite=True)
    assert "新的" in path.read_text(encoding="utf-8-sig")


def test_where_nothing_can_be_written_the_file_is_named(tmp_path):
    (tmp_path / "文件").write_text("")
    (tmp_path / "夹.csv").mkdir()
    for path in (
        tmp_path / "没有" / "甲.csv",
        tmp_path / "文件" / "甲.csv",
        tmp_path / ("长" * 200 + ".csv"),
    ):
        with pytest.raises(ExportError, match="无法写入.*csv"):
            write_table(path, one_cell("甲"))
    with pytest.raises(ExportError, match="夹.csv"):
        write_table(tmp_path / "夹.csv", one_cell("甲"), overwrite=True)
    assert {p.name for p in tmp_path.iterdir()} == {"文件", "夹.csv"}


def test_nothing_is_left_half_written(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "磁盘已满")

    path = tmp_path / "甲.csv"
    path.write_text("旧的")
    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(ExportError, match="磁盘已满"):
        write_table(path, one_cell("新的"), overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["甲.csv"]
    assert path.read_text() == "旧的"
