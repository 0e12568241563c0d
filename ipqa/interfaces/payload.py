"""One payload for all interfaces: the fields of the dataclasses, as JSON can carry them."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from ipqa.documents.reader import read_text
from ipqa.errors import ArgumentError, DocumentError
from ipqa.models import Citation


def to_payload(value: object) -> Any:  # noqa: ANN401  JSON has no narrower type
    """A dataclass, or a collection of them, as dicts, lists and plain values; a set as a sorted list."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_payload(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): to_payload(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(to_payload(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [to_payload(item) for item in value]
    return value


def to_json(value: object, *, ascii_only: bool = False, one_line: bool = False) -> str:
    """The payload as JSON, indented unless it shall be one line; Chinese as it is, or escaped."""
    return json.dumps(to_payload(value), ensure_ascii=ascii_only, indent=None if one_line else 2)


def read_citations(path: Path) -> tuple[Citation, ...]:
    """The citations of a file that ``ipqa ask --json`` printed, or a bare list of citations.

    Raises:
        ArgumentError: if the file is something else; names the file, and the citation by its place.
    """
    try:
        data = json.loads(read_text(path))
    except DocumentError as error:
        raise ArgumentError(str(error)) from error
    except json.JSONDecodeError as error:
        raise ArgumentError(f"{path} 不是有效的 JSON:第 {error.lineno} 行 {error.msg}") from error
    entries = data.get("citations") if isinstance(data, dict) else data
    if not isinstance(entries, list):
        raise ArgumentError(f"{path} 里没有 citations(引文)")
    return tuple(_citation(entry, f"{path} 的第 {i} 条引文") for i, entry in enumerate(entries, 1))


def _citation(entry: object, where: str) -> Citation:
    try:
        citation = Citation(**entry)  # type: ignore[arg-type]
    except TypeError as error:
        expected = "、".join(field.name for field in fields(Citation))
        raise ArgumentError(f"{where}应有且只有这些字段:{expected}") from error
    numbers = (citation.number, citation.start, citation.end)
    words = (citation.doc_id, citation.clause_id, citation.quote)
    if not all(isinstance(n, int) for n in numbers) or not all(isinstance(w, str) for w in words):
        raise ArgumentError(f"{where}的字段类型不对")
    return citation
