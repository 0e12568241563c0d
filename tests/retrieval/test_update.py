"""Bringing an index up to date: what has not changed stays, and the outcome is that of a fresh build."""

import random
import signal
import subprocess
import sys
import time

import pytest

from ipqa import PolicySearch
from ipqa.errors import DocumentError, IpqaError
from ipqa.retrieval import update
from ipqa.retrieval.manifest import read_manifest
from tests.conftest import ROOT
from tests.fakes import HashEncoder

QUESTIONS = ("质押融资由谁负责", "商标品牌", "地理标志 农业", "市甲局", "专利导航怎么做", "今天天气")
TOPICS = ("质押融资", "商标品牌", "地理标志", "专利导航", "版权登记", "商业秘密", "植物新品种", "成果转化")


class Counting(HashEncoder):
    """Counts the passages that it had to encode."""

    def __init__(self):
        self.passages = 0

    def encode_document(self, texts):
        self.passages += len(texts)
        return super().encode_document(texts)


def text(number, version=1):
    topic, other = TOPICS[number % len(TOPICS)], TOPICS[(number + 3) % len(TOPICS)]
    return (
        f"第{number}号规划\n一、任务\n(一)推进{topic}。第{version}版要求支持{topic}和{other}。"
        f"(责任单位:市{'甲乙丙丁'[number % 4]}局牵头,市戊局负责)\n(二)加强{other}。办好{number}件事。\n"
    )


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(6):
        (folder / f"d{number}.txt").write_text(text(number), encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def open_policy(corpus, index, encoder=None, **options):
    return PolicySearch.open(corpus, index, encoder or HashEncoder(), **options)


def answers_as_built_anew(policy, corpus, folder):
    """The same clauses and answers; scores differ a little while clauses that are passed over count words."""
    fresh = open_policy(corpus, folder, rebuild=True)
    assert {c.id: c for c in policy.clauses} == {c.id: c for c in fresh.clauses}
    assert policy.documents == fresh.documents
    assert {i.clause_id for i in policy.indicators()} == {i.clause_id for i in fresh.indicators()}
    assert sorted(policy.units(), key=str) == sorted(fresh.units(), key=str)
    alive = sum(len(segment.documents) for segment in policy.manifest.segments)
    exact = alive == sum(segment.counts["documents"] for segment in policy.manifest.segments)
    for question in QUESTIONS:
        found, expected = ({h.clause.id: h for h in p.search(question, 99)} for p in (policy, fresh))
        assert found.keys() == expected.keys()
        for clause_id, hit in found.items():
            other = expected[clause_id]
            assert hit.scores["sentence"] == pytest.approx(other.scores["sentence"], abs=1e-5)
            assert hit.highlights == other.highlights
            assert hit.score == pytest.approx(other.score, abs=1e-3 if exact else 1.0)
        assert policy.ask(question).status == fresh.ask(question).status


def test_a_changed_file_is_the_only_one_that_is_encoded(corpus, index, tmp_path):
    open_policy(corpus, index)
    (corpus / "d2.txt").write_text(text(2, version=2), encoding="utf-8")
    encoder = Counting()
    policy = open_policy(corpus, index, encoder)

    assert encoder.passages == 2 + sum(len(c.sentences) for c in policy.clauses if c.doc_id == "d2")
    assert len(policy.manifest.segments) == 2
    assert len(policy.clauses) == 12
    answers_as_built_anew(policy, corpus, tmp_path / "fresh")


def test_added_files_score_as_if_they_had_always_been_there(corpus, index, tmp_path):
    open_policy(corpus, index)
    for number in (7, 8):
        (corpus / f"d{number}.txt").write_text(text(number), encoding="utf-8")
        policy = open_policy(corpus, index)

    assert len(policy.manifest.segments) == 3
    answers_as_built_anew(policy, corpus, tmp_path / "fresh")


def test_an_open_without_a_change_builds_nothing(corpus, index):
    open_policy(corpus, index)
    before = (index / "manifest.json").read_bytes()
    encoder = Counting()
    open_policy(corpus, index, encoder)

    assert encoder.passages == 0
    assert (index / "manifest.json").read_bytes() == before


def test_a_deleted_file_is_dropped(corpus, index, tmp_path):
    open_policy(corpus, index)
    (corpus / "d1.txt").unlink()
    encoder = Counting()
    policy = open_policy(corpus, index, encoder)

    assert encoder.passages == 0
    assert "d1" not in {clause.doc_id for clause in policy.clauses}
    assert not [hit for hit in policy.search("专利导航 商标品牌", 20) if hit.clause.doc_id == "d1"]
    answers_as_built_anew(policy, corpus, tmp_path / "fresh")


def test_a_renamed_file_is_kept_under_its_new_name(corpus, index, tmp_path):
    open_policy(corpus, index)
    (corpus / "d1.txt").rename(corpus / "新名.txt")
    encoder = Counting()
    policy = open_policy(corpus, index, encoder)

    assert encoder.passages == 0
    assert policy.document("新名").id == "新名"
    assert policy.clause("新名#1").doc_id == "新名"
    answers_as_built_anew(policy, corpus, tmp_path / "fresh")
    encoder.passages = 0
    (corpus / "新名.txt").rename(corpus / "再名.txt")
    assert open_policy(corpus, index, encoder).clause("再名#2").doc_id == "再名"
    assert encoder.passages == 0


def test_a_name_that_another_file_takes_over_is_no_confusion(corpus, index, tmp_path):
    open_policy(corpus, index)
    (corpus / "d1.txt").rename(corpus / "d9.txt")
    (corpus / "d2.txt").rename(corpus / "d1.txt")
    policy = open_policy(corpus, index)

    answers_as_built_anew(policy, corpus, tmp_path / "fresh")


@pytest.mark.parametrize("seed", range(4))
def test_any_run_of_changes_ends_like_a_fresh_build(corpus, index, tmp_path, seed):
    chance = random.Random(seed)
    open_policy(corpus, index)
    for step in range(12):
        name = f"d{chance.randrange(9)}"
        path = corpus / f"{name}.txt"
        if path.exists() and chance.random() < 0.3 and len(list(corpus.glob("*.txt"))) > 1:
            path.unlink()
        else:
            path.write_text(text(chance.randrange(40), version=step), encoding="utf-8")
        policy = open_policy(corpus, index)
    answers_as_built_anew(policy, corpus, tmp_path / "fresh")
    assert len(policy.manifest.segments) <= update._MOST_SEGMENTS + 1


def test_segments_that_nothing_needs_are_removed(corpus, index):
    open_policy(corpus, index)
    for number in range(6):
        (corpus / f"d{number}.txt").write_text(text(number, version=2), encoding="utf-8")
    policy = open_policy(corpus, index)

    folders = {path.name for path in index.iterdir() if path.is_dir()}
    assert folders == {segment.generation for segment in policy.manifest.segments}
    assert len(folders) == 1


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_indexed(corpus, index):
    (corpus / "d1.questions.jsonl").write_text('{"q": "问", "quote": "文中没有"}\n', encoding="utf-8")
    (corpus / "d2.txt").write_text(" \n", encoding="utf-8")
    policy = open_policy(corpus, index)

    assert [d.id for d in policy.documents] == ["d0", "d3", "d4", "d5"]
    assert any("d1.questions.jsonl 第 1 行" in warning for warning in policy.warnings)
    assert any("d2.txt" in warning for warning in policy.warnings)
    encoder = Counting()
    assert open_policy(corpus, index, encoder).warnings == policy.warnings
    assert encoder.passages == 0
    (corpus / "d1.questions.jsonl").unlink()
    assert len(open_policy(corpus, index).documents) == 5


def test_where_no_file_can_be_read_the_error_is_its_own(tmp_path, index):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(" ", encoding="utf-8")

    with pytest.raises(DocumentError, match=r"a\.txt 是空的"):
        open_policy(tmp_path / "corpus", index)


def test_an_interrupted_build_goes_on_where_it_stopped(corpus, index, monkeypatch, tmp_path):
    monkeypatch.setattr(update, "_CHUNK_BYTES", 1)
    monkeypatch.setattr(update, "_CHUNKS", 3)
    parsed = []
    parse = update.parse_document

    def parse_few(files):
        if len(parsed) == 4:
            raise KeyboardInterrupt
        parsed.append(files.id)
        return parse(files)

    monkeypatch.setattr(update, "parse_document", parse_few)
    with pytest.raises(KeyboardInterrupt):
        open_policy(corpus, index)
    assert parsed == ["d0", "d1", "d2", "d3"]
    finished = read_manifest(index, "partial.json").documents
    assert 0 < len(finished) <= 4
    parsed.clear()
    monkeypatch.setattr(update, "parse_document", lambda files: parsed.append(files.id) or parse(files))
    policy = open_policy(corpus, index)

    assert parsed == [f"d{number}" for number in range(6) if f"d{number}" not in finished]
    assert not (index / "partial.json").exists()
    answers_as_built_anew(policy, corpus, tmp_path / "fresh")


def test_an_interrupted_rebuild_leaves_the_old_index_in_use(corpus, index, monkeypatch):
    before = open_policy(corpus, index).manifest
    monkeypatch.setattr(update, "_CHUNK_BYTES", 1)
    monkeypatch.setattr(update, "build_segment", stop)
    with pytest.raises(KeyboardInterrupt):
        open_policy(corpus, index, rebuild=True)

    assert open_policy(corpus, index).manifest == before


def stop(*_):
    raise KeyboardInterrupt


def test_a_damaged_rest_of_an_interrupted_build_is_mended_by_a_rebuild(corpus, index, monkeypatch):
    monkeypatch.setattr(update, "_CHUNK_BYTES", 1)
    monkeypatch.setattr(update, "_CHUNKS", 3)
    build, built = update.build_segment, []

    def build_one(*arguments):
        if built:
            raise KeyboardInterrupt
        built.append(1)
        return build(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(update, "build_segment", build_one)
        with pytest.raises(KeyboardInterrupt):
            open_policy(corpus, index)
    for path in index.glob("gen-*/clauses.jsonl"):
        path.write_bytes(b"{")
    with pytest.raises(IpqaError, match="ipqa build"):
        open_policy(corpus, index)
    assert len(open_policy(corpus, index, rebuild=True).documents) == 6
    assert len(open_policy(corpus, index).documents) == 6


KILLED = """
import sys
sys.path.insert(0, {root!r})
from ipqa.retrieval import update
from ipqa.retrieval.manifest import read_manifest
update._CHUNK_BYTES, update._CHUNKS = 1, 6
from ipqa import PolicySearch
from tests.fakes import HashEncoder
print("begun", flush=True)
PolicySearch.open({corpus!r}, {index!r}, HashEncoder(), rebuild=True)
"""


def test_an_index_whose_build_is_killed_opens(corpus, index, tmp_path):
    chance = random.Random(5)
    program = KILLED.format(root=str(ROOT), corpus=str(corpus), index=str(index))
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    whole = time.monotonic() - begun
    for kill in range(20):
        (corpus / "d3.txt").write_text(text(3, version=kill + 2), encoding="utf-8")
        run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        run.stdout.readline()
        time.sleep(chance.random() * whole / 2)
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
        policy = open_policy(corpus, index)
        assert len(policy.clauses) == 12
        assert f"第{kill + 2}版" in policy.document("d3").text
        assert all(policy.document(c.doc_id).text[c.start : c.end] == c.text for c in policy.clauses)
    answers_as_built_anew(open_policy(corpus, index), corpus, tmp_path / "fresh")
