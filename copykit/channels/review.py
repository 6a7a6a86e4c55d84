"""Results judged: joined to what was planned by their codes, summed up by channel, task, title, product, material.

Small numbers are respected: shares carry Wilson's interval, orders the interval of a count (Garwood's exact limits, for
many Byar's approximation of them: Breslow, Day 1987, Statistical Methods in Cancer Research II, 69). A source is fed
when the low end of what it earned covers what it cost, and stopped when the high end does not; between them one waits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from copykit.channels.catalog import Catalog
from copykit.channels.outcomes import Outcome
from copykit.errors import Words
from copykit.model import Plan, Task
from copykit.titles.compare import rate_interval

DIMENSIONS = ("channel", "task", "title", "product", "material")
Interval = tuple[float, float]
_Z95 = 1.959964
_PEERS = ("click_rate", "conversion", "order_value")


class Joined(NamedTuple):
    """A row of results and what it belongs to; ``by`` tells how that was found: code, task, label, or nothing."""

    outcome: Outcome
    by: str
    plan: str = ""
    names: Mapping[str, str] = {}
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What one channel, task, title, product or piece of material brought.

    ``counts`` are sums, ``rates`` click rate and conversion, ``intervals`` theirs and those of orders and roi (revenue
    for a yuan). ``peers`` maps a rate to the peers' average and above, below or unclear. ``verdict``: feed, stop, move
    (its traffic to where it converts), mend (the product's page), weak, watch, untold.
    """

    dimension: str
    name: str
    rows: int
    counts: Mapping[str, float]
    rates: Mapping[str, float]
    intervals: Mapping[str, Interval]
    peers: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    verdict: str = "untold"
    why: Words = field(default_factory=lambda: Words("", ""))


@dataclass(frozen=True, slots=True)
class Review:
    """All standings by dimension, and what could not be joined."""

    standings: Mapping[str, tuple[Standing, ...]]
    joined: Mapping[str, int]
    unknown: tuple[str, ...]
    notes: tuple[Words, ...] = ()

    def with_verdict(self, verdict: str) -> list[Standing]:
        """Return the channels with a verdict."""
        return [one for one in self.standings.get("channel", ()) if one.verdict == verdict]


# --- joining ----------------------------------------------------------------------------------------------------------


class Register:
    """What tracking codes lead back to: those given out by kind, and the tasks of saved plans."""

    def __init__(
        self, catalog: Catalog, codes: Mapping[tuple[str, str], Mapping[str, Any]], plans: Iterable[Plan]
    ) -> None:
        self._catalog = catalog
        self._plans = {plan.name.casefold(): plan for plan in plans}
        self._codes = {code.casefold(): body for (_, code), body in codes.items()}
        self._tasks: dict[str, list[tuple[Plan, Task]]] = {}
        for plan in self._plans.values():
            for task in (*plan.tasks, *plan.kept):
                for key in {task.code, task.id}:
                    self._tasks.setdefault(key.casefold(), []).append((plan, task))

    def join(self, outcome: Outcome) -> Joined:
        """Return what a row belongs to: by its code or tagged link, by its task, else by its own labels."""
        labels = outcome.labels
        tags = _tags(labels.get("link", ""))
        code = labels.get("code") or tags.get("utm_content", "")
        campaign = labels.get("utm_campaign") or tags.get("utm_campaign", "")
        source = labels.get("utm_source") or tags.get("utm_source", "")
        by, plan, task, channel, label, run = "", None, None, "", "", ""
        body = self._codes.get(code.casefold()) if code else None
        if body is not None:
            by, label = "code", str(body.get("content", ""))
            run = str(body.get("batch", ""))
            plan = self._plans.get(str(body.get("plan", "")).casefold())
            channel = str(body.get("channel") or body.get("source") or "")
            plan, task = self._task(str(body.get("task", "")), plan)
        if task is None and code:
            plan, task = self._task(code, plan or self._plans.get(campaign.casefold()))
            by = "code" if task is not None else by
        if task is None and labels.get("task"):
            plan, task = self._task(labels["task"], plan)
            by = by or ("task" if task is not None else "")
        if task is not None:
            channel = channel or task.channel
        channel = self._channel(channel or labels.get("channel", "") or source)
        by = by or ("label" if channel else "")
        names = {
            "channel": channel,
            "task": f"{task.code} {task.title}" if task is not None else labels.get("task", ""),
            "title": labels.get("title", ""),
            "product": labels.get("product", "") or (plan.product if plan is not None else ""),
            "material": labels.get("material", "") or _material(label, run, channel, code if by == "code" else ""),
        }
        return Joined(outcome, by, plan.name if plan is not None else "", names, task)

    def _task(self, key: str, plan: Plan | None) -> tuple[Plan | None, Task | None]:
        """Return the one task of a code or id and its plan; in doubt between plans, no task."""
        found = [(of, task) for of, task in self._tasks.get(key.strip().casefold(), ()) if plan is None or of is plan]
        return found[0] if len(found) == 1 else (plan, None)

    def _channel(self, name: str) -> str:
        name = name.strip()
        return self._catalog[name].name if name in self._catalog else name


def _material(label: str, run: str, channel: str, code: str) -> str:
    """Return what a piece is called: its own name, its channel and print run, else its code."""
    return f"{label or channel} {run}".strip() if run else label or code


MOST_PARAMETERS = 1000  # of a link in a row; parsing more would take long


def _tags(link: str) -> dict[str, str]:
    """Return the utm values of a link; an address that cannot be read has none."""
    try:
        pairs = parse_qsl(urlsplit(link.strip()).query, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return {}
    return {name.lower(): value for name, value in pairs if name.lower()[:4] == "utm_"}


# --- judging ----------------------------------------------------------------------------------------------------------


class Money(NamedTuple):
    """What an order leaves: the share of the price, and the price where rows tell no revenue; None: not told."""

    margin: float | None = None
    price: float | None = None


def review(joined: Sequence[Joined], money: Money, hours: Mapping[str, float], actions: Mapping[str, float]) -> Review:
    """Return the standings of joined rows; ``hours`` and ``actions`` by channel are the plan's, for rows without."""
    trusted = [one for one in joined if not one.outcome.presale]
    notes = []
    if len(trusted) < len(joined):
        zh = f"{len(joined) - len(trusted)} 行在预售：尾款没付，支付转化率不能信，这些行不拿来定加还是停"
        en = f"{len(joined) - len(trusted)} rows are on pre-sale: what was paid cannot be trusted; they decide nothing"
        notes.append(Words(zh, en))
    standings: dict[str, tuple[Standing, ...]] = {}
    usual = _order_value(_sums(trusted))
    for dimension in DIMENSIONS:
        groups: dict[str, list[Joined]] = {}
        for one in trusted:
            if one.names.get(dimension):
                groups.setdefault(one.names[dimension], []).append(one)
        found = [_standing(dimension, name, rows, money, usual) for name, rows in groups.items()]
        if dimension == "channel":
            found = [_with_plan(one, hours, actions) for one in found]
        together = _Together(found)
        found = [_judged(one, together, money) for one in found]
        if dimension == "channel" and together.told > 1:
            zh = f"加不加、停不停看的区间按同时比 {together.told} 个来源放宽过，所以比表里的宽"
            en = (
                f"what decides are wider intervals than the table's, since {together.told} sources are compared at once"
            )
            notes.append(Words(zh, en))
        standings[dimension] = tuple(sorted(found, key=_rank))
    how = {by: sum(one.by == by for one in joined) for by in ("code", "task", "label", "")}
    renamed = {
        told: name
        for one in joined
        if one.by == "label"
        and (told := one.outcome.labels.get("channel", "").strip()) != (name := one.names["channel"])
        if told
    }
    if renamed:
        zh = "、".join(f"“{told}”算在{name}里" for told, name in renamed.items())
        en = ", ".join(f"'{told}' is counted as {name}" for told, name in renamed.items())
        notes.append(Words(zh, en))
    unknown = {one.outcome.labels["code"] for one in joined if one.by != "code" and one.outcome.labels.get("code")}
    return Review(standings, how, tuple(sorted(unknown)), tuple(notes))


def count_interval(count: float, z: float = _Z95) -> Interval:
    """Return the interval of a Poisson mean of which ``count`` were seen: exact for few, Byar's for many."""
    if count <= _EXACT:
        seen, tail = int(count), 1 - NormalDist().cdf(z)
        low = _mean_where(tail, lambda mean: 1 - _at_most(seen - 1, mean), rising=True) if seen else 0.0
        return low, _mean_where(tail, lambda mean: _at_most(seen, mean), rising=False)
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    more = count + 1
    return low, more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3


def fair_z(compared: int) -> float:
    """Return the width, in standard errors, of the intervals that decide when so many are judged at once.

    Of five hundred titles a dozen look good by luck: the more are compared, the wider the interval.
    """
    return NormalDist().inv_cdf(1 - 0.025 / max(compared, 1))


_EXACT = 20


def _at_most(count: int, mean: float) -> float:
    """Return the chance of a Poisson count of at most ``count``."""
    return math.fsum(math.exp(seen * math.log(mean) - mean - math.lgamma(seen + 1)) for seen in range(count + 1))


def _mean_where(tail: float, chance: Callable[[float], float], *, rising: bool) -> float:
    """Return the mean at which a chance, which rises or falls with it, is ``tail``."""
    low, high = 1e-9, 4.0 * _EXACT + 10
    for _ in range(60):
        middle = (low + high) / 2
        if (chance(middle) < tail) is rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _standing(dimension: str, name: str, rows: Sequence[Joined], money: Money, usual: float | None) -> Standing:
    counts = _sums(rows)
    rates: dict[str, float] = {}
    intervals: dict[str, Interval] = {}
    for rate, part, whole in (("click_rate", "visits", "impressions"), ("conversion", "orders", "visits")):
        if part in counts and counts.get(whole) and counts[part] <= counts[whole]:
            rates[rate] = counts[part] / counts[whole]
            intervals[rate] = rate_interval(counts[part], counts[whole])
    # The yuan of an order: the group's own, else that of all, else the product's price.
    value = next((each for each in (_order_value(counts), usual, money.price) if each is not None), None)
    if counts.get("orders"):
        if "revenue" in counts:
            rates["order_value"] = counts["revenue"] / counts["orders"]
        if "cost" in counts:
            rates["cost_per_order"] = counts["cost"] / counts["orders"]
    if "orders" in counts:
        intervals["orders"] = count_interval(counts["orders"])
        if counts.get("cost") and value is not None:
            rates["roi"] = counts.get("revenue", counts["orders"] * value) / counts["cost"]
            low, high = intervals["orders"]
            intervals["roi"] = (low * value / counts["cost"], high * value / counts["cost"])
            if money.margin is not None:
                rates["profit"] = counts["orders"] * value * money.margin - counts["cost"]
    peers = {}
    for rate in _PEERS:
        peer = _peer(rows, rate)
        if peer is not None and rate in rates:
            low, high = intervals.get(rate, (rates[rate], rates[rate]))
            side = "above" if low > peer else "below" if high < peer else "unclear"
            peers[rate] = (peer, side)
    return Standing(dimension, name, len(rows), counts, rates, intervals, peers)


def _sums(rows: Iterable[Joined]) -> dict[str, float]:
    sums: dict[str, list[float]] = {}
    for one in rows:
        counts = one.outcome.counts
        for name, value in counts.items():
            sums.setdefault(name, []).append(value)
        if "orders" not in counts and "buyers" in counts:
            sums.setdefault("orders", []).append(counts["buyers"])
    return {name: math.fsum(values) for name, values in sums.items()}


def _order_value(counts: Mapping[str, float]) -> float | None:
    return counts["revenue"] / counts["orders"] if counts.get("orders") and "revenue" in counts else None


class _Together:
    """What the standings of a dimension come to, to hold each against the others."""

    def __init__(self, found: Sequence[Standing]) -> None:
        told = [one.counts for one in found if "conversion" in one.rates]
        self.told = len(told)
        self.visits = math.fsum(counts["visits"] for counts in told)
        self.orders = math.fsum(counts["orders"] for counts in told)
        self.z = fair_z(len(told))


def _peer(rows: Sequence[Joined], rate: str) -> float | None:
    role = {"click_rate": "peer_click_rate", "conversion": "peer_conversion_rate", "order_value": "peer_order_value"}
    weigh = {"click_rate": "impressions", "conversion": "visits", "order_value": "orders"}[rate]
    known = [
        (one.outcome.peers[role[rate]], one.outcome.counts.get(weigh, 0.0))
        for one in rows
        if role[rate] in one.outcome.peers
    ]
    weight = math.fsum(each for _, each in known)
    return math.fsum(value * each for value, each in known) / weight if weight else None


def _with_plan(one: Standing, hours: Mapping[str, float], actions: Mapping[str, float]) -> Standing:
    counts = dict(one.counts)
    for name, of_plan in (("hours", hours), ("actions", actions)):
        if name not in counts and of_plan.get(one.name):
            counts[name] = of_plan[one.name]
    rates = dict(one.rates)
    if counts.get("hours") and "orders" in counts:
        rates["orders_per_hour"] = counts["orders"] / counts["hours"]
    return replace(one, counts=counts, rates=rates)


def _judged(one: Standing, among: _Together, money: Money) -> Standing:
    verdict, why = _verdict(one, among, money)
    return replace(one, verdict=verdict, why=why)


def _verdict(one: Standing, among: _Together, money: Money) -> tuple[str, Words]:
    """Return what to do with a source, and the sentence that says why."""
    if "orders" not in one.counts:
        return "untold", Words("没有成交数，判断不了", "no orders are told")
    if one.counts.get("cost") and "roi" in one.intervals:
        return _paid(one, among.z, money)
    conversion = one.rates.get("conversion")
    visits = among.visits - one.counts.get("visits", 0.0)
    if conversion is None or visits <= 0:
        return "untold", Words("没有点击数，或者没有别的可以比", "no visits are told, or nothing to hold it against")
    others = among.orders - one.counts["orders"]
    usual = others / visits
    low, high = rate_interval(one.counts["orders"], one.counts["visits"], among.z)
    # Newcombe 1998: the interval of a difference; few visits elsewhere leave what is usual open as well.
    least, most = rate_interval(others, visits, among.z) if 0 <= others <= visits else (usual, usual)
    difference = conversion - usual
    above = difference > math.hypot(conversion - low, most - usual)
    below = -difference > math.hypot(high - conversion, usual - least)
    told = f"{conversion:.2%}（{low:.2%}—{high:.2%}）", f"{conversion:.2%} ({low:.2%} to {high:.2%})"
    if above:
        zh, en = (
            f"转化 {told[0]}，往窄里算也比其他的 {usual:.2%} 高",
            f"converts {told[1]}, above {usual:.2%} elsewhere",
        )
        return "feed", Words(zh, en)
    if below:
        zh, en = f"转化 {told[0]}，往宽里算也不到其他的 {usual:.2%}", f"converts {told[1]}, below {usual:.2%} elsewhere"
        orders = one.counts["orders"]
        if one.dimension == "channel" and orders and not one.counts.get("cost") and not one.counts.get("hours"):
            zh, en = (
                f"{zh}；可是没花钱，带来 {orders:,.0f} 单，先改内容，别停",
                f"{en}; yet {orders:,.0f} orders for no money",
            )
            return "weak", Words(zh, en)
        return {"product": "mend", "channel": "move"}.get(one.dimension, "weak"), Words(zh, en)
    zh, en = f"转化 {told[0]}，和其他的 {usual:.2%} 分不出", f"converts {told[1]}, not told apart from {usual:.2%}"
    return "watch", Words(zh, en)


def _paid(one: Standing, z: float, money: Money) -> tuple[str, Words]:
    roi, cost = one.rates["roi"], one.counts["cost"]
    # The interval of roi is that of orders at one value each; here with the width for all that are judged at once.
    low, high = (
        wide * one.intervals["roi"][1] / one.intervals["orders"][1] for wide in count_interval(one.counts["orders"], z)
    )
    told = (
        f"花 {cost:,.0f} 元，投产比 {roi:.2f}（{low:.2f}—{high:.2f}）",
        (f"{cost:,.0f} yuan spent, roi {roi:.2f} ({low:.2f} to {high:.2f})"),
    )
    # A yuan of sales leaves its margin; without one only sales below the cost are a sure loss.
    even = 1 / money.margin if money.margin else None
    if even is not None and low >= even:
        return "feed", Words(f"{told[0]}，往窄里算也过了保本的 {even:.2f}", f"{told[1]}, above break-even {even:.2f}")
    if high < (even or 1.0):
        line = even or 1.0
        zh, en = f"{told[0]}，往宽里算也不到保本的 {line:.2f}", f"{told[1]}, below break-even {line:.2f}"
        return "stop", Words(zh, en)
    if even is None:
        zh, en = f"{told[0]}；没写毛利率，不知道保本是多少（--margin 或 --brief）", f"{told[1]}; the margin is not told"
        return "watch", Words(zh, en)
    zh, en = f"{told[0]}，保本 {even:.2f} 在区间里，再看", f"{told[1]}, break-even {even:.2f} lies within: wait"
    return "watch", Words(zh, en)


_ORDER = ("feed", "watch", "untold", "weak", "move", "mend", "stop")


def _rank(one: Standing) -> tuple[Any, ...]:
    worth = one.counts.get("revenue", one.counts.get("orders", 0.0))
    return _ORDER.index(one.verdict), -worth, one.name


# --- the next plan ----------------------------------------------------------------------------------------------------


class NextRow(NamedTuple):
    """What the next plan starts from: one channel in one period; None where nobody counted."""

    channel: str
    period: str
    actions: float | None
    visitors: float | None
    orders: float | None
    cost: float | None
    revenue: float | None
    hours: float | None


def next_rows(joined: Iterable[Joined], catalog: Catalog, actions: Mapping[str, float]) -> list[NextRow]:
    """Return the results of known channels by period, as ``channels plan --results`` reads them.

    ``actions`` by channel are the plan's; they stand in where there is one period only and the rows tell none.
    """
    groups: dict[tuple[str, str], list[Joined]] = {}
    for one in joined:
        channel = one.names.get("channel", "")
        if channel in catalog and not one.outcome.presale:
            groups.setdefault((channel, one.outcome.labels.get("period", "")), []).append(one)
    periods = {channel: sum(key[0] == channel for key in groups) for channel, _ in groups}
    rows = []
    for (channel, period), members in groups.items():
        sums = _sums(members)
        done = sums.get("actions", actions.get(channel) if periods[channel] == 1 else None)
        counts = (sums.get("visits"), sums.get("orders"), sums.get("cost"), sums.get("revenue"), sums.get("hours"))
        rows.append(NextRow(channel, period, done, *counts))
    return rows
