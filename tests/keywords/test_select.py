"""Words are valued by what was measured, thin figures count for less, and every role has its reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.corpus.blocks import Document
from copykit.datafiles import bundled
from copykit.keywords.exports import FormUnknown, export, load_form
from copykit.keywords.figures import LINES, SearchTable, figure_columns, gather
from copykit.keywords.product import NO_BRIEF, Product, product_of
from copykit.keywords.rates import fit_prior, surely_below
from copykit.keywords.searches import Search, SearchReader
from copykit.keywords.select import Selection, select
from copykit.model import Brief, Doubt, Material, Readers, SelectedWord
from copykit.text.segment import Segmenter

FILES = bundled()
SETTINGS = FILES.load("selection")["standard"]
MEASURES = figure_columns(FILES.load("columns")).measures
MASCARA = Brief(
    "细刷头睫毛膏",
    "睫毛膏",
    "禾木",
    11.0,
    ("单眼皮", "女生"),
    ("温水卸得掉", "棕色和黑色", "适配完美日记的卸妆棉"),
    (),
    ("睫毛膏",),
)


def table_of(rows: Mapping[str, Mapping[str, float]]) -> SearchTable:
    return gather((Document(str(n), word, "", figures) for n, (word, figures) in enumerate(rows.items())), MEASURES)


def read(texts: Sequence[str], brief: Brief = NO_BRIEF, brands: Sequence[str] = ()) -> list[Search]:
    product = product_of(FILES, brief, brands)
    return list(SearchReader(FILES, product, Segmenter()).read([text.lower() for text in texts]))


def chosen(rows: Mapping[str, Mapping[str, float]], brief: Brief = NO_BRIEF, **options: object) -> Selection:
    table = table_of(rows)
    product: Product = product_of(FILES, brief)
    searches = list(SearchReader(FILES, product, Segmenter()).read(table.folded))
    return select(table, searches, product, SETTINGS, **options)  # type: ignore[arg-type]


def log(impressions: float, clicks: float, orders: float) -> dict[str, float]:
    return {"impressions": impressions, "clicks": clicks, "orders": orders}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("睫毛膏", "product"),
        ("睫毛膏卷翘", "attribute"),
        ("睫毛膏学生党", "audience"),
        ("女童睫毛膏", "audience"),
        ("通勤睫毛膏", "scene"),
        ("冬 睫毛膏", "scene"),
        ("睫毛膏多少钱", "price"),
        ("50元睫毛膏", "price"),
        ("睫毛膏怎么刷", "question"),
        ("睫毛膏哪个牌子好", "question"),
        ("禾木睫毛膏", "brand"),
        ("兰蔻睫毛膏怎么样", "brand"),
    ],
)
def test_a_search_is_after_one_thing(text: str, intent: str) -> None:
    assert read([text], MASCARA)[0].intent == intent


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("兰蔻睫毛膏", "兰蔻"),
        ("kissme睫毛膏", "kissme"),
        ("好奇宝宝睫毛膏", ""),  # 好奇 is a brand only of what it makes
        ("好奇纸尿裤", "好奇"),
        ("皇家猫粮", "皇家"),
        ("皇家睫毛膏", ""),
        ("makissmeup", ""),  # Latin letters go on both ways
        ("禾木睫毛膏", ""),
        ("最美的睫毛膏", ""),
        ("完美日记卸妆棉", ""),  # the brief says the goods fit it
    ],
)
def test_others_brands_are_told_from_words_that_only_look_like_them(text: str, brand: str) -> None:
    assert read([text], MASCARA)[0].other == brand


@pytest.mark.parametrize(
    ("text", "intent"),
    [("登山鞋", "product"), ("中帮登山鞋", "product"), ("幼猫登山鞋", "audience"), ("猫咪登山鞋", "audience")],
)
def test_what_the_goods_are_called_is_no_scene_and_no_attribute(text: str, intent: str) -> None:
    assert read([text], Brief("中帮登山鞋", "登山鞋", keywords=("登山鞋",)))[0].intent == intent


def test_brands_of_ones_own_come_from_the_brief_and_from_the_command() -> None:
    assert [search.own for search in read(["禾木睫毛膏", "小禾睫毛膏"], MASCARA, ["小禾"])] == ["禾木", "小禾"]


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("睫毛膏卸妆水", "卸妆水"),
        ("卸妆水 睫毛膏", ""),
        ("睫毛膏 卸妆水", ""),  # two things, parted by a blank
        ("眼线笔防水", "眼线笔"),
        ("睫毛膏套装", ""),
        ("早八淡妆", ""),
        ("不沾手机", ""),  # met, not looked for
        ("睫毛膏不沾枕套", ""),
        ("睫毛膏适合眼镜女生", ""),
        ("睫毛膏手机", "手机"),
        ("睫毛膏眼镜", "眼镜"),
        ("睫毛膏口红款", ""),  # looks like one
        ("眼线笔睫毛膏两用", ""),  # both at once
        ("眼线笔染眉两用", ""),
        ("睫毛膏卸妆水款式", ""),
    ],
)
def test_what_stands_last_names_the_thing(text: str, thing: str) -> None:
    assert read([text], MASCARA)[0].thing == thing


@pytest.mark.parametrize(
    ("goods", "text", "head", "thing"),
    [
        ("手机", "手机壳", "", "手机壳"),  # a word inside another is not that word
        ("手机", "红米手机", "手机", ""),
        ("手机", "苹果手机壳", "", "手机壳"),
        ("裙", "连衣裙", "裙", ""),  # what ends in the product's own word is of its kind
        ("护手霜", "护手霜不沾手机", "护手霜", ""),
        ("护手霜", "护手霜不粘键盘", "护手霜", ""),
        ("护手霜", "打字不伤键盘的护手霜", "护手霜", ""),
        ("护手霜", "护手霜键盘", "护手霜", "键盘"),
        ("床", "起床闹钟", "", "闹钟"),
    ],
)
def test_things_are_words_and_not_parts_of_words(goods: str, text: str, head: str, thing: str) -> None:
    search = read([text], Brief(goods, goods))[0]
    assert (search.head, search.thing) == (head, thing)


def test_ones_own_brand_is_a_word_too() -> None:
    searches = read(["lala护手霜", "lalaland护手霜"], Brief("护手霜", "护手霜", "LALA"))
    assert [search.own for search in searches] == ["lala", ""]


@pytest.mark.parametrize(
    ("text", "word"),
    [("男士睫毛膏", "男士"), ("睫毛膏蓝色", "蓝色"), ("睫毛膏棕色", None), ("男女睫毛膏", None), ("睫毛膏细", None)],
)
def test_what_the_brief_denies_is_a_contradiction(text: str, word: str | None) -> None:
    clash = read([text], MASCARA)[0].clash
    assert (clash.word if clash else None) == word


def test_nothing_contradicts_a_brief_that_says_nothing_of_it() -> None:
    assert [search.clash for search in read(["男士睫毛膏", "睫毛膏蓝色"], Brief("睫毛膏"))] == [None, None]


BOOTS = Brief(
    "中帮登山鞋",
    "登山鞋",
    keywords=("登山鞋", "徒步鞋"),
    selling_points=("鞋头包了一圈橡胶",),
    material=Material(readers=Readers(not_for=("要走雪线以上的人", "只看价格的人"))),
)
SHOP = {"猫砂": log(90_000, 5_200, 410), "逗猫棒": log(40_000, 2_500, 260), "登山杖": log(30_000, 900, 90)}


@pytest.mark.parametrize(
    ("text", "role", "reason"),
    [
        ("徒步鞋 轻便", "long_tail", "平均"),
        ("登山鞋价格", "long_tail", ""),  # every buyer asks what it costs
        ("休闲鞋男", "long_tail", "只有“鞋”"),  # uncertain: goods of a kind are called so
        ("女鞋", "long_tail", "只有“女鞋”"),
        ("橡胶鞋头", "long_tail", "只有“"),
        ("登山杖", "unrelated", "找的是登山杖"),  # 登山 only says where
        ("逗猫棒", "unrelated", "找的是逗猫棒"),
        ("自动炒菜机", "unrelated", "都对不上"),
        ("雪线以上登山鞋", "long_tail", "不适合的人里有“雪线”"),
    ],
)
def test_in_the_table_of_a_whole_shop_sales_speak_of_other_goods(text: str, role: str, reason: str) -> None:
    rows = {"登山鞋": log(9_000, 500, 40)} | SHOP | ({text: log(400, 20, 1)} if text not in SHOP else {})
    word = next(word for word in chosen(rows, BOOTS, core=1).words if word.text == text)
    assert word.role == role
    assert reason in word.reason or reason == "平均"
    assert export([word], load_form(FILES, "直通车"), "登山鞋").rows == [] or role != "unrelated"


def test_in_the_products_own_table_nothing_is_unrelated_and_doubtful_words_are_no_core_words() -> None:
    rows = {f"登山鞋{n}号": log(9_000, 500, 10) for n in range(20)}
    rows |= {"周末爬山": log(900, 50, 5), "野外": log(900, 50, 0), "登山杖": log(900, 50, 5)}
    roles = {word.text: (word.role, word.reason) for word in chosen(rows, BOOTS, core=30).words}
    assert roles["周末爬山"][0] == "core"  # it sells the goods
    assert roles["野外"][0] == roles["登山杖"][0] == "long_tail"
    assert all("看一眼" in roles[word][1] for word in ("野外", "登山杖"))


@pytest.mark.parametrize(
    ("text", "kin"),
    [("excel表格制作", "own"), ("数据透视表", "own"), ("ppt课程", "shared"), ("wps教程", "shared"), ("红酒", "none")],
)
def test_a_course_is_about_what_its_latin_words_name(text: str, kin: str) -> None:
    course = Brief(
        "Excel 报表课",
        "线上课程",
        keywords=("excel课程", "excel教程", "数据透视表"),
        material=Material(doubts=(Doubt("用 WPS 能学吗", "能"),)),
    )
    assert read([text], course)[0].kin == kin


@pytest.mark.parametrize(
    ("text", "guessed"),
    [
        ("博睿雅登山鞋", "博睿雅"),  # nobody's dictionary has it
        ("ysno登山鞋", "ysno"),
        ("岩羊登山鞋", ""),
        ("加绒登山鞋", ""),  # an attribute
        ("迈乐登山鞋", ""),  # a brand of the list
        ("38码登山鞋", ""),
        ("登山鞋轻便", ""),
    ],
)
def test_an_unknown_name_before_the_goods_is_told_of_and_no_core_word(text: str, guessed: str) -> None:
    brief = replace(BOOTS, brand="岩羊")
    assert read([text], brief)[0].guessed == guessed
    rows = {f"登山鞋{n}号": log(5_000, 250, 10) for n in range(20)} | {text: log(9_000, 500, 50)}
    word = next(word for word in chosen(rows, brief, core=1).words if word.text == text)
    assert (word.role == "long_tail" and "像是别家的牌子" in word.reason) == bool(guessed)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("登山鞋批发", "trade"), ("登山鞋代工厂", "trade"), ("免费试穿登山鞋", "free"), ("登山鞋免费退换", "")],
)
def test_who_is_in_the_trade_or_wants_it_for_nothing_buys_none(text: str, kind: str) -> None:
    assert read([text], BOOTS)[0].none[1] == kind


def test_words_with_ones_own_brand_are_exported_in_a_plan_of_their_own() -> None:
    words = [SelectedWord(text, role, "", "product", 1, "") for text, role in (("岩羊", "own_brand"), ("鞋", "core"))]
    rows = export(words, load_form(FILES, "百度"), "登山鞋", own_plan="登山鞋·自家品牌").rows
    assert [row[0] for row in rows] == ["登山鞋·自家品牌", "登山鞋"]


def test_nothing_is_unrelated_where_nobody_says_what_the_goods_are_searched_by() -> None:
    assert read(["红酒"])[0].kin == read(["红酒"], Brief("云上一号"))[0].kin == "own"


def test_another_name_for_the_same_sort_of_goods_is_no_other_thing() -> None:
    assert [search.thing for search in read(["女鞋", "篮球鞋", "高跟鞋"], BOOTS)] == ["", "", "高跟鞋"]


def test_three_lucky_clicks_make_no_core_word() -> None:
    rows = {f"睫毛膏{n}号": log(4_000, 200, 4 + n % 3) for n in range(30)}
    rows["睫毛膏幸运"] = log(60, 3, 3)
    rows["睫毛膏常卖"] = log(4_000, 210, 12)
    selection = chosen(rows)
    core = [word.text for word in selection.words if word.role == "core"]
    assert core[0] == "睫毛膏常卖"
    assert "睫毛膏幸运" not in core


def test_conversion_outweighs_volume() -> None:
    rows = {f"睫毛膏{n}号": log(5_000, 250, 5) for n in range(30)}
    rows["睫毛膏量大"] = log(9_000, 900, 1)
    rows["睫毛膏转化好"] = log(5_000, 250, 20)
    words = {word.text: word for word in chosen(rows).words}
    assert words["睫毛膏转化好"].priority == 1
    assert words["睫毛膏量大"].role == "low"
    assert "转化率" in words["睫毛膏量大"].reason


def test_every_role_is_given_with_its_reason() -> None:
    rows = {f"睫毛膏{n}号": log(5_000, 250, 10) for n in range(30)}
    rows |= {
        "睫毛膏禾木": log(300, 30, 4),
        "兰蔻睫毛膏": log(9_000, 800, 30),
        "睫毛膏少人点": log(90_000, 90, 3),
        "睫毛膏没人买": log(6_000, 400, 0),
        "二手睫毛膏": log(500, 40, 0),
        "眼线笔": log(800, 60, 1),
        "男士睫毛膏": log(700, 50, 5),
        "睫毛膏1号睫毛膏": log(0, 0, 0),
    }
    words = {word.text: word for word in chosen(rows, MASCARA).words}
    expected = {
        "睫毛膏禾木": ("own_brand", "禾木"),
        "兰蔻睫毛膏": ("other_brand", "反不正当竞争法 第七条"),
        "睫毛膏少人点": ("low", "点击率"),
        "睫毛膏没人买": ("low", "转化率"),
        "二手睫毛膏": ("negative", "二手"),
        "眼线笔": ("negative", "不是睫毛膏"),
        "男士睫毛膏": ("negative", "性别写的是女"),
    }
    told = {
        text: (words[text].role, reason if reason in words[text].reason else words[text].reason)
        for text, (_, reason) in expected.items()
    }
    assert told == expected
    assert all(word.reason for word in words.values())
    assert sorted(word.priority for word in words.values()) == list(range(1, len(words) + 1))


@pytest.mark.parametrize(
    ("goods", "word", "role"),
    [
        ("空气炸锅", "美的空气炸锅", "other_brand"),
        ("空气炸锅", "小米空气炸锅", "other_brand"),
        ("杂粮", "小米五谷杂粮", "core"),
    ],
)
def test_a_brand_that_is_a_word_too_is_one_beside_its_goods(goods: str, word: str, role: str) -> None:
    rows = {f"{goods}{n}号": log(5_000, 250, 10) for n in range(30)} | {word: log(5_000, 260, 11)}
    words = {each.text: each.role for each in chosen(rows, replace(MASCARA, product=goods, category=goods)).words}
    assert words[word] == role


def test_a_word_that_sells_is_about_the_product_whatever_a_list_says() -> None:
    rows = {f"睫毛膏{n}号": log(5_000, 250, 10) for n in range(30)} | {"二手睫毛膏": log(500, 60, 6)}
    words = {word.text: word.role for word in chosen(rows, MASCARA).words}
    assert words["二手睫毛膏"] in ("core", "long_tail")


def test_a_click_that_costs_more_than_it_earns_is_said_so() -> None:
    rows = {f"睫毛膏{n}号": log(5_000, 250, 10) | {"cost": 50.0} for n in range(30)}
    rows["睫毛膏贵"] = log(5_000, 300, 12) | {"cost": 900.0}
    word = next(word for word in chosen(rows, profit=5.0).words if word.text == "睫毛膏贵")
    assert (word.role, "毛利只有 5.0 元" in word.reason) == ("low", True)


def test_orders_come_from_the_clicks_of_their_own_table_alone() -> None:
    rows = [
        ("睫毛膏", {"impressions": 5_000, "clicks": 200, "orders": 4}),
        ("睫毛膏防水", {"impressions": 2_000, "clicks": 80, "orders": 3}),
        ("睫毛膏", {"impressions": 9_000, "clicks": 300}),
        ("睫毛膏大号", {"impressions": 4_000, "clicks": 150}),
        ("睫毛膏", {"search_index": 20_000, "conversion_rate": 0.061}),
    ]
    table = gather((Document(str(n), word, "", figures) for n, (word, figures) in enumerate(rows)), MEASURES)
    assert (table.tried.tolist(), table.ordered.tolist(), table.guessed.tolist()) == ([200, 80, 0], [4, 3, 0], [0] * 3)
    searches = list(SearchReader(FILES, product_of(FILES, NO_BRIEF), Segmenter()).read(table.folded))
    found = {word.text: word.reason for word in select(table, searches, product_of(FILES, NO_BRIEF), SETTINGS).words}
    assert "200 次点击 4 单" in found["睫毛膏"]
    assert "点击 150 次，没有单数" in found["睫毛膏大号"]


def test_orders_that_a_rows_own_rate_comes_to_are_called_about() -> None:
    table = gather([Document("1", "睫毛膏", "", {"clicks": 1_000, "conversion_rate": 0.05})], MEASURES)
    assert (table.ordered.tolist(), table.guessed.tolist()) == ([0], [50])
    found = chosen({"睫毛膏": {"clicks": 1_000, "conversion_rate": 0.05}})
    assert "1,000 次点击 约 50 单" in found.words[0].reason


def test_indices_are_ranked_and_conversion_comes_first() -> None:
    index = [("a", 9_000, 0.010), ("b", 8_000, 0.050), ("c", 7_000, 0.020), ("d", 20, 0.300)]
    rows = {f"睫毛膏{name}": {"search_index": float(size), "conversion_rate": rate} for name, size, rate in index}
    selection = chosen(rows)
    assert selection.by == "ranks"
    assert [word.text[-1] for word in selection.words] == ["b", "c", "d", "a"]  # d's rate stands on few searches
    assert "指数" in selection.words[0].reason


def test_a_rate_of_conversion_is_not_left_aside() -> None:
    told = [("a", 18_000.0, 900.0, 0.02), ("b", 12_000.0, 900.0, 0.08)]
    clicked = chosen({f"睫毛膏{n}": {"searches": v, "clicks": c, "conversion_rate": r} for n, v, c, r in told})
    searched = chosen({f"睫毛膏{n}": {"searches": v, "conversion_rate": r} for n, v, c, r in told})
    assert (clicked.by, searched.by) == ("orders", "ranks")
    for selection in (clicked, searched):
        assert [word.text[-1] for word in selection.words] == ["b", "a"]
    assert "72 单" in clicked.words[0].reason


@pytest.mark.parametrize("figures", [{"search_index": 900.0}, {"search_rank": 3.0}, {"clicks": 4.0}])
def test_rows_are_counted_only_where_nothing_tells_how_much_a_word_is_searched(figures: dict[str, float]) -> None:
    twice = [Document("1", "kiko睫毛膏", "", figures), Document("2", "KIKO睫毛膏", "", figures)]
    assert LINES not in gather(twice, MEASURES).figures
    assert gather([Document(each.id, each.title, "", {}) for each in twice], MEASURES).figures[LINES].tolist() == [2.0]


def test_an_index_is_never_added_up_and_a_count_is() -> None:
    documents = [
        Document("1", "睫毛膏", "", {"search_index": 900.0, "clicks": 10.0, "conversion_rate": 0.1}),
        Document("2", "睫 毛 膏", "", {"search_index": 700.0, "clicks": 5.0, "conversion_rate": 0.4}),
    ]
    table = gather(documents, MEASURES)
    assert len(table) == 1
    assert {role: float(values[0]) for role, values in table.figures.items()} == {
        "search_index": 900.0,
        "clicks": 15.0,
        "conversion_rate": 0.1,
    }


def test_words_in_another_order_follow_the_core_word() -> None:
    rows = {"睫毛膏防水": log(5_000, 250, 20), "防水睫毛膏": log(4_000, 200, 14)}
    words = chosen(rows).words
    assert [word.role for word in words] == ["core", "long_tail"]
    assert "词序" in words[1].reason
    assert words[1].group == "睫毛膏防水"


def test_long_tails_go_with_the_core_word_that_they_are_like() -> None:
    rows = {"睫毛膏防水": log(9_000, 500, 40), "眼线笔极细": log(9_000, 500, 39)}
    tails = ["睫毛膏防水女", "防水睫毛膏持久", "睫毛膏防水正品", "眼线笔极细黑色", "极细眼线笔新手", "眼线笔极细不晕"]
    rows |= {text: log(50, 3, 0) for text in tails}
    groups = {word.text: word.group for word in chosen(rows, core=2).words}
    assert {text: groups[text] for text in tails} == {
        text: "睫毛膏防水" if "睫毛膏" in text else "眼线笔极细" for text in tails
    }


def test_what_is_like_no_core_word_but_holds_one_goes_with_it() -> None:
    rows = {"睫毛膏": log(9_000, 500, 40)} | {text: log(50, 3, 0) for text in ("睫毛膏送礼", "睫毛膏孕妇", "早八淡妆")}
    groups = {word.text: word.group for word in chosen(rows, core=1).words}
    assert groups == {"睫毛膏": "睫毛膏", "睫毛膏送礼": "睫毛膏", "睫毛膏孕妇": "睫毛膏", "早八淡妆": "早八淡妆"}


def test_a_table_without_figures_is_put_in_groups_and_says_that_it_knows_no_more() -> None:
    selection = chosen({"睫毛膏": {}, "睫毛膏防水": {}})
    assert selection.by in ("nothing", "volume")
    assert len(selection.words) == 2


def test_signs_that_nobody_sees_are_no_word() -> None:
    assert [word.text for word in chosen({"\u200b\u200b": log(900, 90, 9), "睫毛膏": log(9, 1, 0)}).words] == ["睫毛膏"]


def test_an_empty_table_gives_nothing() -> None:
    assert chosen({}).words == []


rates = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 40)), min_size=1, max_size=60)


@given(rates)
def test_a_thin_rate_is_drawn_to_the_mean_and_never_beyond(pairs: list[tuple[int, int]]) -> None:
    trials = np.array([float(max(pair)) for pair in pairs])
    successes = np.array([float(min(pair)) for pair in pairs])
    prior = fit_prior(successes, trials)
    assert 0 <= prior.mean <= 1
    assert prior.strength > 0
    drawn = prior.rate(successes, trials)
    raw = np.divide(successes, trials, out=np.full(len(trials), prior.mean), where=trials > 0)
    low, high = np.minimum(raw, prior.mean), np.maximum(raw, prior.mean)
    assert np.all((low - 1e-9 <= drawn) & (drawn <= high + 1e-9))


def test_the_spread_of_rates_is_learned_from_the_words() -> None:
    random = np.random.default_rng(1)
    trials = random.integers(20, 400, 4_000).astype(float)
    for mean, strength in ((0.03, 40.0), (0.10, 500.0)):
        truth = random.beta(mean * strength, (1 - mean) * strength, len(trials))
        prior = fit_prior(random.binomial(trials.astype(int), truth).astype(float), trials)
        assert prior.mean == pytest.approx(mean, rel=0.1)
        assert prior.strength == pytest.approx(strength, rel=0.4)


def test_how_sure_it_is_that_a_rate_is_poor_grows_with_the_trials() -> None:
    chances = surely_below(0.012, np.zeros(4), np.array([0.0, 30.0, 300.0, 3_000.0]))
    assert list(chances) == sorted(chances)
    assert chances[1] < 0.5 < 0.95 < chances[2]


@given(st.integers(1, 60), st.integers(0, 60), st.floats(0.01, 0.9))
def test_how_sure_is_the_exact_binomial_test(trials: int, successes: int, rate: float) -> None:
    successes = min(successes, trials - 1)
    few = math.fsum(math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(successes + 1))
    assert surely_below(rate, np.array([successes]), np.array([trials]))[0] == pytest.approx(1 - few, abs=1e-9)


WORDS = [
    SelectedWord("睫毛膏防水", "core", "睫毛膏防水", "attribute", 1, "好"),
    SelectedWord("睫毛膏女", "long_tail", "睫毛膏防水", "audience", 3, ""),
    SelectedWord("兰蔻睫毛膏", "other_brand", "", "brand", 4, ""),
    SelectedWord("二手睫毛膏", "negative", "", "attribute", 5, ""),
    SelectedWord("睫毛膏贵", "low", "", "price", 6, ""),
]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("直通车", [["睫毛膏防水", "", "精准匹配"], ["睫毛膏女", "", "广泛匹配"]]),
        (
            "百度",
            [["计划", "睫毛膏防水", "睫毛膏防水", "精确匹配", ""], ["计划", "睫毛膏防水", "睫毛膏女", "短语匹配", ""]],
        ),
    ],
)
def test_a_form_holds_usable_words_of_its_length_and_no_bid(name: str, rows: list[list[str]]) -> None:
    made = export(WORDS, load_form(FILES, name), "计划")
    assert made.rows == rows
    assert made.left_out == {"other_brand": 1, "negative": 1, "low": 1}


def test_others_brands_are_exported_only_when_asked_for() -> None:
    form = load_form(FILES, "google")
    assert "兰蔻睫毛膏" not in {row[2] for row in export(WORDS, form, "p").rows}
    assert "兰蔻睫毛膏" in {row[2] for row in export(WORDS, form, "p", other_brands=True).rows}


def test_google_takes_words_to_bar_as_well() -> None:
    rows = {row[2]: row for row in export(WORDS, load_form(FILES, "Google Ads"), "p").rows}
    assert rows["二手睫毛膏"] == ["p", "", "二手睫毛膏", "Campaign Negative Phrase", ""]


def test_what_is_too_long_for_a_form_is_told() -> None:
    long = SelectedWord("睫毛膏" * 9, "core", "", "product", 1, "")
    assert export([long], load_form(FILES, "直通车"), "p").too_long == [long.text]


def test_a_form_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(FormUnknown) as error:
        load_form(FILES, "脸书")
    assert "baidu" in error.value.say("zh")
