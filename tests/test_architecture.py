"""The layout's promises: imports go one way, and the default path never imports torch."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT


def test_imports_go_one_way_and_heavy_packages_stay_where_they_belong():
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "0 broken" in run.stdout, run.stdout + run.stderr
    assert run.returncode == 0


@pytest.mark.parametrize(
    "statement",
    [
        "policy = ipqa.PolicySearch.open(sys.argv[1], sys.argv[2]); policy.ask('专利质押')",
        "from ipqa.interfaces.cli import cli;"
        " cli(['--corpus', sys.argv[1], '--index', sys.argv[2], 'ask', '专利'], standalone_mode=False)",
        "import ipqa.interfaces.web",
    ],
    ids=["library", "command line", "web page"],
)
def test_the_default_path_never_imports_torch(tmp_path, statement):
    code = f"import sys, ipqa; {statement}; print([m for m in ('torch', 'transformers') if m in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "corpus"), str(tmp_path / "index")],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.stdout.strip().endswith("[]"), run.stdout[-500:] + run.stderr


def test_no_module_of_the_library_grows_beyond_measure():
    sizes = {p: p.read_text("utf-8").count("\n") for p in (ROOT / "ipqa").rglob("*.py")}
    assert {str(p): n for p, n in sizes.items() if n > 350} == {}
