"""The commands that serve other programs."""

from __future__ import annotations

import click

from ipqa.interfaces.cli.options import Places
from ipqa.settings import load_settings


@click.command(
    help="MCP 服务:经标准输入输出供 AI 助手调用,由助手启动;ipqa serve 打开的网页在 /mcp 提供同样的工具。"
)
@click.pass_obj
def mcp(places: Places) -> None:
    """Serve the tools over standard input and output."""
    from ipqa.interfaces.mcp import build_server
    from ipqa.interfaces.rest import Service

    service = Service.of(places.open(), load_settings())
    build_server(service).run("stdio")
