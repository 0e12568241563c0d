from pathlib import Path

import pytest

from ipqa.errors import SettingsError
from ipqa.settings import load_settings


def test_the_environment_overrides_the_defaults(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert (load_settings().corpus, load_settings().port) == (Path("corpus"), 7860)
    monkeypatch.setenv("IPQA_CORPUS", "别处")
    monkeypatch.setenv("IPQA_PORT", "8000")
    assert (load_settings().corpus, load_settings().port) == (Path("别处"), 8000)


def test_a_dotenv_file_is_read_and_others_settings_in_it_are_left_alone(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("IPQA_ENCODER=模型\nOTHER=1\n", encoding="utf-8")
    assert load_settings().encoder == "模型"


@pytest.mark.parametrize("port", ["门牌", "0", "99999"])
def test_a_wrong_value_is_named(monkeypatch, port):
    monkeypatch.setenv("IPQA_PORT", port)
    with pytest.raises(SettingsError, match=f"IPQA_PORT='{port}'"):
        load_settings()
