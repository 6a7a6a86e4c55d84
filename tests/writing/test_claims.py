"""The ledger: a claim is used with valid evidence only, and what is held back is told."""

from __future__ import annotations

from typing import Any

import pytest

from copykit.brief import brief_from
from copykit.brief.said import said_in
from copykit.compliance import Checker, Facts
from copykit.datafiles import bundled
from copykit.model import Brief
from copykit.rules.reading import Context
from copykit.writing.claims import Ledger, open_ledger, without, without_unsourced

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

    def context(left: Brief) -> Context:
        return CHECKER.context(Facts(brief=left, today=TODAY, commercial=True))

    return open_ledger(brief, TODAY, FILES, CHECKER, context)


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


NO_EVIDENCE: dict[str, Any] = {
    "audience": {"who": ["骑车上班的人"], "pains": ["早上灌的热水，中午就温了", "不喝热水会得胃病"]},
    "persona": {"name": "店主老秦", "about": ["拿过三届全国质检能手", "在五金厂做了十一年质检"]},
    "selling_points": [
        {"feature": "店里一年卖出 30 万只", "proof": "后台有数"},
        {"feature": "通过了 SGS 食品级检测"},
        {"feature": "工厂有 ISO9001 认证"},
        {"feature": "内胆是 316 不锈钢，垫圈是食品级硅胶", "benefit": "明星同款，李佳琦推荐"},
        {"feature": "喝了能缓解颈椎痛"},
        {"feature": "保温数一数二"},
    ],
    "doubts": [
        {"ask": "保温多久", "answer": "六小时后 68 度，中央电视台报道过"},
        {"ask": "不满意能退吗", "answer": "三十天无理由退货，来回运费我们出"},
        {"ask": "坏了管修吗", "answer": "三年质保，摔坏的不管"},
    ],
    "scenes": [{"name": "早高峰", "text": "十个通勤的人里八个用我们家杯子", "trouble": "杯子横在包里"}],
}


def test_what_needs_evidence_and_has_none_is_written_nowhere() -> None:
    made = ledger(product="保温杯", category="保温杯", **NO_EVIDENCE)
    assert {field for field, _ in held(made)} == {
        "audience.pains.1",
        "persona.about.0",
        "selling_points.0.feature",
        "selling_points.1.feature",
        "selling_points.2.feature",
        "selling_points.3.benefit",
        "selling_points.4.feature",
        "selling_points.5.feature",
        "doubts.0.answer",
        "scenes.0.text",
    }
    # What the goods are made of, and what a shop itself promises, is its own to say.
    assert [point.feature for point in made.brief.material.points if point.feature] == [
        "内胆是 316 不锈钢，垫圈是食品级硅胶"
    ]
    assert [doubt.answer[:3] for doubt in made.brief.material.doubts] == ["", "三十天", "三年质"]


def test_what_is_withheld_tells_where_its_evidence_is_written() -> None:
    why = dict(held(ledger(product="保温杯", category="保温杯", **NO_EVIDENCE)))
    certificate = 'kind = "authority"，evidence = "检测报告 BW-2026-0611"，或者写进这个卖点的 proof'
    assert why["selling_points.1.feature"].endswith(certificate)
    assert why["persona.about.0"].endswith('kind = "award"，evidence = "获奖证书 2025 年"')
    assert 'kind = "sales"，evidence = ' in why["selling_points.0.feature"]
    assert why["audience.pains.1"] == "拿“胃病”吓人来卖货"  # nothing proves a threat


@pytest.mark.parametrize(
    ("point", "claims", "left"),
    [
        ({"feature": "通过了 SGS 食品级检测"}, [], ""),
        ({"feature": "通过了 SGS 食品级检测", "proof": "报告 2026-0611"}, [], "通过了 SGS 食品级检测"),
        ({"feature": "通过了 SGS 食品级检测", "proof": "权威机构认证"}, [], ""),
        ({"feature": "得过全国设计大奖", "proof": "证书挂在店里"}, [], "得过全国设计大奖"),
        (
            {"feature": "通过了 SGS 食品级检测"},
            [{"kind": "authority", "statement": "内胆通过了 SGS 食品级检测", "evidence": "报告 2026-0611"}],
            "通过了 SGS 食品级检测",
        ),
        ({"feature": "通过了 SGS 食品级检测"}, [{"kind": "authority", "statement": "通过了 SGS 食品级检测"}], ""),
        ({"feature": "一年卖出 30 万只", "proof": "后台有数"}, [], ""),
    ],
)
def test_a_point_is_proved_by_a_claim_or_by_a_proof_that_stands(
    point: dict[str, str], claims: list[Any], left: str
) -> None:
    made = ledger(selling_points=[point], claims=claims)
    assert made.brief.material.points[0].feature == left


def test_phrases_of_two_entries_are_not_read_as_one() -> None:
    made = ledger(
        doubts=[
            {"ask": "保温多久", "answer": "二十四小时还是 80 度，比同行多保十个小时，中央电视台报道过"},
            {"ask": "不满意能退吗", "answer": "能退"},
        ],
        details=["报告编号 SH2024-0317 贴在墙上", "这是第三方机构检测过的"],
    )
    why = dict(held(made))
    assert why["doubts.0.answer"].startswith("“中央电视台报道过”")
    # A report that another entry speaks of is none of this one.
    assert "details.1.text" in why


def test_a_noun_with_the_signs_of_a_sentence_is_written_without_them_and_told() -> None:
    who = ["想出国旅游的人！", "上班族。", "宝妈！快来看"]
    made = ledger(product="英语课！", brand="Wa!", keywords=["英语课？"], audience={"who": who})
    assert made.brief.product == "英语课"
    assert made.brief.brand == "Wa!"
    assert made.brief.keywords == ("英语课",)
    assert made.brief.audience == ("想出国旅游的人", "上班族", "")
    assert held(made) == [
        ("product", "这里是一个名词，标点不写，写成“英语课”"),
        ("audience.who.0", "这里是一个名词，标点不写，写成“想出国旅游的人”"),
        ("audience.who.2", "这里要一个名词，现在是好几句"),
        ("keywords.0", "这里是一个名词，标点不写，写成“英语课”"),
    ]


def test_a_second_subject_is_told_and_written_only_where_there_is_nothing_else() -> None:
    ours = {"feature": "我们的鞋头放宽八毫米"}
    made = ledger(selling_points=[ours, {"feature": "鞋底前掌能折"}])
    assert [point.feature for point in made.brief.material.points] == ["", "鞋底前掌能折"]
    ((path, why),) = held(made)
    assert path == "selling_points.0.feature"
    assert "我们的" in why
    assert ledger(selling_points=[ours]).withheld == ()
    barred = ledger(selling_points=[ours, {"feature": "全网最低价"}])
    assert [point.feature for point in barred.brief.material.points] == ["我们的鞋头放宽八毫米", ""]


def test_a_threat_is_withheld_though_another_rule_speaks_of_the_same_words() -> None:
    made = ledger(product="护手霜", category="护手霜", audience={"who": ["打字的人"], "pains": ["不护手就要得湿疹"]})
    assert held(made) == [("audience.pains.0", "拿“湿疹”吓人来卖货")]


def test_one_line_is_told_of_a_phrase() -> None:
    made = ledger(selling_points=["全网最低价，100% 学会开口，学不会退款！"])
    assert [field for field, _ in held(made)] == ["selling_points.0.feature"]


def test_a_famous_name_is_no_obstacle() -> None:
    made = ledger(selling_points=[{"feature": "上过央视", "benefit": "李佳琦推荐"}, "央视大楼边上的店"])
    assert [field for field, _ in held(made)] == ["selling_points.0.feature", "selling_points.0.benefit"]


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
