import re
import traceback
from pathlib import Path

import pytest

from ipqa.errors import SettingsError
from ipqa.retrieval.query import MAX_QUESTION_LENGTH
from ipqa.settings import LONGEST_QUESTION, Settings, load_settings
from tests.conftest import ROOT

EXAMPLE = ROOT / ".env.example"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """A folder without a .env file, and no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"IPQA_{name.upper()}", raising=False)


def complaint(monkeypatch, **values):
    for name, value in values.items():
        monkeypatch.setenv(f"IPQA_{name.upper()}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


def test_the_environment_overrides_the_defaults(monkeypatch):
    assert (load_settings().corpus, load_settings().port) == (Path("corpus"), 7860)
    monkeypatch.setenv("IPQA_CORPUS", "别处")
    monkeypatch.setenv("IPQA_PORT", "8000")
    assert (load_settings().corpus, load_settings().port) == (Path("别处"), 8000)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a byte order mark"])
def test_a_dotenv_file_is_read_and_others_settings_in_it_are_left_alone(tmp_path, mark):
    (tmp_path / ".env").write_text(f"{mark}IPQA_ENCODER=模型\nOTHER=1\n", encoding="utf-8")
    assert load_settings().encoder == "模型"


def test_a_dotenv_file_in_another_encoding_is_a_message(tmp_path):
    (tmp_path / ".env").write_text("IPQA_ENCODER=模型\n", encoding="gbk")
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("port", "门牌", "应是整数"),
        ("port", "0", "应不小于 1"),
        ("port", "99999", "应不大于 65535"),
        ("concurrency", "0", "应不小于 1"),
        ("concurrency", "257", "应不大于 256"),
        ("max_question", "0", "应不小于 1"),
        ("max_question", "501", "应不大于 500"),
        ("feedback", "也许", "应是 true 或 false"),
        ("root_path", "zhengce", "应以 / 开头"),
        ("root_path", "//zhengce", "应以 / 开头"),
        ("root_path", "/zheng ce", "应以 / 开头"),
        ("root_path", "/zhengce?a=1", "应以 / 开头"),
        ("root_path", "https://www.lf.gov.cn/zhengce", "不写网址"),
        ("root_path", "HTTP://10.0.0.1", "不写网址"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch, name, value, rule):
    message = complaint(monkeypatch, **{name: value})
    assert f"IPQA_{name.upper()}='{value}'" in message
    assert rule in message


def test_all_wrong_values_are_named(monkeypatch):
    message = complaint(monkeypatch, port="门牌", auth="张三")
    assert "IPQA_PORT" in message
    assert "IPQA_AUTH" in message


def test_accounts_are_pairs_between_commas_or_line_feeds(monkeypatch):
    assert load_settings().accounts == {}
    monkeypatch.setenv("IPQA_AUTH", "张三:abc, 李四 : d:e:f ,\n王五:g h\r\n")
    assert load_settings().accounts == {"张三": "abc", "李四": "d:e:f", "王五": "g h"}


@pytest.mark.parametrize(
    ("auth", "rule"),
    [
        ("ann:sesame,bob", "第 2 对应写作 用户名:密码"),
        ("sesame", "第 1 对应写作 用户名:密码"),
        (":sesame", "第 1 对应写作 用户名:密码"),
        ("ann: ,bob:sesame", "第 1 对应写作 用户名:密码"),
        ("ann：sesame", "冒号用半角"),
        ("ann:sesame，bob:sesame", "第 1 对里有全角逗号"),
        ("ann:sesame,ann:sesame2", "第 2 对的用户名与前面的重复"),
        (" , ", "没有写用户名和密码"),
    ],
)
def test_what_is_wrong_with_accounts_is_said_without_the_passwords(monkeypatch, auth, rule):
    monkeypatch.setenv("IPQA_AUTH", auth)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "IPQA_AUTH(" in str(caught.value)
    assert rule in str(caught.value)
    assert "sesame" not in "".join(traceback.format_exception(caught.value))


def test_settings_do_not_show_the_passwords(monkeypatch):
    monkeypatch.setenv("IPQA_AUTH", "ann:sesame")
    settings = load_settings()
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "sesame" not in shown


@pytest.mark.parametrize(
    ("written", "path"), [("", ""), ("/", ""), ("/a", "/a"), ("/a/", "/a"), (" /a/政策// ", "/a/政策")]
)
def test_the_path_behind_a_proxy_has_no_slash_at_its_end(monkeypatch, written, path):
    monkeypatch.setenv("IPQA_ROOT_PATH", written)
    assert load_settings().root_path == path


def test_no_question_may_be_longer_than_the_search_takes():
    assert LONGEST_QUESTION == MAX_QUESTION_LENGTH


def test_the_example_explains_every_setting_and_holds_the_defaults(tmp_path):
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    names = {
        number: match[1] for number, line in enumerate(lines) if (match := re.match(r"#(IPQA_\w+)=", line))
    }
    assert sorted(names.values()) == sorted(f"IPQA_{name.upper()}" for name in Settings.model_fields)
    for number, name in names.items():
        assert re.match(r"# .*[\u4e00-\u9fff]", lines[number - 1]), f"{name} 没有说明"
    (tmp_path / ".env").write_text(re.sub("^#IPQA_", "IPQA_", "\n".join(lines), flags=re.M), encoding="utf-8")
    assert load_settings() == Settings(_env_file=None)
