"""Which of several titles readers chose: told only where all else was the same, and however often one looks.

A title is held against another inside each stratum: one day, or one place and price, in which both were shown. Given
how often each was shown there, a click belongs to the first with probability ``n·r / (n·r + m)``, where ``r`` is how
many times as often the first is clicked; how good the day was drops out. The likelihood of ``r`` over all strata,
averaged over a prior, and divided by the likelihood at one value is a non-negative supermartingale if that value is
true, so that it passes ``1/α`` with probability ``α`` at most, at any of infinitely many looks (Ville's inequality).
The values that it has not passed are an interval that holds at all looks at once. The prior costs speed, never
validity.

Sources: Robbins (1970), Annals of Mathematical Statistics 41, 1397-1409 (mixtures); Johari, Koomen, Pekelis, Walsh
(2022), Operations Research 70, 1806-1821 (always-valid inference for online tests); Lindon, Malek (2022), NeurIPS 35
(counts with changing rates); Wilson (1927), JASA 22, 209-212 (a title's own interval).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from copykit.errors import Words
from copykit.model import Comparison, Tried

FACTORS: Mapping[str, Words] = {
    "picture": Words("主图", "picture"),
    "product": Words("商品", "product"),
    "price": Words("价格", "price"),
    "placement": Words("位置", "placement"),
    "period": Words("时间", "period"),
}
ALPHA = 0.05
_Z95 = 1.959964
# Half of the titles of one test differ by less than this share from one another; the test is valid for any value.
_SPREAD = 0.25
_FARTHEST = 12.0  # log of the largest ratio that is thought of: one is clicked 160,000 times as often
_STEPS = 400
_MOST_NEEDED = 100_000_000
_LOPSIDED = 1.5  # impressions that differ so much were not dealt out evenly


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of results: a title, its counts, the day (empty: not told), and what is told of FACTORS."""

    title: str
    impressions: int
    clicks: int
    day: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


Stratum = tuple[int, int, int, int]  # impressions and clicks of one title, then of the other


def compare(rows: Sequence[Shown], same: Collection[str] = (), group: str = "") -> Comparison:
    """Return what may be said of the titles of ``rows``; a title has any number of them.

    ``same`` are factors that were the same by their user's word, where the rows do not tell of them. A winner needs
    every factor to match, and a rate above each other title's, with an error of 5 % for the whole comparison, looked
    at as often as one likes.
    """
    strata = _strata(rows)
    titles = list(dict.fromkeys(row.title for row in rows))
    if len(titles) < 2:
        zh, en = "只有一条标题，没有可以比的", "there is one title only, nothing to hold it against"
        return _incomparable(_tried(rows), Words(zh, en), group)
    objection = _unlike(rows, titles, same)
    if objection is not None:
        return _incomparable(_tried(rows), objection, group)
    shared = {key: shown for key, shown in strata.items() if len(shown) == len(titles)}
    if not shared:
        zh = "没有一天（或一个位置）是几条标题都在的，换了日子就不知道是标题还是日子"
        en = "on no day, or in no place, were all the titles shown; another day may be what made the difference"
        return _incomparable(_tried(rows), Words(zh, en), group)
    notes: list[Words] = []
    if len(shared) < len(strata):
        zh = f"只算几条标题都在的 {len(shared)} 份数据，另外 {len(strata) - len(shared)} 份不算"
        en = f"counted where all were shown: {len(shared)} of {len(strata)} days or places"
        notes.append(Words(zh, en))
    counted = [Shown(title, *counts) for shown in shared.values() for title, counts in shown.items()]
    tried = sorted(_tried(counted), key=lambda one: (-one.rate, one.title))
    if min(one.impressions for one in tried) == 0:
        zh, en = "有标题一次也没展现", "a title was never shown"
        return _incomparable(tried, Words(zh, en), group)
    return _judged(tried, list(shared.values()), notes, group)


def rate_interval(clicks: float, impressions: float, z: float = _Z95) -> tuple[float, float]:
    """Return Wilson's interval of a share: right on average for few clicks too, and never below 0."""
    if impressions <= 0:
        return 0.0, 1.0
    share, z2 = clicks / impressions, z * z
    centre = (share + z2 / (2 * impressions)) / (1 + z2 / impressions)
    spread = share * (1 - share) / impressions + z2 / (4 * impressions * impressions)
    half = z * math.sqrt(spread) / (1 + z2 / impressions)
    # The ends of nothing and of all are known; rounding would leave them a hair inside.
    low = centre - half if clicks else 0.0
    high = centre + half if clicks < impressions else 1.0
    return max(low, 0.0), min(high, 1.0)


# --- what is held against what ----------------------------------------------------------------------------------------


def _unlike(rows: Sequence[Shown], titles: Sequence[str], same: Collection[str]) -> Words | None:
    """Return why the titles cannot be compared: a factor differs between them, or nobody told of it."""
    unknown: list[str] = []
    told = _told(rows)
    for factor, name in FACTORS.items():
        if factor not in told:
            if factor not in same and not (factor == "period" and all(row.day for row in rows)):
                unknown.append(factor)
            continue
        values: dict[str, dict[str, str]] = {title: {} for title in titles}
        for row in rows:
            values[row.title][_folded(row.told[factor])] = row.told[factor].strip()
        first = values[titles[0]]
        other = next((title for title in titles if values[title].keys() != first.keys()), None)
        if other is not None:
            one, two = (_listed(values[title].values()) for title in (titles[0], other))
            zh = (
                f"{name.zh}不一样：“{titles[0]}”是 {one}，“{other}”是 {two}；只换标题，别的不动，才知道是不是标题的功劳"
            )
            en = f"the {name.en} differs: '{titles[0]}' has {one}, '{other}' has {two}; change the title alone"
            return Words(zh, en)
    if not unknown:
        return None
    zh = "、".join(FACTORS[factor].zh for factor in unknown)
    en = ", ".join(FACTORS[factor].en for factor in unknown)
    given = "全部" if len(unknown) == len(FACTORS) else ",".join(FACTORS[factor].zh for factor in unknown)
    return Words(
        f"不知道{zh}是不是一样：表里没写。都一样就加 --same {given}",
        f"nobody told whether {en} were the same; if they were, add --same {','.join(unknown)}",
    )


def _told(rows: Sequence[Shown]) -> list[str]:
    """Return the factors of which every row tells."""
    return [factor for factor in FACTORS if all(row.told.get(factor, "").strip() for row in rows)]


def _strata(rows: Sequence[Shown]) -> dict[tuple[str, ...], dict[str, tuple[int, int]]]:
    """Return (day, factors) → title → impressions and clicks."""
    found: dict[tuple[str, ...], dict[str, tuple[int, int]]] = {}
    told = _told(rows)
    for row in rows:
        key = (row.day, *(_folded(row.told[factor]) for factor in told))
        shown = found.setdefault(key, {})
        impressions, clicks = shown.get(row.title, (0, 0))
        shown[row.title] = impressions + row.impressions, clicks + row.clicks
    return found


def _folded(value: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def _listed(values: Iterable[str]) -> str:
    found = list(values)
    return "、".join(found[:3]) + ("…" if len(found) > 3 else "")


def _tried(rows: Iterable[Shown]) -> list[Tried]:
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        impressions, clicks = sums.get(row.title, (0, 0))
        sums[row.title] = impressions + row.impressions, clicks + row.clicks
    return [
        Tried(title, shown, clicks, clicks / shown if shown else 0.0, rate_interval(clicks, shown))
        for title, (shown, clicks) in sums.items()
    ]


def _incomparable(tried: Sequence[Tried], reason: Words, group: str) -> Comparison:
    return Comparison(tuple(tried), "not comparable", None, None, None, reason, (), group)


# --- the test ---------------------------------------------------------------------------------------------------------


def _judged(
    tried: Sequence[Tried], strata: Sequence[Mapping[str, tuple[int, int]]], notes: list[Words], group: str
) -> Comparison:
    first, others = tried[0], tried[1:]
    # Whoever is named, one of the pairs with the truly best title has to go wrong: there are as many as other titles.
    threshold = math.log(len(others) / ALPHA)
    pairs = [Pair([(*shown[first.title], *shown[other.title]) for shown in strata]) for other in others]
    second = others[0]
    low, high = pairs[0].interval(threshold)
    middle = math.exp(pairs[0].centre) if second.clicks else math.inf
    ratio = (math.exp(low), middle, math.exp(high))
    notes = [*notes, *_evenness(tried)]
    if all(pair.won(threshold) for pair in pairs):
        zh = f"“{first.title}”点得多，{_times(second.title, ratio).zh}；随时看、看几次都作数"
        en = f"'{first.title}' is clicked more, {_times(second.title, ratio).en}; valid at any look"
        return Comparison(tuple(tried), "winner", first.title, ratio, 0, Words(zh, en), tuple(notes), group)
    needed = max(
        (_needed(pair, one, threshold) for pair, one in zip(pairs, others, strict=True)),
        key=lambda n: (n is None, n or 0),
    )
    ahead = f"“{first.title}”现在靠前，{_times(second.title, ratio).zh}，还分不出"
    told = f"'{first.title}' leads, {_times(second.title, ratio).en}: undecided"
    if first.clicks == 0:
        ahead, told = "都还没有点击", "nobody has clicked yet"
    if needed is None:
        zh, en = f"{ahead}；就算有差别也小到不值得等，选哪条都行", f"{told}; any difference is too small to wait for"
        if first.clicks == 0:
            zh, en = f"{ahead}，接着放", f"{told}; go on"
    else:
        zh = f"{ahead}；照这样每条再要约 {needed:,} 次展现"
        en = f"{told}; at this rate about {needed:,} more impressions each"
    return Comparison(tuple(tried), "undecided", None, ratio, needed, Words(zh, en), tuple(notes), group)


class Pair:
    """Two titles, by strata, and what their counts say of the log of the ratio of their rates."""

    def __init__(self, strata: Iterable[Stratum]) -> None:
        self.strata = [stratum for stratum in strata if stratum[0] and stratum[2]]
        self.centre, self._low, self._high = self._around()

    def likelihood(self, log_ratio: float, scale: float = 1.0) -> float:
        """Return the log likelihood of a log ratio, were all counts ``scale`` times what they are."""
        total = 0.0
        for shown, clicks, other_shown, other_clicks in self.strata:
            lean = log_ratio + math.log(shown / other_shown)
            # log of p and of 1 - p, each kept from losing its digits where p is near 0 or 1
            total -= clicks * _softplus(-lean) + other_clicks * _softplus(lean)
        return total * scale

    def mixture(self, scale: float = 1.0) -> float:
        """Return the log of the likelihood averaged over a Cauchy prior around equal rates."""
        width = 1 / math.sqrt(scale)
        low = max(self.centre - (self.centre - self._low) * width, -_FARTHEST)
        high = min(self.centre + (self._high - self.centre) * width, _FARTHEST)
        step = (high - low) / _STEPS
        points = [low + step * (number + 0.5) for number in range(_STEPS)]
        logs = [
            self.likelihood(point, scale) - math.log(math.pi * _SPREAD * (1 + (point / _SPREAD) ** 2))
            for point in points
        ]
        top = max(logs)
        return top + math.log(sum(math.exp(value - top) for value in logs) * step)

    def evidence(self, scale: float = 1.0) -> float:
        """Return the log of the evidence against equal rates."""
        return self.mixture(scale) - self.likelihood(0.0, scale)

    def won(self, threshold: float) -> bool:
        """Return whether the first is ahead with evidence of at least ``threshold``."""
        # No average is above the largest, which is known; most looks end here.
        if self.centre <= 0 or self.likelihood(self.centre) - self.likelihood(0.0) < threshold:
            return False
        return self.evidence() >= threshold

    def interval(self, threshold: float) -> tuple[float, float]:
        """Return the log ratios against which the evidence is below ``threshold``."""
        least = self.mixture() - threshold

        def outside(log_ratio: float) -> bool:
            return self.likelihood(log_ratio) < least

        low = _edge(outside, self.centre, -_FARTHEST)
        high = _edge(outside, self.centre, _FARTHEST)
        return low, high

    def _around(self) -> tuple[float, float, float]:
        """Return the likeliest log ratio, and the range outside of which the likelihood is next to nothing."""
        centre = self._likeliest()
        shares = [(row[1] + row[3], _share(centre + math.log(row[0] / row[2]))) for row in self.strata]
        information = sum(clicks * share * (1 - share) for clicks, share in shares)
        # Ten standard errors to each side; with next to no clicks the whole range.
        reach = 10 / math.sqrt(information) if information > 0.25 else 2 * _FARTHEST
        return centre, max(centre - reach, -_FARTHEST), min(centre + reach, _FARTHEST)

    def _likeliest(self) -> float:
        ours, theirs = (sum(row[place] for row in self.strata) for place in (1, 3))
        if not ours or not theirs:
            return (bool(ours) - bool(theirs)) * _FARTHEST
        if len(self.strata) == 1:
            shown, clicks, other_shown, other_clicks = self.strata[0]
            return math.log(clicks / shown) - math.log(other_clicks / other_shown)
        low, high = -_FARTHEST, _FARTHEST
        for _ in range(50):
            middle = (low + high) / 2
            expected = sum((row[1] + row[3]) * _share(middle + math.log(row[0] / row[2])) for row in self.strata)
            low, high = (middle, high) if ours > expected else (low, middle)
        return (low + high) / 2


def _needed(pair: Pair, other: Tried, threshold: float) -> int | None:
    """Return how many more impressions a title needs until the difference is told, None when too many to wait for."""
    most = _MOST_NEEDED / max(other.impressions, 1)
    if pair.won(threshold):
        return 0
    if pair.centre <= 0 or most <= 1 or pair.evidence(most) < threshold:
        return None
    low, high = 1.0, most
    while high / low > 1.005:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if pair.evidence(middle) < threshold else (low, middle)
    return _rounded((high - 1) * other.impressions)


def _rounded(value: float) -> int:
    """Return a number to two digits, upward: it is a guess and should not look like more."""
    if value < 10:
        return math.ceil(value)
    unit: int = 10 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / unit) * unit


def _edge(outside: Callable[[float], bool], inside: float, far: float) -> float:
    """Return where the interval ends on one side; infinity where it does not."""
    if not outside(far):
        return math.copysign(math.inf, far)
    low, high = inside, far
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if outside(middle) else (middle, high)
    return high


def _evenness(tried: Sequence[Tried]) -> Iterable[Words]:
    shown = [one.impressions for one in tried]
    if max(shown) > _LOPSIDED * min(shown):
        zh = "展现分得不匀，平台可能在偏着投；按天给数（有“日期”一列），偏着投也不影响判断"
        en = "impressions are not even: the platform may favour one; with a date column that does no harm"
        yield Words(zh, en)


def _times(other: str, ratio: tuple[float, float, float]) -> Words:
    """Return how many times as often the first is clicked, with the range in which the truth lies."""
    low, middle, high = (math.floor(ratio[0] * 100) / 100, *ratio[1:])
    if math.isinf(middle):
        return Words(f"“{other}”还没有点击", f"nobody clicked '{other}' yet")
    # A winner's range lies above 1, by however little.
    over = ("略高于 ", "just over ") if low == 1 < ratio[0] else ("", "")
    zh = f"点击率是“{other}”的 {middle:.2f} 倍（真正的倍数在{over[0] or ' '}{low:g} 到 {high:.3g} 之间）"
    en = f"at {middle:.2f} times the rate of '{other}' (the truth lies between {over[1]}{low:g} and {high:.3g})"
    if math.isinf(high):
        zh, en = zh.replace("到 inf 之间", "以上"), en.replace("lies between", "is above").replace(" and inf", "")
    return Words(zh, en)


def _share(lean: float) -> float:
    if lean >= 0:
        return 1 / (1 + math.exp(-lean))
    odds = math.exp(lean)
    return odds / (1 + odds)


def _softplus(value: float) -> float:
    """Return log(1 + e^value) without overflow."""
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))
