"""Numbers as Chinese titles write them: 1,234 · 3.5 · 1.2万 · 3w · 2万8 · 三个 · 三五 · 十几 · 上百 · 一百二十."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from copykit.late import late


class Number(NamedTuple):
    """A number at ``start:end``; its unit would begin at ``unit_start``. ``low`` < ``high`` when it is vague.

    ``scale`` is what a following 万, k … multiplied it by. ``bare`` numbers are written as years are (2024, 二零二四).
    """

    start: int
    end: int
    unit_start: int
    low: float
    high: float
    scale: float
    bare: bool

    def scaled_as(self, other: Number) -> Number:
        """Return the 3 of 3-5万 as 3万."""
        if self.scale == 1 and other.scale > 1 and self.low * other.scale <= other.low:
            return self._replace(low=self.low * other.scale, high=self.high * other.scale)
        return self


def numbers(
    text: str, bounds: Collection[int], prefixes: tuple[str, ...] = (), low: int = 0, high: int | None = None
) -> Iterator[Number]:
    """Yield the numbers of a folded text between ``low`` and ``high``; ``bounds`` are where its words begin or end.

    A number in Chinese numerals begins where a word does (not inside 统一), or after one of ``prefixes`` (百分之).
    """
    place, last = low, len(text) if high is None else high
    while (first := _FIRST.search(text, place, last)) is not None:
        place = first.start()
        match = _NUMBER.match(text, place, last)
        if match is None:
            place += 1
            continue
        start, place = match.span()
        if place - start <= _LONGEST:
            number = _in_digits(match) if match[1] is not None else _in_han(match, text, bounds, prefixes)
            if number is not None:
                yield _with_vagueness(number, text) if text[number.end : number.end + 1] in _AFTER else number


DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
ONE_DIGIT = {**{str(value): value for value in range(10)}, **DIGITS}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {**_TENS, "万": 10_000, "亿": 100_000_000, "w": 10_000, "k": 1000}
_HAN_NUMERALS = "".join(DIGITS) + "十百千万亿"
# Looked for before the pattern below is tried, which takes twenty times as long at a place where no number begins.
_FIRST = late(rf"[0-9上近好{_HAN_NUMERALS}几半数]")
_NUMBER = late(
    # Not inside a model number (V30, X-200) nor after a decimal point.
    r"(?<![a-z\d.])(?<![a-z]-)(?P<digits>\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?: ?(?P<scale>[十百千万亿]{1,4}|[wk](?![a-z]))(?P<rest>[1-9](?![\d.十百千万亿]))?)?"
    rf"|(?:上(?=[百千万亿])|近(?=[十百千万亿])|好(?=几))?(?P<han>(?:[{_HAN_NUMERALS}几半]|数(?=[十百千万亿]))+)",
    re.ASCII,
)
# Digits alone, more than two, that are no year, or 万一: more likely two words than one number.
_FUSED = late(r"(?!一九|二[零〇])[一二两三四五六七八九]{3,}|万一.+")
# What makes a number vague or small from before (月薪只有3千).
HEDGES = ("只有", "不到", "才", "仅", "约", "近", "超", "过", "从")
# What may stand right after a word of price, for a quick look.
AFTER_PREFIX = frozenset("0123456789 上好几数" + _HAN_NUMERALS + "".join(hedge[0] for hedge in HEDGES))
# What may stand right before a unit, for a quick look.
BEFORE_UNIT = frozenset("0123456789wk+多余来" + _HAN_NUMERALS + "几半")
_LONGEST = 16  # more digits are a barcode or a joke, and would overflow


def _in_digits(match: re.Match[str]) -> Number | None:
    start, end = match.span()
    digits, scales, rest, _ = match.groups()
    if digits[0] == "0" and digits[1:2].isdigit():
        return None  # 09年, 007: a year or a code
    scale = 1.0
    for char in scales or "":
        scale *= _SCALES[char]
    value = float(digits.replace(",", "")) * scale
    if rest:
        value += int(rest) * scale / 10  # 2万8
    return _new(Number, (start, end, end, value, value, scale, scale == 1 and digits.isdigit()))


_new = tuple.__new__  # a named tuple's own constructor takes twice as long


def _in_han(match: re.Match[str], text: str, bounds: Collection[int], prefixes: tuple[str, ...]) -> Number | None:
    start, end = match.span()
    run = match["han"]
    begins = start in bounds or text.endswith(prefixes, 0, start)
    if match.start("han") == start and (not begins or _FUSED.fullmatch(run)):
        # 唯一|一次, 五一|三天, 万一|三天: the number is what follows the word.
        inside = [place for place in range(start + 1, end) if place in bounds]
        if inside:
            start = max(inside) if begins else inside[0]
            run = text[start:end]
        elif not begins:
            return None
    parsed = parse_han(run)
    if parsed is None:
        return None
    low, high = parsed
    bare = len(run) > 1 and low == high and set(run) <= DIGITS.keys()
    return _new(Number, (start, end, end, low, high, 1.0, bare))


def _with_vagueness(number: Number, text: str) -> Number:
    """Return the number with what 多 or + adds to it, and past a blank before its unit."""
    end = number.end
    if text[end : end + 1] in _VAGUE:
        end += 1
        number = number._replace(unit_start=end, high=number.high + _step(number.high), bare=False)
    return number._replace(unit_start=end + 1) if text[end : end + 1] == " " else number


_VAGUE = frozenset("多余来几+")
_AFTER = _VAGUE | {" "}


def _step(value: float) -> float:
    """Return how much 多 may add: 20多 stays below 30, 300多 below 400."""
    step = 1.0
    while value and value % (step * 10) == 0 and step < 1e12:
        step *= 10
    return step


def parse_han(run: str) -> tuple[float, float] | None:
    """Return the bounds of a number in Chinese numerals (三五 → 3, 5; 几十 → 20, 90), None when it is none."""
    if run == "半":
        return 0.5, 0.5
    if not run or "半" in run or len(run) > _LONGEST:
        return None
    if "几" in run or "数" in run:
        run = run.replace("数", "几")
        if run.count("几") > 1:
            return None
        # 几 is two to nine at the front and one to nine after 十: 几十, 十几.
        return _han_value(run.replace("几", "二" if run[0] == "几" else "一")), _han_value(run.replace("几", "九"))
    if set(run) <= DIGITS.keys():
        if len(run) == 2 and 0 < DIGITS[run[0]] < DIGITS[run[1]]:
            return float(DIGITS[run[0]]), float(DIGITS[run[1]])
        value = float("".join(str(DIGITS[char]) for char in run))
        return value, value
    pairs = [at for at in range(len(run) - 1) if DIGITS.get(run[at], 0) and DIGITS.get(run[at + 1], 0)]
    if len(pairs) > 1:
        return None
    if pairs:
        low, high = (_han_value(run[: pairs[0] + drop] + run[pairs[0] + drop + 1 :]) for drop in (1, 0))
        return (low, high) if low < high else None
    value = _han_value(run)
    return value, value


def _han_value(run: str) -> float:
    """Return the value of well-formed numerals; 三千五 is 3500 and a bare 百 is 100."""
    total = section = 0.0
    digit, unit = 0, 0
    for char in run:
        if char in DIGITS:
            digit = DIGITS[char]
            if not digit:
                unit = 0
        elif char in _TENS:
            unit = _TENS[char]
            section += (digit or (0 if section else 1)) * unit
            digit = 0
        else:
            unit = _SCALES[char]
            part = section + digit
            total = total + (part or (0 if total else 1)) * unit if unit == 10_000 else ((total + part) or 1) * unit
            section, digit = 0.0, 0
    return total + section + digit * (unit / 10 if unit > 10 else 1)
