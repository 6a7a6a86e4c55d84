"""Dates as exports and file names write them."""

from __future__ import annotations

import re
from datetime import date


def find_day(text: str) -> date | None:
    """Return the first date in a text, None when there is none: 2026-11-01, 2026/11/1, 2026年11月1日, 20261101."""
    for found in _DAY.finditer(text):
        year, month, day = (int(part) for part in found.groups() if part is not None)
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return None


_DAY = re.compile(
    r"(?<!\d)(?:((?:19|20)\d\d)[-/._年]\s?(\d{1,2})[-/._月]\s?(\d{1,2})(?!\d)|((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d))"
)
