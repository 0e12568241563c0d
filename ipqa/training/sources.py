"""Reading the public sources that the encoder learns general language from.

They are too large for the repository; ``data/README.md`` says where each is published. All stand in one
folder, each as the compressed file named below or as what comes out of it:

====================================  ====================================================================
``laws.tar.xz``                       Chinese laws, regulations and local ordinances in Markdown
                                      (GitHub LawRefBook/Laws); texts of law, not under copyright
``policy_notices.tar.xz``             notices of the State Council, one plain text file each; official texts
``government_reports.tar.xz``         government work reports and congress reports, JSON lines with
                                      ``content`` (GitHub aldohemsn/chinese-political-corpora); official texts
``lecoqa_train.jsonl``                lay question → statute article, training split
                                      (GitHub oneal2000/LeCoQA, STARD); MIT
``cmrc_drcd.jsonl.xz``                question → sentence that answers it, from CMRC 2018 and DRCD; CC BY-SA
``csl_title_abstract.tsv.xz``         abstract and title of scientific papers (GitHub ydli-ai/CSL); Apache-2.0
``cedict_1_0_ts_utf-8_mdbg.txt.gz``   CC-CEDICT, Chinese words with English glosses (mdbg.net); CC BY-SA
====================================  ====================================================================
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ipqa.errors import CorpusError, DocumentError

LAWS = "laws.tar.xz"
NOTICES = "policy_notices.tar.xz"
REPORTS = "government_reports.tar.xz"
LECOQA = "lecoqa_train.jsonl"
CMRC = "cmrc_drcd.jsonl.xz"
CSL = "csl_title_abstract.tsv.xz"
CEDICT = "cedict_1_0_ts_utf-8_mdbg.txt.gz"

_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?[\s　]*")
_HEADING = re.compile(r"#+\s*(.*)")
_CHAPTER_NUMBER = re.compile(r"^第[〇零一二三四五六七八九十百千]+[编章节]\s*")
_CEDICT_LINE = re.compile(r"\S+ (?P<word>[\u4e00-\u9fff]{1,6}) \[(?P<pinyin>[^\]]*)\] /(?P<glosses>.*)/")
_ABOUT_THE_WORD = re.compile(  # no meaning but a remark on the word, or a meaning nobody has in mind today
    r"variant of|CL:|\bsee |surname|abbr\. for|Taiwan pr|\bold |archaic|radical|Kangxi|used in|bound form"
    r"|dialect"
)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|^\s*to (?:be )?|\b(?:sb|sth|etc)\b")
_LONGEST_GLOSS = 6  # words
_PREAMBLE_END = "<!-- INFO END -->"


@dataclass(frozen=True)
class Article:
    """An article of a law: the law's title, the heading it stands under (may be empty) and its text."""

    law: str
    heading: str
    text: str


@dataclass(frozen=True)
class DictionaryEntry:
    """A Chinese word and its English meanings, in small letters and without asides."""

    word: str
    glosses: tuple[str, ...]


def check_sources(folder: Path) -> None:
    """Look for every source before the long work begins.

    Args:
        folder: the folder of the public sources.

    Raises:
        CorpusError: if the folder is not there, or sources are missing from it; names them all.
    """
    if not folder.is_dir():
        raise CorpusError(f"训练数据文件夹不存在:{folder}。所需文件与出处见 data/README.md")
    names = (LAWS, NOTICES, REPORTS, LECOQA, CMRC, CSL, CEDICT)
    if missing := [name for name in names if _locate(folder, name) is None]:
        raise CorpusError(f"训练数据文件夹 {folder} 中缺少:{'、'.join(missing)}。出处见 data/README.md")


def read_laws(folder: Path) -> Iterator[str]:
    """The laws' Markdown texts without the history of their adoption, each version of a law once."""
    seen = set()
    for text in _read_texts(folder, LAWS, ".md"):
        title, mark, body = text.partition(_PREAMBLE_END)
        if not mark or body in seen:
            continue
        seen.add(body)
        yield title.split("\n", 1)[0] + "\n" + body


def split_articles(law: str) -> Iterator[Article]:
    """The numbered articles of a law as ``read_laws`` gives it, without their numbers."""
    lines = law.split("\n")
    title = lines[0].lstrip("# ").strip()
    heading, parts = "", list[str]()
    for line in (*lines[1:], "# "):
        found, start = _HEADING.match(line), _ARTICLE.match(line)
        if (found or start) and parts:
            yield Article(title, heading, "".join(parts))
            parts = []
        if found:
            heading = _CHAPTER_NUMBER.sub("", found[1]).strip()
        elif start or parts:
            parts.append(line[start.end() if start else 0 :].strip())


def read_notices(folder: Path) -> Iterator[str]:
    """The State Council's notices."""
    return _read_texts(folder, NOTICES, ".txt")


def read_reports(folder: Path) -> Iterator[str]:
    """The work reports and congress reports."""
    for lines in _read_texts(folder, REPORTS, ".jsonl"):
        for line in lines.splitlines():
            yield json.loads(line)["content"]


def read_questions(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """Question and passage of each line of ``LECOQA`` or ``CMRC``.

    Args:
        folder: the folder of the public sources.
        name: which of the two.

    Yields:
        The question and the passage that answers it.

    Raises:
        DocumentError: if a line is not JSON with ``q`` and ``passage``.
    """
    for number, line in enumerate(_read_lines(folder, name), 1):
        try:
            row = json.loads(line)
            yield row["q"], row["passage"]
        except (ValueError, KeyError, TypeError) as error:
            raise DocumentError(f"{name} 第 {number} 行应有 q 与 passage:{line[:40]!r}") from error


def read_abstracts(folder: Path) -> Iterator[tuple[str, str]]:
    """Title and abstract of each paper of ``CSL``; lines that have neither are passed over."""
    for line in _read_lines(folder, CSL):
        fields = line.split("\t")
        if len(fields) == 3:
            yield fields[2], fields[1]


def read_dictionary(folder: Path) -> Iterator[DictionaryEntry]:
    """The common words of ``CEDICT``: no proper names, and of the meanings only those that say one."""
    for line in _read_lines(folder, CEDICT):
        found = _CEDICT_LINE.fullmatch(line.strip())
        if found and not found["pinyin"][:1].isupper():
            meanings = (m for m in re.split("[/;]", found["glosses"]) if not _ABOUT_THE_WORD.search(m))
            plain = (re.findall("[a-z]+", _ASIDE.sub("", meaning).lower()) for meaning in meanings)
            glosses = tuple(" ".join(words) for words in plain if 1 <= len(words) <= _LONGEST_GLOSS)
            if glosses:
                yield DictionaryEntry(found["word"], glosses)


def _locate(folder: Path, name: str) -> Path | None:
    """The source as published, or unpacked beside it: ``laws.tar.xz`` or the folder ``laws``."""
    plain = name.removesuffix(".xz").removesuffix(".gz").removesuffix(".tar")
    for path in (folder / name, folder / plain):
        if path.exists():
            return path
    return None


def _require(folder: Path, name: str) -> Path:
    path = _locate(folder, name)
    if path is None:
        raise CorpusError(f"训练数据文件夹 {folder} 中缺少:{name}。出处见 data/README.md")
    return path


def _read_lines(folder: Path, name: str) -> list[str]:
    path = _require(folder, name)
    unpack = {".xz": lzma.decompress, ".gz": gzip.decompress}.get(path.suffix, bytes)
    text = unpack(path.read_bytes()).decode("utf-8")
    return [line for line in text.split("\n") if line.strip()]


def _read_texts(folder: Path, name: str, suffix: str) -> Iterator[str]:
    """The text files of an archive, or of the folder it was unpacked into, in the order of their names."""
    path = _require(folder, name)
    if path.is_dir():
        for file in sorted(path.rglob(f"*{suffix}")):
            yield file.read_text(encoding="utf-8", errors="replace")
        return
    with tarfile.open(path) as archive:  # in the archive's order: a compressed stream cannot seek back
        streams = ((m.name, archive.extractfile(m)) for m in archive if m.name.endswith(suffix))
        contents = {name: stream.read() for name, stream in streams if stream}
    for name in sorted(contents):
        yield contents[name].decode("utf-8", errors="replace")
