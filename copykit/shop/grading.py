"""Grade goods and suppliers: where the money lies, what turns over and earns, what has to go, what to push.

The formulas are those of the source article, put right where it slips; ``data/grading`` holds its thresholds.
ABC by stock value is shown and chooses nothing: behind what sells may lie what does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from copykit.model import Forces, Formula, Grade, Grading, NewClock, Standing, Stocked
from copykit.shop.figures import average_stock, cost_of_sales, revenue_of, stock_value, told_mean, told_sum
from copykit.shop.push import push
from copykit.shop.removal import removals_of

Say = Callable[[str, str], str]
YEAR = 365


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
    removals = removals_of(grouped, standings, clocks, standard, days, floor, say)
    young = {clock.product for clock in clocks}  # what they sell in their first weeks says little of their stock
    pushed, not_pushed = push(standings, removals, new, young, standard, top, say)
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
    revenue = told_sum(map(revenue_of, group))
    sold, pieces = told_sum(row.sold for row in group), told_sum(row.stock for row in group)
    visitors, buyers = told_sum(row.visitors for row in group), told_sum(row.buyers for row in group)
    profit = _profit(group)
    margin = profit / revenue if profit is not None and revenue else None
    turnover = _turnover(group, days)
    cross = margin * turnover * standard["quarter"] / YEAR if margin is not None and turnover is not None else None
    conversion = buyers / visitors if buyers is not None and visitors else None
    if conversion is None:
        conversion = told_mean(row.conversion for row in group)
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
        repeat=told_mean(row.repeat for row in group),
        festival=next((row.festival for row in group if row.festival), ""),
    )


def _profit(group: Sequence[Stocked]) -> float | None:
    """Return what versions earned together; None where one that sold does not tell both what it brought and cost."""
    if not all(map(_tells_profit, group)):
        return None
    return told_sum(
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
