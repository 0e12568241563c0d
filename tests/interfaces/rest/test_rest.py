"""The REST services: every route sends what the library gives, and every refusal is a problem in words."""

import json
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest

from ipqa.interfaces.feedback import FeedbackStore
from ipqa.interfaces.payload import to_payload
from ipqa.interfaces.rest import Access, Service, create_api
from ipqa.interfaces.web import WebServer, create_app
from ipqa.settings import Settings
from tests.conftest import PLAN

QUESTION = "商标品牌指导站要建多少家"
FILTERS = {"unit": "市场监管局", "role": "lead", "doc": PLAN, "section": "激励", "kind": "task"}


def as_json(value):
    return json.loads(json.dumps(to_payload(value)))


def test_search_gives_the_library_s_hits(client, policy):
    reply = client.post("/api/search", json={"question": QUESTION, "k": 3})

    assert reply.json() == {"hits": as_json(policy.search(QUESTION, 3))}
    assert client.get("/api/search", params={"q": QUESTION, "k": 3}).json() == reply.json()


def test_search_takes_every_filter(client, policy):
    hits = as_json(policy.search(QUESTION, 5, **FILTERS))

    assert hits
    assert client.post("/api/search", json={"question": QUESTION, **FILTERS}).json() == {"hits": hits}
    assert client.get("/api/search", params={"q": QUESTION, **FILTERS}).json() == {"hits": hits}


def test_a_whole_number_may_have_a_point(client):
    assert len(client.post("/api/search", json={"question": QUESTION, "k": 2.0}).json()["hits"]) == 2


def test_ask_gives_the_library_s_answer(client, policy):
    asked = {"question": "由谁牵头?", "history": [QUESTION], "k": 2}

    assert client.post("/api/ask", json=asked).json() == as_json(policy.ask("由谁牵头?", [QUESTION], 2))
    assert client.post("/api/ask", json={"question": QUESTION, **FILTERS}).json() == as_json(
        policy.ask(QUESTION, **FILTERS)
    )


def test_a_unit_s_tasks_are_complete(client, policy):
    told = client.get("/api/tasks", params={"unit": "中院"}).json()

    assert (told["unit"], told["total"]) == ("市法院", 9)
    assert told["tasks"] == as_json(policy.tasks("中院"))
    led = client.get("/api/tasks", params={"unit": "市场监管局", "role": "lead", "doc": PLAN}).json()
    assert led["tasks"] == as_json(policy.tasks("市场监管局", "lead"))


def test_lists_are_the_library_s(client, policy):
    mine = client.get("/api/indicators", params={"unit": "市法院"}).json()

    assert client.get("/api/indicators").json()["indicators"] == as_json(policy.indicators())
    assert mine["indicators"] == as_json(policy.indicators("市法院"))
    assert mine["total"] == len(mine["indicators"])
    assert client.get("/api/units").json()["units"] == as_json(policy.units())
    assert client.get("/api/topics").json()["topics"] == as_json(policy.topics())
    assert client.get("/api/topics", params={"doc": PLAN}).json()["total"] == len(policy.topics())


def test_documents_come_without_their_text(client, policy):
    (document,) = client.get("/api/documents").json()["documents"]

    known = as_json(policy.document(PLAN))
    assert known.pop("text")
    assert document == {**known, "clauses": len(policy.clauses)}


def test_a_clause_comes_with_its_place(client, policy):
    told = client.get(f"/api/clauses/{quote(f'{PLAN}#36', safe='')}").json()

    assert told["clause"] == as_json(policy.clause(f"{PLAN}#36"))
    assert told["title"] == policy.document(PLAN).title
    assert told["place"] == f"《{told['title']}》三、(三)"
    assert told["url"] == f"/?clause={PLAN}%2336"


@pytest.mark.parametrize("clause_id", ["市级/文件 2#36", "a/../b#1", "100%25?&#1"])
def test_any_id_is_found_once_it_is_encoded(policy, monkeypatch, clause_id):
    known = replace(policy.clause(f"{PLAN}#36"), id=clause_id)
    monkeypatch.setitem(policy._clauses, clause_id, known)
    with WebServer(create_app(policy, Settings(root_path="/zhengce")), "127.0.0.1", 0) as server:
        reply = httpx.get(f"{server.url}api/clauses/{quote(clause_id, safe='')}", trust_env=False)

    assert reply.json()["clause"] == as_json(known)
    assert reply.json()["url"] == f"/zhengce/?clause={quote(clause_id, safe='')}"


PROBLEMS = [
    ("GET", "/api/clauses/x%231", None, 404, "没有条款“x#1”"),
    ("GET", "/api/tasks?unit=没有的局", None, 404, "责任单位中没有"),
    ("GET", "/api/indicators?doc=无", None, 404, "没有文件“无”"),
    ("GET", "/api/topics?doc=无", None, 404, "没有文件“无”"),
    ("POST", "/api/search", {"question": QUESTION, "unit": "没有的局"}, 404, "责任单位中没有"),
    ("POST", "/api/ask", {"question": "???"}, 422, "没有文字或数字"),
    ("GET", "/api/search?q=%20", None, 422, "问题是空的"),
    ("POST", "/api/ask", {"question": QUESTION, "section": "没有的章"}, 422, "没有章节“没有的章”"),
    ("GET", "/api/nothing", None, 404, "没有这个地址"),
    ("GET", "/api", None, 404, "没有这个地址"),
    ("GET", "/api/units/", None, 404, "没有这个地址"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "told"), PROBLEMS)
def test_what_cannot_be_given_is_a_problem_in_words(client, method, path, body, status, told):
    reply = client.request(method, path, json=body)

    problem = reply.json()
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"]
    assert told in problem["detail"]
    assert "errors" not in problem
    assert problem["instance"] == quote(httpx.URL(path).path)


@pytest.mark.parametrize(
    ("body", "name", "told"),
    [
        ({}, "question", "必填"),
        ({"question": 5}, "question", "应是字符串"),
        ({"question": "问" * 501}, "question", "最多 500 个字符"),
        ({"question": "\ud800问"}, "question", "半个代理对"),
        ({"question": QUESTION, "k": 0}, "k", "应不小于 1"),
        ({"question": QUESTION, "k": 101}, "k", "应不大于 100"),
        ({"question": QUESTION, "k": "5"}, "k", "应是整数"),
        ({"question": QUESTION, "k": 1.5}, "k", "应是整数"),
        ({"question": QUESTION, "k": True}, "k", "应是整数"),
        ({"question": QUESTION, "role": "boss"}, "role", "应是 'lead'、'responsible'、'support' 之一"),
        ({"question": QUESTION, "untit": "市法院"}, "untit", "没有这个字段"),
        ({"question": QUESTION, "history": "问"}, "history", "应是列表"),
        ({"question": QUESTION, "history": ["问"] * 201}, "history", "最多 200 项"),
        ({"question": QUESTION, "history": [5]}, "history.0", "应是字符串"),
        ([], "", "应是 JSON 对象"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(client, body, name, told):
    reply = client.post("/api/ask", content=json.dumps(body), headers={"Content-Type": "application/json"})

    problem = reply.json()
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert [(e["location"], e["name"]) for e in problem["errors"]] == [("body", name)]
    assert told in problem["errors"][0]["detail"]
    assert told in problem["detail"]


def test_a_query_that_cannot_be_used_is_named(client):
    problem = client.get("/api/search?q=专利&k=viele&kind=law").json()

    assert {(e["location"], e["name"]) for e in problem["errors"]} == {("query", "k"), ("query", "kind")}


@pytest.mark.parametrize("content", [b"\xff\xff", b"[" * 60_000])
def test_what_is_no_json_is_refused(client, content):
    reply = client.post("/api/search", content=content, headers={"Content-Type": "application/json"})

    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")


def test_broken_json_is_named_as_such(client):
    reply = client.post("/api/search", content="{", headers={"Content-Type": "application/json"})

    assert reply.json()["errors"] == [{"location": "body", "name": "", "detail": "不是有效的 JSON"}]


def test_a_method_that_is_none_is_refused_with_all_that_are(client):
    reply = client.put("/api/search")

    assert (reply.status_code, reply.headers["content-type"]) == (405, "application/problem+json")
    assert reply.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("path", ["/api/search", "/mcp", "/api/nothing"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_long_body_is_refused(client, path, chunked):
    body = b" " * (64 * 1024 + 1)
    reply = client.post(path, content=iter([body[:40_000], body[40_000:]]) if chunked else body)

    assert (reply.status_code, reply.headers["content-type"]) == (413, "application/problem+json")
    assert "64 KB" in reply.json()["detail"]


def test_a_body_of_64_kilobytes_is_taken(client):
    body = json.dumps({"question": QUESTION}).encode().ljust(64 * 1024)

    reply = client.post("/api/search", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 200


def test_an_error_of_the_program_is_a_problem_that_tells_nothing(policy):
    class Broken(Service):
        def search(self, *_):
            raise RuntimeError("secret")

    app = create_api(Broken(policy), Access())
    with WebServer(app, "127.0.0.1", 0) as server:
        reply = httpx.get(f"{server.url}api/search?q=专利", trust_env=False)

    assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in reply.text


def test_questions_have_the_page_s_limit_and_what_is_not_answered_is_kept(policy, tmp_path):
    settings = Settings(max_question=10, feedback=True, data=tmp_path)
    with WebServer(create_app(policy, settings), "127.0.0.1", 0) as server:
        long = httpx.get(f"{server.url}api/search", params={"q": "专利" * 6}, trust_env=False)
        asked = httpx.post(f"{server.url}api/ask", json={"question": "红烧肉怎么做"}, trust_env=False)

    assert (long.status_code, long.json()["detail"]) == (422, "问题太长:12 字,最多 10 字")
    assert asked.json()["status"] == "not_found"
    assert FeedbackStore(tmp_path).counts().unanswered["not_found"] == 1


def test_the_description_is_whole_and_shown_by_no_page_from_elsewhere(client):
    described = client.get("/api/openapi.json").json()

    operations = [
        (path, operation) for path, methods in described["paths"].items() for operation in methods.values()
    ]
    assert {path for path, _ in operations} == {
        "/api/search",
        "/api/ask",
        "/api/tasks",
        "/api/indicators",
        "/api/units",
        "/api/documents",
        "/api/topics",
        "/api/clauses/{clause_id}",
        "/retrieval",
    }
    for path, operation in operations:
        assert operation["summary"]
        assert operation["description"]
        refused = {s: r["content"] for s, r in operation["responses"].items() if s >= "4"}
        kind, model = ("json", "DifyError") if path == "/retrieval" else ("problem+json", "Problem")
        schema = {"schema": {"$ref": f"#/components/schemas/{model}"}}
        assert refused
        assert all(content == {f"application/{kind}": schema} for content in refused.values())
        assert "$ref" in operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert client.get("/api/docs").status_code == 404
    assert client.get("/api/redoc").status_code == 404
    assert "security" not in described


def test_the_page_stays_where_it_is(client):
    assert "text/html" in client.get("/").headers["content-type"]
    assert client.get("/healthz").json()["status"] == "ok"
