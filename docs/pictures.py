"""Take the README's pictures of the web page.

    python docs/pictures.py

Serves the page on a free port with the corpus and the index of the settings, opens it in the system's
Chromium (``IPQA_CHROMIUM``, or ``chromium`` on the path) and writes ``docs/images/*.png``. Needs
``pip install playwright``.
"""

import os
import shutil
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright

from ipqa.engine import PolicySearch
from ipqa.interfaces.web import WebServer, create_app

IMAGES = Path(__file__).with_name("images")
SETTLED = 700  # milliseconds; the page scrolls to what is new
CHROMIUM_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
QUESTION = "厂里想拿专利去银行贷款,规划里有什么支持"


def chromium() -> str:
    """The path of the system's Chromium.

    Raises:
        ClickException: if there is none.
    """
    found = os.environ.get("IPQA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise click.ClickException("没有找到 Chromium,用 IPQA_CHROMIUM 指明它的位置")
    return found


def ask(page: Page, question: str) -> None:
    """Ask a question and wait for the whole reply."""
    page.locator("#ipqa-input textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("#ipqa-talk .ipqa-answer").first.wait_for()


def show_tasks(page: Page) -> None:
    """A unit's list, and the heat map below it."""
    page.get_by_role("tab", name="责任清单").click()
    page.get_by_role("button", name="市科协").first.click()
    page.locator("#ipqa-list li").first.wait_for()


def show_topic(page: Page) -> None:
    """The first need of the guidance."""
    page.get_by_role("tab", name="办事指引").click()
    page.locator('[data-topic="0"]').click()


PICTURES = {
    "chat": ((1280, 900), "light", lambda page: ask(page, QUESTION)),
    "tasks": ((1280, 900), "light", show_tasks),
    "indicators": ((1280, 760), "light", lambda page: page.get_by_role("tab", name="指标").click()),
    "guide-phone": ((390, 780), "dark", show_topic),
}


@click.command()
def main() -> None:
    """Write the pictures."""
    IMAGES.mkdir(exist_ok=True)
    app = create_app(PolicySearch.open())
    with WebServer(app, "127.0.0.1", 0) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGUMENTS))
        for name, ((width, height), scheme, show) in PICTURES.items():
            page = browser.new_page(
                locale="zh-CN", viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page.goto(server.url)
            page.locator("#ipqa-input textarea").wait_for()
            show(page)
            page.wait_for_timeout(SETTLED)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
