"""Which goods deserve the work of promotion, to whom they are pushed, and why the others are not."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from copykit.model import NotPushed, Pushed, Removal, Standing
from copykit.shop.figures import FEWEST

Say = Callable[[str, str], str]
HOPELESS = 365  # days of stock that no push sells, where a project's own standard tells none


def push(
    standings: Sequence[Standing],
    removals: Sequence[Removal],
    new: set[str],
    young: set[str],
    standard: Mapping[str, Any],
    top: int,
    say: Say,
) -> tuple[list[Pushed], list[NotPushed]]:
    """Rank what deserves the work by cross ratio, conversion and stock cover, each by its place in the shop."""
    out = {each.product: each for each in removals if each.verdict == "out"}
    mend = {each.product: each for each in removals if each.verdict == "mend"}
    least, enough = standard["cover"]
    hopeless = standard.get("hopeless", HOPELESS)
    candidates: list[Standing] = []
    left: list[NotPushed] = []
    for each in standings:
        why = ""
        if each.product in out:
            why = say("在淘汰名单里：", "to be removed: ") + out[each.product].why
        elif each.product in mend:
            why = mend[each.product].why
        elif each.risk:
            why = say(f"有风险：{each.risk}", f"a risk: {each.risk}")
        elif not each.revenue and each.revenue is not None:
            why = say("一件没卖", "none was sold")
        elif each.cross is None:
            why = say("缺成本、销量或库存，算不出交叉比率", "cost, sales or stock is missing: no cross ratio")
        elif each.cross <= 0:
            why = say("不赚钱", "it earns nothing")
        elif each.cover is None or each.cover < least:
            cover = 0 if each.cover is None else each.cover
            why = say(
                f"库存只够卖 {cover:.0f} 天（至少 {least}）：先补货",
                f"stock for {cover:.0f} days (at least {least}): restock first",
            )
        elif each.cover > hopeless and each.product not in young:
            why = say(
                f"库存够卖 {each.cover:,.0f} 天（超过 {hopeless:g}）：推也推不完，先停补货、清货",
                f"stock for {each.cover:,.0f} days (over {hopeless:g}): no push sells that; stop buying and clear it",
            )
        if why:
            left.append(NotPushed(each.product, each.name, why))
        else:
            candidates.append(each)
    told = [each.repeat for each in standings if each.repeat is not None]
    usual = statistics.median(told) if len(told) >= FEWEST else None

    def kind_of(each: Standing) -> str:
        """Return to whom it is pushed: the five kinds of the source article."""
        if each.product in new:
            return say("新品", "new")
        if each.festival:
            return say(f"节日活动：{each.festival}", f"festival: {each.festival}")
        if usual and each.repeat is not None and each.repeat >= standard["repeat"] * usual:
            return say("老客户", "returning buyers")
        return say("促销", "sale") if (each.cover or 0.0) > enough else say("跟进", "follow up")

    rates = _shrunk(standings, standard["prior_visitors"])
    places = [
        _places(candidates, lambda each: each.cross or 0.0),
        _places(candidates, lambda each: rates.get(each.product, 0.0)),
        _places(candidates, lambda each: min(each.cover or 0.0, enough)),
    ]
    if not any(rates.values()):
        places.pop(1)
    ranked = [
        Pushed(
            each.product,
            each.name,
            round(sum(place[each.product] for place in places) / len(places), 2),
            each.cross or 0.0,
            rates.get(each.product, 0.0),
            each.cover or 0.0,
            each.letter,
            kind_of(each),
        )
        for each in candidates
    ]
    ranked.sort(key=lambda each: (each.score, -each.cross, each.product))
    return ranked[:top], left


def _places(standings: Sequence[Standing], value: Callable[[Standing], float]) -> dict[str, float]:
    """Return product → its place from 1; equal ones share the mean of their places."""
    values = sorted((-value(each), each.product) for each in standings)
    found: dict[str, float] = {}
    start = 0
    while start < len(values):
        end = start
        while end < len(values) and values[end][0] == values[start][0]:
            end += 1
        for _, product in values[start:end]:
            found[product] = (start + 1 + end) / 2
        start = end
    return found


def _shrunk(standings: Sequence[Standing], prior: float) -> dict[str, float]:
    """Return product → conversion drawn towards the shop's: three visitors are no rate."""
    visits = sum(each.visitors or 0 for each in standings if each.conversion is not None)
    bought = sum((each.visitors or 0) * each.conversion for each in standings if each.conversion is not None)
    told = [each.conversion for each in standings if each.conversion is not None]
    mean = bought / visits if visits else statistics.fmean(told) if told else 0.0
    return {
        each.product: ((each.visitors or 0.0) * each.conversion + prior * mean) / ((each.visitors or 0.0) + prior)
        if visits
        else each.conversion
        for each in standings
        if each.conversion is not None
    }
