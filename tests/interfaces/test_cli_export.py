import csv
import io
import json
import subprocess
import sys

import docx
import pytest
from openpyxl import load_workbook

from ipqa import PolicySearch
from ipqa.interfaces.cli import main
from tests.conftest import CORPUS


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "index"
    PolicySearch.open(CORPUS, folder)
    return folder


@pytest.fixture
def run(index, capsys, tmp_path, monkeypatch):
    """The command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = 0
        try:
            main(["--corpus", str(CORPUS), "--index", str(index), "export", *arguments])
        except SystemExit as exit_:
            status = exit_.code
        output = capsys.readouterr()
        return status, output.out, output.err

    return run


def test_a_units_tasks_in_a_workbook(run, tmp_path):
    assert run("tasks", "中院", "-o", "市法院.xlsx") == (0, "已写入 市法院.xlsx:11 行\n", "")
    rows = list(load_workbook(tmp_path / "市法院.xlsx").worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 12
    assert [row[1] for row in rows].count("指标") == 2


def test_everybodys_tasks_and_filters(run, tmp_path):
    assert "70 行" in run("tasks", "-o", "全部.csv")[1]
    assert run("tasks", "市市场监管局", "--role", "lead", "-o", "牵头.md")[1] == "已写入 牵头.md:24 行\n"
    told = json.loads(run("tasks", "--section", "专栏2", "--json", "-o", "专栏.csv")[1])
    assert told == {"path": "专栏.csv", "rows": 4}
    text = (tmp_path / "专栏.csv").read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == 5


def test_indicators(run, tmp_path):
    assert run("indicators", "-o", "指标.xlsx")[1] == "已写入 指标.xlsx:12 行\n"
    assert json.loads(run("indicators", "--unit", "中院", "-o", "法院.md", "--json")[1])["rows"] == 2
    assert "知识产权民事一审案件服判息诉率" in (tmp_path / "法院.md").read_text(encoding="utf-8")


def test_answers(run, tmp_path):
    questions = ["地理标志保护工程有哪些内容", "由谁负责?", "谢谢"]
    assert run("answers", *questions, "--follow", "-o", "问答.docx", "-k", "2")[1] == (
        "已写入 问答.docx:2 个问题\n"
    )
    paragraphs = docx.Document(tmp_path / "问答.docx").paragraphs
    told = [p.text for p in paragraphs]
    assert "按「地理标志保护工程有哪些内容 由谁负责?」理解。" in told
    assert sum(p.style.name == "问答引文" for p in paragraphs) == 4


def test_without_follow_each_question_stands_alone(run, tmp_path):
    run("answers", "地理标志保护工程有哪些内容", "由谁负责?", "-o", "问答.md")
    assert "理解。" not in (tmp_path / "问答.md").read_text(encoding="utf-8")


def test_a_file_is_overwritten_only_by_force(run, tmp_path):
    (tmp_path / "甲.csv").write_text("旧的")
    status, out, err = run("indicators", "-o", "甲.csv")
    assert (status, out) == (2, "")
    assert "甲.csv 已经存在" in err and "--force" in err
    assert (tmp_path / "甲.csv").read_text() == "旧的"
    assert run("indicators", "-o", "甲.csv", "--force")[0] == 0
    assert (tmp_path / "甲.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tasks", "市法院"], "缺少参数 -o"),
        (["tasks", "市法院", "-o", "甲.pdf"], ".xlsx、.csv、.md"),
        (["answers", "专利", "-o", "甲.xlsx"], ".docx、.md"),
        (["answers", "-o", "甲.md"], "缺少参数"),
        (["answers", "专利", "。。。", "-o", "甲.md"], "没有文字"),
        (["answers", "专利", "-o", "甲.md", "-k", "0"], "k 应至少为 1"),
        (["tasks", "没有的局", "-o", "甲.csv"], "没有的局"),
        (["tasks", "", "-o", "甲.csv"], "请给出单位名称"),
        (["tasks", "--section", "没有的章", "-o", "甲.csv"], "没有的章"),
        (["tasks", "--role", "boss", "-o", "甲.csv"], "lead、responsible、support"),
        (["indicators", "--doc", "别的", "-o", "甲.csv"], "别的"),
        (["indicators", "-o", "没有/甲.csv"], "无法写入 没有/甲.csv"),
        (["charts"], "没有这个命令:charts"),
    ],
)
def test_errors_are_messages_and_leave_nothing(run, tmp_path, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("错误:")
    assert message in err
    assert list(tmp_path.iterdir()) == []


def test_alone_it_shows_its_help(run):
    status, out, err = run()
    assert (status, err) == (0, "")
    assert all(command in out for command in ("tasks", "indicators", "answers"))


def test_other_commands_do_not_wait_for_what_writes_files():
    code = "import sys, ipqa.interfaces.cli; print([m for m in ('openpyxl', 'docx') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
