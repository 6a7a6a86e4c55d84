"""What a product is to those who deliver it, and texts that speak of it accordingly."""

from __future__ import annotations

import pytest

from copykit.brief import brief_from
from copykit.datafiles import bundled
from copykit.natures import nature_of, natures_of
from copykit.writing.forms import check_form, fitted, form_from
from copykit.writing.writer import NotWritable, Options, Writer

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
]


@pytest.mark.parametrize(("category", "product", "nature"), CASES)
def test_the_nature_of_goods(category: str, product: str, nature: str) -> None:
    brief = brief_from({"product": product, "category": category}, "x")
    assert nature_of(brief, bundled()) == nature


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
