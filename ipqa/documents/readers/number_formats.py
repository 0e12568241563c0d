"""How Word writes the numbers of its lists (ST_NumberFormat), as far as Chinese documents use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def format_number(number: int, style: str) -> str:
    """A number in one of Word's formats; in plain digits where the format does not reach or is unknown.

    ``none`` and ``bullet`` give nothing.
    """
    if style in ("none", "bullet"):
        return ""
    written = _FORMATS[style](number) if style in _FORMATS and 0 < number < 10_000 else None
    return str(number) if written is None else written


def _counting(number: int) -> str:
    """十一, 九十九, but 一〇〇: the Chinese counting system goes by digits from 100."""
    return _thousands(number) if number < 100 else _by_digits(number)


def _thousands(number: int, digits: str = _DIGITS, units: str = "十百千", gap: str = "〇") -> str:
    """一百〇一, as Word writes it."""
    written = ""
    for place, digit in enumerate(reversed(str(number))):
        if digit != "0":
            unit = units[place - 1] if place else ""
            # a gap is written once, and not at the end: 一千〇一, 一千一百
            skipped = place and number // 10 ** (place - 1) % 10 == 0 and number % 10**place
            written = digits[int(digit)] + unit + (gap if skipped else "") + written
    starts_with_ten = digits is _DIGITS and 10 <= number < 20
    return written[1:] if starts_with_ten else written


def _japanese(number: int) -> str:
    """Without 一 before a unit, and without gaps: 百一."""
    units = "千百十"
    figures = [int(digit) for digit in f"{number:04}"]
    written = "".join(
        ("" if digit == 1 else _DIGITS[digit]) + unit
        for digit, unit in zip(figures, units, strict=False)
        if digit
    )
    return written + (_DIGITS[figures[-1]] if figures[-1] else "")


def _legal(number: int) -> str:
    return _thousands(number, _LEGAL_DIGITS, "拾佰仟", "零")


def _by_digits(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


def _letter(number: int) -> str:
    """The letters of an outline: a … z, then aa, bb."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def _from(first: str, count: int) -> Callable[[int], str | None]:
    """Characters that stand one after another in Unicode, such as ① to ⑳."""
    return lambda number: chr(ord(first) + number - 1) if number <= count else None


def _of(characters: str) -> Callable[[int], str | None]:
    return lambda number: characters[number - 1] if number <= len(characters) else None


_FORMATS: Mapping[str, Callable[[int], str | None]] = {
    "decimalZero": lambda number: f"{number:02}",
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": _thousands,
    "taiwaneseCountingThousand": _thousands,
    "japaneseCounting": _japanese,
    "koreanDigital2": _by_digits,
    "ideographDigital": _by_digits,
    "japaneseDigitalTenThousand": _by_digits,
    "taiwaneseDigital": _by_digits,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "japaneseLegal": _legal,
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    "ideographEnclosedCircle": _from("㈠", 10),  # Word puts them in brackets, whatever the name says
    "decimalEnclosedCircle": _from("①", 20),
    "decimalEnclosedCircleChinese": _from("①", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "numberInDash": lambda number: f"- {number} -",
}
