"""Question banks are drafted against a local HTTP server that plays the endpoint."""

import json
import logging
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from ipqa import PolicySearch
from ipqa.errors import (
    ArgumentError,
    EndpointError,
    MissingExtraError,
    QuestionBankError,
    SettingsError,
    UnknownDocumentError,
)
from ipqa.interfaces import endpoint as endpoint_module
from ipqa.interfaces.drafting import draft, read_draft
from ipqa.interfaces.endpoint import Endpoint
from ipqa.settings import Settings
from tests.conftest import PLAN
from tests.fakes import HashEncoder

KEY = "sk-secret-4711"
TEXT = """清河市数据工作规划

一、重点任务

(一)建设数据平台。到2025年,建成市级公共数据平台。
平台向企业免费开放气象和\u00a0交通数据。(责任单位:市数据局)

(二)培养数据人才。每年培训数据员三百名。对考取证书的市民给予补贴。(责任单位:市人社局)

(三)保护个人信息。未经同意不得公开个人信息。(责任单位:市公安局)

(四)支持企业上云。对上云企业按费用的百分之三十给予补助,最高十万元。(责任单位:市工信局)
"""


class FakeEndpoint:
    """An OpenAI-compatible endpoint on this machine.

    ``reply`` is told the clause's text and how often it was asked for before; it returns what the model
    says, or a whole response: status, body and headers.
    """

    def __init__(self, reply):
        self.reply = reply
        self.requests = []  # (path, headers, body) of each
        self.asked = Counter()  # how often, by clause text
        self.busy = self.most = 0
        self.lock = threading.Lock()

    @contextmanager
    def serving(self):
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                text = body["messages"][-1]["content"].partition("\n\n")[2]
                with fake.lock:
                    fake.requests.append((self.path, dict(self.headers), body))
                    before = fake.asked[text]
                    fake.asked[text] += 1
                    fake.busy += 1
                    fake.most = max(fake.most, fake.busy)
                said = fake.reply(text, before)
                with fake.lock:
                    fake.busy -= 1
                if said is None:
                    return  # and hang up
                message = {"choices": [{"message": {"role": "assistant", "content": said}}]}
                status, answer, headers = (200, json.dumps(message), {}) if isinstance(said, str) else said
                content = answer.encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass  # whoever asked has gone

        server = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def questions(*pairs):
    return json.dumps({"questions": [{"q": q, "quote": quote} for q, quote in pairs]}, ensure_ascii=False)


def first_sentence(text):
    return text[: text.index("。") + 1]


def good(text, before):
    """One question about a clause's first sentence, which no other clause gets."""
    return questions((f"“{first_sentence(text)}”说的是什么事?", first_sentence(text)))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A corpus of one document with five clauses: a search for ten finds them all."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "plan.txt").write_text(TEXT, encoding="utf-8")
    return PolicySearch.open(folder, tmp_path_factory.mktemp("index"), HashEncoder())


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(endpoint_module, "_FIRST_WAIT", 0.001)


@pytest.fixture
def run(small, tmp_path):
    """Draft with an endpoint that replies so; the summary and the endpoint."""

    def run(reply=good, *, policy=small, doc="plan", timeout=5.0, path=tmp_path / "draft.jsonl", **options):
        fake = FakeEndpoint(reply)
        with fake.serving():
            endpoint = Endpoint(fake.url, "模型", SecretStr(KEY), timeout)
            return draft(policy, doc, endpoint, path, **options), fake

    return run


@pytest.fixture
def stopped(small, tmp_path):
    """The message that ends a run with an endpoint that replies so, and the endpoint."""

    def stopped(reply, **options):
        fake = FakeEndpoint(reply)
        with fake.serving(), pytest.raises(EndpointError) as caught:
            draft(
                small, "plan", Endpoint(fake.url, "模型", SecretStr(KEY)), tmp_path / "draft.jsonl", **options
            )
        assert fake.url in str(caught.value)
        assert KEY not in str(caught.value)
        return str(caught.value), fake

    return stopped


def kept(path):
    return [entry for _, entry in read_draft(path) if "q" in entry]


def test_every_clause_is_asked_once_and_its_questions_are_kept(small, run, tmp_path):
    summary, fake = run()
    assert fake.asked == {clause.text: 1 for clause in small.clauses}
    assert (summary.asked, summary.kept, summary.questions, summary.remaining) == (5, 5, 5, 0)
    assert (summary.dropped, summary.failed) == ({}, {})
    for entry in kept(tmp_path / "draft.jsonl"):
        assert set(entry) == {"q", "quote", "clause_id"}
        assert entry["quote"] in small.clause(entry["clause_id"]).text


def test_what_the_endpoint_is_asked(small, run):
    _, fake = run(count=9, limit=1)
    path, headers, body = fake.requests[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "模型"
    system, user = body["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert "9 个" in system["content"]
    assert '{"questions": [{"q"' in system["content"]
    assert user["content"].startswith("《清河市数据工作规划》 › 一、重点任务 › (一)建设数据平台\n\n")
    assert user["content"].endswith(small.clauses[0].text)


def test_without_a_key_none_is_sent(small, tmp_path):
    with FakeEndpoint(good).serving() as fake:
        draft(small, "plan", Endpoint(fake.url, "模型"), tmp_path / "draft.jsonl", limit=1)
    assert "Authorization" not in fake.requests[0][1]


@pytest.mark.parametrize(
    "around",
    [
        "```json\n{}\n```",
        "```\n{}\n```",
        "好的,以下是问题:\n{}\n希望对您有帮助。{{完}}",
        '<think>题目可以是 {{"q": "想一想?", "quote": "没有的"}}</think>\n\n{}',
    ],
)
def test_a_reply_is_read_whatever_stands_around_it(run, around):
    summary, fake = run(lambda text, before: around.format(good(text, before)))
    assert (summary.kept, len(fake.requests), summary.dropped) == (5, 5, {})


@pytest.mark.parametrize(
    "said",
    [
        '[{"q": "问题一一一", "quote": "甲"}, {"q": "问题二二二", "quote": "乙"}]',
        '{"q": "问题一一一", "quote": "甲"}\n{"q": "问题二二二", "quote": "乙"}',
        '{"questions": [{"q": "问题一一一", "quote": "甲"}, {"q": "问题二二二", "quote": "乙"}, {"q": "问',
        '{"questions": [{"q": "问题一一一", "quote": "甲"}, 3, {"q": 3},{"q": "问题二二二", "quote": "乙"}]}',
    ],
    ids=["list", "lines", "cut off", "with other things"],
)
def test_questions_are_read_from_json_of_another_shape(said):
    assert endpoint_module._parse(said) == [("问题一一一", "甲"), ("问题二二二", "乙")]


@pytest.mark.parametrize(
    "said", ["", "我不会。", "{", "{}" * 50, '{"questions": [{"q": 1}]}', '{"a":' * 3000]
)
def test_garbage_is_asked_for_once_more_and_then_reported(small, run, said):
    bad = small.clauses[1].text
    summary, fake = run(lambda text, before: said if text == bad else good(text, before))
    assert fake.asked[bad] == 2
    assert list(summary.failed) == [small.clauses[1].id]
    assert (summary.asked, summary.kept, summary.remaining) == (5, 4, 1)
    again, fake = run()
    assert list(fake.asked) == [bad]
    assert (again.asked, again.kept, again.questions, again.remaining) == (1, 1, 5, 0)


def test_a_second_reply_that_can_be_read_is_enough(run):
    summary, fake = run(lambda text, before: good(text, before) if before else "嗯……")
    assert (summary.kept, summary.failed, len(fake.requests)) == (5, {}, 10)


def test_a_clause_that_gives_no_question_is_done(run, tmp_path):
    summary, _ = run(lambda text, before: '{"questions": []}')
    assert (summary.asked, summary.kept, summary.failed, summary.remaining) == (5, 0, {}, 0)
    assert not kept(tmp_path / "draft.jsonl")
    assert not run()[1].requests


def test_a_quote_must_stand_in_its_clause_and_is_kept_as_the_document_has_it(small, run, tmp_path):
    def reply(text, before):
        return questions(
            (
                "气象数据对企业收费吗?",
                "平台向企业免费开放气象和交通数据。",
            ),  # the document has a no-break space
            ("由哪个单位负责平台?", "（责任单位：市数据局）"),  # and narrow signs
            ("平台向谁开放数据呢?", "平台向企业\n免费 开放气象"),
            ("培训多少名数据员呢?", "每年培训数据员三百名。"),  # of another clause
            ("平台开放什么数据呢?", "平台免费开放气象和交通数据。"),
            ("平台什么时候建成呢?", ""),
            ("平台是不是免费的呢?", "。"),
        )

    summary, _ = run(reply, limit=2, concurrency=1)
    clause = small.clauses[1]
    assert [entry["quote"] for entry in kept(tmp_path / "draft.jsonl")] == [
        "平台向企业免费开放气象和\u00a0交通数据。",
        "(责任单位:市数据局)",
        "平台向企业免费开放气象",
    ]
    assert all(entry["clause_id"] == clause.id for entry in kept(tmp_path / "draft.jsonl"))
    assert summary.dropped == {"quote": 4 + 7}


def test_a_question_is_neither_too_short_nor_too_long_nor_without_letters(run, tmp_path):
    asked = ["补贴呢?", "?!……——", "有补贴吗?", "补" * 60, "贴" * 61, "有\n什么  补贴\ud800?"]
    summary, _ = run(lambda text, before: questions(*((q, first_sentence(text)) for q in asked)), limit=1)
    assert [entry["q"] for entry in kept(tmp_path / "draft.jsonl")] == [
        "有补贴吗?",
        "补" * 60,
        "有 什么 补贴?",
    ]
    assert summary.dropped == {"wording": 3}


def test_no_question_comes_twice(run, tmp_path):
    def reply(text, before):
        return questions(
            ("数据平台何时建成？", first_sentence(text)),
            ("數據平台 何時建成", first_sentence(text)),
            ("谁来建数据平台?", first_sentence(text)),
        )

    summary, _ = run(reply, known=["谁来建数据平台"], limit=2)
    assert [entry["q"] for entry in kept(tmp_path / "draft.jsonl")] == ["数据平台何时建成？"]
    assert summary.dropped == {"duplicate": 5}
    summary, _ = run(reply, limit=1)  # what a run before wrote counts too, even without its bank
    assert (summary.kept, summary.dropped) == (1, {"duplicate": 2})


def test_a_question_must_lead_back_to_its_clause(policy, run, tmp_path):
    clause = next(c for c in policy.clauses if c.text.startswith("商业秘密保护工程"))
    first = policy.clauses[0]

    def reply(text, before):
        return questions(
            ("企业的商业秘密怎么保护?", first_sentence(clause.text)),
            ("这份规划是哪天发布的", "2022年08月24日"),
        )

    summary, fake = run(reply, policy=policy, doc=PLAN, limit=1)
    assert list(fake.asked) == [first.text]
    assert [entry["q"] for entry in kept(tmp_path / "draft.jsonl")] == ["这份规划是哪天发布的"]
    assert summary.dropped == {"quote": 1}
    (tmp_path / "draft.jsonl").unlink()
    summary, _ = run(
        lambda text, before: questions(
            ("企业的商业秘密怎么保护?", "2022年08月24日"), ("规划哪天发布的", "2022年08月24日")
        ),
        policy=policy,
        doc=PLAN,
        limit=1,
    )
    assert summary.dropped == {"elsewhere": 1}
    assert summary.kept == 1


@pytest.mark.parametrize(
    "header",
    ["0", "soon", "-1", format_datetime(datetime.now(timezone.utc), usegmt=True)],
    ids=["seconds", "words", "negative", "date"],
)
def test_a_busy_endpoint_is_asked_again(run, header):
    busy = (429, '{"error": {"message": "slow down"}}', {"Retry-After": header})
    summary, fake = run(lambda text, before: good(text, before) if before == 2 else busy)
    assert (summary.kept, summary.failed, len(fake.requests)) == (5, {}, 15)


def test_retry_after_is_obeyed(run):
    begun = time.monotonic()
    summary, _ = run(
        lambda text, before: good(text, before) if before else (503, "", {"Retry-After": "1"}), limit=1
    )
    assert summary.kept == 1
    assert time.monotonic() - begun >= 1


def test_the_date_of_retry_after_is_read():
    later = datetime.now(timezone.utc) + timedelta(seconds=100)
    assert 98 < endpoint_module._told_to_wait(format_datetime(later, usegmt=True)) <= 100
    assert endpoint_module._told_to_wait("120") == 120
    assert endpoint_module._told_to_wait("") is None


def test_who_is_told_to_wait_for_an_hour_stops(stopped):
    message, fake = stopped(lambda text, before: (429, "quota", {"Retry-After": "3600"}), concurrency=1)
    assert "要求 3600 秒以后再来" in message
    assert len(fake.requests) == 1


def test_a_limit_that_stays_ends_the_run(stopped):
    message, fake = stopped(lambda text, before: (429, "quota exceeded", {}), concurrency=1)
    assert "HTTP 429" in message
    assert "quota exceeded" in message
    assert len(fake.requests) == 6  # five times more


def test_a_server_error_passes_or_fails_its_clause_only(small, run):
    bad = small.clauses[2].text
    summary, fake = run(
        lambda text, before: (500, "oops", {}) if text == bad or before < 2 else good(text, before)
    )
    assert summary.kept == 4
    assert "HTTP 500" in summary.failed[small.clauses[2].id]
    assert fake.asked == {**{clause.text: 3 for clause in small.clauses}, bad: 6}


def test_a_clause_that_the_endpoint_refuses_fails_alone(small, run):
    bad = small.clauses[0].text
    refusal = (400, '{"error": {"message": "内容审核不通过"}}', {})
    summary, fake = run(lambda text, before: refusal if text == bad else good(text, before))
    assert "内容审核不通过" in summary.failed[small.clauses[0].id]
    assert (summary.kept, fake.asked[bad]) == (4, 1)


@pytest.mark.parametrize("reply", [(500, "down", {}), "嗯", (200, "<html>Welcome</html>", {})])
def test_five_failures_in_a_row_end_the_run(stopped, tmp_path, reply):
    message, _ = stopped(lambda text, before: reply)
    assert "连着 5 条条款没有成功" in message
    assert not (tmp_path / "draft.jsonl").exists()


@pytest.mark.parametrize(
    ("status", "told"),
    [(401, "IPQA_LLM_KEY"), (403, "IPQA_LLM_KEY"), (404, "IPQA_LLM_MODEL"), (402, "余额"), (302, "HTTP 302")],
)
def test_what_every_request_would_meet_ends_the_run_at_once(stopped, status, told):
    body = json.dumps({"error": {"message": f"wrong key {KEY} or model"}})
    message, fake = stopped(lambda text, before: (status, body, {"Location": "/login"}), concurrency=1)
    assert told in message
    assert "wrong key *** or model" in message
    assert len(fake.requests) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://nowhere.invalid/v1", "http://a..b/v1"])
def test_an_endpoint_that_cannot_be_reached_is_named(small, tmp_path, url):
    with pytest.raises(EndpointError, match="连不上") as caught:
        draft(small, "plan", Endpoint(url, "模型", SecretStr(KEY)), tmp_path / "draft.jsonl")
    assert url in str(caught.value)
    assert not (tmp_path / "draft.jsonl").exists()


def test_an_endpoint_that_hangs_up_is_asked_again(run):
    summary, _ = run(lambda text, before: good(text, before) if before else None)
    assert (summary.kept, summary.failed) == (5, {})


def test_an_endpoint_that_always_hangs_up_ends_the_run(stopped):
    message, fake = stopped(lambda text, before: None, concurrency=1)
    assert "连不上" in message
    assert len(fake.requests) == 6


def test_a_slow_reply_fails_its_clause_only(small, run):
    slow = small.clauses[3].text

    def reply(text, before):
        if text == slow:
            time.sleep(0.6)
        return good(text, before)

    summary, fake = run(reply, timeout=0.2)
    assert "--timeout" in summary.failed[small.clauses[3].id]
    assert (summary.kept, fake.asked[slow]) == (4, 2)


@pytest.mark.parametrize(("concurrency", "most"), [(1, 1), (3, 3)])
def test_so_many_requests_are_under_way_at_once(run, concurrency, most):
    def reply(text, before):
        time.sleep(0.1)
        return good(text, before)

    assert run(reply, concurrency=concurrency)[1].most == most


def test_a_local_endpoint_is_asked_past_any_proxy(run, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert run(limit=1)[0].kept == 1


def test_a_proxy_that_cannot_be_used_is_a_message(small, tmp_path, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "nonsense://127.0.0.1:9")
    with pytest.raises(EndpointError, match="代理"):
        draft(small, "plan", Endpoint("http://llm.invalid/v1", "模型"), tmp_path / "draft.jsonl")


def test_a_run_goes_on_where_the_last_one_ended(small, run, tmp_path):
    path = tmp_path / "draft.jsonl"
    summary, fake = run(limit=2)
    assert (summary.asked, summary.remaining) == (2, 3)
    before = path.read_bytes()
    summary, fake = run()
    assert set(fake.asked) == {clause.text for clause in small.clauses[2:]}
    assert (summary.asked, summary.kept, summary.questions, summary.remaining) == (3, 3, 5, 0)
    assert path.read_bytes().startswith(before)
    assert not run()[1].requests


def test_what_an_error_interrupts_is_kept(small, run, stopped, tmp_path):
    done = small.clauses[0].text
    message, _ = stopped(
        lambda text, before: good(text, before) if text == done else (401, "", {}), concurrency=1
    )
    assert str(tmp_path / "draft.jsonl") in message
    assert len(kept(tmp_path / "draft.jsonl")) == 1
    assert set(run()[1].asked) == {clause.text for clause in small.clauses[1:]}


def test_a_draft_cut_off_anywhere_is_gone_on_with(small, run, tmp_path):
    path = tmp_path / "draft.jsonl"
    run(concurrency=1)
    whole = path.read_bytes()
    for length in range(0, len(whole), 5):  # within characters too
        path.write_bytes(whole[:length])
        entries = [entry for _, entry in read_draft(path, mend=True)]
        assert whole.startswith(path.read_bytes().rstrip(b"\n"))
        assert length - len(path.read_bytes()) < 300
        assert all("q" in entry or entry["done"] for entry in entries)
    for length in (len(whole) * 2 // 5, len(whole) - 1, len(whole) - 40):
        path.write_bytes(whole[:length])
        done = {entry["clause_id"] for _, entry in read_draft(path, mend=True) if entry.get("done")}
        _, fake = run()
        assert set(fake.asked) == {clause.text for clause in small.clauses if clause.id not in done}
        assert Counter(entry["clause_id"] for entry in kept(path)) == {c.id: 1 for c in small.clauses}


def test_what_the_reviewer_took_out_is_not_asked_for_again(run, tmp_path):
    path = tmp_path / "draft.jsonl"
    run(limit=3)
    lines = path.read_text(encoding="utf-8").splitlines()
    edited = [line for line in lines if '"q"' not in line]
    path.write_text(
        "\ufeff" + "\r\n".join([*edited, '{"q": "我加的问题?", "quote": "个人信息"}']), encoding="utf-8"
    )
    summary, fake = run()
    assert len(fake.requests) == 2
    assert summary.questions == 3


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"q": "没有引文的问题"}', "第 2 行"),
        ('{"q": "…", "quote": "甲"}', "第 2 行"),
        ("3", "第 2 行"),
        ("{不是 JSON}", "第 2 行"),
        ('{"clause_id": "other#1", "done": true}', "other#1"),
        ('{"q": "别的问题", "quote": "甲", "clause_id": ["x"]}', "['x']"),
    ],
)
def test_a_draft_that_cannot_be_gone_on_with_is_named_and_left(run, tmp_path, line, told):
    path = tmp_path / "draft.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(QuestionBankError) as caught:
        run()
    assert str(path) in str(caught.value)
    assert told in str(caught.value)
    assert path.read_text(encoding="utf-8") == f"\n{line}\n"


def test_a_draft_in_another_encoding_is_not_written_on(run, tmp_path):
    path = tmp_path / "draft.jsonl"
    path.write_text('{"q": "我加的问题?", "quote": "个人信息"}\n', encoding="gbk")
    with pytest.raises(QuestionBankError, match="UTF-8"):
        run()


def test_a_draft_that_cannot_be_written_is_named(run, tmp_path):
    with pytest.raises(ArgumentError, match="没有这个文件夹"):
        run(path=tmp_path / "没有这个文件夹" / "draft.jsonl")


def test_a_document_that_is_none_is_named(run, tmp_path):
    with pytest.raises(UnknownDocumentError, match="plan"):
        run(doc="plam")
    assert not list(tmp_path.iterdir())


def test_without_httpx_the_command_that_installs_it_is_told(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ipqa\[questions\]'"):
        run()
    assert not list(tmp_path.iterdir())


def test_progress_is_told(run):
    told = []
    run(progress=lambda *step: told.append(step))
    assert told == [("起草问题", done, 5) for done in range(6)]


def test_the_key_is_nowhere_but_in_the_header(run, small, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    summary, fake = run(lambda text, before: good(text, before) if before else (500, KEY, {}))
    assert KEY not in repr(summary) + caplog.text + (tmp_path / "draft.jsonl").read_text(encoding="utf-8")
    assert KEY not in repr(Endpoint("http://a/v1", "模型", SecretStr(KEY)))
    assert KEY not in json.dumps([body for _, _, body in fake.requests])


def settings(**values):
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize(
    "url",
    [
        "http://h:1/v1",
        " http://h:1/v1/ ",
        "http://h:1/v1/chat/completions",
        "http://h:1/v1/chat/completions/",
    ],
)
def test_the_settings_name_the_endpoint(url):
    endpoint = Endpoint.of(settings(llm_url=url, llm_model=" m ", llm_key=f" {KEY}\n"), 5)
    assert endpoint == Endpoint("http://h:1/v1", "m", SecretStr(KEY), 5)


@pytest.mark.parametrize("values", [{}, {"llm_url": "http://h/v1"}, {"llm_model": "m"}])
def test_settings_that_lack_are_named_with_an_example(monkeypatch, values):
    for name in ("IPQA_LLM_URL", "IPQA_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as caught:
        Endpoint.of(settings(**values))
    for word in ("IPQA_LLM_URL", "IPQA_LLM_KEY", "IPQA_LLM_MODEL", "http://127.0.0.1:11434/v1"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "h:1/v1",
        "ftp://h/v1",
        "http://",
        "http://u:sesame@h/v1",
        "http://h/v1?key=sesame",
        "http://h:x/v1",
        "http://[h",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_showing_it(url):
    with pytest.raises(SettingsError, match="IPQA_LLM_URL") as caught:
        Endpoint.of(settings(llm_url=url, llm_model="m"))
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("key", ["sesame sesame", "sesame密", "sesame\nsesame"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key):
    with pytest.raises(SettingsError, match="IPQA_LLM_KEY") as caught:
        Endpoint.of(settings(llm_url="http://h/v1", llm_model="m", llm_key=key))
    assert "sesame" not in str(caught.value)
