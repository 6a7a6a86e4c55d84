"""Grade goods and suppliers: where the money lies, what turns over and earns, what has to go, what to push.

The formulas are those of the source article, put right where it slips; ``data/grading`` holds its thresholds.
ABC by stock value is shown and chooses nothing: behind what sells may lie what does not.
"""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from copykit.model import (
    Forces,
    Formula,
    Grade,
    Grading,
    NewClock,
    NotPushed,
    Pushed,
    Removal,
    Standing,
    Stocked,
)

Say = Callable[[str, str], str]
YEAR = 365
FEWEST = 3  # figures that have a median worth the name
# Where a project's own standard tells neither: a share of the shop's revenue, and days of stock that no push sells.
MAINSTAY, HOPELESS = 0.1, 365


def grade(
    rows: Sequence[Stocked],
    standard: Mapping[str, Any],
    *,
    days: int,
    today: date,
    floor: float | None = None,
    top: int = 20,
    lang: str = "zh",
) -> Grading:
    """Return all that a period of ``days`` says of a shop's goods.

    ``floor`` is the revenue a month under which a product is to go; None when there is none.
    """
    say: Say = (lambda zh, en: zh) if lang == "zh" else (lambda zh, en: en)
    notes: list[str] = []
    by_item = [(row.item, row.name, value) for row in rows if (value := stock_value(row)) is not None]
    goods = letters(by_item, standard["abc"], "ABC")
    suppliers = _suppliers(rows, standard["suppliers"], notes, say)
    letter_of = _letters_by_product(rows, goods)
    grouped: dict[str, list[Stocked]] = {}
    for row in rows:
        grouped.setdefault(row.product, []).append(row)
    standings = [_standing(group, letter_of.get(product, ""), standard, days) for product, group in grouped.items()]
    standings = _banded(standings)
    _tell_assumptions(rows, notes, say)
    clocks = _clocks(standings, standard, today)
    new = {clock.product for clock in clocks if clock.state in ("watch", "mend")}
    removals = _removals(grouped, standings, clocks, standard, days, floor, say)
    young = {clock.product for clock in clocks}  # what they sell in their first weeks says little of their stock
    pushed, not_pushed = _push(standings, removals, new, young, standard, top, say)
    return Grading(
        days,
        tuple(goods),
        tuple(suppliers),
        _forces(standings, rows, days),
        tuple(standings),
        tuple(removals),
        tuple(clocks),
        tuple(pushed),
        tuple(not_pushed),
        tuple(Formula(each["name"], each["formula"], each["note"]) for each in standard["formulas"]),
        tuple(dict.fromkeys(notes)),
    )


def letters(values: Iterable[tuple[str, str, float]], edges: Sequence[float], names: str) -> list[Grade]:
    """Return (id, name, value) graded by value: the letter follows from the share of all that stand *before* it.

    So the largest is always of the first letter, however much of the whole it is.
    """
    ordered = sorted((value for value in values if value[2] > 0), key=lambda each: (-each[2], each[0]))
    total = sum(value for _, _, value in ordered)
    grades = []
    reached = 0.0
    for identifier, name, value in ordered:
        before = reached / total
        # The sum of many floats may fall short of an edge that it stands on.
        place = sum(before >= edge - 1e-9 for edge in edges)
        grades.append(Grade(identifier, name, value, value / total, before, names[place]))
        reached += value
    return grades


def stock_value(row: Stocked) -> float | None:
    """Return what lies in stock, in yuan at cost."""
    if row.stock_value is not None:
        return row.stock_value
    return row.stock * row.cost if row.stock is not None and row.cost is not None else None


def revenue_of(row: Stocked) -> float | None:
    """Return what a row sold for."""
    if row.revenue is not None:
        return row.revenue
    return row.sold * row.price if row.sold is not None and row.price is not None else None


def cost_of_sales(row: Stocked) -> float | None:
    """Return what the goods that were sold had cost."""
    if row.cost_of_sales is not None:
        return row.cost_of_sales
    return row.sold * row.cost if row.sold is not None and row.cost is not None else None


def average_stock(row: Stocked) -> float | None:
    """Return the mean stock value of the period: as told, from both ends, or what lies there now."""
    if row.average_stock_value is not None:
        return row.average_stock_value
    now = stock_value(row)
    if now is not None and row.stock_before is not None and row.cost is not None:
        return (now + row.stock_before * row.cost) / 2
    return now


def _suppliers(rows: Sequence[Stocked], edges: Sequence[float], notes: list[str], say: Say) -> list[Grade]:
    totals: dict[str, float] = {}
    by_stock = False
    for row in rows:
        if not row.supplier:
            continue
        bought = row.purchases
        if bought is None:
            bought, by_stock = stock_value(row), True
        totals[row.supplier] = totals.get(row.supplier, 0.0) + (bought or 0.0)
    if totals and by_stock:
        notes.append(
            say(
                "有的行没有采购额，供应商那里用库存金额代替，只能大致看",
                "some rows tell no purchases: stock value stands in for them among suppliers, as a rough guide",
            )
        )
    return letters(((name, name, value) for name, value in totals.items()), edges, "SABC")


def _letters_by_product(rows: Sequence[Stocked], goods: Sequence[Grade]) -> dict[str, str]:
    """Return product → the best letter of its versions."""
    of_item = {grade.id: grade.letter for grade in goods}
    found: dict[str, str] = {}
    for row in rows:
        letter = of_item.get(row.item)
        if letter is not None:
            found[row.product] = min(found.get(row.product, "Z"), letter)
    return found


def _standing(group: Sequence[Stocked], letter: str, standard: Mapping[str, Any], days: int) -> Standing:
    first = group[0]
    revenue = _sum(map(revenue_of, group))
    sold, pieces = _sum(row.sold for row in group), _sum(row.stock for row in group)
    visitors, buyers = _sum(row.visitors for row in group), _sum(row.buyers for row in group)
    profit = _profit(group)
    margin = profit / revenue if profit is not None and revenue else None
    turnover = _turnover(group, days)
    cross = margin * turnover * standard["quarter"] / YEAR if margin is not None and turnover is not None else None
    conversion = buyers / visitors if buyers is not None and visitors else None
    if conversion is None:
        conversion = _mean(row.conversion for row in group)
    moved = sum((row.sold or 0) > 0 or (row.revenue or 0) > 0 for row in group)
    listed = [row.listed for row in group if row.listed is not None]
    return Standing(
        first.product,
        first.name,
        first.row,
        len(group),
        moved / len(group),
        revenue,
        profit,
        margin,
        turnover,
        cross,
        conversion,
        pieces / sold * days if pieces is not None and sold else None,
        visitors,
        letter,
        listed=min(listed) if listed else None,
        risk=next((row.risk for row in group if row.risk), ""),
        repeat=_mean(row.repeat for row in group),
        festival=next((row.festival for row in group if row.festival), ""),
    )


def _profit(group: Sequence[Stocked]) -> float | None:
    """Return what versions earned together; None where one that sold does not tell both what it brought and cost."""
    if not all(map(_tells_profit, group)):
        return None
    return _sum(
        revenue - cost
        for row in group
        if (revenue := revenue_of(row)) is not None and (cost := cost_of_sales(row)) is not None
    )


def _tells_profit(row: Stocked) -> bool:
    told = revenue_of(row), cost_of_sales(row)
    return None not in told or not any(told)


def _turnover(rows: Iterable[Stocked], days: int) -> float | None:
    """Return the turns a year of the rows that tell both what was sold at cost and what lay in stock."""
    pairs = [(cost_of_sales(row), average_stock(row)) for row in rows]
    both = [(cost, stock) for cost, stock in pairs if cost is not None and stock is not None]
    stock = sum(stock for _, stock in both)
    return sum(cost for cost, _ in both) / stock * YEAR / days if stock else None


def _sum(values: Iterable[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def _mean(values: Iterable[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return statistics.fmean(told) if told else None


def _banded(standings: Sequence[Standing]) -> list[Standing]:
    """Return standings with their third of the shop by cross ratio: high, mid, low."""
    import dataclasses

    ranked = sorted((each for each in standings if each.cross is not None), key=lambda each: -(each.cross or 0))
    place = {each.product: number for number, each in enumerate(ranked)}
    found = []
    for each in standings:
        if each.product in place:
            share = place[each.product] / len(ranked)
            # What loses money is low however fast it turns.
            low = share >= 2 / 3 or (each.cross or 0) <= 0
            each = dataclasses.replace(each, band="low" if low else "high" if share < 1 / 3 else "mid")
        found.append(each)
    return found


def _tell_assumptions(rows: Sequence[Stocked], notes: list[str], say: Say) -> None:
    if any(
        row.average_stock_value is None and row.stock_before is None and stock_value(row) is not None for row in rows
    ):
        notes.append(
            say(
                "没有期初库存，平均存货用现在的库存代替，周转率会偏高或偏低",
                "opening stock is not told: stock as it is now stands in for the mean, and turnover is off by that",
            )
        )
    if any(row.revenue is None and row.sold is not None and row.price is not None for row in rows):
        notes.append(
            say(
                "有的行没有销售额，按销量 × 售价算",
                "some rows tell no revenue: units sold times price stands in for it",
            )
        )
    lacking = [row.name for row in rows if not _tells_profit(row)]
    if lacking:
        names = list(dict.fromkeys(lacking))
        more = say(f"等 {len(names)} 个", f" and {len(names) - 3} more") if len(names) > 3 else ""
        notes.append(
            say(
                f"{'、'.join(names[:3])}{more}：卖出的规格有的没写成本或者售价，毛利和毛利率算不出来",
                f"{', '.join(names[:3])}{more}: a version that sold tells no cost or no price, so profit is unknown",
            )
        )
    elif any(row.stock_value is None and row.stock is not None and row.cost is None for row in rows):
        notes.append(
            say(
                "有的行没有成本，算不了库存金额和毛利",
                "some rows tell no cost: neither stock value nor margin can be told",
            )
        )


def _forces(standings: Sequence[Standing], rows: Sequence[Stocked], days: int) -> Forces:
    """Return the five forces; the first four multiply to the gross profit of the goods whose profit is known."""
    known = [each for each in standings if each.profit is not None and each.revenue is not None]
    goods = len(known)
    sold = [each for each in known if (each.revenue or 0) > 0]
    revenue = sum(each.revenue or 0 for each in sold)
    profit = sum(each.profit or 0 for each in sold)
    return Forces(
        goods,
        len(sold) / goods if goods else 0.0,
        revenue / len(sold) if sold else 0.0,
        profit / revenue if revenue else 0.0,
        _turnover(rows, days),
        profit,
    )


def _clocks(standings: Sequence[Standing], standard: Mapping[str, Any], today: date) -> list[NewClock]:
    """Return where new products stand: a month to be seen, half a month to mend, then out with a review."""
    month, mend = timedelta(days=standard["new_days"]), timedelta(days=standard["mend_days"])
    found = []
    for each in standings:
        if each.listed is None or not 0 <= (today - each.listed).days <= 2 * (month + mend).days:
            continue
        age = today - each.listed
        passed = each.sell_through >= standard["sell_through"]
        if passed and age >= month:
            state, until = "passed", None
        elif age < month:
            state, until = "watch", each.listed + month
        elif age < month + mend:
            state, until = "mend", each.listed + month + mend
        else:
            state, until = "out", None
        found.append(NewClock(each.product, each.name, each.listed, age.days, state, until, each.sell_through))
    return sorted(found, key=lambda clock: (_STATES.index(clock.state), clock.listed, clock.product))


_STATES = ("out", "mend", "watch", "passed")


def _removals(
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
    defects, sold = _sum(row.defects for row in group), _sum(row.sold for row in group)
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
    pieces, value = _sum(row.stock for row in group) or 0.0, _sum(map(stock_value, group))
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


def _push(
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
