"""Indicator tables whose cells have run together: 「…拥有量(件)1.653.7市市场监管局牵头,…」.

A row is taken apart from both ends: the units at its end, the name and its measure at its start, the base
and target values between them. Where the digits can be parted in several ways, the value that the
document's own text repeats decides; a row that nothing decides is reported, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ipqa.documents.outline import Outline
from ipqa.documents.responsibility import first_unit_leads, lead_first, parse_note
from ipqa.models import Clause, Indicator, Responsibility

_YEAR_COLUMN = re.compile(r"(?P<year>\d{4})\s*年\s*(?P<kind>基期|基数|现状|实际|完成|目标|规划)?")
_TARGET_KINDS = ("目标", "规划")
_ATTRIBUTE = re.compile(r"^(?:约束性|预期性|指导性)")
_UNITS_COLUMN = re.compile("责任|牵头|负责|部门")
_MEASURE_COLUMN = re.compile("^(?:计量)?单位$")
_NAME_AND_MEASURE = re.compile(r"^(?P<name>.+?)\s*[(（](?P<measure>[^()（）]{1,8})[)）]\s*(?P<rest>.*)$")
_VALUES = re.compile(r"^[\d.%％\s]+")
_NUMBER = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?")
_QUALITATIVE = re.compile(
    r"(?:稳步|持续|逐步|逐年|明显|显著|大幅|不断|基本|进一步)?"
    r"(?:增长|增加|提升|提高|下降|降低|改善|完善|建成)$"
    r"|(?:位居|达到|进入|保持)?(?:全省|全国|全市|省内|国内|国际)"
    r"(?:前列|先进水平|先进|领先水平|领先|平均水平(?:以上)?|第[一二三四五六七八九十]+)$"
)
_SENTENCE = re.compile(r"[^。;；\n]+")
_AFTER_VALUES = re.compile(r"[\d%％]\s*(?=[\u4e00-\u9fff])")


class _AmbiguousRowError(ValueError):
    """The row can be read in several ways and nothing decides."""


@dataclass(frozen=True)
class IndicatorTable:
    """The indicators read, the rows' clauses with their responsibilities, and what could not be read."""

    indicators: tuple[Indicator, ...]
    clauses: tuple[Clause, ...]
    warnings: tuple[str, ...]


def read_indicators(text: str, outline: Outline, clauses: Sequence[Clause]) -> IndicatorTable:
    """Read every indicator row of a document.

    Args:
        text: the document's text.
        outline: its outline, which knows the table headers.
        clauses: its clauses; those of kind ``indicator`` are the rows.

    Returns:
        The indicators; all the clauses, the rows among them with responsibilities; a warning for each row
        whose values could not be told apart.
    """
    units = frozenset(r.unit for clause in clauses for r in clause.responsibility)
    tables = {p.start: p.table for p in outline.passages if p.table is not None}
    first_leads = bool(tables) and first_unit_leads(text)
    prose = [
        m.group() for clause in clauses if clause.kind != "indicator" for m in _SENTENCE.finditer(clause.text)
    ]
    indicators: list[Indicator] = []
    warnings: list[str] = []
    updated: list[Clause] = []
    for clause in clauses:
        table = tables.get(clause.start) if clause.kind == "indicator" else None
        if table is None:
            updated.append(clause)
            continue
        header = outline.table_headers[table]
        columns = text[header.start : header.end]
        body, note = _part_row(clause.text, columns, units)
        responsibility = parse_note(f"责任单位:{note}") if note else ()
        responsibility = lead_first(responsibility) if first_leads else responsibility
        updated.append(replace(clause, responsibility=responsibility))
        try:
            if "\t" in columns:
                indicators.append(_read_cells(clause.text, columns, responsibility, clause.id))
            else:
                indicators.append(_read_row(body, columns, prose, responsibility, clause.id))
        except _AmbiguousRowError as error:
            line = text.count("\n", 0, clause.start) + 1
            warnings.append(f"{clause.doc_id} 第 {line} 行的指标无法确定:{error}")
    return IndicatorTable(tuple(indicators), tuple(updated), tuple(warnings))


def split_values(digits: str) -> tuple[tuple[str, str], ...]:
    """Every way to read ``digits`` as two numbers: ``1.653.7`` → (1.65, 3.7), (1.6, 53.7)."""
    digits = digits.strip()
    return tuple(
        (digits[:i], digits[i:])
        for i in range(1, len(digits))
        if _NUMBER.fullmatch(digits[:i]) and _NUMBER.fullmatch(digits[i:])
    )


def _read_row(
    body: str, header: str, prose: Iterable[str], responsibility: tuple[Responsibility, ...], clause_id: str
) -> Indicator:
    years = _years(header)
    name, measure, rest = _part_name(body)
    base: str | None
    target: str | None
    if values := _VALUES.match(rest):
        base, target = _part_values(values.group(), name, measure, prose)
    else:
        base, target = None, rest.strip(" —–-") or None
        if target and re.search(r"\d", target):
            raise _AmbiguousRowError(f"看不出“{target}”里的基期值与目标值")
    return Indicator(name, measure, years[0], base, years[1], target, responsibility, clause_id)


def _read_cells(
    row: str, header: str, responsibility: tuple[Responsibility, ...], clause_id: str
) -> Indicator:
    """A row whose cells are parted by tabs, as its header's are."""
    columns, cells = ([cell.strip() for cell in line.split("\t")] for line in (header, row))
    if len(cells) != len(columns):
        raise _AmbiguousRowError(f"表头有 {len(columns)} 栏,这一行有 {len(cells)} 栏")
    years = _years(header)

    def cell(matches: Callable[[str], object]) -> str:
        return next((c for column, c in zip(columns, cells, strict=True) if matches(column)), "")

    def value(year: int | None, kinds: re.Pattern[str]) -> str | None:
        found = cell(lambda column: (year and str(year) in column) or kinds.search(column))
        return found if found.strip("—–-/ ") else None

    name = cell(lambda column: "指标" in column)
    parted = _NAME_AND_MEASURE.match(name)
    measure = cell(_MEASURE_COLUMN.match) or (parted["measure"] if parted and not parted["rest"] else "")
    return Indicator(
        name=parted["name"] if parted and not parted["rest"] else name,
        measure=measure,
        base_year=years[0],
        base=value(years[0], re.compile("基期|基数|现状")),
        target_year=years[1],
        target=value(years[1], re.compile("目标")),
        responsibility=responsibility,
        clause_id=clause_id,
    )


def _years(header: str) -> tuple[int | None, int | None]:
    """The years of the base and of the target; of columns that say neither, the first and the last."""
    found = [(int(m["year"]), m["kind"]) for m in _YEAR_COLUMN.finditer(header)]
    base = next((year for year, kind in found if kind not in _TARGET_KINDS), None)
    target = next((year for year, kind in found if kind in _TARGET_KINDS), None)
    if target is None and len(found) > 1:
        target = found[-1][0]
    return base, target


def _part_row(row: str, header: str, units: Iterable[str]) -> tuple[str, str]:
    """The row without its units, and the units; a table without a column for them has none."""
    if not _UNITS_COLUMN.search(header):
        return row, ""
    if "\t" in header:
        columns, cells = header.split("\t"), row.split("\t")
        held = [c for column, c in zip(columns, cells, strict=False) if _UNITS_COLUMN.search(column)]
        return row, held[0].strip() if held else ""
    body, note = _part_units(row, units)
    return body, _ATTRIBUTE.sub("", note)


def _part_units(row: str, units: Iterable[str]) -> tuple[str, str]:
    """The row without its units, and the units.

    They follow the last digit; in a row without digits they begin with the first unit that another note
    names. 2.41人行廊坊中心分行、…: a unit that only the table names is found as well.
    """
    ends = [match.end() for match in _AFTER_VALUES.finditer(row)]
    starts = ends[-1:] or [at for unit in units if (at := row.find(unit)) > 0]
    start = min(starts, default=len(row))
    return row[:start].strip(), row[start:].strip()


def _part_name(body: str) -> tuple[str, str, str]:
    """Name, measure and the rest of a row without its units."""
    match = _NAME_AND_MEASURE.match(body)
    if match:
        name, measure, rest = match["name"], match["measure"], match["rest"]
        # 企事业单位(累计)(家)20200: the last bracket before the values is the measure.
        while further := re.match(r"^[(（]([^()（）]{1,8})[)）](.*)$", rest):
            name, measure, rest = f"{name}({measure})", further[1], further[2]
        return name.strip(), measure, rest
    if qualitative := _QUALITATIVE.search(body):
        return body[: qualitative.start()].strip(), "", qualitative.group()
    raise _AmbiguousRowError(f"看不出指标名称与目标值:{body}")


def _part_values(digits: str, name: str, measure: str, prose: Iterable[str]) -> tuple[str | None, str]:
    marked = re.findall(r"([\d.]+)\s*[%％]", digits)
    if len(marked) == 2:
        return marked[0], marked[1]
    spaced = digits.replace("%", " ").replace("％", " ").split()
    if len(spaced) == 2:
        return spaced[0], spaced[1]
    ways = split_values("".join(spaced))
    if len(ways) == 1:
        return ways[0]
    supported = _best_supported(ways, name, measure, list(prose))
    if supported is None:
        raise _AmbiguousRowError(f"“{digits.strip()}”有 {len(ways)} 种读法,正文没有可以印证的数")
    return supported


def _best_supported(
    ways: Sequence[tuple[str, str]], name: str, measure: str, prose: Sequence[str]
) -> tuple[str, str] | None:
    """The one way whose values the text repeats about the same matter, or None.

    A value is repeated where it stands with its measure in a sentence that shares the most of the name's
    character pairs; a way scores by the better shared of its values' sentences.
    """
    pairs = {name[i : i + 2] for i in range(len(name) - 1)}

    def support(value: str) -> float:
        stated = re.compile(rf"(?<![\d.]){re.escape(value)}\s*{re.escape(measure)}")
        return max(
            (sum(p in s for p in pairs) / max(len(pairs), 1) for s in prose if stated.search(s)), default=0.0
        )

    scored = sorted(
        ((max(support(base), support(target)), (base, target)) for base, target in ways), reverse=True
    )
    if not scored or scored[0][0] == 0 or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][1]
