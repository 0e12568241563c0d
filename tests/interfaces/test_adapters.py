"""The retrievers for LangChain, LlamaIndex and Haystack, run inside the real frameworks."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ipqa.errors import ArgumentError, QuestionError, UnknownDocumentError, UnknownUnitError
from ipqa.interfaces.hits import hit_metadata
from tests.conftest import CORPUS, PLAN, ROOT

QUESTION = "厂里想拿专利去银行贷款,规划里有什么支持"
FRAMEWORKS = {"langchain": "langchain_core", "llamaindex": "llama_index.core", "haystack": "haystack"}
SEARCHES = [
    {"k": 1},
    {"unit": "市监局", "role": "lead"},
    {"unit": "市教育局"},
    {"doc": PLAN, "kind": "project", "k": 3},
    {"section": "促进知识产权转移转化", "k": 20},
]

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")  # read when haystack is imported


def need(extra):
    """Skip a test where a framework is not installed."""
    pytest.importorskip(
        FRAMEWORKS[extra], reason=f'pip install "ipqa[{extra}]"', exc_type=ModuleNotFoundError
    )


def langchain(policy, **arguments):
    need("langchain")
    from ipqa.interfaces.langchain import PolicyRetriever

    return PolicyRetriever(policy=policy, **arguments)


def llamaindex(policy, **arguments):
    need("llamaindex")
    from ipqa.interfaces.llamaindex import PolicyRetriever

    return PolicyRetriever(policy, **arguments)


def haystack(policy=None, **arguments):
    need("haystack")
    from ipqa.interfaces.haystack import PolicyRetriever

    return PolicyRetriever(policy, **arguments)


def equals(field, value):
    return {"field": f"meta.{field}", "operator": "==", "value": value}


def through_langchain(policy, question, **arguments):
    found = langchain(policy, **arguments).invoke(question)
    return [(d.id, d.page_content, d.metadata["score"], d.metadata) for d in found]


def through_llamaindex(policy, question, **arguments):
    found = llamaindex(policy, **arguments).retrieve(question)
    return [(n.node.node_id, n.node.get_content(), n.score, n.node.metadata) for n in found]


def through_haystack(policy, question, k=5, **limits):
    conditions = [equals(name, value) for name, value in limits.items()]
    filters = {"operator": "AND", "conditions": conditions} if conditions else None
    found = haystack(policy).run(question, top_k=k, filters=filters)["documents"]
    return [(d.id, d.content, d.score, d.meta) for d in found]


THROUGH = {"langchain": through_langchain, "llamaindex": through_llamaindex, "haystack": through_haystack}


@pytest.fixture(params=THROUGH)
def through(request):
    need(request.param)
    return THROUGH[request.param]


@pytest.fixture
def no_hits(policy, monkeypatch):
    monkeypatch.setattr(policy, "search", lambda *args, **kwargs: ())
    return policy


@pytest.fixture
def places(tmp_path):
    """A corpus of two clauses, and where its index will lie."""
    (tmp_path / "corpus").mkdir()
    loans, lessons = (
        "鼓励银行开展专利质押贷款。(市市场监管局牵头)",
        "在中小学开展知识产权教育。(市教育局负责)",
    )
    text = f"知识产权计划\n\n一、运用\n\n{loans}\n\n二、宣传\n\n{lessons}\n"
    (tmp_path / "corpus" / "plan.txt").write_text(text, encoding="utf-8")
    return {"corpus": tmp_path / "corpus", "index": tmp_path / "index", "encoder": "default"}


def expected(policy, question, **arguments):
    hits = policy.search(question, **arguments)
    return [(h.clause.id, h.clause.text, h.score, hit_metadata(policy, h)) for h in hits]


def dev_questions(count):
    lines = (ROOT / "tests" / "data" / "dev_questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["q"] for line in lines[:: len(lines) // count]]


def test_every_framework_returns_what_the_search_returns_in_its_order(policy, through):
    questions = dev_questions(40)
    assert len(questions) >= 40
    for question in questions:
        found = expected(policy, question)
        assert found
        assert through(policy, question) == found


@pytest.mark.parametrize("arguments", SEARCHES, ids=str)
def test_filters_and_the_number_of_hits_are_those_of_the_search(policy, through, arguments):
    found = expected(policy, QUESTION, **arguments)
    assert found
    assert through(policy, QUESTION, **arguments) == found


def test_errors_are_the_search_s_own(policy, through):
    for question in ("", "?!", "长" * 501):
        with pytest.raises(QuestionError):
            through(policy, question)
    with pytest.raises(ArgumentError, match="k"):
        through(policy, QUESTION, k=0)
    with pytest.raises(UnknownUnitError):
        through(policy, QUESTION, unit="火星管理局")
    with pytest.raises(UnknownDocumentError, match=PLAN):
        through(policy, QUESTION, doc="langfang")
    with pytest.raises(ArgumentError, match="章节"):
        through(policy, QUESTION, section="火星移民")


def test_nothing_found_is_an_empty_list(no_hits, through):
    assert through(no_hits, QUESTION) == []


def test_one_retriever_serves_threads(policy, through):
    questions = dev_questions(12)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda question: through(policy, question), questions))
    assert found == [expected(policy, question) for question in questions]


def test_the_metadata_cites_the_passage_and_is_json(policy):
    hit = policy.search("市教育局要开展哪些知识产权宣传教育", unit="市教育局")[0]
    document, clause, data = policy.documents[0], hit.clause, hit_metadata(policy, hit)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert document.text[data["start"] : data["end"]] == clause.text
    assert data["highlights"]
    for start, end in data["highlights"]:
        assert data["start"] <= start < end <= data["end"]
    assert (data["id"], data["doc_id"], data["kind"]) == (clause.id, PLAN, clause.kind)
    assert data["title"] == document.title
    assert data["place"].startswith(f"《{document.title}》")
    assert data["section_path"] == list(clause.section_path)
    assert {"name", "role", "qualifier"} == set(data["units"][0])
    assert "市教育局" in [unit["name"] for unit in data["units"]]
    assert (data["score"], data["scores"]) == (hit.score, dict(hit.scores))
    known = (document.issuer, document.published, document.number)
    assert (data["issuer"], data["published"], data["number"]) == known


def test_the_metadata_keeps_a_unit_s_qualifier(policy):
    qualified = next(c for c in policy.clauses if any(r.qualifier for r in c.responsibility))
    hit = replace(policy.search(QUESTION)[0], clause=qualified)
    told = [(unit["name"], unit["role"], unit["qualifier"]) for unit in hit_metadata(policy, hit)["units"]]
    assert told == [(r.unit, r.role, r.qualifier) for r in qualified.responsibility]


# LangChain


def test_langchain_runs_in_a_chain_in_batches_and_async(policy):
    retriever, questions = langchain(policy, k=2), dev_questions(6)
    from langchain_core.runnables import RunnableLambda

    chain = retriever | RunnableLambda(lambda documents: [d.metadata["place"] for d in documents])
    places = [[data["place"] for *_, data in expected(policy, q, k=2)] for q in questions]
    assert chain.batch(questions) == places
    assert asyncio.run(chain.abatch(questions)) == places
    assert asyncio.run(retriever.ainvoke(QUESTION)) == retriever.invoke(QUESTION)
    with pytest.raises(QuestionError):
        asyncio.run(chain.ainvoke(""))


def test_langchain_can_be_configured_for_a_call(policy):
    retriever = langchain(policy)
    from langchain_core.runnables import ConfigurableField

    open_to = retriever.configurable_fields(k=ConfigurableField("k"), unit=ConfigurableField("unit"))
    found = open_to.invoke(QUESTION, {"configurable": {"k": 2, "unit": "市教育局"}})
    hits = policy.search(QUESTION, 2, unit="市教育局")
    assert [d.id for d in found] == [hit.clause.id for hit in hits]


def test_langchain_refuses_a_role_and_a_kind_that_do_not_exist(policy):
    for wrong in ({"role": "boss"}, {"kind": "poem"}, {"policy": "index"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            langchain(**{"policy": policy, **wrong})


def test_langchain_tells_its_callbacks(policy):
    retriever, seen = langchain(policy, k=3), []
    from langchain_core.callbacks import BaseCallbackHandler

    class Listener(BaseCallbackHandler):
        def on_retriever_end(self, documents, **kwargs):
            seen.extend(documents)

        def on_retriever_error(self, error, **kwargs):
            seen.append(error)

    found = retriever.invoke(QUESTION, {"callbacks": [Listener()]})
    assert seen == found
    with pytest.raises(QuestionError) as raised:
        retriever.invoke("", {"callbacks": [Listener()]})
    assert seen[-1] is raised.value


# LlamaIndex


def test_llamaindex_nodes_know_their_place_in_the_document(policy):
    nodes = [found.node for found in llamaindex(policy).retrieve(QUESTION)]
    from llama_index.core.schema import MetadataMode, TextNode

    for node in nodes:
        text = policy.document(node.ref_doc_id).text
        assert text[node.start_char_idx : node.end_char_idx] == node.text
        shown = f"place: {node.metadata['place']}\n\n{node.text}"
        assert node.get_content(MetadataMode.LLM) == node.get_content(MetadataMode.EMBED) == shown
        assert TextNode.from_json(node.to_json()) == node


def test_llamaindex_runs_async_and_in_a_query_engine(policy):
    retriever = llamaindex(policy, k=2)
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import RetrieverQueryEngine
    from llama_index.core.response_synthesizers.no_text import NoText

    engine = RetrieverQueryEngine(retriever, NoText(llm=MockLLM()))
    ids = [hit.clause.id for hit in policy.search(QUESTION, 2)]
    assert [n.node_id for n in engine.query(QUESTION).source_nodes] == ids
    assert [n.node_id for n in asyncio.run(retriever.aretrieve(QUESTION))] == ids
    with pytest.raises(QuestionError):
        asyncio.run(retriever.aretrieve(""))


# Haystack


def test_haystack_runs_in_a_pipeline_sync_and_async(policy):
    retriever = haystack(policy, top_k=3, filters=equals("unit", "市教育局"))
    from haystack import Pipeline
    from haystack.core.errors import PipelineRuntimeError

    pipeline = Pipeline()
    pipeline.add_component("retriever", retriever)
    found = pipeline.run({"retriever": {"query": QUESTION}})["retriever"]["documents"]
    assert [d.id for d in found] == [h.clause.id for h in policy.search(QUESTION, 3, unit="市教育局")]
    assert [type(d).from_dict(d.to_dict()) for d in found] == found
    later = asyncio.run(
        pipeline.run_async({"query": QUESTION, "top_k": 1, "filters": equals("doc_id", PLAN)})
    )
    (best,) = policy.search(QUESTION, 1, doc=PLAN)
    assert [d.id for d in later["retriever"]["documents"]] == [best.clause.id]
    with pytest.raises(PipelineRuntimeError, match="问题") as raised:
        pipeline.run({"query": ""})
    assert isinstance(raised.value.__cause__, QuestionError)


def test_haystack_is_saved_as_settings_and_restored(places):
    filters = {"operator": "AND", "conditions": [equals("role", "lead"), equals("unit", "市市场监管局")]}
    made = haystack(**places, top_k=2, filters=filters)
    from haystack import Pipeline

    saved = made.to_dict()
    assert json.loads(json.dumps(saved)) == saved
    assert saved == {
        "type": "ipqa.interfaces.haystack.PolicyRetriever",
        "init_parameters": {k: str(v) for k, v in places.items()} | {"top_k": 2, "filters": filters},
    }
    restored = type(made).from_dict(saved)
    assert not places["index"].exists()  # nothing is opened before it is needed
    assert restored.to_dict() == saved
    restored.warm_up()
    assert places["index"].exists()
    (found,) = restored.run("贷款")["documents"]
    assert "专利质押贷款" in found.content
    assert made.run("贷款")["documents"] == [found]
    pipeline = Pipeline()
    pipeline.add_component("retriever", made)
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=["ipqa.*"])
    assert again.run({"query": "贷款"})["retriever"]["documents"] == [found]


def test_haystack_opens_the_corpus_of_the_settings_by_itself(places, monkeypatch):
    monkeypatch.setenv("IPQA_CORPUS", str(places["corpus"]))
    monkeypatch.setenv("IPQA_INDEX", str(places["index"]))
    made = haystack(top_k=1)
    saved = {"corpus": None, "index": None, "encoder": None, "top_k": 1, "filters": None}
    assert made.to_dict()["init_parameters"] == saved
    (found,) = made.run("中小学的教育")["documents"]
    assert found.meta["doc_id"] == "plan"
    assert "市教育局" in found.content


def test_haystack_saves_an_open_policy_by_the_corpus_given_with_it(policy):
    made = haystack(policy, corpus=CORPUS)
    assert made.run(QUESTION)["documents"]
    assert made.to_dict()["init_parameters"]["corpus"] == str(CORPUS)


def test_haystack_does_not_save_an_open_policy_as_another(policy):
    with pytest.raises(ArgumentError, match="corpus"):
        haystack(policy).to_dict()


@pytest.mark.parametrize("prefix", ["", "meta."])
def test_haystack_filters_may_nest_and_go_without_meta(policy, prefix):
    inner = {"operator": "AND", "conditions": [{"field": f"{prefix}kind", "operator": "==", "value": "task"}]}
    filters = {"operator": "AND", "conditions": [inner, inner, {**equals("unit", "市教育局")}]}
    found = haystack(policy).run(QUESTION, filters=filters)["documents"]
    hits = policy.search(QUESTION, unit="市教育局", kind="task")
    assert [d.id for d in found] == [hit.clause.id for hit in hits]


@pytest.mark.parametrize("nothing", [None, {}, {"operator": "AND", "conditions": []}], ids=str)
def test_haystack_filters_that_limit_nothing(policy, nothing):
    found = haystack(policy, filters=nothing).run(QUESTION, filters=nothing)["documents"]
    assert [d.id for d in found] == [hit.clause.id for hit in policy.search(QUESTION)]


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ({"field": "meta.page", "operator": "==", "value": "3"}, "page"),
        ({"field": "meta.unit", "operator": "!=", "value": "市教育局"}, "unit.*!="),
        ({"field": "meta.unit", "operator": "in", "value": ["市教育局"]}, "unit.*in"),
        ({"field": "meta.unit", "operator": "==", "value": None}, "unit.*None"),
        ({"field": "meta.unit", "operator": "==", "value": ["市教育局"]}, r"unit.*\['市教育局'\]"),
        ({"field": "meta.unit", "value": "市教育局"}, "unit.*None"),
        ({"operator": "OR", "conditions": [equals("unit", "市教育局")]}, "OR"),
        ({"operator": "NOT", "conditions": [equals("unit", "市教育局")]}, "NOT"),
        ({"operator": "AND", "conditions": [None]}, "None"),
        ({"operator": "AND", "conditions": [{}]}, "None"),
        ({"operator": "AND"}, "AND"),
        ({"operator": "AND", "conditions": [equals("unit", "市教育局"), equals("unit", "市财政局")]}, "unit"),
        ({"operator": "AND", "conditions": [equals("doc", PLAN), equals("doc_id", "other")]}, "doc"),
        ({"unit": "市教育局"}, "None"),
        (["unit"], "unit"),
    ],
    ids=str,
)
def test_haystack_filters_that_cannot_be_used_are_named(policy, filters, named):
    with pytest.raises(ArgumentError, match=named):
        haystack(policy).run(QUESTION, filters=filters)
    with pytest.raises(ArgumentError, match=named):
        haystack(policy, filters=filters)


@pytest.mark.parametrize("extra", FRAMEWORKS)
def test_a_missing_framework_is_named_with_the_command_that_installs_it(extra):
    root = FRAMEWORKS[extra].partition(".")[0]
    code = (
        f"import sys; sys.modules[{root!r}] = None\n"
        "from ipqa.errors import MissingExtraError\n"
        f"try: import ipqa.interfaces.{extra}\n"
        "except MissingExtraError as error: print(ascii(str(error)), isinstance(error, ImportError))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert f'pip install "ipqa[{extra}]"' in run.stdout, run.stdout + run.stderr
    assert run.stdout.strip().endswith("True")
