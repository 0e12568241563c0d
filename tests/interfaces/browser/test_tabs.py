"""责任清单, 指标, 办事指引, 原文: complete, exported, linked to the source."""

import pytest
from openpyxl import load_workbook

from ipqa.models import ROLE_NAMES


def rows_of(download, tmp_path):
    path = tmp_path / download.suggested_filename
    download.save_as(path)
    sheet = load_workbook(path).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def pick_unit(site, name):
    box = site.page.locator("#ipqa-unit input")
    box.fill(name)
    box.press("Enter")
    return site.page.locator("#ipqa-list")


@pytest.mark.parametrize(
    ("typed", "name", "duties", "indicators"),
    [("市法院", "市法院", 9, 2), ("市监局", "市市场监管局", 53, 9), ("中院", "市法院", 9, 2)],
)
def test_a_units_list_is_complete_and_so_is_its_excel_file(site, tmp_path, typed, name, duties, indicators):
    site.tab("责任清单")
    listed = pick_unit(site, typed)
    listed.get_by_role("heading", name=name).wait_for()

    assert f"{duties} 项任务和专栏项目" in listed.inner_text()
    assert listed.locator("li").count() == duties + indicators
    with site.page.expect_download() as download:
        listed.get_by_role("link", name="Excel").click()
    rows = rows_of(download.value, tmp_path)
    kinds = [row["类别"] for row in rows]
    assert kinds.count("任务") + kinds.count("专栏项目") == duties
    assert kinds.count("指标") == indicators
    assert len(rows) == duties + indicators


def test_role_and_chapter_narrow_the_list(site, policy):
    site.tab("责任清单")
    pick_unit(site, "市监局").get_by_role("heading", name="市市场监管局").wait_for()
    role = site.page.locator("#ipqa-role input")
    role.fill(ROLE_NAMES["lead"])
    role.press("Enter")

    site.page.get_by_text("只列:牵头").wait_for()
    assert site.page.locator("#ipqa-list .ipqa-chapter li").count() == 21 + 3


def test_a_row_opens_its_clause(site):
    site.tab("责任清单")
    listed = pick_unit(site, "市科协")
    listed.get_by_role("heading", name="市科协").wait_for()
    clause = listed.locator("li").first.get_attribute("data-clause")
    listed.locator("li a").first.click()

    site.page.locator(".ipqa-wanted").wait_for()
    assert site.page.locator(".ipqa-wanted").get_attribute("data-clause") == clause


def test_a_cell_of_the_heat_map_opens_the_list_that_it_counts(site):
    site.tab("责任清单")
    cell = site.page.get_by_role("button", name="市法院,四、强化知识产权保护")
    count = int(cell.inner_text())
    cell.click()

    listed = site.page.locator("#ipqa-list")
    listed.get_by_role("heading", name="市法院").wait_for()
    assert listed.locator(".ipqa-chapter").first.locator("li").count() == count
    assert site.page.locator("#ipqa-unit input").input_value().startswith("市法院")


def test_the_heat_map_adds_up(site, policy):
    site.tab("责任清单")
    site.page.locator("#ipqa-heat table").wait_for()
    rows = site.page.locator("#ipqa-heat tbody tr").all()

    assert len(rows) == len(policy.units())
    for row, unit in zip(rows, policy.units(), strict=True):
        cells = row.locator("td").all_inner_texts()
        assert sum(int(cell or 0) for cell in cells[:-1]) == int(cells[-1]) == unit.tasks


def test_an_unknown_unit_is_refused_with_the_nearest_names(site):
    site.tab("责任清单")
    listed = pick_unit(site, "市法制局")

    listed.get_by_text("责任单位中没有“市法制局”").wait_for()


def test_the_indicators_show_base_target_and_change(site, policy, tmp_path):
    site.tab("指标")
    figures = site.page.locator(".ipqa-figure")
    figures.first.wait_for()

    assert figures.count() == 12
    growing = figures.filter(has_text="有效注册商标量")
    assert growing.locator("b").all_inner_texts() == ["6.69", "10.7"]
    assert "增加 4.01万件,是基期的 1.6 倍(算得)" in growing.inner_text()
    shares = [
        bar.evaluate("bar => parseFloat(bar.style.width)")
        for bar in growing.locator(".ipqa-track span").all()
    ]
    assert shares == [62.5, 100]
    falling = figures.filter(has_text="服判息诉率")
    assert "目标值低于基期值" in falling.inner_text()
    words = figures.filter(has_text="社会满意度")
    assert words.locator("b").all_inner_texts() == ["未列", "全省前列"]
    assert words.locator(".ipqa-track").count() == 0
    with site.page.expect_download() as download:
        site.page.locator(".ipqa-figures").get_by_role("link", name="Excel").click()
    assert [row["指标"] for row in rows_of(download.value, tmp_path)] == [i.name for i in policy.indicators()]


def test_guidance_names_clauses_units_and_what_is_open(site, policy):
    site.tab("办事指引")
    topics = site.page.locator(".ipqa-topic")
    topics.first.wait_for()

    assert topics.count() == len(policy.topics()) >= 12
    for shown, topic in zip(topics.all(), policy.topics(), strict=True):
        held = [item.get_attribute("data-clause") for item in shown.locator("li[data-clause]").all()]
        assert sorted(held) == sorted(hit.clause.id for hit in topic.hits)
        assert "找谁" in shown.inner_text()
        for missing in topic.missing:
            assert missing in shown.locator(".ipqa-open-points").inner_text()


def test_a_need_in_plain_words_finds_its_topic(site):
    site.tab("办事指引")
    site.page.locator("[data-find-topic]").fill("贷款")
    shown = site.page.locator(".ipqa-topics > li:visible")
    assert 1 <= shown.count() < site.page.locator(".ipqa-topics > li").count()

    site.page.locator("[data-find-topic]").fill("火星")
    site.page.get_by_text("没有写到这个词的事项").wait_for()


def test_a_need_is_asked_by_a_click(site):
    site.tab("办事指引")
    button = site.page.locator(".ipqa-topic .ipqa-ask").first
    need = button.inner_text()
    button.click()

    site.answers.first.wait_for()
    assert site.answers.first.get_attribute("data-question") == need


def test_the_full_text_is_the_document(site, plan):
    site.tab("原文")
    body = site.page.locator("#ipqa-text .ipqa-body")
    body.wait_for()
    shown = body.evaluate("""body => {
        const copy = body.cloneNode(true);
        copy.querySelectorAll(".ipqa-added").forEach(added => added.remove());
        return copy.textContent;
    }""")

    assert "".join(shown.split()) == "".join(plan.document.text.split())


def test_the_outline_jumps(site):
    site.tab("原文")
    site.page.locator(".ipqa-outline").get_by_text("八、保障措施").click()

    heading = site.page.locator(".ipqa-heading", has_text="八、保障措施")
    site.page.wait_for_function(
        "h => Math.abs(h.getBoundingClientRect().top) < 300", arg=heading.element_handle()
    )


def test_the_table_is_a_table(site, policy):
    site.tab("原文")
    rows = site.page.locator(".ipqa-table tbody tr")
    rows.first.wait_for()

    assert rows.count() == 12
    assert rows.nth(9).locator("td").all_inner_texts() == [
        "有效注册商标量(万件)",
        "6.69",
        "10.7",
        "市市场监管局",
    ]
    for row, indicator in zip(rows.all(), policy.indicators(), strict=True):
        assert row.text_content() == policy.clause(indicator.clause_id).text


def test_words_are_found_in_the_text(site, plan):
    site.tab("原文")
    box = site.page.locator("[data-find]")
    box.fill("质押")
    count = plan.document.text.count("质押")
    site.page.get_by_text(f"第 1 处,共 {count} 处").wait_for()
    assert site.page.locator("mark.ipqa-hit").all_inner_texts() == ["质押"] * count

    box.press("Enter")
    site.page.get_by_text(f"第 2 处,共 {count} 处").wait_for()
    box.fill("没有这个词")
    site.page.get_by_text("没有找到").wait_for()
    assert site.page.locator("mark.ipqa-hit").count() == 0


def test_a_clause_of_another_document_opens_that_document(open_site, two_documents):
    site = open_site(two_documents, link="?clause=zhang-san%232")

    wanted = site.page.locator(".ipqa-wanted")
    wanted.wait_for()
    assert "市财政局负责解释" in wanted.inner_text()
    site.tab("问答")
    site.page.get_by_role("button", name="筛选").click()
    chosen = site.page.locator("#ipqa-filters").get_by_role("combobox", name="文件")
    chosen.fill("某市促进办法")
    chosen.press("Enter")
    reply = site.ask("商标质押")
    assert {c.get_attribute("data-clause") for c in reply.locator("article").all()} <= {
        "zhang-san#1",
        "zhang-san#2",
    }
