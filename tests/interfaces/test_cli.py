import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ipqa import PolicySearch
from ipqa.interfaces.cli import main
from tests.conftest import CORPUS, PLAN, ROOT

FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index folder, filled beforehand so that no progress bar stands in the output."""
    folder = tmp_path_factory.mktemp("cli") / "index"
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


def test_build_says_what_it_indexed(run):
    status, out, _ = run("build")
    assert status == 0
    assert "91 条条款" in out
    counts = json.loads(run("build", "--json")[1])["counts"]
    assert (counts["documents"], counts["clauses"]) == (1, 91)


def test_search_shows_place_units_and_verbatim_text(run, policy):
    _, out, _ = run("search", "商业秘密保护工程", "-k", "1")
    hit = policy.search("商业秘密保护工程", 1)[0]
    assert hit.clause.text in out
    assert "专栏2" in out
    assert "牵头:市市场监管局" in out


def test_search_json_has_the_fields_of_the_dataclass(run, policy):
    hits = json.loads(run("search", "商标", "-k", "2", "--kind", "task", "--json")[1])
    first = policy.search("商标", 2, kind="task")[0]
    assert set(hits[0]) == {"clause", "score", "scores", "highlights"}
    assert hits[0]["clause"]["text"] == first.clause.text
    assert hits[0]["clause"]["section_path"] == list(first.clause.section_path)


def test_ask_with_history_says_how_it_understood(run):
    _, out, _ = run("ask", "由谁负责?", "--history", "地理标志保护工程有哪些内容")
    assert "按“地理标志保护工程有哪些内容 由谁负责?”查找" in out


def test_tasks_and_indicators(run):
    assert "市法院:共 9 项,其中牵头 0 项" in run("tasks", "中院")[1]
    assert len(json.loads(run("tasks", "市监局", "--role", "lead", "--json")[1])) == 21
    out = run("indicators")[1]
    assert "2020 年 6.69 → 2025 年 10.7" in out
    assert len(json.loads(run("indicators", "--json")[1])) == 12


def test_verify_checks_the_index_and_a_saved_answer(run, tmp_path):
    assert "0 条与原文不符" in run("verify")[1]
    answer = json.loads(run("ask", "商业秘密", "--json")[1])
    saved = tmp_path / "回答.json"
    saved.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    assert run("verify", str(saved))[0] == 0
    answer["citations"][0]["quote"] = "改过的话"
    saved.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    status, out, _ = run("verify", str(saved))
    assert status == 1
    assert "1 条与原文不符" in out
    answer["citations"].append(answer["citations"][0])
    saved.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    assert f"核对 {len(answer['citations'])} 条,2 条与原文不符" in run("verify", str(saved))[1]


def test_eval_prints_a_table(run):
    status, out, _ = run("eval", str(ROOT / "tests/data/dev_questions.jsonl"))
    assert status == 0
    assert "hit@1" in out
    assert "follow_up" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", ""], "问题是空的"),
        (["ask", "。。。"], "没有文字"),
        (["ask", "长" * 501], "501 字"),
        (["search", "专利", "-k", "0"], "k 应至少为 1"),
        (["search", "专利", "-k", "甲"], "应是整数"),
        (["search", "专利", "--kind", "表"], "task、project"),
        (["search", "专利", "--unit", "应急管理局"], "应急管理局"),
        (["search", "专利", "--doc", "别的"], PLAN),
        (["tasks", "没有的局"], "没有的局"),
        (["verify", "没有.json"], "没有.json"),
        (["eval", "没有.jsonl"], "没有.jsonl"),
        (["search"], "缺少参数 问题"),
        (["ask", "专利", "--unit", ""], "请给出单位名称"),
        (["tasks", " "], "请给出单位名称"),
        (["search", "专利", "--section", ""], "章节"),
        (["ask", "甲", "乙", "丙"], "多余的参数:乙 丙"),
        (["find", "专利"], "没有这个命令:find"),
        (["search", "专利", "--colour"], "没有选项 --colour"),
        (["--encoder", "没有的模型", "search", "专利"], "没有的模型"),
    ],
)
def test_errors_are_messages_with_status_2(run, arguments, message):
    status, out, err = run(*arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("错误:")
    assert message in err
    assert "Traceback" not in err


def test_a_bad_corpus_is_named(run, tmp_path):
    status, _, err = run("search", "专利", corpus=tmp_path / "没有的文件夹")
    assert status == 2
    assert "没有的文件夹" in err


def test_without_a_command_the_help_is_shown(run):
    status, out, err = run()
    assert (status, err) == (0, "")
    assert "政策规划语义检索问答" in out


def test_eval_names_quotes_that_no_clause_shows(run, tmp_path):
    path = tmp_path / "题目.jsonl"
    path.write_text('{"id": "甲", "q": "专利", "gold": ["文中没有的话"]}', encoding="utf-8")
    status, out, err = run("eval", str(path), "--json")
    assert status == 0
    assert "注意:没有条款含有引文 甲:文中没有的话" in err
    assert json.loads(out)["unfound"] == ["甲:文中没有的话"]


def test_serve_says_where_only_once_the_page_has_started(run, monkeypatch):
    def serve(policy, settings, started):
        started(f"http://{settings.host}:{settings.port}/")

    monkeypatch.setattr("ipqa.interfaces.web.serve", serve)
    told = json.loads(run("serve", "--json", "--port", "8123")[1])
    assert told["url"] == "http://127.0.0.1:8123/"
    monkeypatch.setattr("ipqa.interfaces.web.serve", lambda *_: None)
    assert run("serve", "--json")[1] == ""


def run_process(index, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "ipqa", "--corpus", str(CORPUS), "--index", str(index), *arguments],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


@pytest.mark.parametrize(("encoding", "verbatim"), [("gbk", False), ("utf-8", True)])
def test_json_can_be_read_whatever_the_consoles_encoding(index, encoding, verbatim):
    result = run_process(index, "indicators", "--json", env={**os.environ, "PYTHONIOENCODING": encoding})
    assert json.loads(result.stdout)[0]["name"] == "每万人口高价值发明专利拥有量"
    assert result.stdout.isascii() is not verbatim


def test_chat_prints_one_line_of_json_for_each_answer(index):
    result = run_process(index, "chat", "--json", input="专利\n商标\n\n".encode())
    assert [json.loads(line)["question"] for line in result.stdout.splitlines()] == ["专利", "商标"]


@pytest.mark.skipif(not FULL.exists(), reason="没有 /dev/full")
def test_output_that_cannot_be_written_is_no_traceback(index):
    with FULL.open("w") as full:
        result = run_process(index, "indicators", stdout=full)
    assert result.returncode == 1
    assert "错误:" in result.stderr.decode()
    assert "Traceback" not in result.stderr.decode()


@pytest.mark.skipif(os.name == "nt", reason="管道在 Windows 上不这样断开")
def test_a_reader_that_has_gone_is_no_traceback(index):
    reading, writing = os.pipe()
    os.close(reading)
    result = run_process(index, "indicators", stdout=writing)
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, b"")


def test_python_m_ipqa_and_help():
    result = subprocess.run(
        [sys.executable, "-m", "ipqa", "--help"], capture_output=True, text=True, encoding="utf-8"
    )
    assert result.returncode == 0
    for command in ("build", "search", "ask", "tasks", "indicators", "verify", "eval", "serve"):
        assert command in result.stdout


def test_chat_hears_earlier_turns_and_goes_on_after_a_bad_question(index):
    result = subprocess.run(
        [sys.executable, "-m", "ipqa", "--corpus", str(CORPUS), "--index", str(index), "chat"],
        input="地理标志保护工程有哪些内容\n???\n由谁负责?\n\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stderr
    assert "没有文字" in result.stderr
    assert "按“地理标志保护工程有哪些内容 由谁负责?”查找" in result.stdout


def test_explain_says_how_a_question_was_understood_and_why_it_was_refused(run):
    status, out, _ = run("ask", "三河市2023年有多少件专利", "--explain", "-k", "1")
    assert status == 0
    assert "地方:三河" in out
    assert "年份:2023" in out
    assert "没有回答,因为:规划没有2023年的数据" in out
    assert "coverage" in out


def test_a_units_tasks_are_printed_with_their_places(run):
    _, out, _ = run("ask", "科协有哪些任务")
    assert "共 2 项任务和专栏项目" in out
    assert out.count("[1]") == out.count("[2]") == 2


def test_what_is_not_found_comes_with_what_can_be_asked(run):
    _, out, _ = run("ask", "红烧肉怎么炖")
    assert "规划没有说到这件事" in out
    assert "可以问:" in out


def test_eval_draws_how_sure_it_was(run, tmp_path):
    path = tmp_path / "题.jsonl"
    path.write_text(
        '{"q": "商标指导站建几家", "gold": ["建立商标品牌指导站20家以上"]}\n'
        '{"q": "红烧肉怎么炖", "type": "far", "answerable": false}\n',
        encoding="utf-8",
    )
    picture = tmp_path / "校准.png"
    status, _, _ = run("eval", str(path), "--calibration", str(picture))
    assert status == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    status, _, err = run("eval", str(path), "--calibration", str(tmp_path / "没有" / "图.png"))
    assert (status, "无法写入图片" in err) == (2, True)
