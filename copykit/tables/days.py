"""Days as exports and the names of files write them."""

from __future__ import annotations

import datetime
import re
import unicodedata

_DAY = re.compile(
    r"(?<!\d)(?:(?P<y>(?:19|20)\d\d)\s*[-/._年]\s*(?P<m>\d{1,2})\s*[-/._月]\s*(?P<d>\d{1,2})(?:\s*日)?(?!\d)|"
    r"(?P<y8>(?:19|20)\d\d)(?P<m8>\d\d)(?P<d8>\d\d)(?!\d))"
)
# Excel's day 1 is 1900-01-01, and it believes in a 29 February 1900.
_EXCEL_FIRST = datetime.date(1899, 12, 30)
_EXCEL_RANGE = range(36526, 73051)  # the years 2000 to 2099


def parse_day(text: str, zone: datetime.tzinfo | None = None) -> datetime.date | None:
    """Read a cell that is a day as exports write it; None for anything else.

    2026-11-21, 2026/11/21 08:30, 2026年11月21日, 20261121, a day number of Excel, and ISO times; a time that names its
    own zone is taken to ``zone``. Of a span (2026-11-16 至 2026-11-22) the first day counts.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if zone is not None and plain[-1:] in ("Z", "z", "0", "5") and ("T" in plain or ":" in plain):
        try:
            moment = datetime.datetime.fromisoformat(plain)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(zone).date()
    found = _DAY.match(plain)
    if found is not None:
        return _day(found)
    if plain.isdigit() and len(plain) == 5 and int(plain) in _EXCEL_RANGE:
        return _EXCEL_FIRST + datetime.timedelta(days=int(plain))
    return None


def find_day(text: str) -> datetime.date | None:
    """Return the first day anywhere in a text, as in the name of a file; None where there is none."""
    days = map(_day, _DAY.finditer(unicodedata.normalize("NFKC", text)))
    return next((day for day in days if day is not None), None)


def _day(found: re.Match[str]) -> datetime.date | None:
    try:
        return datetime.date(*(int(found[name] or found[f"{name}8"]) for name in "ymd"))
    except ValueError:
        return None
