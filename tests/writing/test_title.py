"""Titles that an operator could upload: every word stated, none twice, none cut, in an order that reads."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.model import Product, ShopWord
from copykit.text.measure import measure
from copykit.writing.order import joined
from copykit.writing.stated import NothingNamed
from copykit.writing.title import NoRoom, OldLocked, TitleRoom
from tests.writing.conftest import TAOBAO, Pack, task, vocabulary

COAT = Product(
    "A1",
    "加厚白鸭绒羽绒服",
    category="女装/女士精品>>羽绒服",
    brand="禾木",
    attributes={
        "颜色": "米白色",
        "材质": "白鸭绒",
        "衣长": "中长款",
        "领型": "连帽",
        "适用季节": "冬季",
        "厚薄": "加厚",
    },
    selling_points=("帽子可拆", "充绒量180克"),
    audience=("女士",),
)
SHOE = Product("B1", "厚底休闲鞋", attributes={"颜色": "白色", "性别": "女"})
JEANS = Product("J1", "牛仔裤", attributes={"颜色": "浅蓝色", "版型": "宽松", "性别": "男"})
CUP = Product(
    "C1", "保温杯", attributes={"材质": "316不锈钢", "容量": "500ml", "功能": "便携、防漏", "颜色": "白色、黑色"}
)
BAG = Product("D1", "儿童书包", attributes={"适用年龄": "6-12岁", "功能": "护脊"})
BRUSH = Product("E1", "电动牙刷", attributes={"刷头": "软毛", "续航": "30天"})

# product, keyword, why it is left out (None: the title carries it)
FATES = [
    (COAT, "羽绒服女中长款", None),
    (COAT, "加厚连帽羽绒服", None),
    (COAT, "冬季外套女", None),
    (COAT, "显瘦羽绒服", None),
    (COAT, "羽绒服女可拆帽", None),
    (COAT, "黑色羽绒服女", "clash"),
    (COAT, "羽绒服男", "clash"),
    (COAT, "短款羽绒服", "clash"),
    (COAT, "薄款羽绒服", "clash"),
    (COAT, "夏季外套", "clash"),
    (COAT, "白鹅绒羽绒服", "unstated"),
    (COAT, "加绒外套", "unstated"),
    (COAT, "防水羽绒服", "unstated"),
    (COAT, "儿童羽绒服", "unstated"),
    (COAT, "波司登羽绒服女", "law"),
    (COAT, "山野小铺羽绒服", "brand"),
    (COAT, ShopWord("雪中飞羽绒服", 50, "other_brand"), "brand"),
    (COAT, ShopWord("羽绒服女", 50, "negative"), "negative"),
    (COAT, "羽绒服清仓特价", "promotion"),
    (COAT, "双11羽绒服", "promotion"),
    (COAT, "2024新款羽绒服", "past_year"),
    (COAT, "2026新款羽绒服", "number"),
    (COAT, "国家级羽绒服", "law"),
    (COAT, "最好的羽绒服", "law"),
    (COAT, "爆款羽绒服", "empty"),
    (COAT, "180克羽绒服", None),
    (COAT, "80克羽绒服", "number"),
    (SHOE, "黑色休闲鞋", "clash"),
    (SHOE, "白色休闲鞋女", None),
    (SHOE, "米白色休闲鞋", "clash"),
    (SHOE, "女鞋白色", None),
    (SHOE, "男鞋", "clash"),
    (JEANS, "蓝色牛仔裤", None),
    (JEANS, "浅蓝色牛仔裤", None),
    (JEANS, "深蓝色牛仔裤", "clash"),
    (JEANS, "阔腿牛仔裤", "clash"),
    (JEANS, "男童牛仔裤", "clash"),
    (CUP, "316不锈钢保温杯", None),
    (CUP, "不锈钢水杯", None),
    (CUP, "500毫升保温杯", None),
    (CUP, "0.5升保温杯", None),
    (CUP, "0.3升保温杯", "number"),
    (CUP, "保温杯500ml", None),
    (CUP, "保温杯1500ml", "number"),
    (CUP, "黑色保温杯", None),
    (CUP, "红色保温杯", "clash"),
    (CUP, "儿童水杯", "unstated"),
    (BAG, "儿童书包", None),
    (BAG, "6-12岁书包", None),
    (BAG, "婴儿背包", "clash"),
    (BAG, "苏泊尔书包", "brand"),
    (BRUSH, "软毛牙刷", None),
    (BRUSH, "硬毛牙刷", "unstated"),
    (COAT, "家用羽绒服", "unstated"),
    (CUP, "宿舍水杯", None),
]


@pytest.mark.parametrize(
    ("product", "keyword", "why"), FATES, ids=[f"{p.id}-{k if isinstance(k, str) else k.text}" for p, k, _ in FATES]
)
def test_a_keyword_is_carried_or_left_out_for_its_reason(
    product: Product, keyword: str | ShopWord, why: str | None, pack: Pack
) -> None:
    title = pack(product, keyword)
    text = keyword if isinstance(keyword, str) else keyword.text
    assert [dropped.kind for dropped in title.dropped if dropped.keyword == text] == ([] if why is None else [why])
    assert (text in title.found) == (why is None)


# product, the title in use, keywords, the title: what the goods are called stays in one piece
ORDERS = [
    (Product("1", "坚果礼盒", attributes={"口味": "原味"}), ["原味礼盒", "坚果送礼"], "送礼原味坚果礼盒"),
    (Product("2", "真丝睡衣", attributes={"颜色": "酒红色", "材质": "桑蚕丝"}), ["酒红色睡衣"], "酒红色桑蚕丝真丝睡衣"),
    (Product("3", "儿童书包", attributes={"适用年龄": "6-12岁"}), ["学生书包"], "学生儿童书包"),
    (BRUSH, ["软毛牙刷"], "软毛电动牙刷"),
    (Product("7", "瑜伽裤", attributes={"腰型": "高腰"}), ["高腰瑜伽裤"], "高腰瑜伽裤"),
    (Product("4", "羽绒服外套", attributes={"颜色": "黑色"}), ["黑色羽绒服", "黑色外套"], "黑色羽绒服外套"),
    # What follows a known name is the thing: a rack for wine is no wine.
    (Product("8", "红酒架", attributes={"规格": "6瓶"}), ["红酒架"], "红酒架6瓶"),
    (Product("9", "电饭煲内胆", attributes={"规格": "3L"}), ["电饭煲"], "电饭煲内胆3L"),
    (Product("10", "咖啡机清洁片", category="家电配件", attributes={"规格": "20片"}), [], "咖啡机清洁片20片"),
    (Product("11", "鞋柜防潮垫"), ["防潮鞋柜"], "鞋柜防潮垫"),
    (Product("12", "电饭煲内胆通用"), [], "通用电饭煲内胆"),
    (Product("13", "无线吸尘器滤芯", brand="小暖"), [], "小暖无线吸尘器滤芯"),
    # What no list knows is called by its own name, whatever its category is called.
    (Product("14", "三国演义", category="图书", attributes={"规格": "全2册 平装"}), [], "三国演义全2册 平装图书"),
    (Product("15", "人文社 红楼梦", category="图书", brand="人文社"), ["红楼梦"], "人文社红楼梦图书"),
    (Product("16", "Python入门教程", category="图书"), [], "Python入门教程图书"),
    (Product("17", "大号落地扇 XN-F12", category="家电"), [], "XN-F12大号落地扇家电"),
    (Product("18", "🔥林间 针织开衫😍✨", category="服装", brand="林间"), [], "林间针织开衫服装"),
    (Product("19", "透气小熊童鞋", category="童鞋"), [], "透气小熊童鞋"),
    # One size is not all of them, and what a figure measures is said where it may be taken for something else.
    (Product("20", "牛仔裤", attributes={"规格": "S/M/L/XL"}), [], "牛仔裤S-XL"),
    (Product("21", "羽绒服", attributes={"规格": "M/L/XL/2XL", "充绒量": "160g"}), [], "羽绒服M-2XL充绒量160g"),
    (Product("22", "衬衫", attributes={"规格": "170/92A"}), [], "衬衫170/92A"),
    (Product("23", "牛肉干", attributes={"规格": "30包/箱"}), [], "牛肉干30包/箱"),
    (Product("24", "湿巾", attributes={"规格": "80抽*10包"}), [], "湿巾80抽*10包"),
]


@pytest.mark.parametrize(("product", "keywords", "title"), ORDERS, ids=[product.name for product, _, _ in ORDERS])
def test_what_describes_a_thing_stands_before_its_whole_name(
    product: Product, keywords: list[str], title: str, pack: Pack
) -> None:
    assert pack(product, *keywords).text == title


def test_a_brand_that_runs_into_the_next_word_of_an_old_title_is_not_said_twice(pack: Pack) -> None:
    cart = Product("5", "宠物推车", brand="喵呜", attributes={"材质": "碳钢"}, current_title="喵呜碳钢宠物推车")
    room = TAOBAO._replace(brand=True)
    title = pack(cart, "平价宠物推车", room=room, change=0.3)
    assert title.text == "喵呜碳钢宠物推车平价"
    assert title.added == ("平价",)


# product, the title in use, the title: words that belong together stay, and half of what may not be said does not
MENDED = [
    (
        Product("1", "手工桃酥", category="食品", brand="山里人家"),
        "山里人家手工桃酥750g(25g×30) 全网最低价",
        "山里人家手工桃酥750g(25g×30)食品",
    ),
    (Product("2", "湿巾", brand="贝亲亲"), "贝亲亲湿巾80抽*10包 包邮", "贝亲亲湿巾80抽*10包"),
    (Product("3", "牛肉干"), "麻辣牛肉干30包/箱 限时特价", "麻辣牛肉干30包/箱"),
    (Product("4", "高腰牛仔裤", brand="YOUNI"), "YOUNI高腰牛仔裤M/L/XL 显瘦", "YOUNI高腰牛仔裤M/L/XL显瘦"),
    (Product("5", "连衣裙", attributes={"规格": "M/L/XL"}), "连衣裙M/L/XL 通勤", "连衣裙M/L/XL通勤"),
    (Product("6", "奶瓶"), "小满屋奶瓶L码 54片", "小满屋奶瓶L码54片"),
    (Product("7", "心理学通识", category="图书"), "心理学通识全4册 正品", "心理学通识全4册正品"),
]


@pytest.mark.parametrize(("product", "old", "title"), MENDED, ids=[old for _, old, _ in MENDED])
def test_an_old_title_is_never_cut_inside_what_belongs_together(
    product: Product, old: str, title: str, pack: Pack
) -> None:
    assert pack(Product(**{**_fields(product), "current_title": old}), change=0.5).text.startswith(title)


def test_what_a_category_is_called_only_fills_up(pack: Pack) -> None:
    brush = Product("1", "粉底液刷", category="化妆品", brand="禾木", attributes={"规格": "1支"})
    assert pack(brush, room=TitleRoom("han2", 20)).text == "禾木粉底液刷1支"
    assert pack(brush).text == "禾木粉底液刷1支化妆品"


@pytest.mark.parametrize("change", [None, 0.3, 1.0])
def test_what_no_title_takes_goes_from_a_title_in_use_however_free_it_is(change: float | None, pack: Pack) -> None:
    coat = Product(
        "6", "羽绒服", attributes={"颜色": "黑色"}, current_title="黑色羽绒服女2023新款包邮特价", audience=("女士",)
    )
    title = pack(coat, "黑色羽绒服", change=change)
    assert not any(word in title.text for word in ("2023", "包邮", "特价"))
    assert {"包邮", "特价"} <= set(title.removed)


def test_words_for_other_goods_are_told_only_where_the_row_itself_names_them(pack: Pack) -> None:
    assert pack(COAT, "打底裤女").dropped == ()
    own = Product(**{**_fields(COAT), "keywords": (("打底裤女", 10.0), ("加绒羽绒服", 9.0), ("羽绒服男", 8.0))})
    title = pack(own)
    assert [(dropped.keyword, dropped.kind) for dropped in title.dropped] == [
        ("打底裤女", "other_goods"),
        ("羽绒服男", "clash"),
    ]
    assert "加绒" in title.text  # what a row names as its keyword, it states


def test_words_that_keywords_share_are_paid_for_once(pack: Pack) -> None:
    title = pack(COAT, "羽绒服女冬季", "冬季外套", "加厚羽绒服冬季", "冬季连帽外套女")
    assert len(title.found) == 4
    for word in ("冬季", "羽绒服", "外套", "加厚", "连帽"):
        assert title.text.count(word) == 1


def test_one_amount_is_written_in_one_unit(pack: Pack) -> None:
    found = pack(CUP, "保温杯500毫升", "500ml水杯", "便携保温杯")
    assert ("500毫升" in found.text) + ("500ml" in found.text) == 1
    assert {"crowd"} == {dropped.kind for dropped in found.dropped if "500" in dropped.keyword}


def test_a_word_inside_another_is_not_written_twice(pack: Pack) -> None:
    title = pack(CUP, "不锈钢保温杯", "316不锈钢保温杯")
    assert title.text.count("不锈钢") == 1
    assert len(title.found) == 2


def test_what_describes_a_thing_stands_before_its_name(pack: Pack) -> None:
    title = pack(COAT, "加厚羽绒服", "白鸭绒羽绒服", "中长款羽绒服女", "通勤外套", "冬季外套").text
    assert title.index("连帽") < title.index("白鸭绒") < title.index("羽绒服") < title.index("外套")
    assert title.index("加厚") < title.index("外套")
    assert title.endswith("外套")


def test_the_signs_of_a_platform_are_kept_out(pack: Pack) -> None:
    title = pack(Product("X", "数据线", attributes={"规格": "<2米>"}), "数据线<2米>")
    assert "<" not in title.text
    assert [dropped.kind for dropped in title.dropped] == ["barred"]


def test_a_blank_stands_only_between_latin_words(pack: Pack) -> None:
    product = Product("X", "USB Type-C数据线", attributes={"功能": "快充"})
    title = pack(product, "usb数据线", "Type-C数据线快充", "快充数据线").text
    assert title == "USB快充Type-C数据线"
    assert (
        joined([vocabulary().term(word) for word in ("USB", "Type-C", "数据线", "2m", "快充")])
        == "USB Type-C数据线2m快充"
    )


def test_the_brand_stands_first_where_the_platform_wants_it(pack: Pack) -> None:
    assert pack(COAT, "羽绒服女", room=TitleRoom("han2", 90, brand=True)).text.startswith("禾木")
    assert "无品牌" not in pack(Product("X", "水杯", brand="无品牌"), room=TitleRoom("char", 60, brand=True)).text


@pytest.mark.parametrize(
    "product",
    [Product("X", "好物"), Product("X", "2026新款"), Product("X", "", category="其他>>")],
    ids=lambda product: product.name or "blank",
)
def test_nobody_guesses_what_is_sold(product: Product, pack: Pack) -> None:
    with pytest.raises(NothingNamed) as told:
        pack(product)
    assert "品类词" in told.value.say("zh")


def test_a_name_longer_than_the_title_is_told(pack: Pack) -> None:
    with pytest.raises(NoRoom):
        pack(Product("X", "", head="可折叠便携式多功能户外露营专用椅"), room=TitleRoom("xhs", 10))


def test_must_words_are_written_and_the_last_gives_way(pack: Pack) -> None:
    product = Product("X", "手机壳", attributes={"适用机型": "小辰X200 Pro"}, must=("磁吸", "防摔"))
    assert all(word in pack(product).text for word in ("小辰X200 Pro", "磁吸", "防摔"))
    short = pack(product, room=TitleRoom("xhs", 6))
    assert "磁吸" in short.text
    assert [(dropped.keyword, dropped.kind) for dropped in short.dropped] == [
        ("防摔", "room"),
        ("小辰X200 Pro", "room"),
    ]


class TestATitleInUse:
    OLD = Product(
        "A2",
        "羽绒服",
        attributes={"颜色": "黑色", "性别": "男", "厚薄": "加厚"},
        current_title="冬季羽绒服男加厚保暖短款潮流外套",
        locked=("保暖",),
    )
    NEW = ("羽绒服男加厚", "连帽羽绒服", "通勤外套男", "宿舍羽绒服", "学生外套", "时尚羽绒服", "黑色羽绒服")

    def test_it_keeps_most_of_itself_in_its_own_order(self, pack: Pack) -> None:
        title = pack(self.OLD, *self.NEW, change=0.3)
        size = measure(self.OLD.current_title, "han2")
        assert sum(measure(word, "han2") for word in title.removed) <= 0.3 * size
        assert sum(measure(word, "han2") for word in title.added) <= 0.3 * size
        assert "保暖" in title.text
        places = [title.text.index(word) for word in title.kept]
        assert places == sorted(places)

    def test_old_and_new_words_are_told_apart(self, pack: Pack) -> None:
        title = pack(self.OLD, *self.NEW, change=0.5)
        assert set(title.kept) | set(title.removed) == {term.text for term in vocabulary().cut(self.OLD.current_title)}
        assert not set(title.added) & set(title.kept)
        assert all(word in title.text for word in (*title.kept, *title.added))

    def test_without_a_limit_it_is_made_anew(self, pack: Pack) -> None:
        assert pack(self.OLD, *self.NEW).worth > pack(self.OLD, *self.NEW, change=0.1).worth

    def test_unlawful_words_go_whatever_the_limit(self, pack: Pack) -> None:
        old = Product("A3", "羽绒服", current_title="国家级羽绒服男冬季特价")
        title = pack(old, change=0.0)
        assert "国家级" not in title.text
        assert "特价" not in title.text

    def test_locked_words_that_do_not_fit_are_told(self, pack: Pack) -> None:
        old = Product("A4", "羽绒服", current_title="羽绒服保暖短款潮流外套", locked=("保暖", "短款", "潮流", "外套"))
        with pytest.raises(OldLocked):
            pack(old, room=TitleRoom("xhs", 8), change=0.3)


def test_alternatives_differ_in_a_third_of_their_words() -> None:
    keywords = [
        "加厚羽绒服",
        "白鸭绒羽绒服",
        "中长款羽绒服女",
        "通勤外套",
        "冬季外套",
        "连帽羽绒服",
        "显瘦羽绒服",
        "米白色羽绒服",
    ]
    titles = task(COAT, keywords).pack_many(TitleRoom("han2", 36), 3)
    assert len(titles) == 3
    for one, other in itertools.combinations(titles, 2):
        assert len(set(one.words) ^ set(other.words)) >= 2
    assert [title.worth for title in titles] == sorted((title.worth for title in titles), reverse=True)


WORDS = [
    "加厚",
    "白鸭绒",
    "中长款",
    "连帽",
    "冬季",
    "通勤",
    "显瘦",
    "女",
    "女士",
    "百搭",
    "小个子",
    "外套",
    "冬装",
    "type-c",
    "韩版",
    "500ml",
]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True), max_size=12),
    st.sampled_from([("han2", 60), ("han2", 31), ("xhs", 20), ("char", 25), ("utf8", 70)]),
    st.booleans(),
    st.sampled_from([None, 0.0, 0.3, 1.0]),
)
@settings(max_examples=150)
def test_no_title_is_over_its_limit_or_says_a_word_twice(
    keywords: list[list[str]], place: tuple[str, int], brand: bool, change: float | None
) -> None:
    product = (
        COAT if change is None else Product(**{**_fields(COAT), "current_title": "冬季加厚羽绒服女中长款韩版宽松"})
    )
    unit, limit = place
    room = TitleRoom(unit, limit, "<>", brand)  # type: ignore[arg-type]
    title = task(product, ["".join([*words, "羽绒服"]) for words in keywords]).pack(room, change)
    assert measure(title.text, unit) <= limit  # type: ignore[arg-type]
    assert title.used == measure(title.text, unit)  # type: ignore[arg-type]
    assert "".join(title.words) == title.text.replace(" ", "")
    assert [title.text[start:end] for start, end in title.spans] == list(title.words)
    assert len(set(title.words)) == len(title.words)
    assert "羽绒服" in title.text
    assert title.worth <= title.possible


def _fields(product: Product) -> dict[str, object]:
    return {name: getattr(product, name) for name in product.__dataclass_fields__}


def test_titles_are_packed_for_taobao_by_default() -> None:
    assert TAOBAO.limit == 60
