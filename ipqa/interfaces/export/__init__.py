"""Files to take away: work lists and indicators as tables, answers with their passages as documents."""

from ipqa.interfaces.export.digest import answers_markdown
from ipqa.interfaces.export.excel import to_xlsx
from ipqa.interfaces.export.files import (
    ANSWER_WRITERS,
    TABLE_WRITERS,
    check_path,
    write_answers,
    write_table,
)
from ipqa.interfaces.export.tables import Cell, Column, Table, indicator_table, task_table
from ipqa.interfaces.export.text import to_csv, to_markdown
from ipqa.interfaces.export.word import answers_docx

__all__ = [
    "ANSWER_WRITERS",
    "TABLE_WRITERS",
    "Cell",
    "Column",
    "Table",
    "answers_docx",
    "answers_markdown",
    "check_path",
    "indicator_table",
    "task_table",
    "to_csv",
    "to_markdown",
    "to_xlsx",
    "write_answers",
    "write_table",
]
