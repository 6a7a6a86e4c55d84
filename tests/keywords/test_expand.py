"""Roots are widened by what people type, the likeliest first, and by nothing that contradicts the product."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.keywords.expand import Widener, reasons
from copykit.keywords.product import NO_BRIEF, product_of
from copykit.model import Brief, Material, Readers, WidenedWord
from copykit.text.segment import Segmenter

FILES = bundled()
SETTINGS = FILES.load("expansion")["standard"]
SEGMENTER = Segmenter()
SEARCHES = [
    "睫毛膏防水",
    "睫毛膏防水女",
    "防水睫毛膏",
    "睫毛膏防水 学生",
    "学生党睫毛膏",
    "学生党睫毛膏平价",
    "睫毛膏卷翘",
    "睫毛膏纤长卷翘",
    "口红不沾杯",
    "口红学生党",
    "冬天口红",
    "眼线笔新手",
    "兰蔻睫毛膏",
    "男士睫毛膏",
    "二手睫毛膏",
    "睫毛膏蓝色",
    "禾木睫毛膏",
]
MASCARA = Brief("细刷头睫毛膏", "睫毛膏", "禾木", 11.0, ("单眼皮", "女生"), ("温水卸得掉", "棕色和黑色"))


def widened(
    searches: Sequence[str] = SEARCHES,
    brief: Brief = NO_BRIEF,
    roots: Sequence[str] = (),
    texts: Sequence[str] = (),
    volumes: Sequence[float] | None = None,
    top: int = 200,
) -> dict[str, WidenedWord]:
    widener = Widener(FILES, product_of(FILES, brief), SEGMENTER, roots, brief)
    widener.learner.searches(searches, volumes)
    widener.learner.texts(texts)
    return {word.text: word for word in widener.widen(top)}


def test_the_order_is_the_one_in_which_people_type() -> None:
    found = widened(roots=["睫毛膏"])
    assert "睫毛膏防水" in found
    assert "防水睫毛膏" not in found
    assert "学生党睫毛膏" in found


def test_the_same_words_come_once_in_whatever_order() -> None:
    texts = [word.replace(" ", "") for word in widened(roots=["睫毛膏"], brief=MASCARA)]
    assert len({"".join(sorted(text)) for text in texts}) == len(texts)
    assert len(texts) > 20


def test_what_was_searched_says_how_often_and_the_rest_is_marked() -> None:
    found = widened(roots=["睫毛膏"])
    assert found["睫毛膏防水"].seen == 4
    assert found["睫毛膏卷翘"].seen == 2
    unseen = [word for word in found.values() if not word.seen]
    assert unseen
    assert all(word.expected < found["睫毛膏防水"].expected for word in unseen)


def test_a_word_typed_beside_its_kind_stands_before_one_that_nobody_types() -> None:
    found = list(widened(roots=["睫毛膏"], top=2_000))
    assert found.index("冬天睫毛膏") < found.index("夏季睫毛膏")  # 冬天口红 was searched


def test_how_much_is_searched_decides_where_a_table_tells() -> None:
    searches = ["睫毛膏防水", "睫毛膏防水女", "睫毛膏卷翘", "睫毛膏卷翘女"]
    assert next(iter(widened(searches, roots=["睫毛膏"], volumes=[10, 10, 900, 900]))) == "睫毛膏卷翘"
    assert next(iter(widened(searches, roots=["睫毛膏"], volumes=[900, 900, 10, 10]))) == "睫毛膏防水"


@pytest.mark.parametrize("word", ["兰蔻", "男士", "蓝色", "二手"])
def test_nothing_speaks_against_what_is_proposed(word: str) -> None:
    searches = [*SEARCHES, *[f"睫毛膏{word}"] * 3]
    assert any(word in text for text in widened([*searches, f"{word}睫毛膏女"], roots=["睫毛膏"])) == (
        word in ("男士", "蓝色")  # without a brief nothing is known of these
    )
    assert not any(word in text for text in widened(searches, MASCARA))


def test_people_whom_the_brief_leaves_out_are_left_out() -> None:
    searches = ["儿童护手霜", "儿童护手霜", "孕妇护手霜", "孕妇护手霜", "护手霜女"]
    grown_up = Material(readers=Readers(age="22–40 岁", not_for=("孕妇",)))
    found = widened(searches, Brief("护手霜", "护手霜", material=grown_up))
    assert "护手霜女" in found
    assert not any("儿童" in text or "孕妇" in text for text in found)
    assert any("儿童" in text for text in widened(searches, Brief("护手霜", "护手霜")))


@pytest.mark.parametrize(
    ("brief", "roots"),
    [
        (Brief("鸡胸肉冻干", "宠物零食", keywords=("猫冻干", "鸡胸肉冻干", "猫零食")), ("冻干", "猫零食")),
        (Brief("二手微单相机", "二手相机", "索尼", keywords=("二手相机", "索尼a6000")), ("二手相机", "a6000")),
        (Brief("二手微单相机", "二手相机"), ("二手相机",)),
        (Brief("Excel 报表课", "线上课程", keywords=("excel课程", "数据透视表")), ("excel课程", "数据透视表")),
        (Brief("中帮登山鞋", "登山鞋", keywords=("徒步鞋", "防水登山鞋")), ("登山鞋", "徒步鞋")),
        (Brief("细刷头睫毛膏", "睫毛膏", keywords=("睫毛膏怎么卸",)), ("睫毛膏",)),
        (Brief("薄擦护手霜"), ("护手霜",)),
    ],
)
def test_roots_are_what_the_brief_calls_its_goods(brief: Brief, roots: tuple[str, ...]) -> None:
    assert Widener(FILES, product_of(FILES, brief), SEGMENTER, (), brief).roots == roots


@pytest.mark.parametrize(
    ("goods", "without"),
    [
        (("相机", "二手相机"), ("不锈钢", "孕妇", "冬季", "电动")),
        (("课程", "excel课程"), ("不锈钢", "婴儿", "厨房")),
        (("冻干", "猫零食"), ("硅胶", "儿童", "冬季")),
    ],
)
def test_what_nothing_supports_is_not_put_beside_known_goods(goods: tuple[str, ...], without: tuple[str, ...]) -> None:
    brief = Brief(goods[0], goods[0], keywords=goods, selling_points=("罐口有硅胶圈",), audience=("养猫的人",))
    found = widened([], brief, top=2_000)
    assert found
    assert not any(word in text for text in found for word in (*without, "的人"))
    typed = widened([f"{without[0]}{goods[1]}"] * 2, Brief(*goods, keywords=goods))
    assert any(without[0] in text for text in typed)


def test_words_that_were_searched_stand_before_all_others() -> None:
    told = Brief("睫毛膏", "睫毛膏", selling_points=("防水",))
    seen = [bool(word.seen) for word in widened(["睫毛膏女", "口红防水", "口红防水", "眼线笔防水"], told).values()]
    assert seen[0]
    assert seen == sorted(seen, reverse=True)


def test_what_cannot_be_both_is_not_put_together() -> None:
    searches = ["睫毛膏男", "睫毛膏女", "睫毛膏冬天", "睫毛膏夏天"] * 5
    texts = widened(searches, roots=["睫毛膏"], top=500)
    assert not any(("男" in text and "女" in text) or ("冬" in text and "夏" in text) for text in texts)


def test_two_of_a_kind_stand_together_only_where_people_type_them() -> None:
    found = widened(["睫毛膏学生女", "睫毛膏女", "睫毛膏学生", "睫毛膏孕妇", "睫毛膏孕妇"], roots=["睫毛膏"], top=500)
    pairs = [{part for _, part in word.parts} for word in found.values()]
    assert {"学生", "女"} in pairs
    assert {"孕妇", "女"} not in pairs


def test_a_word_that_is_always_part_of_a_longer_one_is_that_one() -> None:
    pairs = ["手机摄影镜头", "手机摄影镜头便携", "手机摄影镜头高清"]
    found = widened([*pairs, "手机防水", "手机防水家用", "手机防水便携"], roots=["手机"])
    assert {"手机摄影镜头", "手机防水", "手机防水便携"} <= found.keys()
    assert not {"手机摄影", "手机镜头"} & found.keys()


def test_a_denial_stays_with_what_it_denies() -> None:
    found = widened(["护手霜不沾手机", "护手霜不沾手机女", "不油腻护手霜", "不油腻护手霜男"], roots=["护手霜"])
    parts = {part for word in found.values() for _, part in word.parts}
    assert {"不沾手机", "不油腻"} <= parts
    assert not {"手机", "油腻", "不"} & parts


def test_words_of_the_brief_and_of_texts_are_evidence_too() -> None:
    brief = Brief("护手霜", "护手霜", audience=("打字的人", "程序员"), scenes=("午睡前",), keywords=("不黏的护手霜",))
    found = widened([], brief)
    assert [found[text].told for text in ("程序员护手霜", "不黏护手霜")] == [True, True]
    reviews = ["办公室里也擦这支护手霜。", "护手霜放办公室，一管用两年"] * 3
    assert widened([], brief, texts=reviews)["办公室护手霜"].written == 6


def test_a_scene_of_other_goods_is_none_of_these() -> None:
    searches = ["充电灯", "充电台灯", "充电手电筒", "护手霜女"]
    assert not any("充电" in text for text in widened(searches, Brief("护手霜", "护手霜"), top=1_000))


def test_without_roots_what_the_searches_are_about_is_widened() -> None:
    roots = {word.root for word in widened(SEARCHES * 2).values()}
    assert {"睫毛膏", "口红"} <= roots


def test_each_word_has_its_reason_in_both_languages() -> None:
    widener = Widener(FILES, product_of(FILES, MASCARA), SEGMENTER, (), MASCARA)
    widener.learner.searches(SEARCHES, [100.0] * len(SEARCHES))
    words = widener.widen(100)
    zh, en = (reasons(words, widener, SETTINGS, lang, name) for lang, name in (("zh", "展现"), ("en", "impressions")))
    assert zh["睫毛膏防水"] == "4 条搜索词里这样搭，展现合计 400"
    assert en["睫毛膏防水"] == "goes together in 4 searches, impressions 400 together"
    assert all(zh[word.text].startswith("还没见人") == (not word.seen) for word in words)
    assert any("资料里写着“单眼皮”" in zh[word.text] for word in words)


CHARS = st.text("睫毛膏女男防水冬夏天 不沾A1兰蔻", max_size=12)


@given(st.lists(CHARS, max_size=12), st.integers(1, 30))
def test_whatever_was_typed_the_promises_hold(searches: list[str], top: int) -> None:
    found = widened(searches, MASCARA, top=top)
    assert len(found) <= top
    for word in found.values():
        assert all(part in word.text for _, part in word.parts)
        assert word.root in word.text
        assert "兰蔻" not in word.text
        assert len(word.text) <= SETTINGS["chars"]
        assert word.seen <= sum(word.root in text.replace(" ", "") for text in searches)
