import csv
import io
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timezone
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.errors import ArgumentError, FeedbackError
from ipqa.interfaces import feedback
from ipqa.interfaces.feedback import FILE_NAME, REASONS, FeedbackStore, Vote, redact
from ipqa.models import Answer

VOTE = Vote("商标怎么补贴?", "商标怎么补贴?", "related", ("plan#1", "plan#2"), False, "incomplete", "缺金额")
REFUSED = Answer(
    "专利几件", "三河市专利几件", "related", "passages", "…", missing=("没有三河的数据", "没有数量")
)


@pytest.fixture
def store(tmp_path):
    return FeedbackStore(tmp_path / "数据")


def rows(content):
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def query(store, sql, *arguments):
    with closing(sqlite3.connect(store.path)) as connection, connection:
        return connection.execute(sql, arguments).fetchall()


def test_nothing_is_made_before_a_store_is_opened(tmp_path):
    folder = tmp_path / "甲" / "乙"
    with pytest.raises(ArgumentError, match="还没有打开过"):
        FeedbackStore(folder, create=False)
    assert not folder.parent.exists()
    FeedbackStore(folder)
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]
    FeedbackStore(folder, create=False)


def test_a_vote_comes_back_from_the_export(store):
    store.vote(VOTE)
    store.vote(Vote("专利", "专利", "answered", (), True))
    first, second = rows(store.export_csv("votes"))
    time = datetime.fromisoformat(first.pop("时间(UTC)"))
    assert abs((datetime.now(timezone.utc) - time).total_seconds()) < 60
    assert time.microsecond == 0
    assert first == {
        "问题": "商标怎么补贴?",
        "理解为": "商标怎么补贴?",
        "结果": "只有相关内容",
        "条款": "plan#1;plan#2",
        "评价": "没有用",
        "原因": "不完整",
        "补充说明": "缺金额",
    }
    assert (second["评价"], second["原因"], second["条款"]) == ("有用", "", "")


def test_an_unanswered_question_comes_back_from_the_export_and_other_answers_do_not(store):
    for status in ("answered", "chat", "not_found", "related"):
        store.unanswered(replace(REFUSED, status=status))
    found = rows(store.export_csv("unanswered"))
    assert [row["结果"] for row in found] == ["没有找到", "只有相关内容"]
    assert found[0]["问题"] == "专利几件"
    assert found[0]["理解为"] == "三河市专利几件"
    assert found[0]["缺什么"] == "没有三河的数据;没有数量"


def test_records_are_counted(store):
    for reason in ("", "other", "other", "wrong_passage"):
        store.vote(replace(VOTE, reason=reason))
    store.vote(replace(VOTE, helpful=True, reason=""))
    store.unanswered(REFUSED)
    counts = store.counts()
    assert (counts.helpful, counts.unhelpful) == (1, 4)
    assert counts.reasons == {**dict.fromkeys(REASONS, 0), "other": 2, "wrong_passage": 1}
    assert counts.unanswered == {"not_found": 0, "related": 1}


def test_no_column_could_hold_who_asked(store):
    tables = {name for (name,) in query(store, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    columns = {t: [row[1] for row in query(store, f"PRAGMA table_info({t})")] for t in tables}
    assert columns == {
        "votes": [
            "id",
            "time",
            "question",
            "resolved_question",
            "status",
            "clause_ids",
            "helpful",
            "reason",
            "comment",
        ],
        "unanswered": ["id", "time", "question", "resolved_question", "status", "missing"],
    }


def test_no_vote_is_lost_when_threads_write_at_once(store):
    failed = []

    def work(name):
        try:
            for number in range(100):
                store.vote(replace(VOTE, comment=f"{name}{number}"))
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=work, args=(name,)) for name in "甲乙"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    kept = {row["补充说明"] for row in rows(store.export_csv("votes"))}
    assert kept == {f"{name}{number}" for name in "甲乙" for number in range(100)}
    assert query(store, "PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": "rude"}, "没有这个原因:rude"),
        ({"status": "lost"}, "没有这种结果:lost"),
        ({"comment": "长" * 501}, "补充说明太长:501 字"),
        ({"question": "长" * 501}, "问题太长:501 字"),
        ({"resolved_question": "长" * 2001}, "太长"),
        ({"clause_ids": ("plan#1",) * 201}, "条款太多:201 条"),
        ({"clause_ids": ("长" * 301,)}, "条款编号太长"),
        ({"comment": 5}, "补充说明应是一段文字"),
        ({"helpful": "no"}, "True 或 False"),
    ],
)
def test_a_vote_that_cannot_be_is_refused(store, change, message):
    with pytest.raises(ArgumentError, match=message):
        store.vote(replace(VOTE, **change))
    assert store.counts().unhelpful == 0


def test_the_longest_that_is_allowed_is_kept(store):
    longest = {"comment": "长" * 500, "question": "长" * 500, "clause_ids": ("plan#1",) * 200}
    store.vote(replace(VOTE, **longest))
    assert rows(store.export_csv("votes"))[0]["补充说明"] == "长" * 500


def test_control_characters_are_not_kept(store):
    store.vote(replace(VOTE, comment=" 第一行\r\n第二行\x00\x1b\u202e\u200b\ud800完 "))
    assert rows(store.export_csv("votes"))[0]["补充说明"] == "第一行 第二行完"


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "+86 13800138000",
        "0086-138-0013-8000",
        "013800138000",
        "0316-2012345",
        "(0316)2012345",
        "（010） 8888 6666",
        "031620123456",
        "010-88886666-801",
        "010-88886666转801",
        "400-123-4567",
        "+852 9123 45678",
        "110101199003071234",
        "11010119900307123X",
        "１１０１０１１９９００３０７１２３ｘ",
        "110101 19900307 123x",
        "6222021234567890123",
        "zhang.san+1@mail.example.com",
        "13800138000@139.com",
        "zhangsan＠qq.com",
    ],
)
def test_what_reaches_a_person_is_hidden(written):
    assert redact(f"请回复{written},谢谢") == "请回复〔已隐去〕,谢谢"
    assert redact(f"{written}和{written}") == "〔已隐去〕和〔已隐去〕"


def test_a_local_number_is_hidden_after_a_word_for_telephone():
    assert redact("我的电话号码是:2012345。") == "我的电话号码是:〔已隐去〕。"
    assert redact("Tel: 8888-6666") == "Tel: 〔已隐去〕"


@pytest.mark.parametrize(
    "text",
    [
        "2025年",
        "2021—2025年每万人口10.7件",
        "到2025年12月31日",
        "20250101以前",
        "专利 1234567 件",
        "投入 15000000000 元、13800138000万元",
        "0.03162012345",
        "第10.7条、(三)5",
        "拨打12345或12330",
        "冀政发〔2021〕15号",
        "专利号 ZL202110123456.7、ZL 2021 1 0123456.7",
        "申请号2021101234567",
        "联系电话2021-2025年会变吗",
        "手机 2000万部",
        "2021 2022 2023 2024 2025",
        "@市场监管局 怎么办",
    ],
)
def test_years_amounts_and_numbers_of_clauses_stay(text):
    assert redact(text) == text


@given(st.text(st.characters(exclude_categories=["Nd"], exclude_characters="@＠")))
def test_text_without_digits_and_at_signs_stays(text):
    assert redact(text) == text


@given(st.text(st.sampled_from("0123456789０-+() ()@.a年元电话")))
def test_hiding_never_fails_and_leaves_no_mobile_number_that_stands_alone(text):
    assert "13800138000" not in redact(f"{text},13800138000。{text}")


def test_every_kept_text_is_redacted(store):
    secret = "13800138000"
    store.vote(replace(VOTE, question=secret, resolved_question=secret, clause_ids=(secret,), comment=secret))
    store.unanswered(replace(REFUSED, question=secret, resolved_question=secret, missing=(secret,)))
    exported = store.export_csv("votes") + store.export_csv("unanswered")
    assert exported.decode().count("〔已隐去〕") == 7
    assert secret.encode() not in b"".join(path.read_bytes() for path in store.path.parent.iterdir())


def test_invisible_characters_do_not_keep_a_number_from_being_hidden(store):
    store.vote(replace(VOTE, comment="138\u200b0013\u200b8000"))
    assert rows(store.export_csv("votes"))[0]["补充说明"] == "〔已隐去〕"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1"])
def test_a_spreadsheet_does_not_take_a_text_for_a_formula(store, text):
    store.vote(replace(VOTE, question=text))
    assert rows(store.export_csv("votes"))[0]["问题"] == f"'{text}"


@pytest.mark.parametrize("text", ["\t=1", "\r=1"])
def test_a_cell_that_begins_with_a_tab_or_return_is_guarded_however_it_got_there(store, text):
    store.vote(VOTE)
    query(store, "UPDATE votes SET question = ?", text)
    assert rows(store.export_csv("votes"))[0]["问题"] == f"'{text}"


@given(st.lists(st.text(max_size=40), min_size=1, max_size=3))
def test_an_export_can_be_read_back_whatever_was_written(tmp_path_factory, comments):
    store = FeedbackStore(tmp_path_factory.mktemp("数据"))
    for comment in comments:
        store.vote(replace(VOTE, comment=comment))
    read = rows(store.export_csv("votes"))
    assert len(read) == len(comments)
    assert all(set(row) == set(read[0]) and None not in row.values() for row in read)


def test_an_export_without_records_has_its_headline(store):
    assert store.export_csv("votes").decode("utf-8-sig").count("\r\n") == 1
    with pytest.raises(ArgumentError, match="votes、unanswered"):
        store.export_csv("sqlite_master")


def test_records_before_a_day_are_deleted_without_a_trace(store, monkeypatch):
    for day, word in ((1, "前天的话" * 50), (2, "昨天的话" * 50), (3, "今天的话" * 50)):
        monkeypatch.setattr(feedback, "_now", lambda day=day: datetime(2025, 1, day, tzinfo=timezone.utc))
        store.vote(replace(VOTE, comment=word))
        store.unanswered(replace(REFUSED, question=word))
    assert store.clear(date(2025, 1, 3)) == 4
    assert [row["补充说明"][:4] for row in rows(store.export_csv("votes"))] == ["今天的话"]
    left = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert "前天的话".encode() not in left
    assert "今天的话".encode() in left
    assert store.clear(None) == 2
    assert store.clear(None) == 0


def test_a_store_whose_file_was_taken_away_goes_on(store):
    store.vote(VOTE)
    store.path.unlink()
    store.vote(VOTE)
    assert store.counts().unhelpful == 1


def damage(path):
    path.write_bytes(b"this is no database" * 100)


def cut(path):
    path.write_bytes(path.read_bytes()[:5000])


def another_database(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE accounts (name TEXT)")


def newer(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (damage, "已损坏"),
        (cut, "已损坏"),
        (another_database, "别的数据库"),
        (newer, "更新版本"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(store, spoil, message):
    store.vote(VOTE)
    spoil(store.path)
    for use in (
        store.counts,
        lambda: store.vote(VOTE),
        lambda: store.unanswered(REFUSED),
        lambda: store.export_csv("votes"),
        lambda: store.clear(None),
    ):
        with pytest.raises(FeedbackError) as caught:
            use()
        assert str(store.path) in str(caught.value)
        assert message in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "数据").write_text("一个文件", encoding="utf-8")
    with pytest.raises(FeedbackError, match=FILE_NAME):
        FeedbackStore(tmp_path / "数据")


def test_a_lock_that_another_holds_too_long_is_an_error_of_ours(store, monkeypatch):
    monkeypatch.setattr(feedback, "_WAIT", 0.05)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FeedbackError, match="locked"):
            store.vote(VOTE)
        other.execute("ROLLBACK")
    store.vote(VOTE)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root 可以写任何文件夹;Windows 的权限另是一套"
)
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FeedbackError, match=FILE_NAME):
            FeedbackStore(tmp_path)
        with pytest.raises(FeedbackError, match=FILE_NAME):
            FeedbackStore(tmp_path / "数据")
    finally:
        tmp_path.chmod(0o700)
