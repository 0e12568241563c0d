import json
import re
import shutil

import pytest

from ipqa import PolicySearch
from ipqa.interfaces.cli import main
from tests.conftest import CORPUS, PLAN


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index folder, filled beforehand so that no progress bar stands in the output."""
    folder = tmp_path_factory.mktemp("topics") / "index"
    PolicySearch.open(CORPUS, folder)
    return folder


@pytest.fixture
def run(index, capsys):
    def run(*arguments, corpus=CORPUS):
        status = 0
        try:
            main(["--corpus", str(corpus), "--index", str(index), *arguments])
        except SystemExit as exit_:
            status = exit_.code
        output = capsys.readouterr()
        return status, output.out, output.err

    return run


def test_the_needs_are_listed_with_how_many_clauses_serve_each(run, policy):
    status, out, _ = run("topics")
    assert status == 0
    assert "  1. 融资贷款  9 条\n     想拿专利、商标去银行贷款、" in out
    assert len(re.findall(r"^ *\d+\. ", out, flags=re.MULTILINE)) == len(policy.topics())


def test_a_topic_shows_its_clauses_whom_to_turn_to_and_what_is_left_open(run, policy):
    status, out, _ = run("topics", "商业秘密")
    assert status == 0
    assert "商业秘密:共 2 条,任务 1 条、专栏项目 1 条\n员工跳槽带走客户资料、" in out
    for number in (47, 55):
        assert policy.clause(f"{PLAN}#{number}").text in out
    assert "可以找(牵头几项/写明几项):\n    市市场监管局(1/1)、市法院(0/2)、市检察院(0/2)、" in out
    assert re.search("《廊坊市“十四五”知识产权保护和运用规划》没有写:\n    .*处罚的数额", out)
    assert "0.00" not in out


def test_tasks_and_projects_come_before_indicators_and_paragraphs(run):
    out = run("topics", "融资贷款")[1]
    kinds = re.findall(r"^\[\d+\] .*\((.+?)\)$", out, flags=re.MULTILINE)
    assert kinds == ["任务"] * 3 + ["专栏项目"] * 3 + ["指标"] + ["正文"] * 2


def test_json_has_the_fields_of_the_dataclass(run, policy):
    topics = json.loads(run("topics", "--json")[1])
    assert [topic["name"] for topic in topics] == [topic.name for topic in policy.topics()]
    (topic,) = json.loads(run("topics", "贯标", "--doc", PLAN, "--json")[1])
    assert set(topic) == {"name", "doc_id", "needs", "hits", "missing"}
    assert [hit["clause"]["id"] for hit in topic["hits"]] == [f"{PLAN}#{n}" for n in (7, 28, 63, 69, 70, 81)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["topics", "贷款利息"], "没有“贷款利息”,可选的有:融资贷款"),
        (["topics", "打官司"], "没有“打官司”,可选的有:诉讼仲裁与调解"),
        (["topics", "--doc", "别的"], PLAN),
    ],
)
def test_what_there_is_none_of_is_an_error_that_offers_the_nearest(run, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_a_corpus_without_topics_says_so(run, tmp_path, index):
    shutil.copy(CORPUS / f"{PLAN}.txt", tmp_path / "规划.txt")
    places = ["--index", str(tmp_path / "index"), "topics"]
    assert "没有办事指引" in run(*places, corpus=tmp_path)[1]
    status, _, err = run(*places, "融资贷款", corpus=tmp_path)
    assert (status, "语料里没有办事指引" in err) == (2, True)


def test_build_names_a_wrong_topics_file(run, tmp_path):
    shutil.copy(CORPUS / f"{PLAN}.txt", tmp_path / "规划.txt")
    (tmp_path / "规划.topics.yaml").write_text(
        "topics:\n  - {name: 甲, needs: [乙], terms: [没有的词]}\n", encoding="utf-8"
    )
    status, _, err = run("--index", str(tmp_path / "index"), "build", corpus=tmp_path)
    assert status == 2
    assert "规划.topics.yaml 第 2 行“甲”:没有条款写到 terms 里的“没有的词”" in err
