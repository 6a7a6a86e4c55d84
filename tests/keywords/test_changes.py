"""What is said to have changed did change: exact for small counts, calm about bursts, honest about many words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.keywords.changes import Spread, compare_counts, learn_spread


def p_value(before: float, after: float, share: float = 0.5, spread: float = 1.0) -> float:
    return float(compare_counts(np.array([before]), np.array([after]), share, np.array([spread]), 0.05).p_values[0])


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.1, 0.9))
def test_without_bursts_the_test_is_the_exact_binomial_one(before: int, after: int, share: float) -> None:
    total = before + after
    chances = [math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(total + 1)]
    tail = min(math.fsum(chances[: after + 1]), math.fsum(chances[after:]))
    assert p_value(before, after, share) == pytest.approx(min(2 * tail, 1), rel=1e-6)


@given(st.integers(0, 200), st.integers(0, 200), st.floats(1, 30), st.floats(1, 30))
def test_what_goes_up_and_down_more_is_less_striking(before: int, after: int, one: float, other: float) -> None:
    narrow, wide = sorted((one, other))
    if after != before:
        assert p_value(before, after, 0.5, wide) >= p_value(before, after, 0.5, narrow) * 0.999 - 1e-12


@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_large_counts_are_judged_as_small_ones_are(spread: float) -> None:
    # On both sides of the border between counting every outcome and not.
    near = p_value(170, 230, 0.5, spread), p_value(170, 231, 0.5, spread)
    assert near[0] == pytest.approx(near[1], rel=0.2)


@pytest.mark.parametrize("widening", [1.0, 3.0, 6.0])
def test_the_spread_is_learned_from_the_words(widening: float) -> None:
    random = np.random.default_rng(3)
    total = random.integers(40, 120, 3_000)
    alike = (widening - 1) / (80 - 1)
    chance = np.full(len(total), 0.5) if alike == 0 else random.beta(*([0.5 * (1 - alike) / alike] * 2), len(total))
    after = random.binomial(total, chance).astype(float)
    found = learn_spread(total - after, after, 0.5).of(np.array([80.0]))[0]
    assert found == pytest.approx(widening, rel=0.3)


def test_words_that_did_change_do_not_widen_the_spread() -> None:
    random = np.random.default_rng(4)
    total = np.full(3_000, 60)
    after = random.binomial(total, 0.5).astype(float)
    after[:150] = 60
    assert learn_spread(total - after, after, 0.5).of(np.array([60.0]))[0] < 1.6


def test_a_wobble_of_a_few_percent_is_no_change_however_often_words_are_searched() -> None:
    random = np.random.default_rng(8)
    before = random.uniform(300, 40_000, 40)
    after = before * random.normal(1, 0.04, 40)
    before, after = np.rint(before), np.rint(after)
    after[0], after[1] = after[0] * 3, after[1] * 0.3
    share = 0.5
    for words in (slice(None), slice(0, 8)):  # forty words, and eight of which nothing can be learned
        spread = learn_spread(before[words], after[words], share).of((before + after)[words])
        found = compare_counts(before[words], after[words], share, spread, 0.05).believed
        assert found.nonzero()[0].tolist() == [0, 1]


def test_nothing_is_learned_from_nothing() -> None:
    assert list(learn_spread(np.zeros(3), np.ones(3), 0.5).of(np.array([1.0, 100.0]))) == [1, 1]
    assert isinstance(learn_spread(np.array([]), np.array([]), 0.5), Spread)


def test_of_thousands_of_words_that_did_not_change_hardly_one_is_believed() -> None:
    random = np.random.default_rng(5)
    alarms = 0
    for _ in range(60):
        total = random.geometric(0.15, 2_000) + 2
        after = random.binomial(total, 0.5).astype(float)
        alarms += bool(compare_counts(total - after, after, 0.5, np.ones(len(total)), 0.05).believed.any())
    assert alarms <= 8  # 3 are expected; nine or more have a chance of one in two hundred


@pytest.mark.parametrize(("before", "after", "found"), [(3, 30, True), (6, 30, True), (0, 14, True), (3, 6, False)])
def test_a_rise_is_found_among_a_thousand_steady_words(before: int, after: int, found: bool) -> None:
    random = np.random.default_rng(6)
    total = random.integers(4, 40, 1_000)
    late = random.binomial(total, 0.5).astype(float)
    tested = compare_counts(np.append(total - late, before), np.append(late, after), 0.5, np.ones(len(total) + 1), 0.05)
    assert bool(tested.believed[-1]) is found


def test_words_that_are_the_same_places_are_one_test() -> None:
    before, after = np.zeros(40), np.full(40, 9.0)
    counted = np.zeros(40, bool)
    counted[0] = True
    alone = compare_counts(before[:1], after[:1], 0.5, np.ones(1), 0.05)
    many = compare_counts(before, after, 0.5, np.ones(40), 0.05, counted)
    assert many.limit == alone.limit
    assert many.believed.all()
