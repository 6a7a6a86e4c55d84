"""The formulas of the source article, put right where it slips, against figures reckoned by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.model import Grading, Stocked
from copykit.shop.grading import grade, letters

TODAY = date(2026, 11, 22)
STANDARD = bundled().load("grading")["standard"]


def row(product: str, **figures: object) -> Stocked:
    return Stocked(item=str(figures.pop("item", product)), product=product, name=product, row=1, **figures)  # type: ignore[arg-type]


def graded(*rows: Stocked, days: int = 30, **more: object) -> Grading:
    return grade(rows, STANDARD, days=days, today=TODAY, **more)  # type: ignore[arg-type]


def good(product: str, sold: float = 100, **more: object) -> Stocked:
    """Make a product that earns 40 % and turns over well."""
    figures = {
        "cost": 60.0,
        "revenue": sold * 100,
        "sold": sold,
        "stock": sold * 2,
        "visitors": 1000.0,
        "buyers": sold / 2,
    }
    return row(product, **{**figures, **more})


class TestLetters:
    def test_one_that_is_seven_tenths_of_all_is_still_an_a(self) -> None:
        found = letters([("大", "", 70.0), ("中", "", 20.0), ("小", "", 10.0)], [0.6, 0.85], "ABC")
        assert [(each.id, each.letter) for each in found] == [("大", "A"), ("中", "B"), ("小", "C")]

    def test_the_share_before_it_decides(self) -> None:
        found = letters([(str(n), "", 10.0) for n in range(10)], [0.6, 0.85], "ABC")
        assert "".join(each.letter for each in found) == "AAAAAABBBC"
        assert [round(each.before, 2) for each in found] == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

    def test_suppliers_have_an_s_before_the_a(self) -> None:
        found = letters([(str(n), "", 10.0) for n in range(10)], [0.4, 0.7, 0.9], "SABC")
        assert "".join(each.letter for each in found) == "SSSSAAABBC"

    @given(st.lists(st.floats(0, 1e9), max_size=40))
    def test_letters_never_get_better_further_down(self, values: list[float]) -> None:
        found = letters(((f"{n:03}", "", value) for n, value in enumerate(values)), [0.6, 0.85], "ABC")
        assert [each.letter for each in found] == sorted(each.letter for each in found)
        assert not found or found[0].letter == "A"
        assert sum(each.share for each in found) == pytest.approx(1 if found else 0)


def test_the_first_four_forces_multiply_to_the_gross_profit() -> None:
    forces = graded(good("a"), good("b", sold=50), good("c", sold=0, buyers=0.0)).forces
    assert forces.goods == 3
    assert forces.sell_through == pytest.approx(2 / 3)
    assert forces.contribution == pytest.approx((10_000 + 5_000) / 2)
    assert forces.margin == pytest.approx(0.4)
    assert (
        forces.goods * forces.sell_through * forces.contribution * forces.margin
        == pytest.approx(forces.profit)
        == 6_000
    )


@given(
    st.lists(
        st.tuples(st.floats(0, 1e4), st.floats(0.01, 1e3), st.floats(0.01, 1e3), st.floats(0, 1e4)),
        min_size=1,
        max_size=12,
    )
)
def test_the_forces_add_up_whatever_the_shop(shop: list[tuple[float, float, float, float]]) -> None:
    rows = [
        row(str(n), sold=sold, cost=cost, price=price, stock=stock) for n, (sold, cost, price, stock) in enumerate(shop)
    ]
    forces = graded(*rows).forces
    product = forces.goods * forces.sell_through * forces.contribution * forces.margin
    expected = sum(sold * (price - cost) for sold, cost, price, _ in shop if sold * price > 0)
    assert product == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_turnover_is_cost_of_sales_by_mean_stock_and_cross_ratio_a_quarters() -> None:
    # 100 sold at 60, 150 pieces of 60 on the mean, in 30 days
    (standing,) = graded(good("a", stock=100.0, stock_before=200.0)).standings
    yearly = (100 * 60) / (150 * 60) * 365 / 30
    assert standing.turnover == pytest.approx(yearly)
    assert standing.margin == pytest.approx(0.4)
    assert standing.cross == pytest.approx(0.4 * yearly * 91 / 365)
    assert standing.cover == pytest.approx(30)


def test_figures_that_are_told_win_over_those_that_are_reckoned() -> None:
    (standing,) = graded(good("a", average_stock_value=1_000.0, cost_of_sales=5_000.0)).standings
    assert standing.turnover == pytest.approx(5 * 365 / 30)
    assert standing.margin == pytest.approx(0.5)


def test_what_had_to_be_assumed_is_told() -> None:
    notes = graded(row("a", sold=10.0, price=9.0, cost=3.0, stock=5.0)).notes
    assert any("期初库存" in note for note in notes)
    assert any("销量 × 售价" in note for note in notes)
    assert graded(good("a", stock_before=1.0)).notes == ()


def test_versions_count_together_and_only_those_that_sold_move() -> None:
    (standing,) = graded(
        good("a", item="a-1"), good("a", item="a-2", sold=0, buyers=0.0), good("a", item="a-3", sold=20)
    ).standings
    assert standing.skus == 3
    assert standing.sell_through == pytest.approx(2 / 3)
    assert standing.revenue == 12_000


def test_profit_is_unknown_where_a_version_that_sold_tells_no_cost() -> None:
    whole, torn = good("whole"), good("torn", item="t-1")
    found = graded(
        whole,
        torn,
        good("torn", item="t-2", cost=None),
        good("idle", item="i-1"),
        good("idle", item="i-2", cost=None, sold=0, revenue=0.0),
    )
    margins = {each.product: each.margin for each in found.standings}
    assert margins == {"whole": pytest.approx(0.4), "torn": None, "idle": pytest.approx(0.4)}
    turns = {each.product: each.turnover for each in found.standings}
    assert turns["torn"] == pytest.approx(turns["whole"])
    assert any(note.startswith("torn：") for note in found.notes)


class TestRemovals:
    def test_the_last_twentieth_goes_and_the_next_is_watched(self) -> None:
        found = graded(*(good(f"{n:02}", sold=100 + 10 * n) for n in range(20))).removals
        assert [(each.product, each.verdict) for each in found if each.kind == "rank"] == [
            ("00", "out"),
            ("01", "watch"),
        ]

    def test_under_the_floor(self) -> None:
        found = graded(good("a"), good("b", sold=2), days=60, floor=500.0).removals
        (floor,) = [each for each in found if each.kind == "floor"]
        assert floor.product == "b"
        assert "100 元" in floor.why  # 200 in 60 days are 100 a month

    @pytest.mark.parametrize(
        ("sold", "defects", "verdict"), [(10_000, 1, None), (10_000, 2, "out"), (500, 1, "watch"), (500, 0, None)]
    )
    def test_one_in_ten_thousand_is_faulty(self, sold: int, defects: int, verdict: str | None) -> None:
        others = [*(good(f"{n}") for n in range(20)), good("big", sold=200_000)]
        found = graded(*others, good("x", sold=sold, defects=float(defects))).removals
        assert next((each.verdict for each in found if each.kind == "defect"), None) == verdict

    def test_what_carries_the_shop_is_settled_with_its_supplier(self) -> None:
        found = graded(good("x", sold=600, defects=3.0), *(good(f"{n}", sold=50) for n in range(20)))
        (defect,) = [each for each in found.removals if each.kind == "defect"]
        assert defect.verdict == "mend"
        assert "0.50%，超过 0.01%" in defect.why
        assert "供应商" in defect.why
        assert next(each.why for each in found.not_pushed if each.product == "x") == defect.why

    def test_the_standard_is_told_as_it_is(self) -> None:
        rows = (*(good(f"{n}") for n in range(20)), good("x", sold=100, defects=5.0))
        found = grade(rows, {**STANDARD, "defect": 0.02}, days=30, today=TODAY).removals
        assert "超过 2%" in next(each.why for each in found if each.kind == "defect")

    @pytest.mark.parametrize(
        ("listed", "verdict"), [(date(2024, 11, 11), "out"), (None, "watch"), (date(2026, 11, 10), None)]
    )
    def test_goods_in_stock_that_never_sold_have_to_go(self, listed: date | None, verdict: str | None) -> None:
        dead = good("x", sold=0, stock=2000.0, cost=8.0, revenue=0.0, listed=listed)
        found = graded(*(good(f"{n}") for n in range(20)), dead)
        dead_ones = [each for each in found.removals if each.kind == "dead"]
        assert [each.verdict for each in dead_ones] == ([verdict] if verdict else [])
        assert "缺成本" not in next(each.why for each in found.not_pushed if each.product == "x")
        if verdict:
            assert "库存 2,000 件（16,000 元），30 天一件没卖" in dead_ones[0].why

    def test_rights_are_for_a_person_to_decide(self) -> None:
        found = graded(good("a", risk="疑似外观侵权")).removals
        assert [(each.kind, each.verdict) for each in found if each.kind == "hand"] == [("hand", "watch")]

    def test_causes_are_told_with_what_to_do(self) -> None:
        unseen = good("z", sold=1, visitors=20.0, buyers=1.0)
        found = graded(*(good(f"{n:02}") for n in range(20)), unseen).removals
        measures = next(each.measures for each in found if each.product == "z")
        assert any("没什么人看见" in measure for measure in measures)

    def test_a_new_product_is_not_ranked_with_the_old(self) -> None:
        found = graded(*(good(f"{n:02}") for n in range(20)), good("z", sold=1, listed=date(2026, 11, 10))).removals
        assert "z" not in {each.product for each in found}


@pytest.mark.parametrize(
    ("listed", "sold", "state", "until"),
    [
        (date(2026, 11, 10), 0, "watch", date(2026, 12, 10)),
        (date(2026, 10, 20), 0, "mend", date(2026, 12, 4)),
        (date(2026, 10, 20), 50, "passed", None),
        (date(2026, 10, 1), 0, "out", None),
        (date(2026, 10, 1), 50, "passed", None),
        (date(2026, 5, 1), 0, None, None),
        (date(2026, 12, 1), 0, None, None),
    ],
)
def test_new_products_have_a_month_and_half_a_month_more(
    listed: date, sold: int, state: str | None, until: date | None
) -> None:
    clocks = graded(good("a", sold=sold, listed=listed)).clocks
    assert [(clock.state, clock.until) for clock in clocks] == ([] if state is None else [(state, until)])


class TestPush:
    def test_cross_ratio_conversion_and_cover_choose(self) -> None:
        best = good("best", sold=150, cost=30.0, buyers=90.0, stock=450.0)
        found = graded(*(good(f"{n:02}", cost=60.0 + n) for n in range(20)), best, top=5)
        assert found.pushed[0].product == "best"
        assert len(found.pushed) == 5

    def test_abc_does_not_choose(self) -> None:
        rich = good("rich", stock_value=1e9, average_stock_value=12_000.0)
        poor = good("poor", stock_value=1.0, average_stock_value=12_000.0)
        found = {each.product: each for each in graded(rich, poor).pushed}
        assert found["rich"].score == found["poor"].score
        assert found["rich"].letter == "A"

    def test_three_visitors_are_no_rate(self) -> None:
        lucky = good("lucky", visitors=3.0, buyers=3.0)
        steady = good("steady", visitors=5000.0, buyers=500.0)
        rates = {
            each.product: each.conversion for each in graded(lucky, steady, *(good(f"{n}") for n in range(5))).pushed
        }
        assert rates["lucky"] < 0.2
        assert rates["steady"] == pytest.approx(0.1, abs=0.01)

    @pytest.mark.parametrize(
        ("figures", "why"),
        [
            ({"stock": 100.0}, "先补货"),
            ({"cost": 120.0}, "毛利率排第 31/31"),
            ({"risk": "商标异议"}, "风险"),
            ({"cost": None}, "算不出交叉比率"),
            ({"defects": 9.0}, "淘汰名单"),
            ({"sold": 1, "stock": 100.0}, "淘汰名单"),
            ({"sold": 500, "stock": 12_000.0}, "推也推不完"),
        ],
    )
    def test_what_is_left_out_has_a_reason(self, figures: dict[str, object], why: str) -> None:
        found = graded(*(good(f"{n:02}", sold=200 + n) for n in range(30)), good("x", **{"sold": 500, **figures}))
        assert "x" not in {each.product for each in found.pushed}
        assert why in next(each.why for each in found.not_pushed if each.product == "x")


def test_no_former_price_is_invented() -> None:
    told = " ".join(formula.note for formula in graded(good("a")).formulas)
    assert "虚构原价" in told
    assert "笔误" in told


def test_what_is_pushed_is_told_to_whom() -> None:
    found = graded(
        good("新", listed=date(2026, 11, 10)),
        good("月饼", festival="中秋节"),
        good("老", repeat=0.6),
        good("压", stock=900.0),
        good("甲", repeat=0.2),
        good("乙", repeat=0.2),
        good("丙", repeat=0.1),
        good("丁"),
    )
    kinds = {each.product: each.kind for each in found.pushed}
    assert kinds == {
        "新": "新品",
        "月饼": "节日活动：中秋节",
        "老": "老客户",
        "压": "促销",
        **dict.fromkeys("甲乙丙丁", "跟进"),
    }
