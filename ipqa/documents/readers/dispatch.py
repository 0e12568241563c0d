"""From a file of any kind that is read to its text: which reader reads what, and how large a file may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ipqa.documents.reader import read_text
from ipqa.documents.readers.base import ReadText
from ipqa.errors import DocumentError

MAX_BYTES = 50 * 2**20
_MEGABYTE = 2**20


def read_document(path: Path) -> ReadText:
    """Read a document by its suffix, whatever its case: see :data:`DOCUMENT_SUFFIXES`.

    Raises:
        DocumentError: if the file cannot be read, is too large, is of another kind than its suffix says or
            has no text; names the file and the reason, and what to do where that is known.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise DocumentError(f"文件 {path} 的类型不认识,可用的有 {'、'.join(READABLE_SUFFIXES)}")
    try:
        _check_size(path)
        return reader(path)
    except DocumentError:
        raise
    except OSError as error:
        raise DocumentError(f"无法读取文件 {path}:{error.strerror or error}") from error
    except Exception as error:  # whatever a library makes of a damaged file
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DocumentError(f"无法读取文件 {path},它可能已损坏:{reason[:200]}") from error


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise DocumentError(
            f"文件 {path} 有 {size / _MEGABYTE:.0f} MB,超过上限 {MAX_BYTES // _MEGABYTE} MB,请拆成几份"
        )


def _read_plain(path: Path) -> ReadText:
    return ReadText(read_text(path))


# The libraries take a while to import, and most corpora need one of them or none.
def _read_markdown(path: Path) -> ReadText:
    from ipqa.documents.readers.markdown import read_markdown

    return read_markdown(path)


def _read_html(path: Path) -> ReadText:
    from ipqa.documents.readers.html import read_html

    return read_html(path)


def _read_docx(path: Path) -> ReadText:
    from ipqa.documents.readers.docx import read_docx

    return read_docx(path)


def _read_pdf(path: Path) -> ReadText:
    from ipqa.documents.readers.pdf import read_pdf

    return read_pdf(path)


def _refuse_old(path: Path) -> ReadText:
    raise DocumentError(
        f"文件 {path} 是旧格式,不能直接读取:请用 Word 或 WPS 另存为 .docx,"
        f"或运行 soffice --headless --convert-to docx {path.name}"
    )


_READERS: Mapping[str, Callable[[Path], ReadText]] = {
    ".txt": _read_plain,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
    ".doc": _refuse_old,
    ".wps": _refuse_old,
}
OLD_SUFFIXES = (".doc", ".wps")
DOCUMENT_SUFFIXES = tuple(_READERS)
READABLE_SUFFIXES = tuple(suffix for suffix in _READERS if suffix not in OLD_SUFFIXES)
