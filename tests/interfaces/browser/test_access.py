"""Legible and usable by everybody: phone and desktop, light and dark, by keyboard alone, in Chinese."""

from pathlib import Path

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python 没有安装")

QUESTIONS = (
    "厂里想拿专利去银行贷款,规划里有什么支持",
    "市法院有哪些任务",
    "霸州家具快维中心的电话是多少",
    "火星上能种土豆吗",
)
TABS = ("责任清单", "指标", "办事指引", "原文")
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SHOTS = Path(__file__).parents[3] / "screenshots"  # ignored by git; CI keeps it


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_tab_fits_and_can_be_read(open_site, size, scheme):
    width, height = SIZES[size]
    site = open_site(width=width, height=height, color_scheme=scheme)
    shot = 0

    def look(name):
        nonlocal shot
        shot += 1
        site.page.wait_for_timeout(300)  # the page scrolls to what is new
        SHOTS.mkdir(exist_ok=True)
        site.page.screenshot(path=SHOTS / f"{size}-{scheme}-{shot}-{name}.png")
        assert site.page.evaluate("document.documentElement.scrollWidth") <= width, name
        found = axe.Axe().run(site.page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        faults = [
            (v["id"], [node["html"][:160] for node in v["nodes"]]) for v in found.response["violations"]
        ]
        assert faults == [], name

    look("开始")
    for question in QUESTIONS:
        site.ask(question)
        look(f"问答{shot}")
    for tab in TABS:
        site.tab(tab)
        look(tab)
    site.tab("责任清单")
    site.page.locator("#ipqa-heat tbody button").first.click()
    site.page.locator("#ipqa-list li").first.wait_for()
    look("清单")


def test_everything_works_by_keyboard(site):
    page = site.page
    page.keyboard.type("商标品牌指导站要建多少家")  # the question box has the focus
    page.keyboard.press("Enter")
    site.answers.first.wait_for()
    tab_to(page, "a.ipqa-open")
    page.keyboard.press("Enter")
    page.locator(".ipqa-wanted").wait_for()
    page.wait_for_function("document.activeElement.classList.contains('ipqa-wanted')")
    page.keyboard.press("Escape")
    site.answers.first.wait_for()
    page.locator("#ipqa-tab-chat-button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#ipqa-heat table").wait_for()
    tab_to(page, "#ipqa-heat button")
    page.keyboard.press("Enter")
    page.locator("#ipqa-list li").first.wait_for()


def tab_to(page, selector, most=80):
    """Press Tab until what has the focus fits; it has to be seen to have it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"Tab never reached {selector}")


def test_the_page_speaks_chinese(site):
    assert site.page.locator("html").get_attribute("lang") == "zh-CN"
    site.ask("专利质押贷款")
    for tab in ("问答", *TABS):
        site.tab(tab)
        words = site.page.locator("body").inner_text().split()
        assert {w for w in words if w.isascii() and w.isalpha()} <= {
            "Word",
            "Markdown",
            "Excel",
            "CSV",
            "GDP",
            "Esc",
        }
    assert site.page.locator("footer:not(.ipqa-actions)").count() == 0
