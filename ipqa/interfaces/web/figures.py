"""指标 as HTML: base, target and change of every indicator, each drawn on its own scale."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from html import escape

from ipqa.answers.compose import change_in_words
from ipqa.engine import PolicySearch
from ipqa.interfaces.web.marks import NO_VALUE, TABLE_FORMATS, downloads, notice, source_link, units
from ipqa.models import Indicator


def figures(policy: PolicySearch, base: str = "") -> str:
    """All indicators of the corpus; ``base`` is the path that the page is served under."""
    rows = policy.indicators()
    if not rows:
        return notice("语料里的文件没有指标表。")
    items = "".join(_row(policy, indicator) for indicator in rows)
    return (
        f'<section class="ipqa-figures"><div class="ipqa-list-head"><h2>{len(rows)} 项指标</h2>'
        "<p>各项的计量单位不同,每项按自己的比例画:浅色是基期值,深色是目标值。变化由程序算得,其余照原文。</p>"
        f"{downloads(base, 'indicators', TABLE_FORMATS)}</div><ol>{items}</ol></section>"
    )


def _row(policy: PolicySearch, indicator: Indicator) -> str:
    clause = policy.clause(indicator.clause_id)
    measure = f"<small>({escape(indicator.measure)})</small>" if indicator.measure else ""
    return (
        f'<li class="ipqa-figure" data-clause="{escape(clause.id)}">'
        f"<h3>{escape(indicator.name)}{measure}</h3>"
        f'<div class="ipqa-bars">{_bars(indicator)}</div>'
        f'<p class="ipqa-change">{_change(indicator)}</p>'
        f"{units(indicator.responsibility)}"
        f"{source_link(clause, name=f'在原文中查看:{indicator.name}')}</li>"
    )


def _bars(indicator: Indicator) -> str:
    base, target = number(indicator.base), number(indicator.target)
    most = max((value for value in (base, target) if value is not None), default=Decimal(0))
    return _bar("base", _year(indicator.base_year, "基期"), indicator.base, base, most) + _bar(
        "target", _year(indicator.target_year, "目标"), indicator.target, target, most
    )


def _bar(kind: str, name: str, written: str | None, value: Decimal | None, most: Decimal) -> str:
    """One value: a bar as long as its share of the greater one; a value in words stands as it is."""
    told = NO_VALUE if written is None else written
    bar = ""
    if value is not None and most > 0:
        share = max(0, round(float(value / most) * 100, 1))
        bar = f'<span class="ipqa-track"><span style="width:{share}%"></span></span>'
    return (
        f'<div class="ipqa-bar ipqa-bar-{kind}{"" if bar else " ipqa-words"}"><span>{name}</span>{bar}'
        f"<b>{escape(told)}</b></div>"
    )


def _change(indicator: Indicator) -> str:
    told = change_in_words(indicator)
    if not told:
        reason = "目标以文字表述" if number(indicator.target) is None else "没有基期值"
        return f'<span class="ipqa-way">—</span>{reason},不计算变化'
    falls = (number(indicator.target) or Decimal(0)) < (number(indicator.base) or Decimal(0))
    way = "↓" if falls else "↑"
    note = "(目标值低于基期值,照原文列出)" if falls else ""
    return f'<span class="ipqa-way" aria-hidden="true">{way}</span>{escape(told.rstrip("。"))}{note}'


def number(written: str | None) -> Decimal | None:
    """A value as written as a number; None where it is words or missing."""
    try:
        return Decimal((written or "").strip().rstrip("%％"))
    except InvalidOperation:
        return None


def _year(year: int | None, name: str) -> str:
    return f"{year} 年" if year else name
