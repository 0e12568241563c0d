"""The page: components, events, and how it is served. Works with the network cut."""

from __future__ import annotations

import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from ipqa.engine import PolicySearch
from ipqa.errors import ArgumentError, IpqaError
from ipqa.interfaces.payload import to_payload
from ipqa.interfaces.web.chat import chat_handler, user_message
from ipqa.models import Document
from ipqa.retrieval.query import MAX_QUESTION_LENGTH

TITLE = "政策规划问答"
EXPLANATION = (
    "用平常话提问,得到的是政策文件的原文:逐条注明出自哪一节、由哪些单位负责。"
    "每段文字都与文件一字不差,没有一句是生成的。"
)
# Who asks, and what: two questions each for officials, enterprises and the public.
EXAMPLES = (
    ("机关", "知识产权服务品牌机构要发展到几家?"),
    ("企业", "怎样才能评上省里的知识产权优势企业?"),
    ("群众", "邻居盗用我的设计图,不打官司能调解吗?"),
    ("机关", "知识产权宣传周由哪些单位来办?"),
    ("企业", "园区里的工厂能得到哪些专利信息服务?"),
    ("群众", "没空去听课,网上能学知识产权吗?"),
)
CONCURRENCY = 16
QUEUE_SIZE = 256
# The page as a whole scrolls: bring the top of the newest reply, with the question above it, into view.
_SHOW_REPLY = """() => setTimeout(() => {
    const rows = document.querySelectorAll("#ipqa-talk .message-row");
    if (rows.length) rows[rows.length - 1].scrollIntoView({block: "start"});
}, 50)"""
# Gradio takes every Enter for a submit, also the one that picks a word in a Chinese input method.
_HEAD = """<script>
document.documentElement.lang = "zh-CN";
for (const type of ["keydown", "keypress"]) document.addEventListener(type, event => {
    if (event.key === "Enter" && event.isComposing) event.stopImmediatePropagation();
}, true);
</script>"""
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")


def build_page(policy: PolicySearch) -> gr.Blocks:
    """The page over an open corpus, with the endpoint ``/ask`` for programs; :func:`launch` starts it."""
    reply = chat_handler(policy)

    def turn(message: str, history: list[Any]) -> tuple[str, list[Any]]:
        said = [user_message(message)] if message.strip() else []
        answer = {"role": "assistant", "content": _html(reply(message, history))}
        return "", [*history, *said, answer]

    def example(history: list[Any], chosen: gr.SelectData) -> tuple[str, list[Any]]:
        return turn(chosen.value["text"], history)

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question with verbatim passages; history: the user's earlier turns, oldest first."""
        try:
            answer: dict[str, Any] = to_payload(policy.ask(question, history))
        except IpqaError as error:
            raise gr.Error(str(error), title="无法回答", print_exception=False) from error
        return answer

    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        _html(_header(policy.documents))
        talk = _conversation()
        with gr.Row(elem_id="ipqa-input"):
            box = gr.Textbox(
                show_label=False,
                label="问题",
                placeholder="输入问题,按回车",
                submit_btn="提问",
                max_length=MAX_QUESTION_LENGTH,
                max_lines=4,
                autofocus=True,
                min_width=200,
            )
            clear = gr.Button("清空对话", scale=0, min_width=96)
        box.submit(turn, [box, talk], [box, talk], show_progress="hidden", api_visibility="private").then(
            None, js=_SHOW_REPLY, api_visibility="private"
        )
        talk.example_select(
            example, [talk], [box, talk], show_progress="hidden", api_visibility="private"
        ).then(None, js=_SHOW_REPLY, api_visibility="private")
        clear.click(
            lambda: ("", []), None, [box, talk], queue=False, show_progress="hidden", api_visibility="private"
        )
        api(ask, api_name="ask")
    page.queue(default_concurrency_limit=CONCURRENCY, max_size=QUEUE_SIZE)
    return page


def _conversation() -> gr.Chatbot:
    """The conversation, as tall as the page; while it is empty it offers examples."""
    return gr.Chatbot(
        elem_id="ipqa-talk",
        show_label=False,
        label="对话",
        height=None,
        autoscroll=False,
        render_markdown=False,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        group_consecutive_messages=False,
        placeholder="可以这样问",
        examples=[{"text": question, "display_text": f"{who} · {question}"} for who, question in EXAMPLES],
    )


def launch(page: gr.Blocks, host: str, port: int) -> str:
    """Start the page in threads of its own.

    Args:
        page: what :func:`build_page` made.
        host: the address to listen on; ``0.0.0.0`` for all of this machine's.
        port: the port to listen on.

    Returns:
        The page's address for a browser on this machine.

    Raises:
        ArgumentError: if the address cannot be used.
    """
    _bypass_proxy("127.0.0.1", "localhost", host)
    try:
        _, url, _ = page.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            inbrowser=False,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            css_paths=Path(__file__).with_name("page.css"),
            head=_HEAD,
            theme=gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=("ui-monospace", "monospace")),
        )
    except OSError as error:
        raise ArgumentError(
            f"网页没有启动:{host}:{port} 不能用,可能已被占用;换一个端口,例如设置 IPQA_PORT=7861"
        ) from error
    return url


def serve(policy: PolicySearch, host: str, port: int, started: Callable[[str], None]) -> None:
    """Serve the page until the program is interrupted.

    Args:
        policy: an open corpus.
        host: as in :func:`launch`.
        port: as in :func:`launch`.
        started: called with the page's address once it answers.

    Raises:
        ArgumentError: if the address cannot be used.
    """
    page = build_page(policy)
    started(launch(page, host, port))
    page.block_thread()


def _bypass_proxy(*hosts: str) -> None:
    """Let this process reach the hosts directly: Gradio calls its own address when it starts."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = ",".join(dict.fromkeys(filter(None, (*known.split(","), *hosts))))


def _html(value: str) -> gr.HTML:
    return gr.HTML(value, js_on_load=None, apply_default_css=False)


def _header(documents: tuple[Document, ...]) -> str:
    titles = "".join(f"<li>{escape(_described(document))}</li>" for document in documents)
    return (
        f'<header class="ipqa-header"><h1>{TITLE}</h1><p>{EXPLANATION}</p>'
        f'<ul aria-label="可查的文件">{titles}</ul></header>'
    )


def _described(document: Document) -> str:
    known = ",".join(filter(None, (document.issuer, document.published)))
    return f"{document.title}({known})" if known else document.title
