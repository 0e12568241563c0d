"""The README is true: its commands exist, its examples print what it says."""

import re
import shlex
import subprocess
import sys

import pytest

from ipqa.evaluation import evaluate, read_questions
from ipqa.interfaces.cli import cli
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    index = tmp_path_factory.mktemp("readme") / "index"

    def run(*arguments):
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={"IPQA_INDEX": str(index), "PATH": "", "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


def test_the_console_examples_print_what_the_readme_shows(run):
    examples = blocks("console")
    assert len(examples) == 7
    for example in examples:
        command, _, shown = example.partition("\n")
        program, *arguments = shlex.split(command.removeprefix("$ "))
        assert program == "ipqa"
        assert without_scores(run("-m", "ipqa", *arguments)) == without_scores(shown), command


def without_scores(text):
    """The words of an output; the second decimal of a score may differ from one processor to another."""
    return re.sub(r"  \d+\.\d\d$", "", text, flags=re.MULTILINE).split()


def test_the_python_example_prints_what_the_readme_shows(run):
    (code,) = blocks("python")
    (shown,) = blocks("text")[:1]
    assert run("-c", code).split() == shown.split()


def test_every_command_is_in_the_readme_and_every_command_there_exists():
    assert set(re.findall(r"`ipqa (\w+)", README)) == set(cli.commands)


def test_every_file_and_setting_that_the_readme_names_exists():
    for name in re.findall(r"\]\(([\w/.-]+)\)", README):
        assert (ROOT / name).exists(), name
    from ipqa.settings import Settings

    assert set(re.findall(r"IPQA_[A-Z_]+", README)) == {
        f"IPQA_{name.upper()}" for name in Settings.model_fields
    }


def test_the_quality_figures_are_those_that_eval_gives(policy):
    report = evaluate(policy, read_questions(ROOT / "tests/data/dev_questions.jsonl"))
    stated = {
        "hit@1": "hit@1",
        "hit@5": "hit@5",
        "MRR": "mrr",
        "recall@10": "recall@10",
        "highlight@1": "highlight@1",
    }
    for words, measure in stated.items():
        figure = float(re.search(rf"（{words}）.*?\| ([01]\.\d+) \|", README)[1])
        assert report.by_type["all"][measure] == pytest.approx(figure, abs=0.011), (
            measure
        )  # a question's worth


@pytest.mark.parametrize("name", ["dev_questions", "hard_questions", "unseen_questions"])
def test_the_figures_on_each_question_file_are_those_that_eval_gives(policy, name):
    report = evaluate(policy, read_questions(ROOT / f"tests/data/{name}.jsonl"))
    row = re.search(rf"`{name}`.*?\| (\d+) \|(.*) \|", README)
    assert int(row[1]) == report.questions
    means = report.by_type["all"]
    stated = [float(cell) for cell in row[2].split("|")]
    assert [means[m] for m in ("hit@1", "hit@5", "mrr", "highlight@1")] == pytest.approx(stated, abs=0.011)


def test_the_targets_are_met(policy):
    report = evaluate(policy, read_questions(ROOT / "tests/data/dev_questions.jsonl"))
    means = report.by_type["all"]
    assert means["hit@1"] >= 0.95
    assert means["hit@5"] >= 0.99
    assert means["mrr"] >= 0.97
    assert means["recall@10"] >= 0.90
    assert means["highlight@1"] >= 0.80
    for kind in ("typo", "traditional", "english", "keyword"):
        assert report.by_type[kind]["hit@5"] == 1.0, kind


@pytest.mark.parametrize("name", ["hard_questions", "unseen_questions"])
def test_the_targets_hold_on_questions_that_nothing_was_tuned_on(policy, name):
    means = evaluate(policy, read_questions(ROOT / f"tests/data/{name}.jsonl")).by_type["all"]
    assert means["hit@1"] >= 0.92
    assert means["hit@5"] >= 0.985


def test_the_targets_of_answers_are_met(policy):
    by_type = evaluate(policy, read_questions(ROOT / "tests/data/dev_questions.jsonl")).by_type
    assert by_type["unanswerable_far"]["refused"] == 1.0
    assert by_type["unanswerable_near"]["refused"] >= 0.90
    assert by_type["all"]["answered"] >= 0.97
    assert by_type["all"]["units"] >= 0.95
    assert by_type["all"]["lead"] >= 0.95
    assert by_type["follow_up"]["hit@1"] >= 0.9
    assert by_type["all"]["recall@10"] >= 0.95


@pytest.mark.parametrize("name", ["answers_questions", "answers_unseen"])
def test_the_figures_on_what_is_answered_and_refused_are_those_that_eval_gives(policy, name):
    report = evaluate(policy, read_questions(ROOT / f"tests/data/{name}.jsonl"))
    near = [
        o.measures["refused"]
        for o in report.outcomes
        if o.type.startswith("near_") and "refused" in o.measures
    ]
    row = re.search(rf"`{name}`.*?\| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", README)
    assert int(row[1]) == len(report.outcomes)
    found = [report.by_type["all"]["answered"], sum(near) / len(near), report.by_type["far"]["refused"]]
    assert found == pytest.approx([float(row[i]) for i in (2, 3, 4)], abs=0.02)
