"""Tables of who does what: a row for each task, with the units in columns of their own."""

from __future__ import annotations

import re

from ipqa.documents.responsibility import parse_note
from ipqa.models import Responsibility

_UNITS_COLUMN = re.compile(
    r"^(?:[\u4e00-\u9fff]{0,4}(?:牵头|责任|负责|配合|主办|协办|承办|参与|参加|协同|实施|落实|主责|指导))"
    r"(?:单位|部门|机构|主体|处室|科室)(?:[(（][^()（）]*[)）])?$"
)
_MAX_COLUMN = 15
_MIN_COLUMNS = 3


def is_duty_header(line: str) -> bool:
    """Whether a line heads such a table: 序号, 任务, 牵头单位, 配合单位, parted by tabs."""
    if "\t" not in line:
        return False
    columns = _columns(line)
    return (
        len(columns) >= _MIN_COLUMNS
        and all(len(column) <= _MAX_COLUMN for column in columns)
        and any(map(_UNITS_COLUMN.match, columns))
    )


def read_duties(header: str, row: str) -> tuple[Responsibility, ...]:
    """The units of a row, each in the role that the header of its column gives it.

    Args:
        header: the table's header.
        row: the row; cells that it lacks are taken to be empty.
    """
    cells = zip(_columns(header), row.split("\t"), strict=False)
    notes = (
        f"{column}:{cell.strip()}" for column, cell in cells if _UNITS_COLUMN.match(column) and cell.strip()
    )
    return parse_note(";".join(notes))


def _columns(header: str) -> list[str]:
    return [re.sub(r"\s", "", cell) for cell in header.split("\t")]
