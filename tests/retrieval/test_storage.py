import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipqa import PolicySearch
from ipqa.documents.corpus import list_corpus, parse_document
from ipqa.errors import IndexDamagedError, IpqaError
from ipqa.retrieval import storage
from tests.fakes import HashEncoder

TEXT = (
    "某市规划\n一、任务\n"
    "(一)推进质押融资。鼓励银行贷款。(责任单位:市甲局牵头,市乙局负责)\n"
    "(二)培育商标品牌。支持企业。(市甲局)\n"
)


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "语料"
    folder.mkdir()
    (folder / "规划.txt").write_text(TEXT, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path):
    return tmp_path / "索引 文件夹"


def open_policy(corpus, index, **options):
    return PolicySearch.open(corpus, index, options.pop("encoder", HashEncoder()), **options)


def test_a_loaded_index_answers_as_the_built_one(corpus, index):
    built, loaded = open_policy(corpus, index), open_policy(corpus, index)
    assert loaded.manifest.generation == built.manifest.generation
    assert loaded.clauses == built.clauses
    assert loaded.search("银行贷款", 2) == built.search("银行贷款", 2)
    assert loaded.warnings == built.warnings


LINES = st.sampled_from(
    [
        "一、任务",
        "(一)推进融资。贷款。(市甲局牵头,市乙局负责)",
        "(二)品牌。",
        "专栏1 工程",
        "甲。(市甲局)  乙。(市乙局)",
        "指标名称2020年基期值2025年目标值责任单位",
        "商标(件)1.653.7市甲局",
        "\u3000空格\u00a0与“引号”。",
        "English 3.7%。",
    ]
)


@settings(max_examples=10, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=12))
def test_whatever_is_built_is_loaded_again_the_same(lines):
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "语料"
        corpus.mkdir()
        (corpus / "文件.txt").write_text("\n".join(["某市规划", *lines]), encoding="utf-8")
        if not parse_document(list_corpus(corpus)[0]).clauses:
            return
        built, loaded = (open_policy(corpus, Path(folder) / "索引") for _ in range(2))
        assert loaded.clauses == built.clauses
        assert loaded.indicators() == built.indicators()
        assert loaded.warnings == built.warnings
        assert loaded.units() == built.units()
        assert loaded.search("融资 商标", 20) == built.search("融资 商标", 20)


def test_nothing_is_pickled(corpus, index):
    manifest = open_policy(corpus, index).manifest
    assert {Path(name).suffix for name in manifest.files} <= {".json", ".jsonl", ".npy", ".faiss", ".txt"}
    for name in manifest.files:
        if name.endswith(".npy"):
            np.load(index / manifest.generation / name, allow_pickle=False)


@pytest.mark.parametrize("name", ["规划.txt", "规划.yaml", "规划.questions.jsonl"])
def test_a_changed_corpus_is_rebuilt(corpus, index, name):
    before = open_policy(corpus, index).manifest.generation
    line = {"规划.txt": TEXT + "新的一段。", "规划.yaml": "title: 新题目"}.get(
        name, '{"q": "借钱", "quote": "银行贷款"}'
    )
    (corpus / name).write_text(line, encoding="utf-8")
    after = open_policy(corpus, index)
    assert after.manifest.generation != before
    assert not (index / before).exists()
    assert open_policy(corpus, index).manifest.generation == after.manifest.generation


def test_another_encoder_or_format_is_rebuilt(corpus, index, monkeypatch):
    first = open_policy(corpus, index).manifest.generation
    other = HashEncoder()
    other.fingerprint = "hash-2"
    second = open_policy(corpus, index, encoder=other).manifest.generation
    monkeypatch.setattr(storage, "FORMAT_VERSION", storage.FORMAT_VERSION + 1)
    monkeypatch.setattr("ipqa.engine.FORMAT_VERSION", storage.FORMAT_VERSION)
    third = open_policy(corpus, index, encoder=other).manifest.generation
    assert len({first, second, third}) == 3


def test_a_damaged_or_missing_file_is_named_with_the_remedy(corpus, index):
    manifest = open_policy(corpus, index).manifest
    for name in manifest.files:
        path = index / manifest.generation / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(IndexDamagedError, match=f"{path.name}.*ipqa build"):
            open_policy(corpus, index)
        path.unlink()
        with pytest.raises(IndexDamagedError, match=f"{path.name}.*ipqa build"):
            open_policy(corpus, index)
        path.write_bytes(content)
    assert open_policy(corpus, index).search("银行贷款", 1)


@pytest.mark.parametrize("content", ["{", "[]", '{"format_version": 1}'])
def test_a_damaged_manifest_is_named_and_a_rebuild_mends_it(corpus, index, content):
    open_policy(corpus, index)
    (index / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=r"manifest.json.*ipqa build"):
        open_policy(corpus, index)
    open_policy(corpus, index, rebuild=True)
    assert open_policy(corpus, index).search("银行贷款", 1)


def test_a_build_that_fails_leaves_the_old_index_whole(corpus, index, monkeypatch):
    before = open_policy(corpus, index)

    def full_disk(*_):
        raise OSError(28, "磁盘已满")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "_write_files", full_disk)
        with pytest.raises(IpqaError, match="磁盘已满"):
            open_policy(corpus, index, rebuild=True)
    assert sorted(p.name for p in index.iterdir()) == sorted([before.manifest.generation, "manifest.json"])
    assert open_policy(corpus, index).manifest.generation == before.manifest.generation


def test_a_crash_before_the_swap_leaves_the_old_index_in_use(corpus, index, monkeypatch):
    before = open_policy(corpus, index)

    def power_cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(storage, "_swap_in", power_cut)
        with pytest.raises(KeyboardInterrupt):
            open_policy(corpus, index, rebuild=True)
    assert open_policy(corpus, index).manifest.generation == before.manifest.generation


def test_what_killed_builds_left_is_removed_once_it_is_old(corpus, index):
    current = open_policy(corpus, index).manifest.generation
    for name, age in (("building-gen-1", 7200), ("gen-2", 7200), ("building-gen-3", 60), (current, 7200)):
        (index / name).mkdir(exist_ok=True)
        os.utime(index / name, (time.time() - age,) * 2)
    after = open_policy(corpus, index, rebuild=True).manifest.generation
    assert {path.name for path in index.iterdir()} == {"building-gen-3", after, "manifest.json"}


def test_a_question_may_stand_in_the_bank_twice(corpus, index):
    lines = [
        '{"q": "借钱", "quote": "鼓励银行"}',
        '{"q": "借钱", "quote": "银行贷款"}',
        '{"q": "借钱", "quote": "银行贷款"}',
    ]
    (corpus / "规划.questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert open_policy(corpus, index).manifest.counts["question_vectors"] == 3


def test_the_manifest_says_what_the_index_holds(corpus, index):
    open_policy(corpus, index)
    manifest = json.loads((index / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["documents"] == 1
    assert manifest["counts"]["clauses"] == 2
    assert manifest["encoder"] == "hash"
    assert manifest["dim"] == HashEncoder.dim
