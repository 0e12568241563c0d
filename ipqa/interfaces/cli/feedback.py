"""``ipqa feedback``: read, count and delete what users said of answers and the questions that got none."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ipqa.errors import ArgumentError
from ipqa.interfaces import terminal
from ipqa.interfaces.cli.options import json_option
from ipqa.interfaces.feedback import KINDS, REASONS, FeedbackCounts, FeedbackStore, Kind
from ipqa.settings import load_settings

_DATE = "%Y-%m-%d"


@click.group(
    invoke_without_command=True, help="查看网页上的评价和没有答上的问题(IPQA_FEEDBACK=true 时记录)。"
)
@click.pass_context
def feedback(context: click.Context) -> None:
    """The group; shows its help where no command is given."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _data_option(command: Any) -> Any:  # noqa: ANN401  click's decorators are typed so
    return click.option("--data", type=click.Path(path_type=Path), help="数据文件夹,默认 ipqa-data/。")(
        command
    )


@feedback.command(help="导出为 CSV 文件,Excel 和 WPS 可以打开。")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="votes",
    show_default=True,
    help="votes 评价,unanswered 没有答上的问题。",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="写到这个文件。")
@click.option("--force", is_flag=True, help="文件已经存在时覆盖它。")
@_data_option
def export(data: Path | None, kind: Kind, output: Path, force: bool) -> None:
    """Write the records of a kind to a CSV file."""
    store = _store(data)
    if not force and output.exists():
        raise ArgumentError(f"{output} 已经存在;要覆盖请加 --force")
    content = store.export_csv(kind)
    _write(output, content)
    click.echo(f"已导出到 {output}")


@feedback.command(help="统计:有多少条评价,没有用的是什么原因,有多少问题没有答上。")
@_data_option
@json_option
def stats(data: Path | None, as_json: bool) -> None:
    """Count the records."""
    counts = _store(data).counts()
    if as_json:
        terminal.show_json(counts)
    else:
        _show(counts)


@feedback.command(help="删除一天以前的记录,不能恢复。")
@click.option("--before", required=True, metavar="YYYY-MM-DD", help="删除早于这一天的(按 UTC,不含这一天)。")
@click.option("--yes", is_flag=True, help="不再询问。")
@_data_option
def clear(data: Path | None, before: str, yes: bool) -> None:
    """Delete old records."""
    day = _day(before)
    store = _store(data)
    if not yes and not click.confirm(f"删除 {day} 以前的反馈记录,不能恢复。确定吗?", err=True):
        click.echo("没有删除。")
        return
    click.echo(f"已删除 {store.clear(day)} 条。")


def _store(data: Path | None) -> FeedbackStore:
    """The store of a data folder, the settings' one if None; none is made here."""
    return FeedbackStore(data or load_settings().data, create=False)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, _DATE).date()
    except ValueError as error:
        raise ArgumentError(f"参数 --before 应是 YYYY-MM-DD 样子的日期,而不是 {text}") from error


def _write(path: Path, content: bytes) -> None:
    """Put a whole file in place in one step: whoever opens it meanwhile sees the old one or the new one.

    Raises:
        ArgumentError: if it cannot be written; the old file stays as it was.
    """
    beside = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}"
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise ArgumentError(f"无法写入 {path}:{error.strerror or error}") from error


def _show(counts: FeedbackCounts) -> None:
    click.echo(f"评价 {counts.helpful + counts.unhelpful} 条:有用 {counts.helpful},没有用 {counts.unhelpful}")
    unexplained = counts.unhelpful - sum(counts.reasons.values())
    reasons = {
        **{REASONS[code]: number for code, number in counts.reasons.items()},
        "没有说原因": unexplained,
    }
    for name, number in reasons.items():
        if number:
            click.echo(f"  {name} {number}")
    found = counts.unanswered
    click.echo(
        f"没有答上的问题 {sum(found.values())} 条:没有找到 {found['not_found']},"
        f"只有相关内容 {found['related']}"
    )
