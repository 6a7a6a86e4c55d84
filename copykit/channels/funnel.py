"""Sales as a product of factors, by entry; a change of them split exactly; and the lever that pays most for its work.

Sales = Σ over entries of impressions × click rate × conversion × frequency × order value (methods E). The change of one
entry between two periods is shared among its factors by their Shapley values: each factor's effect is its mean over all
orders in which the factors can change one after the other (Shapley 1953; for decompositions: Shorrocks 2013, Journal of
Economic Inequality 11, 99-126). It adds up exactly and knows zeros, for which logarithms have no answer. A rate whose
denominator is zero did not change; nobody saw it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import Any, NamedTuple

from copykit.channels.outcomes import Outcome
from copykit.errors import CopykitError, Words
from copykit.tables import BadFigure, Table
from copykit.titles.compare import rate_interval

LEVELS = ("impressions", "visits", "buyers", "orders", "revenue")
# What the step between two levels is called.
_STEPS = {
    ("impressions", "visits"): "click_rate",
    ("impressions", "buyers"): "conversion",
    ("impressions", "orders"): "conversion",
    ("visits", "buyers"): "conversion",
    ("visits", "orders"): "conversion",
    ("buyers", "orders"): "frequency",
    ("orders", "revenue"): "order_value",
    ("buyers", "revenue"): "order_value",
    ("visits", "revenue"): "visit_value",
    ("impressions", "revenue"): "visit_value",
}
SHOP_WIDE = ("conversion", "order_value", "frequency")  # work on the page and the goods serves every entry
PRESALE = "presale"
_PEERS = {"click_rate": "peer_click_rate", "conversion": "peer_conversion_rate", "order_value": "peer_order_value"}
_QUIET = 200  # visits without a single order that are worth a question


class NoChain(CopykitError):
    """A table that has nothing to multiply."""

    zh = "{file} 里要有两样能接起来的：展现、点击或访客、成交、成交金额；现在只有{have}"
    en = "{file} needs two that follow one another: impressions, clicks or visitors, orders, revenue; it has {have}"


class Funnel(NamedTuple):
    """One entry in one period: its levels, its factors (None: nobody saw it), and what is beside them.

    ``presale`` holds the share of visits that ordered where what was paid says nothing; ``intervals`` are those of
    shares, at 95 %.
    """

    entry: str
    period: str
    levels: Mapping[str, float]
    factors: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float]]
    peers: Mapping[str, float]
    cost: float | None = None
    presale: float | None = None


class Change(NamedTuple):
    """What an entry brought before and after, and how much of the difference each factor made.

    ``chance`` are shares whose intervals overlap: few counts, and the difference may be luck.
    """

    entry: str
    before: float
    after: float
    effects: Mapping[str, float]
    chance: tuple[str, ...] = ()


class Lever(NamedTuple):
    """What raising one factor would bring in a period like the last.

    ``entry`` is empty for what serves the whole shop; ``basis``: peers, assumed.
    """

    entry: str
    factor: str
    now: float
    target: float
    gain: float
    hours: float
    basis: str
    do: Words

    @property
    def per_hour(self) -> float:
        """Return the yuan (or orders) for an hour of work."""
        return self.gain / self.hours


@dataclass(frozen=True, slots=True)
class Report:
    """Entries by period, what changed, which lever pays, and what not to trust.

    ``value``: revenue or, where the table tells no money, the last level that it tells. ``periods`` are one or two.
    """

    value: str
    periods: tuple[str, ...]
    funnels: tuple[Funnel, ...]
    changes: tuple[Change, ...] = ()
    total: Change | None = None
    levers: tuple[Lever, ...] = ()
    notes: tuple[Words, ...] = field(default=())


_SHORTEST = 2  # levels that make a step


def chain_of(table: Table) -> tuple[str, ...]:
    """Return the levels that a table tells, in their order.

    Raises:
        NoChain: there are less than two.
    """
    columns = {("visits" if role in ("clicks", "visitors") else role): name for role, name in table.columns.items()}
    chain = tuple(level for level in LEVELS if level in columns)
    if len(chain) < _SHORTEST:
        names = [columns[level] for level in chain]
        raise NoChain(file=table.name, have=Words("、".join(names) or "没有", ", ".join(names) or "none"))
    return chain


def complete(table: Table, row: Outcome, chain: Sequence[str]) -> Outcome:
    """Return a row that tells every level; what was paid is nothing where a pre-sale does not tell it.

    Nobody counts how often a card in a parcel is seen: such a row begins at its visits.

    Raises:
        BadFigure: a level is left blank.
    """
    lacking = [level for level in chain if level not in row.counts]
    if not lacking or (lacking == ["impressions"] and len(chain) > _SHORTEST):
        return row
    if row.presale and set(lacking) <= {"buyers", "orders", "revenue"}:
        return replace(row, counts={**row.counts, **dict.fromkeys(lacking, 0.0)})
    roles = ("clicks", "visitors") if lacking[0] == "visits" else lacking
    label = next(table.columns[role] for role in roles if role in table.columns)
    zh, en = (
        f"{label}是空的；没有就写 0，不知道就删掉这一行",
        f"{label} is empty; write 0, or delete the row if unknown",
    )
    raise BadFigure(file=table.name, row=row.row, reason=Words(zh, en))


def report(
    outcomes: Sequence[tuple[str, str, Outcome]],
    chain: Sequence[str],
    levers: Mapping[str, Any],
    margin: float | None = None,
) -> Report:
    """Return the funnel of complete rows given as (entry, period, row), of one period or two in their order.

    ``levers`` is the table of ``data/assumptions``; ``margin`` turns sales into gross profit.
    """
    periods = tuple(dict.fromkeys(period for _, period, _ in outcomes))
    entries = list(dict.fromkeys(entry for entry, _, _ in outcomes))
    rows: dict[tuple[str, str], list[Outcome]] = {}
    unseen: dict[str, bool] = {}  # entries of which some row does not tell how often they were seen
    for entry, period, row in outcomes:
        rows.setdefault((entry, period), []).append(row)
        unseen[entry] = unseen.get(entry, False) or chain[0] not in row.counts
    own = {entry: chain[1:] if unseen[entry] else chain for entry in entries}
    funnels = {key: _funnel(*key, found, own[key[0]]) for key, found in rows.items()}
    changes: list[Change] = []
    if len(periods) == 2:
        one, two = periods
        changes = [
            _changed(entry, funnels.get((entry, one)), funnels.get((entry, two)), own[entry]) for entry in entries
        ]
        changes.sort(key=lambda change: -abs(change.after - change.before))
    last = [funnels[entry, periods[-1]] for entry in entries if (entry, periods[-1]) in funnels]
    ordered = sorted(funnels.values(), key=lambda one: (periods.index(one.period), -one.levels[chain[-1]], one.entry))
    return Report(
        chain[-1],
        periods,
        tuple(ordered),
        tuple(changes),
        _total(changes) if changes else None,
        tuple(_levers(last, chain, levers, margin)),
        (*_begun_late([entry for entry in entries if unseen[entry]]), *_notes(ordered)),
    )


def _begun_late(entries: Sequence[str]) -> Iterable[Words]:
    if entries:
        yield Words(
            f"{'、'.join(entries)}没写展现，从点击（访客）算起",
            f"{', '.join(entries)}: impressions are not told; counted from visits on",
        )


# --- one entry --------------------------------------------------------------------------------------------------------


def _funnel(entry: str, period: str, rows: Sequence[Outcome], chain: Sequence[str]) -> Funnel:
    levels = {level: math.fsum(row.counts[level] for row in rows) for level in chain}
    intervals = {}
    for low, high in pairwise(chain):
        step = _STEPS[low, high]
        if step in ("click_rate", "conversion") and levels[high] <= levels[low]:
            intervals[step] = rate_interval(levels[high], levels[low])
    costs = [row.counts["cost"] for row in rows if "cost" in row.counts]
    presale = None
    if any(row.presale for row in rows):
        visits = math.fsum(row.counts.get("visits", 0.0) for row in rows)
        placed = math.fsum(row.counts.get("placed", 0.0) for row in rows)
        presale = placed / visits if visits else 0.0
    return Funnel(
        entry,
        period,
        levels,
        factors_of([levels[level] for level in chain], chain),
        intervals,
        {peer: value for peer in _PEERS.values() if (value := _peer(rows, peer)) is not None},
        math.fsum(costs) if costs else None,
        presale,
    )


def factors_of(levels: Sequence[float], chain: Sequence[str]) -> dict[str, float | None]:
    """Return the factors whose product is the last level: the first level, then each step; None for 0/0."""
    factors: dict[str, float | None] = {chain[0]: levels[0]}
    for step, (under, over) in zip(pairwise(chain), pairwise(levels), strict=True):
        factors[_STEPS[step]] = over / under if under else None
    return factors


def _peer(rows: Sequence[Outcome], peer: str) -> float | None:
    """Return the peers' average of rows, by what each row's own rate would be weighed with."""
    weigh = {"peer_click_rate": "impressions", "peer_conversion_rate": "visits", "peer_order_value": "orders"}[peer]
    known = [(row.peers[peer], row.counts.get(weigh, 0.0)) for row in rows if peer in row.peers]
    weight = math.fsum(each for _, each in known)
    if not known:
        return None
    return math.fsum(value * each for value, each in known) / weight if weight else known[0][0]


# --- what changed -----------------------------------------------------------------------------------------------------


def _changed(entry: str, before: Funnel | None, after: Funnel | None, chain: Sequence[str]) -> Change:
    nothing = [0.0] * len(chain)
    old = [before.levels[level] for level in chain] if before is not None else nothing
    new = [after.levels[level] for level in chain] if after is not None else nothing
    if any(one is not None and one.presale is not None for one in (before, after)):
        return Change(entry, old[-1], new[-1], {PRESALE: new[-1] - old[-1]})
    chance: tuple[str, ...] = ()
    if before is not None and after is not None:
        ends = [(step, before.intervals[step], after.intervals.get(step)) for step in before.intervals]
        chance = tuple(step for step, one, two in ends if two is None or (one[0] <= two[1] and two[0] <= one[1]))
    return Change(entry, old[-1], new[-1], split(old, new, chain), chance)


def split(before: Sequence[float], after: Sequence[float], chain: Sequence[str]) -> dict[str, float]:
    """Return factor → its share of the change of the last level; the shares add up to the change."""
    old, new = factors_of(before, chain), factors_of(after, chain)
    names = list(old)
    start, end = [], []
    for name in names:
        one, two = old[name], new[name]
        # What nobody saw in one period is taken to have been as in the other.
        start.append(one if one is not None else two if two is not None else 0.0)
        end.append(two if two is not None else one if one is not None else 0.0)
    effects = dict(zip(names, _shapley(start, end), strict=True))
    # Products are rounded; what is left of the change goes to the largest effect, so that the sum is the change.
    rest = after[-1] - before[-1] - math.fsum(effects.values())
    largest = max(names, key=lambda name: abs(effects[name]))
    effects[largest] += rest
    return effects


def _shapley(start: Sequence[float], end: Sequence[float]) -> list[float]:
    """Return each factor's mean effect over all orders of change; five factors have 16 sets of others each."""
    size = len(start)
    effects = []
    for place in range(size):
        others = [other for other in range(size) if other != place]
        parts = []
        for count in range(size):
            weight = math.factorial(count) * math.factorial(size - count - 1) / math.factorial(size)
            for moved in combinations(others, count):
                product = math.prod(end[other] if other in moved else start[other] for other in others)
                parts.append(weight * product * (end[place] - start[place]))
        effects.append(math.fsum(parts))
    return effects


def _total(changes: Sequence[Change]) -> Change:
    """Return the change of the shop: an entry's factors are its own, so that effects add up over entries."""
    names = list(dict.fromkeys(name for change in changes for name in change.effects))
    effects = {name: math.fsum(change.effects.get(name, 0.0) for change in changes) for name in names}
    return Change(
        "", math.fsum(change.before for change in changes), math.fsum(change.after for change in changes), effects
    )


# --- levers -----------------------------------------------------------------------------------------------------------


def _levers(
    last: Sequence[Funnel], chain: Sequence[str], assumed: Mapping[str, Any], margin: float | None
) -> list[Lever]:
    """Return what raising each factor would bring for an hour of work, the most first."""
    trusted = [funnel for funnel in last if funnel.presale is None]
    part = margin if margin is not None and chain[-1] == "revenue" else 1.0
    value = math.fsum(funnel.levels[chain[-1]] for funnel in trusted)
    found: list[Lever] = []
    shop = _funnel_of_shop(trusted, chain)
    for factor, told in assumed.items():
        if factor in SHOP_WIDE:
            places = [(shop, value, "")] if shop is not None else []
        else:
            places = [(funnel, funnel.levels[chain[-1]], funnel.entry) for funnel in trusted]
        for funnel, worth, entry in places:
            now = funnel.factors.get(factor)
            if not now or not worth:
                continue
            lift, basis = _lift(now, funnel.peers.get(_PEERS.get(factor, "")), told["lift"])
            gain = worth * lift * part
            if gain > 0:
                do = Words(told["do"], told["do_en"])
                found.append(Lever(entry, factor, now, now * (1 + lift), gain, told["hours"], basis, do))
    return sorted(found, key=lambda lever: (-lever.per_hour, lever.factor, lever.entry))


def _lift(now: float, peer: float | None, assumed: Sequence[float]) -> tuple[float, str]:
    """Return by how much a factor may rise: up to the peers where it lies below them, never more than is assumed."""
    low, middle, high = assumed
    if peer is None:
        return middle, "assumed"
    return (min(peer / now - 1, high), "peers") if peer > now else (low, "peers")


def _funnel_of_shop(funnels: Sequence[Funnel], chain: Sequence[str]) -> Funnel | None:
    if not funnels:
        return None
    levels = {level: math.fsum(funnel.levels.get(level, 0.0) for funnel in funnels) for level in chain}
    peers = {}
    for factor, peer in _PEERS.items():
        under = {"click_rate": "impressions", "conversion": "visits", "order_value": "orders"}[factor]
        known = [(one.peers[peer], one.levels.get(under, 0.0)) for one in funnels if peer in one.peers]
        if weight := math.fsum(each for _, each in known):
            peers[peer] = math.fsum(value * each for value, each in known) / weight
    return Funnel("", "", levels, factors_of([levels[level] for level in chain], chain), {}, peers)


# --- what not to trust ------------------------------------------------------------------------------------------------


def _notes(funnels: Iterable[Funnel]) -> Iterable[Words]:
    for funnel in funnels:
        visits, bought = funnel.levels.get("visits", 0.0), funnel.levels.get("orders", funnel.levels.get("buyers"))
        where = f"{funnel.entry}（{funnel.period}）" if funnel.period else funnel.entry
        if funnel.presale is not None:
            share = f"{funnel.presale:.2%}"
            yield Words(
                f"{where}在预售：尾款没付，支付转化率和销售额不能信，看下单转化率 {share}；"
                "这个入口的变化不拆，也不拿来定先做什么",
                f"{where} is on pre-sale: what was paid cannot be trusted, {share} of visits ordered; its change is not"
                " split and no lever is read from it",
            )
        elif bought == 0 and visits >= _QUIET:
            yield Words(
                f"{where}{visits:,.0f} 次点击一单没成：是预售就不能看支付转化率，"
                "加一列“下单买家数”或“预售”；不是预售，先查页面和价格",
                f"{where}: {visits:,.0f} visits and no order; on pre-sale add a column of those who ordered;"
                " otherwise look at page and price first",
            )
