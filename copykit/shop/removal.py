"""Which goods have to go, and which are to be mended or watched first."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from copykit.model import NewClock, Removal, Standing, Stocked
from copykit.shop.figures import FEWEST, stock_value, told_sum

Say = Callable[[str, str], str]
MAINSTAY = 0.1  # share of the shop's revenue, where a project's own standard tells none


def removals_of(
    grouped: Mapping[str, Sequence[Stocked]],
    standings: Sequence[Standing],
    clocks: Sequence[NewClock],
    standard: Mapping[str, Any],
    days: int,
    floor: float | None,
    say: Say,
) -> list[Removal]:
    """Return what should go: last of the ranking, under the floor, faulty, or named by hand; then what to watch."""
    young = {clock.product for clock in clocks if clock.state in ("watch", "mend")}
    old = [each for each in standings if each.product not in young]
    found: list[Removal] = []
    medians = _medians(old)
    last, almost = standard["bottom"]
    for metric, zh, en in (
        ("revenue", "销售额", "revenue"),
        ("profit", "毛利额", "gross profit"),
        ("margin", "毛利率", "margin"),
    ):
        ranked = sorted(
            (each for each in old if getattr(each, metric) is not None),
            key=lambda each: (-getattr(each, metric), each.product),
        )
        values = sorted(getattr(each, metric) for each in ranked)
        for place, each in enumerate(ranked):
            # Those that do as badly count with it: where all are equal nobody is last.
            share = bisect_right(values, getattr(each, metric)) / len(ranked)
            if share > almost + 1e-9:
                continue
            verdict = "out" if share <= last + 1e-9 else "watch"
            why = say(f"{zh}排第 {place + 1}/{len(ranked)}", f"{en}: place {place + 1} of {len(ranked)}")
            found.append(Removal(each.product, each.name, "rank", verdict, why, _measures(each, medians, standard)))
    if floor is not None:
        for each in old:
            monthly = (each.revenue or 0.0) * 30 / days
            if each.revenue is not None and monthly < floor:
                why = say(
                    f"折合月销售额 {monthly:,.0f} 元，不到 {floor:,.0f}",
                    f"{monthly:,.0f} yuan a month, under {floor:,.0f}",
                )
                found.append(Removal(each.product, each.name, "floor", "out", why, _measures(each, medians, standard)))
    total = sum(each.revenue or 0.0 for each in standings)
    for each in standings:
        group = grouped[each.product]
        faulty = _faulty(each, group, total, standard, say)
        if faulty is not None:
            found.append(faulty)
        if each.product not in young and _never_sold(group):
            found.append(_dead(each, group, days, say))
        if each.risk:
            why = say(
                f"表里写着：{each.risk}；权利和政策的事要人看",
                f"the table says: {each.risk}; rights and policy need a person",
            )
            found.append(Removal(each.product, each.name, "hand", "watch", why))
    for clock in clocks:
        if clock.state == "out":
            why = say(
                f"上架 {clock.days} 天，补救期过了，动销率 {clock.sell_through:.0%}：下架，复盘为什么没卖起来",
                f"{clock.days} days, {clock.sell_through:.0%} of its versions sold: take it off and review why",
            )
            found.append(Removal(clock.product, clock.name, "new", "out", why))
    return sorted(_merged(found), key=lambda each: (_VERDICTS.index(each.verdict), each.product))


_VERDICTS = ("out", "mend", "watch")


def _faulty(
    standing: Standing, group: Sequence[Stocked], total: float, standard: Mapping[str, Any], say: Say
) -> Removal | None:
    """Return what is to be done about a product with too many faulty pieces; None where there are not.

    What brings a good part of the shop's revenue (``mainstay``) is a matter for its supplier before it is struck.
    """
    defects, sold = told_sum(row.defects for row in group), told_sum(row.sold for row in group)
    if not defects or not sold or defects / sold <= standard["defect"]:
        return None
    why = say(
        f"卖出 {sold:,.0f} 件，不良 {defects:,.0f} 件，{defects / sold:.2%}，超过 {standard['defect'] * 100:g}%",
        f"{defects:,.0f} faulty of {sold:,.0f} sold ({defects / sold:.2%}, over {standard['defect'] * 100:g} %)",
    )
    share = (standing.revenue or 0.0) / total if total else 0.0
    if defects < standard["fewest_defects"]:
        verdict = "watch"
        why += say("；只见到一件，先看是不是偶然", "; only one, it may be chance")
    elif share >= standard.get("mainstay", MAINSTAY):
        verdict = "mend"
        why += say(
            f"；占全店销售额 {share:.0%}，先和供应商查原因、换货，解决了再推",
            f"; it brings {share:.0%} of the shop's revenue: settle it with the supplier before you push it",
        )
    else:
        verdict = "out"
    return Removal(standing.product, standing.name, "defect", verdict, why)


def _never_sold(group: Sequence[Stocked]) -> bool:
    """Return whether goods lie in stock of which the table says that none was sold."""
    sold = [value for row in group for value in (row.sold, row.revenue) if value is not None]
    return bool(sold) and not any(sold) and any((row.stock or 0) > 0 for row in group)


def _dead(standing: Standing, group: Sequence[Stocked], days: int, say: Say) -> Removal:
    pieces, value = told_sum(row.stock for row in group) or 0.0, told_sum(map(stock_value, group))
    money = say(f"（{value:,.0f} 元）", f" ({value:,.0f} yuan)") if value else ""
    why = say(
        f"库存 {pieces:,.0f} 件{money}，{days} 天一件没卖：停补货、清掉",
        f"{pieces:,.0f} in stock{money}, none sold in {days} days: stop buying and clear it",
    )
    if standing.listed is None:
        why += say("；没写上架日期，是新品就再等等", "; no day of listing: if it is new, wait")
    return Removal(standing.product, standing.name, "dead", "out" if standing.listed is not None else "watch", why)


def _merged(removals: Sequence[Removal]) -> list[Removal]:
    """Return one removal a product and kind: its reasons joined, the gravest verdict."""
    found: dict[tuple[str, str], Removal] = {}
    for each in removals:
        key = (each.product, each.kind)
        old = found.get(key)
        if old is None:
            found[key] = each
        else:
            verdict = "out" if "out" in (old.verdict, each.verdict) else "watch"
            found[key] = old._replace(verdict=verdict, why=f"{old.why}；{each.why}")
    return list(found.values())


def _medians(standings: Sequence[Standing]) -> dict[str, float]:
    found = {}
    for metric in ("visitors", "conversion", "margin", "cover"):
        told = [value for each in standings if (value := getattr(each, metric)) is not None]
        if len(told) >= FEWEST:
            found[metric] = statistics.median(told)
    return found


def _measures(standing: Standing, medians: Mapping[str, float], standard: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the causes that the figures point to, each with what to do."""
    found = []
    for cause in standard["causes"]:
        value, median = getattr(standing, cause["metric"]), medians.get(cause["metric"])
        if value is None or not median:
            continue
        if ("below" in cause and value < cause["below"] * median) or (
            "above" in cause and value > cause["above"] * median
        ):
            found.append(f"{cause['cause']}：{cause['measure']}")
    return tuple(found)
