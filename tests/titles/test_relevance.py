from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copykit.datafiles import DataFiles, bundled_layer
from copykit.model import Brief, Claim, Doubt, Finding, Material, Point, Readers, Scene
from copykit.rules import rule as rules
from copykit.rules.engine import Engine
from copykit.rules.kinds import KINDS as BASE
from copykit.rules.reading import Context
from copykit.text.segment import Segmenter
from copykit.titles import relevance

FILES = DataFiles([bundled_layer()])
RULES = rules.load(FILES, ["relevance"])
ENGINE = Engine(RULES, FILES, Segmenter(), {**BASE, **relevance.KINDS})
TURNED = Engine(list(reversed(RULES)), FILES, Segmenter(), {**BASE, **relevance.KINDS})
BASE_POINTS = 40
UMBRELLA = Brief(
    product="折叠雨伞",
    audience=("通勤的上班族",),
    scenes=("梅雨季",),
    keywords=("防晒伞", "晴雨两用"),
    selling_points=("单手开合，不湿袖口",),
)


def findings(title: str, context: Context) -> list[Finding]:
    (reading,) = ENGINE.read([title], context)
    return ENGINE.find(reading)


def found(title: str, brief: Brief | None = None) -> dict[str, list[Finding]]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings(title, Context(brief=brief)):
        by_rule.setdefault(finding.rule.removeprefix("relevance/"), []).append(finding)
    return by_rule


def value(title: str, brief: Brief | None = None) -> int:
    return BASE_POINTS + sum(finding.points for hits in found(title, brief).values() for finding in hits)


@pytest.mark.parametrize(
    ("rule", "title", "match"),
    [
        ("cause", "领口洗两次就塌，换这种罗纹", "两次就塌"),
        ("self_talk", "“我是不是太挑了？”退了五双靴子之后", "我是不是太挑了?"),
        ("body_figure", "158cm怎么穿长裙不拖地", "158cm"),
        ("reverse_selection", "这几种人别买羊毛地毯", "这几种人别买"),
        ("place", "小县城也能喝到的手冲", "小县城"),
        ("time_of_use", "三伏天的车里别放这个", "三伏天"),
        ("price_band", "百元内的台灯横着比", "百元内"),
        ("audience", "大油皮姐妹的定妆顺序", "大油皮"),
    ],
)
def test_what_concerns_a_reader_is_found_where_it_stands(rule: str, title: str, match: str) -> None:
    assert [finding.matched_as for finding in found(title)[rule]] == [match]
    assert "nobody" not in found(title)


def test_a_pointed_label_is_worth_more_than_a_group_and_a_group_more_than_half_of_everyone() -> None:
    assert value("小个子的半裙") > value("宝妈的半裙") > value("女士的半裙") > value("好看的半裙")


def test_a_bare_you_is_weak() -> None:
    assert found("你的半裙")["second_person"][0].points <= 3
    assert "second_person" not in found("迷你半裙，店员说你好")


def test_a_pile_of_labels_is_worth_less_than_one() -> None:
    assert value("学生党宝妈孕妇上班族都能用的面霜") < value("孕妇能用的面霜")


def test_a_shaming_label_earns_nothing_and_offers_a_kind_word() -> None:
    (finding,) = found("大饼脸的刘海怎么剪")["shaming"]
    assert (finding.points, finding.severity) == (0, "warning")
    assert "圆脸" in finding.suggestions


@pytest.mark.parametrize(
    ("title", "points"),
    [
        ("梅雨季的伞别收在包里", 10),
        ("上班族的伞只要一只手", 7),
        ("单手开合的那把，电梯里最有用", 8),
        ("一把晴雨两用的防晒伞", 12),
    ],
)
def test_the_brief_s_own_words_earn(title: str, points: int) -> None:
    hits = found(title, UMBRELLA)
    assert sum(finding.points for finding in hits["brief_match"]) == points
    assert "brief_missed" not in hits


@pytest.mark.parametrize("title", ["单只520克，走一天", "单只 520 克，走一天"])
def test_a_figure_and_its_unit_are_one_selling_point(title: str) -> None:
    points = found(title, Brief("登山鞋", selling_points=("单只 520 克（42 码）",)))
    assert [len(hits) for rule, hits in points.items() if rule.startswith("brief")] == [1]


def test_a_title_without_a_word_of_the_brief_costs() -> None:
    assert found("红烧肉的糖色这样炒", UMBRELLA)["brief_missed"][0].points < 0
    assert "brief_missed" not in found("红烧肉的糖色这样炒")


BEDDING = Brief(
    product="羽绒被",
    category="被子",
    claims=(Claim("experience", "睡了一个冬天，后背没再凉过", who="住东北老楼的护士"),),
    material=Material(
        readers=Readers(pains=("半夜被子滑到地上，冻醒两回",)),
        points=(Point("充绒量 1,350 克", proof="拆了一床称过，线头都算上 1,362 克"),),
        scenes=(Scene("出租屋的顶楼", "暖气片只有半截热，窗缝往里灌风"),),
        doubts=(Doubt("能机洗吗", "别机洗，送干洗店，烘干前拍松结块的绒"),),
    ),
)


@pytest.mark.parametrize(
    "title",
    [
        "冻醒两回才知道，被子又滑到地上了",
        "1350克的绒，够不够过冬",
        "窗缝灌风的顶楼，怎么睡暖",
        "东北老楼里的护士，后背不凉了",
        "绒结块了，先别送干洗店",
    ],
)
def test_what_a_brief_says_earns_in_other_words_too(title: str) -> None:
    hits = found(title, BEDDING)
    assert hits["brief_told"][0].points > 0
    assert not hits.keys() & {"brief_missed", "nobody"}


QUILT = Brief("羽绒被", selling_points=("拍松结块的绒",), material=Material(points=(Point("拍松结块的绒"),)))
OF_BRIEFS = st.sampled_from(
    ["羽绒被", "拍松结块的绒", "半夜", "冻醒两回", "1350克", "护士", "后背", "窗缝", "别机洗", "，", "才", "的"]
)


@given(st.lists(OF_BRIEFS, max_size=8).map("".join), st.sampled_from([BEDDING, QUILT, UMBRELLA]))
@example("拍松结块的绒，别机洗", QUILT)
def test_the_order_of_the_rules_of_a_brief_does_not_matter(title: str, brief: Brief) -> None:
    told = [engine.find(*engine.read([title], Context(brief=brief))) for engine in (ENGINE, TURNED)]
    assert told[0] == told[1]


def test_a_phrase_of_the_brief_is_paid_once() -> None:
    assert "brief_told" not in found("单手开合，不湿袖口的伞", UMBRELLA)
    hits = found("拍松结块的绒，只要两分钟", QUILT)
    assert (len(hits["brief_match"]), "brief_told" in hits) == (1, False)


@pytest.mark.parametrize(
    "title",
    [
        "半夜的面馆，老板还在揉面",
        "护士值夜班，怎么吃才不饿",
        "1350块的手机，够不够用三年",
        "窗户朝北的房子，买不买",
        "干洗店老板不肯说的三件事",
        "两个人的冬天，从一锅汤开始",
        "顶楼的露台，种了一年菜",
    ],
)
def test_a_word_shared_with_a_brief_is_not_what_it_says(title: str) -> None:
    hits = found(title, BEDDING)
    assert "brief_told" not in hits
    assert "brief_missed" in hits


def test_briefs_that_take_turns_do_not_mix() -> None:
    meat = Brief(product="砂锅", scenes=("炖肉",))
    for _ in range(2):
        assert "brief_match" in found("炖肉用的砂锅", meat)
        assert "brief_match" not in found("炖肉用的砂锅", UMBRELLA)


LISTS = FILES.load("lexicons")
WORDS = [
    line.split("\t")[0].lstrip("!") for name in ("audience", "symptoms", "places", "shaming") for line in LISTS[name]
]


@given(
    st.lists(
        st.one_of(st.sampled_from(WORDS), st.sampled_from(["“", "”", "就", "158cm", "120斤"]), st.text(max_size=4))
    )
)
def test_spans_point_at_their_match(pieces: list[str]) -> None:
    title = "".join(pieces)
    hits = found(title, UMBRELLA)
    for finding in (finding for some in hits.values() for finding in some):
        assert title[finding.start : finding.end] == finding.match
        assert all(0 <= start < end <= len(title) for start, end in finding.related)
    addressed = hits.keys() - {"nobody", "brief_missed", "label_pile", "shaming"}
    assert ("nobody" in hits) != bool(addressed)
