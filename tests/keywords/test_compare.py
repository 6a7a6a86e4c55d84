"""Words between periods: their states and shapes, like with like, and the texts that show why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from copykit.calendar import Calendar
from copykit.datafiles import bundled
from copykit.keywords.compare import Layout, compare
from copykit.keywords.examples import from_rows, from_texts
from copykit.keywords.periods import Diary, latest_whole, left_out, unbroken
from copykit.keywords.run import Recipe
from copykit.keywords.series import RowSpool, Series, count_texts
from copykit.keywords.spool import Spool
from copykit.model import WordChange

FILES = bundled()
SETTINGS = FILES.load("comparison")["standard"]
MONDAY = date(2026, 9, 7)


def two_periods(rows: Mapping[str, tuple[float, float]], measure: str = "count") -> dict[str, WordChange]:
    values = np.array(list(rows.values()), float)
    exposure = np.array([1_000.0, 1_000.0]) if measure == "count" else np.ones(2)
    series = Series(list(rows), values, exposure, measure, np.full(len(rows), -1), of_texts=True)
    layout = Layout(np.array([0, 1]), 1, (0,), (None, None))
    return {word.text: word for word in compare(series, layout, SETTINGS).words}


def days(rows: Mapping[str, Sequence[float]], weeks: int = 2) -> dict[str, WordChange]:
    """Compare the last of some weeks of days with those before it; steady words stand around."""
    random = np.random.default_rng(8)
    steady = {f"平常{number}": random.poisson(3, 7 * weeks).tolist() for number in range(300)}
    every = {**steady, **rows}
    values = np.array(list(every.values()), float)
    series = Series(list(every), values, np.full(7 * weeks, 300.0), "count", np.full(len(every), -1), of_texts=True)
    period = np.repeat(np.arange(weeks), 7)
    known = tuple(MONDAY + timedelta(days=number) for number in range(7 * weeks))
    layout = Layout(period, weeks - 1, tuple(range(weeks - 1)), known)
    return {word.text: word for word in compare(series, layout, SETTINGS).words}


STEADY = {f"平常{number}": (20.0 + number % 7, 23.0 - number % 5) for number in range(200)}


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ((0, 30), "new"),
        ((10, 60), "rising"),
        ((60, 10), "falling"),
        ((30, 0), "gone"),
        ((20, 25), "steady"),
        ((0, 3), "steady"),
        ((2, 6), "steady"),
    ],
)
def test_a_word_has_one_of_five_states(counts: tuple[float, float], state: str) -> None:
    word = two_periods({**STEADY, "三合一冲锋衣": counts})["三合一冲锋衣"]
    assert word.state == state
    assert word.reason


def test_one_word_that_grows_in_a_table_lets_no_other_fall() -> None:
    rows = {"睫毛膏": (30_152, 30_187), "眼线笔": (8_729, 8_782), "睫毛夹": (4_976, 5_142), "羽绒服": (618, 8_355)}
    values = np.array(list(rows.values()), float)
    series = Series(list(rows), values, values.sum(axis=0), "count", np.full(len(rows), -1))
    layout = Layout(np.array([0, 1]), 1, (0,), (None, None))
    found = compare(series, layout, SETTINGS).words
    assert {word.text: word.state for word in found if word.state != "steady"} == {"羽绒服": "rising"}


def test_counts_shares_and_ratios_are_told() -> None:
    word = two_periods({**STEADY, "可机洗": (10, 60)})["可机洗"]
    assert (word.before, word.after, word.series) == (10, 60, (10, 60))
    assert (word.share_before, word.share_after, word.ratio) == (0.01, 0.06, 6.0)
    assert word.p_value is not None
    assert word.p_value < 0.001


def test_a_longer_period_makes_no_rise() -> None:
    values = np.array([[20.0, 60.0]] * 200)
    series = Series(
        [f"词{n}" for n in range(200)], values, np.array([500.0, 1_500.0]), of_texts=True, inside=np.full(200, -1)
    )
    words = compare(series, Layout(np.array([0, 1]), 1, (0,), (None, None)), SETTINGS).words
    assert {word.state for word in words} == {"steady"}


def test_a_late_bloomer_is_not_new() -> None:
    word = days({"羽绒裤": [0, 1, 0, 0, 1, 0, 0, 2, 3, 5, 6, 8, 9, 12]})["羽绒裤"]
    assert (word.state, word.shape) == ("rising", "late_bloomer")


def test_a_one_day_spike_is_no_rise() -> None:
    word = days({"鹅腿": [0] * 10 + [40, 1, 0, 0]})["鹅腿"]
    assert (word.state, word.shape) == ("steady", "one_day")
    assert "2026-09-17" in word.reason


def test_a_word_of_several_days_is_new() -> None:
    word = days({"三合一": [0] * 7 + [6, 5, 7, 6, 4, 6, 5]})["三合一"]
    assert (word.state, word.shape) == ("new", "lasting")


def test_what_always_goes_up_and_down_has_to_go_further() -> None:
    calm = days({"词": [4, 5, 4, 5, 4, 5, 4, 10, 11, 10, 11, 10, 11, 10]})["词"]
    bursty = days({"词": [0, 30, 0, 0, 1, 0, 0, 0, 0, 40, 0, 0, 33, 0]})["词"]
    assert (calm.state, bursty.state) == ("rising", "steady")


def test_earlier_periods_tell_how_far_a_word_goes_up_and_down() -> None:
    one = [3] * 7 + [9] * 7 + [2] * 7 + [10] * 7
    assert days({"词": one}, weeks=4)["词"].state == "steady"
    assert days({"词": [3] * 21 + [10] * 7}, weeks=4)["词"].state == "rising"


def periods_of(rows: Mapping[str, Sequence[float]], unbroken: int | None = None) -> dict[str, WordChange]:
    """Compare the last figure of each row of a table with those before it."""
    values = np.array(list(rows.values()), float)
    count = values.shape[1]
    series = Series(list(rows), values, values.sum(axis=0), "count", np.full(len(rows), -1), of_texts=False)
    layout = Layout(np.arange(count), count - 1, tuple(range(count - 1)), (None,) * count, None, unbroken)
    return {word.text: word for word in compare(series, layout, SETTINGS).words}


SMALL_TABLE = {
    "护手霜": (2_210, 2_190, 2_230),
    "护手霜推荐": (2_560, 2_480, 2_580),
    "护手霜哪个好": (500, 490, 505),
    "滋润护手霜": (840, 870, 835),
    "儿童护手霜": (290, 300, 305),
    "护手霜小支": (720, 700, 715),
}
LEAPS = {"护手霜礼盒": (2_800, 8_400, 2_800), "护手霜怎么用": (1_450, 1_480, 2_920), "护手霜开箱": (0, 0, 460)}


def test_one_word_that_leaps_does_not_hide_the_others_of_a_small_table() -> None:
    found = periods_of({**SMALL_TABLE, **LEAPS})
    assert {word: found[word].state for word in LEAPS} == {
        "护手霜礼盒": "steady",
        "护手霜怎么用": "rising",
        "护手霜开箱": "new",
    }
    assert {found[word].state for word in SMALL_TABLE} == {"steady"}


@pytest.mark.parametrize(("unbroken", "rises"), [(None, 3), (4, 3), (2, 1), (1, 0)])
def test_nothing_grows_across_a_period_that_was_left_out(unbroken: int | None, rises: int) -> None:
    rows = {
        **{f"平常{number}": (900.0, 905.0, 895.0, 900.0) for number in range(8)},
        "猫窝": (1_000, 1_200, 1_400, 2_400),
    }
    assert periods_of(rows, unbroken)["猫窝"].rises == rises


def test_how_long_a_word_has_been_growing_is_told() -> None:
    word = days({"词": [1] * 7 + [2] * 7 + [3] * 7 + [8] * 7}, weeks=4)["词"]
    assert word.rises == 3
    assert word.series == (7, 14, 21, 56)
    assert word.before == 14


def test_a_word_seen_long_before_the_usual_weeks_is_not_new() -> None:
    values = np.vstack([np.full((200, 3), 20.0), [[5.0, 0.0, 30.0]]])
    series = Series([f"词{n}" for n in range(201)], values, np.full(3, 4_000.0), of_texts=True, inside=np.full(201, -1))
    layout = Layout(np.array([-1, 0, 1]), 1, (0,), (None, None, None))
    word = next(word for word in compare(series, layout, SETTINGS).words if word.text == "词200")
    assert word.state == "rising"
    assert "更早有过" in word.reason


def test_an_index_is_compared_and_never_tested() -> None:
    rows = {f"词{n}": (1_000.0 + 37 * n, 1_020.0 + 36 * n) for n in range(60)}
    rows |= {"涨": (800.0, 4_000.0), "跌": (5_000.0, 900.0), "新": (np.nan, 700.0), "没": (700.0, np.nan)}
    words = two_periods(rows, "index")
    assert [words[name].state for name in ("涨", "跌", "新", "没")] == ["rising", "falling", "new", "gone"]
    assert {word.p_value for word in words.values()} == {None}
    assert sum(word.state == "steady" for word in words.values()) == 60
    assert "不做检验" in words["涨"].reason


def test_a_rank_rises_when_its_number_falls() -> None:
    rows = {f"词{n}": (float(n + 5), float(n + 6)) for n in range(60)}
    words = two_periods({**rows, "涨": (90.0, 3.0), "跌": (4.0, 80.0), "新": (np.nan, 2.0)}, "rank")
    assert [words[name].state for name in ("涨", "跌", "新")] == ["rising", "falling", "new"]
    assert words["涨"].measure == "rank"
    assert "第 90 → 第 3 名" in words["涨"].reason


def test_rows_of_a_table_are_added_up_by_word() -> None:
    rows = RowSpool()
    for text, slot, value in (("睫毛膏", 0, 3.0), ("睫 毛 膏", 0, 4.0), ("睫毛膏", 1, 9.0), ("眼线笔", 2, 1.0)):
        rows.add(text, slot, value)
    series = rows.series(np.array([0, 1, -1], np.int32), 2, "count")
    assert (series.texts, series.values.tolist()) == (["睫毛膏", "眼线笔"], [[7, 9], [0, 0]])
    highest = rows.series(np.array([0, 0, 1], np.int32), 2, "index")
    assert highest.values[0].tolist()[0] == 9


TITLES = ["三合一冲锋衣男", "三合一冲锋衣女", "三合一冲锋衣防风", "加绒打底裤", "加绒打底裤女"]


@pytest.fixture
def spool() -> Iterator[Spool]:
    with Spool() as spool:
        yield spool


def filled(spool: Spool, first: Sequence[str], second: Sequence[str]) -> Spool:
    for slot, texts in enumerate((first, second)):
        for text in texts:
            spool.add(text, "", slot)
    return spool


def counted(spool: Spool, folder: Path) -> Series:
    kitchen = Recipe(FILES.layers, None, "product").kitchen()
    return count_texts(spool, 2, kitchen, folder, 3, 0.9)


def test_texts_are_counted_by_word_and_slot(spool: Spool, tmp_path: Path) -> None:
    series = counted(filled(spool, TITLES * 3, TITLES[3:] * 4), tmp_path)
    rows = dict(zip(series.texts, series.values.tolist(), strict=True))
    assert rows["打底裤"] == [6, 8]
    assert rows["冲锋衣"] == [9, 0]
    assert series.exposure.tolist() == [15, 8]
    inside = {series.texts[n]: series.texts[m] for n, m in enumerate(series.inside.tolist()) if m >= 0}
    assert inside["冲锋衣"] == "三合一冲锋衣"


def test_a_word_counts_once_in_a_text(spool: Spool, tmp_path: Path) -> None:
    series = counted(filled(spool, ["打底裤加绒打底裤"] * 4, ["打底裤"]), tmp_path)
    assert dict(zip(series.texts, series.values.tolist(), strict=True))["打底裤"] == [4, 1]


def test_slots_that_are_left_out_weigh_nothing(spool: Spool, tmp_path: Path) -> None:
    filled(spool, TITLES * 3, TITLES[3:] * 4)
    spool.remap(np.array([-1, 1], np.int32))
    assert counted(spool, tmp_path).values.sum(axis=0)[0] == 0


def test_examples_stand_in_the_period_that_shows_them(spool: Spool) -> None:
    filled(spool, ["加绒打底裤女", "显瘦打底裤"], ["三合一冲锋衣男", "可拆三合一冲锋衣"])
    words = [
        WordChange("冲锋衣", "new", "count", 0, 2, None, 0.01),
        WordChange("打底裤", "gone", "count", 2, 0, 0, 0.01),
        WordChange("三合一", "steady", "count", 0, 2, None, 0.5),
    ]
    found = from_texts(words, spool, {1}, {0}, 3)
    assert [word.examples for word in found] == [
        ("三合一冲锋衣男", "可拆三合一冲锋衣"),
        ("加绒打底裤女", "显瘦打底裤"),
        (),
    ]


def test_examples_of_a_table_are_longer_words() -> None:
    series = Series(["冲锋衣", "男冲锋衣", "女冲锋衣"], np.array([[1.0, 9.0], [0.0, 2.0], [0.0, 5.0]]), np.ones(2))
    found = from_rows([WordChange("冲锋衣", "rising", "count", 1, 9, 9.0, 0.01)], series, [1], 3)
    assert found[0].examples == ("女冲锋衣", "男冲锋衣")


def diary() -> Diary:
    return Diary(Calendar(FILES), SETTINGS)


def some_days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((end - start).days)]


def test_ordinary_weeks_are_held_against_ordinary_weeks() -> None:
    periods = diary().periods(some_days(date(2026, 3, 16), date(2026, 5, 25)), "week")
    now = latest_whole(periods, date(2026, 5, 24))
    assert now is not None
    basis = diary().basis(periods, now, "week")
    assert basis is not None
    assert basis.alike
    assert not any(period.feasts for period in basis.before)
    assert "2026-05-04" not in {period.start.isoformat() for period in basis.before}  # the week after 劳动节


def test_a_week_of_double_eleven_is_held_against_last_years() -> None:
    periods = diary().periods(some_days(date(2025, 10, 6), date(2026, 11, 16)), "week")
    now = next(period for period in periods if period.start <= date(2026, 11, 10) < period.end)
    basis = diary().basis(periods, now, "week")
    assert basis is not None
    assert basis.alike
    assert [period.start.year for period in basis.before] == [2025]
    assert dict(now.feasts)["双 11"] == -2


def test_the_lunar_new_year_moves_and_its_weeks_with_it() -> None:
    periods = diary().periods(some_days(date(2025, 1, 1), date(2026, 3, 16)), "week")
    now = next(period for period in periods if period.start <= date(2026, 2, 17) < period.end)  # 春节 2026
    basis = diary().basis(periods, now, "week")
    assert basis is not None
    assert basis.alike
    assert any(period.start <= date(2025, 1, 29) < period.end for period in basis.before)  # 春节 2025


def test_the_weeks_between_that_are_unlike_are_told_and_break_the_row() -> None:
    weeks = [date(2026, 10, 12) + timedelta(weeks=number) for number in range(6)]
    diary = Diary(Calendar(FILES), SETTINGS)
    every = diary.periods(weeks, "week")
    basis = diary.basis(every, every[-1], "week")
    assert basis is not None
    assert [period.start for period in left_out(every, basis)] == weeks[2:5]
    assert unbroken([*basis.before, basis.now]) == 1
    assert unbroken(every) == 6


def test_without_a_week_like_it_the_nearest_are_taken_and_that_is_said() -> None:
    periods = diary().periods(some_days(date(2026, 9, 14), date(2026, 11, 16)), "week")
    now = next(period for period in periods if period.start <= date(2026, 11, 11) < period.end)
    basis = diary().basis(periods, now, "week")
    assert basis is not None
    assert not basis.alike
    assert basis.before[-1].end == now.start


@pytest.mark.parametrize(
    ("now", "before", "feasts", "weekdays"),
    [
        ((date(2026, 9, 7), date(2026, 9, 14)), (date(2026, 8, 24), date(2026, 9, 7)), ["开学季"], False),
        ((date(2026, 3, 16), date(2026, 3, 23)), (date(2026, 3, 9), date(2026, 3, 16)), [], False),
        ((date(2026, 3, 16), date(2026, 3, 19)), (date(2026, 3, 9), date(2026, 3, 16)), [], True),
        ((date(2026, 2, 16), date(2026, 2, 23)), (date(2026, 1, 12), date(2026, 1, 19)), ["春节"], False),
        ((date(2026, 4, 1), date(2026, 5, 1)), (date(2026, 3, 1), date(2026, 4, 1)), [], False),
    ],
)
def test_days_that_people_named_themselves_are_held_against_the_calendar(
    now: tuple[date, date], before: tuple[date, date], feasts: list[str], weekdays: bool
) -> None:
    assert diary().differences(some_days(*now), some_days(*before)) == (feasts, weekdays)


def test_a_day_is_held_against_the_same_weekday() -> None:
    periods = diary().periods(some_days(date(2026, 3, 9), date(2026, 4, 1)), "day")
    basis = diary().basis(periods, periods[-1], "day")
    assert basis is not None
    assert {period.start.weekday() for period in basis.before} == {periods[-1].start.weekday()}


def test_a_week_that_is_not_over_is_not_the_latest() -> None:
    periods = diary().periods(some_days(date(2026, 3, 9), date(2026, 3, 26)), "week")
    whole = latest_whole(periods, date(2026, 3, 25))
    assert whole is not None
    assert whole.start == date(2026, 3, 16)
    assert diary().basis(periods, periods[0], "week") is None


def test_a_report_dated_by_one_day_of_its_week_is_of_the_whole_week() -> None:
    days = [date(2026, 3, 9), date(2026, 3, 16)]
    periods = diary().periods(days, "week")
    whole = latest_whole(periods, max(days), days)
    assert whole is not None
    assert whole.start == date(2026, 3, 16)
    assert diary().basis(periods, whole, "week") is not None
