"""From a file's bytes to a document's text: UTF-8, with or without BOM, else GB18030."""

from __future__ import annotations

import codecs
from pathlib import Path

from ipqa.errors import DocumentError

_ENCODINGS = ("utf-8-sig", "gb18030")


def read_text(path: Path) -> str:
    """Read a text file; line ends become a line feed, nothing else is touched.

    Raises:
        DocumentError: if the file cannot be read, is no text, or is in another encoding; names the file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"无法读取文件 {path}:{error.strerror or error}") from error
    return decode(data, path)


def decode(data: bytes, path: Path) -> str:
    """Decode the bytes of ``path``.

    Raises:
        DocumentError: as :func:`read_text`.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DocumentError(f"文件 {path} 是 UTF-16 编码,请另存为 UTF-8 后再用")
    if b"\x00" in data:
        raise DocumentError(f"文件 {path} 不是文本文件(含有空字节)")
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DocumentError(f"文件 {path} 既不是 UTF-8 也不是 GB18030 编码,请另存为 UTF-8 后再用")
