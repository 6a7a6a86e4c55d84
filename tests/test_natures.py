"""What a product is to those who deliver it, and texts that speak of it accordingly."""

from __future__ import annotations

import contextlib
import re

import pytest

from copykit.brief import brief_from
from copykit.datafiles import bundled
from copykit.natures import nature_of, natures_of, unsure_of
from copykit.writing.forms import check_form, fitted, form_from
from copykit.writing.writer import NotForSuch, NotWritable, Options, Writer

CASES = [
    ("网课", "手机拍菜课", "digital"),
    ("", "PPT模板", "digital"),
    ("电子书", "育儿手册", "digital"),
    ("教育", "雅思口语班", "digital"),
    ("芝麻酱", "石磨芝麻酱", "food"),
    ("", "草莓酱", "food"),
    ("童鞋", "宽头童鞋", "worn"),
    ("女装", "碎花长款", "worn"),
    ("手套", "棉线款", "worn"),
    ("精油", "玫瑰精油", "goods"),
    ("面霜", "玻尿酸面霜", "goods"),
    ("鞋架", "三层的", "goods"),
    ("", "尾按手电", "goods"),
    ("", "鸡胸肉冻干", "food"),
    ("猫粮", "全价成猫款", "food"),
    ("家政保洁", "三小时日常保洁", "service"),
    ("月嫂", "二十六天住家", "service"),
    ("摄影", "周岁跟拍", "service"),
    ("", "家电清洗服务", "service"),
    ("美容美发", "洗剪吹一位", "service"),
    ("健身私教课", "十节", "service"),
    ("足疗SPA", "九十分钟", "service"),
    ("清洁剂", "油烟机清洗剂", "goods"),
    ("染发", "染发膏", "goods"),
    ("美甲", "穿戴甲片", "goods"),
    ("按摩仪", "肩颈款", "goods"),
    ("收纳盒", "整理收纳盒", "goods"),
    ("翻译服务", "论文翻译服务", "goods"),
    ("英语课", "成人英语口语课", "digital"),
    ("陶艺课", "手捏陶艺课", "service"),
    ("线下课", "成人钢琴课", "service"),
    ("网课", "在家捏陶艺课", "digital"),
    ("教育", "周末手作体验", "service"),
    ("训练营", "二十一天写作训练营", "digital"),
]


@pytest.mark.parametrize(("category", "product", "nature"), CASES)
def test_the_nature_of_goods(category: str, product: str, nature: str) -> None:
    brief = brief_from({"product": product, "category": category}, "x")
    assert nature_of(brief, bundled()) == nature


ROOM = {"product": "成人钢琴课", "selling_points": ["老师坐在旁边手把手教"]}
NET = {"product": "成人钢琴课", "selling_points": ["每节都能回看，看不懂的在群里问"]}


@pytest.mark.parametrize(
    ("data", "nature", "unsure"),
    [(ROOM, "service", False), (NET, "digital", False), ({"product": "成人钢琴课"}, "digital", True)],
)
def test_where_a_class_is_held_is_told_by_the_brief_or_asked(
    data: dict[str, object], nature: str, unsure: bool
) -> None:
    brief = brief_from(data, "x")
    assert nature_of(brief, bundled()) == nature
    told = unsure_of(brief, bundled())
    assert (told is not None) == unsure
    assert told is None or '"线下课"' in told.zh


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("form", ["review_quality", "service"])
def test_a_class_in_a_room_is_no_course_on_a_screen(form: str, seed: int) -> None:
    data = {
        "product": "手捏陶艺课",
        "category": "陶艺课",
        "price": 198,
        "unit": "节",
        "selling_points": ["一班最多六个人"],
        "claims": [{"kind": "returns", "statement": "开课前一天告诉我们，全额退", "evidence": "店里贴的规则"}],
    }
    with contextlib.closing(Writer(bundled(), "reply")) as writer:
        prepared = writer.prepare(brief_from(data, "x"), "2026-11-24")
        text = writer.write(prepared, writer.forms[form], Options(str(seed))).text
    assert not re.search("[那这]屏|截图|截下|开通|回看|第几节|发货|快递", text)
    assert ("全额退" in text) == (form == "service")  # a rule for the day before mends nothing afterwards


@pytest.mark.parametrize(
    ("category", "product", "natures"),
    [
        ("宠物零食", "鸡胸肉冻干", ("food", "pets")),
        ("狗粮", "牛肉味成犬款", ("food", "pets")),
        ("零食", "草莓冻干", ("food",)),
        ("猫砂盆", "半封闭款", ("goods",)),
    ],
)
def test_what_pets_eat_is_a_case_of_food(category: str, product: str, natures: tuple[str, ...]) -> None:
    assert natures_of(brief_from({"product": product, "category": category}, "x"), bundled()) == natures


@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form.id) for kind in ("reply", "post") for form in Writer(bundled(), kind).forms]
)
def test_nobody_asks_a_buyer_how_the_cats_food_tastes(kind: str, form: str) -> None:
    brief = brief_from(
        {
            "product": "鸡胸肉小块",
            "category": "宠物零食",
            "price": 39,
            "unit": "罐",
            "audience": {"who": ["养猫的人"], "not_for": ["三个月以下的幼猫"]},
            "selling_points": [{"feature": "只有鸡胸肉一样原料", "benefit": "配料一行看完", "proof": "罐底印着"}],
            "steps": [{"do": "先给一颗", "note": "等一天"}, {"do": "再捏碎撒上", "wrong": "一上来半罐"}],
            "doubts": [{"ask": "能当主粮吗", "answer": "不能"}],
            "shop": {"name": "团子家", "consent": True},
        },
        "x",
    )
    writer = Writer(bundled(), kind)
    prepared = writer.prepare(brief, "2026-11-22")
    for seed in range(6):
        try:
            text = writer.write(prepared, writer.forms[form], Options(str(seed))).text
        except NotWritable:
            return
        wrong = (
            "口味",
            "怎么吃",
            "吃法",
            "家里谁吃",
            "几口人",
            "幼猫别",
            "幼猫，别",
            "幼猫下单",
            "幼猫划走",
            "幼猫不用",
        )
        assert not [word for word in wrong if word in text], text


SERVICE = {
    "product": "三小时日常保洁",
    "category": "家政保洁",
    "brand": "净邻",
    "price": 168,
    "unit": "次",
    "keywords": ["家政保洁", "上门保洁"],
    "audience": {"who": ["养猫的人"], "pains": ["周末两天，一天半在擦地"], "not_for": ["刚装修完要开荒的人"]},
    "persona": {"name": "店长小邹", "calls": "我们", "about": ["自己也干过两年"]},
    "selling_points": [
        {
            "feature": "来之前发一张清单，干一样勾一样",
            "benefit": "没做到的一眼看得出",
            "proof": "清单一共 32 项，做完双方签字",
            "scene": "阿姨走了，你站在厨房不知道哪儿擦过。",
        },
        {"feature": "抹布分四种颜色", "benefit": "擦马桶的不会去擦餐桌", "proof": "四种颜色各带三条"},
        {"feature": "同一位阿姨固定来", "benefit": "不用每次重新交代猫砂盆在哪儿"},
    ],
    "scenes": [
        {"name": "周五下班", "text": "门一开，猫毛团在走廊上滚", "trouble": "累得只想躺下"},
        {"name": "婆婆要来", "text": "头一天晚上十点", "trouble": "油烟机还没动"},
    ],
    "details": [
        {"kind": "wrong", "time": "去年八月", "text": "拿错抹布擦花了一块黑岩板，赔了客人四百块"},
        {"kind": "sound", "text": "吸尘器一响，猫先躲进衣柜"},
        {"kind": "number", "text": "清单改到第九版"},
    ],
    "doubts": [
        {"ask": "擦玻璃吗", "answer": "擦里面，外面不擦"},
        {"ask": "要自己准备工具吗", "answer": "不用，都带着，只要家里有水有电"},
    ],
    "steps": [
        {"do": "写清楚几室几厅", "note": "好派合适的人", "wrong": "没写有猫，来的阿姨怕猫"},
        {"do": "把贵重东西收进一个抽屉", "note": "锁上更好"},
        {"do": "照清单走一遍再签字", "note": "没做到的当场补", "wrong": "签完字才发现，得另约时间"},
    ],
    "stories": [
        {"kind": "own", "name": "四色抹布", "beats": ["先是一条", "后来两条", "再后来四条"], "meets": "就定了四色"},
        {
            "kind": "hot",
            "name": "大扫除",
            "beats": ["楼道里都是水桶"],
            "meets": "人人都想少擦一回地",
            "date": "2026-11-20",
            "until": "2026-12-20",
        },
    ],
    "claims": [
        {"kind": "returns", "statement": "不满意，四十八小时内再做一遍", "evidence": "服务协议第 6 条"},
        {"kind": "reviews", "statement": "有位客人写：“清单贴在冰箱上”", "evidence": "订单评价截图，客人同意引用"},
        {
            "kind": "experience",
            "person": "阿彬",
            "who": "两只猫的主人",
            "date": "2026-09-03",
            "consent": True,
            "relation": "头一次没收钱",
            "evidence": "聊天记录截图，本人同意引用",
            "statement": "周末的地不用自己擦了",
            "notes": [{"when": "头一次", "text": "猫躲了一上午。"}, {"when": "第三次", "text": "窗台也记得擦。"}],
        },
    ],
    "shop": {"name": "净邻", "consent": True},
}
# What is said of goods that are sent, held, put on a shelf.
OF_GOODS = (
    "货到|收货|收到破|包裹|快递|物流|发货|仓库|打包|单子上的地址|箱子|货架|尺码|放在?桌上|拿到镜头前|递到镜头前|镜头近"
    "|近景|转一圈|拿近镜头|手上这|那件东西|摆好的货|货拿开|放下货|拿货|用着的手|旧的那|借的|给自己买|这次"
    "|库里|库存|买家|买过|没买|买之前|买前|要买|别买|先别买|用{0}|用上{0}|用好{0}|卖{0}|买{0}|换成{0}|怎么用|用法"
).replace("{0}", "(?:家政保洁|三小时日常保洁)")


@pytest.mark.parametrize(
    ("kind", "form"),
    [(kind, form.id) for kind in ("reply", "post", "article") for form in Writer(bundled(), kind).forms],
)
def test_a_service_is_done_and_not_sent(kind: str, form: str) -> None:
    writer = Writer(bundled(), kind)
    prepared = writer.prepare(brief_from(SERVICE, "x"), "2026-11-22")
    assert prepared.nature == "service"
    for seed in range(12):
        try:
            text = writer.write(prepared, writer.forms[form], Options(str(seed))).text
        except NotForSuch:
            assert form in ("review_size", "review_logistics")
            return
        except NotWritable:
            assert form == "news"
            return
        assert not re.findall(OF_GOODS, text), text


@pytest.mark.parametrize(("form", "instead"), [("尺码", "评价回复·质量"), ("物流", "评价回复·服务")])
def test_a_reply_that_a_service_has_no_use_for_names_the_one_to_use(form: str, instead: str) -> None:
    writer = Writer(bundled(), "reply")
    with pytest.raises(NotForSuch) as caught:
        writer.write(writer.prepare(brief_from(SERVICE, "x"), "2026-11-22"), writer.forms[form])
    assert instead in caught.value.say("zh")
    assert "上门、到店的服务" in caught.value.say("zh")
    assert "a reply to a review" in caught.value.say("en")


@pytest.mark.parametrize("unit", ["次", "趟", "小时", "只"])
@pytest.mark.parametrize("kind", ["article", "post"])
def test_a_unit_of_turns_is_not_called_this_one(kind: str, unit: str) -> None:
    writer = Writer(bundled(), kind)
    brief = brief_from({**SERVICE, "product": "不锈钢杯", "category": "保温杯", "unit": unit}, "x")
    prepared = writer.prepare(brief, "2026-11-22")
    said = ""
    for form in writer.forms:
        for seed in range(8):
            with contextlib.suppress(NotWritable):
                draft = writer.write(prepared, form, Options(str(seed)))
                said += draft.title + draft.text
    assert (f"这{unit}" in said) == (unit == "只")
    assert re.search(f"一 ?{unit}", said)


# Words of parcels in what is written for a course, of sizes for what is eaten.
WRONG = {"digital": ("快递", "包裹", "外箱", "仓库", "地址", "尺码", "面单"), "food": ("尺码", "脚长", "课")}


@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form.id) for kind in ("reply", "post") for form in Writer(bundled(), kind).forms]
)
@pytest.mark.parametrize("nature", sorted(WRONG))
def test_nobody_is_told_of_a_parcel_that_there_is_none(kind: str, form: str, nature: str) -> None:
    brief = brief_from(
        {
            "product": {"digital": "认鸟的课程", "food": "梅子酱"}[nature],
            "brand": "木叶",
            "price": 49,
            "unit": "份",
            "selling_points": [{"feature": "一共有九样", "benefit": "够挑的", "short": "九样", "proof": "数过"}],
            "scenes": [{"name": "周末早上", "text": "人都出门了", "trouble": "想找也找不着"}],
            "steps": [{"do": "先看第一样", "note": "不急"}, {"do": "再看第二样", "wrong": "跳着来"}],
            "doubts": [{"ask": "难不难", "answer": "不难，慢慢来"}],
            "details": ["桌上摆着九只碟子"],
            "shop": {"name": "木叶", "consent": True},
        },
        "x",
    )
    writer = Writer(bundled(), kind)
    prepared = writer.prepare(brief, "2026-11-22")
    assert prepared.nature == nature
    for seed in range(6):
        text = writer.write(prepared, writer.forms[form], Options(str(seed))).text
        assert not [word for word in WRONG[nature] if word in text.replace(brief.product, "")], text


BODY = "== title\n试\n== send\n寄给你。\n== send@digital\n开给你。\n"
DATA = {
    "name": "试",
    "line": 1,
    "body": BODY,
    "plans": [{"id": "a", "parts": [{"say": ["send"]}, {"say": ["send"], "goods": ["worn"]}]}],
}


def test_a_passage_stands_for_its_like_and_a_part_keeps_to_its_goods() -> None:
    form = form_from("reply", "x", DATA, {}, own=False)
    assert fitted(form, "digital").passages["send"][0].source == "开给你。"
    assert fitted(form, "food").passages["send"][0].source == "寄给你。"
    assert [len(fitted(form, nature).plans[0].parts) for nature in ("worn", "food")] == [2, 1]


@pytest.mark.parametrize(
    ("body", "parts", "told"),
    [
        (BODY + "== other@digital\n只此一处。\n", [{"say": ["send"]}], "other"),
        (BODY + "== send@liquid\n流的。\n", [{"say": ["send"]}], "liquid"),
        (BODY, [{"say": ["send"], "goods": ["solid"]}], "solid"),
    ],
)
def test_a_nature_that_there_is_none_is_a_fault(body: str, parts: list[dict[str, object]], told: str) -> None:
    form = form_from("reply", "x", {**DATA, "body": body, "plans": [{"id": "a", "parts": parts}]}, {}, own=False)
    problems = check_form(form, (), bundled().load("natures"))
    assert [problem for problem in problems if told in problem.zh and told in problem.en]


def test_a_form_refuses_goods_of_natures_that_there_are() -> None:
    refuses = {"liquid": {"instead": "x", "why": "流的"}}
    form = form_from("reply", "x", {**DATA, "settings": {"refuses": refuses}}, {}, own=False)
    problems = check_form(form, (), bundled().load("natures"))
    assert any("liquid" in problem.zh and "liquid" in problem.en for problem in problems)
