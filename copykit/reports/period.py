"""Days, weeks and months that reports are about: the last whole one before a day, its neighbours, its names."""

from __future__ import annotations

import calendar
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from copykit.errors import CopykitError

Kind = Literal["day", "week", "month"]
KINDS: tuple[Kind, ...] = ("day", "week", "month")
_LABEL = re.compile(r"(\d{4})-(?:W(\d{2})|(\d{2})(?:-(\d{2}))?)")


class BadPeriod(CopykitError):
    """A name of a period that is none, or of another kind than the report's."""

    zh = "“{label}”不是这份报告的一期；{kind_zh}这样写：{example}"
    en = "'{label}' is no period of this report; a {kind} is written {example}"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From ``start`` to ``end``, both included."""

    start: date
    end: date
    kind: Kind

    @property
    def label(self) -> str:
        """Return the ISO name: 2026-11-21, 2026-W47, 2026-11."""
        match self.kind:
            case "day":
                return self.start.isoformat()
            case "week":
                year, week, _ = self.start.isocalendar()
                return f"{year}-W{week:02}"
            case "month":
                return f"{self.start:%Y-%m}"

    def say(self, lang: str = "zh", *, year: bool = False) -> str:
        """Return the days for people: 10月26日—11月1日; with ``year`` they say of which."""
        if lang != "zh":
            return self.start.isoformat() if self.kind == "day" else f"{self.start} to {self.end}"
        if self.kind == "month":
            return f"{self.start.year}年{self.start.month}月"
        first = f"{self.start.month}月{self.start.day}日"
        if year and self.start.year == self.end.year:
            first = f"{self.start.year}年{first}"
        if self.kind == "day":
            return first
        if self.start.year != self.end.year:
            first = f"{self.start.year}年{first}"
            return f"{first}—{self.end.year}年{self.end.month}月{self.end.day}日"
        return f"{first}—{self.end.month}月{self.end.day}日"

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def before(self) -> Period:
        """Return the period just before."""
        return holding(self.start - timedelta(days=1), self.kind)

    def after(self) -> Period:
        """Return the period just after."""
        return holding(self.end + timedelta(days=1), self.kind)


def holding(day: date, kind: Kind) -> Period:
    """Return the period that holds a day; weeks begin on Monday."""
    match kind:
        case "day":
            return Period(day, day, kind)
        case "week":
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6), kind)
        case "month":
            last = calendar.monthrange(day.year, day.month)[1]
            return Period(day.replace(day=1), day.replace(day=last), kind)


def last_whole(today: date, kind: Kind) -> Period:
    """Return the last period that is over on a day: a late run covers the same one as a run in time."""
    return holding(today, kind).before()


def parse(label: str, kind: Kind) -> Period:
    """Read a label.

    Raises:
        BadPeriod: no such period, or one of another kind.
    """
    found = _LABEL.fullmatch(label.strip())
    try:
        if found is not None:
            year, week, month, day = (int(part) if part else 0 for part in found.groups())
            if week and kind == "week":
                return holding(date.fromisocalendar(year, week, 1), kind)
            if month and not day and kind == "month":
                return holding(date(year, month, 1), kind)
            if day and kind == "day":
                return holding(date(year, month, day), kind)
    except ValueError:
        pass
    examples = {"day": "2026-11-21", "week": "2026-W47", "month": "2026-11"}
    chinese = {"day": "日报", "week": "周报", "month": "月报"}
    raise BadPeriod(label=label, kind=kind, kind_zh=chinese[kind], example=examples[kind])


def kind_of(label: str) -> Kind | None:
    """Return which kind of period a label names, None where it names none."""
    for kind in KINDS:
        with suppress(BadPeriod):
            parse(label, kind)
            return kind
    return None


def between(first: Period, last: Period) -> list[Period]:
    """Return the periods after ``first`` and before ``last``, oldest first: those that were missed."""
    found = []
    each = first.after()
    while each.start < last.start:
        found.append(each)
        each = each.after()
    return found
