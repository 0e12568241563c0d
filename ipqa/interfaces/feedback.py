"""What users say of answers, and questions that got none, in one SQLite file of the data folder.

Nothing is kept of who asked: no address, no browser, no name, no session. Numbers and addresses by which a
person could be reached are taken out of every text before it is written.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Literal, get_args

from ipqa.errors import ArgumentError, FeedbackError
from ipqa.models import Answer, Status
from ipqa.retrieval.query import MAX_QUESTION_LENGTH

Kind = Literal["votes", "unanswered"]

KINDS: tuple[Kind, ...] = get_args(Kind)
FILE_NAME = "feedback.sqlite3"
SCHEMA_VERSION = 1
REDACTED = "〔已隐去〕"
REASONS: Mapping[str, str] = {
    "wrong_passage": "引文不对题",
    "incomplete": "不完整",
    "not_found": "规划里有却没找到",
    "hard_to_read": "看不懂",
    "other": "其他",
}
MAX_COMMENT = 500
MAX_CLAUSES = 200

_STATUS_NAMES: Mapping[str, str] = {
    "answered": "已回答",
    "related": "只有相关内容",
    "not_found": "没有找到",
    "chat": "闲谈",
}
_UNANSWERED: tuple[Status, ...] = ("not_found", "related")
_MAX_RESOLVED = 4 * MAX_QUESTION_LENGTH  # earlier turns are put before a question that leans on them
_MAX_CLAUSE_ID = 300
_WAIT = 5.0  # seconds, while another writes
# The tables' columns with the names that an export gives them. Lists are kept with a line for each entry.
_COLUMNS: Mapping[Kind, Mapping[str, str]] = {
    "votes": {
        "time": "时间(UTC)",
        "question": "问题",
        "resolved_question": "理解为",
        "status": "结果",
        "clause_ids": "条款",
        "helpful": "评价",
        "reason": "原因",
        "comment": "补充说明",
    },
    "unanswered": {
        "time": "时间(UTC)",
        "question": "问题",
        "resolved_question": "理解为",
        "status": "结果",
        "missing": "缺什么",
    },
}
_LABELS: Mapping[str, Mapping[str, str]] = {
    "status": _STATUS_NAMES,
    "helpful": {"0": "没有用", "1": "有用"},
    "reason": REASONS,
}
_DROPPED = frozenset({"Cc", "Cf", "Cs"})  # control and invisible characters, halves of characters
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet may take for the beginning of a formula
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Over text in half-width characters. Eleven digits before a unit of money are an amount. A number without
# the area's code counts only after a word for telephone: it may as well be a date or a span of years.
_PERSONAL = re.compile(
    r"""
      [A-Za-z0-9._%+-]+ @ [A-Za-z0-9-]+ (?: \.[A-Za-z0-9-]+ )+             # e-mail
    | (?<![0-9]) (?<![0-9]\.) (?:
        [0-9]{6} \ ? (?: 18|19|20 ) [0-9]{6} \ ? [0-9]{3} [0-9Xx]          # ID card
      | [0-9]{17} [Xx] | [0-9]{15,}                                        # ID card, bank card
      | \+ (?: [0-9] [ -]? ){9,14} [0-9] (?! \ ?[万亿元] )                 # with the country's code
      | (?: (?: 00 )? 86 [ -]? | 0 )?
        1[3-9][0-9] (?: [ -]? [0-9]{4} ){2} (?! \ ?[万亿元] )              # mobile
      | \(? 0 (?: 10 | 2[0-9] | [3-9][0-9]{2} ) (?: \)[ -]? | [ -] )?
        [1-9][0-9]{2,3} [ -]? [0-9]{4} (?: (?: -|转 ) [0-9]{1,6} )?        # with the area's code
      | [48]00 - [0-9]{3,4} - [0-9]{3,4}
      ) (?![0-9])
    | (?: 电话|座机|手机|传真|联系方式|[Tt][Ee][Ll] ) (?: 号码?|[是为:\s] )*
      (?P<local> [1-9][0-9]{2,3} [ -]? [0-9]{4} ) (?! [0-9] | \ ?[年万亿元部台件] )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Vote:
    """What a user says of an answer; ``reason`` is a key of :data:`REASONS`, or "" for none."""

    question: str
    resolved_question: str
    status: Status
    clause_ids: tuple[str, ...]
    helpful: bool
    reason: str = ""
    comment: str = ""


@dataclass(frozen=True)
class FeedbackCounts:
    """How many records there are: votes, the unhelpful ones by reason, unanswered questions by status."""

    helpful: int
    unhelpful: int
    reasons: Mapping[str, int]
    unanswered: Mapping[str, int]


def redact(text: str) -> str:
    """The text with :data:`REDACTED` for telephone, ID card and bank card numbers and e-mail addresses."""
    parts, cursor = [], 0
    for match in _PERSONAL.finditer(text.translate(_HALF_WIDTH)):
        start, end = match.span("local" if match["local"] else 0)
        parts += [text[cursor:start], REDACTED]
        cursor = end
    return "".join((*parts, text[cursor:]))


class FeedbackStore:
    """The records of one data folder. Each call opens the file anew, so any thread may call.

    Args:
        folder: the data folder.
        create: whether to make the folder and the file if they are missing.

    Raises:
        ArgumentError: if there is no store and none shall be made.
        FeedbackError: if the file cannot be opened, is no store, or was written by a newer version.
    """

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        self.path = folder / FILE_NAME
        try:
            if not create and not self.path.is_file():
                raise ArgumentError(f"没有反馈记录:{folder} 还没有打开过(IPQA_FEEDBACK=true 才会记录)")
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _feedback_error(self.path, error) from error
        with self._connect():
            pass  # a file that cannot be used is found now, not at the first vote

    def vote(self, vote: Vote) -> None:
        """Keep a vote.

        Raises:
            ArgumentError: if a field of the vote is too long or has a value that it cannot have.
            FeedbackError: if the file cannot be written.
        """
        self._insert("votes", _vote_record(vote))

    def unanswered(self, answer: Answer) -> None:
        """Keep the question of an answer that did not give what was asked for; pass over other answers.

        Raises:
            FeedbackError: if the file cannot be written.
        """
        if answer.status not in _UNANSWERED:
            return
        record = {
            "question": redact(_plain(answer.question)),
            "resolved_question": redact(_plain(answer.resolved_question)),
            "status": answer.status,
            "missing": "\n".join(redact(_plain(reason)) for reason in answer.missing),
        }
        self._insert("unanswered", record)

    def counts(self) -> FeedbackCounts:
        """Count the records.

        Raises:
            FeedbackError: if the file cannot be read.
        """
        with self._connect() as connection:
            votes = connection.execute("SELECT helpful, reason, count(*) FROM votes GROUP BY 1, 2").fetchall()
            open_ones = dict(connection.execute("SELECT status, count(*) FROM unanswered GROUP BY 1"))
        unhelpful = {reason: number for helpful, reason, number in votes if not helpful}
        return FeedbackCounts(
            helpful=sum(number for helpful, _, number in votes if helpful),
            unhelpful=sum(unhelpful.values()),
            reasons={reason: unhelpful.get(reason, 0) for reason in REASONS},
            unanswered={status: open_ones.get(status, 0) for status in _UNANSWERED},
        )

    def export_csv(self, kind: Kind) -> bytes:
        """All records of a kind, oldest first, as a CSV file that spreadsheets open: UTF-8 with BOM, CRLF.

        Raises:
            ArgumentError: if there is no such kind.
            FeedbackError: if the file cannot be read.
        """
        if kind not in KINDS:
            raise ArgumentError(f"没有这种记录:{kind},应是 {'、'.join(KINDS)} 之一")
        columns = _COLUMNS[kind]
        with self._connect() as connection:
            records = connection.execute(f"SELECT {', '.join(columns)} FROM {kind} ORDER BY id").fetchall()
        lines = [[_cell(*field) for field in zip(columns, record, strict=True)] for record in records]
        file = io.StringIO(newline="")
        csv.writer(file, lineterminator="\r\n").writerows([list(columns.values()), *lines])
        return file.getvalue().encode("utf-8-sig")

    def clear(self, before: date | None) -> int:
        """Delete the records of the days (UTC) before a date, or all, leaving no trace of them in the file.

        Returns:
            How many were deleted.

        Raises:
            FeedbackError: if the file cannot be written.
        """
        day = before.isoformat() if before else None
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            deleted = sum(
                connection.execute(f"DELETE FROM {kind} WHERE time < coalesce(?, '~')", (day,)).rowcount
                for kind in KINDS
            )
            connection.execute("COMMIT")
            connection.execute("VACUUM")  # deleting alone leaves the words on free pages
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return deleted

    def _insert(self, kind: Kind, record: Mapping[str, object]) -> None:
        values = {"time": _now().isoformat(timespec="seconds"), **record}
        columns, places = ", ".join(values), ", ".join("?" * len(values))
        with self._connect() as connection:
            connection.execute(f"INSERT INTO {kind} ({columns}) VALUES ({places})", tuple(values.values()))

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        """A connection to the file, made ready; errors while it is open come as one that names the file."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)) as connection:
                self._prepare(connection)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise _feedback_error(self.path, error) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables in a new file; check that any other is a store of this version."""
        if _version(connection) == 0:
            connection.execute("BEGIN IMMEDIATE")  # two processes may open the same new file
            if _version(connection) == 0:
                if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    raise FeedbackError(f"{self.path} 不是反馈记录,而是别的数据库;请把它移开")
                for kind, columns in _COLUMNS.items():
                    fields = ", ".join(
                        f"{name} {'INTEGER' if name == 'helpful' else 'TEXT'} NOT NULL" for name in columns
                    )
                    connection.execute(f"CREATE TABLE {kind} (id INTEGER PRIMARY KEY, {fields})")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = WAL")
        if _version(connection) != SCHEMA_VERSION:
            raise FeedbackError(f"{self.path} 是更新版本的程序写的反馈记录;请升级 ipqa,或换一个数据文件夹")


def _vote_record(vote: Vote) -> dict[str, object]:
    if vote.status not in _STATUS_NAMES:
        raise ArgumentError(f"没有这种结果:{vote.status},应是 {'、'.join(_STATUS_NAMES)} 之一")
    if vote.reason and vote.reason not in REASONS:
        raise ArgumentError(f"没有这个原因:{vote.reason},应是 {'、'.join(REASONS)} 之一")
    if not isinstance(vote.helpful, bool):
        raise ArgumentError("helpful 应是 True 或 False")
    if len(vote.clause_ids) > MAX_CLAUSES:
        raise ArgumentError(f"条款太多:{len(vote.clause_ids)} 条,最多 {MAX_CLAUSES} 条")
    return {
        "question": _checked("问题", vote.question, MAX_QUESTION_LENGTH),
        "resolved_question": _checked("理解的问题", vote.resolved_question, _MAX_RESOLVED),
        "status": vote.status,
        "clause_ids": "\n".join(_checked("条款编号", name, _MAX_CLAUSE_ID) for name in vote.clause_ids),
        "helpful": int(vote.helpful),
        "reason": vote.reason,
        "comment": _checked("补充说明", vote.comment, MAX_COMMENT),
    }


def _checked(name: str, text: str, most: int) -> str:
    """A text as it is kept: plain, and without what tells of a person."""
    if not isinstance(text, str):
        raise ArgumentError(f"{name}应是一段文字(字符串),而不是 {type(text).__name__}")
    plain = _plain(text)
    if len(plain) > most:
        raise ArgumentError(f"{name}太长:{len(plain)} 字,最多 {most} 字")
    return redact(plain)


def _plain(text: str) -> str:
    """The text in one line without control and invisible characters, blanks made single."""
    return " ".join(
        "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _DROPPED).split()
    )


def _cell(column: str, value: object) -> str:
    """A field as an export shows it; a quote before what a spreadsheet would take for a formula."""
    text = _LABELS.get(column, {}).get(str(value), str(value)).replace("\n", ";")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _feedback_error(path: Path, error: sqlite3.Error | OSError) -> FeedbackError:
    reason = str(error)
    if isinstance(error, OSError):
        reason = error.strerror or reason
    elif type(error) is sqlite3.DatabaseError:  # its subclasses are other things: locked, full, read-only
        reason = "文件已损坏,或者不是反馈记录;把它移开,就会另建一个"
    return FeedbackError(f"无法读写反馈记录 {path}:{reason}")
