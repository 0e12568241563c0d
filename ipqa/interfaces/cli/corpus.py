"""The commands that look after the corpus: ``add`` puts documents in, ``status`` says what is indexed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import click

from ipqa.documents.corpus import list_corpus
from ipqa.errors import ArgumentError
from ipqa.interfaces import terminal
from ipqa.interfaces.cli.options import Places, json_option
from ipqa.retrieval.encoder import load_encoder
from ipqa.retrieval.state import index_state, new_manifest
from ipqa.settings import load_settings

_SHOWN = 10  # names of each kind; the rest is counted


@click.command(help="把文件放进语料并建索引;旁边的 .yaml、.questions.jsonl、.topics.yaml 可以一起给出。")
@click.argument("files", metavar="文件…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="替换语料里同名的文件。")
@json_option
@click.pass_obj
def add(places: Places, files: Sequence[Path], force: bool, as_json: bool) -> None:
    """Copy documents into the corpus and index them."""
    folder = places.corpus or load_settings().corpus
    for file in files:
        if not file.is_file():
            raise ArgumentError(f"找不到文件 {file}")
        if (folder / file.name).exists() and not force:
            raise ArgumentError(f"语料里已有 {file.name};要替换它,加 --force")
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        copied = folder / f".{file.name}.adding"  # hidden files do not count: nothing half copied is read
        shutil.copyfile(file, copied)
        copied.replace(folder / file.name)
    policy = places.open()
    names = {file.name for file in files}
    added = [f.id for f in list_corpus(folder) if f.text.name in names]
    counts = {name: sum(clause.doc_id == name for clause in policy.clauses) for name in added}
    for warning in policy.warnings:
        click.echo(f"注意:{warning}", err=True)
    if as_json:
        terminal.show_json({"added": counts, "warnings": policy.warnings})
        return
    for name, count in counts.items():
        click.echo(f"已收进 {name}:{count} 条条款" if count else f"没有收进 {name}")


@click.command(help="语料和索引的状况:有哪些文件,哪些还没有索引。")
@json_option
@click.pass_obj
def status(places: Places, as_json: bool) -> None:
    """Say what is indexed and what is stale; builds nothing."""
    settings = load_settings()
    encoder = load_encoder(places.encoder or settings.encoder, settings.query_prompt)
    files = list_corpus(places.corpus or settings.corpus)
    state = index_state(files, places.index or settings.index, new_manifest(encoder))
    if as_json:
        terminal.show_json(state)
        return
    stale = len(state.new) + len(state.changed) + len(state.deleted)
    click.echo(f"语料 {len(files)} 份文件,已索引 {len(state.fresh)} 份" + ("" if stale else ",索引是新的"))
    for told, names in (("未索引", state.new), ("已改动", state.changed), ("已删除", state.deleted)):
        if names:
            more = f"等 {len(names)} 份" if len(names) > _SHOWN else ""
            click.echo(f"{told}:{'、'.join(names[:_SHOWN])}{more}")
    for name, why in state.failed.items():
        click.echo(f"读不了 {name}:{why}")
    if stale:
        click.echo("下次打开时自动更新,也可以现在运行 ipqa build")
