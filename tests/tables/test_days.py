"""Days are read however an export writes them, and nothing else is taken for one."""

from __future__ import annotations

import datetime
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.tables.days import find_day, parse_day

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31))


@given(DAYS)
def test_every_way_of_writing_a_day(day: datetime.date) -> None:
    for text in (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day:%Y.%m.%d} 08:30:00",
        f" {day:%Y-%m-%d} 至 {day + datetime.timedelta(6):%Y-%m-%d}",
        str((day - datetime.date(1899, 12, 30)).days),
    ):
        assert parse_day(text, SHANGHAI) == day, text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21T18:30:00Z", "2026-11-22"),
        ("2026-11-21T23:30:00+09:00", "2026-11-21"),
        ("2026-11-22T00:30:00+09:00", "2026-11-21"),
        ("2026-11-21 23:59", "2026-11-21"),
    ],
)
def test_a_time_with_a_zone_is_taken_to_ours(text: str, day: str) -> None:
    assert parse_day(text, SHANGHAI) == datetime.date.fromisoformat(day)


@pytest.mark.parametrize(
    "text", ["", "2026-13-01", "2026-02-30", "羽绒服", "12345678", "202611", "11月21日", "29.9", "1"]
)
def test_what_is_no_day(text: str) -> None:
    assert parse_day(text, SHANGHAI) is None


@given(st.text())
def test_anything_may_be_asked(text: str) -> None:
    parse_day(text, SHANGHAI)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-01", datetime.date(2026, 11, 1)),
        ("2026/11/1", datetime.date(2026, 11, 1)),
        ("2026年11月1日", datetime.date(2026, 11, 1)),
        ("20261101", datetime.date(2026, 11, 1)),
        ("热搜-2026.11.01.txt", datetime.date(2026, 11, 1)),
        ("2026-11-01 08:30:00", datetime.date(2026, 11, 1)),
        ("搜索词_20261101_20261107.csv", datetime.date(2026, 11, 1)),
        ("2026-13-40", None),
        ("订单 1202611011", None),
        ("没有日期", None),
    ],
)
def test_the_first_day_anywhere_is_found(text: str, day: datetime.date | None) -> None:
    assert find_day(text) == day
