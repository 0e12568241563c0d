"""The page: five tabs, their components and events. Works with the network cut."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr
from gradio.events import api

from ipqa.engine import PolicySearch
from ipqa.errors import IpqaError
from ipqa.interfaces.payload import to_payload
from ipqa.interfaces.web.board import Board, role_choices
from ipqa.interfaces.web.chat import chat_handler, user_message
from ipqa.interfaces.web.desk import Desk, Filters
from ipqa.interfaces.web.figures import figures
from ipqa.interfaces.web.fulltext import full_text
from ipqa.interfaces.web.guide import guide
from ipqa.interfaces.web.marks import notice
from ipqa.interfaces.web.render import Renderer
from ipqa.models import Document, Role

TITLE = "政策规划问答"
EXPLANATION = "用平常话提问,得到政策文件的原文,逐条注明出处和责任单位。没有一句是生成的。"
# Who asks, and what: two questions each for officials, enterprises and the public.
EXAMPLES = (
    ("机关", "知识产权服务品牌机构要发展到几家?"),
    ("企业", "怎样才能评上省里的知识产权优势企业?"),
    ("群众", "邻居盗用我的设计图,不打官司能调解吗?"),
    ("机关", "知识产权宣传周由哪些单位来办?"),
    ("企业", "园区里的工厂能得到哪些专利信息服务?"),
    ("群众", "没空去听课,网上能学知识产权吗?"),
)
LOGGED = (
    "本页会记下您主动给出的评价和没有答出的问题,用来改进;不记录您是谁、地址和浏览器。请不要输入个人信息。"
)
QUEUE_SIZE = 256
_ANY = ""  # the choice that does not limit
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_SHOW_REPLY = "() => window.ipqa && window.ipqa.showReply()"
_SHOW_LIST = "() => window.ipqa && window.ipqa.showList()"
_SHOW_CLAUSE = "() => window.ipqa && window.ipqa.showClause()"


def build_page(desk: Desk, base: str = "", concurrency: int = 16) -> gr.Blocks:
    """The page over an open corpus, with the endpoint ``/ask`` for programs.

    Args:
        desk: answers the questions.
        base: the path that the page is served under, ``""`` or ``/path``.
        concurrency: how many questions are answered at once; more wait their turn, first come first served.

    Raises:
        TopicsError: if a topics file of the corpus is wrong.
    """
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        _html(_header(desk.policy.documents))
        with gr.Tabs(elem_id="ipqa-tabs", overflow_behavior="wrap"):
            with gr.Tab("问答", id="chat", elem_id="ipqa-tab-chat"):
                _chat_tab(desk, base)
            with gr.Tab("责任清单", id="tasks", elem_id="ipqa-tab-tasks"):
                _tasks_tab(Board.of(desk.policy, base))
            with gr.Tab("指标", id="indicators", elem_id="ipqa-tab-indicators"):
                _html(figures(desk.policy, base))
            with gr.Tab("办事指引", id="guide", elem_id="ipqa-tab-guide"):
                _html(guide(desk.policy))
            with gr.Tab("原文", id="text", elem_id="ipqa-tab-text"):
                _text_tab(desk.policy)
    page.queue(default_concurrency_limit=concurrency, max_size=QUEUE_SIZE)
    return page


def _chat_tab(desk: Desk, base: str) -> None:
    policy = desk.policy
    renderer = Renderer(
        policy.document, {i.clause_id: i for i in policy.indicators()}, desk.feedback is not None
    )
    reply = chat_handler(desk, renderer)

    def turn(
        message: str, history: list[Any], unit: str, section: str, doc: str = _ANY
    ) -> tuple[str, list[Any]]:
        said = [user_message(message)] if message.strip() else []
        filters = Filters(unit or None, section or None, doc or None)
        answer = {"role": "assistant", "content": reply(message, history, filters)}
        return "", [*history, *said, answer]

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question with verbatim passages; history: the user's earlier turns, oldest first."""
        try:
            answer: dict[str, Any] = to_payload(desk.ask(question, history))
        except IpqaError as error:
            raise gr.Error(str(error), title="无法回答", print_exception=False) from error
        return answer

    talk = _conversation()
    _html(_examples(), elem_id="ipqa-examples")  # shown while nothing has been asked
    with gr.Column(elem_id="ipqa-bottom"):
        with gr.Accordion("筛选:只查某个单位、章节", open=False, elem_id="ipqa-filters"), gr.Row():
            unit = gr.Dropdown(
                _unit_choices(policy), value=_ANY, label="责任单位", allow_custom_value=True, min_width=140
            )
            section = gr.Dropdown(_chapter_choices(policy), value=_ANY, label="章节", min_width=140)
            doc = _document_choice(policy)
        with gr.Row(elem_id="ipqa-input"):
            box = gr.Textbox(
                show_label=False,
                label="问题",
                placeholder="输入问题,按回车",
                submit_btn="提问",
                max_length=desk.longest,
                max_lines=4,
                autofocus=True,
                min_width=160,
            )
            clear = gr.Button("清空对话", scale=0, min_width=88, elem_id="ipqa-clear")
        _html(_foot(desk, base))
    inputs = [box, talk, unit, section, *([doc] if doc else [])]
    box.submit(turn, inputs, [box, talk], concurrency_id="ask", **_QUIET).then(
        None, js=_SHOW_REPLY, api_visibility="private"
    )
    clear.click(lambda: ("", []), None, [box, talk], queue=False, **_QUIET)
    api(ask, api_name="ask", concurrency_id="ask")


def _tasks_tab(board: Board) -> None:
    def listing(
        unit: str | None, role: Role | None, section: str | None, doc: str | None = None
    ) -> tuple[Any, str]:
        if not unit:
            return gr.skip(), notice("选一个单位,或者点下面的格子。")
        try:
            name = board.policy.unit(unit)
            return name, board.listing(name, role or None, section or None, doc or None)
        except IpqaError as error:
            return gr.skip(), notice(str(error))

    def picked(event: gr.EventData) -> tuple[str, str, str, str]:
        data: dict[str, str] = event._data
        unit, section = str(data.get("unit", "")), str(data.get("section", ""))
        return unit, "", section, listing(unit, None, section)[1]

    with gr.Row(elem_id="ipqa-list-filters"):
        unit = gr.Dropdown(
            _unit_choices(board.policy, "选一个单位"),
            value=_ANY,
            label="单位(可打字查找,简称、旧称也认)",
            allow_custom_value=True,
            min_width=160,
            scale=2,
            elem_id="ipqa-unit",
        )
        role = gr.Dropdown(role_choices(), value=_ANY, label="角色", min_width=150, elem_id="ipqa-role")
        section = gr.Dropdown(
            [("全部章节", _ANY), *((c, c) for c in board.chapters())], value=_ANY, label="章节", min_width=160
        )
        doc = _document_choice(board.policy)
    listed = _html(notice("选一个单位,或者点下面的格子。"), elem_id="ipqa-list")
    heat = gr.HTML(
        board.overview(),
        elem_id="ipqa-heat",
        apply_default_css=False,
        js_on_load="""element.addEventListener("click", event => {
            const chosen = event.target.closest("[data-unit]");
            if (chosen) trigger("click", {unit: chosen.dataset.unit, section: chosen.dataset.section || ""});
        });""",
    )
    inputs = [unit, role, section, *([doc] if doc else [])]
    for part in inputs:
        part.input(listing, inputs, [unit, listed], trigger_mode="always_last", **_QUIET)
    heat.click(picked, None, [unit, role, section, listed], **_QUIET).then(
        None, js=_SHOW_LIST, api_visibility="private"
    )


def _text_tab(policy: PolicySearch) -> None:
    indicators = {i.clause_id: i for i in policy.indicators()}

    def shown(doc_id: str) -> str:
        clauses = [c for c in policy.clauses if c.doc_id == doc_id]
        return full_text(policy.document(doc_id), clauses, indicators)

    def document_of(clause_id: str) -> tuple[str, str]:
        doc_id = policy.clause(clause_id).doc_id
        return doc_id, shown(doc_id)

    def asked_for(event: gr.EventData) -> tuple[Any, Any]:
        clause_id = str(event._data.get("clause"))
        try:
            return document_of(clause_id)
        except IpqaError:
            gr.Warning(f"没有条款“{clause_id}”:链接可能来自旧的语料。", title="打不开")
            return gr.skip(), gr.skip()

    first = policy.documents[0].id
    with gr.Row(elem_id="ipqa-text-bar"):
        doc = gr.Dropdown(
            [(d.title, d.id) for d in policy.documents],
            value=first,
            label="文件",
            min_width=200,
            scale=2,
            visible=len(policy.documents) > 1,
        )
        _html(_FIND)
    text = _html(shown(first), elem_id="ipqa-text")
    elsewhere = gr.HTML(  # a clause of a document that is not shown: the page's script asks for it
        "", js_on_load='document.addEventListener("ipqa:clause", event => trigger("click", event.detail));'
    )
    doc.input(shown, [doc], [text], **_QUIET)
    elsewhere.click(asked_for, None, [doc, text], **_QUIET).then(
        None, js=_SHOW_CLAUSE, api_visibility="private"
    )


def _conversation() -> gr.Chatbot:
    """The conversation, as tall as the page."""
    return gr.Chatbot(
        elem_id="ipqa-talk",
        show_label=False,
        label="对话",
        height=None,
        autoscroll=False,
        render_markdown=False,
        sanitize_html=False,  # replies are our own HTML; what comes from outside is escaped in them
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        group_consecutive_messages=False,
        placeholder=" ",
    )


def _examples() -> str:
    items = "".join(
        f'<li><button type="button" class="ipqa-ask" data-ask="{escape(question)}">'
        f"<small>{who}</small>{escape(question)}</button></li>"
        for who, question in EXAMPLES
    )
    return f'<div class="ipqa-examples"><h2>可以这样问</h2><ul>{items}</ul></div>'


def _unit_choices(policy: PolicySearch, none: str = "全部单位") -> list[tuple[str, str]]:
    return [(none, _ANY), *((f"{u.name}({u.tasks} 项)", u.name) for u in policy.units())]


def _chapter_choices(policy: PolicySearch) -> list[tuple[str, str]]:
    chapters = dict.fromkeys(c.section_path[0] for c in policy.clauses if c.section_path)
    return [("全部章节", _ANY), *((chapter, chapter) for chapter in chapters)]


def _document_choice(policy: PolicySearch) -> gr.Dropdown | None:
    """A choice of documents, where there are several."""
    if len(policy.documents) < 2:
        return None
    choices = [("全部文件", _ANY), *((d.title, d.id) for d in policy.documents)]
    return gr.Dropdown(choices, value=_ANY, label="文件", min_width=160)


def _html(value: str, elem_id: str | None = None) -> gr.HTML:
    return gr.HTML(value, js_on_load=None, apply_default_css=False, elem_id=elem_id)


def _header(documents: Sequence[Document]) -> str:
    titles = "".join(f"<li>{escape(_described(document))}</li>" for document in documents[:3])
    more = f"<li>等 {len(documents)} 份文件</li>" if len(documents) > 3 else ""
    return (
        f'<header class="ipqa-header"><h1>{TITLE}</h1><p>{EXPLANATION}</p>'
        f'<ul aria-label="可查的文件">{titles}{more}</ul></header>'
    )


def _described(document: Document) -> str:
    known = ",".join(filter(None, (document.issuer, document.published)))
    return f"{document.title}({known})" if known else document.title


def _foot(desk: Desk, base: str) -> str:
    exports = "".join(
        f'<button type="button" class="ipqa-link" data-export="{escape(base)}/export/answers{suffix}">'
        f"{name}</button>"
        for suffix, name in ((".docx", "Word"), (".md", "Markdown"))
    )
    logged = f'<p class="ipqa-logged">{LOGGED}</p>' if desk.feedback is not None else ""
    return (
        f'<div class="ipqa-foot"><p class="ipqa-exports" hidden><span>导出<span data-picked>全部问答</span>'
        f"</span>{exports}</p>{logged}</div>"
    )


_FIND = (
    '<form class="ipqa-search" role="search"><label>在文中查找 '
    '<input type="search" data-find placeholder="例如 质押"></label>'
    '<span data-found role="status"></span>'
    '<button type="button" class="ipqa-link" data-step="-1" aria-label="上一处">↑</button>'
    '<button type="button" class="ipqa-link" data-step="1" aria-label="下一处">↓</button></form>'
)
