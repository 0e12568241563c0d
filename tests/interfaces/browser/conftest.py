"""The page in a real browser: Debian's Chromium or whatever IPQA_CHROMIUM names, driven by Playwright."""

import os
import shutil
from pathlib import Path

import pytest

from ipqa import PolicySearch
from ipqa.interfaces.web import WebServer, create_app
from ipqa.settings import Settings
from tests.conftest import CORPUS
from tests.fakes import HashEncoder

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
OTHER = "某市促进办法\n\n第一条 为了促进商标质押,制定本办法。\n\n第二条 本办法由市财政局负责解释。\n"


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def lacking(what):
    """Skip where a browser cannot be had; in CI that is a failure."""
    if os.environ.get("IPQA_BROWSER") == "required":
        pytest.fail(f"{what};IPQA_BROWSER=required 时不能跳过")
    pytest.skip(what)


@pytest.fixture(scope="module")  # its event loop must not run on under tests that have their own
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lacking("playwright 没有安装")
    path = os.environ.get("IPQA_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        lacking("没有找到 Chromium:装好后放在 PATH 里,或用 IPQA_CHROMIUM 指明")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """Where the site keeps votes and unanswered questions."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def url(policy, data):
    """A site over the plan that keeps feedback."""
    with WebServer(create_app(policy, Settings(feedback=True, data=data)), "127.0.0.1", 0) as server:
        yield server.url


@pytest.fixture(scope="session")
def two_documents(tmp_path_factory):
    """A site over the plan and a second, made-up document."""
    corpus = tmp_path_factory.mktemp("corpus")
    for path in CORPUS.iterdir():
        shutil.copy(path, corpus)
    (corpus / "zhang-san.txt").write_text(OTHER, encoding="utf-8")
    policy = PolicySearch.open(corpus, tmp_path_factory.mktemp("index"), HashEncoder())
    with WebServer(create_app(policy, Settings()), "127.0.0.1", 0) as server:
        yield server.url


class Site:
    """The page as a user sees it, and what it asked of the network and wrote to the console."""

    def __init__(self, page, url):
        self.page, self.url, self.requests, self.complaints = page, url, [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.box = page.locator("#ipqa-input textarea")
        self.answers = page.locator("#ipqa-talk .ipqa-answer")

    def open(self, link=""):
        self.page.goto(self.url + link)
        self.box.wait_for(state="attached")
        return self

    def ask(self, question):
        """Type a question, press Enter, and return the reply."""
        replies = self.page.locator("#ipqa-talk .bot-row")
        reply = replies.nth(replies.count())
        self.box.fill(question)
        self.box.press("Enter")
        reply.wait_for()
        return reply

    def tab(self, name):
        self.page.get_by_role("tab", name=name).click()

    def check(self):
        """Nothing was asked of another machine, and nothing went wrong."""
        assert [r for r in self.requests if not r.startswith((self.url, "data:", "blob:"))] == []
        assert self.complaints == []


@pytest.fixture
def open_site(browser, url):
    """Opens sites in contexts of their own; at the end each is checked."""
    opened = []

    def open_site(address=url, link="", width=1280, height=900, **options):
        context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": height}, **options)
        site = Site(context.new_page(), address).open(link)
        opened.append((context, site))
        return site

    yield open_site
    for context, site in opened:
        context.close()
        site.check()


@pytest.fixture
def site(open_site):
    return open_site()
