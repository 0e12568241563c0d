"""问答: asking, reading the citation, going on, the three kinds of reply, links, copying, votes."""

import csv
import io

import pytest
from docx import Document

from ipqa.interfaces.feedback import FeedbackStore
from ipqa.interfaces.web.page import EXAMPLES

QUESTION = "商标品牌指导站要建多少家"


def test_the_answer_comes_first_and_the_cards_hold_the_cited_passages(site, policy):
    reply = site.ask(QUESTION)

    answer = policy.ask(QUESTION)
    assert reply.locator(".ipqa-said").inner_text().startswith("规划写明")
    assert answer.citations[0].quote in reply.locator(".ipqa-said").inner_text()
    cards = reply.locator("article").all()
    assert [card.get_attribute("data-clause") for card in cards] == [h.clause.id for h in answer.hits]
    numbers = [card.locator(".ipqa-number").inner_text() for card in cards]
    assert numbers == [f"[{i + 1}]" for i in range(len(answer.hits))]
    for card, hit in zip(cards, answer.hits, strict=True):
        clause = hit.clause
        assert card.locator(".ipqa-text").text_content() == clause.text
        assert card.locator(".ipqa-text").is_visible()
        assert card.locator("mark").all_text_contents() == [
            clause.text[s.start - clause.start : s.end - clause.start] for s in hit.highlights
        ]
        assert card.locator("dd").count() == len(clause.responsibility)


def test_units_that_lead_stand_first(site):
    reply = site.ask("商业秘密保护工程由谁牵头")

    card = reply.locator("article").first
    assert card.locator("dt").all_inner_texts() == ["牵头", "负责"]
    assert card.locator("dd").first.inner_text() == "市市场监管局"


def test_a_mark_leads_to_its_source(site):
    reply = site.ask("市法院有哪些任务")
    reply.get_by_role("button", name="看出处 5", exact=True).click()

    card = reply.locator('[data-number="5"]')
    card.wait_for()
    assert site.page.evaluate("document.activeElement.dataset.number") == "5"


def test_a_source_opens_in_the_full_text_and_back(site):
    reply = site.ask(QUESTION)
    card = reply.locator("article").nth(1)
    clause = card.get_attribute("data-clause")
    text = card.locator(".ipqa-text").text_content()
    card.get_by_text("在原文中查看").click()

    wanted = site.page.locator(".ipqa-wanted")
    wanted.wait_for()
    assert wanted.get_attribute("data-clause") == clause
    assert wanted.locator(".ipqa-text").text_content() == text
    assert f"?clause={clause.replace('#', '%23')}" in site.page.url
    site.page.get_by_role("button", name="返回").click()
    reply.wait_for()
    assert "?clause" not in site.page.url


def test_a_citation_is_copied_with_its_place(open_site):
    site = open_site(permissions=["clipboard-read", "clipboard-write"])
    reply = site.ask("厂里想拿专利去银行贷款,规划里有什么支持")
    reply.get_by_role("button", name="复制引用").first.click()

    site.page.get_by_text("已复制,附出处").wait_for()
    copied = site.page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("(《廊坊市“十四五”知识产权保护和运用规划》五、(一)3)")
    assert copied.partition("(《")[0] in reply.locator(".ipqa-text").first.text_content()


def test_what_is_missing_looks_different_and_says_what(site):
    reply = site.ask("霸州家具快维中心的电话是多少")

    assert reply.locator(".ipqa-answer").get_attribute("data-status") == "related"
    assert reply.locator(".ipqa-missing").inner_text().split("\n") == ["没有直接写", "规划未载明联系电话"]
    assert reply.locator(".ipqa-said").count() == 0
    assert "没有直接回答所问" in reply.inner_text()


def test_a_refusal_cites_nothing_and_offers_questions(site):
    reply = site.ask("明天股票会涨吗")

    assert reply.locator(".ipqa-answer").get_attribute("data-status") == "not_found"
    assert "规划没有说到这件事" in reply.inner_text()
    assert reply.locator("article").count() == 0
    reply.locator(".ipqa-suggestions button").first.click()
    site.answers.nth(1).wait_for()
    assert site.answers.nth(1).get_attribute("data-status") == "answered"


def test_a_follow_up_is_read_with_the_question_before(site):
    site.ask(QUESTION)
    reply = site.ask("由谁牵头?")

    assert f"按「{QUESTION} 由谁牵头?」查找" in reply.inner_text()
    site.page.get_by_role("button", name="清空对话").click()
    site.page.locator("#ipqa-talk .message-row").first.wait_for(state="detached")
    assert "查找" not in site.ask("由谁牵头?").inner_text()


def test_suggestions_lead_on(site):
    reply = site.ask("组织开展专利导航有哪些内容")
    suggested = reply.locator(".ipqa-suggestions button")
    assert 2 <= suggested.count() <= 3
    question = suggested.first.inner_text()
    suggested.first.click()

    site.answers.nth(1).wait_for()
    assert site.answers.nth(1).get_attribute("data-question") == question
    assert site.answers.nth(1).get_attribute("data-status") == "answered"


def test_an_example_is_asked_by_a_click(site):
    _, question = EXAMPLES[1]
    site.page.get_by_role("button", name=question).click()

    site.answers.first.wait_for()
    assert site.page.locator(".user-row").inner_text() == question


def test_filters_limit_the_search_and_say_so(site, policy):
    site.page.get_by_role("button", name="筛选").click()
    chosen = site.page.locator("#ipqa-filters").get_by_role("combobox", name="责任单位")
    chosen.fill("市法院")
    chosen.press("Enter")
    reply = site.ask("知识产权怎么保护")

    assert "只查「市法院」" in reply.inner_text()
    found = [card.get_attribute("data-clause") for card in reply.locator("article").all()]
    assert found
    assert set(found) <= {c.id for c in policy.clauses if any(r.unit == "市法院" for r in c.responsibility)}


def test_a_unit_typed_by_its_short_name_filters_too(site):
    site.page.get_by_role("button", name="筛选").click()
    chosen = site.page.locator("#ipqa-filters").get_by_role("combobox", name="责任单位")
    chosen.fill("中院")
    chosen.press("Enter")
    reply = site.ask("知识产权怎么保护")

    units = [card.locator("dl").inner_text() for card in reply.locator("article").all()]
    assert units
    assert all("市法院" in told for told in units)


def test_a_link_asks(open_site):
    site = open_site(link="?q=商标被抢注怎么办")

    site.answers.first.wait_for()
    assert site.page.locator(".user-row").inner_text() == "商标被抢注怎么办"


def test_a_link_opens_a_clause(open_site):
    site = open_site(link="?clause=langfang-ip-plan-145%2359")

    wanted = site.page.locator(".ipqa-wanted")
    wanted.wait_for()
    assert wanted.get_attribute("data-clause") == "langfang-ip-plan-145#59"


def test_a_link_to_a_clause_that_is_gone_says_so(open_site):
    site = open_site(link="?clause=langfang-ip-plan-145%23999")

    site.page.get_by_text("没有条款").wait_for()


def test_the_link_of_an_answer_is_copied(open_site, url):
    site = open_site(permissions=["clipboard-read", "clipboard-write"])
    site.ask("专利导航").get_by_role("button", name="复制本问链接").click()

    site.page.get_by_text("已复制链接").wait_for()
    assert (
        site.page.evaluate("navigator.clipboard.readText()")
        == f"{url}?q=%E4%B8%93%E5%88%A9%E5%AF%BC%E8%88%AA"
    )


def test_an_empty_question_is_refused_in_words(site):
    assert "请输入问题" in site.ask("  ").inner_text()


def test_the_newest_reply_begins_in_view(site):
    site.ask(QUESTION)
    reply = site.ask("地理标志怎么保护")
    site.page.wait_for_function(
        "row => Math.abs(row.getBoundingClientRect().top - 150) < 150", arg=reply.element_handle()
    )

    box = site.box.bounding_box()
    assert box["y"] + box["height"] <= 900


def test_enter_that_picks_a_word_in_an_input_method_does_not_ask(site):
    press = """(box, composing) => {
        for (const type of ["keydown", "keypress", "keyup"]) box.dispatchEvent(new KeyboardEvent(type,
            {key: "Enter", code: "Enter", bubbles: true, cancelable: true, isComposing: composing}));
    }"""
    site.box.fill("zhuanli")
    site.box.evaluate(press, True)
    site.page.wait_for_timeout(500)
    assert site.page.locator(".user-row").count() == 0

    site.box.evaluate(press, False)
    site.page.locator(".user-row").wait_for()


def test_twenty_questions_in_a_row(site, policy):
    questions = [f"{unit.name}有哪些任务" for unit in policy.units()[:20]]
    for question in questions:
        reply = site.ask(question)
        told = policy.ask(question).text.split("\n")[0]
        assert told.partition("[")[0] in reply.locator(".ipqa-said").inner_text()

    assert site.page.locator(".user-row").all_inner_texts() == questions


def test_two_sessions_do_not_see_each_other(open_site):
    one, other = open_site(), open_site()
    one.ask(QUESTION)

    reply = other.ask("由谁牵头?")
    assert "查找" not in reply.inner_text()
    assert other.page.locator(".user-row").all_inner_texts() == ["由谁牵头?"]
    assert QUESTION in one.ask("由谁牵头?").inner_text()


def test_the_conversation_is_exported_to_word(site, tmp_path, policy):
    site.ask(QUESTION)
    site.ask("由谁牵头?")
    with site.page.expect_download() as download:
        site.page.get_by_role("button", name="Word").click()
    path = tmp_path / "摘录.docx"
    download.value.save_as(path)

    assert download.value.suggested_filename == "政策规划问答摘录.docx"
    paragraphs = [p.text for p in Document(path).paragraphs]
    text = "\n".join(paragraphs)
    for answer in (policy.ask(QUESTION), policy.ask("由谁牵头?", [QUESTION])):
        assert any(answer.question in p for p in paragraphs)
        for hit in answer.hits:
            assert hit.clause.text in text


def test_only_what_was_picked_is_exported(site, tmp_path):
    site.ask(QUESTION)
    reply = site.ask("地理标志怎么保护")
    reply.get_by_role("checkbox", name="选入导出").check()
    site.page.get_by_text("选中的 1 条").wait_for()
    with site.page.expect_download() as download:
        site.page.get_by_role("button", name="Markdown").click()
    path = tmp_path / "摘录.md"
    download.value.save_as(path)

    text = path.read_text(encoding="utf-8")
    assert "地理标志怎么保护" in text
    assert QUESTION not in text


def test_a_vote_is_kept_with_its_reason(site, data):
    reply = site.ask(QUESTION)
    reply.get_by_role("button", name="没用").click()
    reply.get_by_role("radio", name="不完整").check()
    reply.get_by_role("textbox", name="补充").fill("缺期限,电话 13912345678")
    reply.get_by_role("button", name="提交").click()
    reply.get_by_text("已记下,谢谢").wait_for()

    rows = read(FeedbackStore(data).export_csv("votes"))
    mine = next(row for row in rows if QUESTION in row)
    assert "不完整" in mine
    assert any(cell.startswith("缺期限") and "139" not in cell for cell in mine)
    assert reply.get_by_role("button", name="没用").is_disabled()


def test_what_was_not_answered_is_kept(site, data):
    site.ask("火星上能种土豆吗")

    assert any("火星上能种土豆吗" in row for row in read(FeedbackStore(data).export_csv("unanswered")))


def test_the_page_says_what_it_keeps_and_keeps_nothing_unless_told_to(site, open_site, two_documents):
    assert "不记录您是谁" in site.page.locator(".ipqa-foot").inner_text()

    other = open_site(two_documents)
    reply = other.ask(QUESTION)
    assert other.page.locator(".ipqa-logged").count() == 0
    assert reply.locator("[data-vote]").count() == 0


def read(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "question",
    [
        '<img src=x onerror="document.title=1"> *专利* <script>document.title=1</script>',
        "[点我](javascript:document.title=1) 专利 ![图](http://127.0.0.1:9/x.png)",
        '"><svg onload=document.title=1> 专利 {{7*7}} ${7*7} $$x$$',
    ],
)
def test_markup_in_a_question_is_shown_as_typed(site, question):
    reply = site.ask(question)
    reply.wait_for()

    assert site.page.locator(".user-row").inner_text() == question
    assert site.page.locator("#ipqa-talk").locator("img, script, a[href^='javascript']").count() == 0
    assert site.page.title() == "政策规划问答"
    assert site.answers.first.get_attribute("data-question") == question
