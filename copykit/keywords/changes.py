"""Did a word really become more frequent? Tests that know small counts, bursts, and how many words are looked at.

Given how often a word came in both periods together, how often it came in the later one is binomial if nothing changed
and places are independent. They are not: a topic brings its words many times at once. So the spread is learned from
the words themselves (``Spread``), and the binomial becomes a beta-binomial of that spread, which is still exact for
small counts. Of thousands of words some look striking by chance; which are believed is decided by the discrete
Benjamini-Hochberg procedure (Heyse 2011), which counts for each word only the chances that its count really gives it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EXACT = 400  # counts up to which every outcome is looked at; beyond, the distribution is as good as continuous
LEAST = 8  # count from which a word tells of the spread; rarer ones cannot show any
IN_BIN = 150  # words of about the same count from which one spread is learned
CLIP = 4.0  # squared deviations count no more than this, so that words that did change hardly widen the spread
# What min(χ², CLIP) is on average for one degree of freedom where nothing changed.
CLIPPED_MEAN = 0.9204
STEP = 1.15  # spreads are rounded up to powers of this, so that one table serves many words
WIDEST = 1e6
FEW = 12  # words from which is learned how much counts sway; fewer cannot tell what is usual from what changed
SWAY = 0.1  # by what share of itself a count sways from one period to the next where nothing was learned
MOST_SWAY = 3.0
HALF_OF_CHI2 = 0.4549  # the median of χ² of one degree of freedom
BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Spread:
    """How much wider than binomial counts vary, by how large they are: linear between (log count, log spread)."""

    at: Floats
    log_spread: Floats

    def of(self, counts: Floats) -> Floats:
        """Return the spread for each count, 1 where it is as narrow as chance alone."""
        if not len(self.at):
            return np.ones(len(counts))
        found: Floats = np.exp(np.interp(np.log(np.maximum(counts, 1)), self.at, self.log_spread))
        return np.where(counts < LEAST / 2, 1.0, found)


def learn_spread(before: Floats, after: Floats, share: float) -> Spread:
    """Return the spread of counts between two periods, most of whose words are taken not to have changed.

    ``share`` is how much of all that was counted stands in the later period.
    """
    total = before + after
    told = total >= LEAST
    counts, order = total[told], np.argsort(total[told], kind="stable")
    expected = counts * share
    squares = (after[told] - expected) ** 2 / (expected * (1 - share))
    at: list[float] = []
    spreads: list[float] = []
    sizes: list[int] = []
    for some in np.array_split(order, max(1, len(order) // IN_BIN)):
        if len(some) < IN_BIN // 3:
            continue
        at.append(float(np.log(np.median(counts[some]))))
        spreads.append(np.log(_widening(squares[some])))
        sizes.append(len(some))
    if not at and len(counts):
        return _few(before[told], after[told], share)
    return Spread(np.array(at), never_falling(spreads, sizes))


def _few(before: Floats, after: Floats, share: float) -> Spread:
    """Return the spread learned from few words: that of counts which sway by one share of themselves, large or small.

    A table of forty words has none that change alike in number, but a week's wobble of 4 % is far beyond chance where a
    word is searched 10,000 times. The sway is the one under which half of the words lie as near as half of them should.
    """
    sway = SWAY
    if len(before) >= FEW:
        moved = np.log((after + 0.5) / (before + 0.5)) - np.log(share / (1 - share))
        chance = 1 / ((before + after) * share * (1 - share))
        sway = _least(0.0, MOST_SWAY, lambda tried: np.median(moved**2 / (tried**2 + chance)) <= HALF_OF_CHI2)
    counts = np.geomspace(LEAST, 1e9, 60)
    return Spread(np.log(counts), np.log1p(counts * share * (1 - share) * sway**2))


def usual_sway(squares: Floats, freedom: int, total: Floats) -> Floats:
    """Return the spread of each of a few words whose counts sway by one share of themselves, that of the middle word.

    ``squares``: of each word, squared deviations in units of chance, of so many degrees of ``freedom``.
    """
    from scipy.special import chdtri

    mean = total / (freedom + 2)  # of one of the places that were held against each other, and of the later period
    bar = float(chdtri(freedom, 0.5))
    if np.median(squares) <= bar:
        return np.ones(len(total))
    sway = _least(0.0, MOST_SWAY, lambda tried: np.median(squares / (1 + mean * tried**2)) <= bar)
    found: Floats = 1 + mean * sway**2
    return found


def never_falling(values: Sequence[float], weights: Sequence[int]) -> Floats:
    """Return the nearest values that never fall: more places vary no less than fewer, what looks so is chance."""
    from scipy.optimize import isotonic_regression

    if not len(values):
        return np.array([])
    found: Floats = isotonic_regression(np.array(values, float), weights=np.array(weights, float)).x
    return found


def _widening(squares: Floats) -> float:
    """Return by what to divide the squares so that, clipped, they are as large on average as chance makes them."""
    if np.minimum(squares, CLIP).mean() <= CLIPPED_MEAN:
        return 1.0
    # By its logarithm: it may be a million as well as two.
    return math.exp(
        _least(0.0, math.log(WIDEST), lambda tried: np.minimum(squares / math.exp(tried), CLIP).mean() <= CLIPPED_MEAN)
    )


def _least(low: float, high: float, fits: Callable[[float], np.bool_]) -> float:
    """Return the least number between the two that fits, where all larger ones fit as well, else the higher of them."""
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if fits(middle):
            high = middle
        else:
            low = middle
    return high


@dataclass(frozen=True, slots=True)
class Tested:
    """For each word its p-value, and the p-value up to which words are believed at the rate asked for."""

    p_values: Floats
    limit: float

    @property
    def believed(self) -> NDArray[np.bool_]:
        """Return which words changed."""
        found: NDArray[np.bool_] = self.p_values <= self.limit
        return found


def compare_counts(
    before: Floats, after: Floats, share: float, spread: Floats, rate: float, counted: NDArray[np.bool_] | None = None
) -> Tested:
    """Test each word and bound the share of false ones among those believed by ``rate``.

    ``spread``: of each word; ``counted``: which words count as tests of their own; of several that are the same places
    (三合一 in 三合一冲锋衣) one is enough, and the others are believed where it is.
    """
    total = np.rint(before + after)
    after = np.minimum(np.rint(after), total)
    level = np.ceil(np.log(np.clip(spread, 1, WIDEST)) / np.log(STEP) - 1e-9).astype(np.int64)
    level = np.where(total > 1, level, 0)
    p_values = np.ones(len(total))
    small = total <= EXACT
    groups: list[tuple[Floats, Floats, int]] = []  # sorted p-values of all outcomes, their chances added up, how many
    counted = np.ones(len(total), bool) if counted is None else counted
    keys = np.where(small, total * 1_000 + level, -1).astype(np.int64)
    for key in np.unique(keys[keys >= 0]).tolist():
        words = np.flatnonzero(keys == key) if len(keys) < 2_000 else None
        count, wide = key // 1_000, key % 1_000
        chances = _chances(count, share, STEP**wide)
        outcome = _two_sided(chances)
        if words is None:
            words = np.flatnonzero(keys == key)
        p_values[words] = outcome[after[words].astype(np.int64)]
        order = np.argsort(outcome, kind="stable")
        groups.append((outcome[order], np.cumsum(chances[order]), int(counted[words].sum())))
    large = np.flatnonzero(~small)
    if len(large):
        p_values[large] = _large(total[large], after[large], share, STEP ** level[large].astype(float))
    return Tested(p_values, _limit(p_values[counted], groups, int(counted[large].sum()), rate))


def _limit(p_values: Floats, groups: list[tuple[Floats, Floats, int]], large: int, rate: float) -> float:
    """Return the largest p-value at which the expected number of false words is at most ``rate`` of those believed."""
    candidates = np.unique(p_values[p_values <= rate])
    if not len(candidates):
        return -1.0
    expected = candidates * large
    for outcomes, added, times in groups:
        if times:
            reached = np.searchsorted(outcomes, candidates, side="right")
            expected = expected + times * np.where(reached > 0, added[np.maximum(reached - 1, 0)], 0.0)
    believed = np.searchsorted(np.sort(p_values), candidates, side="right")
    good = np.flatnonzero(expected <= rate * believed)
    return float(candidates[good[-1]]) if len(good) else -1.0


def _chances(count: int, share: float, spread: float) -> Floats:
    """Return the chance of each outcome 0 … ``count``, where the spread is that of a count of this size."""
    from scipy.special import betaln, gammaln

    outcomes = np.arange(count + 1)
    choose = gammaln(count + 1) - gammaln(outcomes + 1) - gammaln(count - outcomes + 1)
    alike = _alike(np.array([count], float), np.array([spread]))[0]
    if alike <= 0:
        logs = choose + outcomes * np.log(share) + (count - outcomes) * np.log1p(-share)
    else:
        a, b = share * (1 - alike) / alike, (1 - share) * (1 - alike) / alike
        logs = choose + betaln(outcomes + a, count - outcomes + b) - betaln(a, b)
    chances: Floats = np.exp(logs)
    chances /= chances.sum()
    return chances


def _alike(counts: Floats, spread: Floats) -> Floats:
    """Return the correlation of places under which counts are so much wider than binomial."""
    alike: Floats = np.clip((spread - 1) / np.maximum(counts - 1, 1), 0, 0.98)
    return alike


def _two_sided(chances: Floats) -> Floats:
    """Return the p-value of each outcome: twice the smaller tail."""
    below, above = np.cumsum(chances), np.cumsum(chances[::-1])[::-1]
    p_values: Floats = np.minimum(2 * np.minimum(below, above), 1)
    return p_values


def _large(total: Floats, after: Floats, share: float, spread: Floats) -> Floats:
    """Return p-values of large counts, by the continuous relatives of the exact distributions."""
    from scipy.special import betainc

    alike = _alike(total, spread)
    # As many places as would tell as much were they independent.
    places = np.maximum(total / np.maximum(1 + (total - 1) * alike, 1), 2)
    found = np.clip(after / total, 0, 1) * places
    # Both tails of a binomial, the outcome itself counted in each.
    below = 1 - betainc(found + 1, np.maximum(places - found, 1e-9), share)
    above = np.where(found > 0, betainc(np.maximum(found, 1e-9), places - found + 1, share), 1.0)
    p_values: Floats = np.clip(2 * np.minimum(below, above), 0, 1)
    return p_values
