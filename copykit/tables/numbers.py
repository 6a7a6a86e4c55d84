"""Numbers as exports write them."""

from __future__ import annotations

import math
import re
import unicodedata

from copykit.late import late


def parse_number(text: str) -> float | None:
    """Read a number as exports write it; None for anything else, ranges and ``-`` included.

    ``3.21%`` is 0.0321; ``1.2万`` and ``1.2w`` are 12000; ``10万+`` is its floor; currency, blanks and what was
    counted (次, 单, 件 …) are dropped.
    """
    if text.isdigit() and text.isascii() and len(text) < _PLAIN:
        return float(text)  # what most cells are, at a tenth of the time
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip().lower().replace("−", "-"))
    if found is None:
        return None
    digits = re.sub(r"[,\s]", "", found["digits"])
    value = float(found["sign"] + digits)
    if found["scale"]:
        value = float(f"{value * _SCALES[found['scale']]:.15g}")  # 1.14万 is 11,400, not 11,399.999999999998
    return value if math.isfinite(value) else None


def estimate_number(text: str) -> float | None:
    """Return the middle of what a cell leaves open; None for anything else than a range or an upper bound.

    ``3000~5000`` and ``3000-5000`` are 4000, ``<100`` and ``100以下`` are 50, as if from nought; the scale of the end
    holds for both: ``1~2万`` is 15000.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    bound = _AT_MOST.fullmatch(plain)
    if bound is not None:
        most = parse_number(bound[1] or bound[2])
        return most / 2 if most is not None and most > 0 else None
    low_text, sign, high_text = next((parts for parts in map(plain.partition, _RANGES) if parts[1]), ("", "", ""))
    low, high = parse_number(low_text), parse_number(high_text)
    if not sign or low is None or high is None:
        return None
    if low_text.strip()[-1:].isdigit() and (scale := _SCALED.search(high_text)):
        low *= _SCALES[scale[0].lower()]
    return (low + high) / 2 if 0 <= low <= high else None


def is_bound(text: str) -> bool:
    """Return whether a cell tells a bound rather than a number: 99起, 100以下, ≥50."""
    return _BOUND.search(text) is not None


_RANGES = (
    "~",
    "〜",
    "∼",
    "—",
    "–",
    "至",
    "到",
    "-",
)  # as they stand after NFKC, which makes ～ and － the first and last
_UPPER, _UPPER_BEHIND = "小于|不足|低于|不到|不超过?", "以下|以内"
_AT_MOST = late(rf"(?:[<≤]=?|{_UPPER})\s*(.+)|(.+?)(?:{_UPPER_BEHIND})")
_BOUND = late(rf"{_UPPER}|{_UPPER_BEHIND}|起|以上|高于|大于|超过|最[低高]|[<>≤≥＜＞]")
_SCALED = late(r"[%‰千k万w亿]\s*$", re.IGNORECASE)
_PLAIN = 16  # digits that a float holds
_SCALES = {"": 1.0, "%": 0.01, "‰": 0.001, "千": 1e3, "k": 1e3, "万": 1e4, "w": 1e4, "亿": 1e8}
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)\s*(?:[¥$€£]|rmb|cny)?\s*"
    r"(?P<digits>\d{1,3}(?:[,\s]\d{3})+(?:\.\d+)?|\d+\.?\d*(?:e[-+]?\d{1,3})?|\.\d+)"
    r"\s*(?P<scale>[%‰千k万w亿])?\s*\+?(?:元|円|rmb|cny|人次|[次单件人笔个条位篇台只份])?\+?",
    re.ASCII,
)
