import json
import os
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipqa import PolicySearch
from ipqa.documents.corpus import list_corpus, parse_document
from ipqa.errors import IndexDamagedError, IpqaError
from ipqa.retrieval import manifest as manifests
from ipqa.retrieval import storage
from ipqa.retrieval.index import Asked
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


def generation(policy):
    (segment,) = policy.manifest.segments
    return segment.generation


def test_a_loaded_index_answers_as_the_built_one(corpus, index):
    built, loaded = open_policy(corpus, index), open_policy(corpus, index)
    assert generation(loaded) == generation(built)
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
    (segment,) = open_policy(corpus, index).manifest.segments
    assert {Path(name).suffix for name in segment.files} <= {".json", ".jsonl", ".npy", ".faiss", ".txt"}
    for name in segment.files:
        if name.endswith(".npy"):
            np.load(index / segment.generation / name, allow_pickle=False)


@pytest.mark.parametrize("name", ["规划.txt", "规划.yaml", "规划.questions.jsonl"])
def test_a_changed_corpus_is_rebuilt(corpus, index, name):
    before = generation(open_policy(corpus, index))
    line = {"规划.txt": TEXT + "新的一段。", "规划.yaml": "title: 新题目"}.get(
        name, '{"q": "借钱", "quote": "银行贷款"}'
    )
    (corpus / name).write_text(line, encoding="utf-8")
    after = open_policy(corpus, index)
    assert generation(after) != before
    assert not (index / before).exists()
    assert generation(open_policy(corpus, index)) == generation(after)


def test_another_encoder_or_format_is_rebuilt(corpus, index, monkeypatch):
    first = generation(open_policy(corpus, index))
    other = HashEncoder()
    other.fingerprint = "hash-2"
    second = generation(open_policy(corpus, index, encoder=other))
    monkeypatch.setattr(manifests, "FORMAT_VERSION", manifests.FORMAT_VERSION + 1)
    monkeypatch.setattr("ipqa.retrieval.state.FORMAT_VERSION", manifests.FORMAT_VERSION)
    third = generation(open_policy(corpus, index, encoder=other))
    assert len({first, second, third}) == 3


def test_a_damaged_or_missing_file_is_named_with_the_remedy(corpus, index):
    (segment,) = open_policy(corpus, index).manifest.segments
    for name in segment.files:
        path = index / segment.generation / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(IndexDamagedError, match=f"{path.name}.*ipqa build"):
            open_policy(corpus, index)
        path.unlink()
        with pytest.raises(IndexDamagedError, match=f"{path.name}.*ipqa build"):
            open_policy(corpus, index)
        path.write_bytes(content)
    assert open_policy(corpus, index).search("银行贷款", 1)


@pytest.mark.parametrize("content", ["{", "[]", "{}", f'{{"format_version": {manifests.FORMAT_VERSION}}}'])
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
    assert sorted(p.name for p in index.iterdir()) == sorted([generation(before), "manifest.json"])
    assert generation(open_policy(corpus, index)) == generation(before)


def test_a_crash_before_the_swap_leaves_the_old_index_in_use(corpus, index, monkeypatch):
    before = open_policy(corpus, index)

    def power_cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ipqa.retrieval.update.swap_in", power_cut)
        with pytest.raises(KeyboardInterrupt):
            open_policy(corpus, index, rebuild=True)
    assert generation(open_policy(corpus, index)) == generation(before)


def test_what_killed_builds_left_is_removed_once_it_is_old(corpus, index):
    current = generation(open_policy(corpus, index))
    young = "building-gen-3aaaaaaaaaaa"
    folders = [("building-gen-1aaaaaaaaaaa", 7200), ("gen-2aaaaaaaaaaa", 7200), (young, 60), (current, 7200)]
    (index / "manifest.json.gen-4aaaaaaaaaaa").touch()
    (index / "gen-ai").mkdir()
    for name, age in (*folders, ("manifest.json.gen-4aaaaaaaaaaa", 7200), ("gen-ai", 7200)):
        if not (index / name).exists():
            (index / name).mkdir()
        os.utime(index / name, (time.time() - age,) * 2)
    after = generation(open_policy(corpus, index, rebuild=True))
    assert {path.name for path in index.iterdir()} == {young, after, "manifest.json", "gen-ai"}


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
    (segment,) = manifest["segments"]
    assert list(segment["documents"]) == ["规划"]
    assert segment["counts"]["clauses"] == 2
    assert manifest["encoder"] == "hash"
    assert manifest["dim"] == HashEncoder.dim


def damage_manifest(index, values, segment=None):
    path = index / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["segments"][0].update(segment or {})
    path.write_text(json.dumps({**data, **values}), encoding="utf-8")


@pytest.mark.parametrize("named", ["../别人的", ".", "", "gen-1", "gen-0123456789ab/..", 5])
def test_a_manifest_that_names_another_folder_is_refused_and_a_rebuild_leaves_the_folder(
    corpus, index, named
):
    open_policy(corpus, index)
    others = index.parent / "别人的"
    others.mkdir()
    damage_manifest(index, {}, {"generation": named})
    with pytest.raises(IndexDamagedError, match=r"manifest.json.*ipqa build"):
        open_policy(corpus, index)
    open_policy(corpus, index, rebuild=True)
    assert others.is_dir()
    assert open_policy(corpus, index).search("银行贷款", 1)


@pytest.mark.parametrize(
    ("values", "segment"),
    [
        ({}, {"documents": ["规划"]}),
        ({}, {"documents": {"规划": 5}}),
        ({}, {"files": ["clauses.jsonl"]}),
        ({}, {"files": None}),
        ({}, {"files": {"clauses.jsonl": None}}),
        ({}, {"files": {"\0": ""}}),
        ({}, {"counts": 3}),
        ({"segments": 3}, {}),
        ({"dim": "64"}, {}),
        ({"program": None}, {}),
    ],
)
def test_a_manifest_with_a_field_of_the_wrong_type_is_damaged(corpus, index, values, segment):
    open_policy(corpus, index)
    damage_manifest(index, values, segment)
    with pytest.raises(IndexDamagedError, match="ipqa build"):
        open_policy(corpus, index)


def test_another_program_is_rebuilt(corpus, index, monkeypatch):
    first = generation(open_policy(corpus, index))
    monkeypatch.setattr("ipqa.retrieval.state.program_fingerprint", lambda: "another")
    assert generation(open_policy(corpus, index)) != first


def test_the_programs_fingerprint_changes_with_what_makes_an_index(tmp_path):
    (tmp_path / "documents").mkdir()
    seen = {manifests.program_fingerprint(tmp_path)}
    for content in ("a = 1", "a = 2"):
        (tmp_path / "documents" / "a.py").write_text(content, encoding="utf-8")
        seen.add(manifests.program_fingerprint(tmp_path))
    (tmp_path / "documents" / "a.py").rename(tmp_path / "documents" / "b.py")
    seen.add(manifests.program_fingerprint(tmp_path))
    assert len(seen) == 4
    (tmp_path / "engine.py").touch()
    assert manifests.program_fingerprint(tmp_path) in seen


@pytest.mark.parametrize("name", ["clauses.jsonl", "bm25"])
def test_a_generation_that_is_replaced_while_it_is_read_is_read_anew(corpus, index, monkeypatch, name):
    open_policy(corpus, index)
    steps = {"clauses.jsonl": (storage, "_read_checked"), "bm25": (storage.LexicalIndex, "load")}
    owner, step = steps[name]
    read, rebuilt = getattr(owner, step), []

    def read_late(path, *rest):
        if not rebuilt:
            rebuilt.append(generation(open_policy(corpus, index, rebuild=True)))
        return read(path, *rest)

    monkeypatch.setattr(owner, step, read_late)
    assert generation(open_policy(corpus, index)) == rebuilt[0]


def test_an_index_is_opened_while_another_thread_rebuilds_it(corpus, index):
    open_policy(corpus, index)
    rebuilding = threading.Thread(target=lambda: [open_policy(corpus, index, rebuild=True) for _ in range(4)])
    rebuilding.start()
    try:
        while rebuilding.is_alive():
            assert open_policy(corpus, index).search("银行贷款", 1)
    finally:
        rebuilding.join()


def test_a_build_that_fails_at_the_swap_leaves_nothing_behind(corpus, index, monkeypatch):
    before = generation(open_policy(corpus, index))
    replace = Path.replace

    def refuse_manifest(path, target):
        if Path(target).name == "manifest.json":
            raise OSError(28, "磁盘已满")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse_manifest)
    with pytest.raises(IpqaError, match="磁盘已满"):
        open_policy(corpus, index, rebuild=True)
    assert {path.name for path in index.iterdir()} == {before, "manifest.json"}


def test_remains_that_another_build_removes_first_are_no_error(corpus, index, monkeypatch):
    open_policy(corpus, index)
    gone = index / "gen-2aaaaaaaaaaa"
    listing = Path.iterdir
    monkeypatch.setattr(
        Path, "iterdir", lambda path: iter([*listing(path), *([gone] if path == index else [])])
    )
    assert open_policy(corpus, index, rebuild=True)


def test_a_sentence_unlike_the_question_keeps_its_own_cosine(corpus, index):
    policy = open_policy(corpus, index)
    clause = policy.clauses[0]
    text = policy.document(clause.doc_id).text
    encoder = HashEncoder()
    vector = -encoder.encode_query([text[clause.start : clause.end]])[0]
    pool = policy._index.candidates(Asked(vector, []), 5, None)
    own = encoder.encode_document([text[s.start : s.end] for s in clause.sentences]) @ vector
    assert own.max() < 0
    assert pool.sentences.of(0)[0] == pytest.approx(own, abs=1e-5)
    assert pool.scores["sentence"][0] == pytest.approx(own.max(), abs=1e-5)
