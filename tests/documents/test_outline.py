import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.documents.clauses import MAX_CLAUSE_LENGTH, build_clauses
from ipqa.documents.outline import parse_outline
from ipqa.models import Document


def clauses_of(text, title=""):
    document = Document("d", title, text)
    return build_clauses(document, parse_outline(text, title))


def paths(text):
    return [clause.section_path for clause in clauses_of(text)]


def test_headings_open_sections_and_stay_with_their_body():
    text = (
        "一、总体要求\n(一)指导思想。坚持创新。\n(二)基本原则\n坚持市场主导。\n二、任务\n1.做好服务。好好做。"
    )
    assert paths(text) == [
        ("一、总体要求", "(一)指导思想"),
        ("一、总体要求", "(二)基本原则"),
        ("二、任务", "1.做好服务"),
    ]


def test_full_width_brackets_and_articles_that_hold_their_items():
    text = (
        "第一章　总则\n第一条　为了保护。\n（一）对象；\n（二）范围。\n每年一次。\n"
        "第二条　依照第一条办理。另行公布。"
    )
    assert paths(text) == [("第一章　总则", "第一条"), ("第一章　总则", "第二条")]
    assert clauses_of(text)[0].text == "第一条　为了保护。\n（一）对象；\n（二）范围。\n每年一次。"


def test_a_cross_reference_at_a_line_start_is_no_heading():
    text = "一、职责\n(一)登记。负责登记。\n(三)的要求另行通知。\n(二)审查。负责审查。"
    assert [p[-1] for p in paths(text)] == ["(一)登记", "(一)登记", "(二)审查"]


def test_items_without_a_body_are_clauses_not_headings():
    text = "一、材料\n1.营业执照\n2.身份证\n二、时限\n五日内办结。"
    clauses = clauses_of(text)
    assert [c.text for c in clauses] == ["1.营业执照", "2.身份证", "五日内办结。"]
    assert clauses[0].section_path == ("一、材料",)


def test_a_box_holds_several_projects_in_one_line():
    text = (
        "一、任务\n(一)做事。做。\n专栏1 工程\n"
        "甲工程。做甲。(市甲局负责)\u00a0 \u00a0 乙工程。做乙。(市乙局牵头,市甲局配合)\n二、保障\n加强领导。"
    )
    projects = [c for c in clauses_of(text) if c.kind == "project"]
    assert [c.section_path for c in projects] == [
        ("一、任务", "专栏1 工程", "甲工程"),
        ("一、任务", "专栏1 工程", "乙工程"),
    ]
    assert [r.label for r in projects[1].lead] == ["市乙局"]
    assert clauses_of(text)[-1].section_path == ("二、保障",)


def test_a_box_in_the_middle_of_a_chapter_closes_where_the_section_goes_on():
    text = (
        "一、任务\n(一)加强保护\n1.做甲。甲。(市甲局)\n"
        "专栏1 工程\n1.子工程。做子。(市子局)\n2.丑工程。做丑。(市丑局)\n"
        "(二)促进运用\n促进转化。(市乙局)\n1.做丙。丙。(市丙局)\n二、保障\n加强领导。"
    )
    assert [(c.kind, c.section_path) for c in clauses_of(text)] == [
        ("task", ("一、任务", "(一)加强保护", "1.做甲")),
        ("project", ("一、任务", "专栏1 工程", "1.子工程")),
        ("project", ("一、任务", "专栏1 工程", "2.丑工程")),
        ("task", ("一、任务", "(二)促进运用")),
        ("task", ("一、任务", "(二)促进运用", "1.做丙")),
        ("paragraph", ("二、保障",)),
    ]


def test_a_note_on_a_line_of_its_own_belongs_to_the_clause_above():
    clauses = clauses_of(
        "一、任务\n1.做甲。甲。\n(责任单位:市甲局)\n2.做乙。乙。\n牵头单位:市乙局\n配合单位:市丙局"
    )
    assert [[r.label for r in c.responsibility] for c in clauses] == [["市甲局"], ["市乙局", "市丙局"]]
    assert clauses[0].text == "1.做甲。甲。\n(责任单位:市甲局)"


def test_articles_without_a_space_with_a_gap_and_put_in_later():
    text = (
        "第一章总则\n第一条为了保护,制定本法。\n第二条依照第一条办理。\n"
        "第四条 机关履行下列职责：\n（一）登记；\n第四条之一 公开。"
    )
    assert [p[-1] for p in paths(text)] == ["第一条", "第二条", "第四条", "第四条之一"]


def test_the_paragraph_that_sums_up_a_chapter_belongs_to_the_chapter():
    text = "一、基础\n(一)成绩一。好。\n(二)成绩二。也好。\n取得成绩,但仍存在一些问题。\n二、要求\n做。"
    assert paths(text)[2] == ("一、基础",)


def test_page_furniture_is_set_apart():
    text = "您现在的位置:首页>政务公开>政策文件\n政策文件\n规划\n正文第一段。\n浏览量:123"
    outline = parse_outline(text, "规划")
    assert [text[s.start : s.end] for s in outline.furniture] == [
        "您现在的位置:首页>政务公开>政策文件",
        "政策文件",
        "浏览量:123",
    ]


def test_a_document_without_headings_works_by_paragraph():
    assert [c.text for c in clauses_of("第一段。\n\n  第二段。 \n")] == ["第一段。", "第二段。"]


@pytest.mark.parametrize("mark", ["。", ",", ""])
def test_long_paragraphs_are_split_within_the_limit(mark):
    text = f"1.做事。{('很长的话' * 20 + mark) * 30}(责任单位:市甲局)"
    clauses = clauses_of(text)
    assert len(clauses) > 1
    assert all(len(c.text) <= MAX_CLAUSE_LENGTH for c in clauses)
    assert "".join(c.text for c in clauses) == text
    assert [c.continues for c in clauses] == [None] + ["d#1"] * (len(clauses) - 1)
    assert all([r.unit for r in c.responsibility] == ["市甲局"] for c in clauses)


def test_numbers_that_run_through_the_sections():
    text = "一、甲\n(一)做子。做。\n(二)做丑。做。\n二、乙\n(三)做寅。做。\n(五)的要求另行通知。"
    assert paths(text) == [
        ("一、甲", "(一)做子"),
        ("一、甲", "(二)做丑"),
        ("二、乙", "(三)做寅"),
        ("二、乙", "(三)做寅"),
    ]


def test_decimals_without_a_space():
    text = (
        "1总则\n1.1目的\n为了应急。\n1.2范围\n适用本市。\n2.5亿元的资金另行安排。\n"
        "2职责\n2.1指挥部\n2.1.1成员\n甲局。\n2.1.2办公室。负责日常。\n3附则\n3月起施行。"
    )
    assert paths(text) == [
        ("1总则", "1.1目的"),
        ("1总则", "1.2范围"),
        ("1总则", "1.2范围"),
        ("2职责", "2.1指挥部", "2.1.1成员"),
        ("2职责", "2.1指挥部", "2.1.2办公室"),
        ("3附则",),
    ]


def test_numbers_are_no_headings_where_nothing_counts_in_decimals():
    assert paths("一、甲\n2总则\n5个县。") == [("一、甲",), ("一、甲",)]


def test_a_law_with_every_division():
    text = (
        "第一编 总则\n第一分编 通则\n第一章 一般规定\n第一节 甲\n第一条 为了保护。\n第二分编 物权\n"
        "第二章 乙\n第二条 依照第一条办理。\n附 则\n第三条 施行。"
    )
    assert paths(text) == [
        ("第一编 总则", "第一分编 通则", "第一章 一般规定", "第一节 甲", "第一条"),
        ("第一编 总则", "第二分编 物权", "第二章 乙", "第二条"),
        ("第一编 总则", "第二分编 物权", "附 则", "第三条"),
    ]


def test_articles_of_an_interpretation_stand_below_its_parts():
    text = "一、关于甲\n第一条 甲。\n第二条 乙：\n（一）子；\n（二）丑。\n二、关于乙\n第三条 丙。"
    assert paths(text) == [
        ("一、关于甲", "第一条"),
        ("一、关于甲", "第二条"),
        ("二、关于乙", "第三条"),
    ]


def test_an_article_with_a_title_is_one_clause_with_it():
    clauses = clauses_of("第一条 立法目的\n为了保护。\n第二条 施行\n自公布之日起施行。")
    assert [c.section_path for c in clauses] == [("第一条 立法目的",), ("第二条 施行",)]
    assert clauses[0].text == "第一条 立法目的\n为了保护。"


@pytest.mark.parametrize(
    "line",
    [
        "第一条措施是减税。",
        "第三条规定的情形除外。",
        "第二条、第三条所列材料。",
        "依照第十条办理。",
        "按照(二)的要求办理。",
        "(一)项所列情形除外。",
        "(一)、(二)项同。",
        "一是做甲;二是做乙。",
        "二、三产业融合。",
        "3.5万元以下的罚款。",
        "2024年12月底前完成。",
    ],
)
def test_what_begins_like_a_number_but_heads_nothing(line):
    clauses = clauses_of(f"一、甲\n做甲。\n{line}")
    assert [(c.section_path, c.text) for c in clauses] == [(("一、甲",), "做甲。"), (("一、甲",), line)]


def test_sections_that_are_rules_have_their_bare_number_and_titles_among_them_stay():
    text = (
        "(一)转制单位应当登记。另行通知。\n(二)完善治理结构。党委参加。\n(三)企业要报告财务。按年报。\n"
        "(四)免征增值税。五年内有效。\n(五)经批准免缴收益,按规定办理;其他照旧。\n(六)须注销法人。依法办理。"
    )
    assert [p[-1] for p in paths(text)] == [
        "(一)",
        "(二)完善治理结构",
        "(三)",
        "(四)免征增值税",
        "(五)",
        "(六)",
    ]


def test_a_heading_that_ends_as_sentences_do():
    text = "一、总体要求\n(一)指导思想。\n坚持创新。\n(二)基本原则。\n一是坚持甲。二是坚持乙。"
    assert paths(text) == [("一、总体要求", "(一)指导思想"), ("一、总体要求", "(二)基本原则")]


def test_what_follows_a_list_within_a_sentence_goes_with_the_section_above():
    text = "一、会议\n一、全会的任务是:\n(一)讨论;\n(二)部署;\n(三)通报形势。\n每半年召开一次。"
    assert paths(text)[-2:] == [("一、", "(三)"), ("一、",)]


def test_what_follows_a_list_of_things_goes_with_all_of_them():
    text = "一、材料\n1.营业执照\n2.身份证\n3.申请表\n以上材料一式两份。\n二、时限\n五日。"
    assert [(c.text, c.section_path) for c in clauses_of(text)][2:4] == [
        ("3.申请表", ("一、材料",)),
        ("以上材料一式两份。", ("一、材料",)),
    ]


def test_a_lead_in_is_no_heading_but_a_name_with_a_colon_is():
    text = "一、材料\n(一)申请人应具备:\n1.住所;\n2.资金。\n(二)申请材料:\n1.申请书;\n2.章程。"
    assert paths(text) == [
        ("一、材料", "(一)"),
        ("一、材料", "(一)", "1."),
        ("一、材料", "(一)", "2."),
        ("一、材料", "(二)申请材料:", "1."),
        ("一、材料", "(二)申请材料:", "2."),
    ]


def test_a_name_before_a_colon_is_the_section():
    assert paths("一、元旦:1月1日放假。\n二、春节:放假七天。") == [("一、元旦",), ("二、春节",)]


def test_a_heading_broken_into_lines():
    text = "第一章\n总则\n第一条 甲。\n第二章 听取政府和\n法院的报告\n第二条 乙。"
    assert paths(text) == [("第一章总则", "第一条"), ("第二章 听取政府和法院的报告", "第二条")]


NOTICE = (
    "某市关于印发某市保护方案的通知\n某政发〔2024〕1号\n各县区:\n现将《某市保护方案》印发给你们。\n"
    "某市人民政府\n2024年1月2日\n(此件公开发布)\n某市\n保护方案\n为了保护,制定本方案。\n一、任务\n做甲。\n"
    "附件:1.重点项目清单\n2.领导小组名单\n附件1\n重点项目\n清单\n一、工业\n甲项目。\n附件2:领导小组名单\n张三。"
)


def test_the_text_that_a_notice_prints_and_its_annexes_are_sections():
    title = "某市关于印发某市保护方案的通知"
    assert [(c.section_path, c.text) for c in clauses_of(NOTICE, title)] == [
        ((), "某政发〔2024〕1号"),
        ((), "各县区:"),
        ((), "现将《某市保护方案》印发给你们。"),
        ((), "某市人民政府\n2024年1月2日\n(此件公开发布)"),
        (("某市保护方案",), "为了保护,制定本方案。"),
        (("某市保护方案", "一、任务"), "做甲。"),
        (("某市保护方案",), "附件:1.重点项目清单\n2.领导小组名单"),
        (("附件1 重点项目清单", "一、工业"), "甲项目。"),
        (("附件2:领导小组名单",), "张三。"),
    ]


def test_a_title_in_several_lines_is_a_heading():
    text = "某市关于印发\n某市保护方案的通知\n各县区:\n做好。"
    outline = parse_outline(text, "某市关于印发某市保护方案的通知")
    assert [text[s.start : s.end] for s in outline.headings] == ["某市关于印发\n某市保护方案的通知"]


@pytest.mark.parametrize(
    "line", ["附件中所列项目已完成", "附件三所列全国性法律", "附近居民应当配合", "附件管理办法"]
)
def test_what_begins_like_an_annex_but_is_none(line):
    assert paths(f"一、甲\n做甲。\n{line}")[-1] == ("一、甲",)


def test_an_annex_with_its_title_in_one_line():
    text = "第一条 甲。\n第二条 乙。\n附件一:产生办法\n一、甲由委员会选出。须任命。\n二、乙照旧。须任命。"
    assert paths(text)[-1][0] == "附件一:产生办法"


def test_a_table_of_contents_is_furniture():
    text = "目 录\n第一章 总则……1\n第二章 附则……2\n第一章 总则\n第一条 甲。\n第二章 附则\n第二条 乙。"
    outline = parse_outline(text, "")
    assert [text[s.start : s.end] for s in outline.furniture] == [text[: text.index("2\n第一章") + 1]]
    assert paths(text) == [("第一章 总则", "第一条"), ("第二章 附则", "第二条")]


def test_chapters_that_the_source_lost_or_counted_twice():
    text = "第一章 甲\n第一条 甲。\n第六章 乙\n第九条 乙。\n第六章 丙\n第十条 丙。\n第二节 丁\n第十一条 丁。"
    assert paths(text) == [
        ("第一章 甲", "第一条"),
        ("第六章 乙", "第九条"),
        ("第六章 丙", "第十条"),
        ("第六章 丙", "第二节 丁", "第十一条"),
    ]


def test_further_ways_of_counting():
    text = "第一部分 总论\n一、甲\n1)子;\n2)丑。\n二、乙\n①寅;\n②卯。"
    assert [p[1:] for p in paths(text)] == [
        ("一、甲", "1)"),
        ("一、甲", "2)"),
        ("二、乙", "①"),
        ("二、乙", "②"),
    ]


def test_furniture_between_the_paragraphs_of_an_article_parts_them():
    clauses = clauses_of("第一条 甲。\n浏览量:5\n乙。\n第二条 丙。")
    assert [(c.text, c.section_path) for c in clauses] == [
        ("第一条 甲。", ("第一条",)),
        ("乙。", ("第一条",)),
        ("第二条 丙。", ("第二条",)),
    ]


LINES = st.sampled_from(
    [
        "一、甲",
        "二、乙",
        "(一)丙。丁。",
        "(二)",
        "1.戊",
        "1.己。庚(市甲局负责)",
        "专栏1 辛",
        "壬。(市甲局)  癸。(市乙局)",
        "第一条 子。",
        "指标名称2020年基期值2025年目标值责任单位",
        "丑(件)12市甲局",
        "",
        "   ",
        "寅,卯",
        "浏览量:5",
        "\u3000辰。",
        "附则",
        "附件1",
        "附件：1.甲方案",
        "现印发《甲方案》。",
        "甲方案",
        "市甲局",
        "2019年1月2日",
        "目录",
        "1总则",
        "1.1目的",
        "序号\t任务\t牵头单位\t配合单位",
        "1\t做甲\t市甲局\t市乙局",
        "牵头单位：市甲局",
        "完成时限：2025年",
        "做甲。（市甲局负责）做乙；（市乙局牵头，有关部门配合）做丁。",
        "题目",
    ]
)


@given(st.lists(LINES, max_size=25))
def test_every_character_is_in_one_clause_heading_or_piece_of_furniture(lines):
    text = "\n".join(lines)
    outline = parse_outline(text, "题目")
    clauses = build_clauses(Document("d", "题目", text), outline)
    spans = [*clauses, *outline.headings, *outline.furniture]
    covered = [i for span in spans for i in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    assert {i for i, char in enumerate(text) if not char.isspace()} <= set(covered)
    for clause in clauses:
        assert clause.text == text[clause.start : clause.end]
        assert all(clause.start <= s.start < s.end <= clause.end for s in clause.sentences)
