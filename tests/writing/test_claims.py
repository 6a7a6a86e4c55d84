"""The ledger: a claim is used with valid evidence only, and what is held back is told."""

from __future__ import annotations

from typing import Any

import pytest

from copykit.brief import brief_from
from copykit.compliance import Checker, Facts
from copykit.datafiles import bundled
from copykit.writing.claims import Ledger, open_ledger, said_in, without, without_unsourced

FILES = bundled()
CHECKER = Checker(FILES, ("law", "style"))
TODAY = "2026-11-22"
EXPERIENCE = {
    "kind": "experience",
    "statement": "穿了六个礼拜",
    "evidence": "聊天记录",
    "person": "小满妈妈",
    "date": "2026-10-08",
    "consent": True,
    "relation": "自己买的",
}


def ledger(**data: Any) -> Ledger:
    brief = brief_from({"product": "宽头童鞋", "category": "童鞋", **data}, "x")
    return open_ledger(brief, TODAY, FILES, CHECKER, lambda left: CHECKER.context(Facts(brief=left, today=TODAY)))


def held(made: Ledger) -> list[tuple[str, str]]:
    return [(each.field, each.reason.say("zh")) for each in made.withheld]


def test_a_claim_with_evidence_stands() -> None:
    made = ledger(claims=[{"kind": "returns", "statement": "七天里能退", "evidence": "售后规则页"}])
    assert (made.withheld, made.brief.claims[0].statement) == ((), "七天里能退")


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ({"kind": "sales", "statement": "卖出 5,870 双"}, "没写证据（evidence）"),
        (
            {"kind": "returns", "statement": "七天里能退", "evidence": "规则", "valid_until": "2026-11-21"},
            "2026-11-21 已经到期",
        ),
        ({"kind": "deadline", "statement": "到月底", "evidence": "活动页"}, "没写到哪天为止（valid_until）"),
        ({**EXPERIENCE, "consent": False}, "没有本人同意引用的记录（consent = true）"),
        ({key: value for key, value in EXPERIENCE.items() if key != "relation"}, "没写和店的关系（relation）"),
        ({key: value for key, value in EXPERIENCE.items() if key != "person"}, "没写是谁（person）"),
        ({key: value for key, value in EXPERIENCE.items() if key != "date"}, "没写哪天的事（date）"),
    ],
)
def test_a_claim_without_what_its_kind_asks_is_held_back(claim: dict[str, Any], why: str) -> None:
    made = ledger(claims=[claim])
    assert held(made) == [("claims.0", why)]
    assert made.brief.claims[0].statement == ""


def test_a_claim_holds_on_its_last_day() -> None:
    claim = {"kind": "returns", "statement": "七天里能退", "evidence": "规则", "valid_until": TODAY}
    assert not ledger(claims=[claim]).withheld


def test_a_sales_figure_among_the_details_is_no_way_around_the_ledger() -> None:
    made = ledger(
        details=["今年累计卖出 5,870 双", "楼道里有人喊脚尖"], selling_points=["全网最好穿的童鞋", "鞋头宽 8 毫米"]
    )
    assert [field for field, _ in held(made)] == ["selling_points.0.feature", "details.0.text"]
    assert [detail.text for detail in made.brief.material.details] == ["", "楼道里有人喊脚尖"]
    proved = ledger(
        details=["今年累计卖出 5,870 双"],
        claims=[{"kind": "sales", "statement": "今年 4—10 月卖出 5,870 双", "evidence": "后台报表"}],
    )
    assert proved.brief.material.details[0].text


def test_a_claim_that_is_held_back_proves_nothing_else() -> None:
    claim = {**EXPERIENCE, "statement": "三天见效", "consent": False}
    made = ledger(details=["用了三天见效"], claims=[claim])
    assert [field for field, _ in held(made)] == ["claims.0", "details.0.text"]


@pytest.mark.parametrize(
    ("stock", "left", "why"),
    [
        ({"left": 3, "evidence": "盘点表", "as_of": "2026-11-20"}, 3, []),
        ({"left": 3, "as_of": "2026-11-20"}, None, [("stock", "没写证据（evidence）")]),
        (
            {"left": 3, "quota": 2, "evidence": "盘点表", "as_of": "2026-11-01"},
            None,
            [("stock.left", "记录是 2026-11-01 的，超过 14 天了")],
        ),
        ({"left": 3, "evidence": "盘点表", "until": "2026-11-20"}, None, [("stock", "2026-11-20 已经到期")]),
    ],
)
def test_stock_is_told_while_its_record_is_fresh(stock: dict[str, Any], left: int | None, why: list[Any]) -> None:
    made = ledger(stock=stock)
    assert (made.brief.material.stock.left, held(made)) == (left, why)


def test_known_names_need_a_licence_and_news_of_the_day_an_end() -> None:
    made = ledger(stories=[{"kind": "ip", "name": "某卡通"}, {"kind": "hot", "name": "寒潮", "until": "2026-11-01"}])
    assert held(made) == [("stories.0", "没写授权（licence）"), ("stories.1", "2026-11-01 已经到期")]


def test_every_phrase_can_be_taken_out_by_its_path() -> None:
    data = {
        "brand": "小步",
        "audience": {"who": ["家长"], "pains": ["穿不进"]},
        "keywords": ["童鞋"],
        "persona": {"name": "店主", "about": ["两个孩子"]},
        "selling_points": [{"feature": "宽", "benefit": "不挤"}],
        "stories": [{"kind": "own", "name": "退货", "beats": ["退了 63 双"]}],
        "claims": [{**EXPERIENCE, "notes": [{"when": "第一天", "text": "合脚"}]}],
    }
    brief = brief_from({"product": "宽头童鞋", **data}, "x")
    for path, text in said_in(brief):
        left = dict(said_in(without(brief, path)))
        assert path not in left
        assert len(left) == len(dict(said_in(brief))) - 1, text


@pytest.mark.parametrize(("source", "left"), [("", ""), ("店铺后台报表", "有 1206 人报名")])
def test_a_figure_without_a_source_for_readers_is_in_no_title(source: str, left: str) -> None:
    claim = {
        "kind": "users",
        "statement": "有 1206 人报名",
        "evidence": "后台",
        **({"source": source} if source else {}),
    }
    made = without_unsourced(ledger(claims=[claim]), FILES)
    assert made.brief.claims[0].statement == left
    assert held(made) == ([] if source else [("claims.0", "没写给读者看的出处（source）")])
