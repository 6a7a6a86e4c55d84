"""A change of sales is split exactly, whatever was zero; levers and pre-sales are told as they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.channels.forecast import Assumptions
from copykit.channels.funnel import LEVELS, PRESALE, factors_of, report, split
from copykit.channels.outcomes import Outcome
from copykit.datafiles import bundled

LEVERS = Assumptions(bundled())["lever"]
SHARE = st.floats(0, 1) | st.sampled_from([0.0, 1.0])


@st.composite
def levels(draw: st.DrawFn) -> list[float]:
    """Return impressions, visits, buyers, orders, revenue as they can be: nothing comes from nothing."""
    shown = draw(st.sampled_from([0, 1, 7]) | st.integers(0, 10**6))
    visits = round(shown * draw(SHARE))
    buyers = round(visits * draw(SHARE))
    orders = buyers + round(buyers * draw(SHARE))
    return [float(shown), float(visits), float(buyers), float(orders), orders * draw(st.floats(0.01, 500))]


@settings(max_examples=300)
@given(levels(), levels(), st.integers(0, 3))
def test_the_effects_add_up_to_the_change(before: list[float], after: list[float], start: int) -> None:
    chain = LEVELS[start:]
    effects = split(before[start:], after[start:], chain)
    largest = max(1.0, *(abs(effect) for effect in effects.values()))
    assert abs(math.fsum(effects.values()) - (after[-1] - before[-1])) <= 1e-9 * largest


@given(levels(), levels())
def test_looking_back_turns_every_effect_round(before: list[float], after: list[float]) -> None:
    forth, back = split(before, after, LEVELS), split(after, before, LEVELS)
    scale = max(1.0, *(abs(effect) for effect in forth.values()))
    assert all(abs(forth[name] + back[name]) <= 1e-9 * scale for name in forth)


@given(levels(), levels())
def test_a_factor_that_did_not_change_had_no_effect(before: list[float], after: list[float]) -> None:
    old, new = factors_of(before, LEVELS), factors_of(after, LEVELS)
    effects = split(before, after, LEVELS)
    scale = max(1.0, *(abs(effect) for effect in effects.values()))
    for name, value in old.items():
        if value is None or new[name] is None or value == new[name]:
            assert abs(effects[name]) <= 1e-9 * scale


@pytest.mark.parametrize(
    ("before", "after", "effects"),
    [
        # An entry that is new, or gone, is told as impressions: nobody saw its rates before.
        ([0, 0, 0, 0, 0], [1000, 100, 10, 10, 200], {"impressions": 200}),
        ([1000, 100, 10, 10, 200], [0, 0, 0, 0, 0], {"impressions": -200}),
        ([1000, 100, 10, 10, 200], [1000, 0, 0, 0, 0], {"click_rate": -200}),
        ([1000, 100, 10, 10, 200], [1000, 100, 0, 0, 0], {"conversion": -200}),
        ([1000, 100, 10, 10, 200], [1000, 100, 10, 15, 300], {"frequency": 100}),
        ([1000, 100, 10, 10, 200], [2000, 100, 10, 10, 200], {"impressions": 150, "click_rate": -150}),
        ([0, 0, 0, 0, 0], [0, 0, 0, 0, 0], {}),
    ],
)
def test_splits_by_hand(before: Sequence[float], after: Sequence[float], effects: Mapping[str, float]) -> None:
    found = split([*map(float, before)], [*map(float, after)], LEVELS)
    assert {name: pytest.approx(value) for name, value in found.items() if abs(value) > 1e-9} == effects


def row(**counts: float) -> Outcome:
    peers = {name: counts.pop(name) for name in list(counts) if name.startswith("peer_")}
    return Outcome(2, {}, counts, peers)


SEARCH = {"impressions": 1000, "visits": 100, "orders": 5, "revenue": 500}
CHAIN = ("impressions", "visits", "orders", "revenue")


def test_the_shops_change_is_the_sum_of_its_entries() -> None:
    rows = [
        ("搜索", "10月", row(**SEARCH)),
        ("推荐", "10月", row(**{**SEARCH, "visits": 50, "orders": 1, "revenue": 80})),
        ("搜索", "11月", row(**{**SEARCH, "visits": 150, "revenue": 700, "orders": 8})),
        ("小红书", "11月", row(**SEARCH)),
    ]
    found = report(rows, CHAIN, LEVERS)
    assert found.total is not None
    assert (found.total.before, found.total.after) == (580, 1200)
    assert math.fsum(found.total.effects.values()) == pytest.approx(620, abs=1e-9)
    by_entry = {change.entry: change for change in found.changes}
    assert by_entry["小红书"].effects["impressions"] == pytest.approx(500)
    assert by_entry["推荐"].effects["impressions"] == pytest.approx(-80)
    assert by_entry["搜索"].chance == ("conversion",)  # 5 of 100 and 8 of 150 may be luck; the click rate is not


def test_an_entry_that_nobody_counted_the_views_of_begins_at_its_visits() -> None:
    card = {"visits": 40, "orders": 6, "revenue": 354}
    rows = [("搜索", "10月", row(**SEARCH)), ("搜索", "11月", row(**SEARCH)), ("包裹卡", "11月", row(**card))]
    found = report(rows, CHAIN, LEVERS)
    assert found.total is not None
    assert found.total.effects["visits"] == pytest.approx(354)
    assert math.fsum(found.total.effects.values()) == pytest.approx(354, abs=1e-9)
    (card_now,) = (one for one in found.funnels if one.entry == "包裹卡")
    assert list(card_now.factors) == ["visits", "conversion", "order_value"]
    assert {lever.entry for lever in found.levers if lever.factor == "visits"} == {"包裹卡"}
    assert "包裹卡没写展现" in found.notes[0].say("zh")


def test_a_lever_reaches_for_the_peers_and_not_beyond_what_is_assumed() -> None:
    peers = {"peer_click_rate": 0.12, "peer_conversion_rate": 0.04, "peer_order_value": 500.0}
    found = {lever.factor: lever for lever in report([("搜索", "", row(**SEARCH, **peers))], CHAIN, LEVERS).levers}
    assert found["click_rate"].target == pytest.approx(0.12)
    assert found["click_rate"].gain == pytest.approx(500 * 0.2)
    assert found["click_rate"].basis == "peers"
    # Already above the peers: the low assumption; far below them: the high one.
    assert found["conversion"].target == pytest.approx(0.05 * (1 + LEVERS["conversion"]["lift"][0]))
    assert found["order_value"].target == pytest.approx(100 * (1 + LEVERS["order_value"]["lift"][2]))
    assert found["impressions"].basis == "assumed"


def test_levers_stand_by_what_an_hour_brings_and_in_profit_where_the_margin_is_known() -> None:
    rows = [("搜索", "", row(**SEARCH)), ("推荐", "", row(**{**SEARCH, "revenue": 2000}))]
    found = report(rows, CHAIN, LEVERS).levers
    assert [lever.per_hour for lever in found] == sorted((lever.per_hour for lever in found), reverse=True)
    # The page serves every entry, a title only its own.
    assert [lever.entry for lever in found if lever.factor == "conversion"] == [""]
    assert {lever.entry for lever in found if lever.factor == "click_rate"} == {"搜索", "推荐"}
    half = report(rows, CHAIN, LEVERS, 0.5).levers
    assert [lever.gain for lever in half] == pytest.approx([lever.gain / 2 for lever in found])


def test_a_presale_is_not_split_and_moves_no_lever() -> None:
    deposits = {"impressions": 9000, "visits": 900, "orders": 0, "revenue": 0, "placed": 45}
    found = report([("预售", "10月", row(**SEARCH)), ("预售", "11月", row(**deposits))], CHAIN, LEVERS)
    (change,) = found.changes
    assert change.effects == {PRESALE: -500}
    assert found.levers == ()
    assert "看下单转化率 5.00%" in found.notes[0].say("zh")


def test_many_visits_without_an_order_raise_the_question() -> None:
    found = report([("搜索", "", row(impressions=9000, visits=900, orders=0, revenue=0))], CHAIN, LEVERS)
    assert "一单没成：是预售就不能看支付转化率" in found.notes[0].say("zh")
    assert report([("搜索", "", row(impressions=900, visits=90, orders=0, revenue=0))], CHAIN, LEVERS).notes == ()
