"""What commands share: where things are, the filters, ``--json``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ipqa.engine import PolicySearch
from ipqa.interfaces.progress import BuildProgress
from ipqa.models import CLAUSE_KINDS, ROLES


@dataclass(frozen=True)
class Places:
    """Where the corpus and the index are, and which encoder is used; None means the settings' value."""

    corpus: Path | None
    index: Path | None
    encoder: str | None

    def open(self, *, rebuild: bool = False) -> PolicySearch:
        """Open the corpus, with a progress bar if that takes long."""
        with BuildProgress() as progress:
            return PolicySearch.open(
                self.corpus, self.index, self.encoder, rebuild=rebuild, progress=progress
            )


def json_option(command: Any) -> Any:  # noqa: ANN401  click's decorators are typed so
    """``--json``: print the dataclasses' fields instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="输出 JSON,字段与库的数据类一致。")(command)


def filter_options(command: Any) -> Any:  # noqa: ANN401
    """``-k`` and the filters of search and ask, named as the library's keyword arguments."""
    for option in (
        click.option("-k", "k", type=int, default=5, show_default=True, help="最多返回几条。"),
        click.option("--unit", help="只看写明该责任单位的条款,简称也可以。"),
        click.option(
            "--role", type=click.Choice(ROLES), help="单位的角色:lead 牵头,responsible 负责,support 配合。"
        ),
        click.option("--doc", help="只看这份文件(文件名,不含扩展名)。"),
        click.option("--section", help="只看标题含有这些字的章节。"),
        click.option("--kind", type=click.Choice(CLAUSE_KINDS), help="只看这一类条款。"),
        click.option("--issuer", help="只看发布机关含有这些字的文件。"),
        click.option("--since", help="只看这一天(月、年)及以后发布的文件,例如 2022-08-24、2022。"),
        click.option("--until", help="只看这一天(月、年)及以前发布的文件。"),
    ):
        command = option(command)
    return command
