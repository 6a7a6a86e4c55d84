"""A period is compared with the one of last year that lies as it does, by feasts where it lies round one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.render.report.words import change
from copykit.reports.period import Period, holding, parse
from copykit.reports.snapshot import Snapshot
from copykit.reports.words import changes, with_last_year, year_part
from copykit.reports.years import Years

YEARS = Years(bundled())


@pytest.mark.parametrize(
    ("label", "then"),
    [
        ("2026-W47", "2025-W47"),
        ("2026-W46", "2025-W46"),  # 双 11
        ("2026-W08", "2025-W05"),  # 春节: 17 February, 29 January
        ("2025-W05", "2024-W06"),
        ("2026-02-17", "2025-01-28"),  # the same weekday, a day off the feast
        ("2026-05", "2025-05"),
    ],
)
def test_feasts_lie_where_they_fell(label: str, then: str) -> None:
    kind = {8: "week", 10: "day", 7: "month"}[len(label)]
    found = YEARS.a_year_ago(parse(label, kind))  # type: ignore[arg-type]
    assert found is not None
    assert found.label == then


@given(st.dates(date(2016, 1, 1), date(2030, 1, 1)))
def test_it_lies_round_the_same_feasts(day: date) -> None:
    period: Period = holding(day, "week")
    found = YEARS.a_year_ago(period)
    if found is not None:
        assert 320 <= (period.start - found.start).days <= 410
        assert set(YEARS.feasts(found)) == set(YEARS.feasts(period))


def snapshot(label: str, **words: float) -> Snapshot:
    rest = {f"别的词{number}": (100.0, 1) for number in range(60)}
    return Snapshot(label, "", "searches", 60, 0, "", {**rest, **{word: (each, 1) for word, each in words.items()}})


def test_a_word_that_went_the_same_way_last_year_says_so() -> None:
    before, now = (
        snapshot("2026-W46", 羽绒服=100, 凉席=400, 春笋=200),
        snapshot("2026-W47", 羽绒服=400, 凉席=100, 春笋=900),
    )
    then_before, then = snapshot("2025-W46", 羽绒服=90, 凉席=100), snapshot("2025-W47", 羽绒服=380, 凉席=400)
    found = changes(now, before, [before, now], lambda word: False, 9)
    rows = {row.keyword: row for some in found.words.values() for row in with_last_year(some, then, then_before, "zh")}
    assert (rows["羽绒服"].note, rows["羽绒服"].year_ago) == ("去年这时也涨", 380)
    assert (rows["凉席"].note, rows["凉席"].year_ago) == ("去年这时是涨的", 400)
    assert (rows["春笋"].note, rows["春笋"].year_ago) == ("", 0)
    english = with_last_year(found.words["rising"], then, then_before, "en")
    assert "it rose at this time last year, too" in [row.note for row in english]


def test_years_are_compared_against_the_rest() -> None:
    # Everything was searched twice as often as last year: only 春笋 gained.
    then = snapshot("2025-W47", 羽绒服=300, 春笋=100)
    now = Snapshot(
        "2026-W47", "", "searches", 60, 0, "", {word: (2 * each, 1) for word, (each, _) in then.words.items()}
    )
    now.words["春笋"] = (900.0, 1)  # type: ignore[index]
    rows = year_part(now, then, lambda word: False, 5, 1, "zh")
    assert [row.keyword for row in rows] == ["春笋"]
    assert rows[0].ratio is not None
    assert 4 < rows[0].ratio < 5


def test_a_few_that_rise_do_not_make_the_others_fall() -> None:
    before = Snapshot("a", "", "searches", 9, 0, "", {f"词{number}": (1000.0 + number, 1) for number in range(12)})
    risen = {"词0": (9000.0, 1), "词1": (4000.0, 1), "词2": (400.0, 1)}
    now = Snapshot("b", "", "searches", 9, 0, "", {**before.words, **risen})
    found = changes(now, before, [before, now], lambda word: False, 20).words
    assert {state: [row.keyword for row in rows] for state, rows in found.items()} == {
        "rising": ["词0", "词1"],
        "falling": ["词2"],
    }


def test_a_week_that_is_busier_all_over_changes_nothing() -> None:
    before = snapshot("a", 羽绒服=4000)
    now = Snapshot("b", "", "searches", 9, 0, "", {word: (1.7 * each, 1) for word, (each, _) in before.words.items()})
    assert changes(now, before, [before, now], lambda word: False, 20).words == {}


def test_what_was_not_kept_is_neither_new_nor_gone() -> None:
    words = {f"词{number}": (500.0, 1) for number in range(40)}
    before = Snapshot("a", "", "documents", 9, 12.0, "", {**words, "走了": (13.0, 1), "跌了": (900.0, 1)})
    now = Snapshot("b", "", "documents", 9, 12.0, "", {**words, "来了": (14.0, 1), "涨了": (900.0, 1)})
    found = changes(now, before, [before, now], lambda word: False, 20).words
    assert {state: [(row.keyword, row.before, row.after) for row in rows] for state, rows in found.items()} == {
        "rising": [("涨了", None, 900.0)],
        "falling": [("跌了", 900.0, None)],
    }
    assert change(found["rising"][0], "zh") == "以前很少"
    assert change(found["falling"][0], "en") == "rare now"
