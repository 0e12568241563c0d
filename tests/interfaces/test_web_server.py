"""How the page is served: the routes beside it, the login, the address, and that it calls nobody."""

import io
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from urllib.parse import unquote

import httpx
import pytest
from docx import Document
from openpyxl import load_workbook

from ipqa.errors import ArgumentError
from ipqa.interfaces.feedback import FeedbackStore
from ipqa.interfaces.web import WebServer, create_app
from ipqa.settings import Settings
from tests.conftest import ROOT

QUESTION = "商标品牌指导站要建多少家"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def url(hash_policy, data):
    with WebServer(create_app(hash_policy, Settings(feedback=True, data=data)), "127.0.0.1", 0) as server:
        yield server.url


@pytest.fixture(scope="module")
def client(url):
    with httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_health_check_says_what_is_served(client, hash_policy):
    told = client.get("/healthz").json()

    assert told["status"] == "ok"
    assert told["documents"] == 1
    assert told["clauses"] == len(hash_policy.clauses)


def test_a_units_tasks_as_excel(client):
    reply = client.get("/export/tasks.xlsx", params={"unit": "中院"})

    named = unquote(reply.headers["content-disposition"].partition("UTF-8''")[2])
    assert named.endswith(".xlsx")
    assert "市法院" in named
    sheet = load_workbook(io.BytesIO(reply.content)).worksheets[0]
    assert sheet.max_row == 1 + 9 + 2


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".md"])
@pytest.mark.parametrize("name", ["tasks", "indicators"])
def test_lists_come_in_every_format(client, name, suffix):
    reply = client.get(f"/export/{name}{suffix}")

    assert reply.status_code == 200
    assert len(reply.content) > 1000


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/export/tasks.xlsx?unit=没有的局", 400, "责任单位中没有"),
        ("/export/tasks.xlsx?unit=市法院&doc=无", 400, "没有文件“无”"),
        ("/export/tasks.pdf", 404, "没有这种格式"),
        ("/export/tasks.xlsx?role=boss", 422, ""),
        (f"/export/tasks.xlsx?unit={'长' * 201}", 422, ""),
    ],
)
def test_an_export_that_cannot_be_made_is_refused_in_words(client, address, status, told):
    reply = client.get(address)

    assert reply.status_code == status
    assert told in str(reply.json()["detail"])


def test_an_export_asks_the_questions_again(client, hash_policy):
    turns = [{"question": QUESTION}, {"question": "由谁牵头?", "selected": False}, {"question": "由谁牵头?"}]
    reply = client.post("/export/answers.docx", json={"turns": turns})

    text = "\n".join(p.text for p in Document(io.BytesIO(reply.content)).paragraphs)
    answers = (hash_policy.ask(QUESTION), hash_policy.ask("由谁牵头?", [QUESTION, "由谁牵头?"]))
    for answer in answers:
        for hit in answer.hits:
            assert hit.clause.text in text


@pytest.mark.parametrize(
    "body", [{}, {"turns": []}, {"turns": [{"question": "问"}] * 201}, {"turns": [{"question": "问" * 2001}]}]
)
def test_a_conversation_that_is_none_is_refused(client, body):
    assert client.post("/export/answers.docx", json=body).status_code == 422


def test_a_question_that_cannot_be_asked_is_refused(client):
    reply = client.post("/export/answers.docx", json={"turns": [{"question": "???"}]})

    assert reply.status_code == 400
    assert "没有文字或数字" in reply.json()["detail"]


BALLOT = {
    "question": QUESTION,
    "resolved_question": QUESTION,
    "status": "answered",
    "clause_ids": ["langfang-ip-plan-145#36"],
    "helpful": True,
}


def test_a_vote_is_kept(client, data):
    before = FeedbackStore(data).counts().helpful
    assert client.post("/feedback", json=BALLOT).json() == {"kept": True}
    assert FeedbackStore(data).counts().helpful == before + 1


@pytest.mark.parametrize(
    "changes", [{"reason": "boring"}, {"question": "问" * 501}, {"comment": "长" * 501}, {"status": "happy"}]
)
def test_a_vote_that_is_none_is_refused(client, changes):
    assert client.post("/feedback", json=BALLOT | changes).status_code in (400, 422)


def test_no_vote_is_taken_where_none_is_kept(hash_policy, tmp_path):
    with WebServer(create_app(hash_policy, Settings(data=tmp_path / "keep")), "127.0.0.1", 0) as server:
        reply = httpx.post(f"{server.url}feedback", json=BALLOT, trust_env=False)

    assert reply.status_code == 404
    assert not (tmp_path / "keep").exists()


def test_programs_call_the_endpoint(url, hash_policy):
    gradio_client = pytest.importorskip("gradio_client")
    api = gradio_client.Client(url, verbose=False, analytics_enabled=False)

    answer = api.predict(QUESTION, api_name="/ask")
    followed = api.predict("由谁牵头?", [QUESTION], api_name="/ask")

    assert [c["quote"] for c in answer["citations"]] == [c.quote for c in hash_policy.ask(QUESTION).citations]
    assert followed["resolved_question"] == f"{QUESTION} 由谁牵头?"
    with pytest.raises(Exception, match="没有文字或数字"):
        api.predict("???", api_name="/ask")
    for history in (5, 0, "专利", [1], {}):
        with pytest.raises(Exception, match="history 应是此前各轮提问的列表"):
            api.predict("专利", history, api_name="/ask")


@pytest.fixture(scope="module")
def locked(hash_policy):
    settings = Settings(auth="张三:口令:一,lisi:pass word")
    with WebServer(create_app(hash_policy, settings), "127.0.0.1", 0) as server:
        yield server.url


ROUTES = (
    "",
    "config",
    "export/tasks.xlsx",
    "gradio_api/info",
    "gradio_api/queue/data",
    "theme.css",
    "feedback",
)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "login", [None, ("张三", "口令"), ("张三", ""), ("lisi", "口令:一"), ("", ""), ("lisi", "pass word ")]
)
def test_no_route_opens_without_a_right_login(locked, route, login):
    reply = httpx.get(locked + route, auth=encoded(login), trust_env=False)

    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Bearer x", "Basic 5byg5LiJ", "basic :"])
def test_a_login_that_is_none_is_refused(locked, header):
    assert httpx.get(locked, headers={"Authorization": header}, trust_env=False).status_code == 401


@pytest.mark.parametrize("login", [("张三", "口令:一"), ("lisi", "pass word")])
def test_a_right_login_opens_the_page(locked, login):
    for route in ("", "export/indicators.csv"):
        assert httpx.get(locked + route, auth=encoded(login), trust_env=False).status_code == 200


def test_the_health_check_needs_no_login(locked):
    assert httpx.get(f"{locked}healthz", trust_env=False).status_code == 200


def encoded(login):
    return None if login is None else httpx.BasicAuth(*(part.encode() for part in login))


def test_behind_a_proxy_links_bear_its_path(hash_policy):
    with WebServer(create_app(hash_policy, Settings(root_path="/zhengce/")), "127.0.0.1", 0) as server:
        page = httpx.get(server.url, trust_env=False).text

    assert "/zhengce/export/indicators.xlsx" in page
    assert 'const base = \\"/zhengce\\"' in page or 'const base = "/zhengce"' in page


def test_the_program_calls_nobody(hash_policy, monkeypatch):
    called, resolve = [], socket.getaddrinfo

    def record(host, *arguments, **options):
        called.append(host)
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", record)
    with WebServer(create_app(hash_policy), "127.0.0.1", 0):
        time.sleep(1)  # telemetry would be sent by a thread of its own

    assert set(called) <= {"127.0.0.1"}


def test_it_starts_where_a_proxy_is_set(hash_policy, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with WebServer(create_app(hash_policy), "127.0.0.1", 0) as server:
        assert httpx.get(f"{server.url}healthz", trust_env=False).status_code == 200


def test_a_port_in_use_is_an_error_in_words(hash_policy, url):
    taken = int(url.rstrip("/").rsplit(":", 1)[1])
    with pytest.raises(ArgumentError, match=f"{taken} 不能用,可能已被占用.*IPQA_PORT"):
        WebServer(create_app(hash_policy), "127.0.0.1", taken)


def run_app(**environment):
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


def test_the_program_ends_with_a_message_where_it_cannot_start(tmp_path, url):
    run = run_app(IPQA_CORPUS=str(tmp_path / "无"), IPQA_INDEX=str(tmp_path))

    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "无" in run.stderr


def test_the_program_says_which_setting_is_wrong():
    run = run_app(IPQA_CONCURRENCY="0")

    assert run.returncode == 2
    assert "IPQA_CONCURRENCY" in run.stderr
    assert "Traceback" not in run.stderr
