"""Titles are held against each other only where all else was the same, and peeking costs nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.titles.compare import ALPHA, FACTORS, Pair, Shown, compare, rate_interval

TOLD = {"picture": "a.jpg", "product": "睫毛膏", "price": "11", "placement": "搜索", "period": "双11前"}
COUNTS = st.tuples(st.integers(1, 3000), st.integers(0, 200)).map(lambda both: (both[0] + both[1], both[1]))


def rows(first: tuple[int, int], second: tuple[int, int], **differs: str) -> list[Shown]:
    return [Shown("甲", *first, told=TOLD), Shown("乙", *second, told={**TOLD, **differs})]


@pytest.mark.parametrize(
    ("first", "second", "verdict", "winner"),
    [
        ((3000, 40), (3000, 90), "winner", "乙"),
        ((3000, 90), (3000, 40), "winner", "甲"),
        ((3000, 40), (3000, 60), "undecided", None),  # a plain test of two shares already says p < 0.05
        ((3000, 40), (3000, 41), "undecided", None),
        ((3000, 0), (3000, 0), "undecided", None),
        ((3000, 0), (3000, 20), "winner", "乙"),
        ((20, 20), (20, 0), "winner", "甲"),
        ((3000, 40), (0, 0), "not comparable", None),
    ],
)
def test_a_winner_needs_more_than_one_good_day(
    first: tuple[int, int], second: tuple[int, int], verdict: str, winner: str | None
) -> None:
    found = compare(rows(first, second))
    assert (found.verdict, found.winner) == (verdict, winner)


@pytest.mark.parametrize(
    ("differs", "says", "assured"),
    [
        ({"picture": "b.jpg"}, "主图不一样", "not comparable"),
        ({"price": "12"}, "价格不一样", "not comparable"),
        ({"placement": "推荐"}, "位置不一样", "not comparable"),
        ({"product": "眼线笔"}, "商品不一样", "not comparable"),
        ({"period": "双11后"}, "时间不一样", "not comparable"),
        ({"picture": ""}, "不知道主图是不是一样", "winner"),
    ],
)
def test_what_differs_or_is_not_told_forbids_a_winner(differs: dict[str, str], says: str, assured: str) -> None:
    found = compare(rows((3000, 40), (3000, 90), **differs))
    assert (found.verdict, found.winner, found.ratio) == ("not comparable", None, None)
    assert says in found.reason.say("zh")
    # A user's word fills in what the table does not tell; it does not overrule what it tells.
    assert compare(rows((3000, 40), (3000, 90), **differs), same=FACTORS).verdict == assured


def test_the_same_picture_in_other_letters_is_the_same() -> None:
    assert compare(rows((3000, 40), (3000, 90), picture=" Ａ.JPG ")).verdict == "winner"


def test_only_days_on_which_all_were_shown_count() -> None:
    def on(title: str, day: str, shown: int, clicks: int) -> Shown:
        return Shown(title, shown, clicks, day)

    same = set(FACTORS) - {"period"}
    both = [on("甲", "11-01", 2000, 20), on("乙", "11-01", 2000, 25)]
    # On its own day the second title was clicked far more; the day may be what made it so.
    found = compare([*both, on("乙", "11-11", 2000, 200)], same)
    assert found.verdict == "undecided"
    assert "只算几条标题都在的 1 份" in found.notes[0].say("zh")
    assert compare([both[0], on("乙", "11-11", 2000, 200)], same).verdict == "not comparable"


def test_a_better_day_with_more_of_one_title_makes_no_winner() -> None:
    # Both titles are clicked alike on each day; summed up over the days the second looks three times as good.
    days = [
        *(Shown("甲", 9000, 90, "11-01"), Shown("乙", 1000, 10, "11-01")),
        *(Shown("甲", 1000, 100, "11-02"), Shown("乙", 9000, 900, "11-02")),
    ]
    assert compare(days, FACTORS).verdict == "undecided"
    summed = [Shown("甲", 10000, 190), Shown("乙", 10000, 910)]
    assert compare(summed, FACTORS).verdict == "winner"


def test_impressions_that_are_not_even_are_told() -> None:
    (told,) = compare(rows((9000, 100), (1000, 11))).notes
    assert "偏着投" in told.say("zh")


def test_what_is_still_needed_is_about_what_it_takes() -> None:
    found = compare(rows((3000, 40), (3000, 60)))
    needed = found.more_impressions_needed
    assert needed is not None
    times = (3000 + needed) / 3000
    later = [(round(3000 * times), round(clicks * times)) for clicks in (40, 60)]
    assert compare(rows(*later)).verdict == "winner"
    earlier = [(round(n * 0.8), round(x * 0.8)) for n, x in later]
    assert compare(rows(*earlier)).verdict == "undecided"
    # Equal rates are never told apart, and nobody is told to wait for it.
    assert compare(rows((3000, 40), (3000, 40))).more_impressions_needed is None


@settings(deadline=None, max_examples=60)
@given(COUNTS, COUNTS)
def test_which_title_stands_first_in_the_table_does_not_matter(first: tuple[int, int], second: tuple[int, int]) -> None:
    straight, turned = compare(rows(first, second)), compare(rows(first, second)[::-1])
    assert (straight.verdict, straight.winner, straight.ratio) == (turned.verdict, turned.winner, turned.ratio)
    low, middle, high = straight.ratio or (0.0, 0.0, 0.0)
    assert low <= middle <= high
    if straight.verdict == "winner":
        assert low > 1
    for one in straight.titles:
        assert 0 <= one.interval[0] <= one.rate <= one.interval[1] <= 1


@settings(deadline=None, max_examples=40)
@given(st.lists(COUNTS, min_size=2, max_size=4), st.integers(2, 4))
def test_a_day_cut_into_equal_parts_says_the_same(counts: Sequence[tuple[int, int]], parts: int) -> None:
    whole = [(counts[0][0] * parts, counts[0][1] * parts, counts[1][0] * parts, counts[1][1] * parts)]
    cut = [(*counts[0], *counts[1])] * parts
    assert Pair(whole).evidence() == pytest.approx(Pair(cut).evidence(), abs=1e-3)


@pytest.mark.parametrize(("shown", "other", "rate"), [(40, 40, 0.05), (40, 40, 0.5), (25, 60, 0.2), (60, 10, 0.1)])
def test_the_evidence_is_one_on_average_at_most_when_nothing_differs(shown: int, other: int, rate: float) -> None:
    def chance(n: int, x: int) -> float:
        return math.comb(n, x) * rate**x * (1 - rate) ** (n - x)

    expected = sum(
        chance(shown, x) * chance(other, y) * math.exp(Pair([(shown, x, other, y)]).evidence())
        for x in range(shown + 1)
        for y in range(other + 1)
        if chance(shown, x) * chance(other, y) > 1e-12
    )
    # This, day after day, is why looking often makes no false winners (Ville's inequality).
    assert expected <= 1 + 1e-6
    assert expected > 0.1  # and it is not so by saying nothing


def test_the_interval_of_one_rate_holds_it_as_often_as_it_says() -> None:
    def covered(n: int, rate: float) -> float:
        logs = [
            math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1)
            + x * math.log(rate) + (n - x) * math.log1p(-rate)
            for x in range(n + 1)
        ]  # fmt: skip
        ends = [rate_interval(x, n) for x in range(n + 1)]
        return sum(math.exp(log) for log, (low, high) in zip(logs, ends, strict=True) if low <= rate <= high)

    shares = [covered(800, rate / 1000) for rate in range(4, 104, 5)]
    assert 0.93 <= sum(shares) / len(shares) <= 0.97
    assert ALPHA == 0.05


def test_no_impressions_are_no_knowledge() -> None:
    assert rate_interval(0, 0) == (0.0, 1.0)
    assert compare([]).verdict == compare([Shown("甲", 10, 1)]).verdict == "not comparable"
