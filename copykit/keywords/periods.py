"""Which periods may be compared: weeks like this one, by weekday, by sales days and by the lunar calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from copykit.calendar import Calendar, Workdays

By = Literal["day", "week", "month"]
NEAR = 4  # days by which the same place before a moving feast may differ
WHOLE = 1 / 3  # of its days have to lie round a feast for a period to be one of it
WEEKDAYS = 0.1  # by which the share of a weekday may differ; months do by a thirtieth


class Period(NamedTuple):
    """Half-open days, and what lies in them: feasts, each with the days from it to the period's first day."""

    start: date
    end: date
    feasts: tuple[tuple[str, int], ...] = ()

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def name(self) -> str:
        """What people call it."""
        last = self.end - timedelta(days=1)
        return self.start.isoformat() if last == self.start else f"{self.start.isoformat()}…{last.isoformat()}"


class Basis(NamedTuple):
    """What is compared with what.

    ``alike`` is False where no earlier period is like this one, so that some of the change is the calendar's.
    ``year_ago`` are the period like this one a year ago and those before it, where there are such.
    """

    now: Period
    before: tuple[Period, ...]
    alike: bool
    year_ago: tuple[Period, tuple[Period, ...]] | None = None


class Diary:
    """Cuts days into periods and knows what lies in them."""

    def __init__(self, calendar: Calendar, settings: Mapping[str, Any]) -> None:
        self._calendar, self._around = calendar, settings["around"]
        self._baseline = int(settings["baseline"])
        self._workdays = Workdays()

    def periods(self, days: Iterable[date], by: By) -> list[Period]:
        """Return the periods that hold the days, in order; only those of which something is known."""
        starts = sorted({_start(day, by) for day in days})
        return [Period(start, _end(start, by), self._feasts(start, _end(start, by))) for start in starts]

    def basis(self, periods: Sequence[Period], now: Period, by: By) -> Basis | None:
        """Return the periods to hold one against, the nearest first in time; None where nothing is earlier."""
        earlier = [period for period in periods if period.end <= now.start]
        if not earlier:
            return None
        alike = [period for period in earlier if self._alike(period, now, by)]
        chosen = (alike or earlier)[-self._baseline :]
        year_ago = self._year_ago(periods, now, by)
        return Basis(now, tuple(chosen), bool(alike), year_ago)

    def _alike(self, one: Period, other: Period, by: By) -> bool:
        if by == "day":
            off = self._workdays.is_off
            if one.start.weekday() != other.start.weekday() or off(one.start) != off(other.start):
                return False
        away = dict(one.feasts)
        return away.keys() == dict(other.feasts).keys() and all(
            abs(away[name] - far) <= NEAR for name, far in other.feasts
        )

    def differences(self, now: Sequence[date], before: Sequence[date]) -> tuple[list[str], bool]:
        """Return the feasts that only one of two sets of days lies round, and whether their weekdays differ."""
        first, second = (
            {name for name, _ in self._feasts(min(days), max(days) + timedelta(days=1))} for days in (now, before)
        )
        shares = [Counter(day.weekday() for day in set(days)) for days in (now, before)]
        sizes = [sum(share.values()) for share in shares]
        apart = max(abs(shares[0][day] / sizes[0] - shares[1][day] / sizes[1]) for day in range(7))
        return sorted(first ^ second), apart > WEEKDAYS

    def year_ago(self, periods: Sequence[Period], now: Period, by: By) -> Period | None:
        """Return the period a year ago that lies as this one does: as far from the same feast, else 52 weeks away."""
        old = [period for period in periods if 330 <= (now.start - period.start).days <= 400]
        old = [period for period in old if self._alike(period, now, by)]
        if not now.feasts:
            old = [period for period in old if abs((now.start - period.start).days - 364) <= 16]
        away = dict(now.feasts)

        def unlike(period: Period) -> tuple[int, int]:
            moved = sum(abs(away[name] - far) for name, far in period.feasts)
            return moved, abs((now.start - period.start).days - 364)

        return min(old, key=unlike, default=None)

    def _year_ago(self, periods: Sequence[Period], now: Period, by: By) -> tuple[Period, tuple[Period, ...]] | None:
        """Return the period like this one a year ago and those before it, which are without a feast."""
        like = self.year_ago(periods, now, by)
        if like is None:
            return None
        before = [period for period in periods if period.end <= like.start and not period.feasts]
        before = before[-self._baseline :]
        return (like, tuple(before)) if before else None

    def _feasts(self, start: date, end: date) -> tuple[tuple[str, int], ...]:
        """Return the feasts that a period lies round, and how many days its start is from them (below 0: before)."""
        found: dict[str, int] = {}
        reach = timedelta(days=60)
        for kept in self._calendar.between(start - reach, end + reach):
            span = self._around.get(kept.name)
            if span is None:
                continue
            first, last = kept.day - timedelta(days=span[0]), kept.day + timedelta(days=span[1] + 1)
            overlap = (min(end, last) - max(start, first)).days
            if overlap >= max(1, WHOLE * (end - start).days):
                found[kept.name] = (start - kept.day).days
        return tuple(sorted(found.items()))


def unbroken(periods: Sequence[Period]) -> int:
    """Return how many of the last of these follow on each other without a gap."""
    count = 1
    for earlier, later in zip(periods[-2::-1], periods[:0:-1], strict=True):
        if earlier.end != later.start:
            break
        count += 1
    return count


def left_out(periods: Iterable[Period], basis: Basis) -> list[Period]:
    """Return the periods between those compared with and the one compared, which are unlike it."""
    return [period for period in periods if basis.before[-1].end <= period.start < basis.now.start]


def latest_whole(periods: Sequence[Period], last: date, days: Iterable[date] = ()) -> Period | None:
    """Return the latest period that is over by the last day that is known, else the latest; None without periods.

    Where every period has one of the ``days`` alone, that day stands for it: weekly reports are dated by their first.
    """
    known = set(days)
    if known and max(sum(period.start <= day < period.end for day in known) for period in periods) == 1:
        return max(periods, key=lambda period: period.start)
    whole = [period for period in periods if period.end <= last + timedelta(days=1)]
    return whole[-1] if whole else (periods[-1] if periods else None)


def _start(day: date, by: By) -> date:
    match by:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)


def _end(start: date, by: By) -> date:
    match by:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return (start + timedelta(days=32)).replace(day=1)
