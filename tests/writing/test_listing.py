"""Whole listings: every field within its limit, checked as one text; errors name their field and block the row."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.shop import keywords, products
from copykit.datafiles import DataFiles, bundled
from copykit.model import CellNote, Claim, Listing, Product, ShopWord, Sku
from copykit.platforms import Platforms
from copykit.text.measure import measure
from copykit.writing.fields import FieldSpec, NoListing, fitted, load_shape
from copykit.writing.listing import ListingBuilder, Wishes
from copykit.writing.products import Entry
from copykit.writing.records import record_of
from copykit.writing.run import Recipe, build_records
from tests.writing.conftest import TODAY, checker, vocabulary

PLATFORMS = ("taobao", "jd", "pinduoduo", "douyin_shop", "xiaohongshu", "wechat_store", "amazon", "shopify")


@cache
def shape_of(name: str):  # type: ignore[no-untyped-def]
    return load_shape(bundled(), Platforms(bundled())[name])


@cache
def builder(*platforms: str, others: int = 0, lang: str = "zh") -> ListingBuilder:
    shapes = tuple(shape_of(name) for name in platforms)
    wishes = Wishes(shapes, others=others, today=TODAY, lang=lang)
    return ListingBuilder(bundled(), checker(), wishes, keywords(), ["禾木"], vocabulary())


LAMP = Product(
    "L1",
    "充电台灯",
    row=7,
    category="家装灯饰光源>>台灯",
    brand="禾木",
    attributes={"颜色": "白色", "功能": "护眼、调光", "供电": "充电式"},
    selling_points=("灯臂能弯，光能打到书页中间", "底座沉，碰一下不倒", "充一次电够用 5 个晚上"),
    price=129.0,
    promotion="满100减10",
    images=("https://img.example/1.jpg", "https://img.example/2.jpg"),
    english={
        "name_en": "Rechargeable Desk Lamp",
        "keywords_en": "dimmable reading light; dorm desk lamp; led lamp; cordless lamp",
        "selling_points_en": "Arm bends to the middle of the page; Heavy base that does not tip over; Ok",
    },
)


def listing(product: Product, platform: str, **more: object) -> Listing:
    (found,) = builder(platform, **more).build(product)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_field_is_within_its_limit_and_nothing_is_cut_inside_a_word(platform: str) -> None:
    shape = shape_of(platform)
    for product in products(30, seed=3):
        found = listing(product, platform)
        assert not found.blocked
        assert found.title is not None
        assert measure(found.title.text, shape.room.unit) <= shape.room.limit
        for spec in shape.fields:
            text = found.fields.get(spec.id, "")
            if spec.max is not None and spec.make != "title":
                assert measure(text, spec.unit) <= spec.max, spec.id
            if spec.make == "points":
                rest = text
                for point in product.selling_points:
                    rest = rest.replace(point.rstrip("，。；！？、,;!?. "), "")
                assert not rest.strip(f"{spec.sep}；")


def test_a_name_that_its_own_columns_contradict_is_told_beside_the_row() -> None:
    found = listing(Product("X", "真丝睡衣", attributes={"材质": "冰丝", "颜色": "莫兰迪粉"}), "taobao")
    assert not found.blocked
    assert [told.finding.message for told in found.findings] == ["品名写“真丝”，材质写“冰丝”，两处对不上，先核实"]
    assert not listing(Product("X", "真丝睡衣", attributes={"材质": "桑蚕丝"}), "taobao").findings


def test_a_cell_that_was_not_taken_over_is_told_beside_its_field() -> None:
    note = CellNote("price", "面议", "售价写的“面议”不是能上传的价，空着没写", "'面议' in 售价 is no price")
    found = listing(Product("X", "台灯", notes=(note,)), "taobao")
    assert [(told.field, told.finding.severity, told.finding.message) for told in found.findings] == [
        ("price", "warning", note.zh)
    ]


def test_part_of_a_brand_speaks_of_nobody() -> None:
    told = {"产地": "内蒙古", "口味": "麻辣", "规格": "1斤装"}
    product = Product("X", "无糖黑芝麻丸", category="食品", brand="山里人家", attributes=told)
    found = listing(product, "taobao")
    assert found.title is not None
    assert "山里人家" in found.title.text
    assert not found.findings


@pytest.mark.parametrize(
    ("brand", "told"),
    [("杨幂同款", "杨幂"), ("禾木杨幂同款", "杨幂"), ("故宫同款", "故宫"), ("小国家级", "国家级"), ("戴森", "")],
)
def test_a_brand_may_not_borrow_a_name_or_praise(brand: str, told: str) -> None:
    found = listing(Product("X", "保温杯", brand=brand, selling_points=("500ml",)), "jd")
    assert {each.finding.match for each in found.findings} == {told} - {""}


@pytest.mark.parametrize(
    ("name", "old", "other"),
    [
        ("羽绒服", "316不锈钢保温杯大容量便携学生水杯500ml", "保温杯"),
        ("保温杯", "鹅绒羽绒服女冬季中长款加厚保暖外套", "羽绒服"),
        ("连衣裙", "羽绒服女冬季加厚中长款", "羽绒服"),
        ("睫毛膏", "护手霜滋润保湿", "护手霜"),
        # What follows may be the same thing by another name, what it is for, or a kind that no list knows.
        ("毛衣", "加厚针织衫女", ""),
        ("儿童羽绒服", "棉衣男童冬装", ""),
        ("钢化膜", "适用iPhone15手机膜高清防窥", ""),
        ("冰箱收纳盒", "冰箱食品级保鲜盒长方形", ""),
        ("瑜伽裤", "紧身裤女健身", ""),
        ("妈咪包", "双肩包大容量旅行背包", ""),
    ],
)
def test_a_title_in_use_of_other_goods_is_told_and_not_taken_over(name: str, old: str, other: str) -> None:
    found = listing(Product("X", name, current_title=old), "taobao")
    told = [each.finding.message for each in found.findings if each.finding.rule == "listing/cell"]
    assert found.title is not None
    assert bool(other) == bool(told)
    if other:
        assert f"说的是“{other}”，这件是“{name}”" in told[0]
        assert other not in found.title.text
        assert not found.old_title


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("【包邮】正品男士皮带自动扣", ["包邮"]),
        ("CHEAP LED台灯HOT SALE!!!", ["CHEAP", "HOT SALE", "!!!"]),
        ("B旗袍改良A", ["B", "A"]),
        ("★加厚抽纸★双十一", ["★", "双十一"]),
        ("T恤宽松纯棉", []),
        ("A字裙高腰", []),
        ("V领毛衣", []),
        ("维生素C软糖", []),
        ("包邮", []),  # nothing would be left
    ],
)
def test_what_shouts_in_a_name_is_told_and_not_taken_over(name: str, taken: list[str]) -> None:
    found = listing(Product("X", name, category="服饰>>皮带"), "taobao")
    told = [each.finding.message for each in found.findings if each.finding.rule == "listing/cell"]
    assert ["".join(f"“{each}”" for each in taken) in message for message in told] == [True] * bool(taken)
    assert found.title is not None
    if taken:
        assert not any(each in found.title.text for each in taken if len(each) > 1)


def test_a_title_of_which_most_stays_empty_is_told() -> None:
    rules = [each.finding.rule for each in listing(Product("X", "擀面杖", category="厨具>>擀面杖"), "taobao").findings]
    assert rules == ["listing/thin"]
    assert not listing(LAMP, "taobao").findings


def test_a_claim_that_nobody_can_prove_blocks_the_row_and_says_where(tmp_path: object) -> None:
    product = Product("X", "台灯", selling_points=("国家级工艺，全网最好用的台灯",), attributes={"颜色": "白色"})
    found = listing(product, "taobao")
    assert found.blocked
    told = {(each.field, each.finding.match, each.finding.severity) for each in found.findings}
    assert ("subtitle", "国家级", "error") in told
    field, finding = next((each.field, each.finding) for each in found.findings if each.finding.match == "国家级")
    assert found.fields[field][finding.start : finding.end] == "国家级"


def test_evidence_at_hand_lets_a_claim_stand() -> None:
    point = "累计售出 30 万支"
    without = listing(Product("X", "睫毛膏", selling_points=(point,)), "taobao")
    evidence = (Claim("sales", "累计售出 30 万支（后台订单）", "累计售出 30 万支（后台订单）"),)
    proved = listing(Product("X", "睫毛膏", selling_points=(point,), claims=evidence), "taobao")
    assert len(proved.findings) < len(without.findings) or not without.findings


def test_the_goods_category_decides_what_may_be_said() -> None:
    point = "三天见效，治疗湿疹"
    cream = listing(Product("X", "身体乳", selling_points=(point,)), "taobao")
    assert cream.blocked


def test_words_that_say_together_what_neither_says_alone_are_parted() -> None:
    points = ("第一档最省电", "品牌工厂代工")
    product = Product("X", "台灯", selling_points=points, keywords=(("第一台灯", 9.0), ("品牌台灯", 8.0)))
    found = listing(product, "taobao")
    assert found.title is not None
    assert "第一品牌" not in found.title.text
    assert {"第一台灯", "品牌台灯"} <= {each.keyword for each in found.title.dropped if each.kind == "together"}


def test_a_finding_in_html_stands_where_the_page_has_it() -> None:
    point = "<b>国家级</b>工艺"
    found = listing(Product("X", "台灯", selling_points=(point,)), "shopify")
    places = [(each.field, each.finding) for each in found.findings if each.finding.match == "国家级"]
    assert places
    for field, finding in places:
        assert found.fields[field][finding.start : finding.end] == "国家级"


def test_a_title_without_han_is_refused_where_the_platform_refuses_it() -> None:
    found = listing(Product("X", "", head="USB-C Hub"), "wechat_store")
    assert "listing/no_han" in {each.finding.rule for each in found.findings}
    assert found.blocked


def test_the_screens_of_a_page_are_what_the_row_says() -> None:
    shape = load_shape(bundled(), Platforms(bundled())["taobao"], details=True)
    made = ListingBuilder(bundled(), checker(), Wishes((shape,), today=TODAY), (), [], vocabulary())
    (found,) = made.build(LAMP)
    rows = [line.split("｜") for line in found.fields["detail"].split("\n")]
    assert {len(row) for row in rows} == {5}
    assert all(len(row[1]) <= 12 for row in rows)
    told = "，".join(LAMP.selling_points).split("，")
    assert {row[1] for row in rows if row[0] != "场景"} <= set(told)
    (bare,) = made.build(Product("X", "台灯"))
    assert "detail" not in bare.fields
    assert "detail" not in listing(LAMP, "taobao").fields


def test_an_error_on_one_platform_never_stops_the_others() -> None:
    # Its bare name does not fit into the twenty characters of a note.
    long = Product("X", "", head="可折叠可伸缩多功能户外露营便携式蛋卷桌椅组合套餐")
    taobao, notes = builder("taobao", "xiaohongshu").build(long)
    assert taobao.error is None
    assert notes.error is not None
    assert "上限 20" in notes.error.say("zh")


@pytest.mark.parametrize(
    ("name", "head", "source"),
    [
        ("一次性电子烟", "", "第二十二条"),
        ("硬盒香烟", "香烟", "第二十二条"),
        ("雪茄 古巴手工", "", "第二十二条"),
        ("阿莫西林胶囊", "抗生素", "第十五条"),
        ("头孢克肟分散片50mg*6片", "", "第十五条"),
        ("消炎药", "处方药", "第十五条"),
        # What is made for such goods, looks like them or only has their name inside is none of them.
        ("香烟收纳盒", "", ""),
        ("电子烟花机", "花机", ""),
        ("油烟机防烟油贴纸", "贴纸", ""),
        ("阿莫西林检测试剂盒", "试剂盒", ""),
        ("胰岛素冷藏盒", "冷藏盒", ""),
        ("雪茄色短靴", "", ""),
        ("非处方药感冒颗粒", "感冒颗粒", ""),
    ],
)
def test_goods_that_may_not_be_advertised_are_refused_with_the_article(name: str, head: str, source: str) -> None:
    found = listing(Product("X", name, head=head), "taobao")
    assert (found.error is not None) == bool(source)
    if found.error is not None:
        assert source in found.error.say("zh")
        assert "不能上架" in found.error.say("zh")


def test_nothing_named_is_an_error_on_every_platform() -> None:
    found = builder("taobao", "jd").build(Product("X", "好物"))
    assert [each.error is not None for each in found] == [True, True]


def test_the_ad_title_has_promotion_first_and_the_listing_title_none() -> None:
    found = listing(LAMP, "taobao")
    assert found.fields["ad_title"].startswith("满100减10！")
    assert found.fields["ad_title"].endswith("台灯")
    assert "满" not in found.fields["title"]


def test_an_english_shop_gets_the_tables_english() -> None:
    found = listing(LAMP, "amazon")
    assert found.title is not None
    assert found.title.text.startswith("Rechargeable Desk Lamp, ")
    assert len(found.title.text) <= 75
    assert [found.title.text[start:end] for start, end in found.title.spans] == list(found.title.words)
    assert found.fields["bullet_1"] == "Arm bends to the middle of the page"
    assert "bullet_3" not in found.fields  # "Ok" is shorter than a bullet may be
    assert measure(found.fields["search_terms"], "utf8") <= 249
    said = found.title.text.casefold()
    assert not any(word in said for word in found.fields["search_terms"].split())
    assert not any(each.finding.rule == "listing/language" for each in found.findings)


def test_no_word_stands_in_an_english_title_three_times() -> None:
    words = "desk lamp for desk; lamp desk led; desk light; bedside lamp; lamp"
    found = listing(Product(**{**_fields(LAMP), "english": {"name_en": "Desk Lamp", "keywords_en": words}}), "amazon")
    assert found.title is not None
    said = found.title.text.casefold().replace(",", " ").split()
    assert max(said.count(word) for word in said) <= 2


def test_promotion_praise_past_years_and_others_brands_stay_out_of_english_too() -> None:
    words = "best desk lamp; free shipping lamp; ikea lamp; desk lamp 2024; bestowed lamp; lamp for ideals"
    found = listing(Product(**{**_fields(LAMP), "english": {"name_en": "Desk Light", "keywords_en": words}}), "amazon")
    assert found.title is not None
    assert found.title.text == "Desk Light, bestowed lamp, lamp for ideals"
    assert [dropped.kind for dropped in found.title.dropped] == ["promotion", "promotion", "brand", "past_year"]
    assert found.fields.get("search_terms", "") == ""


def test_an_english_shop_without_english_is_warned_of() -> None:
    found = listing(Product("X", "台灯"), "amazon")
    assert [(each.finding.rule, each.finding.severity) for each in found.findings] == [("listing/language", "warning")]
    assert not found.blocked


def test_shopify_has_a_row_a_version_and_the_product_in_the_first() -> None:
    skus = (
        Sku("L1-W", {"颜色": "白色"}, 129.0, 3.0),
        Sku("L1-B", {"颜色": "黑色"}, 139.0, None),
        Sku("L1-G", {"颜色": "绿色"}),
    )
    found = listing(Product(**{**_fields(LAMP), "skus": skus}), "shopify")
    assert [row["sku"] for row in found.rows] == ["L1-W", "L1-B", "L1-G"]
    assert {row["handle"] for row in found.rows} == {"rechargeable-desk-lamp-l1"}
    assert [row.get("option_value") for row in found.rows] == ["白色", "黑色", "绿色"]
    assert [row.get("image", "") for row in found.rows] == [*LAMP.images, ""]
    assert found.fields["name"] == "Rechargeable Desk Lamp"


def test_a_short_chinese_title_is_packed_and_not_cut() -> None:
    found = listing(LAMP, "douyin_shop")
    short = found.fields["short_title"]
    assert len(short) <= 10
    assert "台灯" in short
    assert found.title is not None
    assert short != found.title.text[: len(short)] or short == found.title.text


def test_titles_to_test_have_codes_of_their_own() -> None:
    found = listing(LAMP, "taobao", others=2)
    assert found.title is not None
    codes = [found.title.code, *(other.code for other in found.others)]
    assert len(set(codes)) == len(codes) >= 2


def test_a_title_that_search_brings_nothing_is_made_anew() -> None:
    old = {**_fields(LAMP), "current_title": "禾木台灯卧室护眼白色充电式"}
    free = listing(Product(**{**old, "searched": 0.0}), "taobao")
    kept = listing(Product(**{**old, "searched": 300.0}), "taobao")
    unknown = listing(Product(**old), "taobao")
    assert kept.title is not None
    assert free.title is not None
    assert unknown.title == kept.title  # without a figure it is kept as if it had one
    assert kept.title.removed == ()
    assert measure(kept.title.text, "han2") < measure(free.title.text, "han2")


def test_a_short_title_in_use_keeps_its_words_and_takes_in_others_unless_a_share_is_asked_for() -> None:
    old = Product(**{**_fields(LAMP), "current_title": "卧室台灯", "searched": 300.0})
    grown = listing(old, "taobao").title
    wishes = Wishes((shape_of("taobao"),), change=0.3, today=TODAY)
    (held,) = ListingBuilder(bundled(), checker(), wishes, keywords(), ["禾木"], vocabulary()).build(old)
    assert grown is not None
    assert held.title is not None
    assert grown.removed == ()
    assert measure(grown.text, "han2") > 20
    assert measure(held.title.text, "han2") <= 10


def test_a_record_holds_what_was_promised_and_reads_back() -> None:
    import orjson

    record = record_of(listing(LAMP, "taobao", others=1), "zh")
    assert orjson.loads(orjson.dumps(record)) == record
    assert [*record][:8] == ["id", "platform", "title", "length", "fields", "dropped", "findings", "error"]
    assert set(record["length"]) == {"used", "limit", "unit"}
    assert all({"keyword", "reason"} <= set(each) for each in record["dropped"])
    assert all("{" not in each["reason"] for each in record["dropped"])
    english = record_of(listing(LAMP, "taobao", lang="en"), "en")
    assert all(
        each["reason"].isascii() or "'" in each["reason"] or "(" in each["reason"] for each in english["dropped"]
    )


@pytest.mark.parametrize("details", [False, True], ids=["fields", "pages"])
def test_every_kind_of_data_that_a_listing_is_made_of_decides_what_is_kept(
    details: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that goes on would otherwise take over what was made with other data."""
    files, read = bundled(), set()
    load = DataFiles.load

    def watched(self: DataFiles, kind: str) -> dict[str, Any]:
        read.add(kind)
        return load(self, kind)

    monkeypatch.setattr(DataFiles, "load", watched)
    recipe = Recipe(files.layers, None, PLATFORMS, None, 0, TODAY, "zh", (), (), (), details)
    list(build_records([Entry(7, "", LAMP)], recipe))
    made_of = set(read)
    read.clear()
    recipe.digest()
    assert made_of <= read


def test_a_platform_without_listing_fields_says_which_have_them() -> None:
    with pytest.raises(NoListing) as told:
        shape_of.__wrapped__("bilibili")
    assert "淘宝" in told.value.say("zh")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("倒过来晃也不漏，早上装的水晚上还烫嘴", 10, "倒过来晃也不漏"),
        ("倒过来晃也不漏，早上装的水晚上还烫嘴", 30, "倒过来晃也不漏，早上装的水晚上还烫嘴"),
        ("没有停顿的很长很长的一句话", 5, ""),
        ("一。二。三。四。", 4, "一。二"),
    ],
)
def test_a_long_line_ends_at_a_clause_or_is_left_out(text: str, limit: int, expected: str) -> None:
    assert fitted(text, FieldSpec("x", "point", "x", max=limit)) == expected


WORD = st.text("加厚白鸭绒防水女男冬abXYZ0189<>&|;；。！🙂\u0301 \t", max_size=14)


@given(
    name=st.one_of(st.sampled_from(["羽绒服", "保温杯 500ml", "USB台灯", "手机壳"]), WORD),
    values=st.lists(WORD, max_size=4),
    points=st.lists(WORD, max_size=3),
    old=WORD,
    words=st.lists(st.tuples(WORD, st.floats(0, 1e9)), max_size=4),
)
@settings(max_examples=120)
def test_whatever_the_table_holds_nothing_is_over_its_limit(
    name: str, values: list[str], points: list[str], old: str, words: list[tuple[str, float]]
) -> None:
    headers = ("颜色", "材质", "适用机型", "容量")
    product = Product(
        "X",
        name,
        attributes={header: value for header, value in zip(headers, values, strict=False) if value},
        selling_points=tuple(points),
        current_title=old,
        keywords=tuple(words),
    )
    for found in builder(*PLATFORMS).build(product):
        if found.error is not None:
            continue
        shape = shape_of(found.platform)
        assert found.title is not None
        assert measure(found.title.text, shape.room.unit) <= shape.room.limit
        assert not any(shape.room.bars(char) for char in found.title.text if not char.isspace())
        assert not any(told.finding.rule == "listing/too_long" for told in found.findings)


def test_a_shops_keywords_are_taken_from_roles() -> None:
    words = [
        ShopWord("护眼台灯", 9, "core"),
        ShopWord("灯飞台灯", 99, "other_brand"),
        ShopWord("旧台灯", 5, "negative"),
    ]
    own = ListingBuilder(bundled(), checker(), Wishes((shape_of("taobao"),), today=TODAY), words, (), vocabulary())
    (found,) = own.build(LAMP)
    assert found.title is not None
    assert found.title.found == ("护眼台灯",)
    assert {dropped.keyword: dropped.kind for dropped in found.title.dropped} == {
        "灯飞台灯": "brand",
        "旧台灯": "negative",
    }


def _fields(product: Product) -> dict[str, object]:
    return {name: getattr(product, name) for name in product.__dataclass_fields__}
