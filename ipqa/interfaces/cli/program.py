"""The command line as a whole. The library raises; here errors become messages and exit status 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from ipqa.errors import IpqaError
from ipqa.interfaces.cli.commands import COMMANDS
from ipqa.interfaces.cli.corpus import add, status
from ipqa.interfaces.cli.exports import export
from ipqa.interfaces.cli.feedback import feedback
from ipqa.interfaces.cli.options import Places
from ipqa.interfaces.cli.questions import questions
from ipqa.interfaces.cli.services import mcp

EXIT_ERROR = 2
EXIT_OUTPUT = 1


@click.group(
    invoke_without_command=True,
    help="政策规划语义检索问答:用平常话提问,给出逐字引自原文、标明章节和责任单位的条款。",
)
@click.option("--corpus", type=click.Path(path_type=Path), help="语料文件夹,默认 corpus/。")
@click.option("--index", type=click.Path(path_type=Path), help="索引文件夹,默认 index/。")
@click.option("--encoder", help="编码器:default、模型文件夹或模型名。")
@click.version_option(package_name="ipqa", prog_name="ipqa", help="显示版本。")
@click.help_option("-h", "--help", help="显示帮助。")
@click.pass_context
def cli(context: click.Context, corpus: Path | None, index: Path | None, encoder: str | None) -> None:
    """Options that every command shares."""
    context.obj = Places(corpus, index, encoder)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (*COMMANDS, add, status, export, feedback, questions, mcp):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors end it with a message and status 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that lacks a character shows ? instead of failing
            stream.reconfigure(errors="replace")
    try:
        cli.main(None if arguments is None else list(arguments), prog_name="ipqa", standalone_mode=False)
    except IpqaError as error:
        _fail(str(error))
    except click.UsageError as error:
        _fail(_usage_message(error))
    except click.Abort:
        sys.exit(130)
    except OSError as error:
        _give_up(error)


def _give_up(error: OSError) -> NoReturn:
    """Output cannot be written: the disk is full, or whoever read it (``| head``) has gone."""
    with suppress(OSError):  # else the interpreter's last flush fails again, with a traceback
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        with suppress(OSError):
            click.echo(f"错误:无法读写:{error.strerror or error}", err=True)
    sys.exit(EXIT_OUTPUT)


def _fail(message: str) -> None:
    click.echo(f"错误:{message}", err=True)
    sys.exit(EXIT_ERROR)


def _usage_message(error: click.UsageError) -> str:
    """Click's complaint in Chinese; its own words where it is none of the common ones."""
    message = error.format_message()
    if isinstance(error, click.NoSuchOption):
        message = f"没有选项 {error.option_name}"
    elif isinstance(error, click.BadParameter) and error.param and error.ctx:
        message = _parameter_message(error, error.param, error.ctx)
    elif error.message.startswith("No such command"):
        message = f"没有这个命令:{error.message.split(chr(39))[1]}"
    elif error.message.startswith("Got unexpected extra argument"):
        extra = error.message.partition("(")[2].removesuffix(")")
        message = f"多余的参数:{extra};有空格的内容请用引号括起来"
    return f"{message}(查看用法:{error.ctx.command_path} --help)" if error.ctx else message


def _parameter_message(error: click.BadParameter, parameter: click.Parameter, context: click.Context) -> str:
    name = parameter.get_error_hint(context).strip("'")
    if isinstance(error, click.MissingParameter):
        return f"缺少参数 {name}"
    if isinstance(parameter.type, click.Choice):
        return f"参数 {name} 应是 {'、'.join(map(str, parameter.type.choices))} 之一"
    if isinstance(parameter.type, click.IntRange):
        return f"参数 {name} 应是 {parameter.type.min} 到 {parameter.type.max} 的整数"
    if parameter.type is click.INT:
        return f"参数 {name} 应是整数"
    return f"参数 {name} 的值不对:{error.message}"
