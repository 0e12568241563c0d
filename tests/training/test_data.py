"""训练用的文本对。"""

import json

import pytest

from ipqa.documents.corpus import list_corpus, parse_document
from ipqa.errors import DocumentError
from ipqa.text.lexicon import Lexicon
from ipqa.training.data import (
    Pair,
    bank_pairs,
    dictionary_pairs,
    heading_pairs,
    lexicon_pairs,
    read_json_pairs,
    source_fold,
)
from ipqa.training.sources import Article, DictionaryEntry


def test_json_pairs_are_normalised_and_keep_their_source(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text(
        json.dumps({"q": "專利 GDP?", "passage": "发明专利", "source": "专利法"}), encoding="utf-8"
    )
    assert read_json_pairs(file, "q", "passage") == [Pair("专利 gdp?", "发明专利", "发明专利", "专利法")]


@pytest.mark.parametrize(
    "line", ["不是 JSON", '{"q": "只有问题"}', '["列表"]', '{"q": 1, "passage": "数字"}']
)
def test_a_wrong_line_is_an_error_that_names_it(tmp_path, line):
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"q": "一", "passage": "二"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="第 2 行"):
        read_json_pairs(file, "q", "passage")


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DocumentError, match="不存在"):
        read_json_pairs(tmp_path / "没有.jsonl", "q", "passage")


def test_lexicon_pairs_leave_out_ways_of_asking(tmp_path):
    file = tmp_path / "lexicon.tsv"
    file.write_text("专利\tPatent|发明证\tsynonym\n电话\t联系方式\tintent\n", encoding="utf-8")
    assert [(p.a, p.b) for p in lexicon_pairs(Lexicon.load(file))] == [("patent", "专利"), ("发明证", "专利")]


def test_bank_pairs_lead_to_sentence_clause_and_the_next_question(tmp_path):
    (tmp_path / "p.txt").write_text(
        "某市规划\n\n一、保护\n\n加强专利保护。建设维权中心。\n", encoding="utf-8"
    )
    bank = [{"q": "在哪维权", "quote": "建设维权中心"}, {"q": "找谁维权", "quote": "建设维权中心"}]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in bank)
    (tmp_path / "p.questions.jsonl").write_text(lines, encoding="utf-8")
    parsed = parse_document(list_corpus(tmp_path)[0])
    pairs = list(bank_pairs(parsed))
    assert [(p.a, p.b) for p in pairs[:3]] == [
        ("在哪维权", "建设维权中心。"),
        ("在哪维权", "一、保护 加强专利保护。建设维权中心。"),
        ("在哪维权", "找谁维权"),
    ]
    assert len(pairs) == 6
    assert {p.topic for p in pairs} == {parsed.questions[0].places[0][0]}


def test_heading_pairs_are_drawn_the_same_each_time():
    articles = [Article("法", f"第{i}节", f"{i}" * 50) for i in range(30)] + [Article("法", "短", "短")]
    pairs = heading_pairs(articles, 10, seed=3)
    assert pairs == heading_pairs(articles, 10, seed=3)
    assert len(pairs) == 10
    assert all(p.b != "短" for p in pairs)
    assert len(heading_pairs(articles, 1000, seed=3)) == 30


def test_words_of_one_meaning_and_words_with_their_meanings_are_pairs():
    entries = [
        DictionaryEntry("牵头", ("take the lead", "lead an ox")),
        DictionaryEntry("挑头", ("take the lead",)),
        DictionaryEntry("生僻", ("take the lead",)),
    ]
    alike, glosses = dictionary_pairs(entries, {"牵头", "挑头"}, 1.0, seed=1)
    assert {(p.a, p.b) for p in alike} == {("挑头", "牵头")}
    assert {(p.a, p.b) for p in glosses} == {
        ("牵头", "take the lead"),
        ("牵头", "lead an ox"),
        ("挑头", "take the lead"),
    }
    assert len(dictionary_pairs(entries, {"牵头", "挑头"}, 0.5, seed=1)[1]) == 1


def test_a_meaning_that_many_words_share_makes_no_pairs_of_words():
    words = [chr(0x4E00 + i) * 2 for i in range(13)]
    entries = [DictionaryEntry(word, ("thing",)) for word in words]
    assert dictionary_pairs(entries, words, 0.0, seed=1) == ([], [])
    assert dictionary_pairs(entries[:12], words, 0.0, seed=1)[0]


def test_a_source_always_falls_into_the_same_fold_and_versions_of_a_law_into_one():
    folds = [source_fold(f"文件{i}", 4) for i in range(400)]
    assert folds == [source_fold(f"文件{i}", 4) for i in range(400)]
    assert set(folds) == {0, 1, 2, 3}
    assert min(folds.count(f) for f in range(4)) > 60
    assert source_fold("专利法(2008-12-27).md", 64) == source_fold("专利法(2020-10-17).md", 64)
    assert source_fold("专利法(2008-12-27).md", 64) == source_fold("专利法", 64)
