"""Titles compared day after day on simulated readers: false winners, true ones, and what the intervals cover.

Every day is looked at, and a test ends when a winner is named. The peer is what people do: stop at the first day on
which a plain test of two shares says p < 0.05.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

TESTS = 2_000  # false winners of 5 % are then known to one point
DAYS = 21


class Setting(NamedTuple):
    """A kind of test: how often the first is clicked, how much better the other is, impressions a day and title."""

    name: str
    rate: float
    lift: float
    shown: int
    titles: int = 2
    wave: float = 0.0  # how far days differ from one another


SETTINGS = (
    Setting("no difference, 0.5 % of 300 a day", 0.005, 1.0, 300),
    Setting("no difference, 2 % of 1,000 a day", 0.02, 1.0, 1000),
    Setting("no difference, 10 % of 5,000 a day", 0.10, 1.0, 5000),
    Setting("no difference, days that differ", 0.02, 1.0, 1000, wave=0.5),
    Setting("no difference, 4 titles", 0.02, 1.0, 1000, 4),
    Setting("1.2 times, 2 % of 1,000 a day", 0.02, 1.2, 1000),
    Setting("1.5 times, 2 % of 1,000 a day", 0.02, 1.5, 1000),
)


def run(data: Path | None) -> None:
    """Print one line a setting; needs no data."""
    import numpy as np

    print(f"{TESTS:,} tests a setting, looked at on each of {DAYS} days; winners in %, coverage of 95 % intervals")
    print(f"{'':36s} winners  wrong  (p<.05 daily)  days  title once  title at stop  ratio, all days")
    for number, setting in enumerate(SETTINGS):
        rng = np.random.default_rng(number)
        print(_line(setting, [_one(setting, rng) for _ in range(TESTS)]))


def _line(setting: Setting, tests: list[dict[str, Any]]) -> str:
    def mean(key: str) -> float:
        return float(sum(test[key] for test in tests) / len(tests))

    won = [test["day"] for test in tests if test["won"]]
    days = f"{sum(won) / len(won):4.1f}" if won else "   –"
    return (
        f"{setting.name:36s} {mean('won'):7.1%} {mean('wrong'):6.1%} {mean('naive_wrong'):14.1%}  {days} "
        f"{mean('covered'):11.3f} {mean('covered_at_stop'):14.3f} {mean('ratio'):16.3f}"
    )


def _one(setting: Setting, rng: Any) -> dict[str, Any]:
    """Return what came of one test."""
    import numpy as np

    from copykit.titles.compare import ALPHA, Pair, rate_interval

    rates = np.full(setting.titles, setting.rate)
    rates[-1] *= setting.lift
    best = setting.titles - 1 if setting.lift > 1 else None
    shown = rng.poisson(setting.shown, (DAYS, setting.titles))
    daily = np.exp(setting.wave * rng.standard_normal(DAYS))
    clicks = rng.binomial(shown, np.minimum(rates * daily[:, None] / daily.mean(), 1))
    threshold = math.log((setting.titles - 1) / ALPHA)
    winner = naive = day = None
    true_ratio = math.log(rates[0] / rates[-1])
    inside = True
    for today in range(1, DAYS + 1):
        n, x = shown[:today].sum(0), clicks[:today].sum(0)
        first, second = np.argsort(-x / n)[:2]
        if naive is None and _plain(n, x, first, second):
            naive = first
        if setting.titles == 2 and inside:
            pair = Pair(_strata(shown, clicks, today, 0, 1, setting.wave > 0))
            below = pair.likelihood(pair.centre) - pair.likelihood(true_ratio)
            inside = below < threshold or pair.likelihood(true_ratio) >= pair.mixture() - threshold
        if winner is None and all(
            Pair(_strata(shown, clicks, today, first, other, setting.wave > 0)).won(threshold)
            for other in range(setting.titles)
            if other != first
        ):
            winner, day = int(first), today
    stop = day or DAYS
    return {
        "won": winner is not None,
        "day": day,
        "wrong": winner is not None and winner != best,
        "naive_wrong": naive is not None and naive != best,
        "covered": _covered(shown, clicks, DAYS, rates * daily[:, None] / daily.mean(), rate_interval),
        "covered_at_stop": _covered(shown, clicks, stop, rates * daily[:, None] / daily.mean(), rate_interval),
        "ratio": inside,
    }


def _strata(shown: Any, clicks: Any, today: int, one: int, two: int, by_day: bool) -> list[tuple[int, int, int, int]]:
    days = range(today) if by_day else [slice(0, today)]
    return [tuple(int(a[d, t].sum()) for t in (one, two) for a in (shown, clicks)) for d in days]  # type: ignore[misc]


def _plain(n: Any, x: Any, one: int, two: int) -> bool:
    share = (x[one] + x[two]) / (n[one] + n[two])
    error = math.sqrt(share * (1 - share) * (1 / n[one] + 1 / n[two]))
    return bool(error and abs(x[one] / n[one] - x[two] / n[two]) > 1.96 * error)


def _covered(shown: Any, clicks: Any, today: int, rates: Any, interval: Any) -> float:
    """Return the share of titles whose interval holds the rate at which they were clicked over those days."""
    n, x = shown[:today].sum(0), clicks[:today].sum(0)
    truth = (rates[:today] * shown[:today]).sum(0) / n
    ends = [interval(int(a), int(b)) for a, b in zip(x, n, strict=True)]
    return _share([low <= t <= high for (low, high), t in zip(ends, truth, strict=True)])


def _share(values: list[bool]) -> float:
    return sum(values) / len(values)
