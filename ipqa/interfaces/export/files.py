"""Exported files: the kind by the name's ending, and nothing half written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ipqa.engine import PolicySearch
from ipqa.errors import ArgumentError, ExportError
from ipqa.interfaces.export.digest import answers_markdown
from ipqa.interfaces.export.excel import to_xlsx
from ipqa.interfaces.export.tables import Table
from ipqa.interfaces.export.text import to_csv, to_markdown
from ipqa.interfaces.export.word import answers_docx
from ipqa.models import Answer

TABLE_WRITERS: Mapping[str, Callable[[Table], bytes]] = {
    ".xlsx": to_xlsx,
    ".csv": to_csv,
    ".md": lambda table: to_markdown(table).encode(),
}
ANSWER_WRITERS: Mapping[str, Callable[[PolicySearch, Sequence[Answer]], bytes]] = {
    ".docx": answers_docx,
    ".md": lambda policy, answers: answers_markdown(policy, answers).encode(),
}


def write_table(path: Path, table: Table, *, overwrite: bool = False) -> None:
    """Write a table as the kind of file that the name's ending tells.

    Raises:
        ArgumentError: if the ending is none of :data:`TABLE_WRITERS`.
        ExportError: if the file exists and is not to be overwritten, or cannot be written.
    """
    suffix = check_path(path, TABLE_WRITERS, overwrite=overwrite)
    _write(path, TABLE_WRITERS[suffix](table))


def write_answers(
    path: Path, policy: PolicySearch, answers: Sequence[Answer], *, overwrite: bool = False
) -> None:
    """Write answers as the kind of file that the name's ending tells.

    Raises:
        ArgumentError: if the ending is none of :data:`ANSWER_WRITERS`.
        ExportError: if the file exists and is not to be overwritten, or cannot be written.
    """
    suffix = check_path(path, ANSWER_WRITERS, overwrite=overwrite)
    _write(path, ANSWER_WRITERS[suffix](policy, answers))


def check_path(path: Path, suffixes: Collection[str], *, overwrite: bool = False) -> str:
    """The name's ending in small letters, checked before anything is worked out for the file.

    Raises:
        ArgumentError: if the ending is none of ``suffixes``; names them.
        ExportError: if the file exists and is not to be overwritten.
    """
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        raise ArgumentError(f"文件名 {path} 应以 {'、'.join(suffixes)} 之一结尾")
    with suppress(OSError):  # what cannot be looked at cannot be written either, and that is told then
        if path.exists() and not overwrite:
            raise ExportError(f"{path} 已经存在,没有覆盖;要覆盖请加 --force")
    return suffix


def _write(path: Path, content: bytes) -> None:
    """Write beside the file, then put it in its place: whoever has it open never sees half of it."""
    beside = path.with_name(f".ipqa-{uuid.uuid4().hex}.tmp")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ExportError(f"无法写入 {path}:{error.strerror or error}") from error
