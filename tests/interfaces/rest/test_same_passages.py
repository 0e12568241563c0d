"""However the library is asked, the passages are the same, in the same order."""

import asyncio

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from ipqa.evaluation import read_questions
from tests.conftest import ROOT

COUNT = 10
ALL = dict.fromkeys(
    q.question for q in read_questions(ROOT / "tests/data/dev_questions.jsonl") if not q.history
)
QUESTIONS = list(ALL)[:: len(ALL) // 20][:20]


@pytest.fixture(scope="module")
def passages(policy):
    return {q: [hit.clause.id for hit in policy.search(q, COUNT)] for q in QUESTIONS}


def test_there_are_twenty_questions_that_differ(passages):
    assert len(passages) == 20
    assert len({tuple(ids) for ids in passages.values()}) > 15


def test_over_rest(client, passages):
    for question, ids in passages.items():
        posted = client.post("/api/search", json={"question": question, "k": COUNT}).json()["hits"]
        got = client.get("/api/search", params={"q": question, "k": COUNT}).json()["hits"]
        assert [hit["clause"]["id"] for hit in posted] == ids
        assert [hit["clause"]["id"] for hit in got] == ids


def test_over_dify(client, passages):
    for question, ids in passages.items():
        asked = {"knowledge_id": "all", "query": question, "retrieval_setting": {"top_k": COUNT}}
        records = client.post("/retrieval", json=asked).json()["records"]
        assert [record["metadata"]["clause_id"] for record in records] == ids


def test_over_mcp(url, passages):
    async def go():
        async with (
            httpx2.AsyncClient(trust_env=False, timeout=30) as http,
            Client(streamable_http_client(f"{url}mcp", http_client=http)) as client,
        ):
            return [(await client.call_tool("search", {"query": q})).structured_content for q in passages]

    for told, ids in zip(asyncio.run(go()), passages.values(), strict=True):
        assert [result["id"] for result in told["results"]] == ids
