"""Dify's external knowledge API: its records, its conditions, its errors."""

import httpx
import pytest

from ipqa import PolicySearch
from ipqa.interfaces.rest.dify import chance
from ipqa.interfaces.web import WebServer, create_app
from ipqa.settings import Settings
from tests.conftest import PLAN
from tests.fakes import HashEncoder

QUESTION = "商标品牌指导站要建多少家"


def body(knowledge_id="all", query=QUESTION, top_k=5, score_threshold=0.0, **condition):
    setting = {"top_k": top_k, "score_threshold": score_threshold}
    return {
        "knowledge_id": knowledge_id,
        "query": query,
        "retrieval_setting": setting,
        **({"metadata_condition": condition} if condition else {}),
    }


def where(name, operator, value):
    return {"name": name, "comparison_operator": operator, "value": value}


def records(client, *args, **kwargs):
    reply = client.post("/retrieval", json=body(*args, **kwargs))
    assert reply.status_code == 200, reply.text
    return reply.json()["records"]


@pytest.mark.parametrize("knowledge_id", ["", "all", "ipqa", PLAN])
def test_records_are_the_clauses_found(client, policy, knowledge_id):
    hits = policy.search(QUESTION, 5)
    found = records(client, knowledge_id)

    assert [r["content"] for r in found] == [hit.clause.text for hit in hits]
    assert [r["metadata"]["clause_id"] for r in found] == [hit.clause.id for hit in hits]
    scores = [r["score"] for r in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_record_says_where_it_stands(client, policy):
    first = records(client, top_k=1)[0]

    title = policy.document(PLAN).title
    assert first["title"] == f"《{title}》三、(三) 培育高价值商标品牌"
    assert first["metadata"] == {
        "document_name": title,
        "doc_id": PLAN,
        "clause_id": f"{PLAN}#36",
        "kind": "任务",
        "section": "三、激励高质量知识产权创造,培育经济发展新动能 / (三)培育高价值商标品牌",
        "place": f"《{title}》三、(三)",
        "responsibility": "牵头 市市场监管局;负责 市发展改革委、市工业和信息化局、市财政局、市农业农村局",
        "url": f"/?clause={PLAN}%2336",
    }


def test_the_threshold_leaves_out_what_scores_less(client):
    scores = [r["score"] for r in records(client, top_k=10)]

    least = scores[4]
    assert [r["score"] for r in records(client, top_k=10, score_threshold=least)] == scores[:5]
    assert records(client, query="红烧肉怎么做", score_threshold=0.9) == []


def test_what_fits_scores_high_and_what_does_not_scores_low(client):
    assert records(client)[0]["score"] > 0.95
    assert records(client, query="红烧肉怎么做")[0]["score"] < 0.5


def test_scores_grow_with_the_ranking_s(client):
    scores = [chance(score) for score in (-1e9, -5.0, 0.0, 14.8, 20.0, 1e9)]

    assert scores == sorted(scores)
    assert scores[3] == 0.5
    assert (scores[0], scores[-1]) == (pytest.approx(0), 1)


def test_a_question_without_a_word_finds_nothing(client):
    assert records(client, query="👍") == []
    assert records(client, query="") == []


CONDITIONS = [
    ([where("kind", "is", "任务")], lambda c: c.kind == "task"),
    ([where(["kind"], "=", "project")], lambda c: c.kind == "project"),
    ([where("section", "contains", "激励")], lambda c: any("激励" in h for h in c.section_path)),
    (
        [where("section", "is", "(三)培育高价值商标品牌")],
        lambda c: "(三)培育高价值商标品牌" in c.section_path,
    ),
    ([where(["document_name"], "contains", "廊坊市")], lambda c: True),
    ([where("document_name", "is", "别的文件")], lambda c: False),
    ([where("doc_id", "is", PLAN)], lambda c: True),
    (
        [where(["kind", "section"], "contains", "专栏")],
        lambda c: "专栏" in str((c.section_path, c.kind == "project")),
    ),
    ([where("doc_id", "=", 5)], lambda c: False),
    ([], lambda c: True),
    (None, lambda c: True),
]


@pytest.mark.parametrize(("conditions", "fulfils"), CONDITIONS)
def test_conditions_limit_the_records_and_keep_their_order(client, policy, conditions, fulfils):
    ranked = policy.search(QUESTION, len(policy.clauses))

    found = records(client, logical_operator="and", conditions=conditions)
    wanted = [hit.clause.id for hit in ranked if fulfils(hit.clause)][:5]
    assert [r["metadata"]["clause_id"] for r in found] == wanted


def test_conditions_are_joined_by_and_or_or(client):
    both = [where("kind", "is", "task"), where("kind", "is", "project")]

    assert records(client, logical_operator="and", conditions=both) == []
    assert {
        r["metadata"]["kind"] for r in records(client, top_k=50, logical_operator="or", conditions=both)
    } == {
        "任务",
        "专栏项目",
    }


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ([where("kind", "is not", "task")], "comparison_operator"),
        ([where("category", "is", "x")], "name"),
        ([{"name": "kind", "comparison_operator": "is"}], "value"),
    ],
)
def test_a_condition_that_is_not_known_is_refused(client, conditions, told):
    reply = client.post("/retrieval", json=body(conditions=conditions))

    assert reply.status_code == 400
    assert reply.json()["error_code"] == 400
    assert told in reply.json()["error_msg"]


def test_knowledge_that_does_not_exist_is_refused_as_dify_has_it(client):
    reply = client.post("/retrieval", json=body("nichts"))

    assert reply.status_code == 404
    assert reply.json() == {"error_code": 2001, "error_msg": "The knowledge does not exist"}


@pytest.mark.parametrize(
    ("method", "content", "status"),
    [
        ("POST", b"", 400),  # as Dify calls when an endpoint is registered
        ("POST", b"{", 400),
        ("POST", b"{}", 400),
        ("POST", b" " * (64 * 1024 + 1), 413),
        ("GET", b"", 405),
    ],
)
def test_every_refusal_has_dify_s_form(client, method, content, status):
    reply = client.request(
        method, "/retrieval", content=content, headers={"Content-Type": "application/json"}
    )

    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/json")
    assert set(reply.json()) == {"error_code", "error_msg"}
    assert reply.json()["error_code"] == status


@pytest.mark.parametrize("header", ["Token x", "Bearer", "abc"])
def test_a_malformed_key_is_refused_where_none_is_needed(client, header):
    reply = client.post("/retrieval", json=body(), headers={"Authorization": header})

    assert (reply.status_code, reply.json()["error_code"]) == (403, 1001)
    assert client.post("/retrieval", json=body(), headers={"Authorization": "Bearer x"}).status_code == 200


def test_a_document_may_be_called_as_all_documents_are(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("all", "other"):
        (corpus / f"{name}.txt").write_text(f"{name}\n\n一、任务\n\n建设知识产权服务站。\n", encoding="utf-8")
    policy = PolicySearch.open(corpus, tmp_path / "index", HashEncoder())
    app = create_app(policy, Settings(public_url="https://example.cn/zhengce/"))
    with (
        WebServer(app, "127.0.0.1", 0) as server,
        httpx.Client(base_url=server.url, trust_env=False) as client,
    ):
        one, both = records(client, "all"), records(client, "ipqa")

    assert {r["metadata"]["doc_id"] for r in one} == {"all"}
    assert {r["metadata"]["doc_id"] for r in both} == {"all", "other"}
    assert one[0]["metadata"]["url"].startswith("https://example.cn/zhengce/?clause=all%23")
