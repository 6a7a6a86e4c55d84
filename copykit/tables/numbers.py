"""Numbers as exports write them."""

from __future__ import annotations

import math
import re
import unicodedata


def parse_number(text: str) -> float | None:
    """Read a number as exports write it; None for anything else, ranges and ``-`` included.

    ``3.21%`` is 0.0321; ``1.2万`` and ``1.2w`` are 12000; ``10万+`` is its floor; currency and blanks are dropped.
    """
    if text.isdigit() and text.isascii() and len(text) < _PLAIN:
        return float(text)  # what most cells are, at a tenth of the time
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip().lower().replace("−", "-"))
    if found is None:
        return None
    digits = re.sub(r"[,\s]", "", found["digits"])
    value = float(found["sign"] + digits) * _SCALES[found["scale"] or ""]
    return value if math.isfinite(value) else None


_PLAIN = 16  # digits that a float holds
_SCALES = {"": 1.0, "%": 0.01, "‰": 0.001, "千": 1e3, "k": 1e3, "万": 1e4, "w": 1e4, "亿": 1e8}
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)\s*(?:[¥$€£]|rmb|cny)?\s*"
    r"(?P<digits>\d{1,3}(?:[,\s]\d{3})+(?:\.\d+)?|\d+\.?\d*(?:e[-+]?\d{1,3})?|\.\d+)"
    r"\s*(?P<scale>[%‰千k万w亿])?\s*(?:元|円|rmb|cny)?\+?",
    re.ASCII,
)
