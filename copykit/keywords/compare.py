"""What became of words between periods: new, rising, falling, gone, steady, each with its evidence.

Where days are known they tell how a word's counts go up and down from day to day, and where there are several earlier
periods, how they do from period to period; a change has to be more than that. A surplus that one day brought is no
rise, and a word that was there before is not new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.changes import Tested, compare_counts, learn_spread, never_falling, usual_sway
from copykit.keywords.series import Series
from copykit.keywords.spikes import lone_day, surplus_of
from copykit.model import ChangeState, WordChange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWN = 4.0  # days' worth by which a word's own ups and downs are drawn to those of words as frequent as it
IN_BIN = 150  # words of about the same count whose ups and downs are averaged
MIDDLE = 50  # so many of the largest words on both sides, or half of them, give the middle ratio of two tables
FEWEST = 3  # of fewer words none is in the middle
STATES: tuple[ChangeState, ...] = ("new", "rising", "falling", "gone", "steady")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which slot belongs to which period.

    ``period``: of each slot, its number in time, -1 for what is only looked at to tell whether a word is new. ``now``:
    the period that is compared; ``before``: those that make the usual. ``year_ago``: the period like ``now`` a year ago
    and those that were its usual. ``days``: of each slot, None where it is not known. ``unbroken``: so many of the last
    periods, ``now`` among them, follow on each other; None for all of them.
    """

    period: Ints
    now: int
    before: tuple[int, ...]
    days: tuple[date | None, ...]
    year_ago: tuple[int, tuple[int, ...]] | None = None
    unbroken: int | None = None

    def slots(self, *periods: int) -> Ints:
        """Return the slots of periods."""
        return np.flatnonzero(np.isin(self.period, periods))

    def steps(self, periods: int) -> int:
        """Return from how many of so many periods the next one follows without a gap, up to the last."""
        return (periods if self.unbroken is None else min(self.unbroken, periods)) - 1


class Comparison(NamedTuple):
    """The words that were looked at, those that changed first; ``tested`` is how many, ``spread`` how far counts of
    about 100 go up and down beyond chance (1: no further).
    """

    words: list[WordChange]
    tested: int
    spread: float


def compare(
    series: Series, layout: Layout, settings: Mapping[str, Any], lang: str = "zh", figure: str = ""
) -> Comparison:
    """Compare the words of two periods or more; ``figure`` is what an index or a rank is called."""
    sentences = {name: words[lang] for name, words in settings["reasons"].items()}
    if series.measure != "count":
        return _compare_ratios(series, layout, settings, sentences, figure)
    return _Counts(series, layout, settings).words(sentences, settings["shapes"], lang)


class _Counts:
    """Counts of two periods and what is known of their ups and downs."""

    def __init__(self, series: Series, layout: Layout, settings: Mapping[str, Any]) -> None:
        self._series, self._layout, self._settings = series, layout, settings
        now, before = layout.slots(layout.now), layout.slots(*layout.before)
        values = series.values
        self.after, self.old = values[:, now].sum(axis=1), values[:, before].sum(axis=1)
        total = self.after + self.old
        self._looked = np.flatnonzero(total >= settings["least"])
        weights = series.exposure[now].sum(), series.exposure[before].sum()
        self.growth = _growth(self.old, self.after, weights, texts=series.of_texts)
        self.share = self.growth / (1 + self.growth)
        self._now, self._before = now, before
        self._earlier = np.flatnonzero(layout.period < layout.now)
        self._now_exposure = float(series.exposure[now].sum())
        self._before_exposure = float(series.exposure[before].sum())
        self._spread, self._calm = self._spreads()
        counted = series.inside[self._looked] < 0
        rate = settings["false_share"]
        old, after = self.old[self._looked], self.after[self._looked]
        # Of large counts a hundredth more is sure, and nobody cares.
        plain = after + old * self.growth
        enough = np.abs(after - old * self.growth) > (settings["factor"] - 1) / (settings["factor"] + 1) * plain
        self.tested: Tested = compare_counts(old, after, self.share, self._spread, rate, counted)
        self.believed = self.tested.believed & enough
        # Without the word's own ups and downs: what is striking so, and not with them, is a spike.
        self.striking = compare_counts(old, after, self.share, self._calm, rate, counted).believed & enough

    def _spreads(self) -> tuple[Floats, Floats]:
        """Return how far each word goes up and down: with its own days in it, and as words like it do."""
        layout, series = self._layout, self._series
        looked, values = self._looked, series.values[self._looked]
        total = (self.old + self.after)[looked]
        own, usual = np.ones(len(looked)), np.ones(len(looked))
        known = False
        days = [layout.slots(layout.now), *(layout.slots(period) for period in layout.before)]
        periods = [layout.slots(period) for period in layout.before]
        for groups in (days, [np.array(periods, object)] if len(periods) > 1 else []):
            squares, freedom = np.zeros(len(looked)), 0
            for group in groups:
                columns = [np.atleast_1d(slots).astype(np.int64) for slots in group]
                if len(columns) < 2:
                    continue
                counts = np.stack([values[:, slots].sum(axis=1) for slots in columns], axis=1)
                exposure = np.array([series.exposure[slots].sum() for slots in columns])
                squares += _squares(counts, exposure if series.of_texts else _levels(counts, exposure))
                freedom += len(columns) - 1
            if freedom:
                known = True
                trend = _trend(squares, freedom, total)
                usual = np.maximum(usual, trend)
                own = np.maximum(own, (DRAWN * trend + squares) / (DRAWN + freedom))
        if not known:
            # Two heaps without days: most words are taken not to have changed.
            usual = learn_spread(self.old[looked], self.after[looked], self.share).of(total)
            own = usual
        return own, usual

    def words(self, sentences: Mapping[str, str], shapes: Mapping[str, Mapping[str, str]], lang: str) -> Comparison:
        """Return the words, those that changed most first."""
        series, looked, texts = self._series, self._looked, self._series.texts
        # Columns once, as plain numbers: there may be a million words, and nearly all of them are steady.
        seen = (series.values[:, self._earlier].sum(axis=1) > 0)[looked]
        counts, rises = self._by_period()
        old, after = self.old[looked], self.after[looked]
        expected = old * self.growth
        means = np.round(old / max(len(self._layout.before), 1), 2)
        ratios = np.round(np.divide(after, expected, out=np.zeros(len(looked)), where=expected > 0), 3)
        shares = (_shares(old, self._before_exposure), _shares(after, self._now_exposure))
        surprise = np.abs(after - expected) / np.sqrt(np.maximum(expected + after, 1))
        believed, steady = self.believed, sentences["steady"]
        year_ago = self._year_ago()
        inside = series.inside[looked]
        changed = set(looked[believed].tolist())
        ranks = np.full(len(looked), float(STATES.index("steady")))
        found: list[WordChange] = []
        columns = (looked, old, after, expected, means, ratios, self.tested.p_values, believed, self.striking, seen)
        rows = zip(*(column.tolist() for column in (*columns, *shares, inside, rises)), counts.tolist(), strict=True)
        for number, row in enumerate(rows):
            (
                place,
                was,
                now,
                due,
                mean,
                ratio,
                p_value,
                sure,
                strikes,
                before,
                share_was,
                share_now,
                longer,
                grew,
                kept,
            ) = row
            state: ChangeState = "steady"
            shape = reason = ""
            if sure or strikes:
                state, shape, reason = self._told(place, was, now, due, sure, before, sentences, shapes, lang)
                ranks[number] = STATES.index(state) - (0.5 if state == "steady" and shape else 0)
            if not reason:
                reason = steady.format(before=_number(mean), after=_number(now))
            found.append(
                WordChange(
                    texts[place],
                    state,
                    "count",
                    mean,
                    now,
                    ratio if due > 0 else None,
                    float(f"{p_value:.3g}"),
                    reason,
                    (),
                    shape,
                    tuple(kept),
                    grew,
                    "",
                    texts[longer] if longer in changed else "",
                    year_ago.get(place, ""),
                    share_was,
                    share_now,
                )
            )
        order = np.lexsort((-surprise, ranks)).tolist()
        hundred = np.argsort(np.abs(np.log((old + after) / 100)), kind="stable")[:1]
        return Comparison([found[at] for at in order], len(looked), float(self._calm[hundred].sum()) or 1.0)

    def _told(
        self,
        place: int,
        old: float,
        after: float,
        expected: float,
        believed: bool,
        seen: bool,
        sentences: Mapping[str, str],
        shapes: Mapping[str, Mapping[str, str]],
        lang: str,
    ) -> tuple[ChangeState, str, str]:
        """Return the state of a word that stands out, the shape of its surplus, and the sentence on both."""
        shape, day = self._shape(place, seen)
        state = _state(old, after, expected, seen) if believed else "steady"
        grew = state in ("new", "rising")
        spike = shape == "one_day" and (grew or not believed)
        if spike:
            state = "steady"
        elif not grew:
            shape = ""
        ratio = after / expected if expected > 0 else None
        which = "spike" if spike else "again" if state == "rising" and not old else state
        reason = sentences[which].format(
            before=_number(old / max(len(self._layout.before), 1)),
            after=_number(after),
            times=f"×{ratio:.1f}" if ratio is not None else "",
        )
        if shape:
            reason += ("；" if lang == "zh" else "; ") + shapes[shape][lang].format(day=day)
        return state, shape, reason

    def _by_period(self) -> tuple[Floats, Ints]:
        """Return the count of each looked-at word in each period so far, and over how many it has been growing."""
        layout, series = self._layout, self._series
        periods = [period for period in np.unique(layout.period).tolist() if 0 <= period <= layout.now]
        slots = [layout.slots(period) for period in periods]
        counts = np.stack([series.values[:, some].sum(axis=1) for some in slots], axis=1)[self._looked]
        weights = np.array([max(float(series.exposure[some].sum()), 1e-9) for some in slots])
        more = np.diff(counts / weights, axis=1) > 0
        # The run of growth that ends with the last period; across a period that was left out nothing is known to grow.
        broken = np.cumsum(~more[:, ::-1], axis=1) > 0
        return counts, (~broken[:, : layout.steps(len(periods))]).sum(axis=1)

    def _shape(self, place: int, seen: bool) -> tuple[str, str]:
        """Return how the later period's surplus lies in its days, and the day that brought it."""
        layout, series, wanted = self._layout, self._series, self._settings["shape"]
        slots = self._now if len(self._now) >= wanted["lasts"] else np.array([], np.int64)
        if not len(slots):
            return "", ""
        usual = self.old[place] / max(self._before_exposure, 1e-9)
        surplus = surplus_of(series.values[place, slots], series.exposure[slots], usual)
        if surplus.sum() <= 0 or self.after[place] < self._settings["least"]:
            return "", ""
        lone = lone_day(surplus, wanted["one_day"])
        if lone is not None:
            day = layout.days[int(slots[lone])]
            return "one_day", day.isoformat() if day is not None else ""
        if (surplus > 0).sum() >= wanted["lasts"]:
            return ("late_bloomer" if seen else "lasting"), ""
        return "", ""

    def _year_ago(self) -> dict[int, str]:
        """Return what words that surely did something a year ago did."""
        layout = self._layout
        if layout.year_ago is None:
            return {}
        now, before = layout.slots(layout.year_ago[0]), layout.slots(*layout.year_ago[1])
        values, exposure = self._series.values[self._looked], self._series.exposure
        after, old = values[:, now].sum(axis=1), values[:, before].sum(axis=1)
        growth = exposure[now].sum() / max(exposure[before].sum(), 1e-9)
        if growth <= 0:
            return {}
        tested = compare_counts(old, after, growth / (1 + growth), self._spread, self._settings["false_share"])
        rose = after > old * growth
        return {
            int(self._looked[number]): "rising" if rose[number] else "falling"
            for number in np.flatnonzero(tested.believed)
        }


def _growth(old: Floats, after: Floats, weights: tuple[float, float], *, texts: bool) -> float:
    """Return how many times as much was counted in the later period, as the words that did not change tell.

    Of texts it is their number. Of figures a few large rows would decide; the middle ratio of the larger words does not
    care for them.
    """
    plain = max(weights[0], 1e-9) / max(weights[1], 1e-9)
    both = np.flatnonzero((old > 0) & (after > 0))
    if texts or len(both) < FEWEST:
        return float(plain)
    large = both[np.argsort(-(old + after)[both], kind="stable")[: max(MIDDLE, len(both) // 2)]]
    return float(np.median(after[large] / old[large]))


def _levels(counts: Floats, exposure: Floats) -> Floats:
    """Return how high each column of figures lies, as the middle one of the larger words tells.

    One word that leapt lifts a column's sum, and with it what is expected of all the others.
    """
    whole = np.flatnonzero((counts > 0).all(axis=1))
    if len(whole) < FEWEST:
        return exposure
    large = whole[np.argsort(-counts[whole].sum(axis=1), kind="stable")[: max(MIDDLE, len(whole) // 2)]]
    levels: Floats = np.median(counts[large] / counts[large].mean(axis=1, keepdims=True), axis=0)
    return levels


def _squares(counts: Floats, weights: Floats) -> Floats:
    """Return for each word the sum of squared deviations from its share of each column, in units of chance."""
    share = weights / max(weights.sum(), 1e-9)
    expected = counts.sum(axis=1, keepdims=True) * share
    squares: Floats = np.where(expected > 0, (counts - expected) ** 2 / np.maximum(expected, 1e-12), 0).sum(axis=1)
    return squares


def _trend(squares: Floats, freedom: int, total: Floats) -> Floats:
    """Return the mean spread of the words that are about as frequent, at least 1; more frequent ones have no less.

    Of few words one that leapt would be the mean: there it is the sway of the middle one (``usual_sway``).
    """
    if len(total) < IN_BIN // 3:
        return usual_sway(squares, freedom, total)
    spread = squares / freedom
    parts = [
        some for some in np.array_split(np.argsort(total, kind="stable"), max(1, len(total) // IN_BIN)) if len(some)
    ]
    means = never_falling([max(1.0, float(spread[some].mean())) for some in parts], list(map(len, parts)))
    trend = np.ones(len(total))
    for some, mean in zip(parts, means.tolist(), strict=True):
        trend[some] = mean
    return trend


def _state(old: float, after: float, expected: float, seen: bool) -> ChangeState:
    if after > expected:
        return "rising" if old > 0 or seen else "new"
    return "falling" if after > 0 else "gone"


def _rises(rates: Sequence[float]) -> int:
    """Return over how many of the last periods a rate has grown without a break."""
    count = 0
    for later, earlier in zip(rates[::-1], rates[-2::-1], strict=False):
        if later <= earlier:
            break
        count += 1
    return count


def _shares(counts: Floats, of: float) -> Floats:
    shares: Floats = np.round(counts / max(of, 1e-9), 8)
    return shares


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:,.1f}"


def _compare_ratios(
    series: Series,
    layout: Layout,
    settings: Mapping[str, Any],
    sentences: Mapping[str, str],
    figure: str,
) -> Comparison:
    """Compare an index or a rank: a word stands out when its ratio does among those of all words. Nothing is tested."""
    values = series.values
    is_rank = series.measure == "rank"
    with np.errstate(all="ignore"):
        after = _best(values[:, layout.slots(layout.now)], is_rank)
        old = _middle([_best(values[:, layout.slots(period)], is_rank) for period in layout.before])
        logs = np.log(old / after) if is_rank else np.log(after / old)
    both = np.isfinite(logs)
    middle = float(np.median(logs[both])) if both.any() and not is_rank else 0.0
    usual = 1.4826 * float(np.median(np.abs(logs[both] - middle))) if both.any() else 0.0
    bar = max(float(np.log(settings["ratio"]["factor"])), settings["ratio"]["deviations"] * usual)
    earlier = np.flatnonzero((layout.period < layout.now) & (layout.period != layout.now))
    told = ~np.isnan(values[:, earlier])
    seen = np.asarray(told.any(axis=1), bool)
    order_of_periods = sorted({int(period) for period in layout.period if 0 <= period <= layout.now})
    found: list[tuple[tuple[int, float], WordChange]] = []
    for place in np.flatnonzero(~np.isnan(after) | ~np.isnan(old)).tolist():
        now, then, log = after[place], old[place], logs[place]
        if np.isnan(then):
            state: ChangeState = "rising" if seen[place] else "new"
        elif np.isnan(now):
            state = "gone"
        else:
            state = "rising" if log - middle >= bar else "falling" if log - middle <= -bar else "steady"
        before_shown = None if np.isnan(then) else float(then)
        after_shown = None if np.isnan(now) else float(now)
        ratio = float(f"{np.exp(log - middle):.4g}") if np.isfinite(log) else None
        counts = tuple(
            float(value)
            for value in (
                _best(values[place : place + 1, layout.slots(period)], is_rank)[0] for period in order_of_periods
            )
        )
        which = "index" if not is_rank else {"new": "rank_new", "gone": "rank_gone"}.get(state, "rank")
        if is_rank and before_shown is None:
            which = "rank_new"
        reason = sentences[which].format(
            measure=figure,
            before="—" if before_shown is None else _number(before_shown),
            after="—" if after_shown is None else _number(after_shown),
        )
        size = (after_shown or 0) + (before_shown or 0)
        weight = -abs(log - middle) if np.isfinite(log) else (size if is_rank else -size)
        word = WordChange(
            series.texts[place],
            state,
            "rank" if is_rank else "index",
            before_shown,
            after_shown,
            ratio,
            None,
            reason,
            series=tuple(0.0 if np.isnan(count) else count for count in counts),
            rises=_rises(
                [
                    (-count if is_rank else count)
                    for count in counts[len(counts) - 1 - layout.steps(len(counts)) :]
                    if not np.isnan(count)
                ]
            ),
        )
        found.append(((STATES.index(state), weight), word))
    found.sort(key=lambda item: item[0])
    return Comparison([word for _, word in found], len(found), float(np.exp(usual)))


def _best(values: Floats, is_rank: bool) -> Floats:
    """Return the highest index, or the best rank, of each row; nan where nothing is told."""
    if not values.shape[1]:
        return np.full(len(values), np.nan)
    best: Floats = (np.fmin if is_rank else np.fmax).reduce(values, axis=1)
    return best


def _middle(columns: Sequence[Floats]) -> Floats:
    """Return the median of several periods' values, of those that told."""
    if len(columns) == 1:
        return columns[0]
    stacked = np.stack(columns, axis=1)
    middle = np.full(len(stacked), np.nan)
    told = ~np.isnan(stacked).all(axis=1)
    middle[told] = np.nanmedian(stacked[told], axis=1)
    return middle
