"""``ipqa questions``: draft a document's question bank, and put the reviewed draft in its place.

What drafts is imported when it is called: it would slow every other command.
"""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from ipqa.documents.corpus import QUESTIONS_SUFFIX, CorpusFiles, find_quote, list_corpus, parse_document
from ipqa.documents.reader import read_text
from ipqa.errors import ArgumentError, QuestionBankError, UnknownDocumentError
from ipqa.interfaces import terminal
from ipqa.interfaces.cli.options import Places, json_option
from ipqa.interfaces.progress import BuildProgress
from ipqa.settings import load_settings

_DRAFT_SUFFIX = ".questions.draft.jsonl"
_SHOWN = 5  # wrong lines named at once


@click.command(
    help="为一份文件起草问题库:请 IPQA_LLM_URL 的接口逐条条款出题,核对后写成草稿;审阅、修改草稿以后,"
    "用 --accept 放进语料文件夹。中断以后再次运行会接着做。"
)
@click.argument("doc", metavar="文件")
@click.option(
    "-o",
    "path",
    metavar="草稿",
    type=click.Path(path_type=Path),
    help=f"草稿写在这里,默认当前文件夹的 <文件>{_DRAFT_SUFFIX}。",
)
@click.option("--accept", "accepted", is_flag=True, help="采用审阅过的草稿,不再出题。")
@click.option("--force", is_flag=True, help="采用时覆盖已有的问题库。")
@click.option("--count", type=click.IntRange(1, 30), default=6, show_default=True, help="每条条款出几个题。")
@click.option("--limit", type=click.IntRange(1, 1_000_000), help="这次只问这么多条条款,用来试一试。")
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="同时发出几个请求。"
)
@click.option(
    "--timeout", type=click.IntRange(1, 3600), default=60, show_default=True, help="一次请求最多等几秒。"
)
@json_option
@click.pass_obj
def questions(
    places: Places,
    /,
    doc: str,
    path: Path | None,
    accepted: bool,
    force: bool,
    as_json: bool,
    count: int,
    limit: int | None,
    concurrency: int,
    timeout: int,
) -> None:
    """Draft a question bank, or accept the draft."""
    files = _find(places, doc)
    path = path or Path(doc.replace("/", "-") + _DRAFT_SUFFIX)
    if accepted:
        _accept(path, files, overwrite=force, as_json=as_json)
    else:
        _draft(places, files, path, as_json, count, limit, concurrency, timeout)


def _draft(
    places: Places,
    files: CorpusFiles,
    path: Path,
    as_json: bool,
    count: int,
    limit: int | None,
    concurrency: int,
    timeout: int,
) -> None:
    from ipqa.interfaces.drafting import DROPPED, draft
    from ipqa.interfaces.endpoint import Endpoint

    endpoint = Endpoint.of(load_settings(), timeout)
    policy = places.open()
    with BuildProgress() as progress:
        summary = draft(
            policy,
            files.id,
            endpoint,
            path,
            known=_bank(files),
            count=count,
            limit=limit,
            concurrency=concurrency,
            progress=progress,
        )
    for clause_id, reason in summary.failed.items():
        click.echo(f"注意:条款 {clause_id} 没有成功:{reason}", err=True)
    if as_json:
        terminal.show_json(summary)
        return
    click.echo(f"问了 {summary.asked} 条条款,留下 {summary.kept} 个问题;草稿里共有 {summary.questions} 个")
    dropped = [f"{name} {n}" for key, name in DROPPED.items() if (n := summary.dropped.get(key))]
    if dropped:
        click.echo(f"没有留下的 {sum(summary.dropped.values())} 个:{'、'.join(dropped)}")
    if summary.remaining:
        click.echo(f"还有 {summary.remaining} 条条款没有做完,再次运行会接着做")
    click.echo(f"请审阅草稿 {path},删改以后加 --accept 再次运行来采用")


def _accept(path: Path, files: CorpusFiles, *, overwrite: bool, as_json: bool) -> None:
    """Put the questions of a draft beside the document as its bank.

    Raises:
        ArgumentError: if there is no draft, or a bank that is not to be overwritten, or it can't be written.
        QuestionBankError: if the draft holds no question, or a line is wrong; names file and line.
    """
    from ipqa.interfaces.drafting import read_draft

    bank = files.text.with_name(files.text.stem + QUESTIONS_SUFFIX)
    if not path.exists():
        raise ArgumentError(f"没有草稿 {path};请先运行 ipqa questions {files.id}")
    if bank.exists() and not overwrite:
        raise ArgumentError(f"问题库 {bank} 已经存在,没有覆盖;要覆盖请加 --force")
    # the bank that is there may be wrong: it is not read
    parsed = parse_document(replace(files, questions=None))
    entries = {number: entry for number, entry in read_draft(path) if "q" in entry}
    wrong = [
        f"第 {number} 行({entry['quote'][:20]})"
        for number, entry in entries.items()
        if not any(find_quote(entry["quote"], parsed.document.text, parsed.clauses))
    ]
    if wrong:
        more = f"等 {len(wrong)} 行" if len(wrong) > _SHOWN else ""
        raise QuestionBankError(
            f"草稿 {path} 的引文不在文件 {files.id} 的正文里:{'、'.join(wrong[:_SHOWN])}{more}"
        )
    if not entries:
        raise QuestionBankError(f"草稿 {path} 里没有问题")
    lines = [{"q": entry["q"], "quote": entry["quote"]} for entry in entries.values()]
    _write(bank, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    if as_json:
        terminal.show_json({"path": str(bank), "questions": len(lines)})
    else:
        click.echo(f"已写入 {bank}:{len(lines)} 个问题;下次查询时会更新索引")


def _find(places: Places, doc: str) -> CorpusFiles:
    found = {files.id: files for files in list_corpus(Path(places.corpus or load_settings().corpus))}
    if doc not in found:
        raise UnknownDocumentError(f"没有文件“{doc}”,现有:{'、'.join(list(found)[:5])}")
    return found[doc]


def _bank(files: CorpusFiles) -> list[str]:
    """The questions of the document's bank, which was checked when its index was built."""
    lines = read_text(files.questions).split("\n") if files.questions else []
    return [json.loads(line)["q"] for line in lines if line.strip()]


def _write(path: Path, text: str) -> None:
    """Put a whole file in place in one step.

    Raises:
        ArgumentError: if it cannot be written; the old file stays as it was.
    """
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise ArgumentError(f"无法写入 {path}:{error.strerror or error}") from error
