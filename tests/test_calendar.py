"""Days that people keep fall where the almanac has them, and days that do not exist do not fall at all."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit import datafiles
from copykit.calendar import Calendar, Workdays, lunar, nth_weekday, solar

CALENDAR = Calendar(datafiles.bundled())


def on(year: int) -> dict[str, date]:
    return {day.name: day.day for day in CALENDAR.between(date(year, 1, 1), date(year + 1, 1, 1))}


@pytest.mark.parametrize(
    ("year", "name", "day"),
    [
        (2026, "春节", "2026-02-17"),
        (2027, "春节", "2027-02-06"),
        (2027, "除夕", "2027-02-05"),  # the twelfth month has 29 days in that year
        (2026, "除夕", "2026-02-16"),
        (2025, "除夕", "2025-01-28"),
        (2026, "元宵节", "2026-03-03"),
        (2026, "端午节", "2026-06-19"),
        (2026, "七夕", "2026-08-19"),
        (2025, "七夕", "2025-08-29"),  # after a leap sixth month
        (2026, "中秋节", "2026-09-25"),
        (2027, "中秋节", "2027-09-15"),
        (2026, "重阳节", "2026-10-18"),
        (2026, "清明节", "2026-04-05"),
        (2028, "清明节", "2028-04-04"),
        (2026, "母亲节", "2026-05-10"),
        (2026, "父亲节", "2026-06-21"),
        (2027, "年货节", "2027-01-17"),
        (2026, "双 11", "2026-11-11"),
    ],
)
def test_a_day_falls_where_the_almanac_has_it(year: int, name: str, day: str) -> None:
    assert on(year)[name].isoformat() == day


@pytest.mark.parametrize("year", range(2008, 2027))
def test_lunar_festivals_lie_in_the_states_own_holidays(year: int) -> None:
    # An oracle that knows nothing of ours: the State Council's notices.
    days = on(year)
    for name, told in (("春节", "Spring Festival"), ("端午节", "Dragon Boat"), ("清明节", "Tomb-sweeping Day")):
        off, holiday = chinese_calendar.get_holiday_detail(days[name])
        assert off
        # On a Saturday or Sunday the day itself may carry no name.
        assert told in str(holiday) or days[name].weekday() >= 5
    assert chinese_calendar.is_holiday(days["中秋节"])


@given(st.dates(date(2001, 1, 1), date(2098, 1, 1)), st.integers(1, 500))
def test_days_between_lie_between_and_in_order(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    days = CALENDAR.between(start, end)
    assert days == sorted(days)
    assert all(start <= day.day < end for day in days)
    # Nothing is lost where one range ends and the next begins.
    middle = start + timedelta(days=length // 2)
    assert days == CALENDAR.between(start, middle) + CALENDAR.between(middle, end)


@pytest.mark.parametrize(("year", "month", "day"), [(2027, 2, 29), (2026, 2, 30), (2026, 4, 31), (2026, 11, 31)])
def test_a_day_that_does_not_exist_is_none(year: int, month: int, day: int) -> None:
    assert solar(year, month, day) is None


def test_a_lunar_day_that_does_not_exist_is_none() -> None:
    assert lunar(2026, 12, 30) is None  # that month has 29 days
    assert lunar(2025, 12, 30) is None
    assert lunar(2023, 12, 30) == date(2024, 2, 9)
    assert lunar(2200, 1, 1) is None


def test_a_fifth_sunday_is_not_everywhere() -> None:
    assert nth_weekday(2026, 2, 7, 5) is None
    assert nth_weekday(2026, 3, 7, 5) == date(2026, 3, 29)


def test_nothing_is_promoted_on_days_of_mourning() -> None:
    assert CALENDAR.quiet(date(2026, 12, 13))
    assert CALENDAR.quiet(date(2027, 4, 5))
    assert not CALENDAR.quiet(date(2026, 12, 12))


def test_workdays_follow_the_notices_and_then_the_week() -> None:
    workdays = Workdays()
    assert workdays.is_off(date(2026, 10, 1))
    assert not workdays.is_off(date(2026, 10, 10))  # a Saturday that is worked
    assert workdays.known_until.year >= 2026
    beyond = date(workdays.known_until.year + 2, 10, 1)
    assert workdays.is_off(beyond) is (beyond.weekday() >= 5)
    assert workdays.last_at_or_before(date(2026, 10, 5), date(2026, 9, 28)) == date(2026, 9, 30)
    assert workdays.last_at_or_before(date(2026, 10, 5), date(2026, 10, 2)) == date(2026, 10, 5)
