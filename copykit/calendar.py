"""Days that people keep, sales days, and which days are worked: lunar dates and days off through libraries."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from copykit.datafiles import DataFiles
from copykit.model import CalendarDay


class Calendar:
    """The calendar of a run: ``data/calendar`` holds what is kept when, the libraries turn it into dates."""

    def __init__(self, files: DataFiles) -> None:
        self._data = [entry for kept in files.load("calendar").values() for entry in kept["days"]]
        self._years: dict[int, list[CalendarDay]] = {}
        self._quiet: dict[date, bool] = {}

    def between(self, start: date, end: date) -> list[CalendarDay]:
        """Return the days kept from ``start`` up to, without, ``end``, by date."""
        # Offsets are sixty days at most, so that a day may belong to a neighbouring year's entry.
        found = {day for year in range(start.year - 1, end.year + 2) for day in self._of_year(year)}
        return sorted(day for day in found if start <= day.day < end)

    def quiet(self, day: date) -> bool:
        """Return whether nothing is promoted on a day."""
        if day not in self._quiet:  # a plan asks for the same days thousands of times
            self._quiet[day] = any(kept.use == "quiet" for kept in self.between(day, day + timedelta(days=1)))
        return self._quiet[day]

    def _of_year(self, year: int) -> list[CalendarDay]:
        if year not in self._years:
            self._years[year] = [
                CalendarDay(day, entry["name"], entry["use"], entry.get("ship", 0))
                for entry in self._data
                for day in _days(entry, year)
            ]
        return self._years[year]


def _days(entry: Mapping[str, Any], year: int) -> Iterator[date]:
    """Yield when an entry falls in a (solar or lunar) year: once, or not at all where the year has no such day."""
    if entry.get("year", year) != year:
        return
    if "lunar_month" in entry:
        day = lunar(year, entry["lunar_month"], entry["lunar_day"])
    elif "term" in entry:
        day = _term(year, entry["term"])
    elif "nth" in entry:
        day = nth_weekday(year, entry["month"], entry["weekday"], entry["nth"])
    else:
        day = solar(year, entry["month"], entry["day"])
    if day is not None:
        yield day + timedelta(days=entry.get("offset", 0))


def solar(year: int, month: int, day: int) -> date | None:
    """Return a date, None when the month has no such day."""
    return date(year, month, day) if day <= months.monthrange(year, month)[1] else None


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """Return the nth Monday (1) … Sunday (7) of a month, None when there are fewer."""
    first = (weekday - 1 - date(year, month, 1).weekday()) % 7 + 1
    return solar(year, month, first + 7 * (nth - 1))


def lunar(year: int, month: int, day: int) -> date | None:
    """Return a lunar date of an ordinary (not a leap) month, None when it does not exist or lies outside 1900–2100."""
    from borax.calendars.lunardate import InvalidLunarDateError, LunarDate  # 13 ms

    try:
        return LunarDate(year, month, day, 0).to_solar_date()  # type: ignore[no-any-return]
    except (InvalidLunarDateError, ValueError):
        return None


def _term(year: int, name: str) -> date | None:
    from borax.calendars.lunardate import TermUtils

    try:
        return TermUtils.nth_term_day(year, term_name=name)  # type: ignore[no-any-return]
    except ValueError:
        return None


class Workdays:
    """Which days are worked: by the State Council's notices as far as they are published, then Monday to Friday."""

    def __init__(self) -> None:
        from chinese_calendar import constants  # 3 ms

        self._holidays = constants.holidays
        self._worked = constants.workdays
        self.known_until = date(max(day.year for day in self._holidays), 12, 31)

    def is_off(self, day: date) -> bool:
        """Return whether people have the day off."""
        if day in self._worked:
            return False
        return day in self._holidays or day.weekday() >= 5

    def last_at_or_before(self, day: date, earliest: date) -> date:
        """Return the nearest working day not after ``day``; ``day`` itself when there is none from ``earliest`` on."""
        found = day
        while self.is_off(found) and found > earliest:
            found -= timedelta(days=1)
        return day if self.is_off(found) else found
