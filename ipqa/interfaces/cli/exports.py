"""The commands that write files: work lists, indicators, answers.

What writes them is imported when one is called: openpyxl and python-docx would slow every other command.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ipqa.interfaces import terminal
from ipqa.interfaces.cli.options import Places, json_option
from ipqa.models import ROLES

_TURNS = 50  # of a long conversation, so many are handed on

_doc_option = click.option("--doc", help="只看这份文件。")


def file_options(command: Any) -> Any:  # noqa: ANN401  click's decorators are typed so
    """``-o``, whose ending tells the kind of file, and ``--force``."""
    for option in (
        click.option("--force", is_flag=True, help="覆盖已有的文件。"),
        click.option(
            "-o",
            "path",
            metavar="文件",
            required=True,
            type=click.Path(path_type=Path),
            help="写入这个文件,种类由扩展名决定。",
        ),
    ):
        command = option(command)
    return command


@click.group(
    invoke_without_command=True, help="把任务清单、指标或问答导出为 Excel、Word、CSV 或 Markdown 文件。"
)
@click.pass_context
def export(context: click.Context) -> None:
    """Write files; alone, the group shows its help."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@export.command(help="导出任务、专栏项目和指标(.xlsx、.csv、.md);不给单位则导出全部,可作督办清单。")
@click.argument("unit", metavar="[单位]", required=False)
@click.option("--role", type=click.Choice(ROLES), help="只列该单位担任此角色的。")
@click.option("--section", help="只列标题含有这些字的章节。")
@_doc_option
@file_options
@json_option
@click.pass_obj
def tasks(
    places: Places,
    /,
    path: Path,
    force: bool,
    as_json: bool,
    **filters: Any,  # noqa: ANN401  typed where they arrive
) -> None:
    """Export a unit's work list, or everybody's."""
    from ipqa.interfaces.export import TABLE_WRITERS, check_path, task_table, write_table

    check_path(path, TABLE_WRITERS, overwrite=force)
    table = task_table(places.open(), **filters)
    write_table(path, table, overwrite=force)
    _tell(path, len(table.rows), "行", as_json)


@export.command(help="导出指标(.xlsx、.csv、.md)。")
@click.option("--unit", help="只列该单位负责的。")
@_doc_option
@file_options
@json_option
@click.pass_obj
def indicators(
    places: Places, path: Path, force: bool, as_json: bool, unit: str | None, doc: str | None
) -> None:
    """Export the indicators."""
    from ipqa.interfaces.export import TABLE_WRITERS, check_path, indicator_table, write_table

    check_path(path, TABLE_WRITERS, overwrite=force)
    table = indicator_table(places.open(), unit, doc)
    write_table(path, table, overwrite=force)
    _tell(path, len(table.rows), "行", as_json)


@export.command(help="提问并导出问答和引文(.docx、.md);可一次给出多个问题。")
@click.argument("questions", metavar="问题...", nargs=-1, required=True)
@click.option("--follow", is_flag=True, help="后一个问题连同前面的问题理解。")
@click.option("-k", "k", type=int, default=5, show_default=True, help="每个问题最多几条引文。")
@file_options
@json_option
@click.pass_obj
def answers(
    places: Places, path: Path, force: bool, as_json: bool, questions: Sequence[str], follow: bool, k: int
) -> None:
    """Ask, and export the answers."""
    from ipqa.interfaces.export import ANSWER_WRITERS, check_path, write_answers

    check_path(path, ANSWER_WRITERS, overwrite=force)
    policy = places.open()
    given = [
        policy.ask(question, questions[max(0, i - _TURNS) : i] if follow else (), k)
        for i, question in enumerate(questions)
    ]
    write_answers(path, policy, given, overwrite=force)
    _tell(path, sum(answer.status != "chat" for answer in given), "个问题", as_json)


def _tell(path: Path, count: int, what: str, as_json: bool) -> None:
    if as_json:
        terminal.show_json({"path": str(path), "rows": count})
    else:
        click.echo(f"已写入 {path}:{count} {what}")
