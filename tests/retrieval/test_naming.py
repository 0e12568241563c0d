"""A question that names a document, or an article, is looked for there."""

import pytest

from ipqa import PolicySearch
from ipqa.models import Document
from ipqa.retrieval.naming import DocumentNames
from tests.fakes import HashEncoder

LAWS = {
    "专利法": (
        "中华人民共和国专利法",
        "第一条 为了保护专利权,制定本法。",
        "第二条 侵犯专利权的赔偿数额按照实际损失确定。",
    ),
    "细则": ("专利法实施细则", "第一条 根据专利法,制定本细则。", "第二条 申请费应当按照规定缴纳。"),
    "商标法": (
        "中华人民共和国商标法(2019年修正)",
        "第一条 为了保护商标专用权,制定本法。",
        "第二条 商标评审委员会负责处理争议。",
    ),
}


@pytest.fixture(scope="module")
def laws(tmp_path_factory):
    corpus = tmp_path_factory.mktemp("corpus")
    for name, lines in LAWS.items():
        (corpus / f"{name}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    return PolicySearch.open(corpus, tmp_path_factory.mktemp("index"), HashEncoder())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("专利法里怎么说", {"a"}),
        ("中华人民共和国专利法第三条", {"a"}),
        ("专利法实施细则", {"b"}),
        ("刑法第十条", {"c"}),
        ("办法是什么", set()),
        ("专利怎么申请", set()),
    ],
)
def test_of_titles_within_each_other_the_longest_is_meant(text, found):
    titles = {
        "a": "中华人民共和国专利法(2020年修正)",
        "b": "专利法实施细则",
        "c": "中华人民共和国刑法",
        "d": "办法",
    }
    names = DocumentNames.of([Document(i, t, "") for i, t in titles.items()], [])
    assert names.find(text) == found


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("专利法第二条", "专利法"),
        ("专利法第2条怎么规定赔偿", "专利法"),
        ("专利法实施细则第二条", "细则"),
        ("《商标法》第二条", "商标法"),
    ],
)
def test_law_and_article_find_just_it(laws, question, clause):
    (hit,) = laws.search(question, 5)

    assert hit.clause.doc_id == clause
    assert "第二条" in hit.clause.text + "".join(hit.clause.section_path)


def test_a_document_that_is_named_comes_first(laws):
    found = [hit.clause.doc_id for hit in laws.search("商标法的目的是什么,保护专利权吗", 6)]

    assert found[:2] == ["商标法", "商标法"]
    assert len(found) > 2


def test_a_filter_counts_more_than_a_name(laws):
    assert {hit.clause.doc_id for hit in laws.search("商标法的目的", 5, doc="细则")} == {"细则"}


def test_documents_are_limited_by_their_metadata(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, issuer, day in (("甲", "某市人民政府", "2020-05-01"), ("乙", "某省人民政府", "2022-08-24")):
        (corpus / f"{name}.txt").write_text(f"{name}规划\n\n加强专利保护{name}。\n", encoding="utf-8")
        (corpus / f"{name}.yaml").write_text(
            f"title: {name}规划\nissuer: {issuer}\npublished: {day}\n", encoding="utf-8"
        )
    policy = PolicySearch.open(corpus, tmp_path / "index", HashEncoder())

    def found(**limits):
        return {hit.clause.doc_id for hit in policy.search("专利保护", 9, **limits)}

    assert found() == {"甲", "乙"}
    assert found(issuer="某省") == {"乙"}
    assert found(since="2021") == {"乙"}
    assert found(until="2022-08") == {"甲", "乙"}
    assert found(until="2022-08-23") == {"甲"}
    assert found(since="2020-05-01", until="2020") == {"甲"}
    with pytest.raises(ValueError, match="没有发布机关是“国务院”的文件"):
        found(issuer="国务院")
    with pytest.raises(ValueError, match="since 应是日期"):
        found(since="去年")


def test_an_expired_document_is_flagged_in_the_answer(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "甲.txt").write_text("旧办法\n\n鼓励银行开展专利质押贷款。\n", encoding="utf-8")
    for line, notice in (
        ("expires: 2020-12-31", "有效期已于 2020-12-31 届满"),
        ("superseded_by: 新办法", "已由《新办法》替代"),
        ("effective: 2999-01-01", "现在还没有施行"),
        ("expires: 2999-12-31", ""),
    ):
        (corpus / "甲.yaml").write_text(f"title: 旧办法\n{line}\n", encoding="utf-8")
        answer = PolicySearch.open(corpus, tmp_path / "index", HashEncoder()).ask("专利质押贷款")
        assert answer.citations
        assert [notice in told for told in answer.notices] == ([True] if notice else [])
