import csv
import io
import json
from datetime import datetime, timezone

import pytest

from ipqa.interfaces import feedback
from ipqa.interfaces.cli import main
from ipqa.interfaces.feedback import FILE_NAME, FeedbackStore, Vote
from ipqa.models import Answer


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder, the settings' one, with two votes and an unanswered question of 2025-01-02."""
    folder = tmp_path / "数据"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPQA_DATA", str(folder))
    store = FeedbackStore(folder)
    with monkeypatch.context() as then:
        then.setattr(feedback, "_now", lambda: datetime(2025, 1, 2, 23, 59, tzinfo=timezone.utc))
        store.vote(Vote("商标", "商标", "answered", ("plan#1",), True))
        store.vote(Vote("专利", "专利", "answered", ("plan#2",), False, "hard_to_read"))
        store.vote(Vote("专利", "专利", "answered", ("plan#2",), False))
        store.unanswered(Answer("房价", "房价", "not_found", "passages", "规划没有说到这件事。"))
    return folder


@pytest.fixture
def run(capsys):
    def run(*arguments):
        status = 0
        try:
            main(["feedback", *map(str, arguments)])
        except SystemExit as exit_:
            status = exit_.code
        output = capsys.readouterr()
        assert "Traceback" not in output.err
        return status, output.out, output.err

    return run


@pytest.fixture
def reply(monkeypatch):
    """Answer the question that a command asks."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_without_a_command_the_help_is_shown(run):
    status, out, err = run()
    assert (status, err) == (0, "")
    for command in ("export", "stats", "clear"):
        assert command in out


def test_votes_are_exported_unless_another_kind_is_asked_for(run, data, tmp_path):
    status, out, _ = run("export", "-o", tmp_path / "评价.csv")
    assert (status, "评价.csv" in out) == (0, True)
    assert [row["问题"] for row in read(tmp_path / "评价.csv")] == ["商标", "专利", "专利"]
    assert run("export", "--kind", "unanswered", "-o", tmp_path / "没答上.csv")[0] == 0
    assert [row["问题"] for row in read(tmp_path / "没答上.csv")] == ["房价"]
    assert {path.name for path in tmp_path.iterdir()} == {"数据", "评价.csv", "没答上.csv"}


def test_a_file_is_not_overwritten_unless_told_so(run, data, tmp_path):
    path = tmp_path / "评价.csv"
    path.write_text("我的", encoding="utf-8")
    status, _, err = run("export", "-o", path)
    assert (status, "--force" in err) == (2, True)
    assert path.read_text(encoding="utf-8") == "我的"
    assert run("export", "-o", path, "--force")[0] == 0
    assert len(read(path)) == 3


@pytest.mark.parametrize("place", ["没有/评价.csv", "数据", "."])
def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left(run, data, tmp_path, place):
    status, _, err = run("export", "-o", place, "--force")
    assert status == 2
    assert f"错误:无法写入 {place}" in err.replace("\\", "/")
    assert [path.name for path in tmp_path.iterdir()] == ["数据"]


def test_stats_for_people_and_for_programs(run, data):
    _, out, _ = run("stats")
    assert "评价 3 条:有用 1,没有用 2" in out
    assert "看不懂 1" in out
    assert "没有说原因 1" in out
    assert "不完整" not in out
    assert "没有答上的问题 1 条:没有找到 1,只有相关内容 0" in out
    counts = json.loads(run("stats", "--json")[1])
    assert counts["reasons"]["hard_to_read"] == 1
    assert counts["unanswered"] == {"not_found": 1, "related": 0}
    assert (counts["helpful"], counts["unhelpful"]) == (1, 2)


def test_clear_asks_first(run, data, reply, monkeypatch):
    reply("n")
    status, out, err = run("clear", "--before", "2025-01-03")
    assert (status, out) == (0, "没有删除。\n")
    assert "删除 2025-01-03 以前的反馈记录" in err
    reply("y")
    assert run("clear", "--before", "2025-01-02")[1] == "已删除 0 条。\n"
    reply("")
    assert run("clear", "--before", "2025-01-03")[1] == "没有删除。\n"
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody there to answer
    assert run("clear", "--before", "2025-01-03")[0] == 130
    assert run("clear", "--before", "2025-01-03", "--yes")[1] == "已删除 4 条。\n"


@pytest.mark.parametrize("day", ["昨天", "2025-13-01", "20250101"])
def test_a_day_that_is_none_is_named(run, data, day):
    status, _, err = run("clear", "--before", day, "--yes")
    assert status == 2
    assert f"而不是 {day}" in err


@pytest.mark.parametrize(
    "arguments", [["stats"], ["export", "-o", "评价.csv"], ["clear", "--before", "2025-01-01", "--yes"]]
)
def test_a_folder_without_a_store_is_said_and_left_alone(run, data, tmp_path, arguments):
    status, _, err = run(*arguments, "--data", tmp_path / "别处")
    assert status == 2
    assert "没有反馈记录" in err
    assert "IPQA_FEEDBACK=true" in err
    assert [path.name for path in tmp_path.iterdir()] == ["数据"]


@pytest.mark.parametrize(
    "arguments", [["stats"], ["export", "-o", "评价.csv"], ["clear", "--before", "2025-01-01", "--yes"]]
)
def test_a_damaged_file_is_named(run, data, tmp_path, arguments):
    (data / FILE_NAME).write_bytes(b"this is no database" * 100)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert str(data / FILE_NAME) in err
    assert not (tmp_path / "评价.csv").exists()


def test_wrong_use_is_said_in_chinese(run, data):
    assert "参数 --kind 应是 votes、unanswered 之一" in run("export", "--kind", "all", "-o", "甲.csv")[2]
    assert "缺少参数 -o" in run("export")[2]
    assert "没有这个命令:delete" in run("delete")[2]
