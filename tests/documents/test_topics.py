import pytest

from ipqa import PolicySearch
from ipqa.documents.corpus import list_corpus, parse_document
from ipqa.documents.topics import read_topics, topics_named, units_to_turn_to
from ipqa.errors import ArgumentError, DocumentError, TopicsError, UnknownDocumentError
from ipqa.retrieval.update import Library
from tests.conftest import CORPUS, PLAN
from tests.fakes import HashEncoder

TEXT = (
    "某市规划\n\n一、任务\n"
    "(一)推进贷款。银行给\u00a0企业贷款。保险公司参加。电话0316-2012345。(责任单位:市金融局牵头,市保税局负责)\n"
    "(二)办好培训。每年办班培训。有的班讲贷款。(责任单位:市教育局、市金融局)\n"
    "二、保障\n各部门落实贷款和培训。\n"
)
GOOD = "topics:\n  - {name: 融资, needs: [借钱], terms: [贷款], missing: [利率]}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "规划.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def read(folder, content):
    (folder / "规划.topics.yaml").write_text(content, encoding="utf-8")
    (files,) = list_corpus(folder)
    parsed = parse_document(files)
    return read_topics(files.topics, parsed.document, parsed.clauses)


def marked(topic):
    """Each clause's number with the sentences that are marked in it."""
    return {
        int(hit.clause.id.partition("#")[2]): [
            hit.clause.text[s.start - hit.clause.start : s.end - hit.clause.start] for s in hit.highlights
        ]
        for hit in topic.hits
    }


def topic_of(folder, fields):
    (topic,) = read(folder, f"topics:\n  - {{name: 融资, needs: [借钱], {fields}}}\n")
    return topic


def test_a_topic_has_every_clause_that_holds_a_term_with_its_sentences_marked(folder):
    (topic,) = read(folder, GOOD)
    assert (topic.name, topic.doc_id, topic.needs, topic.missing) == ("融资", "规划", ("借钱",), ("利率",))
    assert marked(topic) == {
        1: ["(一)推进贷款。", "银行给\u00a0企业贷款。"],
        2: ["有的班讲贷款。"],
        3: ["各部门落实贷款和培训。"],
    }
    assert all((hit.score, hit.scores) == (0.0, {}) for hit in topic.hits)


def test_quotes_add_sentences_and_exceptions_take_them_away(folder):
    topic = topic_of(folder, "terms: [贷款], quotes: [保险公司参加], except: [有的班讲, 推进贷款]")
    assert marked(topic) == {1: ["银行给\u00a0企业贷款。", "保险公司参加。"], 3: ["各部门落实贷款和培训。"]}


def test_terms_and_quotes_are_found_whatever_their_white_space(folder):
    assert marked(topic_of(folder, "terms: [给 企业]")) == {1: ["银行给\u00a0企业贷款。"]}
    assert marked(topic_of(folder, "quotes: [给 企业贷款。保险]")) == {
        1: ["银行给\u00a0企业贷款。", "保险公司参加。"]
    }


def test_a_quote_from_a_heading_marks_the_clause_under_it(folder):
    assert marked(topic_of(folder, "quotes: [二、保障]")) == {3: ["各部门落实贷款和培训。"]}


@pytest.mark.parametrize("term", ["保税", "教育局"])
def test_the_names_of_responsible_units_are_no_ground(folder, term):
    with pytest.raises(TopicsError, match=f"没有条款写到 terms 里的“{term}”"):
        topic_of(folder, f"terms: [{term}]")


def test_the_units_of_an_indicator_and_of_notes_are_no_ground_in_the_plan(plan, tmp_path):
    path = tmp_path / "主题.yaml"
    path.write_text("topics:\n  - {name: 贸易, needs: [出口], terms: [贸促会]}\n", encoding="utf-8")
    with pytest.raises(TopicsError, match="贸促会"):
        read_topics(path, plan.document, plan.clauses)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("topics: [", "不是有效的 YAML"),
        ("topics: [2022-02-30]", "不是有效的 YAML"),
        ("", "应有且只有 topics"),
        ("- 甲\n", "应有且只有 topics"),
        ("topics: 甲\n", "应有且只有 topics"),
        ("topics: []\nthemes: []\n", "应有且只有 topics"),
        ("topics: []\ntopics: []\n", "应有且只有 topics"),
    ],
)
def test_a_file_of_another_shape_is_named(folder, content, message):
    with pytest.raises(TopicsError, match=rf"规划\.topics\.yaml.*{message}"):
        read(folder, content)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("甲", "应是“键: 值”的形式"),
        ("{needs: [借钱], terms: [贷款]}", r"没有 name\(名称\)"),
        ("{name: '', needs: [借钱], terms: [贷款]}", r"没有 name\(名称\)"),
        ("{name: [甲], needs: [借钱], terms: [贷款]}", r"没有 name\(名称\)"),
        ("{name: 融资, needs: [借钱], terms: [贷款]}", "“融资”:前面已有同名的主题"),
        ("{name: 甲, needs: [借钱], term: [贷款]}", "“甲”:不认识的键 term,可用的有 name、needs"),
        ("{name: 甲, needs: [借钱], terms: [贷款], terms: [培训]}", "“甲”:terms 写了两次"),
        ("{name: 甲, terms: [贷款]}", "“甲”:没有 needs"),
        ("{name: 甲, needs: 借钱, terms: [贷款]}", "“甲”:needs 应是一列文字"),
        ("{name: 甲, needs: [借钱], terms: [12330]}", "“甲”:terms 应是一列文字"),
        ("{name: 甲, needs: [借钱], terms: ['。']}", "“甲”:terms 应是一列文字"),
        ("{name: 甲, needs: [借钱], terms: [贷款, 抵押]}", "“甲”:没有条款写到 terms 里的“抵押”"),
        ("{name: 甲, needs: [借钱], quotes: [银行不给贷款]}", "“甲”:quotes 里的这一段不在文件 规划 的正文里"),
        ("{name: 甲, needs: [借钱], terms: [贷款], except: [没有]}", "“甲”:except 里的这一段不在文件"),
        ("{name: 甲, needs: [借钱], terms: [贷款], except: [每年办班]}", "except 里的这一段没有排除任何句子"),
        ("{name: 甲, needs: [借钱]}", "“甲”:没有一条条款为它服务"),
        ("{name: 甲, needs: [借钱], terms: [保险], except: [保险公司]}", "“甲”:没有一条条款为它服务"),
        ("{name: 甲, needs: [借钱], terms: [保险], missing: [银行电话]}", "“银行电话”其实写了:0316-2012345"),
    ],
)
def test_a_wrong_topic_is_named_with_its_line(folder, entry, message):
    with pytest.raises(TopicsError, match=rf"规划\.topics\.yaml 第 3 行.*{message}"):
        read(folder, f"{GOOD}  - {entry}\n")


def test_what_other_clauses_give_may_be_missing_here(folder):
    assert topic_of(folder, "terms: [培训], missing: [报名电话]").missing == ("报名电话",)


def test_a_file_that_is_no_text_is_named(folder):
    (folder / "规划.topics.yaml").write_bytes(b"\x00")
    with pytest.raises(DocumentError, match=r"规划\.topics\.yaml"):
        read_topics(folder / "规划.topics.yaml", parse_document(list_corpus(folder)[0]).document, ())


def test_whom_to_turn_to_those_that_lead_first(folder):
    (topic,) = read(folder, GOOD)
    assert units_to_turn_to(topic) == (("市金融局", 1, 2), ("市保税局", 0, 1), ("市教育局", 0, 1))
    assert units_to_turn_to(topic, lambda name: "市府") == (("市府", 1, 2),)


def test_a_long_clause_in_parts_counts_once_for_its_units(tmp_path):
    long = "".join(f"第{i}件事是给企业贷款并且办好手续。" for i in range(60))
    text = f"某市规划\n\n一、任务\n(一)贷款。{long}(责任单位:市金融局牵头)\n"
    (tmp_path / "规划.txt").write_text(text, encoding="utf-8")
    (topic,) = read(tmp_path, GOOD)
    assert [bool(hit.clause.continues) for hit in topic.hits] == [False, True]
    assert units_to_turn_to(topic) == (("市金融局", 1, 1),)


def test_topics_are_found_by_name_or_a_part_of_it(folder):
    topics = read(
        folder,
        GOOD + "  - {name: 培训办班, needs: [学专利], terms: [培训]}\n"
        "  - {name: 培训, needs: [学商标], terms: [培训]}\n",
    )
    assert [t.name for t in topics_named(topics, "办班")] == ["培训办班"]
    assert [t.name for t in topics_named(topics, "培训")] == ["培训"]
    with pytest.raises(ArgumentError, match="没有“训”,可选的有:培训办班、培训$"):
        topics_named(topics, "训")
    with pytest.raises(ArgumentError, match="没有“借钱”,可选的有:融资$"):
        topics_named(topics, "借钱")
    with pytest.raises(ArgumentError, match="没有“”,可选的有:融资、培训办班、培训$"):
        topics_named(topics, "")
    with pytest.raises(ArgumentError, match="语料里没有办事指引"):
        topics_named((), "培训")


# Read out of the plan by hand: a clause more or less is an error of the topics file.
CLAUSES = {
    "融资贷款": {7, 18, 26, 41, 59, 66, 70, 76, 85},
    "快速审查与快速维权": {13, 17, 46, 47, 51, 56, 88},
    "贯标认证": {7, 28, 63, 69, 70, 81},
    "专利导航": {52, 60, 67, 68, 76},
    "海外维权与海外布局": {10, 18, 24, 42, 44, 46, 53, 55, 84, 85, 86},
    "植物新品种": {5, 43, 45, 46, 53, 59, 65, 71},
    "地理标志与农业": {5, 36, 42, 45, 54, 62, 65, 66, 71, 80},
    "优势示范企业培育": {7, 63, 69, 70},
    "商业秘密": {47, 55},
    "标准与专利": {37, 61},
    "产业联盟与专利池": {38, 52, 60, 61, 67, 83},
    "信用监管与失信修复": {8, 49, 50, 77},
}


@pytest.mark.parametrize("name", CLAUSES)
def test_a_topic_of_the_plan_has_its_clauses_all_and_only_these(policy, name):
    (topic,) = topics_named(policy.topics(), name)
    assert set(marked(topic)) == CLAUSES[name]


def test_every_task_and_project_serves_a_need_but_those_that_bind_the_government_alone(policy):
    served = {hit.clause.id for topic in policy.topics() for hit in topic.hits}
    left = [c for c in policy.clauses if c.kind in ("task", "project") and c.id not in served]
    assert [c.section_path[-1] for c in left] == ["(一)加强组织领导", "(四)强化监测考核"]


def test_the_topics_of_the_plan_mark_sentences_of_their_clauses(policy):
    for topic in policy.topics(doc=PLAN):
        assert 3 <= len(topic.needs) <= 6
        assert topic.missing
        assert units_to_turn_to(topic, policy.unit)
        for hit in topic.hits:
            assert set(hit.highlights) <= set(hit.clause.sentences)


def test_the_needs_asked_as_questions_lead_to_the_topics_clauses(policy):
    lost = []
    for topic in policy.topics():
        serving = {hit.clause.id for hit in topic.hits}
        found = {need: {hit.clause.id for hit in policy.ask(need, k=3).hits} for need in topic.needs}
        lost += [need for need, ids in found.items() if serving.isdisjoint(ids)]
    assert lost == []


def test_topics_are_of_a_document_or_of_all(policy):
    assert policy.topics(doc=PLAN) == policy.topics()
    with pytest.raises(UnknownDocumentError, match="别的"):
        policy.topics(doc="别的")


def test_a_corpus_without_topics_has_none(folder, tmp_path):
    assert PolicySearch.open(folder, tmp_path / "index", HashEncoder()).topics() == ()


def test_topics_are_read_at_the_first_call_and_kept(folder, tmp_path):
    path = folder / "规划.topics.yaml"
    path.write_text(GOOD, encoding="utf-8")
    PolicySearch.open(folder, tmp_path / "index", HashEncoder())
    path.write_text("topics: [", encoding="utf-8")
    policy = PolicySearch.open(folder, tmp_path / "index", HashEncoder())  # the index is still fresh
    with pytest.raises(TopicsError, match=r"规划\.topics\.yaml"):
        policy.topics()
    path.write_text(GOOD, encoding="utf-8")
    topics = policy.topics()
    path.unlink()
    assert [topic.name for topic in policy.topics()] == ["融资"]
    assert policy.topics()[0] is topics[0]


def test_a_wrong_file_is_named_when_the_index_is_built(folder, tmp_path):
    (folder / "规划.topics.yaml").write_text("topics:\n  - {name: 甲}\n", encoding="utf-8")
    with pytest.raises(TopicsError, match=r"规划\.topics\.yaml 第 2 行“甲”"):
        PolicySearch.open(folder, tmp_path / "index", HashEncoder())


def test_a_search_needs_no_topics(policy):
    library = Library({d.id: d for d in policy.documents}, policy._index, frozenset(), "")
    plain = PolicySearch(library, HashEncoder(), policy.manifest)
    assert plain.topics() == ()


def test_the_shipped_file_goes_with_the_plan():
    assert [files.topics for files in list_corpus(CORPUS)] == [CORPUS / f"{PLAN}.topics.yaml"]
