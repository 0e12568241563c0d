import json

import pytest

from ipqa.documents.corpus import list_corpus, load_document, parse_document
from ipqa.errors import CorpusError, DocumentError, QuestionBankError

TEXT = "某市规划\n\n一、任务\n(一)做好服务。为企业\u00a0服务。(责任单位:市甲局)\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "规划.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def parse(folder):
    return parse_document(list_corpus(folder)[0])


def write_bank(folder, *lines):
    (folder / "规划.questions.jsonl").write_text("\n".join(lines), encoding="utf-8")


def test_a_document_without_metadata_takes_its_title_from_its_head(folder):
    assert load_document(list_corpus(folder)[0]).title == "某市规划"


def test_a_document_without_a_head_takes_its_first_line_as_title(folder):
    (folder / "规划.txt").write_text("\n一切从这里开始。\n正文。\n", encoding="utf-8")
    assert load_document(list_corpus(folder)[0]).title == "一切从这里开始。"


def test_metadata_are_read_as_written(folder):
    (folder / "规划.yaml").write_text(
        "title: 规划甲\npublished: 2022-08-24\nperiod: 2021-2025\n", encoding="utf-8"
    )
    document = load_document(list_corpus(folder)[0])
    assert (document.title, document.published, document.period) == ("规划甲", "2022-08-24", "2021-2025")


NOTICE = "某市人民政府关于做好工作的通知\n某政〔2020〕1号\n各县：\n请照办。\n某市人民政府\n2020年3月1日\n"


def test_what_is_written_beside_counts_before_the_head(folder):
    (folder / "规划.txt").write_text(NOTICE, encoding="utf-8")
    document = load_document(list_corpus(folder)[0])
    assert (document.title, document.number) == ("某市人民政府关于做好工作的通知", "某政〔2020〕1号")
    assert (document.issuer, document.published) == ("某市人民政府", "2020-03-01")
    (folder / "规划.yaml").write_text(
        "number: 另一号\npublished:\neffective: 2020-04-01\nexpires: 2025-03-31\nsuperseded_by: 新规划\n",
        encoding="utf-8",
    )
    document = load_document(list_corpus(folder)[0])
    assert (document.title, document.issuer) == ("某市人民政府关于做好工作的通知", "某市人民政府")
    assert (document.number, document.published) == ("另一号", "")  # left empty on purpose
    assert (document.effective, document.expires) == ("2020-04-01", "2025-03-31")
    assert document.superseded_by == "新规划"


def test_what_somebody_wrote_at_the_top_counts_before_the_head_and_a_programs_note_after_it(tmp_path):
    (tmp_path / "甲.md").write_text(f"---\ntitle: 题\nregion: 某市\n---\n{NOTICE}", encoding="utf-8")
    lines = "".join(f"<p>{line}</p>" for line in NOTICE.split("\n"))
    meta = "<title>网页题目</title><meta name=ContentSource content=某办>"
    (tmp_path / "乙.html").write_text(f"<meta charset=utf-8>{meta}{lines}", encoding="utf-8")
    page, written = (load_document(files) for files in list_corpus(tmp_path))
    assert (written.title, written.region, written.number) == ("题", "某市", "某政〔2020〕1号")
    assert (page.title, page.source) == ("某市人民政府关于做好工作的通知", "某办")


@pytest.mark.parametrize(
    "content",
    [
        "- 甲\n",
        "titel: 规划\n",
        "title: [",
        "title: 甲\nunit_aliases: [1]\n",
        "published: 2022-02-30\n",
        "title: [甲, 乙]\n",
    ],
)
def test_wrong_metadata_name_their_file(folder, content):
    (folder / "规划.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError, match="规划.yaml"):
        load_document(list_corpus(folder)[0])


def test_a_quote_is_found_whatever_its_white_space(folder):
    write_bank(folder, json.dumps({"q": "服务谁", "quote": "为企业 服务"}, ensure_ascii=False))
    document = parse(folder)
    ((clause_id, span),) = document.questions[0].places
    assert document.document.text[span.start : span.end] == "为企业\u00a0服务"
    assert clause_id == "规划#1"


def test_a_quote_from_a_heading_points_to_the_clause_under_it(folder):
    write_bank(folder, json.dumps({"q": "哪一章", "quote": "一、任务"}, ensure_ascii=False))
    assert [place[0] for place in parse(folder).questions[0].places] == ["规划#1"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"q": "甲"}',
        '{"q": "", "quote": "服务"}',
        '{"q": "甲", "quote": "文中没有"}',
        '{"q": 1, "quote": "服务"}',
        '{"q": "，，", "quote": "服务"}',
        "[" * 100_000,
    ],
)
def test_a_wrong_bank_line_is_named(folder, line):
    write_bank(folder, '{"q": "好的", "quote": "服务"}', "", line)
    with pytest.raises(QuestionBankError, match=r"规划.questions.jsonl 第 3 行"):
        parse(folder)


def test_a_missing_an_empty_folder_and_an_empty_file_are_named(tmp_path):
    with pytest.raises(CorpusError, match="没有的"):
        list_corpus(tmp_path / "没有的")
    with pytest.raises(CorpusError, match=r"\.txt"):
        list_corpus(tmp_path)
    (tmp_path / "空.txt").write_text(" \n", encoding="utf-8")
    with pytest.raises(DocumentError, match="空.txt"):
        load_document(list_corpus(tmp_path)[0])


@pytest.mark.parametrize("name", ["规化.yaml", "规化.questions.jsonl", "规化.topics.yaml"])
def test_metadata_banks_and_topics_without_their_document_are_named(folder, name):
    (folder / name).write_text("", encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"{name} 没有对应的 规化\.txt"):
        list_corpus(folder)


def test_documents_of_every_kind_are_found_also_in_sub_folders(tmp_path):
    for name in (
        "乙.md",
        "甲/丙.HTML",
        "甲/乙/丁.pdf",
        "戊.docx",
        "己.htm",
        "庚.doc",
        "甲/戊.wps",
        "表.xlsx",
        "图.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("正文。", encoding="utf-8")
    (tmp_path / "甲/丙.yaml").write_text("title: 题", encoding="utf-8")
    found = {files.id: files for files in list_corpus(tmp_path)}
    assert list(found) == sorted(["乙", "甲/丙", "甲/乙/丁", "戊", "己", "庚", "甲/戊"])
    assert found["甲/丙"].text == tmp_path / "甲/丙.HTML"
    assert load_document(found["甲/丙"]).title == "题"
    assert load_document(found["甲/丙"]).id == "甲/丙"


def test_a_document_that_cannot_be_read_is_named(tmp_path):
    for suffix in (".docx", ".pdf", ".doc"):
        (tmp_path / f"坏{suffix[1:]}{suffix}").write_bytes(b"\0")
    for files in list_corpus(tmp_path):
        with pytest.raises(DocumentError, match=files.text.name):
            parse_document(files)


def test_two_documents_of_one_name_are_both_named(folder):
    (folder / "规划.docx").write_bytes(b"")
    with pytest.raises(CorpusError, match=r"规划\.txt 与 规划\.docx 同名"):
        list_corpus(folder)


def test_one_name_in_two_folders_is_no_clash(folder):
    (folder / "附").mkdir()
    (folder / "附/规划.md").write_text("正文。", encoding="utf-8")
    assert [files.id for files in list_corpus(folder)] == ["规划", "附/规划"]


def test_an_old_file_beside_the_new_one_made_from_it_does_not_count(folder):
    (folder / "规划.doc").write_bytes(b"")
    assert [files.text.name for files in list_corpus(folder)] == ["规划.txt"]


def test_files_beside_belong_to_the_document_of_their_folder(folder):
    (folder / "附").mkdir()
    (folder / "附/规划.yaml").write_text("", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"规划.yaml 没有对应的 规划\.txt"):
        list_corpus(folder)


def test_what_is_no_document_is_passed_over(folder):
    for name in (
        "README.md",
        "附/Readme.md",
        ".git/a.txt",
        "~临时/a.txt",
        "页面_files/b.html",
        "页面.files/c.html",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("甲", encoding="utf-8")
    (folder / "页面.html").write_text("<p>正文。", encoding="utf-8")
    (folder / "index/gen-1").mkdir(parents=True)
    for name in ("index/manifest.json", "index/gen-1/clauses.jsonl", "index/gen-1/words.txt"):
        (folder / name).write_text("甲", encoding="utf-8")
    (folder / "圈").symlink_to(folder, target_is_directory=True)
    assert [files.id for files in list_corpus(folder)] == ["规划", "页面"]


def test_the_files_beside_a_document_are_told_apart(folder):
    names = ("规划.yaml", "规划.questions.jsonl", "规划.topics.yaml")
    for name in names:
        (folder / name).write_text("", encoding="utf-8")
    (files,) = list_corpus(folder)
    assert (files.metadata, files.questions, files.topics) == tuple(folder / name for name in names)


def test_topics_without_metadata_are_no_metadata(folder):
    (folder / "规划.topics.yaml").write_text("", encoding="utf-8")
    (files,) = list_corpus(folder)
    assert (files.metadata, files.topics) == (None, folder / "规划.topics.yaml")


def test_hidden_and_lock_files_do_not_count(folder):
    for name in (".隐藏.txt", "~$规划.txt"):
        (folder / name).write_text("甲", encoding="utf-8")
    assert [files.id for files in list_corpus(folder)] == ["规划"]


def test_the_fingerprint_changes_with_text_metadata_and_bank(folder):
    seen = {list_corpus(folder)[0].fingerprint()}
    for name, content in (
        ("规划.txt", TEXT + "加一段。"),
        ("规划.yaml", "title: 甲"),
        ("规划.questions.jsonl", "{}"),
    ):
        (folder / name).write_text(content, encoding="utf-8")
        seen.add(list_corpus(folder)[0].fingerprint())
    assert len(seen) == 4


def test_topics_do_not_enter_the_index(folder):
    before = list_corpus(folder)[0].fingerprint()
    (folder / "规划.topics.yaml").write_text("topics: []\n", encoding="utf-8")
    assert list_corpus(folder)[0].fingerprint() == before


@pytest.mark.parametrize("name", ["规划.TXT", "规划.yml"])
def test_files_that_would_be_passed_over_are_named(folder, name):
    if (folder / name).exists():
        pytest.skip("这里的文件系统不分大小写")
    (folder / name).write_text("甲", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"规划\.(TXT|yml)"):
        list_corpus(folder)
