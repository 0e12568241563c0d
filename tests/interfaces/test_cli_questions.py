import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ipqa.documents.corpus import list_corpus, parse_document
from ipqa.interfaces import endpoint as endpoint_module
from ipqa.interfaces.cli import main
from tests.conftest import ROOT
from tests.interfaces.test_drafting import KEY, TEXT, FakeEndpoint, first_sentence, good, questions

DRAFT = "plan.questions.draft.jsonl"


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """A corpus of one document without a bank; the draft lands in an empty folder beside it."""
    folder = tmp_path / "语料"
    folder.mkdir()
    (folder / "plan.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "工作").mkdir()
    monkeypatch.chdir(tmp_path / "工作")
    monkeypatch.setenv("IPQA_CORPUS", str(folder))
    monkeypatch.setenv("IPQA_INDEX", str(tmp_path / "索引"))
    monkeypatch.setattr(endpoint_module, "_FIRST_WAIT", 0.001)
    for name in ("IPQA_LLM_URL", "IPQA_LLM_KEY", "IPQA_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def run(corpus, capsys):
    def run(*arguments):
        status = 0
        try:
            main(["questions", "plan", *map(str, arguments)])
        except SystemExit as exit_:
            status = exit_.code
        output = capsys.readouterr()
        assert "Traceback" not in output.err
        assert KEY not in output.out + output.err
        return status, output.out, output.err

    return run


@pytest.fixture
def serve(monkeypatch):
    """Run with the settings of an endpoint that replies so."""

    def serve(fake):
        monkeypatch.setenv("IPQA_LLM_URL", fake.url)
        monkeypatch.setenv("IPQA_LLM_KEY", KEY)
        monkeypatch.setenv("IPQA_LLM_MODEL", "模型")
        return fake

    return serve


@pytest.fixture
def drafted(run, serve):
    """What a run prints with an endpoint that replies so."""

    def drafted(reply, *arguments):
        with FakeEndpoint(reply).serving() as fake:
            serve(fake)
            return run(*arguments)

    return drafted


def written(folder=Path()):
    return sorted(path.name for path in folder.iterdir())


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_draft_is_written_and_accepted(drafted, run, corpus):
    status, out, err = drafted(good)
    assert (status, err.strip()) == (0, "")
    assert "问了 5 条条款,留下 5 个问题" in out
    assert "--accept" in out
    assert written() == [DRAFT]
    assert written(corpus) == ["plan.txt"]
    status, out, _ = run("--accept")
    bank = corpus / "plan.questions.jsonl"
    assert (status, f"已写入 {bank}:5 个问题" in out) == (0, True)
    assert [set(line) for line in lines(bank)] == [{"q", "quote"}] * 5
    assert written(corpus) == ["plan.questions.jsonl", "plan.txt"]
    assert len(parse_document(list_corpus(corpus)[0]).questions) == 5


def test_the_summary_says_what_was_dropped_failed_and_left(drafted):
    def reply(text, before):
        if "平台。" in text:
            return "嗯"
        return questions(
            ("补?", first_sentence(text)),
            ("有没有补贴可以拿?", first_sentence(text)),
            ("别处是怎么写的呢?", "别处的话。"),
        )

    status, out, err = drafted(reply, "--limit", 4, "--concurrency", 1)
    assert status == 0
    assert "注意:条款 plan#1 没有成功:回复里没有能读出的问题" in err
    assert "没有留下的 8 个:太短、太长或没有文字 3、引文不在条款里 3、与已有的问题重复 2" in out
    assert "还有 2 条条款没有做完" in out


def test_the_summary_as_json(drafted):
    status, out, err = drafted(good, "--json", "--limit", 2, "-o", "我的.jsonl")
    assert (status, err.strip()) == (0, "")
    assert json.loads(out) == {
        "draft": "我的.jsonl",
        "asked": 2,
        "kept": 2,
        "questions": 2,
        "dropped": {},
        "failed": {},
        "remaining": 3,
    }
    assert written() == ["我的.jsonl"]


def test_questions_of_the_bank_are_not_drafted_again(drafted, corpus):
    bank = json.dumps({"q": "有没有补贴可以拿", "quote": "每年培训数据员三百名。"}, ensure_ascii=False)
    (corpus / "plan.questions.jsonl").write_text(f"{bank}\n\n", encoding="utf-8")
    _, out, _ = drafted(
        lambda text, before: questions(("有没有补贴可以拿?", first_sentence(text))), "--json", "--limit", 1
    )
    assert json.loads(out)["dropped"] == {"duplicate": 1}


def test_without_settings_they_are_named(run):
    status, out, err = run()
    assert (status, out) == (2, "")
    for word in ("IPQA_LLM_URL", "IPQA_LLM_KEY", "IPQA_LLM_MODEL", "http://127.0.0.1:11434/v1"):
        assert word in err
    assert not written()


@pytest.mark.parametrize(("status", "told"), [(401, "IPQA_LLM_KEY"), (404, "IPQA_LLM_MODEL")])
def test_an_endpoint_that_refuses_ends_with_2_and_the_draft_stays(drafted, status, told):
    code, out, err = drafted(
        lambda text, before: good(text, before) if "平台。" in text else (status, f"bad {KEY}", {}),
        "--concurrency",
        1,
    )
    assert (code, out) == (2, "")
    assert "错误:接口 http://127.0.0.1:" in err
    assert told in err
    assert f"草稿 {DRAFT} 里已有的不会丢" in err
    assert written() == [DRAFT]


def test_an_endpoint_that_is_not_there_ends_with_2(run, monkeypatch):
    monkeypatch.setenv("IPQA_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("IPQA_LLM_MODEL", "模型")
    status, _, err = run()
    assert (status, "接口 http://127.0.0.1:9/v1 连不上" in err) == (2, True)
    assert not written()


def test_the_key_stands_in_no_file(drafted, run, corpus, tmp_path):
    drafted(lambda text, before: good(text, before) if before else (500, KEY, {}))
    run("--accept")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


def test_a_bank_is_not_overwritten_unless_told_so(drafted, run, corpus):
    bank = corpus / "plan.questions.jsonl"
    drafted(good)
    bank.write_text("我的,不能读", encoding="utf-8")
    status, _, err = run("--accept")
    assert (status, str(bank) in err, "--force" in err) == (2, True, True)
    assert bank.read_text(encoding="utf-8") == "我的,不能读"
    status, out, _ = run("--accept", "--force", "--json")
    assert json.loads(out) == {"path": str(bank), "questions": 5}
    assert len(lines(bank)) == 5


def test_what_the_reviewer_wrote_is_accepted(run, corpus):
    mine = {"q": "谁保护个人信息?", "quote": "未经同意不得公开个人信息。"}
    edited = "\r\n".join(["\ufeff" + json.dumps(mine), "", '{"clause_id": "x", "done": true}'])
    Path(DRAFT).write_text(edited, encoding="utf-8", newline="")  # as an editor on Windows leaves it
    assert run("--accept")[0] == 0
    assert lines(corpus / "plan.questions.jsonl") == [mine]


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (
            '{"q": "谁保护它?", "quote": "个人信息"}\n{"q": "谁保护它?", "quote": "改过的话"}',
            "第 2 行(改过的话)",
        ),
        ('{"q": "谁保护它?", "quote": "改过的话"}\n' * 7, "等 7 行"),
        ('{"q": "谁保护它?"}', "第 1 行"),
        ('{"q": "谁保护它?", "quo', "第 1 行"),
        ('{"clause_id": "plan#1", "done": true}', "没有问题"),
        ("", "没有问题"),
    ],
)
def test_a_draft_that_cannot_be_accepted_is_named(run, corpus, draft, told):
    Path(DRAFT).write_text(draft, encoding="utf-8")
    status, _, err = run("--accept")
    assert (status, DRAFT in err, told in err) == (2, True, True)
    assert written(corpus) == ["plan.txt"]


def test_without_a_draft_the_command_that_writes_one_is_told(run):
    status, _, err = run("--accept")
    assert (status, "ipqa questions plan" in err) == (2, True)


def test_a_bank_that_cannot_be_written_is_named_and_nothing_is_left(drafted, run, corpus):
    drafted(good)
    (corpus / "plan.questions.jsonl").mkdir()
    status, _, err = run("--accept", "--force")
    assert (status, "无法写入" in err) == (2, True)
    assert written(corpus) == ["plan.questions.jsonl", "plan.txt"]


@pytest.mark.parametrize("more", [[], ["--accept"]])
def test_a_document_that_is_none_is_named(corpus, capsys, more):
    with pytest.raises(SystemExit) as caught:
        main(["questions", "plam", *more])
    assert caught.value.code == 2
    assert "没有文件“plam”,现有:plan" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--count", "0"], "1 到 30"), (["--concurrency", "x"], "1 到 64"), (["--timeout", "0"], "1 到 3600")],
)
def test_wrong_use_is_said_in_chinese(run, arguments, told):
    status, _, err = run(*arguments)
    assert (status, told in err) == (2, True)


@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_run_that_is_killed_is_gone_on_with(run, serve, how):
    slow = FakeEndpoint(lambda text, before: good(text, before) if len(slow.requests) < 3 else time.sleep(60))
    with slow.serving():
        serve(slow)
        process = subprocess.Popen(
            [sys.executable, "-m", "ipqa", "questions", "plan", "--concurrency", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        limit = time.monotonic() + 120
        while len(slow.requests) < 3 and time.monotonic() < limit:
            time.sleep(0.05)
        process.send_signal(getattr(signal, how))
        out, err = process.communicate(timeout=20)  # not the sixty seconds of the reply
    assert process.returncode == (-signal.SIGKILL if how == "SIGKILL" else 130)
    assert b"Traceback" not in err
    assert KEY.encode() not in out + err
    with FakeEndpoint(good).serving() as fake:
        serve(fake)
        _, out, _ = run("--json")
    assert not set(fake.asked) & set(list(slow.asked)[:2])
    assert list(slow.asked)[2] in fake.asked
    assert len(fake.requests) == 3
    assert json.loads(out)["questions"] == 5
