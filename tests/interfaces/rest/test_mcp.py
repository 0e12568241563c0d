"""The tools for assistants, called with the official client over HTTP and stdio; and where it is missing."""

import asyncio
import json
import logging
import subprocess
import sys
from contextlib import asynccontextmanager

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from ipqa.errors import MissingExtraError
from ipqa.interfaces.cli import main
from ipqa.interfaces.web import WebServer, create_app
from ipqa.settings import Settings
from tests.conftest import CORPUS, PLAN

QUESTION = "商标品牌指导站要建多少家"
MODES = ("auto", "legacy")


@asynccontextmanager
async def talking(url, mode="auto", **headers):
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False, timeout=30) as http,
        Client(streamable_http_client(f"{url}mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def call(url, tool, mode="auto", headers=None, **arguments):
    async def go():
        async with talking(url, mode, **(headers or {})) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(go())


@pytest.mark.parametrize("mode", MODES)
def test_the_tools_say_in_chinese_what_they_do_and_that_they_only_read(url, mode):
    async def go():
        async with talking(url, mode) as client:
            return client.server_info, client.instructions, (await client.list_tools()).tools

    info, instructions, tools = asyncio.run(go())
    assert (info.name, info.title) == ("ipqa", "政策规划问答")
    assert "逐字" in instructions
    assert [tool.name for tool in tools] == ["search", "fetch", "list_tasks", "get_indicators", "ask"]
    for tool in tools:
        assert any("\u4e00" <= char <= "\u9fff" for char in tool.description)
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert tool.output_schema
        for given in tool.input_schema["properties"].values():
            assert given["description"]


@pytest.mark.parametrize("mode", MODES)
def test_search_and_fetch_have_the_form_that_chatgpt_asks_for(url, policy, mode):
    found = call(url, "search", mode, query=QUESTION)

    hits = policy.search(QUESTION, 10)
    results = found.structured_content["results"]
    assert json.loads(found.content[0].text) == found.structured_content
    assert [r["id"] for r in results] == [hit.clause.id for hit in hits]
    assert all(set(r) == {"id", "title", "url"} for r in results)
    assert results[0]["url"] == f"/?clause={PLAN}%2336"
    assert results[0]["title"].endswith("》三、(三) 培育高价值商标品牌")

    fetched = call(url, "fetch", mode, id=results[0]["id"])
    assert json.loads(fetched.content[0].text) == fetched.structured_content
    assert set(fetched.structured_content) == {"id", "title", "text", "url", "metadata"}
    assert fetched.structured_content["text"] == hits[0].clause.text
    assert fetched.structured_content["metadata"]["document"] == policy.document(PLAN).title
    assert fetched.structured_content["metadata"]["responsibility"].startswith("牵头 市市场监管局")


def test_tasks_are_complete(url, policy):
    told = call(url, "list_tasks", unit="中院").structured_content

    assert (told["unit"], told["total"]) == ("市法院", 9)
    assert [task["text"] for task in told["tasks"]] == [c.text for c in policy.tasks("市法院")]
    led = call(url, "list_tasks", unit="市场监管局", role="lead").structured_content
    assert [task["id"] for task in led["tasks"]] == [c.id for c in policy.tasks("市场监管局", "lead")]


def test_indicators_are_as_the_plan_gives_them(url, policy):
    told = call(url, "get_indicators").structured_content["indicators"]
    mine = call(url, "get_indicators", unit="市法院").structured_content["indicators"]

    known = policy.indicators()
    assert [(i["name"], i["base"], i["target"]) for i in told] == [(i.name, i.base, i.target) for i in known]
    assert [i["name"] for i in mine] == [i.name for i in policy.indicators("市法院")]


def test_an_answer_has_its_quotes(url, policy):
    told = call(url, "ask", question=QUESTION).structured_content
    answer = policy.ask(QUESTION)

    assert (told["status"], told["text"]) == (answer.status, answer.text)
    assert [c["quote"] for c in told["citations"]] == [c.quote for c in answer.citations]
    assert call(url, "ask", question="红烧肉怎么做").structured_content["status"] == "not_found"


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("search", {"query": "???"}, "没有文字或数字"),
        ("search", {"query": "问" * 501}, "问题太长"),
        ("fetch", {"id": "x#1"}, "没有条款“x#1”"),
        ("list_tasks", {"unit": "没有的局"}, "责任单位中没有"),
        ("list_tasks", {"unit": "市法院", "role": "boss"}, "role"),
        ("get_indicators", {"unit": " "}, "请给出单位名称"),
        ("ask", {}, "question"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(url, tool, arguments, told):
    reply = call(url, tool, **arguments)

    assert reply.is_error
    assert told in reply.content[0].text


def test_a_key_opens_it(policy):
    with WebServer(create_app(policy, Settings(api_key="k-1")), "127.0.0.1", 0) as server:
        told = call(server.url, "search", headers={"Authorization": "Bearer k-1"}, query="专利")

    assert len(told.structured_content["results"]) == 10


def test_links_bear_the_public_address(policy):
    settings = Settings(public_url="https://example.cn/zhengce", root_path="/else")
    with WebServer(create_app(policy, settings), "127.0.0.1", 0) as server:
        found = call(server.url, "search", query=QUESTION).structured_content["results"]
        host = httpx.post(
            f"{server.url}mcp", headers={**JSON, "Host": "example.cn"}, json=PING, trust_env=False
        )

    assert found[0]["url"] == f"https://example.cn/zhengce/?clause={PLAN}%2336"
    assert host.status_code == 200


JSON = {"Accept": "application/json, text/event-stream"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def test_a_server_for_this_machine_is_not_reached_under_another_s_name(url):
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        reply = httpx.post(f"{url}mcp", headers={**JSON, **headers}, json=PING, trust_env=False)
        assert reply.status_code in (403, 421)
    assert httpx.post(f"{url}mcp", headers=JSON, json=PING, trust_env=False).status_code == 200


def test_a_server_for_a_network_answers_to_any_name(policy):
    with WebServer(create_app(policy, Settings(host="0.0.0.0")), "127.0.0.1", 0) as server:
        reply = httpx.post(
            f"{server.url}mcp", headers={**JSON, "Host": "zhengce"}, json=PING, trust_env=False
        )

    assert len(reply.json()["result"]["tools"]) == 5


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_stream_is_kept_open(url, method):
    reply = httpx.request(method, f"{url}mcp", headers=JSON, trust_env=False)

    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


def test_the_log_of_the_process_stays_as_it_was(policy):
    root = logging.getLogger()
    before = root.handlers[:], root.level
    create_app(policy, Settings())

    assert (root.handlers[:], root.level) == before


def test_over_stdio(tmp_path):
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "ipqa", "--corpus", str(CORPUS), "--index", str(tmp_path / "index"), "mcp"],
    )

    async def go():
        async with Client(stdio_client(command)) as client:
            return await client.call_tool("search", {"query": QUESTION})

    assert asyncio.run(go()).structured_content["results"][0]["id"] == f"{PLAN}#36"


@pytest.fixture
def without_mcp(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "mcp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "ipqa.interfaces.mcp", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)


def test_without_the_package_the_page_works_and_says_so_once(policy, without_mcp, caplog):
    with caplog.at_level(logging.INFO, "ipqa"):
        app = create_app(policy, Settings())
    with WebServer(app, "127.0.0.1", 0) as server:
        assert httpx.get(server.url, trust_env=False).status_code == 200
        assert httpx.get(f"{server.url}api/units", trust_env=False).status_code == 200
        missing = httpx.post(f"{server.url}mcp", json=PING, trust_env=False)

    assert [r.levelname for r in caplog.records if "ipqa[mcp]" in r.getMessage()] == ["INFO"]
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


def test_without_the_package_the_command_names_what_to_install(without_mcp, capsys, tmp_path):
    with pytest.raises(MissingExtraError, match=r"pip install 'ipqa\[mcp\]'"):
        import ipqa.interfaces.mcp  # noqa: F401
    with pytest.raises(SystemExit) as ended:
        main(["--corpus", str(CORPUS), "--index", str(tmp_path / "index"), "mcp"])

    assert ended.value.code == 2
    assert "pip install 'ipqa[mcp]'" in capsys.readouterr().err
    assert not (tmp_path / "index").exists()


def test_the_command_line_does_not_load_it():
    code = "import sys, ipqa.interfaces.cli; print([m for m in ('mcp', 'fastapi') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
