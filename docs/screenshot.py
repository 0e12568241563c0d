"""Take a picture of the chat page, for the documentation.

    python docs/screenshot.py docs/page.png "第一个问题" "接着问的问题"

Starts the page on a free port with the corpus and the index of the settings, asks the questions in turn in
the system's Chromium (``IPQA_CHROMIUM``, or ``chromium`` on the path), and writes what the window shows.
Without a question it shows the page as it opens. Needs ``pip install playwright``.
"""

import os
import shutil
import socket
from contextlib import closing
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright

from ipqa.engine import PolicySearch
from ipqa.interfaces.web.page import build_page, launch

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
    replies = page.locator("#ipqa-talk .bot-row")
    before = replies.count()
    page.locator("#ipqa-input textarea").fill(question)
    page.keyboard.press("Enter")
    replies.nth(before).wait_for()
    page.wait_for_timeout(500)  # the page scrolls to the reply


@click.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.argument("questions", nargs=-1)
@click.option("--width", default=1280, show_default=True)
@click.option("--height", default=900, show_default=True)
@click.option("--dark", is_flag=True, help="深色模式。")
def main(output: Path, questions: tuple[str, ...], width: int, height: int, dark: bool) -> None:
    """Write a picture of the page to OUTPUT, after asking QUESTIONS."""
    demo = build_page(PolicySearch.open())
    url = launch(demo, "127.0.0.1", free_port())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGUMENTS))
        page = browser.new_page(
            locale="zh-CN",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
        )
        page.goto(url)
        page.locator("#ipqa-input textarea").wait_for()
        page.wait_for_timeout(500)
        for question in questions:
            ask(page, question)
        page.screenshot(path=output)
        browser.close()
    demo.close()


if __name__ == "__main__":
    main()
