"""The cookbook is true: each of its Python examples runs."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from ipqa.interfaces.web import WebServer, create_app
from tests.conftest import ROOT

TEXT = (ROOT / "docs/cookbook.md").read_text(encoding="utf-8")
EXAMPLES = [
    (title, code)
    for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    for title in [part.split("\n")[0]]
    for code in re.findall(r"```python\n(.*?)```", part, flags=re.DOTALL)
]
FRAMEWORKS = {"LangChain": "langchain_core", "LlamaIndex": "llama_index.core", "Haystack": "haystack"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    return folder


@pytest.fixture(scope="module")
def url(policy):
    with WebServer(create_app(policy), "127.0.0.1", 0) as server:
        yield server.url.rstrip("/")


@pytest.mark.parametrize(("title", "code"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_the_example_runs(home, url, title, code):
    if framework := FRAMEWORKS.get(title):
        pytest.importorskip(framework, reason=f"{framework} 没有安装")
    run = subprocess.run(
        [sys.executable, "-c", code.replace("http://127.0.0.1:7860", url)],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HAYSTACK_TELEMETRY_ENABLED": "False", "NO_PROXY": "*"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert title == "筛选" or run.stdout.strip()


def test_there_is_an_example_of_everything():
    assert {title for title, _ in EXAMPLES} >= {
        "检索",
        "筛选",
        "加文件",
        "换编码器",
        "REST",
        "Dify",
        *FRAMEWORKS,
    }
