"""What a channel costs and whether it pays: by the user's own books, and a click by what it earns."""

from __future__ import annotations

from collections.abc import Sequence

from copykit.channels.forecast import Assumptions, Outlook, OwnResult
from copykit.channels.review import count_interval, fair_z
from copykit.model import Brief, Channel

EPSILON = 1e-9  # tenths of hours and of yuan are no binary fractions


class Costs:
    """The costs of channels for one shop and so many weeks, money at the high end of what things cost."""

    def __init__(self, brief: Brief, weeks: int, outlook: Outlook, assumptions: Assumptions, lang: str) -> None:
        self._brief, self._weeks, self._outlook, self._assumed = brief, weeks, outlook, assumptions
        self._lang = lang

    def own_verdict(self, channel: Channel) -> str | None:
        """Return what the user's own results say against a channel that costs money."""
        rows = [row for row in self._outlook.own(channel) if row.cost and row.orders is not None]
        if not rows:
            return None
        cost = sum(row.cost or 0 for row in rows)
        orders = sum(row.orders or 0 for row in rows)
        profit = self._profit_of(rows)
        # The good end of the interval, as in a review: a channel is not stopped for bad luck with few orders.
        if profit is None or cost <= profit * count_interval(orders, fair_z(self._outlook.compared))[1]:
            return None
        return self._say(
            f"你自己的结果：花 {cost:,.0f} 元成交 {orders:,.0f} 单，一单只剩 {profit:,.2f} 元毛利，往宽里算也是亏",
            f"your own results: {cost:,.0f} yuan for {orders:,.0f} orders, {profit:,.2f} left of each: a loss",
        )

    def click_verdict(self, channel: Channel) -> tuple[str | None, str]:
        """Return what speaks against buying clicks, or else the sentence that speaks for it."""
        brief = self._brief
        missing = [
            label
            for label, value in (
                (self._say("售价（price）", "price"), brief.price),
                (self._say("毛利率（shop.margin）", "shop.margin"), brief.shop.margin),
                (
                    self._say("转化率（shop.conversion）", "shop.conversion"),
                    brief.shop.conversion or self._own_share(channel),
                ),
            )
            if value is None
        ]
        if missing:
            zh = f"没写{'、'.join(missing)}，不知道一次点击值多少钱，不花这个钱"
            return self._say(zh, f"{', '.join(missing)} not told: nobody knows what a click is worth"), ""
        price = self._outlook.click_cost(channel)
        if price is None:
            zh = "没有一次点击多少钱的假设，也没有你自己的账，先不花"
            return self._say(zh, "neither assumed nor known from your own books what a click costs"), ""
        (low, mid, high), own = price
        (_, share, _), _ = self._outlook.conversion(channel)
        worth = (self._profit_of(self._outlook.own(channel)) or 0) * share
        price_told = f"{low:.2f}—{high:.2f}" if low < high else f"{mid:.2f}"
        whose = self._say(*(("你自己的账上", "in your own books") if own else ("这里按假设", "assumed")))
        told = self._say(
            f"一次点击约值 {worth:.2f} 元（售价×毛利×转化），{whose}要 {price_told} 元，",
            f"a click is worth some {worth:.2f} yuan (price × margin × conversion) and costs {price_told} ({whose}): ",
        )
        if worth < low:
            zh, en = "点一次亏一次；先把转化或客单价做上去", "a loss each time; raise conversion or order value first"
            return told + self._say(zh, en), ""
        if worth < mid:
            return None, told + self._say("刚够本，只小额试", "break-even, a small trial only")
        return None, told + self._say("付得起", "affordable")

    def price(self, channel: Channel, left: float) -> tuple[float, float, str, str | None]:
        """Return cost, what of it buys clicks, how it is counted, and why it cannot be paid; counted at the high end.

        ``left`` are the yuan that are left; the cost of messages is that of one sending.
        """
        shop, name = self._brief.shop, channel.id
        match channel.cost_model:
            case "pieces":
                price = self._assumed.range("piece", name) or (0.0, 0.0, 0.0)
                run = self._assumed["run"].get(name, 0)
                pieces = max(run, round((shop.orders_per_week or 0) * self._weeks))
                cost = pieces * price[2]
                note = self._say(f"印 {pieces:,} 份，每份按 {price[2]:g} 元", f"{pieces:,} pieces at {price[2]:g} yuan")
            case "messages":
                price = self._assumed.range("message", name) or (0.0, 0.0, 0.0)
                cost = (shop.contacts or 0) * price[2]
                people = f"{shop.contacts or 0:,}"
                note = self._say(f"{people} 人，每条按 {price[2]:g} 元", f"{people} people at {price[2]:g} yuan")
            case "fixed":
                price = self._assumed.range("fixed", name) or (0.0, 0.0, 0.0)
                cost = price[2]
                note = channel.cost_note or self._say("起步费按假设的高值", "to begin, at the assumed high end")
            case "clicks":
                return self._click_price(channel, left)
            case "orders":
                rate = self._assumed.range("commission", name) or (0.0, 0.0, 0.0)
                zh = f"成交后付，约成交额的 {rate[0]:.0%}—{rate[2]:.0%}，不占预算"
                en = f"paid on sales, some {rate[0]:.0%}—{rate[2]:.0%} of them, not from the budget"
                return 0.0, 0.0, self._say(zh, en), None
            case _:
                return 0.0, 0.0, channel.cost_note, None
        if cost > left + EPSILON:
            zh = f"要 {cost:,.0f} 元（{note}），预算只剩 {left:,.0f} 元"
            return 0.0, 0.0, "", self._say(zh, f"{cost:,.0f} yuan ({note}), {left:,.0f} are left")
        return cost, 0.0, note, None

    def _click_price(self, channel: Channel, left: float) -> tuple[float, float, str, str | None]:
        price = self._outlook.click_cost(channel)
        assert price is not None, "a channel without a price was turned down before"
        (_, mid, _), own = price
        clicks = self._assumed["trial"]["clicks"]
        least = float(-(-clicks * mid // 1))
        if least > left + EPSILON:
            why = self._say(
                f"少于 {clicks} 次点击看不出转化，要 {least:,.0f} 元，预算只剩 {left:,.0f} 元",
                f"under {clicks} clicks tell nothing and take {least:,.0f} yuan, {left:,.0f} are left",
            )
            return 0.0, 0.0, "", why
        (_, share, _), _ = self._outlook.conversion(channel)
        worth = (self._profit_of(self._outlook.own(channel)) or 0) * share
        # A click that earns its middle price may buy three trials; more only after results.
        spend = min(3 * least, float(int(left))) if worth >= mid else least
        whose = self._say(*(("你自己的点击成本", "your own cost") if own else ("假设的点击成本", "the assumed cost")))
        zh = f"先买约 {spend / mid:,.0f} 次点击（按{whose}），看结果再加"
        return (
            spend,
            spend,
            self._say(zh, f"some {spend / mid:,.0f} clicks first (at {whose}), more after results"),
            None,
        )

    def _profit_of(self, rows: Sequence[OwnResult]) -> float | None:
        """Return what an order of these rows leaves: of their own revenue where it is told, else of the price."""
        margin = self._brief.shop.margin
        told = [row for row in rows if row.orders and row.revenue is not None]
        if margin is None or not told:
            return self._outlook.unit_profit()
        return margin * sum(row.revenue or 0 for row in told) / sum(row.orders or 0 for row in told)

    def _own_share(self, channel: Channel) -> float | None:
        (_, share, _), basis = self._outlook.conversion(channel)
        return share if basis == "own" else None

    def _say(self, zh: str, en: str) -> str:
        return en if self._lang == "en" else zh
