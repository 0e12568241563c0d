from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipqa import PolicySearch
from ipqa.errors import (
    ArgumentError,
    CorpusError,
    QuestionError,
    UnknownClauseError,
    UnknownDocumentError,
    UnknownUnitError,
)
from ipqa.retrieval.index import KNOWN, SCORES
from tests.conftest import PLAN
from tests.fakes import HashEncoder


def test_a_question_in_everyday_words_finds_the_clause(policy):
    first = policy.search("办喜事的酒店放音乐要不要给钱,版权这块有人管吗", k=3)
    assert len(first) == 3
    assert [hit.score for hit in first] == sorted((hit.score for hit in first), reverse=True)
    assert set(first[0].scores) == {*SCORES, KNOWN, "asked"}


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("拿商标去银行抵押能借到钱吗", "商标专用权"),
        ("小微企业没人管专利怎么托管", "知识产权托管服务"),
        ("種子新品種怎麼保護", "植物新品种保护体系建设工程"),
        ("规划在学校里做什么宣传教育", "中小学"),
        ("Which agency leads the protection of trade secrets?", "商业秘密保护工程"),
        ("Can farmers join the geographical indication program?", "吸引合作社、农户"),
    ],
)
def test_the_first_passages_hold_what_answers(policy, question, quote):
    assert any(quote in hit.clause.text for hit in policy.search(question, k=3))


def test_highlights_are_sentences_of_the_clause(policy):
    for hit in policy.search("知识产权质押融资登记金额", k=10):
        assert hit.highlights
        assert set(hit.highlights) <= set(hit.clause.sentences)


@pytest.mark.parametrize("k", [1, 7, 50])
def test_k_hits_come_back(policy, k):
    assert len(policy.search("知识产权", k=k)) == k


def test_k_beyond_the_corpus_gives_every_clause_once(policy):
    hits = policy.search("知识产权", k=1000)
    assert len({hit.clause.id for hit in hits}) == len(hits) == len(policy.clauses)


def test_filters(policy):
    assert all(h.clause.kind == "project" for h in policy.search("专利", k=20, kind="project"))
    assert all("专栏3" in h.clause.section_path[1] for h in policy.search("专利", k=20, section="专栏3"))
    led = policy.search("专利", k=50, unit="工信局", role="lead")
    assert [[r.unit for r in hit.clause.lead] for hit in led] == [["市工业和信息化局"]]
    assert policy.search("专利", k=99, doc=PLAN) == policy.search("专利", k=99)
    assert policy.search("专利", k=5, unit="税务局", kind="project") == ()


def test_a_filter_changes_which_clauses_come_back_not_their_scores(policy):
    wide = {h.clause.id: h.scores for h in policy.search("海外维权", k=91)}
    for hit in policy.search("海外维权", k=10, unit="市贸促会"):
        assert hit.scores == pytest.approx(wide[hit.clause.id])


def test_a_filtered_ranking_is_the_whole_ranking_restricted_to_the_filter(policy):
    whole = policy.search("海外维权", k=len(policy.clauses))
    filtered = policy.search("海外维权", k=len(policy.clauses), kind="paragraph")
    expected = [hit for hit in whole if hit.clause.kind == "paragraph"]
    assert [hit.clause.id for hit in filtered] == [hit.clause.id for hit in expected]
    assert [hit.score for hit in filtered] == pytest.approx([hit.score for hit in expected])


@pytest.mark.parametrize(
    ("limit", "error", "message"),
    [
        ({"unit": ""}, UnknownUnitError, "请给出单位名称"),
        ({"unit": " \u3000"}, UnknownUnitError, "请给出单位名称"),
        ({"unit": 5}, UnknownUnitError, "请给出单位名称"),
        ({"doc": ""}, UnknownDocumentError, PLAN),
        ({"doc": 5}, UnknownDocumentError, "5"),
        ({"section": ""}, ArgumentError, "章节"),
        ({"section": "  "}, ArgumentError, "章节"),
        ({"section": "，"}, ArgumentError, "章节"),
        ({"section": 3}, ArgumentError, "章节"),
        ({"kind": ""}, ArgumentError, "kind"),
        ({"role": ""}, ArgumentError, "role"),
    ],
)
def test_a_blank_filter_is_an_error_not_everything(policy, limit, error, message):
    for call in (policy.search, policy.ask):
        with pytest.raises(error, match=message):
            call("专利", **limit)


@pytest.mark.parametrize("unit", ["", "  ", None, 5])
def test_tasks_and_units_need_a_name(policy, unit):
    for call in (policy.tasks, policy.unit):
        with pytest.raises(UnknownUnitError, match="请给出单位名称"):
            call(unit)


@pytest.mark.parametrize(
    ("alias", "name", "count"),
    [
        ("市法院", "市法院", 9),
        ("中院", "市法院", 9),
        ("市监局", "市市场监管局", 53),
        ("廊坊市市场监管局", "市市场监管局", 53),
        ("工信局", "市工业和信息化局", 18),
        ("发改委", "市发展改革委", 17),
        ("人行廊坊中心分行", "人行廊坊中心支行", 3),
        ("税务", "市税务局", 1),
    ],
)
def test_tasks_are_complete_under_any_name_of_the_unit(policy, alias, name, count):
    assert policy.unit(alias) == name
    assert len(policy.tasks(alias)) == count


def test_tasks_by_role(policy):
    assert len(policy.tasks("市市场监管局", "lead")) == 21
    assert len(policy.tasks("市市场监管局", "responsible")) == 53 - 21
    assert policy.tasks("市法院", "lead") == ()


def test_indicators_of_all_and_of_a_unit(policy):
    assert len(policy.indicators()) == 12
    assert [i.name for i in policy.indicators("人民银行")] == ["知识产权使用费年进出口总额"]
    assert "人行廊坊中心分行" in policy.clause(policy.indicators("人民银行")[0].clause_id).text


def test_the_units_board(policy):
    board = {unit.name: unit for unit in policy.units()}
    assert (board["市市场监管局"].tasks, board["市市场监管局"].leads) == (53, 21)
    assert board["市法院"].tasks == 9
    assert board["人行廊坊中心支行"].variants == ("人行廊坊中心分行",)
    assert "人行廊坊中心分行" not in board


def test_documents_and_clauses_by_id(policy):
    assert [d.id for d in policy.documents] == [PLAN]
    assert policy.document(PLAN).published == "2022-08-24"
    assert policy.clause(policy.clauses[5].id) is policy.clauses[5]


def test_what_does_not_exist_is_named_with_what_is_near(policy):
    with pytest.raises(UnknownUnitError, match="市场监督局.*市市场监管局"):
        policy.tasks("市场监督局")
    with pytest.raises(UnknownDocumentError, match=f"langfang.*{PLAN}"):
        policy.document("langfang")
    with pytest.raises(UnknownClauseError, match="#999"):
        policy.clause(f"{PLAN}#999")
    with pytest.raises(ArgumentError, match="专栏9"):
        policy.search("专利", section="专栏9")
    with pytest.raises(ArgumentError, match="kind"):
        policy.search("专利", kind="table")
    with pytest.raises(ArgumentError, match="role"):
        policy.tasks("市法院", "boss")
    with pytest.raises(ArgumentError, match="k .*0"):
        policy.search("专利", k=0)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "空"),
        (" \n\u3000", "空"),
        ("?!。,…", "没有文字"),
        ("\x00\x07\u200b", "没有文字"),
        ("长" * 501, "501"),
    ],
)
def test_questions_that_cannot_be_searched(policy, question, message):
    for call in (policy.search, policy.ask):
        with pytest.raises(QuestionError, match=message):
            call(question)


@pytest.mark.parametrize("question", [None, 5, b"x", ["专利"]])
def test_a_question_that_is_no_string_is_refused(policy, question):
    for call in (policy.search, policy.ask):
        with pytest.raises(QuestionError, match=f"字符串.*{type(question).__name__}"):
            call(question)


@pytest.mark.parametrize("k", ["3", 1.5, True, None, -1])
def test_k_has_to_be_a_whole_number(policy, k):
    for call in (policy.search, policy.ask):
        with pytest.raises(ArgumentError, match=f"k .*整数.*{k}"):
            call("专利", k=k)


@pytest.mark.parametrize("history", [5, {"专利": 1}, {"专利"}, iter(["专利"]), "专利", b"x", [None]])
def test_a_history_that_is_no_sequence_of_strings_is_refused(policy, history):
    with pytest.raises(ArgumentError, match="history"):
        policy.ask("专利", history)


def test_no_history_is_an_empty_one(policy):
    assert policy.ask("由谁负责?", None) == policy.ask("由谁负责?")


def test_500_characters_are_searched(policy):
    assert policy.search("专利" * 250, k=1)


def test_an_answer_cites_verbatim_and_numbers_from_one(policy):
    answer = policy.ask("商业秘密怎么保护", k=4)
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert [c.clause_id for c in answer.citations] == [hit.clause.id for hit in answer.hits]
    for citation in answer.citations:
        assert policy.document(citation.doc_id).text[citation.start : citation.end] == citation.quote
        assert policy.verify(citation)
    assert answer.text == f"{answer.citations[0].quote}[1]"


def test_a_quote_that_is_not_there_is_not_verified(policy):
    citation = policy.ask("商业秘密").citations[0]
    text, start = policy.document(PLAN).text, citation.start
    other = next(c.id for c in policy.clauses if not c.start <= start < c.end)
    for change in (
        {"quote": citation.quote + "。"},
        {"clause_id": f"{PLAN}#999"},
        {"clause_id": other},
        {"start": start, "end": start, "quote": ""},
        {"start": start - len(text), "end": citation.end - len(text)},
        {"start": 0, "end": 10, "quote": text[:10]},
        {"end": len(text) + 9, "quote": text[start:]},
    ):
        assert not policy.verify(replace(citation, **change)), change
    with pytest.raises(UnknownDocumentError):
        policy.verify(replace(citation, doc_id="没有"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=500))
def test_any_text_is_answered_with_true_quotes_or_refused_clearly(policy, question):
    try:
        answer = policy.ask(question)
    except QuestionError:
        return
    assert answer.hits
    assert all(policy.verify(citation) for citation in answer.citations)


def test_earlier_turns_are_heard_only_when_a_question_leans_on_them(policy):
    history = ["地理标志保护工程有哪些内容"]
    assert policy.ask("由谁负责?", history).resolved_question == "地理标志保护工程有哪些内容 由谁负责?"
    assert policy.ask("它呢", ["商" * 300, "标" * 300]).hits
    full = "企业到国外参加展会被人告侵权了可以找谁帮忙应对"
    assert policy.ask(full, history).resolved_question == full
    with pytest.raises(ArgumentError, match="history"):
        policy.ask("由谁负责?", "地理标志")
    with pytest.raises(ArgumentError, match="history"):
        policy.ask("由谁负责?", [1])


def test_threads_get_the_same_answers(policy):
    questions = ["专利质押", "商标品牌", "海外维权", "版权登记"] * 8
    alone = [policy.search(q, 5) for q in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda q: policy.search(q, 5), questions)) == alone


def test_an_empty_corpus_is_an_error_that_names_it(tmp_path):
    with pytest.raises(CorpusError, match=tmp_path.name):
        PolicySearch.open(tmp_path, tmp_path / "index")


@pytest.mark.parametrize("text", ["只有题目", "题目\n——。", "。"])
def test_a_corpus_without_a_word_is_an_error(tmp_path, text):
    (tmp_path / "文件.txt").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match="没有可检索的文字"):
        PolicySearch.open(tmp_path, tmp_path / "index", HashEncoder())


def test_two_documents_are_searched_together_and_apart(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "甲.txt").write_text("甲市规划\n一、任务\n推进专利导航。(市甲局)", encoding="utf-8")
    (corpus / "乙.txt").write_text("乙市规划\n一、任务\n推进专利导航。(市乙局)", encoding="utf-8")
    policy = PolicySearch.open(corpus, tmp_path / "index")
    assert {h.clause.doc_id for h in policy.search("专利导航")} == {"甲", "乙"}
    assert {h.clause.doc_id for h in policy.search("专利导航", doc="乙")} == {"乙"}
    assert [c.doc_id for c in policy.tasks("市甲局")] == ["甲"]
