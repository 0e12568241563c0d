"""公开语料的读取。"""

import gzip
import io
import json
import lzma
import tarfile

import pytest

from ipqa.errors import CorpusError, DocumentError
from ipqa.training import sources

LAW = """# 某市知识产权条例

2024年1月1日 某市人大常委会通过

<!-- INFO END -->

## 第一章  总则

第一条 为了保护知识产权,制定本条例。

第二条之一 本条例适用于本市。

本条例所称知识产权,包括专利。

## 第二章 保护

第三条 市人民政府设立专项资金。
"""


def _pack(path, files):
    with tarfile.open(path, "w:xz") as archive:
        for name, text in files.items():
            data = text.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def test_the_archive_and_the_folder_it_holds_read_alike(tmp_path):
    files = {"laws/乙.md": LAW, "laws/甲.md": LAW.replace("专项资金", "专项基金"), "laws/说明.txt": "不读"}
    packed, unpacked = tmp_path / "packed", tmp_path / "unpacked"
    packed.mkdir()
    _pack(packed / sources.LAWS, files)
    for name, text in files.items():
        (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / name).write_text(text, encoding="utf-8")
    laws = list(sources.read_laws(packed))
    assert laws == list(sources.read_laws(unpacked))
    assert [law.split("\n")[0] for law in laws] == ["# 某市知识产权条例"] * 2
    assert "人大常委会通过" not in laws[0]


def test_a_version_of_a_law_is_read_once(tmp_path):
    _pack(tmp_path / sources.LAWS, {"a.md": LAW, "b.md": LAW, "无正文.md": "# 没有分界线"})
    assert len(list(sources.read_laws(tmp_path))) == 1


def test_articles_have_their_heading_and_all_their_paragraphs(tmp_path):
    _pack(tmp_path / sources.LAWS, {"a.md": LAW})
    articles = list(sources.split_articles(next(sources.read_laws(tmp_path))))
    assert [(a.heading, a.text) for a in articles] == [
        ("总则", "为了保护知识产权,制定本条例。"),
        ("总则", "本条例适用于本市。本条例所称知识产权,包括专利。"),
        ("保护", "市人民政府设立专项资金。"),
    ]
    assert {a.law for a in articles} == {"某市知识产权条例"}


def test_missing_sources_are_named_together(tmp_path):
    with pytest.raises(CorpusError, match="不存在"):
        sources.check_sources(tmp_path / "没有")
    (tmp_path / "laws").mkdir()
    (tmp_path / "cmrc_drcd.jsonl").touch()
    with pytest.raises(CorpusError, match=r"缺少:policy_notices.tar.xz、.*lecoqa_train.jsonl") as error:
        sources.check_sources(tmp_path)
    assert "laws" not in str(error.value).split("缺少")[1]
    assert "cmrc" not in str(error.value)


def test_questions_are_read_from_plain_and_compressed_files(tmp_path):
    line = json.dumps({"q": "谁来登记?", "passage": "由登记机关登记。"}, ensure_ascii=False)
    (tmp_path / sources.LECOQA).write_text(line + "\n", encoding="utf-8")
    (tmp_path / sources.CMRC).write_bytes(lzma.compress(line.encode()))
    for name in (sources.LECOQA, sources.CMRC):
        assert list(sources.read_questions(tmp_path, name)) == [("谁来登记?", "由登记机关登记。")]


def test_a_wrong_line_is_named(tmp_path):
    (tmp_path / sources.LECOQA).write_text('{"q": "一", "passage": "二"}\n{"q": "一"}\n', encoding="utf-8")
    with pytest.raises(DocumentError, match="第 2 行"):
        list(sources.read_questions(tmp_path, sources.LECOQA))


def test_reports_and_abstracts(tmp_path):
    _pack(tmp_path / sources.REPORTS, {"r.jsonl": json.dumps({"title": "t", "content": "各位代表:"}) + "\n"})
    (tmp_path / sources.CSL).write_bytes(lzma.compress("to title\t摘要\t题目\n残缺的行\n".encode()))
    assert list(sources.read_reports(tmp_path)) == ["各位代表:"]
    assert list(sources.read_abstracts(tmp_path)) == [("题目", "摘要")]


def test_the_dictionary_gives_words_with_the_meanings_that_say_one(tmp_path):
    lines = [
        "# CC-CEDICT",
        "牽頭 牵头 [qian1 tou2] /to lead (an animal by the head); to take the lead/CL:個|个[ge4]/",
        "廊坊 廊坊 [Lang2 fang2] /prefecture-level city in Hebei/",
        "呃 呃 [e4] /(onom.)/",
        "不是词条",
    ]
    (tmp_path / sources.CEDICT).write_bytes(gzip.compress("\r\n".join(lines).encode()))
    assert list(sources.read_dictionary(tmp_path)) == [
        sources.DictionaryEntry("牵头", ("lead", "take the lead"))
    ]
