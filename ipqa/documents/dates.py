"""Dates as Chinese official documents write them: 2018年12月6日, 二〇〇五年六月十一日, 2022-08-24."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from ipqa.documents.numbering import parse_number

_HAN = "〇零○Ｏ一二三四五六七八九十"
_ZEROS = str.maketrans("○Ｏ", "〇〇")
# No groups, so that it can stand within other patterns.
DATE = (
    rf"(?:(?<!\d)\d{{4}}\s*年\s*\d{{1,2}}\s*月\s*\d{{1,2}}\s*日"
    rf"|[{_HAN}]{{4}}\s*年\s*[{_HAN}]{{1,3}}\s*月\s*[{_HAN}]{{1,3}}\s*日"
    r"|(?<!\d)\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d))"
)
_DATE = re.compile(DATE)
_PART = re.compile(rf"\d+|[{_HAN}]+")


def find_dates(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Every date in ``text`` with its ISO form; days that no calendar has are passed over."""
    for match in _DATE.finditer(text):
        if date := iso_date(match.group()):
            yield match, date


def iso_date(written: str) -> str:
    """The ISO form of a date that matches :data:`DATE`; ``""`` if there is no such day."""
    parts = _PART.findall(written.translate(_ZEROS))
    if len(parts) != 3:
        return ""
    try:
        return datetime.date(*map(parse_number, parts)).isoformat()
    except (ValueError, KeyError):
        return ""


def years_after(date: str, years: int) -> str:
    """The last day of a term of years that begins on an ISO date; ``""`` if it ends beyond the calendar."""
    first = datetime.date.fromisoformat(date)
    try:
        ends = first.replace(year=first.year + years)
    except ValueError:
        if first.year + years > datetime.MAXYEAR:
            return ""
        ends = datetime.date(first.year + years, 3, 1)  # begun on 29 February
    return (ends - datetime.timedelta(days=1)).isoformat()
