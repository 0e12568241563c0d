"""The page in a real browser: served from this machine alone, verbatim, usable by keyboard and on a phone."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from ipqa.errors import ArgumentError
from ipqa.interfaces.web.page import EXAMPLES, build_page, launch

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
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
QUESTION = "商标品牌指导站要建多少家"


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def url(hash_policy):
    page = build_page(hash_policy)
    yield launch(page, "127.0.0.1", free_port())
    page.close(verbose=False)


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright 没有安装")
    path = os.environ.get("IPQA_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip("没有找到 Chromium:装好后放在 PATH 里,或用 IPQA_CHROMIUM 指明")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Chat:
    """The page as a user sees it, and what it asked of the network and wrote to the console."""

    def __init__(self, page, url):
        self.page, self.requests, self.complaints = page, [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(url)
        self.box = page.locator("#ipqa-input textarea")
        self.box.wait_for()

    def ask(self, question):
        """Type a question, press Enter, and return the reply."""
        replies = self.page.locator("#ipqa-talk .bot-row")
        reply = replies.nth(replies.count())
        self.box.fill(question)
        self.box.press("Enter")
        reply.wait_for()
        return reply

    def cards(self, reply):
        return reply.locator("article").all()


@pytest.fixture
def chat(browser, url):
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    chat = Chat(context.new_page(), url)
    yield chat
    context.close()
    assert [r for r in chat.requests if not r.startswith((url, "data:", "blob:"))] == []
    assert chat.complaints == []


def test_the_cards_hold_the_cited_passages(chat, hash_policy):
    reply = chat.ask(QUESTION)

    hits = hash_policy.ask(QUESTION).hits
    cards = chat.cards(reply)
    assert [card.get_attribute("data-clause") for card in cards] == [hit.clause.id for hit in hits]
    assert [c.locator(".ipqa-number").inner_text() for c in cards] == [f"[{i + 1}]" for i in range(len(hits))]
    for card, hit in zip(cards, hits, strict=True):
        clause = hit.clause
        assert card.locator(".ipqa-text").text_content() == clause.text
        assert card.locator(".ipqa-text").is_visible()
        assert card.locator("mark").all_text_contents() == [
            clause.text[s.start - clause.start : s.end - clause.start] for s in hit.highlights
        ]
        assert card.locator("dd").count() == len(clause.responsibility)


def test_the_conversation_goes_on_and_can_be_cleared(chat):
    chat.ask(QUESTION)
    reply = chat.ask("由谁牵头?")
    assert f"按「{QUESTION} 由谁牵头?」查找" in reply.inner_text()

    chat.page.get_by_role("button", name="清空对话").click()
    chat.page.locator("#ipqa-talk .message-row").first.wait_for(state="detached")
    assert "查找" not in chat.ask("由谁牵头?").inner_text()


def test_an_example_is_asked_by_a_click(chat):
    _, question = EXAMPLES[1]
    chat.page.locator("#ipqa-talk .example").nth(1).click()

    chat.page.locator("article").first.wait_for()
    assert chat.page.locator(".user-row").inner_text() == question


def test_markup_in_a_question_is_shown_as_typed(chat):
    question = '<img src=x onerror="document.title=1"> *专利* <script>1</script>'
    chat.ask(question)

    assert chat.page.locator(".user-row").inner_text() == question
    assert chat.page.title() == "政策规划问答"


def test_an_empty_question_is_refused_in_words(chat):
    assert "请输入问题" in chat.ask("  ").inner_text()


def test_the_newest_reply_begins_in_view(chat):
    chat.ask(QUESTION)
    reply = chat.ask("地理标志怎么保护")
    chat.page.wait_for_function(
        "row => Math.abs(row.getBoundingClientRect().top - 150) < 150", arg=reply.element_handle()
    )

    box = chat.box.bounding_box()
    assert box["y"] + box["height"] <= 900


def test_enter_that_picks_a_word_in_an_input_method_does_not_ask(chat):
    press = """(box, composing) => {
        for (const type of ["keydown", "keypress", "keyup"]) box.dispatchEvent(new KeyboardEvent(type,
            {key: "Enter", code: "Enter", bubbles: true, cancelable: true, isComposing: composing}));
    }"""
    chat.box.fill("zhuanli")
    chat.box.evaluate(press, True)
    chat.page.wait_for_timeout(500)
    assert chat.page.locator(".user-row").count() == 0

    chat.box.evaluate(press, False)
    chat.page.locator(".user-row").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(browser, url, scheme):
    context = browser.new_context(locale="zh-CN", viewport={"width": 375, "height": 812}, color_scheme=scheme)
    chat = Chat(context.new_page(), url)
    reply = chat.ask(QUESTION)

    assert chat.page.evaluate("document.documentElement.scrollWidth") <= 375
    for name in (".ipqa-text", ".ipqa-text mark", ".ipqa-place", "dd"):
        assert contrast(reply.locator(name).first) >= 4.5, name
    context.close()


def contrast(locator):
    """The WCAG contrast ratio of an element's text to the nearest background that is not transparent."""
    colours = locator.evaluate("""element => {
        const text = getComputedStyle(element).color;
        const fill = () => getComputedStyle(element).backgroundColor;
        while (fill() === "rgba(0, 0, 0, 0)") element = element.parentElement;
        return [text, fill()].map(c => c.match(/[\\d.]+/g).map(Number));
    }""")
    light, dark = sorted((luminance(c[:3]) for c in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(rgb):
    parts = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_the_page_speaks_chinese(chat):
    assert chat.page.locator("html").get_attribute("lang") == "zh-CN"
    words = chat.page.locator("body").inner_text()
    assert not {w for w in words.split() if w.isascii() and w.isalpha()}
    assert chat.page.locator("footer").count() == 0


def test_programs_call_the_endpoint(url, hash_policy):
    client = pytest.importorskip("gradio_client")
    api = client.Client(url, verbose=False, analytics_enabled=False)

    answer = api.predict(QUESTION, api_name="/ask")
    followed = api.predict("由谁牵头?", [QUESTION], api_name="/ask")

    assert [c["quote"] for c in answer["citations"]] == [c.quote for c in hash_policy.ask(QUESTION).citations]
    assert followed["resolved_question"] == f"{QUESTION} 由谁牵头?"
    with pytest.raises(Exception, match="没有文字或数字"):
        api.predict("???", api_name="/ask")
    for history in (5, 0, "专利", [1], {}):
        with pytest.raises(Exception, match="history 应是此前各轮提问的列表"):
            api.predict("专利", history, api_name="/ask")


def test_the_program_calls_nobody(hash_policy, monkeypatch):
    called, resolve = [], socket.getaddrinfo

    def record(host, *arguments, **options):
        called.append(host)
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", record)
    page = build_page(hash_policy)
    launch(page, "127.0.0.1", free_port())
    time.sleep(1)  # telemetry would be sent by a thread of its own
    page.close(verbose=False)

    assert set(called) == {"127.0.0.1"}


def test_it_starts_where_a_proxy_is_set(hash_policy, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "example.org")
    page = build_page(hash_policy)
    launch(page, "127.0.0.1", free_port())
    page.close(verbose=False)

    assert os.environ["no_proxy"] == "example.org,127.0.0.1,localhost"


def test_a_port_in_use_is_an_error_in_words(hash_policy, url):
    with pytest.raises(ArgumentError, match="IPQA_PORT"):
        launch(build_page(hash_policy), "127.0.0.1", int(url.rstrip("/").rsplit(":", 1)[1]))


def test_the_program_ends_with_a_message_where_it_cannot_start(tmp_path):
    environment = {**os.environ, "IPQA_CORPUS": str(tmp_path / "无"), "IPQA_INDEX": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        env=environment,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )

    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "无" in run.stderr
