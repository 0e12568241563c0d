import pytest

from ipqa.documents.readers import DOCUMENT_SUFFIXES, READABLE_SUFFIXES, ReadText, dispatch, read_document
from ipqa.documents.readers.base import ends_sentence, joined, row_of, text_of
from ipqa.errors import DocumentError


def test_plain_text_is_left_untouched(tmp_path):
    path = tmp_path / "甲.TXT"
    path.write_bytes("  甲\u200b\x07\r\n\r\n乙".encode("gb18030"))
    assert read_document(path) == ReadText("  甲\u200b\x07\n\n乙")


@pytest.mark.parametrize("name", ["甲.MD", "甲.Html", "甲.HTM"])
def test_suffixes_count_whatever_their_case(tmp_path, name):
    path = tmp_path / name
    path.write_text("正文。", encoding="utf-8")
    assert read_document(path).text == "正文。\n"


@pytest.mark.parametrize("suffix", [".doc", ".wps"])
def test_old_formats_say_how_to_convert(tmp_path, suffix):
    path = tmp_path / f"旧文件{suffix}"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(
        DocumentError, match=rf"旧文件\{suffix}.*另存为 \.docx.*soffice --headless --convert-to docx"
    ):
        read_document(path)


def test_other_kinds_are_named(tmp_path):
    with pytest.raises(DocumentError, match=r"表\.xlsx 的类型不认识.*\.docx"):
        read_document(tmp_path / "表.xlsx")


@pytest.mark.parametrize("suffix", READABLE_SUFFIXES)
def test_a_missing_and_a_large_file_are_named(tmp_path, monkeypatch, suffix):
    path = tmp_path / f"甲{suffix}"
    with pytest.raises(DocumentError, match=rf"甲\{suffix}"):
        read_document(path)
    path.write_bytes(b"a" * 3 * 2**20)
    monkeypatch.setattr(dispatch, "MAX_BYTES", 2 * 2**20)
    with pytest.raises(DocumentError, match=rf"甲\{suffix} 有 3 MB,超过上限 2 MB"):
        read_document(path)


@pytest.mark.parametrize("suffix", DOCUMENT_SUFFIXES)
def test_bytes_of_no_sense_are_a_document_error_or_text(tmp_path, suffix):
    path = tmp_path / f"甲{suffix}"
    for content in (b"", b"\0\1\2\3", b"PK\3\4", b"\xff\xfe", b"%PDF", b"<", bytes(range(256)) * 4):
        path.write_bytes(content)
        try:
            assert isinstance(read_document(path).text, str)
        except DocumentError as error:
            assert f"甲{suffix}" in str(error)


def test_whatever_a_library_raises_names_the_file(tmp_path, monkeypatch):
    def broken(path):
        raise RecursionError("maximum\nrecursion")

    monkeypatch.setattr(dispatch, "_READERS", {".txt": broken})
    (tmp_path / "甲.txt").write_text("甲")
    with pytest.raises(DocumentError, match=r"甲\.txt,它可能已损坏:maximum recursion"):
        read_document(tmp_path / "甲.txt")


def test_lines_are_cleaned():
    assert text_of(["  甲\x07\u200b ", "", "\u3000\u3000乙\u2028丙", "\t丁\t"]) == "甲\n乙\n丙\n\t丁\n"
    assert row_of([" 甲\n乙 ", "", "丙", " "]) == "甲 乙\t\t丙"
    assert row_of(["", " "]) == ""
    assert joined("知识 ", " 产权") == "知识产权"
    assert joined("World", "Bank") == "World Bank"
    assert ends_sentence("完。”") and not ends_sentence("未完")
