"""Results find their way back by their codes, and few counts judge nobody."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.channels.catalog import Catalog
from copykit.channels.outcomes import Outcome
from copykit.channels.review import Joined, Money, Register, count_interval, next_rows, review
from copykit.datafiles import bundled
from copykit.model import Plan

CATALOG = Catalog(bundled())


def outcome(labels: Mapping[str, str] | None = None, **counts: float) -> Outcome:
    return Outcome(2, labels or {}, counts)


def joined(channel: str, /, **counts: float) -> Joined:
    return Joined(outcome(**counts), "label", "", {"channel": channel, "title": "", "product": channel})


# --- joining ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def register(rich_plan: Plan) -> Register:
    codes = {
        ("spoken", "孔雀"): {"plan": "咖啡", "channel": "xiaohongshu_notes", "label": "咖啡/xiaohongshu_notes"},
        ("scene", "card.ab12"): {"source": "包裹卡", "campaign": "双12"},
    }
    return Register(CATALOG, codes, [rich_plan])


def test_a_row_is_joined_by_whatever_it_carries(register: Register, rich_plan: Plan) -> None:
    post = next(task for task in rich_plan.tasks if task.kind == "post" and task.channel == "qa")
    link = f"https://coffee.example/?utm_source=qa&utm_campaign=%E5%92%96%E5%95%A1&UTM_content={post.code.upper()}"
    cases = [
        ({"code": "孔雀"}, "code", "小红书笔记", ""),
        ({"code": "CARD.ab12"}, "code", "包裹卡", ""),
        ({"code": post.code}, "code", "问答", post.id),
        ({"link": link}, "code", "问答", post.id),
        ({"task": post.id}, "task", "问答", post.id),
        ({"channel": "小红书"}, "label", "小红书笔记", ""),
        ({"link": "https://a.cn/?utm_source=小红书&utm_content=x"}, "label", "小红书笔记", ""),
        ({"code": "没给过", "channel": "地铁广告"}, "label", "地铁广告", ""),
        ({"link": "http://[坏", "code": "没给过"}, "", "", ""),
        ({"link": f"https://a.cn/?{'&'.join(map('a{}=1'.format, range(120)))}&utm_source=问答"}, "label", "问答", ""),
        ({"link": f"https://a.cn/?{'&'.join(map('a{}=1'.format, range(9000)))}&utm_source=问答"}, "", "", ""),
    ]
    for labels, by, channel, task in cases:
        found = register.join(outcome(labels))
        assert (found.by, found.names["channel"], found.task.id if found.task else "") == (by, channel, task), labels
    assert register.join(outcome({"code": post.code})).names["product"] == "手冲挂耳咖啡"


def test_a_code_that_two_plans_have_is_joined_by_its_campaign_only(rich_plan: Plan) -> None:
    other = replace(rich_plan, name="咖啡二")
    register = Register(CATALOG, {}, [rich_plan, other])
    post = next(task for task in rich_plan.tasks if task.kind == "post")
    assert register.join(outcome({"code": post.code})).task is None
    assert register.join(outcome({"code": post.code, "utm_campaign": "咖啡二"})).plan == "咖啡二"


# --- judging ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "margin", "verdict"),
    [
        ({"visits": 900, "orders": 60, "revenue": 6000, "cost": 1000}, 0.5, "feed"),
        ({"visits": 900, "orders": 20, "revenue": 2000, "cost": 1000}, 0.5, "watch"),  # on the line: 13 to 31 orders
        ({"visits": 900, "orders": 3, "revenue": 300, "cost": 1000}, 0.5, "stop"),
        ({"visits": 900, "orders": 3, "revenue": 300, "cost": 1000}, None, "stop"),  # sales below the cost
        ({"visits": 900, "orders": 60, "revenue": 6000, "cost": 1000}, None, "watch"),  # nobody told the margin
        ({"visits": 30, "orders": 0, "revenue": 0, "cost": 50}, 0.5, "watch"),  # bad luck with few visitors
        ({"visits": 900, "orders": 0, "revenue": 0, "cost": 1000}, 0.5, "stop"),
        ({"visits": 1000, "orders": 90, "revenue": 900}, 0.5, "feed"),
        ({"visits": 1000, "orders": 10, "revenue": 900}, 0.5, "weak"),  # costs nothing
        ({"visits": 1000, "orders": 10, "revenue": 900, "hours": 9}, 0.5, "move"),
        ({"visits": 60, "orders": 3, "revenue": 300}, 0.5, "watch"),
        ({"visits": 60}, 0.5, "untold"),
    ],
)
def test_a_source_is_judged_by_the_ends_of_its_interval(
    counts: dict[str, float], margin: float | None, verdict: str
) -> None:
    others = joined("问答", visits=5000, orders=200, revenue=20000)
    found = review([joined("聚光", **counts), others], Money(margin, 100), {}, {})
    (one,) = [standing for standing in found.standings["channel"] if standing.name == "聚光"]
    assert one.verdict == verdict
    assert one.why.say("zh")
    assert one.why.say("en")
    assert ("stop" in verdict) == (one in found.with_verdict("stop"))


def test_a_product_that_converts_badly_is_mended_rather_than_stopped() -> None:
    rows = [joined("甲", visits=1000, orders=10), joined("乙", visits=1000, orders=60)]
    found = review(rows, Money(), {}, {})
    assert {one.name: one.verdict for one in found.standings["product"]} == {"甲": "mend", "乙": "feed"}


def test_the_more_are_compared_the_more_it_takes_to_stand_out() -> None:
    good = joined("好", visits=1000, orders=58)
    usual = [joined(f"第{number}条", visits=1000, orders=40) for number in range(300)]

    def verdict(rows: list[Joined]) -> str:
        found = review(rows, Money(), {}, {}).standings["channel"]
        return next(one.verdict for one in found if one.name == "好")

    assert verdict([good, usual[0], joined("另一条", visits=4000, orders=160)]) == "feed"
    assert verdict([good, *usual]) == "watch"  # among three hundred one is as good by luck


def test_one_order_is_not_good_because_a_few_others_brought_none() -> None:
    found = review([joined("蚂蚁", visits=80, orders=1), joined("单车", visits=300, orders=0)], Money(), {}, {})
    assert {one.name: one.verdict for one in found.standings["channel"]} == {"蚂蚁": "watch", "单车": "watch"}


def test_of_many_that_earn_what_they_cost_luck_names_none() -> None:
    pick = random.Random(7)
    # Each is worth twenty orders of a hundred yuan, and costs what these leave; orders come as chance has it.
    orders = [sum(pick.random() < 0.02 for _ in range(1000)) for _ in range(300)]
    rows = [
        joined(f"来源{n}", visits=1000, orders=count, revenue=100 * count, cost=1000) for n, count in enumerate(orders)
    ]
    found = review(rows, Money(0.5), {}, {})
    assert not found.with_verdict("feed")
    assert not found.with_verdict("stop")
    alone = [review([row], Money(0.5), {}, {}).standings["channel"][0].verdict for row in rows]
    assert 2 <= sum(verdict != "watch" for verdict in alone) <= 30  # one looked at alone is named in a twentieth


def test_peers_are_told_apart_by_the_interval() -> None:
    def against(peer: float) -> str:
        row = Outcome(2, {}, {"visits": 1000, "orders": 40}, {"peer_conversion_rate": peer})
        found = review([Joined(row, "label", "", {"channel": "问答"})], Money(), {}, {})
        return found.standings["channel"][0].peers["conversion"][1]

    assert [against(peer) for peer in (0.02, 0.041, 0.08)] == ["above", "unclear", "below"]


def test_a_presale_decides_nothing() -> None:
    row = Joined(outcome(visits=900, placed=50, orders=0, cost=500), "label", "", {"channel": "聚光"})
    found = review([row], Money(0.5, 100), {}, {})
    assert found.standings["channel"] == ()
    assert "1 行在预售" in found.notes[0].say("zh")


def test_hours_of_the_plan_give_orders_an_hour() -> None:
    found = review([joined("问答", visits=100, orders=6)], Money(), {"问答": 3.0}, {"问答": 4.0})
    (one,) = found.standings["channel"]
    assert one.rates["orders_per_hour"] == 2
    assert one.counts["actions"] == 4


@given(st.integers(0, 2000) | st.integers(1, 30))
def test_the_interval_of_a_count_is_that_of_poisson(count: int) -> None:
    low, high = count_interval(count)
    assert 0 <= low <= count <= high
    # Exact limits: as many or more from the low end, as many or fewer from the high one, with 2.5 % each.
    if 0 < count <= 200:
        below = sum(math.exp(-low + k * math.log(low) - math.lgamma(k + 1)) for k in range(count))
        above = sum(math.exp(-high + k * math.log(high) - math.lgamma(k + 1)) for k in range(count + 1))
        assert 1 - below == pytest.approx(0.025, abs=0.003)
        assert above == pytest.approx(0.025, abs=0.003)


def test_the_next_plan_gets_known_channels_by_period() -> None:
    def row(channel: str, period: str, **counts: float) -> Joined:
        return Joined(outcome({"period": period}, **counts), "label", "", {"channel": channel})

    rows = [
        row("小红书笔记", "10月", visits=100, orders=4),
        row("小红书笔记", "10月", visits=50, orders=1, cost=20),
        row("小红书笔记", "11月", visits=80, orders=2),
        row("问答", "11月", visits=30, orders=1),
        row("地铁广告", "11月", visits=30, orders=1),
    ]
    found = next_rows(rows, CATALOG, {"问答": 6, "小红书笔记": 9})
    assert [(one.channel, one.period, one.actions, one.visitors, one.orders, one.cost) for one in found] == [
        ("小红书笔记", "10月", None, 150, 5, 20),  # nine posts in two periods: nobody knows how many in which
        ("小红书笔记", "11月", None, 80, 2, None),
        ("问答", "11月", 6, 30, 1, None),
    ]


def test_a_channel_that_costs_nothing_and_sells_is_not_turned_down_for_its_rate() -> None:
    rows = [joined("小红书笔记", visits=2070.0, orders=17.0), joined("问答", visits=3000.0, orders=60.0)]
    found = {one.name: one for one in review(rows, Money(0.4, 50), {}, {}).standings["channel"]}
    assert found["小红书笔记"].verdict == "weak"
    assert "17 单" in found["小红书笔记"].why.zh
    costly = [joined("小红书笔记", visits=2070.0, orders=17.0, hours=30.0), rows[1]]
    assert {one.name: one.verdict for one in review(costly, Money(), {}, {}).standings["channel"]}[
        "小红书笔记"
    ] == "move"


def test_what_is_counted_under_another_name_is_told(register: Register) -> None:
    rows = [register.join(outcome({"channel": name}, visits=100.0, orders=3.0)) for name in ("朋友圈", "问答", "闲鱼")]
    told = [note.zh for note in review(rows, Money(), {}, {}).notes]
    assert "“朋友圈”算在企业微信好友里" in told
