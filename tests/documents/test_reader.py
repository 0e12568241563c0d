import pytest

from ipqa.documents.reader import read_text
from ipqa.errors import DocumentError

TEXT = "一、总体要求\n第一条 〔2013〕88号,①②—“十四五”\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_usual_encodings_are_read(tmp_path, encoding):
    path = tmp_path / "规划.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert read_text(path) == TEXT


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_line_ends_become_line_feeds(tmp_path, line_end):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.replace("\n", line_end).encode())
    assert read_text(path) == TEXT


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00\x4e", b"PK\x03\x04\x00\x00", b"\x81\x20\xff\xff\x80 text", b"\xfe\xff\x4e\x00"]
)
def test_what_is_no_text_in_these_encodings_is_named(tmp_path, content):
    path = tmp_path / "坏文件.txt"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match="坏文件.txt"):
        read_text(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DocumentError, match="没有这个.txt"):
        read_text(tmp_path / "没有这个.txt")
